/** A broadcast on the TV for as long as it lasts: before it begins, when the line is cut, and when it is over. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveStatus, Viewing } from '#contract/live-delivery.ts';
import { BroadcastPlayer, GIVEN_UP_MS, type PictureState } from './broadcast-player.ts';

const ID = '0193a0b0-0000-7000-8000-000000000002';
let phase: LiveStatus['phase'] | 'cut' | 'refused' | 'unknown';
/** does the picture of the open source move */
let moves: boolean;
let video: { currentTime: number; ended: boolean };
let token: string;
let asked: { url: string; authorization: string }[];
let sources: { isOpen: boolean }[];
let states: PictureState[];
let ends: (string | null)[];
let player: BroadcastPlayer;
let nowMs: number;

async function pass(ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 250) {
    nowMs += 250;
    if (moves && sources.at(-1)?.isOpen) video.currentTime += 0.25;
    await vi.advanceTimersByTimeAsync(250);
  }
}
const answer = async (): Promise<Response> => {
  if (phase === 'cut') throw new TypeError('failed to fetch');
  if (phase === 'refused') return new Response('', { status: 403 });
  if (phase === 'unknown') return new Response('', { status: 404 });
  return Response.json({ phase, watching: 1, isOnSlate: false, canRewind: true, nowMs: 1 } satisfies LiveStatus);
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  [phase, moves, token, nowMs] = ['live', true, 'one', 0];
  [asked, sources, states, ends] = [[], [], [], []];
  video = { currentTime: 0, ended: false };
  player = new BroadcastPlayer({
    video,
    viewing: (): Viewing => ({ broadcastId: ID, liveUrl: 'https://live.example:7404', expiresAtMs: 1, token }),
    openSource: () => {
      const source = { isOpen: true };
      sources.push(source);
      const close = (): void => {
        source.isOpen = false;
      };
      return { close };
    },
    fetch: (url, init) => {
      asked.push({ url, authorization: new Headers(init.headers).get('authorization') ?? '' });
      return answer();
    },
    onState: (state) => states.push(state),
    onEnd: (code) => ends.push(code),
    nowMs: () => nowMs,
  });
});
afterEach(() => {
  player.stop();
  expect(vi.getTimerCount()).toBe(0);
  expect(sources.every(({ isOpen }) => !isOpen)).toBe(true);
  vi.useRealTimers();
});

it('plays what is live, and asks with the newest token, never in a URL', async () => {
  player.start();
  await pass(2_000);
  expect(states).toEqual(['playing']);
  token = 'two';
  await pass(4_000);
  expect(asked.at(-1)).toEqual({ url: `https://live.example:7404/live/${ID}/status`, authorization: 'Bearer two' });
  expect(sources).toHaveLength(1);
});

it('waits for one that only comes, for as long as it takes, and begins with it', async () => {
  phase = 'green-room';
  player.start();
  await pass(2 * GIVEN_UP_MS);
  expect([states, sources, ends]).toEqual([['coming'], [], []]);
  phase = 'live';
  await pass(3_000);
  expect(states).toEqual(['coming', 'playing']);
});

it('goes on through a hold', async () => {
  player.start();
  await pass(3_000);
  phase = 'hold';
  await pass(30_000);
  expect([states, sources.length, ends]).toEqual([['playing'], 1, []]);
});

it('a line that is cut for a minute: words meanwhile, then the picture again, without a reload', async () => {
  player.start();
  await pass(3_000);
  [phase, moves] = ['cut', false];
  await pass(60_000);
  expect(states).toEqual(['playing', 'away']);
  expect(sources.length).toBeGreaterThan(2);
  expect(sources.filter(({ isOpen }) => isOpen)).toHaveLength(1);
  [phase, moves] = ['live', true];
  await pass(3_000);
  expect([states, ends]).toEqual([['playing', 'away', 'playing'], []]);
});

it('what is gone for minutes is given up, and says why', async () => {
  player.start();
  await pass(3_000);
  [phase, moves] = ['cut', false];
  await pass(GIVEN_UP_MS + 2_000);
  expect(ends).toEqual(['packager-unavailable']);
});

it('what never comes is given up too', async () => {
  phase = 'unknown';
  player.start();
  await pass(GIVEN_UP_MS + 2_000);
  expect([states, ends]).toEqual([['away'], ['packager-unavailable']]);
});

it('a source that stands still while the broadcast is live is opened anew', async () => {
  player.start();
  await pass(3_000);
  moves = false;
  await pass(20_000);
  expect(sources).toHaveLength(2);
});

describe('over', () => {
  it('the last seconds are played, then it ends', async () => {
    player.start();
    await pass(3_000);
    phase = 'ended';
    await pass(4_000);
    expect(ends).toEqual([]);
    video.ended = true;
    await pass(500);
    expect(ends).toEqual([null]);
  });

  it('it ends also where the player finds no end', async () => {
    player.start();
    await pass(3_000);
    phase = 'ended';
    await pass(14_000);
    expect(ends).toEqual([null]);
  });

  it('before it began', async () => {
    phase = 'planned';
    player.start();
    await pass(2_000);
    phase = 'cancelled';
    await pass(6_000);
    expect(ends).toEqual([null]);
  });
});

it('a refused token may be an old one; one that stays refused ends it', async () => {
  player.start();
  await pass(3_000);
  [phase, moves] = ['refused', false];
  await pass(20_000);
  expect(ends).toEqual([]);
  await pass(20_000);
  expect(ends).toEqual(['forbidden']);
});
