/** Times of a room read the same on every device: by the room's zone, whatever the device's is. */
import { describe, expect, it } from 'vitest';
import { clockTime, dateAndTime, dayAndDate, listOf, minutesUntil, timeRange } from './format.ts';

const instant = Date.parse('2026-11-24T15:05:00Z');

describe('in the room’s time zone', () => {
  it.each([
    ['Asia/Seoul', '00:05', 'Wednesday'],
    ['Europe/Berlin', '16:05', 'Tuesday'],
    ['America/New_York', '10:05', 'Tuesday'],
    ['Pacific/Apia', '04:05', 'Wednesday'],
  ])('%s', (zone, clock, weekday) => {
    expect(clockTime(instant, 'en', zone)).toBe(clock);
    expect(dayAndDate(instant, 'en', zone)).toContain(weekday);
  });

  it('follows the change to summer time', () => {
    const start = Date.parse('2026-03-29T00:30:00Z');
    expect(timeRange(start, start + 3_600_000, 'ko', 'Europe/Berlin')).toBe('01:30–03:30');
  });

  it('falls back to the device’s own zone where a name is unknown or none is given', () => {
    expect(clockTime(instant, 'en', 'Mars/Olympus')).toBe(clockTime(instant, 'en'));
    expect(clockTime(instant, 'en', '')).toBe(clockTime(instant, 'en'));
  });
});

it.each([
  [0, 0],
  [1, 1],
  [60_000, 1],
  [60_001, 2],
  [-5_000, 0],
])('%d ms ahead are %d minutes', (ahead, minutes) => expect(minutesUntil(1_000_000 + ahead, 1_000_000)).toBe(minutes));

it('lists what does, any of it', () => {
  expect(listOf(['a phone', 'the button', 'Back'], 'en')).toBe('a phone, the button or Back');
  expect(listOf(['휴대폰', '통화 버튼'], 'ko')).toBe('휴대폰 또는 통화 버튼');
});

it('names the year of a date that is kept for long, and of a day that is not of this year', () => {
  const atMs = new Date(2026, 10, 24, 14, 5).getTime();
  expect(dateAndTime(atMs, 'en')).toBe('24 Nov 2026, 14:05');
  expect(dateAndTime(atMs, 'ko')).toBe('2026년 11월 24일 14:05');
  const [sameYearMs, nextYearMs] = [new Date(2026, 0, 2).getTime(), new Date(2027, 0, 2).getTime()];
  expect(dayAndDate(atMs, 'en', undefined, sameYearMs)).toBe('Tuesday 24 November');
  expect(dayAndDate(atMs, 'en', undefined, nextYearMs)).toBe('Tuesday, 24 November 2026');
  expect(dayAndDate(atMs, 'ko', undefined, nextYearMs)).toBe('2026년 11월 24일 화요일');
});
