/** Marks, times, countdown and news of a call's air. */
import { describe, expect, it } from 'vitest';
import { type CallAir, OFF_AIR } from '#contract/broadcast.ts';
import { airNews, airTime, countdownEndMs, meterPercent, markOf, secondsLeft, soundJudgement } from './air.ts';

const on = (of: Partial<CallAir>): CallAir => ({ ...OFF_AIR, ...of });

it.each([
  ['off', false, null],
  ['off', true, 'recording'],
  ['green-room', false, null],
  ['countdown', false, null],
  ['countdown', true, 'recording'],
  ['live', true, 'on-air'],
  ['live', false, 'on-air'],
  ['hold', true, 'on-air'],
] as const)('marks %s, recorded %s, as %s', (phase, isRecorded, mark) => {
  expect(markOf(on({ phase, isRecorded }))).toBe(mark);
});

it('writes hours, minutes and seconds, and never less than nothing', () => {
  expect(airTime(0)).toBe('00:00:00');
  expect(airTime(761_900)).toBe('00:12:41');
  expect(airTime(36_000_000 + 61_000)).toBe('10:01:01');
  expect(airTime(-90_000)).toBe('00:00:00');
});

describe('the countdown', () => {
  it('ends when the fleet says so, where the clocks agree', () => {
    expect(countdownEndMs(104_000, 100_000)).toBe(104_000);
  });
  it('counts from when it was received where this clock is wrong', () => {
    expect(countdownEndMs(40_000, 100_000)).toBe(105_000);
    expect(countdownEndMs(900_000, 100_000)).toBe(105_000);
    expect(countdownEndMs(null, 100_000)).toBe(105_000);
    expect(countdownEndMs(Number.NaN, 100_000)).toBe(105_000);
  });
  it('counts 5, 4, 3, 2, 1 and stays at 1', () => {
    const shown = [0, 1, 999, 1_000, 1_001, 4_000, 4_999, 5_000, 9_000].map((past) => secondsLeft(5_000, past));
    expect(shown).toEqual([5, 5, 5, 4, 4, 1, 1, 1, 1]);
    expect(secondsLeft(60_000, 0)).toBe(5);
  });
});

describe('news', () => {
  const live = on({ phase: 'live', liveAtMs: 1, isRecorded: true });
  const recorded = on({ isRecorded: true });
  it.each([
    ['on air while one comes in', null, live, 'live'],
    ['recorded while one comes in', null, recorded, 'recording'],
    ['nothing while one comes in', null, OFF_AIR, null],
    ['going live', on({ phase: 'countdown' }), live, 'live'],
    ['a recorded call that goes live', recorded, live, 'live'],
    ['more viewers', live, { ...live, watching: 9 }, null],
    ['a hold', live, { ...live, phase: 'hold' }, null],
    ['the end', live, OFF_AIR, 'ended'],
    ['the end of the broadcast alone', live, recorded, 'ended'],
    ['recording', OFF_AIR, recorded, 'recording'],
    ['the end of the recording', recorded, OFF_AIR, 'recordingEnded'],
    ['the green room', OFF_AIR, on({ phase: 'green-room' }), null],
  ] as const)('%s', (_, before, now, news) => {
    expect(airNews(before, now)).toBe(news);
  });
});

it('judges loudness, and draws it from -60 dBFS up', () => {
  expect([null, -80, -60, -50, -20, -3].map(soundJudgement)).toEqual([
    'silent',
    'silent',
    'silent',
    'quiet',
    'good',
    'loud',
  ]);
  expect([null, -90, -60, -30, 0, 3].map(meterPercent)).toEqual([0, 0, 0, 50, 100, 100]);
});
