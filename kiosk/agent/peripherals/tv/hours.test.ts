import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALWAYS_INSIDE, hoursAt } from './hours.ts';
import { type TvHours, TvSettings, WEEKDAYS } from '#contract/settings/tv-settings.ts';

const workdays = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
const office: TvHours = { fromMinuteOfDay: 8 * 60, toMinuteOfDay: 19 * 60, days: [...workdays] };
// 2026-11-23 is a Monday
const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).getTime();

describe('hours', () => {
  it('are always, where there are none', () => {
    expect(hoursAt(null, at(23, 3))).toEqual(ALWAYS_INSIDE);
  });

  it.each([
    ['in the morning', at(24, 7, 59), { inside: false, sinceMs: at(23, 19), untilMs: at(24, 8) }],
    ['as they begin', at(24, 8), { inside: true, sinceMs: at(24, 8), untilMs: at(24, 19) }],
    ['at their last minute', at(24, 18, 59), { inside: true, sinceMs: at(24, 8), untilMs: at(24, 19) }],
    ['as they end', at(24, 19), { inside: false, sinceMs: at(24, 19), untilMs: at(25, 8) }],
    ['on a Sunday', at(29, 12), { inside: false, sinceMs: at(27, 19), untilMs: at(30, 8) }],
  ])('%s', (_when, nowMs, expected) => {
    expect(hoursAt(office, nowMs)).toEqual(expected);
  });

  it('may pass midnight, on the days on which they begin', () => {
    const night: TvHours = { fromMinuteOfDay: 22 * 60, toMinuteOfDay: 6 * 60, days: ['fri'] };
    expect(hoursAt(night, at(28, 5))).toEqual({ inside: true, sinceMs: at(27, 22), untilMs: at(28, 6) });
    expect(hoursAt(night, at(27, 5))).toMatchObject({ inside: false, untilMs: at(27, 22) });
  });

  it('of whole days are one', () => {
    const all: TvHours = { fromMinuteOfDay: 0, toMinuteOfDay: 24 * 60, days: [...workdays] };
    expect(hoursAt(all, at(25, 0))).toEqual({ inside: true, sinceMs: at(23, 0), untilMs: at(28, 0) });
  });

  it('always hold the moment that was asked for', () => {
    const hours = fc.record({
      fromMinuteOfDay: fc.integer({ min: 0, max: 1440 }),
      toMinuteOfDay: fc.integer({ min: 0, max: 1440 }),
      days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
    });
    const moments = fc.integer({ min: at(1, 0), max: at(1, 0) + 400 * 86_400_000 });
    fc.assert(
      fc.property(hours, moments, (each, nowMs) => {
        const { sinceMs, untilMs } = hoursAt(each, nowMs);
        expect(sinceMs).toBeLessThanOrEqual(nowMs);
        expect(untilMs).toBeGreaterThan(nowMs);
      }),
    );
  });
});

describe('settings', () => {
  it('are complete from nothing', () => {
    expect(TvSettings.parse({})).toEqual({ offAfterIdleMinutes: 15, hours: null, audio: 'device', adapter: 'auto' });
  });

  it.each([{ adapter: '/dev/cec1' }, { adapter: 'none' }, { hours: office }])(
    'take $adapter$hours.days',
    (settings) => {
      expect(TvSettings.parse(settings)).toMatchObject(settings);
    },
  );

  it.each([
    { adapter: '-d/dev/cec0' },
    { adapter: '/dev/cec0 --standby' },
    { adapter: '/etc/passwd' },
    { adapter: '/dev/ttyACM0' },
    { offAfterIdleMinutes: 0 },
    { hours: { ...office, days: [] } },
    { hours: { ...office, toMinuteOfDay: 1441 } },
    { unknown: 1 },
  ])('refuse %o', (settings) => {
    expect(TvSettings.safeParse(settings).success).toBe(false);
  });
});
