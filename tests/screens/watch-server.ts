/** A fleet server for the watch page, played into the browser: the session, the list of broadcasts, one of them, its viewing. */
import type { Page } from 'playwright-core';
import { allRoutes, type RouteName } from '#contract/http/all-routes.ts';
import type { BroadcastCaptions, WatchedBroadcast, WatchHome } from '#contract/http/broadcasts-api.ts';
import type { Account } from '#contract/http/people-api.ts';
import { playStreams } from './played-streams.ts';

export type WatchAnswer = { status?: number; body: unknown } | 'no-answer';
export type WatchAnswers = Partial<Record<RouteName, () => WatchAnswer | Promise<WatchAnswer>>>;

const idOf = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;

export const account: Account = {
  accountId: idOf(1),
  userName: 'mina.park',
  displayName: 'Mina Park',
  email: 'mina.park@example.com',
  placeId: null,
  issuer: 'local',
  mustChangePassword: false,
  grants: [{ role: 'member', scope: { kind: 'organisation' } }],
};

export const broadcastOf = (n: number, over: Partial<WatchedBroadcast> = {}): WatchedBroadcast => ({
  broadcastId: idOf(900 + n),
  kind: 'broadcast',
  title: 'Executive meeting',
  presenterName: 'Mina Park',
  phase: 'planned',
  startsAtMs: null,
  liveAtMs: null,
  endedAtMs: null,
  recording: 'none',
  durationMs: null,
  watching: 0,
  deletedAtMs: null,
  mayDownload: false,
  mayDelete: false,
  ...over,
});

export const NOTHING_ON: WatchHome = { live: [], coming: [], replays: [] };
export const refusal = (status: number, code: string): WatchAnswer => ({
  status,
  body: { error: { code, message: '' } },
});

/** @param home null: its stream cannot be opened */
export async function playWatchServer(
  page: Page,
  answers: WatchAnswers,
  home: WatchHome | null = NOTHING_ON,
  captions: BroadcastCaptions | null = null,
): Promise<void> {
  await page.route('**/api/v1/**', async (route) => {
    const method = route.request().method();
    const { pathname } = new URL(route.request().url());
    const found = (Object.keys(allRoutes) as RouteName[]).find(
      (each) =>
        allRoutes[each].method === method &&
        new RegExp(`^${allRoutes[each].path.replace(/:\w+/g, '[^/]+')}$`).test(pathname),
    );
    const answer = (await (found && answers[found])?.()) ?? refusal(404, 'not-found');
    if (answer === 'no-answer') return route.abort();
    return route.fulfill({ status: answer.status ?? 200, json: answer.body });
  });
  const events = home && [{ name: 'home', data: home }, ...(captions ? [{ name: 'captions', data: captions }] : [])];
  await playStreams(page, { 'watch-home': events });
}
