import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import cookie from '@fastify/cookie';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { OperationalError, UserError } from '#contract/error-codes.ts';
import { httpApp } from '#edge/http-app.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { TrustedProxies } from '#edge/who-is-calling.ts';
import { installOpenidPages } from '../../http/openid-pages.ts';
import { type AuthorityStore, authorityStore, hashOf, moveStoredTimes, newId } from '../../store/index.ts';
import { Sessions } from '../sessions.ts';
import { grantsOf } from './directory-accounts.ts';
import { OpenidProvider } from './openid-provider.ts';
import { DIRECTORY_FOLLOWED_MS, OpenidSignIn } from './openid-sign-in.ts';
import type { OpenidSettings } from './openid-settings.ts';
import { PlainBrowser, ProviderUnderTest } from './provider-under-test.ts';

const MINUTE_MS = 60_000;
const logger = pino({ level: 'silent' });
let dataDir: string;
let store: AuthorityStore;
let sessions: Sessions;
let directory: ProviderUnderTest;
let openid: OpenidSignIn;
let app: ReturnType<typeof httpApp>;
let fleetUrl: string;
/** accounts that may not be in any call any more */
let shutOut: string[];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-openid-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  app = httpApp({ tls: null, maxBodyBytes: 64 * 1024, requestTimeoutMs: 0, keepAliveMs: 1_000, logger });
  await app.register(cookie);
  const port = await freePort();
  fleetUrl = `http://127.0.0.1:${port}`;
  shutOut = [];
  directory = new ProviderUnderTest();
  await directory.start(fleetUrl);
  directory.people.set('mina', { name: '박민아', email: 'mina@steel.example', groups: ['room-team', 'unknown'] });
  directory.signsIn = 'mina';
  const clock = new WallClock({ steadyNowMs: () => Date.now() });
  sessions = new Sessions({ store, clock });
  openid = openidWith(clock);
  await installOpenidPages(app, { openid, proxies: new TrustedProxies([]), secure: false });
  await app.listen({ host: '127.0.0.1', port });
});
afterEach(async () => {
  vi.useRealTimers();
  await app.close();
  await directory.stop();
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
function openidWith(clock: WallClock, more: Partial<OpenidSettings> = {}): OpenidSignIn {
  const settings = directory.settings(more);
  const provider = new OpenidProvider({ settings, callbackUrl: `${fleetUrl}/openid/callback` });
  return new OpenidSignIn({
    store,
    sessions,
    provider,
    settings,
    clock,
    logger,
    onShutOut: (accountId) => shutOut.push(accountId),
  });
}
const account = () => store.read.selectFrom('account').selectAll().executeTakeFirstOrThrow();
const roles = async () =>
  (await store.read.selectFrom('roleGrant').select('role').orderBy('role').execute()).map(({ role }) => role);
async function signIn(
  browser = new PlainBrowser(),
): Promise<{ token: string | undefined; text: string; browser: PlainBrowser }> {
  const { text } = await browser.open(`${fleetUrl}/openid/start?to=staff`);
  return { token: browser.cookie(fleetUrl, 'maru-session'), text, browser };
}

describe('signing in by OpenID', () => {
  test('makes the account at the first time, with the roles of its groups, and finds it again', async () => {
    const { text, browser } = await signIn();
    expect(text).toContain('url=/staff');
    expect(await account()).toMatchObject({
      issuer: directory.issuer,
      subject: 'mina',
      userName: 'mina',
      displayName: '박민아',
      email: 'mina@steel.example',
      groups: '["room-team","unknown"]',
    });
    expect(await roles()).toEqual(['member', 'operator']);
    expect(browser.cookie(fleetUrl, 'maru-openid')).toBeUndefined();
    directory.people.set('mina', { name: 'Mina Park', email: 'mina@steel.example', groups: [] });
    await signIn();
    expect(await store.read.selectFrom('account').select(['displayName', 'groups']).execute()).toEqual([
      { displayName: 'Mina Park', groups: '[]' },
    ]);
    expect(await roles()).toEqual(['member']);
  });
  test('one that did not prove anew who they are has no fresh sign-in: their provider knew the browser already', async () => {
    const { token, browser } = await signIn();
    expect(await sessions.of(token!)).toMatchObject({ isFresh: false });
    await browser.open(`${fleetUrl}/openid/start?to=staff&fresh=1`);
    expect(await sessions.of(browser.cookie(fleetUrl, 'maru-session')!)).toMatchObject({ isFresh: true });
  });
  test('an account that is switched off does not come in', async () => {
    await signIn();
    await store.write((trx) => trx.updateTable('account').set({ disabledAtMs: 1 }).execute());
    const off = await signIn();
    expect([off.token, off.text]).toEqual([undefined, expect.stringContaining('#sign-in=account-disabled')]);
  });
  test('what came back without this browser’s attempt, or twice, opens nothing', async () => {
    const { browser } = await signIn();
    const callback = `${fleetUrl}/openid/callback?code=made-up&state=made-up`;
    expect((await browser.open(callback)).text).toContain('#sign-in=openid-refused');
    expect((await new PlainBrowser().open(callback)).text).toContain('#sign-in=openid-refused');
    expect(await store.read.selectFrom('session').selectAll().execute()).toHaveLength(1);
  });
  test('a directory that does not answer is said, and the next attempt works once it does', async () => {
    const { issuer } = directory;
    await directory.stop();
    const { text } = await signIn();
    expect(text).toContain('#sign-in=openid-unreachable');
    expect(issuer).toBe(directory.issuer);
  });
});

describe('rights follow the directory', () => {
  const passes = async (ms: number): Promise<void> => {
    vi.setSystemTime(Date.now() + ms);
    vi.spyOn(performance, 'now').mockImplementation(() => Date.now());
    await openid.look();
  };
  beforeEach(() => {
    vi.spyOn(performance, 'now').mockImplementation(() => Date.now());
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(() => void vi.restoreAllMocks());

  test('who leaves a group has its role for no more than 15 minutes', async () => {
    const { token } = await signIn();
    directory.people.set('mina', { name: 'Mina', email: 'mina@steel.example', groups: [] });
    await passes(6 * MINUTE_MS);
    expect(await roles()).toEqual(['member']);
    expect(await sessions.of(token!)).not.toBeNull();
  });
  test('who is not in the directory any more is signed out in every browser, and shut out of calls', async () => {
    const { token } = await signIn();
    const other = await signIn();
    directory.people.delete('mina');
    await passes(6 * MINUTE_MS);
    expect([await sessions.of(token!), await sessions.of(other.token!)]).toEqual([null, null]);
    expect(shutOut).toEqual([(await account()).accountId]);
  });
  test('a person who has no role any more is shut out too', async () => {
    openid = openidWith(new WallClock({ steadyNowMs: () => Date.now() }), { everyoneIs: null });
    await app.close();
    app = httpApp({ tls: null, maxBodyBytes: 64 * 1024, requestTimeoutMs: 0, keepAliveMs: 1_000, logger });
    await app.register(cookie);
    await installOpenidPages(app, { openid, proxies: new TrustedProxies([]), secure: false });
    await app.listen({ host: '127.0.0.1', port: Number(new URL(fleetUrl).port) });
    const { token } = await signIn();
    expect(await sessions.of(token!)).not.toBeNull();
    directory.people.set('mina', { name: 'Mina', email: 'mina@steel.example', groups: [] });
    await passes(6 * MINUTE_MS);
    expect(shutOut).toEqual([(await account()).accountId]);
  });
  test('one browser whose sign-in the directory ends, while it confirms another, is signed out alone', async () => {
    const { token } = await signIn();
    const other = await signIn();
    vi.spyOn(OpenidProvider.prototype, 'renew').mockRejectedValueOnce(new UserError('openid-refused'));
    await passes(6 * MINUTE_MS);
    expect([await sessions.of(token!), await sessions.of(other.token!)]).toEqual([null, expect.anything()]);
    expect(shutOut).toEqual([]);
  });
  test('a directory that is gone for ten minutes ends nothing, for more than fifteen every session of its people', async () => {
    const { token } = await signIn();
    await directory.stop();
    await passes(10 * MINUTE_MS);
    expect(await sessions.of(token!)).not.toBeNull();
    await passes(DIRECTORY_FOLLOWED_MS - 9 * MINUTE_MS);
    expect(await sessions.of(token!)).toBeNull();
    // nobody knows whether they are in it still: their calls go on
    expect(shutOut).toEqual([]);
  });
  test('after a restart of the server a session lives on until its time is up', async () => {
    const { token } = await signIn();
    openid = openidWith(new WallClock({ steadyNowMs: () => Date.now() }));
    await passes(5 * MINUTE_MS);
    expect(await sessions.of(token!)).not.toBeNull();
    await passes(11 * MINUTE_MS);
    expect(await sessions.of(token!)).toBeNull();
  });
});

test('a clock that is set ends no session, and lets none go on unconfirmed for longer', async () => {
  const { token } = await signIn();
  let [steadyMs, offsetMs] = [Date.now(), 0];
  const clock = new WallClock({ steadyNowMs: () => steadyMs, wallNowMs: () => steadyMs + offsetMs });
  clock.onJump((byMs) => store.write((trx) => moveStoredTimes(trx, byMs)));
  openid = openidWith(clock);
  offsetMs = 60 * MINUTE_MS;
  await openid.look();
  expect(await sessions.of(token!)).not.toBeNull();
  offsetMs = 0;
  await openid.look();
  steadyMs += DIRECTORY_FOLLOWED_MS + MINUTE_MS;
  await openid.look();
  expect(await sessions.of(token!)).toBeNull();
});

test('who is in no group that has a role is refused where a group is needed', () => {
  const settings = { ...directory.settings(), everyoneIs: null };
  expect(grantsOf(settings, ['unknown'])).toEqual([]);
  expect(grantsOf(settings, ['room-team', 'room-team'])).toEqual([
    { role: 'operator', scope: { kind: 'organisation' } },
  ]);
});

test('a logout that could not be kept counts when the provider sends it again', async () => {
  const { token } = await signIn();
  const { sid, subject } = await store.read
    .selectFrom('session')
    .innerJoin('account', 'account.accountId', 'session.accountId')
    .select(['openidSid as sid', 'subject'])
    .executeTakeFirstOrThrow();
  vi.spyOn(OpenidProvider.prototype, 'verifyLogout').mockResolvedValue({
    sid,
    subject,
    tokenId: 'one',
    expiresAtMs: Date.now() + MINUTE_MS,
  });
  vi.spyOn(store, 'write').mockRejectedValueOnce(new OperationalError('storage-failed'));
  await expect(openid.logout('token')).rejects.toThrow('storage-failed');
  await openid.logout('token');
  expect(await sessions.of(token!)).toBeNull();
  await expect(openid.logout('token')).rejects.toThrow('token-used');
  vi.restoreAllMocks();
});

test('a logout that names the person alone signs out everywhere, and shuts out of calls', async () => {
  const { token } = await signIn();
  const other = await signIn();
  const logout = { sid: null, subject: 'mina', tokenId: 'all', expiresAtMs: Date.now() + MINUTE_MS };
  vi.spyOn(OpenidProvider.prototype, 'verifyLogout').mockResolvedValue(logout);
  await openid.logout('token');
  vi.restoreAllMocks();
  expect([await sessions.of(token!), await sessions.of(other.token!)]).toEqual([null, null]);
  expect(shutOut).toEqual([(await account()).accountId]);
});

test('a person who signs out at the provider is signed out here, in that browser alone', async () => {
  const { token, browser } = await signIn();
  const other = await signIn();
  const ticketHash = await ticketOf((await account()).accountId);
  const form = await browser.open(`${directory.issuer}/session/end`);
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(form.text)![1]!;
  await browser.submit(`${directory.issuer}/session/end/confirm`, { xsrf, logout: 'yes' });
  await vi.waitFor(async () => expect(await sessions.of(token!)).toBeNull(), { timeout: 5_000 });
  expect(await sessions.of(other.token!)).not.toBeNull();
  expect(shutOut).toEqual([]);
  const tickets = await store.read.selectFrom('ticket').select('ticketHash').execute();
  expect(tickets).not.toEqual([{ ticketHash }]);
});

/** The account waits at a meeting. @returns the hash of what it comes in by */
async function ticketOf(accountId: string): Promise<string> {
  const [meetingId, ticketHash] = [newId(), hashOf('ticket')];
  await store.write(async (trx) => {
    await trx.insertInto('meeting').values({ meetingId, roomId: null, title: 'Plans', createdAtMs: 1 }).execute();
    await trx
      .insertInto('ticket')
      .values({
        ticketId: newId(),
        ticketHash,
        meetingId,
        person: `account:${accountId}`,
        inviteId: null,
        accountId,
        displayName: 'Mina',
        organisation: null,
        network: '192.0.2.1',
        state: 'waiting',
        createdAtMs: 1,
        seenAtMs: 1,
        decidedBy: null,
        decidedAtMs: null,
      })
      .execute();
  });
  return ticketHash;
}
