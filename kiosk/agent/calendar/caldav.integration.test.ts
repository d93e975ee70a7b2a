import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DayClock, lagDuring, RoomUnderTest, type RoomOptions } from './calendar-under-test.ts';
import { hasRadicale, RadicaleUnderTest } from './radicale-under-test.ts';
import { CalendarAccount } from '#contract/settings/calendar-settings.ts';

let server: RadicaleUnderTest;
const rooms: RoomUnderTest[] = [];
const names: string[] = [];

beforeAll(async () => {
  if (!hasRadicale) return;
  server = new RadicaleUnderTest();
  await server.start();
});
beforeEach((context) => context.skip(!hasRadicale, 'radicale is not installed here'));
afterEach(async () => {
  for (const room of rooms.splice(0)) await room.calendar.stop();
  if (!hasRadicale) return;
  server.before = async () => {};
  server.changed = null;
  server.requests = [];
  for (const name of names.splice(0)) await server.remove(name);
});
afterAll(() => server?.stop());

async function roomAt(
  iso: string,
  changes: Partial<RoomOptions> & { passwordFile?: string; roomAddress?: string } = {},
): Promise<RoomUnderTest> {
  const { passwordFile = server.passwordFile, roomAddress = null, ...options } = changes;
  const settings = CalendarAccount.parse({
    kind: 'caldav',
    url: server.url,
    userName: server.userName,
    password: { file: passwordFile },
    roomAddress,
    timeZone: 'Europe/Berlin',
    refreshSeconds: 300,
  });
  const room = new RoomUnderTest({ settings, clock: new DayClock(iso), ...options });
  rooms.push(room);
  return room.start();
}
async function put(uid: string, ...events: string[]): Promise<void> {
  const name = `${uid}.ics`;
  names.push(name);
  const body = events
    .map((lines) => `BEGIN:VEVENT\nUID:${uid}\nDTSTAMP:20260101T000000Z\n${lines}\nEND:VEVENT`)
    .join('\n');
  await server.put(name, `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n${berlin}\n${body}\nEND:VCALENDAR\n`);
}
const berlin = `BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE`;
/** The VEVENT of a stored object that has this line, sorted. */
async function storedWith(uid: string, line: string): Promise<string[]> {
  const text = await server.get(`${uid}.ics`);
  const event = text
    .split('BEGIN:VEVENT')
    .slice(1)
    .find((each) => each.includes(line));
  return event === undefined ? [] : event.split('\n').sort();
}
const clockOf = (ms: number): string => new Date(ms).toISOString().slice(11, 16);

