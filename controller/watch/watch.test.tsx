// @vitest-environment happy-dom
/** The watch page in its states, with a played server: the list, and one broadcast that cannot be shown. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WatchedBroadcast, WatchHome } from '#contract/http/broadcasts-api.ts';
import type { Account } from '#contract/http/people-api.ts';
import { PageUnderTest, PlayedServer, refusal } from '#ui/page-under-test.tsx';
import signInEn from '#ui/words/en/sign-in.ts';
import watchEn from '#ui/words/en/watch.ts';
import signInKo from '#ui/words/ko/sign-in.ts';
import watchKo from '#ui/words/ko/watch.ts';
import { Watch } from './watch.tsx';

const idOf = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const mina: Account = {
  accountId: idOf(1),
  userName: 'mina',
  displayName: 'Mina Park',
  email: null,
  placeId: null,
  issuer: 'local',
  mustChangePassword: false,
  grants: [{ role: 'member', scope: { kind: 'organisation' } }],
};
const broadcastOf = (n: number, over: Partial<WatchedBroadcast> = {}): WatchedBroadcast => ({
  broadcastId: idOf(900 + n),
  kind: 'broadcast',
  title: `Broadcast ${n}`,
  presenterName: 'Joon Lee',
  phase: 'live',
  startsAtMs: null,
  liveAtMs: Date.now(),
  endedAtMs: null,
  recording: 'growing',
  durationMs: null,
  watching: 3,
  deletedAtMs: null,
  mayDownload: false,
  mayDelete: false,
  ...over,
});
const endedOf = (n: number, over: Partial<WatchedBroadcast> = {}) =>
  broadcastOf(n, { phase: 'ended', endedAtMs: Date.now(), recording: 'ready', durationMs: 120_000, ...over });

let server: PlayedServer;
let page: PageUnderTest;
beforeEach(() => {
  server = new PlayedServer();
  server.answers.currentSession = () => ({ body: { account: mina } });
  server.answers.signInWays = () => ({ body: { openid: null } });
  server.install();
  page = new PageUnderTest({ watch: { en: watchEn, ko: watchKo }, 'sign-in': { en: signInEn, ko: signInKo } });
});
afterEach(() => {
  page.end();
  vi.restoreAllMocks();
  history.replaceState(null, '', '/');
});

async function show(path: string): Promise<void> {
  history.replaceState(null, '', path);
  await page.show(<Watch arrival={{ kind: 'plain' }} />);
}
async function list(home: Partial<WatchHome>): Promise<void> {
  await page.until(() => server.streams.length > 0);
  await act(async () => server.stream('watch-home').say('home', { live: [], coming: [], replays: [], ...home }));
}
const link = (name: string): HTMLAnchorElement | undefined =>
  [...document.querySelectorAll('a')].find((each) =>
    (each.getAttribute('aria-label') ?? each.textContent)?.includes(name),
  );

describe('the list', () => {
  it('goes on to the one that is live', async () => {
    await show('/watch');
    await list({ live: [broadcastOf(1)] });
    await page.until(() => location.pathname === `/watch/${idOf(901)}`);
  });

  it('stays for who asks for it, and where two are live', async () => {
    await show('/watch#all');
    await list({ live: [broadcastOf(1)] });
    expect(link('Broadcast 1')?.pathname).toBe(`/watch/${idOf(901)}`);
    expect(page.text).toContain('3 watching');
    page.end();
    server.streams.length = 0;
    server.install();
    await show('/watch');
    await list({ live: [broadcastOf(1), broadcastOf(2)] });
    await list({ live: [broadcastOf(1)] });
    expect(link('Broadcast 1')).toBeDefined();
    expect(location.pathname).toBe('/watch');
  });

  it('has what comes, and a link with the title for each recording', async () => {
    await show('/watch');
    await list({
      coming: [broadcastOf(2, { phase: 'planned', startsAtMs: Date.now() + 86_400_000, liveAtMs: null })],
      replays: [
        endedOf(3, { mayDownload: true, deletedAtMs: new Date(2027, 1, 3).getTime() }),
        endedOf(4, { mayDownload: true, recording: 'finishing' }),
      ],
    });
    expect(link('Broadcast 2')?.textContent).toContain('Joon Lee presents');
    expect(link('Broadcast 3')?.pathname).toBe(`/watch/${idOf(903)}`);
    expect(page.text).toContain('2 minutes');
    expect(page.text).toContain('Will be deleted on 3 February 2027');
    expect(link('Download the recording of Broadcast 3')?.pathname).toBe(`/api/v1/broadcasts/${idOf(903)}/file`);
    expect(link('Download the recording of Broadcast 4')).toBeUndefined();
    expect(page.buttons('Delete the recording of Broadcast 3')).toEqual([]);
  });

  it('deletes a recording after it was asked once', async () => {
    server.answers.deleteRecording = () => ({ body: {} });
    await show('/watch');
    await list({ replays: [endedOf(3, { mayDelete: true })] });
    await page.press('Delete the recording of Broadcast 3');
    expect(server.askedFor('deleteRecording')).toBe(0);
    await page.press('Delete');
    await page.until(() => server.askedFor('deleteRecording') === 1);
    await page.until(() => page.buttons('Delete').length === 0);
  });

  it('shows that there is nothing, and that what it shows is old', async () => {
    await show('/watch');
    await list({});
    expect(page.text).toContain('nothing is planned');
    await act(async () => server.stream('watch-home').fail());
    expect(page.text).toContain('What you see may be old');
  });
});

describe('the door', () => {
  it('is shown before anything else, and when the session ends', async () => {
    server.answers.currentSession = () => refusal(401, 'not-signed-in');
    await show(`/watch/${idOf(901)}`);
    await page.until(() => page.buttons('Sign in').length === 1);
    expect(server.askedFor('createViewing')).toBe(0);
    server.answers.signIn = () => ({ body: { account: mina } });
    server.answers.createViewing = () => refusal(401, 'not-signed-in');
    await page.fill('User name', 'mina');
    await page.fill('Password', 'correct horse');
    await page.press('Sign in');
    await page.until(() => server.askedFor('createViewing') === 1);
    await page.until(() => page.buttons('Sign in').length === 1);
  });
});

describe('a broadcast', () => {
  it('that is not for this account is the same as none', async () => {
    await show(`/watch/${idOf(901)}`);
    await page.until(() => page.text.includes('This broadcast cannot be shown'));
    expect(page.text).not.toContain('not-found');
    expect(link('All broadcasts')).toBeDefined();
  });

  it('that may not be watched from here says so', async () => {
    server.answers.watchedBroadcast = () => refusal(403, 'address-not-allowed');
    server.answers.createViewing = () => refusal(403, 'address-not-allowed');
    await show(`/watch/${idOf(901)}`);
    await page.until(() => page.text.includes('Code for IT: address-not-allowed'));
  });

  it('of an address that can be none is no question to the server', async () => {
    await show('/watch/nothing');
    await page.until(() => page.text.includes('There is nothing at this address'));
    expect(server.askedFor('watchedBroadcast')).toBe(0);
  });

  it('waits for a server that is away', async () => {
    server.answers.watchedBroadcast = () => 'no-answer';
    server.answers.createViewing = () => 'no-answer';
    await show(`/watch/${idOf(901)}`);
    await page.until(() => page.text.includes('The broadcast begins as soon as it does'));
  });

  it('that comes counts down, and was cancelled when it was', async () => {
    const planned = broadcastOf(1, { phase: 'planned', liveAtMs: null, startsAtMs: Date.now() + 600_000 });
    server.answers.watchedBroadcast = () => ({ body: { broadcast: { ...planned, chapters: [] } } });
    server.answers.createViewing = () => 'no-answer';
    await show(`/watch/${idOf(901)}`);
    await page.until(() => page.text.includes('Starts in'));
    expect(document.querySelector('[role=timer]')?.textContent).toMatch(/^(10:00|9:5\d)$/);
    server.answers.watchedBroadcast = () => ({ body: { broadcast: { ...planned, phase: 'cancelled', chapters: [] } } });
    await list({ coming: [broadcastOf(2)] });
    await page.until(() => page.text.includes('This broadcast was cancelled'));
  });
});
