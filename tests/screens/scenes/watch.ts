/** Every state of the watch page: the list, and a broadcast before, while and after it is live. */
import type { Page } from 'playwright-core';
import type { Chapter } from '#contract/broadcast.ts';
import type { BroadcastDetail, WatchHome } from '#contract/http/broadcasts-api.ts';
import type { LiveStatus } from '#contract/live-delivery.ts';
import type { TranscriptSegment } from '#contract/transcript.ts';
import { type PlayedPicture, playPicture } from '../played-picture.ts';
import { account, broadcastOf, NOTHING_ON, playWatchServer, refusal, type WatchAnswers } from '../watch-server.ts';
import type { Scene } from './scene.ts';
import { transcriptVtt } from '../../../fleet/transcript/index.ts';
import { hostileCaption, shortCaption } from './transcripts.ts';

const MINUTE_MS = 60_000;
const LIVE_URL = 'http://localhost:7404';
const LONG_TITLE = '2027년 상반기 글로벌 제품 전략 및 연구개발 투자 우선순위 조정을 위한 전사 임원 확대 회의 (2차)';
const LONG_NAME = 'Wolfeschlegelsteinhausenbergerdorff Maximilian-Alexander';
const ago = (minutes: number): number => Date.now() - minutes * MINUTE_MS;
const inMinutes = (minutes: number): number => Date.now() + minutes * MINUTE_MS;
const at = (days: number, hour: number): number => {
  const day = new Date();
  day.setDate(day.getDate() + days);
  return day.setHours(hour, 0, 0, 0);
};

const live = broadcastOf(1, { phase: 'live', liveAtMs: ago(42), watching: 312 });
const ended = broadcastOf(1, {
  phase: 'ended',
  liveAtMs: at(-2, 10),
  endedAtMs: at(-2, 11),
  durationMs: 62 * MINUTE_MS,
  recording: 'ready',
});
const home: WatchHome = {
  live: [live, broadcastOf(2, { title: '디자인 위원회', phase: 'live', presenterName: '김준호', watching: 41 })],
  coming: [
    broadcastOf(3, { title: '분기 결산 설명회', presenterName: '이하늘', startsAtMs: at(1, 14) }),
    broadcastOf(4, { title: 'Town hall', presenterName: 'Joon Lee', startsAtMs: at(3, 9) }),
  ],
  replays: [
    {
      ...ended,
      broadcastId: broadcastOf(5).broadcastId,
      title: 'Price talks',
      mayDownload: true,
      hasCaptions: true,
      mayDelete: true,
      deletedAtMs: at(80, 0),
    },
    {
      ...ended,
      broadcastId: broadcastOf(6).broadcastId,
      title: '신년사',
      presenterName: '박서연',
      mayDownload: true,
      recording: 'finishing',
    },
    {
      ...ended,
      broadcastId: broadcastOf(7).broadcastId,
      kind: 'recording',
      title: 'Weekly plan',
      durationMs: 25 * MINUTE_MS,
    },
  ],
};
const chapters: Chapter[] = [
  { atMs: 0, kind: 'start', title: '' },
  { atMs: 4 * MINUTE_MS, kind: 'speaker', title: 'Mina Park' },
  { atMs: 11 * MINUTE_MS, kind: 'page', title: 'Half-year figures.pptx, 3' },
  { atMs: 19 * MINUTE_MS, kind: 'hold', title: '' },
  { atMs: 26 * MINUTE_MS, kind: 'speaker', title: '이하늘' },
];

type Told = {
  home?: WatchHome | null;
  /** of the broadcast that is open; null: the list */
  detail?: Partial<BroadcastDetail> | null;
  status?: Partial<LiveStatus> | null;
  picture?: PlayedPicture | null;
  /** a function makes new ones for each picture */
  answers?: WatchAnswers | (() => WatchAnswers);
  path?: string;
  /** what is spoken there at this moment */
  spoken?: TranscriptSegment;
  /** the same, in the file of a replay */
  captionFile?: string;
  act?: (page: Page) => Promise<unknown>;
};

