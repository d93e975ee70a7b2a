/** Hours of updates where clocks are set, in zones that set them in every way there is. */
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { type TvHours, WEEKDAYS } from '#contract/settings/tv-settings.ts';
import { isWithinHours, nextOpeningMs } from './update-hours.ts';

const every = [...WEEKDAYS];
const night: TvHours = { fromMinuteOfDay: 60, toMinuteOfDay: 5 * 60, days: every };
const at = (zone: string, text: string): number =>
  Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds;
const HOUR_MS = 3_600_000;

/** Half hours and quarters, both hemispheres, changes at midnight, a missing day, Ramadan's pauses, none at all. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/Dublin',
  'Europe/London',
  'Europe/Moscow',
  'Europe/Istanbul',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Africa/Johannesburg',
  'America/New_York',
  'America/St_Johns',
  'America/Sao_Paulo',
  'America/Santiago',
  'America/Havana',
  'America/Caracas',
  'America/Nuuk',
  'America/Asuncion',
  'Antarctica/Troll',
  'Asia/Seoul',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'Asia/Beirut',
  'Asia/Gaza',
  'Asia/Pyongyang',
  'Australia/Lord_Howe',
  'Australia/Adelaide',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Pacific/Norfolk',
] as const;
const [FIRST, YEARS] = [Temporal.PlainDate.from('2009-01-01'), 10];
/** at which a window may begin that is skipped or comes twice somewhere */
const BEGINS = [0, 30, 60, 2 * 60 + 30, 3 * 60, 23 * 60 + 30];

