/** Own time in meetings by day and week. */
import { expect, test } from 'vitest';
import { byDayOf, byWeekOf } from './own-time.ts';

const HOUR_MS = 3_600_000;
// a Wednesday
const at = (day: number, hour: number): number => new Date(2027, 0, day, hour).getTime();
const now = at(6, 15);

test('what goes over midnight is in both days, and what is older than a week in none', () => {
  const spans = [
    { fromMs: at(1, 9), untilMs: at(1, 10) },
    { fromMs: at(5, 23), untilMs: at(6, 2) },
    { fromMs: new Date(2026, 11, 30, 9).getTime(), untilMs: new Date(2026, 11, 30, 10).getTime() },
  ];
  const days = byDayOf(spans, now);
  expect(days.map(({ ms }) => ms / HOUR_MS)).toEqual([2, 1, 0, 0, 0, 1, 0]);
  expect(days[0]!.startMs).toBe(at(6, 0));
});

test('a week begins on Monday', () => {
  const spans = [
    { fromMs: at(3, 22), untilMs: at(4, 1) },
    { fromMs: at(6, 9), untilMs: at(6, 11) },
  ];
  const weeks = byWeekOf(spans, now);
  expect(weeks.map(({ ms }) => ms / HOUR_MS)).toEqual([3, 2, 0, 0, 0, 0, 0, 0]);
  expect(weeks[0]!.startMs).toBe(at(4, 0));
});
