import { expect, test } from 'vitest';
import { ScreenLife, type ScreenLifeEvent } from './screen-life.ts';

const came = (screenId: string): ScreenLifeEvent => ({ type: 'came', screenId, userAgent: null });
const alive: ScreenLifeEvent = { type: 'alive', showsNothing: false };
const gone: ScreenLifeEvent = { type: 'gone' };

test.each<[string, string | null, [number, ScreenLifeEvent][], string | null]>([
  ['the first page of a new box', null, [[0, came('a')]], 'start'],
  ['the same page after the agent began anew', 'a', [[0, came('a')]], null],
  [
    'another page',
    'a',
    [
      [0, came('a')],
      [10, gone],
      [900, came('b')],
    ],
    'reload',
  ],
  [
    'another page, as somebody wanted',
    'a',
    [
      [0, came('a')],
      [10, { type: 'asked' }],
      [20, gone],
      [900, came('b')],
    ],
    'asked',
  ],
  [
    'another page after one that stood still',
    'a',
    [
      [0, came('a')],
      [1_000, alive],
      [9_000, gone],
      [9_900, came('b')],
    ],
    'frozen',
  ],
  [
    'a page that took over from one that stood still',
    'a',
    [
      [0, came('a')],
      [9_000, came('b')],
    ],
    'frozen',
  ],
])('why a page began: %s', (_, former, events, because) => {
  const life = new ScreenLife(former, 0);
  expect(events.map(([nowMs, event]) => life.handle(event, nowMs)).at(-1)).toBe(because);
});

test('a page without a sign of life stands still, and a TV without a page is dark, after their times', () => {
  const life = new ScreenLife(null, 0);
  expect([life.stateAt(8_000), life.stateAt(8_001)]).toEqual(['well', 'missing']);
  life.handle(came('a'), 10_000);
  life.handle(alive, 11_000);
  expect([life.stateAt(16_000), life.stateAt(16_001)]).toEqual(['well', 'frozen']);
  life.handle(alive, 17_000);
  expect(life.stateAt(17_000)).toBe('well');
  life.handle(gone, 18_000);
  expect([life.stateAt(26_000), life.stateAt(26_001)]).toEqual(['well', 'missing']);
  expect(life.startCount).toBe(1);
});

test('an agent that did not run itself claims nothing of the page meanwhile', () => {
  const life = new ScreenLife(null, 0);
  life.handle(came('a'), 1_000);
  life.handle(alive, 2_000);
  life.handle({ type: 'stood-still', forMs: 30_000 }, 33_000);
  expect([life.stateAt(33_000), life.stateAt(37_000), life.stateAt(37_001)]).toEqual(['well', 'well', 'frozen']);
  life.handle(alive, 38_000);
  life.handle({ type: 'stood-still', forMs: 30_000 }, 38_000);
  expect(life.stateAt(43_001)).toBe('frozen');
});

test('a page that lives and shows nothing for a while is black, until it shows something or another one comes', () => {
  const life = new ScreenLife(null, 0);
  const empty: ScreenLifeEvent = { type: 'alive', showsNothing: true };
  life.handle(came('a'), 1_000);
  for (const atMs of [2_000, 3_000, 4_000, 5_000]) life.handle(empty, atMs);
  expect([life.stateAt(4_999), life.stateAt(5_000)]).toEqual(['well', 'black']);
  life.handle(alive, 6_000);
  expect(life.stateAt(6_000)).toBe('well');
  for (const atMs of [7_000, 10_000]) life.handle(empty, atMs);
  expect(life.stateAt(10_000)).toBe('black');
  life.handle(came('b'), 11_000);
  expect(life.stateAt(11_000)).toBe('well');
});
