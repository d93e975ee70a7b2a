/** Times as calendar programs write them in the field, and that what cannot be read is counted and never makes a room look free. */
import { describe, expect, it } from 'vitest';
import type { Reading } from './calendar-source.ts';
import { splitCalendar, textOf } from './calendar-text.ts';
import { expand } from './expansion.ts';
import { repairedLines } from './property-lines.ts';
import { ianaZone } from './zones.ts';

const window = { fromMs: Date.parse('2026-03-02T00:00:00Z'), toMs: Date.parse('2026-03-09T00:00:00Z') };

function read(...components: string[]): Reading {
  const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', ...components, 'END:VCALENDAR', '']
    .join('\n')
    .replaceAll('\n', '\r\n');
  const calendar = splitCalendar(textOf(Buffer.from(text)), window);
  return expand([{ calendar, place: null }], window, {
    zone: ianaZone('Asia/Seoul')!,
    roomAddress: null,
    poisoned: [],
    onSeries: () => {},
  });
}
const event = (...lines: string[]): string =>
  ['BEGIN:VEVENT', 'UID:a', 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT'].join('\n');
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
const times = ({ occurrences }: Reading): string[] =>
  occurrences.map(({ startMs, endMs }) => `${iso(startMs)}/${iso(endMs)}`);
/** A whole day in Seoul. */
const day = (date: string): string => {
  const start = Date.parse(`${date}T00:00:00+09:00`);
  return `${iso(start)}/${iso(start + 86_400_000)}`;
};
const isRead = (reading: Reading): void => expect([reading.leftOut, reading.unknownZones]).toEqual([0, 0]);

describe('whole days', () => {
  it.each([
    ['that end when they begin', ['DTSTART;VALUE=DATE:20260304', 'DTEND;VALUE=DATE:20260304']],
    ['without VALUE=DATE', ['DTSTART:20260304', 'DTEND:20260305']],
    ['without VALUE=DATE, with a duration', ['DTSTART:20260304', 'DURATION:P1D']],
    ['with a zone', ['DTSTART;TZID=Asia/Seoul:20260304', 'DTEND;TZID=Asia/Seoul:20260305']],
    ['of each year', ['DTSTART:20130304', 'DURATION:P1D', 'RRULE:FREQ=YEARLY']],
    ['of each week', ['DTSTART;VALUE=DATE:20260204', 'DTEND;VALUE=DATE:20260204', 'RRULE:FREQ=WEEKLY;BYDAY=WE']],
  ])('%s', (_what, lines) => {
    const reading = read(event(...lines));
    expect(times(reading)).toEqual([day('2026-03-04')]);
    expect(reading.occurrences[0]!.isAllDay).toBe(true);
    isRead(reading);
  });

  it('are left out as exceptions, too, however they are written', () => {
    const lines = ['DTSTART;VALUE=DATE:20260302', 'RRULE:FREQ=DAILY;COUNT=3', 'EXDATE:20260303'];
    expect(times(read(event(...lines)))).toEqual([day('2026-03-02'), day('2026-03-04')]);
  });
});

describe('a time without a zone', () => {
  const berlin = ['DTSTART;TZID=Europe/Berlin:20260302T090000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=3'];
  it('is in that of its event: an exception', () => {
    const reading = read(event(...berlin, 'EXDATE:20260303T090000'));
    expect(times(reading)).toEqual(['2026-03-02T08:00/2026-03-02T09:00', '2026-03-04T08:00/2026-03-04T09:00']);
    isRead(reading);
  });
  it('is in that of its event: an end, an extra date', () => {
    const lines = ['DTSTART;TZID=Europe/Berlin:20260302T090000', 'DTEND:20260302T100000', 'RDATE:20260305T090000'];
    expect(times(read(event(...lines)))).toEqual([
      '2026-03-02T08:00/2026-03-02T09:00',
      '2026-03-05T08:00/2026-03-05T09:00',
    ]);
  });
  it('is in UTC where its event begins in UTC', () => {
    const lines = ['DTSTART:20260302T080000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=2', 'EXDATE:20260303T080000'];
    expect(times(read(event(...lines)))).toEqual(['2026-03-02T08:00/2026-03-02T09:00']);
  });
  it('is in that of its series: an occurrence that was moved', () => {
    const moved = event('RECURRENCE-ID:20260303T090000', 'DTSTART:20260303T140000', 'DURATION:PT1H');
    expect(times(read(event(...berlin), moved))).toEqual([
      '2026-03-02T08:00/2026-03-02T09:00',
      '2026-03-03T13:00/2026-03-03T14:00',
      '2026-03-04T08:00/2026-03-04T09:00',
    ]);
  });
  it('is in the room’s where nothing has a zone', () => {
    expect(times(read(event('DTSTART:20260303T090000', 'DURATION:PT1H')))).toEqual([
      '2026-03-03T00:00/2026-03-03T01:00',
    ]);
  });
});

describe('a value that nobody can read', () => {
  const weekly = ['DTSTART;TZID=Asia/Seoul:20260204T100000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;BYDAY=MO,WE'];
  const both = ['2026-03-02T01:00/2026-03-02T02:00', '2026-03-04T01:00/2026-03-04T02:00'];
  it('costs itself, and is counted: the room is taken', () => {
    const reading = read(event(...weekly, 'EXDATE;TZID=Asia/Seoul:20260304T100000,whenever'));
    expect([times(reading), reading.leftOut]).toEqual([[both[0]], 1]);
    const none = read(event(...weekly, 'EXDATE;TZID=Asia/Seoul:2026-03-04'));
    expect([times(none), none.leftOut]).toEqual([both, 1]);
  });
  it('is none where a comma is too many', () => {
    const reading = read(event(...weekly, 'EXDATE;TZID=Asia/Seoul:20260225T100000,20260304T100000,'));
    expect(times(reading)).toEqual([both[0]]);
    isRead(reading);
  });
  it('costs its event where it is the start, and is counted', () => {
    const reading = read(event('DTSTART:soon', 'DURATION:PT1H'));
    expect([times(reading), reading.leftOut]).toEqual([[], 1]);
  });
});

describe('zones', () => {
  it.each([
    ['GMT Standard Time 1', '2026-03-04T12:00/2026-03-04T13:00'],
    ['Korea Standard Time 12', '2026-03-04T03:00/2026-03-04T04:00'],
    ['"tzone://Microsoft/Utc"', '2026-03-04T12:00/2026-03-04T13:00'],
    ['Coordinated Universal Time', '2026-03-04T12:00/2026-03-04T13:00'],
    ['GMT+09:30', '2026-03-04T02:30/2026-03-04T03:30'],
    ['"UTC-0330"', '2026-03-04T15:30/2026-03-04T16:30'],
    ['Etc/GMT+9', '2026-03-04T21:00/2026-03-04T22:00'],
  ])('%s', (tzid, expected) => {
    const reading = read(event(`DTSTART;TZID=${tzid}:20260304T120000`, `DTEND;TZID=${tzid}:20260304T130000`));
    expect(times(reading)).toEqual([expected]);
    isRead(reading);
  });

  it('are those that the calendar describes, also by a name with a colon', () => {
    const zone = [
      'BEGIN:VTIMEZONE',
      'TZID:Office:East',
      'BEGIN:STANDARD',
      'DTSTART:19700101T000000',
      'TZOFFSETFROM:+0930',
      'TZOFFSETTO:+0930',
      'END:STANDARD',
      'END:VTIMEZONE',
    ].join('\n');
    const reading = read(zone, event('DTSTART;TZID=Office:East:20260304T103000', 'DURATION:PT1H'));
    expect(times(reading)).toEqual(['2026-03-04T01:00/2026-03-04T02:00']);
    isRead(reading);
  });

  it('that nobody knows take the room by its own time, and are counted', () => {
    const reading = read(event('DTSTART;TZID=Nowhere Time:20260304T120000', 'DURATION:PT1H'));
    expect([times(reading), reading.unknownZones]).toEqual([['2026-03-04T03:00/2026-03-04T04:00'], 1]);
  });
});

describe('lines', () => {
  it.each([
    ['SUMMARY:20260304', 'SUMMARY:20260304'],
    ['DTSTART;VALUE=DATE-TIME:20260304T100000Z', 'DTSTART:20260304T100000Z'],
    ['DTSTART;VALUE=DATE:20260304T100000', 'DTSTART:20260304T100000'],
    ['dtstart;x-a="b:c";tzid=GMT+9:30:20260304T100000', 'dtstart;X-A="b:c";TZID="GMT+9:30":20260304T100000'],
    ['RDATE;VALUE=PERIOD:20260304T100000Z/PT1H', 'RDATE;VALUE=PERIOD:20260304T100000Z/PT1H'],
    ['EXDATE:,', ''],
  ])('%s', (line, expected) => {
    expect(repairedLines([line])).toEqual({ lines: expected === '' ? [] : [expected], leftOut: 0 });
  });

  it('of a list with several kinds are one for each', () => {
    expect(repairedLines(['RDATE:20260304,20260305T100000Z,nothing'])).toEqual({
      lines: ['RDATE;VALUE=DATE:20260304', 'RDATE:20260305T100000Z'],
      leftOut: 1,
    });
  });
});
