import fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, it, test } from 'vitest';
import { splitCalendar, textOf } from './calendar-text.ts';
import type { Reading } from './calendar-source.ts';
import { expand } from './expansion.ts';
import { ianaZone } from './zones.ts';

const HOUR_MS = 3_600_000;
const at = (iso: string): number => Date.parse(iso);

type Setting = { from?: string; to?: string; zone?: string; roomAddress?: string | null };
/** A calendar of these events, as the room sees it in its zone. */
function read(body: string, setting: Setting = {}): Reading {
  const {
    from = '2026-03-02T00:00:00Z',
    to = '2026-03-09T00:00:00Z',
    zone = 'Asia/Seoul',
    roomAddress = null,
  } = setting;
  const window = { fromMs: at(from), toMs: at(to) };
  const text = `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n${body}\nEND:VCALENDAR\n`.replaceAll('\n', '\r\n');
  const calendar = splitCalendar(textOf(Buffer.from(text)), window);
  return expand([{ calendar, place: null }], window, {
    zone: ianaZone(zone)!,
    roomAddress,
    poisoned: [],
    onSeries: () => {},
  });
}
const event = (lines: string, uid = 'one'): string =>
  `BEGIN:VEVENT\nUID:${uid}\nDTSTAMP:20260101T000000Z\n${lines}\nEND:VEVENT`;
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
/** `start/end`, in UTC to the minute */
const times = (reading: Reading): string[] =>
  reading.occurrences.map(({ startMs, endMs }) => `${iso(startMs)}/${iso(endMs)}`);
const starts = (reading: Reading): string[] => reading.occurrences.map(({ startMs }) => iso(startMs));

const dublinLikeZone = `BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:20001029T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0545
TZOFFSETTO:+0445
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20000326T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0445
TZOFFSETTO:+0545
END:DAYLIGHT
END:VTIMEZONE`;

describe('when', () => {
  test.each<[string, string, string]>([
    ['UTC', 'DTSTART:20260303T010000Z\nDTEND:20260303T020000Z', '2026-03-03T01:00/2026-03-03T02:00'],
    [
      'an IANA name',
      'DTSTART;TZID=Asia/Seoul:20260303T100000\nDTEND;TZID=Asia/Seoul:20260303T110000',
      '2026-03-03T01:00/2026-03-03T02:00',
    ],
    [
      "Windows' name",
      'DTSTART;TZID=Korea Standard Time:20260303T100000\nDURATION:PT1H',
      '2026-03-03T01:00/2026-03-03T02:00',
    ],
    [
      "Windows' name in quotes",
      'DTSTART;TZID="Pacific Standard Time":20260303T100000\nDURATION:PT1H',
      '2026-03-03T18:00/2026-03-03T19:00',
    ],
    [
      'a name with a prefix',
      'DTSTART;TZID=/example.org/20260101_1/Europe/Berlin:20260303T100000\nDURATION:PT30M',
      '2026-03-03T09:00/2026-03-03T09:30',
    ],
    [
      'a zone of the feed alone',
      'DTSTART;TZID=Customized Time Zone:20260303T100000\nDURATION:PT1H',
      '2026-03-03T05:15/2026-03-03T06:15',
    ],
    ['floating: the room', 'DTSTART:20260303T100000\nDTEND:20260303T110000', '2026-03-03T01:00/2026-03-03T02:00'],
    [
      'a name that nobody knows: the room',
      'DTSTART;TZID=Nowhere:20260303T100000\nDURATION:PT1H',
      '2026-03-03T01:00/2026-03-03T02:00',
    ],
    [
      'two zones in one event',
      'DTSTART;TZID=Asia/Seoul:20260303T100000\nDTEND;TZID=Asia/Tokyo:20260303T113000',
      '2026-03-03T01:00/2026-03-03T02:30',
    ],
    ['a day', 'DTSTART;VALUE=DATE:20260303', '2026-03-02T15:00/2026-03-03T15:00'],
    ['two days', 'DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260305', '2026-03-02T15:00/2026-03-04T15:00'],
    ['a day by duration', 'DTSTART;VALUE=DATE:20260303\nDURATION:P1D', '2026-03-02T15:00/2026-03-03T15:00'],
    [
      'over midnight',
      'DTSTART;TZID=Asia/Seoul:20260303T230000\nDTEND;TZID=Asia/Seoul:20260304T010000',
      '2026-03-03T14:00/2026-03-03T16:00',
    ],
  ])('%s', (_what, lines, expected) => {
    expect(times(read(`${dublinLikeZone}\n${event(lines)}`))).toEqual([expected]);
  });

  it('takes neither what lasts no time, nor what ends before it begins, nor what is outside of the window', () => {
    expect(read(event('DTSTART:20260303T010000Z'))).toEqual({ occurrences: [], leftOut: 0, unknownZones: 0 });
    expect(read(event('DTSTART:20260303T010000Z\nDTEND:20260303T000000Z'))).toEqual({
      occurrences: [],
      leftOut: 1,
      unknownZones: 0,
    });
    expect(read(event('DTSTART:20260309T000000Z\nDURATION:PT1H')).occurrences).toEqual([]);
    expect(read(event('DTSTART:20260301T230000Z\nDTEND:20260302T000000Z')).occurrences).toEqual([]);
    expect(read(event('DTSTART:20260301T230000Z\nDTEND:20260302T000001Z')).occurrences).toHaveLength(1);
  });

  it('knows a day by its date whatever the zone of the room', () => {
    const lines = event('DTSTART;VALUE=DATE:20260303\nRRULE:FREQ=DAILY;COUNT=2');
    const keys = (zone: string): string[] => read(lines, { zone }).occurrences.map((each) => each.recurrenceId);
    expect(keys('Asia/Seoul')).toEqual(keys('America/Los_Angeles'));
    expect(read(lines).occurrences.every((each) => each.isAllDay)).toBe(true);
  });
});