describe('hours of updates', () => {
  // one begin through all years, the others through a year each: a busy machine is slow at it
  it.each(ZONES)('open once on each day that is named, for ten years, in %s', { timeout: 120_000 }, (zone) => {
    const inTurn = ZONES.indexOf(zone) % BEGINS.length;
    for (const [index, fromMinuteOfDay] of BEGINS.entries()) {
      const first = index === inTurn ? FIRST : FIRST.add({ years: index });
      const end = index === inTurn ? FIRST.add({ years: YEARS }) : first.add({ years: 1 });
      // another day of the week is left out each time
      const days = every.filter((_, day) => day !== index);
      const hours: TvHours = { fromMinuteOfDay, toMinuteOfDay: (fromMinuteOfDay + 120) % (24 * 60), days };
      const [firstMs, endMs] = [first, end].map((day) => day.toZonedDateTime(zone).epochMilliseconds) as [
        number,
        number,
      ];
      let nowMs = firstMs - 12 * HOUR_MS;
      const opened: number[] = [];
      for (;;) {
        const openingMs = nextOpeningMs(hours, zone, nowMs);
        if (openingMs === null) throw new Error(`${zone}: within hours at ${new Date(nowMs).toISOString()}`);
        if (openingMs >= endMs) break;
        if (openingMs >= firstMs) opened.push(openingMs);
        // no window is longer than five hours, and no day shorter than 21
        nowMs = openingMs + 6 * HOUR_MS;
      }
      const wanted: string[] = [];
      for (let day = first; Temporal.PlainDate.compare(day, end) < 0; day = day.add({ days: 1 }))
        if (days.includes(WEEKDAYS[day.dayOfWeek % 7]!) && isThere(zone, day)) wanted.push(day.toString());
      // a begin that is skipped at the end of a day comes within the next one's first hours
      const openedOn = opened.map((ms) => dayOf(zone, ms - (fromMinuteOfDay >= 22 * 60 ? 2 * HOUR_MS : 0)));
      expect(openedOn).toEqual(wanted);
      for (const ms of [opened[0]!, opened[opened.length >> 1]!, opened.at(-1)!]) {
        expect(isWithinHours(hours, zone, ms)).toBe(true);
        expect(isWithinHours(hours, zone, ms - 1)).toBe(false);
        expect(nextOpeningMs(hours, zone, ms)).toBeNull();
      }
    }
  });

  it('last four or two hours in Berlin where clocks are set, and 02:30 that is skipped is 03:30', () => {
    const threeHours: TvHours = { ...night, toMinuteOfDay: 4 * 60 };
    const zone = 'Europe/Berlin';
    expect(lengthHours(threeHours, zone, at(zone, '2026-10-25T00:30'))).toBe(4);
    expect(lengthHours(threeHours, zone, at(zone, '2027-03-28T00:30'))).toBe(2);
    const skipped: TvHours = { fromMinuteOfDay: 150, toMinuteOfDay: 180, days: every };
    expect(nextOpeningMs(skipped, zone, at(zone, '2027-03-28T00:30'))).toBe(at(zone, '2027-03-28T03:30'));
    expect(lengthHours(skipped, zone, at(zone, '2027-03-28T00:30'))).toBe(0.5);
  });

  it('open once where 02:30 comes twice, at the first', () => {
    const zone = 'Europe/Berlin';
    const twice: TvHours = { fromMinuteOfDay: 150, toMinuteOfDay: 165, days: every };
    const firstMs = nextOpeningMs(twice, zone, at(zone, '2026-10-25T00:30'))!;
    expect(firstMs).toBe(Date.UTC(2026, 9, 25, 0, 30));
    expect(isWithinHours(twice, zone, firstMs + HOUR_MS)).toBe(false);
    expect(nextOpeningMs(twice, zone, firstMs + 20 * 60_000)).toBe(at(zone, '2026-10-26T02:30'));
  });

  it("follow Lord Howe's half hour", () => {
    const zone = 'Australia/Lord_Howe';
    expect(lengthHours(night, zone, at(zone, '2027-04-04T00:30'))).toBe(4.5);
    expect(lengthHours(night, zone, at(zone, '2026-10-04T00:30'))).toBe(3.5);
  });

  it('have no Friday in Apia in the week that had none', () => {
    const zone = 'Pacific/Apia';
    const fridays: TvHours = { ...night, days: ['fri'] };
    expect(nextOpeningMs(fridays, zone, at(zone, '2011-12-29T12:00'))).toBe(at(zone, '2012-01-06T01:00'));
    expect(isWithinHours(fridays, zone, at(zone, '2011-12-31T02:00'))).toBe(false);
    expect(nextOpeningMs(night, zone, at(zone, '2011-12-29T12:00'))).toBe(at(zone, '2011-12-31T01:00'));
  });

  it('go on past midnight, and all day where begin and end are one', () => {
    const zone = 'Asia/Seoul';
    const late: TvHours = { fromMinuteOfDay: 22 * 60, toMinuteOfDay: 6 * 60, days: ['fri'] };
    expect(isWithinHours(late, zone, at(zone, '2026-11-28T05:59'))).toBe(true);
    expect(isWithinHours(late, zone, at(zone, '2026-11-28T06:00'))).toBe(false);
    expect(isWithinHours(late, zone, at(zone, '2026-11-28T22:30'))).toBe(false);
    const all: TvHours = { fromMinuteOfDay: 0, toMinuteOfDay: 24 * 60, days: every };
    for (let hour = 0; hour < 48; hour += 1)
      expect(isWithinHours(all, zone, at(zone, '2026-11-28T00:00') + hour * HOUR_MS)).toBe(true);
  });

  it('are always where none are named', () => {
    expect(isWithinHours(null, 'UTC', 0)).toBe(true);
    expect(nextOpeningMs(null, 'UTC', 0)).toBeNull();
  });

  it('refuse a zone that nobody knows', () => {
    expect(() => isWithinHours(night, 'Mars/Olympus', 0)).toThrow(RangeError);
  });
});

const isThere = (zone: string, day: Temporal.PlainDate): boolean => day.toZonedDateTime(zone).toPlainDate().equals(day);
const dayOf = (zone: string, ms: number): string =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate().toString();

function lengthHours(hours: TvHours, zone: string, beforeMs: number): number {
  const fromMs = nextOpeningMs(hours, zone, beforeMs)!;
  let toMs = fromMs;
  while (isWithinHours(hours, zone, toMs)) toMs += 60_000;
  return (toMs - fromMs) / HOUR_MS;
}
