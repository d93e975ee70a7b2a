import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import {
  DayClock,
  entriesInMemory,
  lagDuring,
  keptInMemory,
  RoomUnderTest,
  type RoomOptions,
} from './calendar-under-test.ts';
import { CalendarAccount } from '#contract/settings/calendar-settings.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let url: string;
let answer: Answer;
let requests: IncomingMessage[] = [];
const rooms: RoomUnderTest[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-of-the-feed/room.ics`;
});
beforeEach(() => {
  requests = [];
});
afterEach(async () => {
  for (const room of rooms.splice(0)) await room.calendar.stop();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** As a web server would: with a validator, and 304 for who has it. */
function serve(calendar: string): Answer {
  const etag = `"${createHash('sha256').update(calendar).digest('hex')}"`;
  return (request, response) => {
    if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
    else response.writeHead(200, { 'content-type': 'text/calendar', etag }).end(calendar);
  };
}
const calendarOf = (...events: string[]): string =>
  `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n${events.join('\n')}\nEND:VCALENDAR\n`.replaceAll('\n', '\r\n');
const event = (uid: string, lines: string): string =>
  `BEGIN:VEVENT\nUID:${uid}\nDTSTAMP:20260101T000000Z\n${lines}\nEND:VEVENT`;

async function roomAt(iso: string, changes: Partial<RoomOptions> & { timeZone?: string } = {}): Promise<RoomUnderTest> {
  const { timeZone = 'Europe/Berlin', ...options } = changes;
  const settings = CalendarAccount.parse({ kind: 'ics', url, timeZone, refreshSeconds: 300 });
  const room = new RoomUnderTest({ settings, clock: new DayClock(iso), ...options });
  rooms.push(room);
  return room.start();
}

describe('a whole day, that on which summer time begins', () => {
  const feed = (reviewAt: string): string =>
    calendarOf(
      event('standup', 'SUMMARY:Standup\nDTSTART;TZID=Europe/Berlin:20260301T090000\nDURATION:PT30M\nRRULE:FREQ=DAILY'),
      event('night', 'SUMMARY:Night\nDTSTART;TZID=W. Europe Standard Time:20260329T023000\nDURATION:PT15M'),
      event(
        'seoul',
        'SUMMARY:Seoul\nDTSTART;TZID=Korea Standard Time:20260322T220000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY',
      ),
      event('review', 'SUMMARY:Review\nDTSTART;TZID=Europe/Berlin:20260301T140000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY'),
      event(
        'review',
        `SUMMARY:Review\nRECURRENCE-ID;TZID=Europe/Berlin:20260329T140000\nDTSTART;TZID=Europe/Berlin:${reviewAt}\nDURATION:PT1H`,
      ),
      event(
        'lunch',
        'SUMMARY:Lunch\nDTSTART;TZID=Europe/Berlin:20260301T120000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nEXDATE;TZID=Europe/Berlin:20260329T120000',
      ),
      event(
        'joint',
        'SUMMARY:Joint\nDTSTART:20260329T160000Z\nDURATION:PT1H\nLOCATION:https://maru.example.com/join#aaa.bbb.ccc',
      ),
      event('closed', 'SUMMARY:Closed early\nDTSTART;VALUE=DATE:20260329'),
    );

  it('shows, releases, restores and forgets as the hours pass', async () => {
    answer = serve(feed('20260329T110000'));
    const room = await roomAt('2026-03-28T23:30:00Z');
    expect(room.health).toMatchObject({ state: 'fresh', code: null });
    // 00:30 in Berlin: today, in the order of the day; 02:30 does not exist and is 03:30
    expect(
      room.bookings.map(({ title, startMs }) => `${new Date(startMs).toISOString().slice(11, 16)} ${title}`),
    ).toEqual(['23:00 Closed early', '01:30 Night', '07:00 Standup', '09:00 Review', '13:00 Seoul', '16:00 Joint']);
    const standup = room.of('Standup').bookingId;

    await room.until('2026-03-29T06:50:00Z');
    expect(room.of('Standup').state).toBe('check-in-open');
    expect(room.selfTests).toBe(2);
    await room.until('2026-03-29T07:03:00Z');
    room.calendar.onSoundHeard();
    expect(room.of('Standup')).toMatchObject({ bookingId: standup, state: 'in-use' });
    expect(room.listened.at(-1)).toBe(0);
    // nobody came at night
    expect(room.events.filter(({ name }) => name === 'booking-released')).toHaveLength(1);

    await room.until('2026-03-29T08:00:00Z');
    // moved again by its organizer while the room looks
    answer = serve(feed('20260329T113000'));
    await room.until('2026-03-29T09:25:00Z');
    expect(room.of('Review')).toMatchObject({
      state: 'check-in-open',
      checkInUntilMs: Date.parse('2026-03-29T09:40:00Z'),
    });
    await room.until('2026-03-29T09:40:00Z');
    expect(room.of('Review')).toMatchObject({ state: 'released', releasedBecause: 'no-show' });
    expect(await room.calendar.handle({ name: 'restore-booking', bookingId: room.of('Review').bookingId })).toBeNull();
    expect(room.of('Review').state).toBe('in-use');

    await room.until('2026-03-29T13:05:00Z');
    room.inCall(null);
    await room.until('2026-03-29T14:10:00Z');
    room.callEnded();
    expect(room.shown).toEqual(['Closed early check-in-open', 'Joint upcoming']);
    const joint = room.of('Joint');
    expect(joint).toMatchObject({ link: 'ours' });
    expect(room.calendar.bookingOf(joint.bookingId)).toEqual({ title: 'Joint', invite: 'aaa.bbb.ccc' });
    expect(await room.calendar.handle({ name: 'end-booking', bookingId: joint.bookingId })).toBeNull();
    expect(room.of('Joint').state).toBe('released');

    await room.until('2026-03-29T22:30:00Z');
    // half past midnight: another day, with the series and their times of summer
    expect(
      room.bookings.map(({ title, startMs }) => `${new Date(startMs).toISOString().slice(11, 16)} ${title}`),
    ).toEqual(['07:00 Standup']);
    expect(room.of('Standup').bookingId).not.toBe(standup);
    expect(
      room.events.map((each) =>
        'because' in each ? `${each.name} ${each.because}` : 'by' in each ? `${each.name} ${each.by}` : each.name,
      ),
    ).toEqual([
      'booking-released no-show',
      'booking-checked-in sound',
      'booking-released no-show',
      'booking-restored',
      'booking-checked-in tap',
      'booking-checked-in call',
      'booking-released given-back',
    ]);
    // what has not changed is not sent again
    expect(requests.length).toBeGreaterThan(200);
    expect(requests.filter((each) => each.headers['if-none-match'] !== undefined).length).toBe(requests.length - 1);
    expect(room.log).not.toMatch(/secret-of-the-feed|aaa\.bbb\.ccc|Standup/);
  });

  it('the night in which it ends: an hour comes twice, a booking once', async () => {
    answer = serve(
      calendarOf(
        event('night', 'SUMMARY:Night\nDTSTART;TZID=Europe/Berlin:20261020T023000\nDURATION:PT30M\nRRULE:FREQ=DAILY'),
      ),
    );
    const room = await roomAt('2026-10-24T22:10:00Z');
    expect(room.bookings.map(({ startMs }) => new Date(startMs).toISOString())).toEqual(['2026-10-25T00:30:00.000Z']);
    await room.until('2026-10-25T00:40:00Z');
    expect(room.of('Night').state).toBe('released');
    await room.until('2026-10-25T01:31:00Z');
    expect(room.bookings).toEqual([]);
  });

  it('a restart keeps what happened, and a disk that is full costs only that', async () => {
    answer = serve(feed('20260329T110000'));
    const memory = keptInMemory();
    const before = await roomAt('2026-03-29T06:55:00Z', { memory });
    const bookingId = before.of('Standup').bookingId;
    await before.calendar.handle({ name: 'check-in', bookingId });
    await before.calendar.handle({ name: 'extend-booking', bookingId, minutes: 30 });
    await before.calendar.handle({ name: 'end-booking', bookingId: before.of('Seoul').bookingId });
    const shown = before.bookings;
    expect(JSON.stringify(memory.remembered)).not.toMatch(/Standup|Seoul/);
    await before.calendar.stop();
    const after = await roomAt('2026-03-29T06:55:00Z', { memory });
    expect(after.bookings).toEqual(shown);

    const full = await roomAt('2026-03-29T06:55:00Z', {
      memory: {
        load: () => {
          throw new Error('EIO');
        },
        save: () => {
          throw new Error('ENOSPC');
        },
      },
    });
    expect(await full.calendar.handle({ name: 'check-in', bookingId })).toBeNull();
    expect(full.of('Standup').state).toBe('in-use');
    expect(full.log).toContain('bookings could not be remembered');
  });
});

describe('a feed that is not well', () => {
  const good = calendarOf(event('a', 'SUMMARY:Good\nDTSTART:20260303T090000Z\nDURATION:PT1H'));
  const write =
    (body: string | Buffer, status = 200): Answer =>
    (_request, response) =>
      void response.writeHead(status).end(body);
  const endless: Answer = (_request, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write('BEGIN:VEVENT\r\nSUMMARY:again\r\nEND:VEVENT\r\n'.repeat(1000)));
    };
    response.writeHead(200);
    response.write('BEGIN:VCALENDAR\r\n');
    response.on('drain', more);
    more();
  };

  test.each<[string, Answer, string]>([
    ['is refused to us', write('no', 401), 'calendar-refused'],
    ['is forbidden to us', write('no', 403), 'calendar-refused'],
    ['is not there', write('no', 404), 'calendar-unreachable'],
    ['breaks', write('oops', 500), 'calendar-unreachable'],
    ['is a page to sign in', write('<!doctype html><title>Sign in</title>'), 'calendar-malformed'],
    ['is empty', write(''), 'calendar-malformed'],
    ['is cut off', write(good.slice(0, -20)), 'calendar-malformed'],
    [
      'is not UTF-8',
      write(Buffer.concat([Buffer.from(good.slice(0, 80)), Buffer.from([0xff, 0xfe, 0xfa])])),
      'calendar-malformed',
    ],
    ['never ends', endless, 'calendar-too-large'],
    [
      'says that it is huge',
      (_request, response) => void response.writeHead(200, { 'content-length': 1e12 }).write('x'),
      'calendar-too-large',
    ],
    ['drips', (_request, response) => void response.writeHead(200).write('BEGIN:'), 'calendar-unreachable'],
    ['says nothing', () => {}, 'calendar-unreachable'],
    ['hangs up', (request) => void request.socket.destroy(), 'calendar-unreachable'],
    [
      'sends us in circles',
      (_request, response) => void response.writeHead(302, { location: '/round' }).end(),
      'calendar-unreachable',
    ],
    [
      'sends us astray',
      (_request, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      'calendar-unreachable',
    ],
  ])('%s', async (what, bad, code) => {
    answer = bad;
    // whoever says nothing is waited for in vain many times
    const fetchDeadlineMs = what.startsWith('says nothing') || what === 'drips' ? 1_000 : 20_000;
    const room = await roomAt('2026-03-03T08:00:00Z', { deadlines: { fetchDeadlineMs } });
    expect(room.health).toEqual({ state: 'faulty', code, freshAsOfMs: null, unreadCount: 0 });
    expect(room.events).toEqual([{ name: 'device-faulty', device: 'calendar', code }]);

    answer = serve(good);
    await room.until('2026-03-03T08:40:00Z');
    expect(room.health).toMatchObject({ state: 'fresh', code: null });
    expect(room.events.at(-1)).toEqual({ name: 'device-mended', device: 'calendar' });
    const { freshAsOfMs } = room.health;

    // and the other way round: what was read last is kept
    answer = bad;
    await room.until('2026-03-03T08:46:00Z');
    expect(room.health).toMatchObject({ state: 'stale', code });
    expect(room.health.freshAsOfMs).toBeGreaterThanOrEqual(freshAsOfMs!);
    expect(room.of('Good').state).toBe('upcoming');
    await room.until('2026-03-03T08:51:00Z');
    expect(room.of('Good').state).toBe('check-in-open');
    expect(room.log).not.toContain('secret-of-the-feed');
  });

  it('is asked again soon when it was away for a moment, and later and later when it refuses', async () => {
    answer = write('oops', 503);
    const room = await roomAt('2026-03-03T08:00:00Z');
    await room.until('2026-03-03T08:05:00Z');
    const whileAway = requests.length;
    expect(whileAway).toBeGreaterThan(5);
    requests = [];
    answer = write('no', 401);
    await room.until('2026-03-03T08:10:30Z');
    requests = [];
    await room.until('2026-03-03T10:10:30Z');
    // two hours of five minutes would be 24
    expect(requests.length).toBeLessThan(14);
    expect(requests.length).toBeGreaterThan(5);
  });

  it('redirects are followed, and no password goes to another server', async () => {
    answer = (request, response) => {
      if (request.url?.startsWith('/secret')) response.writeHead(302, { location: '/moved.ics' }).end();
      else serve(good)(request, response);
    };
    expect((await roomAt('2026-03-03T08:00:00Z')).of('Good').title).toBe('Good');
  });
});

describe('the loop of the agent', () => {
  const today = event('today', 'SUMMARY:Today\nDTSTART:20260303T090000Z\nDURATION:PT1H');
  const day = (i: number): string =>
    new Date(Date.UTC(2018, 0, 1) + (i % 3000) * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  const many = (rule: string): string =>
    calendarOf(
      today,
      ...Array.from({ length: 100_000 }, (_, i) =>
        event(`e${i}@example.com`, `SUMMARY:주간 회의 ${i}\nDTSTART:${day(i)}T010000Z\nDTEND:${day(i)}T020000Z${rule}`),
      ),
    );

  test.each<[string, () => string, number, string[], string | null]>([
    ['100,000 events of eight years', () => many(''), 15_000, ['Today upcoming'], null],
    ['100,000 series', () => many('\nRRULE:FREQ=DAILY'), 4_000, [], 'calendar-too-large'],
    [
      'a series that never finds a day: 30 February',
      () =>
        calendarOf(
          today,
          event('never', 'DTSTART:20260301T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'),
        ),
      1_500,
      ['Today upcoming'],
      'calendar-malformed',
    ],
    [
      'a zone that never changes: 30 February',
      () =>
        calendarOf(
          'BEGIN:VTIMEZONE\nTZID:Own\nBEGIN:STANDARD\nDTSTART:20000101T000000\nTZOFFSETFROM:+0900\nTZOFFSETTO:+0900\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\nEND:STANDARD\nEND:VTIMEZONE',
          today,
          event('own', 'SUMMARY:Own zone\nDTSTART;TZID=Own:20260303T180000\nDURATION:PT1H'),
        ),
      1_500,
      // by the room's own time, and somebody has to look
      ['Today upcoming', 'Own zone upcoming'],
      'calendar-malformed',
    ],
    [
      'each second for ever, a billion of them, and a hundred more',
      () =>
        calendarOf(
          today,
          ...Array.from({ length: 100 }, (_, i) =>
            event(
              `s${i}`,
              `DTSTART:20200101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY${i % 2 === 0 ? '' : ';COUNT=1000000000'}`,
            ),
          ),
        ),
      15_000,
      ['Today upcoming'],
      'calendar-malformed',
    ],
  ])(
    'does not stand still for %s',
    async (_what, calendar, expandDeadlineMs, shown, code) => {
      answer = serve(calendar());
      let room!: RoomUnderTest;
      const { lagMs, tookMs } = await lagDuring(async () => {
        room = await roomAt('2026-03-03T06:00:00Z', { timeZone: 'Asia/Seoul', deadlines: { expandDeadlineMs } });
      });
      console.info(`${_what}: ${Math.round(tookMs)} ms, the loop stood still ${Math.round(lagMs)} ms at most`);
      expect(room.shown).toEqual(shown);
      expect(room.health.code).toBe(code);
      // the work is somebody else's: a fraction of it at most
      expect(lagMs).toBeLessThan(Math.max(200, tookMs / 4));
    },
    120_000,
  );

  it('nor for a feed that hangs: the thread is ended and another takes its place', async () => {
    answer = () => {};
    const { lagMs } = await lagDuring(async () => {
      const room = await roomAt('2026-03-03T06:00:00Z', { deadlines: { fetchDeadlineMs: 3_000 } });
      expect(room.health.code).toBe('calendar-unreachable');
      answer = serve(calendarOf(today));
      await room.until('2026-03-03T06:01:00Z');
      expect(room.shown).toEqual(['Today upcoming']);
    });
    expect(lagMs).toBeLessThan(250);
  });
});

it('a clock that jumps releases nobody who had no ten minutes', async () => {
  answer = serve(calendarOf(event('a', 'SUMMARY:A\nDTSTART:20260303T090000Z\nDURATION:PT1H')));
  const room = await roomAt('2026-03-03T08:58:00Z');
  room.clock.jump(20 * 60_000);
  await room.until('2026-03-03T09:26:00Z');
  expect(room.of('A').state).toBe('check-in-open');
  await room.until('2026-03-03T09:28:06Z');
  expect(room.of('A').state).toBe('released');
});

it('without a calendar there is an agenda that says so', async () => {
  const { Calendar } = await import('./calendar.ts');
  const { pino } = await import('pino');
  const calendar = new Calendar({
    logger: pino({ level: 'silent' }),
    settings: null,
    fleetOrigin: () => null,
    memory: keptInMemory(),
    entryMemory: entriesInMemory(),
    onAgenda: () => {},
    onEntryFault: () => {},
    onEvent: () => {},
    listenForSound: () => {},
    onSelfTestDue: () => {},
  });
  calendar.start();
  expect(calendar.agenda).toMatchObject({ calendar: { state: 'none', code: null }, bookings: [], moreCount: 0 });
  expect(await calendar.handle({ name: 'check-in', bookingId: '0'.repeat(64) })).toBe('booking-unknown');
  calendar.onPresence();
  await calendar.stop();
});