describe('changes of the clock', () => {
  const weekly = event('DTSTART;TZID=Europe/Berlin:20260318T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY');
  it('in spring: nine in the morning stays nine in the morning', () => {
    expect(starts(read(weekly, { from: '2026-03-25T00:00:00Z', to: '2026-04-02T00:00:00Z' }))).toEqual([
      '2026-03-25T08:00',
      '2026-04-01T07:00',
    ]);
  });
  it('in autumn too', () => {
    expect(starts(read(weekly, { from: '2026-10-21T00:00:00Z', to: '2026-10-29T00:00:00Z' }))).toEqual([
      '2026-10-21T07:00',
      '2026-10-28T08:00',
    ]);
  });
  it('a time that is skipped is taken by the offset before, one that comes twice is the first', () => {
    const nightly = event('DTSTART;TZID=Europe/Berlin:20260301T023000\nDURATION:PT15M\nRRULE:FREQ=DAILY');
    expect(starts(read(nightly, { from: '2026-03-28T00:00:00Z', to: '2026-03-31T00:00:00Z' }))).toEqual([
      '2026-03-28T01:30',
      '2026-03-29T01:30',
      '2026-03-30T00:30',
    ]);
    expect(starts(read(nightly, { from: '2026-10-24T00:00:00Z', to: '2026-10-27T00:00:00Z' }))).toEqual([
      '2026-10-24T00:30',
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });
  it('an hour from end to end stays an hour in the night of the change, a day by the calendar has 23 or 25', () => {
    const night = { from: '2026-03-28T12:00:00Z', to: '2026-03-30T12:00:00Z', zone: 'Europe/Berlin' };
    const exact = event(
      'DTSTART;TZID=Europe/Berlin:20260301T013000\nDTEND;TZID=Europe/Berlin:20260301T023000\nRRULE:FREQ=DAILY',
    );
    expect(times(read(exact, { ...night, to: '2026-03-29T12:00:00Z' }))).toEqual(['2026-03-29T00:30/2026-03-29T01:30']);
    const day = event('DTSTART;VALUE=DATE:20260301\nRRULE:FREQ=DAILY');
    const lengths = read(day, night).occurrences.map(({ startMs, endMs }) => (endMs - startMs) / HOUR_MS);
    expect(lengths).toEqual([24, 23, 24]);
  });
  it('the zone of a feed changes as it says', () => {
    const own = event('DTSTART;TZID=Customized Time Zone:20260301T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY');
    expect(
      starts(read(`${dublinLikeZone}\n${own}`, { from: '2026-03-28T00:00:00Z', to: '2026-03-30T00:00:00Z' })),
    ).toEqual(['2026-03-28T04:15', '2026-03-29T03:15']);
  });
});

describe('series', () => {
  const daily =
    'DTSTART;TZID=Asia/Seoul:20260302T100000\nDTEND;TZID=Asia/Seoul:20260302T110000\nSUMMARY:Daily\nRRULE:FREQ=DAILY';
  test.each<[string, string, string[]]>([
    ['COUNT', `${daily};COUNT=3`, ['2026-03-02T01:00', '2026-03-03T01:00', '2026-03-04T01:00']],
    ['UNTIL in UTC', `${daily};UNTIL=20260303T010000Z`, ['2026-03-02T01:00', '2026-03-03T01:00']],
    ['UNTIL a second too early', `${daily};UNTIL=20260303T005959Z`, ['2026-03-02T01:00']],
    ['UNTIL a bare day: that day too', `${daily};UNTIL=20260303`, ['2026-03-02T01:00', '2026-03-03T01:00']],
    ['UNTIL in local time', `${daily};UNTIL=20260303T100000`, ['2026-03-02T01:00', '2026-03-03T01:00']],
    ['an UNTIL of long ago', 'DTSTART:20200101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20200301T000000Z', []],
    ['every second day', `${daily};INTERVAL=2;COUNT=3`, ['2026-03-02T01:00', '2026-03-04T01:00', '2026-03-06T01:00']],
    [
      'the first Tuesday',
      'DTSTART:20260106T010000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYDAY=1TU',
      ['2026-03-03T01:00'],
    ],
    [
      'the last workday',
      'DTSTART:20260130T010000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
      [],
    ],
    [
      'EXDATE with the zone',
      `${daily};COUNT=3\nEXDATE;TZID=Asia/Seoul:20260303T100000`,
      ['2026-03-02T01:00', '2026-03-04T01:00'],
    ],
    ['EXDATE in UTC, two of them', `${daily};COUNT=3\nEXDATE:20260302T010000Z,20260304T010000Z`, ['2026-03-03T01:00']],
    ['EXDATE a bare day', `${daily};COUNT=3\nEXDATE;VALUE=DATE:20260303`, ['2026-03-02T01:00', '2026-03-04T01:00']],
    [
      'EXDATE of one of several times of a day',
      'DTSTART:20260302T010000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY;INTERVAL=2;COUNT=3\nEXDATE:20260302T030000Z',
      ['2026-03-02T01:00', '2026-03-02T05:00'],
    ],
    ['EXDATE of a time at which there is none', `${daily};COUNT=1\nEXDATE:20260302T013000Z`, ['2026-03-02T01:00']],
    ['RDATE', `${daily};COUNT=1\nRDATE;TZID=Asia/Seoul:20260305T140000`, ['2026-03-02T01:00', '2026-03-05T05:00']],
    [
      'RDATE alone',
      'DTSTART:20260302T010000Z\nDURATION:PT1H\nRDATE:20260304T010000Z',
      ['2026-03-02T01:00', '2026-03-04T01:00'],
    ],
    [
      'every third week on two days since 2010',
      'DTSTART:20100105T010000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,FR',
      ['2026-03-03T01:00', '2026-03-06T01:00'],
    ],
    [
      'every fifth day since 2010',
      'DTSTART:20100101T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=5',
      ['2026-03-03T01:00', '2026-03-08T01:00'],
    ],
    [
      'since the year 2000',
      'DTSTART:20000101T010000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=WE',
      ['2026-03-04T01:00'],
    ],
  ])('%s', (_what, lines, expected) => {
    const reading = read(event(lines));
    expect(starts(reading)).toEqual(expected);
    expect(reading.leftOut).toBe(0);
  });

  it('a series of years gives what following it from its first day gives', () => {
    const days = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
    const rule = fc.record({
      freq: fc.constantFrom('DAILY', 'WEEKLY'),
      interval: fc.integer({ min: 1, max: 9 }),
      byDay: fc.uniqueArray(fc.constantFrom(...days), { maxLength: 4 }),
      weekStart: fc.constantFrom(...days),
      startDay: fc.integer({ min: 0, max: 4000 }),
    });
    fc.assert(
      fc.property(rule, ({ freq, interval, byDay, weekStart, startDay }) => {
        const text = `FREQ=${freq};INTERVAL=${interval};WKST=${weekStart}${byDay.length > 0 ? `;BYDAY=${byDay.join()}` : ''}`;
        const start = new Date(at('2014-01-01T01:00:00Z') + startDay * 24 * HOUR_MS);
        // each seventh day on another day of the week than its first: it never comes, and ical.js looks for it for ever
        fc.pre(
          freq !== 'DAILY' ||
            interval !== 7 ||
            byDay.length === 0 ||
            byDay.includes(days[(start.getUTCDay() + 6) % 7]!),
        );
        const stamp = start.toISOString().replaceAll(/[-:]|\.\d+/g, '');
        const expected: string[] = [];
        const iterator = ICAL.Recur.fromString(text).iterator(
          ICAL.Time.fromDateTimeString(start.toISOString().slice(0, 19)),
        );
        for (let time = iterator.next(); time && time.year < 2027; time = iterator.next()) {
          const found = time.toString().slice(0, 16);
          if (found >= '2026-03-02' && found < '2026-03-09') expected.push(found);
        }
        expect(starts(read(event(`DTSTART:${stamp}\nDURATION:PT1H\nRRULE:${text}`)))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('has a period of its own length among its extra dates', () => {
    const lines = `${daily};COUNT=1\nRDATE;VALUE=PERIOD:20260305T050000Z/PT3H`;
    expect(times(read(event(lines)))).toContain('2026-03-05T05:00/2026-03-05T08:00');
  });

  const override = (lines: string): string => event(lines).replace('UID', 'SEQUENCE:1\nUID');
  it('an occurrence moved, one cancelled, one renamed: each for itself', () => {
    const reading = read(
      [
        event(`${daily};COUNT=4`),
        override(
          'RECURRENCE-ID;TZID=Asia/Seoul:20260303T100000\nDTSTART;TZID=Asia/Seoul:20260303T150000\nDURATION:PT2H\nSUMMARY:Later',
        ),
        override(
          'RECURRENCE-ID:20260304T010000Z\nDTSTART;TZID=Asia/Seoul:20260304T100000\nDURATION:PT1H\nSTATUS:CANCELLED',
        ),
        override(
          'RECURRENCE-ID;TZID=Asia/Seoul:20260305T100000\nDTSTART;TZID=Asia/Seoul:20260305T100000\nDURATION:PT1H\nSUMMARY:Review',
        ),
      ].join('\n'),
    );
    expect(reading.occurrences.map(({ startMs, title, isGone }) => [iso(startMs), title, isGone])).toEqual([
      ['2026-03-02T01:00', 'Daily', false],
      ['2026-03-03T06:00', 'Later', false],
      ['2026-03-04T01:00', '', true],
      ['2026-03-05T01:00', 'Review', false],
    ]);
    // known by what was planned, wherever it was moved to
    expect(reading.occurrences[1]!.recurrenceId).toBe(String(at('2026-03-03T01:00:00Z')));
  });

  it('one moved into the window from outside is there, one moved out is not', () => {
    const series = event('DTSTART:20260201T010000Z\nDURATION:PT1H\nSUMMARY:Monthly\nRRULE:FREQ=MONTHLY');
    const moved = override('RECURRENCE-ID:20260401T010000Z\nDTSTART:20260305T010000Z\nDURATION:PT1H\nSUMMARY:Moved');
    expect(starts(read(`${series}\n${moved}`))).toEqual(['2026-03-05T01:00']);
    const weekly = event('DTSTART:20260225T010000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY');
    const away = override('RECURRENCE-ID:20260304T010000Z\nDTSTART:20260405T010000Z\nDURATION:PT1H');
    expect(read(`${weekly}\n${away}`).occurrences).toEqual([]);
  });

  it('one without its series, as an invitation to a single occurrence comes', () => {
    const alone = override('RECURRENCE-ID:20260304T010000Z\nDTSTART:20260304T020000Z\nDURATION:PT1H\nSUMMARY:Alone');
    expect(read(alone).occurrences).toMatchObject([
      { title: 'Alone', recurrenceId: String(at('2026-03-04T01:00:00Z')) },
    ]);
  });

  it('changed for all that follow', () => {
    const change = override(
      'RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Asia/Seoul:20260304T100000\nDTSTART;TZID=Asia/Seoul:20260304T130000\nDTEND;TZID=Asia/Seoul:20260304T133000\nSUMMARY:Afternoons',
    );
    const reading = read(`${event(`${daily};COUNT=4`)}\n${change}`);
    expect(times(reading)).toEqual([
      '2026-03-02T01:00/2026-03-02T02:00',
      '2026-03-03T01:00/2026-03-03T02:00',
      '2026-03-04T04:00/2026-03-04T04:30',
      '2026-03-05T04:00/2026-03-05T04:30',
    ]);
    expect(reading.occurrences.map((each) => each.title)).toEqual(['Daily', 'Daily', 'Afternoons', 'Afternoons']);
  });

  it('of two that claim to be the same event, the newer', () => {
    const old = event('DTSTART:20260303T010000Z\nDURATION:PT1H\nSUMMARY:Old\nSEQUENCE:1');
    const recent = event('DTSTART:20260304T010000Z\nDURATION:PT1H\nSUMMARY:New\nSEQUENCE:2');
    for (const both of [`${old}\n${recent}`, `${recent}\n${old}`])
      expect(read(both).occurrences.map((each) => each.title)).toEqual(['New']);
  });
});

describe('what an event says of itself', () => {
  const one = (lines: string, setting: Setting = {}) =>
    read(event(`DTSTART:20260303T010000Z\nDURATION:PT1H\n${lines}`), setting).occurrences[0]!;

  it('title and organizer, in one line each, nothing hidden in them', () => {
    const { title, organizer } = one(
      'SUMMARY:주간 회의\\n3층\\, 서쪽 \u202Egnp.exe\nORGANIZER;CN="Kim, Mina":mailto:mina@example.com',
    );
    expect(title).toBe('주간 회의 3층, 서쪽 gnp.exe');
    expect(organizer).toBe('Kim, Mina');
    expect(one('ORGANIZER:mailto:Mina@Example.com').organizer).toBe('mina@example.com');
    expect(one('SUMMARY:x').organizer).toBeNull();
  });

  it.each(['PRIVATE', 'CONFIDENTIAL', 'private'])('%s: neither title nor organizer', (value) => {
    expect(one(`CLASS:${value}\nSUMMARY:Secret\nORGANIZER;CN=Mina:mailto:m@example.com`)).toMatchObject({
      title: '',
      organizer: null,
      isPrivate: true,
    });
  });

  it.each(['STATUS:CANCELLED', 'TRANSP:TRANSPARENT', 'X-MICROSOFT-CDO-BUSYSTATUS:FREE'])('%s takes no time', (line) => {
    expect(one(line).isGone).toBe(true);
  });
  it.each(['STATUS:TENTATIVE', 'TRANSP:OPAQUE', 'X-MICROSOFT-CDO-BUSYSTATUS:BUSY'])('%s takes the time', (line) => {
    expect(one(line).isGone).toBe(false);
  });

  const declined = 'ATTENDEE;CUTYPE=ROOM;PARTSTAT=DECLINED:mailto:Kiwi@example.com';
  const accepted = 'ATTENDEE;CUTYPE=ROOM;PARTSTAT=ACCEPTED:mailto:melon@example.com';
  const person = 'ATTENDEE;PARTSTAT=DECLINED:mailto:mina@example.com';
  test.each<[string, string, string | null, boolean]>([
    ['declined by the room', declined, null, true],
    ['declined by a person', person, null, false],
    ['declined by one of two rooms', `${declined}\n${accepted}`, null, false],
    ['declined by this one of two rooms', `${declined}\n${accepted}`, 'kiwi@example.com', true],
    ['declined by the other one', `${declined}\n${accepted}`, 'melon@example.com', false],
  ])('%s', (_what, lines, roomAddress, isGone) => {
    expect(one(lines, { roomAddress }).isGone).toBe(isGone);
  });

  it('the addresses of all its fields', () => {
    const { links } = one(
      'LOCATION:https://maru.example.com/join#a.b.c\nDESCRIPTION:See https://example.org/x.\nURL:https://example.org/u\nX-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.microsoft.com/l/1',
    );
    expect(links).toEqual([
      'https://maru.example.com/join#a.b.c',
      'https://example.org/u',
      'https://example.org/x',
      'https://teams.microsoft.com/l/1',
    ]);
  });

  it('marked as a whole day by Outlook', () => {
    const { isAllDay } = one('X-MICROSOFT-CDO-ALLDAYEVENT:TRUE');
    expect(isAllDay).toBe(true);
  });
});

describe('what is broken', () => {
  const good = event('DTSTART:20260303T010000Z\nDURATION:PT1H\nSUMMARY:Good', 'good');
  test.each<[string, string]>([
    ['each second, for ever', 'DTSTART:20260101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY'],
    ['each minute, for ever', 'DTSTART:20260302T000000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY'],
    ['each second a billion times', 'DTSTART:20260302T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY;COUNT=1000000000'],
    ['no start', 'SUMMARY:x'],
    ['a start that is no time', 'DTSTART:yesterday\nDURATION:PT1H'],
    ['a rule that is none', 'DTSTART:20260303T010000Z\nDURATION:PT1H\nRRULE:FREQ=SOMETIMES'],
    ['a rule against the standard', 'DTSTART:20260303T010000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYMONTHDAY=1'],
    ['a line that is none', 'DTSTART:20260303T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nnonsense'],
    ['an end before its start', 'DTSTART:20260303T010000Z\nDTEND:20260303T000000Z'],
  ])('%s: left out alone, and counted', (_what, lines) => {
    const reading = read(`${event(lines, 'bad')}\n${good}`);
    expect(reading.occurrences.map((each) => each.title)).toEqual(['Good']);
    expect(reading.leftOut).toBe(1);
  });

  it('a billion days are fine, as only a week of them is looked at', () => {
    const reading = read(event('DTSTART:20260101T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=1000000000'));
    expect(reading).toMatchObject({ leftOut: 0 });
    expect(reading.occurrences).toHaveLength(7);
  });

  it('more bookings than a room can hold', () => {
    const many = Array.from({ length: 2_001 }, (_, i) => event('DTSTART:20260303T010000Z\nDURATION:PT1H', `u${i}`));
    expect(() => read(many.join('\n'))).toThrowError(expect.objectContaining({ code: 'calendar-too-large' }));
  });
});

describe('the text', () => {
  const window = { fromMs: at('2026-03-02T00:00:00Z'), toMs: at('2026-03-09T00:00:00Z') };
  const split = (text: string) => splitCalendar(text, window);

  test.each([
    ['HTML', '<!doctype html><html><body>Sign in</body></html>'],
    ['nothing', ''],
    ['cut off', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n'],
    ['closed in the wrong order', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\nEND:VEVENT\r\n'],
    ['another kind of card', 'BEGIN:VCARD\r\nFN:Mina\r\nEND:VCARD\r\n'],
    ['JSON', '{"error":"no"}'],
  ])('%s is malformed', (_what, text) => {
    expect(() => split(text)).toThrowError(expect.objectContaining({ code: 'calendar-malformed' }));
  });
  it('invalid UTF-8 is malformed', () => {
    expect(() => textOf(Buffer.from([0x42, 0xff, 0xfe, 0x0a]))).toThrowError(
      expect.objectContaining({ code: 'calendar-malformed' }),
    );
  });
  it('folded within a Korean letter is put together again', () => {
    const bytes = Buffer.from('SUMMARY:회의');
    const folded = Buffer.concat([bytes.subarray(0, 9), Buffer.from('\r\n '), bytes.subarray(9)]);
    expect(textOf(folded)).toBe('SUMMARY:회의');
  });
  it('keeps series and what is near, and drops the past and the far future before any parser sees them', () => {
    const calendar = [
      event('DTSTART:20200303T010000Z\nDTEND:20200303T020000Z', 'past'),
      event('DTSTART:20200303T010000Z\nDTEND:20260303T020000Z', 'long'),
      event('DTSTART;TZID="Asia/Seoul":20260303T010000\nDTEND:20260303T020000Z', 'now'),
      event('DTSTART:20270303T010000Z\nDTEND:20270303T020000Z', 'future'),
      event('DTSTART:20200303T010000Z\nRRULE:FREQ=DAILY', 'series'),
    ];
    const { events } = split(`BEGIN:VCALENDAR\n${calendar.join('\n')}\nEND:VCALENDAR`);
    expect(events.map((lines) => lines[0])).toEqual(['UID:long', 'UID:now', 'UID:series']);
  });
  it('what belongs to an alarm is not taken for the event', () => {
    const alarm = 'BEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5M\nDESCRIPTION:https://example.org/alarm\nEND:VALARM';
    const [occurrence] = read(event(`DTSTART:20260303T010000Z\nDTEND:20260303T020000Z\n${alarm}`)).occurrences;
    expect(occurrence).toMatchObject({ links: [], endMs: at('2026-03-03T02:00:00Z') });
  });
});
