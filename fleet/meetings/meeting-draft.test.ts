/** When a meeting may be: exactly until when, by hand on a clock. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { occurrenceTimesOf, timesOf } from './meeting-draft.ts';

const NOW_MS = 1_800_000_000_000;
const MOST_AHEAD_MS = 1_098 * 86_400_000;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

test('it ends its minutes after its start, and one without a time has none', () => {
  expect(timesOf({ startsAtMs: NOW_MS, durationMinutes: 45 }, null)).toEqual({
    startsAtMs: NOW_MS,
    endsAtMs: NOW_MS + 2_700_000,
  });
  expect(timesOf({ startsAtMs: null, durationMinutes: 45 }, null)).toEqual({ startsAtMs: null, endsAtMs: null });
});

test('one that is over is refused, but where its times stay as they were', () => {
  const over = { startsAtMs: NOW_MS - 60_000, durationMinutes: 1 };
  const times = { startsAtMs: NOW_MS - 60_000, endsAtMs: NOW_MS };
  expect(() => timesOf(over, null)).toThrow('meeting-in-past');
  expect(() => timesOf(over, { ...times, endsAtMs: NOW_MS - 1 })).toThrow('meeting-in-past');
  expect(() => timesOf(over, { ...times, startsAtMs: NOW_MS - 60_001 })).toThrow('meeting-in-past');
  expect(timesOf(over, times)).toEqual(times);
  expect(timesOf({ ...over, startsAtMs: NOW_MS - 59_999 }, null)).toMatchObject({ endsAtMs: NOW_MS + 1 });
});

test('one in three years is made, and none beyond', () => {
  const startsAtMs = NOW_MS + MOST_AHEAD_MS;
  expect(timesOf({ startsAtMs, durationMinutes: 30 }, null)).toMatchObject({ startsAtMs });
  expect(() => timesOf({ startsAtMs: startsAtMs + 1, durationMinutes: 30 }, null)).toThrow('too far ahead');
});

test('one that repeats from beyond the years that calendars have is refused as one that is too far ahead', () => {
  const repeats = { every: 'week', timeZone: 'Asia/Seoul', ends: { count: 2 } } as const;
  for (const startsAtMs of [Date.UTC(10_000, 0, 1), 8.64e15])
    expect(() => occurrenceTimesOf({ startsAtMs, durationMinutes: 30 }, repeats)).toThrow('too far ahead');
});