function scene(name: string, told: Told = {}): Scene {
  const {
    home: listed = home,
    detail = null,
    status = {},
    picture = null,
    answers = {},
    spoken,
    captionFile,
    act,
  } = told;
  const broadcast: BroadcastDetail = { ...live, chapters, ...detail };
  const path = told.path ?? (detail === null ? '/watch#all' : `/watch/${broadcast.broadcastId}`);
  return {
    name,
    path,
    sizes: ['home', 'live', 'live-captions-long'].includes(name)
      ? ['phone', 'phone-sideways', 'tablet', 'laptop']
      : ['phone', 'laptop'],
    setup: async (page) => {
      await page.route(`${LIVE_URL}/**`, (route) => {
        if (!route.request().url().endsWith('/status') || status === null) return route.fulfill({ status: 404 });
        const json: LiveStatus = {
          phase: broadcast.phase,
          watching: broadcast.watching,
          isOnSlate: false,
          canRewind: true,
          nowMs: Date.now(),
          ...status,
        };
        const origin = new URL(page.url()).origin;
        const headers = { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' };
        return route.fulfill({ json, headers });
      });
      const { broadcastId } = broadcast;
      const viewing = { broadcastId, liveUrl: LIVE_URL, expiresAtMs: inMinutes(60) };
      const usual: WatchAnswers = {
        currentSession: () => ({ body: { account } }),
        signInWays: () => ({ body: { openid: null } }),
        watchedBroadcast: () => ({ body: { broadcast } }),
        createViewing: () => ({ body: { viewing } }),
      };
      const times = { fromMs: Date.now() - 10_000, untilMs: Date.now() + 60_000 };
      const captions = spoken ? { broadcastId, captions: [{ ...spoken, ...times }] } : null;
      await playWatchServer(
        page,
        { ...usual, ...(typeof answers === 'function' ? answers() : answers) },
        listed,
        captions,
      );
      if (captionFile !== undefined)
        await page.route('**/captions.vtt', (route) => route.fulfill({ contentType: 'text/vtt', body: captionFile }));
      if (picture) await playPicture(page, picture);
    },
    act: async (page) => {
      await act?.(page);
      await page.waitForTimeout(700);
    },
  };
}

const atEdge: PlayedPicture = { agoMs: 42 * MINUTE_MS, behindMs: 1_600 };
/** Where the pointer moves, the controls are shown. */
const point = (page: Page): Promise<void> => page.getByRole('region', { name: /^(Broadcast|생중계)$/ }).hover();

const replay: Told = {
  detail: ended,
  status: { phase: 'ended' },
  picture: { agoMs: 0, lengthMs: 62 * MINUTE_MS, atMs: 12 * MINUTE_MS },
};
/** Where the picture stands, for as long as a scene lasts. */
const captionsOf = ({ segmentId, displayName, text }: TranscriptSegment): string =>
  transcriptVtt(0, [{ segmentId, displayName, text, fromMs: 12 * MINUTE_MS - 5_000, untilMs: 13 * MINUTE_MS }]);

const withCaptions = (pointsAt: boolean) => async (page: Page) => {
  await page.getByRole('button', { name: /^(Captions|자막)$/ }).click();
  if (pointsAt) return point(page);
  await page.mouse.move(0, 0);
  // controls hide over a moving picture
  await page.waitForTimeout(3_500);
};

export const watchScenes: readonly Scene[] = [
  scene('sign-in', { answers: { currentSession: () => refusal(401, 'not-signed-in') } }),
  scene('home'),
  scene('home-empty', { home: NOTHING_ON }),
  scene('home-stale', { home: null }),
  scene('home-long-names', {
    home: {
      live: [{ ...live, title: LONG_TITLE, presenterName: LONG_NAME }],
      coming: [broadcastOf(3, { title: LONG_TITLE, presenterName: LONG_NAME, startsAtMs: at(1, 14) })],
      replays: [{ ...home.replays[0]!, title: LONG_TITLE, presenterName: LONG_NAME }],
    },
  }),
  scene('delete-asked', {
    act: (page) => page.getByRole('button', { name: /Price talks/ }).click(),
  }),
  scene('soon', { detail: { phase: 'planned', liveAtMs: null, startsAtMs: inMinutes(12), watching: 0 }, status: null }),
  scene('soon-tomorrow', { detail: { phase: 'planned', liveAtMs: null, startsAtMs: at(1, 14) }, status: null }),
  scene('soon-green-room', { detail: { phase: 'green-room', liveAtMs: null }, status: { phase: 'green-room' } }),
  scene('countdown', {
    detail: { phase: 'countdown', liveAtMs: Date.now() + 600_000 },
    status: { phase: 'green-room' },
  }),
  scene('live', { detail: {}, picture: atEdge, act: point }),
  scene('live-captions-off', { detail: {}, picture: atEdge, spoken: shortCaption, act: point }),
  scene('live-captions', { detail: {}, picture: atEdge, spoken: shortCaption, act: withCaptions(true) }),
  scene('live-captions-long', { detail: {}, picture: atEdge, spoken: hostileCaption, act: withCaptions(false) }),
  scene('live-tap-for-sound', { detail: {}, picture: { ...atEdge, needsTap: true }, act: point }),
  scene('behind', { detail: {}, picture: { ...atEdge, behindMs: 12_000 }, act: point }),
  scene('slate', { detail: {}, status: { isOnSlate: true }, picture: atEdge, act: point }),
  scene('held', { detail: { phase: 'hold' }, status: { phase: 'live' }, picture: atEdge, act: point }),
  scene('no-rewind', { detail: {}, status: { canRewind: false }, picture: atEdge, act: point }),
  scene('paused', {
    detail: {},
    picture: atEdge,
    act: async (page) => {
      await page.getByText(/^(LIVE|실시간)$/).waitFor();
      await page.keyboard.press('k');
    },
  }),
  scene('reconnecting', {
    detail: {},
    picture: { ...atEdge, isStuck: true },
    act: (page) => page.waitForTimeout(2_500),
  }),
  scene('live-long-names', {
    detail: { title: LONG_TITLE, presenterName: LONG_NAME, watching: 9_840 },
    picture: atEdge,
    act: point,
  }),
  scene('over', {
    detail: { phase: 'live' },
    status: null,
    answers: overAfterwards,
    // its detail is read again after half a minute at most
    act: (page) => page.getByText(/^(The broadcast is over|생중계가 끝났습니다)$/).waitFor({ timeout: 40_000 }),
  }),
  scene('replay', { ...replay, act: point }),
  scene('replay-captions', {
    ...replay,
    detail: { ...ended, hasCaptions: true },
    captionFile: captionsOf(shortCaption),
    act: withCaptions(true),
  }),
  scene('replay-captions-long', {
    ...replay,
    detail: { ...ended, hasCaptions: true },
    captionFile: captionsOf(hostileCaption),
    act: withCaptions(false),
  }),
  scene('replay-without-captions', {
    ...replay,
    act: async (page) => {
      await page.evaluate(() => localStorage.setItem('maru-captions-of-broadcasts', 'on'));
      await page.reload();
      await point(page);
    },
  }),
  scene('denied', {
    detail: {},
    answers: { watchedBroadcast: () => refusal(404, 'not-found'), createViewing: () => refusal(404, 'not-found') },
  }),
  scene('from-elsewhere', {
    detail: {},
    answers: {
      watchedBroadcast: () => refusal(403, 'address-not-allowed'),
      createViewing: () => refusal(403, 'address-not-allowed'),
    },
  }),
  scene('no-server', {
    detail: {},
    answers: { watchedBroadcast: () => 'no-answer', createViewing: () => 'no-answer' },
  }),
  scene('loading', {
    detail: {},
    answers: {
      watchedBroadcast: () => new Promise<never>(() => {}),
      createViewing: () => new Promise<never>(() => {}),
    },
  }),
  scene('cancelled', { detail: { phase: 'cancelled', liveAtMs: null }, status: { phase: 'cancelled' } }),
  scene('over-unrecorded', { detail: { ...ended, recording: 'none' }, status: { phase: 'ended' } }),
  scene('wrong-address', { path: '/watch/nothing' }),
];

/** Live when the page is opened, over the next time it asks. */
function overAfterwards(): WatchAnswers {
  let count = 0;
  return {
    watchedBroadcast: () => {
      count += 1;
      return { body: { broadcast: { ...(count === 1 ? live : ended), chapters } } };
    },
  };
}
