import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { PageLook } from '#edge/chromium/devtools-pipe.ts';
import { PageKeeper, type PagePort } from './app/page-keeper.ts';

const BACK_WITHIN_MS = 5_000;
let loads: number;
let seen: PageLook;
let gone: PromiseWithResolvers<string>;
let loadFails: boolean;
let shows: string[];
let kills: number;
let hopeless: number;
let keeper: PageKeeper;
const page: PagePort = {
  load: async () => {
    loads += 1;
    seen = loadFails ? 'elsewhere' : 'shown';
    if (loadFails) throw new Error('ERR_CONNECTION_REFUSED');
  },
  look: async (withinMs) => {
    if (seen === 'silent') await new Promise((resolve) => setTimeout(resolve, withinMs));
    return seen;
  },
  kill: () => {
    kills += 1;
    gone.resolve('killed');
  },
  gone: () => {
    gone = Promise.withResolvers();
    return gone.promise;
  },
  show: (what) => shows.push(what),
};

beforeEach(() => {
  vi.useFakeTimers();
  loads = 0;
  kills = 0;
  hopeless = 0;
  loadFails = false;
  seen = 'elsewhere';
  shows = [];
  const onHopeless = () => {
    hopeless += 1;
  };
  keeper = new PageKeeper({ page, onShown: () => {}, onHopeless, log: () => {} });
  keeper.start();
});
afterEach(() => {
  keeper.stop();
  vi.useRealTimers();
});

it('shows the picture first, then the page', async () => {
  await vi.advanceTimersByTimeAsync(1_000);
  expect(shows).toEqual(['picture', 'page']);
  expect(loads).toBe(1);
});

it.each<[string, () => void]>([
  ['crashed', () => gone.resolve('the page crashed (oom)')],
  [
    'froze',
    () => {
      seen = 'silent';
    },
  ],
  [
    'is another',
    () => {
      seen = 'elsewhere';
    },
  ],
])('has a page that %s back within 5 s, under the picture meanwhile', async (_what, strike) => {
  await vi.advanceTimersByTimeAsync(2_000);
  shows.length = 0;
  strike();
  await vi.advanceTimersByTimeAsync(BACK_WITHIN_MS);
  expect(loads).toBe(2);
  expect(shows.at(-1)).toBe('page');
  expect(shows).toContain('picture');
  expect(kills).toBe(1);
});

it('does not take one odd answer for another page', async () => {
  await vi.advanceTimersByTimeAsync(2_000);
  seen = 'elsewhere';
  await vi.advanceTimersByTimeAsync(900);
  seen = 'shown';
  await vi.advanceTimersByTimeAsync(5_000);
  expect(loads).toBe(1);
});

it('tries again and again when the page cannot be loaded, and then leaves it to the launcher', async () => {
  await vi.advanceTimersByTimeAsync(2_000);
  loadFails = true;
  gone.resolve('the page crashed (killed)');
  await vi.advanceTimersByTimeAsync(20_000);
  expect(loads).toBe(6);
  expect(hopeless).toBe(1);
  expect(shows.at(-1)).toBe('picture');
});
