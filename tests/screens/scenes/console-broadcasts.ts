/** The console's page of broadcasts and recordings. */
import { DEFAULT_RECORDING_POLICY, type ManagedBroadcast } from '#contract/http/broadcasts-api.ts';
import type { RouteName } from '#contract/http/all-routes.ts';
import type { Page } from 'playwright-core';
import { type Answer, consoleScene, healthy, press, refusal, rooms, signedIn } from './console.ts';
import type { Scene } from './scene.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const minutesAgo = (count: number): number => Date.now() - count * 60_000;
const DAY_MINUTES = 24 * 60;
const LONG_TITLE =
  'Quarterly review of all sites with the executive board, the regional directors and their guests from the ministry';

const broadcastOf = (n: number, title: string, over: Partial<ManagedBroadcast> = {}): ManagedBroadcast => ({
  broadcastId: id(n),
  kind: 'broadcast',
  title,
  presenterName: 'Mina Kim',
  phase: 'ended',
  startsAtMs: null,
  liveAtMs: minutesAgo(n * 1_500 + 64),
  endedAtMs: minutesAgo(n * 1_500),
  watching: 0,
  peakWatching: 412,
  recording: 'ready',
  durationMs: 64 * 60_000,
  sizeBytes: 1_420_000_000,
  deletedAtMs: minutesAgo((n - 90) * DAY_MINUTES),
  ...over,
});
const runs: Partial<ManagedBroadcast> = { endedAtMs: null, deletedAtMs: null, durationMs: null, recording: 'growing' };
const underWay = [
  broadcastOf(9, '임원 회의', {
    ...runs,
    phase: 'live',
    liveAtMs: minutesAgo(12),
    watching: 1_204,
    peakWatching: 1_377,
  }),
  broadcastOf(8, LONG_TITLE, { ...runs, phase: 'hold', liveAtMs: minutesAgo(41), watching: 1, peakWatching: 8 }),
  broadcastOf(7, 'Weekly plan', {
    ...runs,
    kind: 'recording',
    phase: 'live',
    liveAtMs: minutesAgo(3),
    presenterName: '한라 회의실',
  }),
  broadcastOf(6, 'Town hall', { ...runs, phase: 'green-room', recording: 'none', liveAtMs: null }),
  broadcastOf(5, '신년 인사', {
    ...runs,
    phase: 'planned',
    recording: 'none',
    liveAtMs: null,
    startsAtMs: minutesAgo(-3 * DAY_MINUTES),
  }),
];
const kept = [
  broadcastOf(1, 'Town hall, third quarter', { recording: 'finishing' }),
  broadcastOf(2, '임원 회의'),
  broadcastOf(3, LONG_TITLE, {
    recording: 'failed',
    presenterName: 'Wolfeschlegelsteinhausenbergerdorff Maximilian-Alexander',
  }),
  broadcastOf(4, 'Design review', {
    kind: 'recording',
    peakWatching: 0,
    sizeBytes: 84_000_000,
    durationMs: 130_000,
    deletedAtMs: null,
  }),
];
const gone = [
  broadcastOf(1, 'Dealer training', { recording: 'deleted', deletedAtMs: minutesAgo(90) }),
  broadcastOf(2, '부서 설명회', { phase: 'cancelled', recording: 'none', liveAtMs: null, peakWatching: 0 }),
  broadcastOf(3, 'Rehearsal', { recording: 'none', peakWatching: 0 }),
];

const listed =
  (of: Partial<Record<string, ManagedBroadcast[]>>): Answer =>
  ({ searchParams }) => {
    const rows = of[searchParams.get('shelf') ?? ''] ?? [];
    const counts = { usedBytes: 214_000_000_000, freeBytes: 1_310_000_000_000 };
    return {
      body: {
        rows,
        nextCursor: rows.length === 4 ? 'next' : null,
        total: rows.length === 4 ? 41 : rows.length,
        counts,
      },
    };
  };
const answers = {
  currentSession: signedIn,
  ...rooms(healthy),
  listBroadcasts: listed({ 'under-way': underWay, kept, gone }),
  recordingPolicy: { body: { policy: DEFAULT_RECORDING_POLICY } },
} satisfies Partial<Record<RouteName, Answer>>;

const scene = (name: string, over: Partial<Record<RouteName, Answer>> = {}, act?: Scene['act'], query = ''): Scene =>
  consoleScene(name, { ...answers, ...over }, act, `/#/broadcasts${query}`);
const isListed = (page: Page) => page.locator('main li').first().waitFor();

export const broadcastScenes: readonly Scene[] = [
  scene('broadcasts', {}, isListed),
  scene('broadcasts-empty', { listBroadcasts: listed({}) }),
  scene('broadcasts-gone', {}, isListed, '?shelf=gone'),
  scene('broadcasts-no-server', { listBroadcasts: 'no-answer', recordingPolicy: 'no-answer' }),
  scene('broadcasts-end', {}, (page) => press(page, /^End: 임원 회의$|^임원 회의 종료$/)),
  scene('broadcasts-delete', {}, (page) => press(page, /^Delete: 임원 회의$|^임원 회의 삭제$/)),
  scene('broadcasts-rules', { setRecordingPolicy: refusal(401, 'sign-in-not-fresh') }, (page) =>
    page.getByRole('button', { name: /^Save$|^저장$/ }).scrollIntoViewIfNeeded(),
  ),
];
