import { expect, test } from 'vitest';
import { MAX_REPEATED_MEETINGS, MeetingRepetition, repetitionDays } from './meeting-repetition.ts';

test.each([
  ['week', '2026-11-30', { count: 3 }, ['2026-11-30', '2026-12-07', '2026-12-14']],
  ['two-weeks', '2026-12-24', { untilDay: '2027-01-21' }, ['2026-12-24', '2027-01-07', '2027-01-21']],
  // from a Saturday on
  [
    'weekday',
    '2026-12-05',
    { count: 6 },
    [7, 8, 9, 10, 11, 14].map((day) => `2026-12-${String(day).padStart(2, '0')}`),
  ],
  ['month', '2027-01-31', { count: 3 }, ['2027-01-31', '2027-03-31', '2027-05-31']],
  ['month', '2028-02-29', { untilDay: '2028-04-28' }, ['2028-02-29', '2028-03-29']],
] as const)('%s from %s', (every, first, ends, days) => {
  expect(repetitionDays(first, { every, ends })).toEqual(days);
});

test('too many are one more than there may be, and a last day before the first leaves none', () => {
  const of = (untilDay: string) => repetitionDays('2026-11-30', { every: 'weekday', ends: { untilDay } });
  expect(of('2029-11-30')).toHaveLength(MAX_REPEATED_MEETINGS + 1);
  expect(of('2026-11-29')).toEqual([]);
});

test('as many as there may be are found also in months that lack the day', () => {
  expect(repetitionDays('2027-01-31', { every: 'month', ends: { count: MAX_REPEATED_MEETINGS } })).toHaveLength(
    MAX_REPEATED_MEETINGS,
  );
});

test.each([{ count: 1 }, { count: 53 }, { untilDay: '2027-02-30' }, {}])('not how meetings end: %j', (ends) => {
  expect(MeetingRepetition.safeParse({ every: 'week', timeZone: 'Asia/Seoul', ends }).success).toBe(false);
});