it('asks and writes where it was set up to, whatever origin the answers name', async () => {
  await put('early', 'SUMMARY:Early\nDTSTART:20260329T070000Z\nDTEND:20260329T073000Z');
  // paths, as Radicale writes them
  server.changed = (body) => body.replaceAll(/<((?:\w+:)?href)>\//g, '<$1>http://internal.example:8080/');
  const room = await roomAt('2026-03-29T06:00:00Z');
  expect(room.health).toMatchObject({ state: 'fresh', code: null, unreadCount: 0 });
  const { bookingId } = room.of('Early');
  await room.until('2026-03-29T07:02:00Z');
  expect(await room.calendar.handle({ name: 'extend-booking', bookingId, minutes: 15 })).toBeNull();
  await room.source.idle();
  expect(server.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  expect(await storedWith('early', 'SUMMARY:Early')).toContain('DTEND:20260329T074500Z');
});

it('changes one occurrence of a series whose times other programs wrote in their own way', async () => {
  await put(
    'odd',
    'SUMMARY:Odd\nDTSTART;TZID=Europe/Berlin:20260301T090000\nDURATION:PT30M\nRRULE:FREQ=DAILY\nEXDATE;TZID=Europe/Berlin:20260305T090000',
  );
  // Radicale stores no such line
  server.changed = (body) =>
    body.replace('EXDATE;TZID=Europe/Berlin:20260305T090000', 'EXDATE;TZID=Europe/Berlin:20260305T090000,');
  const room = await roomAt('2026-03-29T06:00:00Z');
  expect(room.health).toMatchObject({ state: 'fresh', code: null, unreadCount: 0 });
  const { bookingId } = room.of('Odd');
  await room.until('2026-03-29T07:02:00Z');
  expect(await room.calendar.handle({ name: 'extend-booking', bookingId, minutes: 15 })).toBeNull();
  await room.source.idle();
  expect(await storedWith('odd', 'RECURRENCE-ID')).toContain('DTEND;TZID=Europe/Berlin:20260329T094500');
  const series = await storedWith('odd', 'RRULE');
  expect(series.filter((line) => line.startsWith('EXDATE'))).toHaveLength(1);
});

describe('a whole day, that on which summer time begins', () => {
  beforeEach(async () => {
    await put(
      'standup',
      'SUMMARY:Standup\nDTSTART;TZID=Europe/Berlin:20260301T090000\nDTEND;TZID=Europe/Berlin:20260301T093000\nRRULE:FREQ=DAILY',
    );
    await put(
      'review',
      'SUMMARY:Review\nDTSTART;TZID=Europe/Berlin:20260301T140000\nDTEND;TZID=Europe/Berlin:20260301T150000\nRRULE:FREQ=WEEKLY',
      'SUMMARY:Review\nSEQUENCE:1\nRECURRENCE-ID;TZID=Europe/Berlin:20260329T140000\nDTSTART;TZID=Europe/Berlin:20260329T110000\nDTEND;TZID=Europe/Berlin:20260329T120000',
    );
    await put(
      'lunch',
      'SUMMARY:Lunch\nDTSTART;TZID=Europe/Berlin:20260301T120000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nEXDATE;TZID=Europe/Berlin:20260329T120000',
    );
    await put(
      'called-off',
      'SUMMARY:Called off\nDTSTART;TZID=Europe/Berlin:20260301T160000\nDTEND;TZID=Europe/Berlin:20260301T170000\nRRULE:FREQ=WEEKLY',
      'SUMMARY:Called off\nSTATUS:CANCELLED\nRECURRENCE-ID;TZID=Europe/Berlin:20260329T160000\nDTSTART;TZID=Europe/Berlin:20260329T160000\nDTEND;TZID=Europe/Berlin:20260329T170000',
    );
    await put(
      'seoul',
      'SUMMARY:서울 회의\nDTSTART;TZID=Korea Standard Time:20260329T220000\nDTEND;TZID=Korea Standard Time:20260329T230000',
    );
    await put('secret', 'SUMMARY:Raise\nCLASS:PRIVATE\nDTSTART:20260329T160000Z\nDTEND:20260329T170000Z');
  });

  it('shows what is there, writes what happens, and nothing else', async () => {
    const room = await roomAt('2026-03-28T23:30:00Z');
    expect(room.health).toMatchObject({ state: 'fresh', code: null });
    const day = room.bookings.map(({ title, startMs, endMs }) => `${clockOf(startMs)}-${clockOf(endMs)} ${title}`);
    expect(day).toEqual(['07:00-07:30 Standup', '09:00-10:00 Review', '13:00-14:00 서울 회의', '16:00-17:00 ']);
    expect(room.bookings.at(-1)).toMatchObject({ isPrivate: true, title: '' });
    const standup = room.of('Standup').bookingId;

    // one occurrence of a series is longer, the others are not
    await room.until('2026-03-29T07:02:00Z');
    expect(await room.calendar.handle({ name: 'extend-booking', bookingId: standup, minutes: 15 })).toBeNull();
    await room.source.idle();
    const moved = await storedWith('standup', 'RECURRENCE-ID');
    expect(moved).toEqual(
      expect.arrayContaining([
        'RECURRENCE-ID;TZID=Europe/Berlin:20260329T090000',
        'DTSTART;TZID=Europe/Berlin:20260329T090000',
        'DTEND;TZID=Europe/Berlin:20260329T094500',
        'SUMMARY:Standup',
      ]),
    );
    expect(moved.join()).not.toMatch(/RRULE/);
    expect(await storedWith('standup', 'RRULE')).toContain('DTEND;TZID=Europe/Berlin:20260301T093000');
    expect(room.of('Standup')).toMatchObject({ bookingId: standup, state: 'in-use' });
    expect(clockOf(room.of('Standup').endMs)).toBe('07:45');

    // used and done early: it ends now for everyone
    await room.until('2026-03-29T07:20:30Z');
    expect(await room.calendar.handle({ name: 'end-booking', bookingId: standup })).toBeNull();
    await room.source.idle();
    expect(await storedWith('standup', 'RECURRENCE-ID')).toContain('DTEND;TZID=Europe/Berlin:20260329T092000');
    await room.until('2026-03-29T07:30:00Z');
    expect(room.of('Standup').state).toBe('released');
    expect(await room.calendar.handle({ name: 'restore-booking', bookingId: standup })).toBeNull();
    await room.source.idle();
    expect(await storedWith('standup', 'RECURRENCE-ID')).toContain('DTEND;TZID=Europe/Berlin:20260329T094500');
    expect(room.of('Standup').state).toBe('in-use');

    // a moved occurrence to which nobody comes: given back in the calendar, and taken back
    const before = await storedWith('review', 'RECURRENCE-ID');
    await room.until('2026-03-29T09:11:00Z');
    expect(room.of('Review')).toMatchObject({ state: 'released', releasedBecause: 'no-show' });
    expect(await storedWith('review', 'RECURRENCE-ID')).toContain('STATUS:CANCELLED');
    await room.until('2026-03-29T09:20:00Z');
    expect(room.of('Review').state).toBe('released');
    expect(await room.calendar.handle({ name: 'restore-booking', bookingId: room.of('Review').bookingId })).toBeNull();
    await room.source.idle();
    const without = (lines: string[]): string[] =>
      lines.filter((line) => !/^(SEQUENCE|DTSTAMP|LAST-MODIFIED)/.test(line));
    expect(without(await storedWith('review', 'RECURRENCE-ID'))).toEqual(without(before));
    await room.until('2026-03-29T09:40:00Z');
    expect(room.of('Review').state).toBe('in-use');

    // given back before it began, and cancelled by its organizer while it was
    const seoul = room.of('서울 회의').bookingId;
    expect(await room.calendar.handle({ name: 'end-booking', bookingId: seoul })).toBeNull();
    await room.source.idle();
    expect(await storedWith('seoul', 'UID')).toContain('STATUS:CANCELLED');
    await room.until('2026-03-29T12:00:00Z');
    expect(room.of('서울 회의')).toMatchObject({ state: 'released', releasedBecause: 'given-back' });
    await put(
      'secret',
      'SUMMARY:Raise\nCLASS:PRIVATE\nSTATUS:CANCELLED\nDTSTART:20260329T160000Z\nDTEND:20260329T170000Z',
    );
    await room.until('2026-03-29T12:10:00Z');
    expect(room.shown).toEqual(['서울 회의 released']);

    // the next day: the series as it always was
    await room.until('2026-03-29T22:30:00Z');
    expect(room.bookings.map(({ title, startMs, endMs }) => `${clockOf(startMs)}-${clockOf(endMs)} ${title}`)).toEqual([
      '07:00-07:30 Standup',
    ]);
    expect(room.events.map(({ name }) => name)).not.toContain('device-faulty');
    expect(server.requests.filter(({ method }) => method === 'PUT').every(({ ifMatch }) => ifMatch !== undefined)).toBe(
      true,
    );
    expect(room.log).not.toMatch(/pass:word|Standup|Raise/);
  });

  it('one occurrence that the series itself has is given back and taken back without a trace', async () => {
    const room = await roomAt('2026-03-29T05:00:00Z');
    const before = await server.get('standup.ics');
    const bookingId = room.of('Standup').bookingId;
    expect(await room.calendar.handle({ name: 'end-booking', bookingId })).toBeNull();
    await room.source.idle();
    expect(await storedWith('standup', 'RECURRENCE-ID')).toContain('STATUS:CANCELLED');
    expect(await room.calendar.handle({ name: 'restore-booking', bookingId })).toBeNull();
    await room.source.idle();
    expect((await server.get('standup.ics')).split('\n').sort()).toEqual(before.split('\n').sort());
    expect(room.of('Standup').state).toBe('upcoming');
  });
});

describe('two who write at once', () => {
  it('the change of another is kept, and ours arrives all the same', async () => {
    await put('plan', 'SUMMARY:Plan\nDTSTART:20260303T090000Z\nDTEND:20260303T100000Z');
    const room = await roomAt('2026-03-03T09:01:00Z');
    let puts = 0;
    server.before = async ({ method }) => {
      if (method !== 'PUT') return;
      puts += 1;
      if (puts === 1) await put('plan', 'SUMMARY:Plan B\nDTSTART:20260303T090000Z\nDTEND:20260303T100000Z');
    };
    const { bookingId } = room.of('Plan');
    expect(await room.calendar.handle({ name: 'extend-booking', bookingId, minutes: 30 })).toBeNull();
    await room.source.idle();
    expect(puts).toBe(2);
    expect(await storedWith('plan', 'UID')).toEqual(
      expect.arrayContaining(['SUMMARY:Plan B', 'DTEND:20260303T103000Z']),
    );
    expect(room.of('Plan B')).toMatchObject({ bookingId, state: 'in-use' });
  });

  it('moved by its organizer meanwhile: that holds', async () => {
    await put('plan', 'SUMMARY:Plan\nDTSTART:20260303T090000Z\nDTEND:20260303T100000Z');
    const room = await roomAt('2026-03-03T09:01:00Z');
    await put('plan', 'SUMMARY:Plan\nDTSTART:20260303T130000Z\nDTEND:20260303T140000Z');
    await room.calendar.handle({ name: 'extend-booking', bookingId: room.of('Plan').bookingId, minutes: 30 });
    await room.source.idle();
    expect(await storedWith('plan', 'UID')).toContain('DTEND:20260303T140000Z');
    expect(room.of('Plan').state).toBe('upcoming');
  });

  it('while the server is away the room remembers, and says it when it is back', async () => {
    await put('plan', 'SUMMARY:Plan\nDTSTART:20260303T090000Z\nDTEND:20260303T100000Z');
    const room = await roomAt('2026-03-03T09:01:00Z');
    server.before = async () => {
      throw new Error('away');
    };
    const { bookingId } = room.of('Plan');
    expect(await room.calendar.handle({ name: 'extend-booking', bookingId, minutes: 30 })).toBeNull();
    expect(clockOf(room.of('Plan').endMs)).toBe('10:30');
    await room.until('2026-03-03T09:08:00Z');
    expect(room.health).toMatchObject({ state: 'stale', code: 'calendar-unreachable' });
    expect(await storedWith('plan', 'UID')).toContain('DTEND:20260303T100000Z');
    server.before = async () => {};
    await room.until('2026-03-03T09:14:00Z');
    expect(await storedWith('plan', 'UID')).toContain('DTEND:20260303T103000Z');
    expect(room.health).toMatchObject({ state: 'fresh', code: null });
  });

  it('what the server does not let us write, the room alone remembers', async () => {
    await put('plan', 'SUMMARY:Plan\nDTSTART:20260303T090000Z\nDTEND:20260303T100000Z');
    const room = await roomAt('2026-03-03T09:01:00Z', { memory: undefined });
    const { bookingId } = room.of('Plan');
    // as a scheduling server answers an attendee: not yours to change
    let refusals = 0;
    const real = server.before;
    server.before = async (request) => {
      if (request.method === 'PUT') {
        refusals += 1;
        request.headers.authorization = 'Basic bm9ib2R5Om5vdGhpbmc=';
      }
      return real(request);
    };
    expect(await room.calendar.handle({ name: 'extend-booking', bookingId, minutes: 30 })).toBeNull();
    await room.source.idle();
    expect(refusals).toBe(1);
    expect(room.of('Plan')).toMatchObject({ state: 'in-use' });
    expect(clockOf(room.of('Plan').endMs)).toBe('10:30');
    await room.until('2026-03-03T09:30:00Z');
    expect(refusals).toBe(1);
    expect(room.health.code).toBeNull();
  });
});

describe('the room among the invited', () => {
  it('declines where it gives back, accepts as before where it takes back', async () => {
    const attendee = (partstat: string): string => `ATTENDEE;CUTYPE=ROOM;PARTSTAT=${partstat}:mailto:kiwi@example.com`;
    await put(
      'invited',
      `SUMMARY:Invited\nDTSTART:20260303T090000Z\nDTEND:20260303T100000Z\nORGANIZER:mailto:mina@example.com\n${attendee('TENTATIVE')}`,
    );
    const room = await roomAt('2026-03-03T08:00:00Z', { roomAddress: 'kiwi@example.com' });
    const { bookingId } = room.of('Invited');
    await room.calendar.handle({ name: 'end-booking', bookingId });
    await room.source.idle();
    const stored = (await storedWith('invited', 'UID')).join('\n');
    expect(stored).toMatch(/PARTSTAT=DECLINED/);
    expect(stored).not.toMatch(/STATUS:CANCELLED/);
    expect(room.of('Invited').state).toBe('released');
    await room.calendar.handle({ name: 'restore-booking', bookingId });
    await room.source.idle();
    expect((await storedWith('invited', 'UID')).join('\n')).toMatch(/PARTSTAT=TENTATIVE/);
  });
});

describe('a server that is not well', () => {
  it('a wrong password is refused, and a right one is taken without a restart', async () => {
    await put('plan', 'SUMMARY:Plan\nDTSTART:20260303T090000Z\nDTEND:20260303T100000Z');
    const passwordFile = `${server.folder}/other-password`;
    const { lagMs } = await lagDuring(async () => {
      const missing = await roomAt('2026-03-03T08:00:00Z', { passwordFile });
      expect(missing.health).toMatchObject({ state: 'faulty', code: 'calendar-refused' });
      writeFileSync(passwordFile, 'guess');
      const room = await roomAt('2026-03-03T08:00:00Z', { passwordFile });
      expect(room.health).toEqual({ state: 'faulty', code: 'calendar-refused', freshAsOfMs: null, unreadCount: 0 });
      expect(room.events).toEqual([{ name: 'device-faulty', device: 'calendar', code: 'calendar-refused' }]);
      writeFileSync(passwordFile, '회의실 pass:word');
      await room.until('2026-03-03T08:12:00Z');
      expect(room.shown).toEqual(['Plan upcoming']);
      expect(room.events.at(-1)).toEqual({ name: 'device-mended', device: 'calendar' });
      expect(room.log).not.toContain('guess');
    });
    expect(lagMs).toBeLessThan(400);
  });

  it('one that hangs is given up, the last reading stays', async () => {
    await put('plan', 'SUMMARY:Plan\nDTSTART:20260303T090000Z\nDTEND:20260303T100000Z');
    const room = await roomAt('2026-03-03T08:00:00Z', { deadlines: { fetchDeadlineMs: 5_000 } });
    const { lagMs } = await lagDuring(async () => {
      server.before = () => new Promise(() => {});
      await room.until('2026-03-03T08:05:40Z');
    });
    expect(room.health).toMatchObject({ state: 'stale', code: 'calendar-unreachable' });
    expect(room.shown).toEqual(['Plan upcoming']);
    expect(lagMs).toBeLessThan(400);
  });

  it('what is no calendar is malformed: an address of the account instead', async () => {
    const settings = {
      kind: 'caldav',
      url: server.url.replace('kiwi/room/', ''),
      userName: 'kiwi',
      password: { file: server.passwordFile },
    };
    const room = new RoomUnderTest({
      settings: CalendarAccount.parse(settings),
      clock: new DayClock('2026-03-03T08:00:00Z'),
    });
    rooms.push(room);
    await room.start();
    expect(room.health).toEqual({ state: 'faulty', code: 'calendar-malformed', freshAsOfMs: null, unreadCount: 0 });
  });

  it('a description of half a megabyte, and what XML and line folding make of words, arrive whole', async () => {
    const long = 'Agenda &amp\\; <b>points</b> "quoted" 회의 안건 '.repeat(12_000);
    await put(
      'long',
      `SUMMARY:A & B <c> "d" 회의\nDTSTART:20260303T090000Z\nDTEND:20260303T100000Z\nDESCRIPTION:${long}\nLOCATION:https://maru.example.com/join#aaa.bbb.ccc`,
    );
    const room = await roomAt('2026-03-03T08:00:00Z');
    expect(room.health.code).toBeNull();
    expect(room.of('A & B <c> "d" 회의').link).toBe('ours');
    // and is stored whole again by a write
    await room.until('2026-03-03T08:55:00Z');
    await room.calendar.handle({ name: 'extend-booking', bookingId: room.bookings[0]!.bookingId, minutes: 5 });
    await room.source.idle();
    const stored = await storedWith('long', 'UID');
    const description = stored.find((line) => line.startsWith('DESCRIPTION:'))!;
    expect(description.length).toBe('DESCRIPTION:'.length + long.length);
    expect(description).toBe(`DESCRIPTION:${long}`);
    expect(stored).toContain('DTEND:20260303T100500Z');
  });
});
