/** Meetings that people made for the room, in its CalDAV calendar: a real Radicale (Debian's). */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { CalendarAccount } from '#contract/settings/calendar-settings.ts';
import type { MeetingOfRoom } from '#contract/room-meetings.ts';
import { DayClock, entriesInMemory, RoomUnderTest, type RoomOptions } from './calendar-under-test.ts';
import { hasRadicale, RadicaleUnderTest } from './radicale-under-test.ts';

const MEETING_ID = '0193a0b0-0000-7000-8000-000000000001';
const NAME = `${MEETING_ID}.ics`;
const at = (time: string): number => Date.parse(`2026-03-03T${time}:00Z`);
const meeting = (changes: Partial<MeetingOfRoom> = {}): MeetingOfRoom => ({
  meetingId: MEETING_ID,
  bookingId: 'b'.repeat(64),
  title: 'Plans; A, B\nand 회의 <c>',
  organizer: 'Mina',
  startsAtMs: at('10:00'),
  endsAtMs: at('11:00'),
  sequence: 0,
  ...changes,
});

let server: RadicaleUnderTest;
const rooms: RoomUnderTest[] = [];

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
  await server.remove(NAME);
  await server.remove('theirs.ics');
});
afterAll(() => server?.stop());

async function roomAt(iso: string, changes: Partial<RoomOptions> = {}): Promise<RoomUnderTest> {
  const settings = CalendarAccount.parse({
    kind: 'caldav',
    url: server.url,
    userName: server.userName,
    password: { file: server.passwordFile },
    timeZone: 'Europe/Berlin',
    refreshSeconds: 60,
  });
  const room = new RoomUnderTest({ settings, clock: new DayClock(iso), ...changes });
  rooms.push(room);
  return room.start();
}
const stored = async (): Promise<string[]> => (await server.get(NAME)).split('\n');
const isStored = async (): Promise<boolean> =>
  server.get(NAME).then(
    () => true,
    () => false,
  );

it('is written, follows its changes, shows once, and goes when it is cancelled', async () => {
  const room = await roomAt('2026-03-03T08:00:00Z');
  room.calendar.setMeetings([meeting()]);
  await room.source.idle();
  const lines = await stored();
  for (const line of [
    `UID:${MEETING_ID}`,
    'DTSTART:20260303T100000Z',
    'DTEND:20260303T110000Z',
    'SUMMARY:Plans\\; A\\, B\\nand 회의 <c>',
    'SEQUENCE:0',
  ])
    expect(lines).toContain(line);
  expect(room.shown).toHaveLength(1);
  expect(room.bookings[0]).toMatchObject({ bookingId: 'b'.repeat(64), link: 'ours' });

  room.calendar.setMeetings([meeting({ startsAtMs: at('12:00'), endsAtMs: at('13:00'), sequence: 1 })]);
  await room.source.idle();
  expect(await stored()).toEqual(expect.arrayContaining(['DTSTART:20260303T120000Z', 'SEQUENCE:1']));
  expect(room.bookings).toMatchObject([{ startMs: at('12:00') }]);

  const writes = server.requests.filter(({ method }) => method === 'PUT').length;
  await room.until('2026-03-03T08:10:00Z');
  // each is written once
  expect(server.requests.filter(({ method }) => method === 'PUT')).toHaveLength(writes);

  room.calendar.setMeetings([]);
  await room.source.idle();
  expect(await isStored()).toBe(false);
  expect(room.shown).toEqual([]);
  expect(room.entryFaults.every((code) => code === null)).toBe(true);
});

it('is given back there by the room, and what is over stays as it was', async () => {
  const room = await roomAt('2026-03-03T09:55:00Z');
  room.calendar.setMeetings([meeting()]);
  await room.source.idle();
  await room.until('2026-03-03T10:12:00Z');
  expect(room.bookings[0]?.state).toBe('released');
  expect(await stored()).toContain('STATUS:CANCELLED');
  await room.until('2026-03-03T11:01:00Z');
  room.calendar.setMeetings([]);
  await room.source.idle();
  expect(await isStored()).toBe(true);
});

it('is left alone where it came into the calendar another way, and where another object has its name', async () => {
  const entry = (uid: string) =>
    `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\nBEGIN:VEVENT\nUID:${uid}\nDTSTAMP:20260101T000000Z\nDTSTART:20260303T100000Z\nDTEND:20260303T110000Z\nSUMMARY:Theirs\nEND:VEVENT\nEND:VCALENDAR\n`;
  await server.put('theirs.ics', entry(MEETING_ID));
  const room = await roomAt('2026-03-03T08:00:00Z');
  room.calendar.setMeetings([meeting()]);
  await room.source.idle();
  expect(await isStored()).toBe(false);
  expect(room.shown).toHaveLength(1);
  room.calendar.setMeetings([]);
  await room.source.idle();
  expect(await server.get('theirs.ics')).toContain('SUMMARY:Theirs');
  await server.remove('theirs.ics');

  await server.put(NAME, entry('somebody-elses'));
  await room.until('2026-03-03T08:03:00Z');
  room.calendar.setMeetings([meeting()]);
  await room.source.idle();
  expect(await stored()).toContain('SUMMARY:Theirs');
  expect(room.entryFaults.at(-1)).toBe('calendar-refused');
  // nothing waits for it: the meeting is shown, and joined
  expect(room.calendar.bookingOf('b'.repeat(64))).toMatchObject({ meetingId: MEETING_ID });
});

it('is written once the server is back, over a restart of the room too; changed by two at once, ours is not lost', async () => {
  const entryMemory = entriesInMemory();
  const room = await roomAt('2026-03-03T08:00:00Z', { entryMemory });
  server.before = async ({ method }) => {
    if (method === 'PUT') throw new Error('broken line');
  };
  room.calendar.setMeetings([meeting()]);
  await room.source.idle();
  expect(room.entryFaults.at(-1)).toBe('calendar-unreachable');
  expect(room.shown).toHaveLength(1);
  server.before = async () => {};
  await room.until('2026-03-03T08:03:00Z');
  expect(await isStored()).toBe(true);
  expect(room.entryFaults.at(-1)).toBeNull();
  await room.calendar.stop();

  const again = await roomAt('2026-03-03T08:05:00Z', { entryMemory });
  // until the fleet says what there is, nothing is taken out
  await again.until('2026-03-03T08:07:00Z');
  expect(await isStored()).toBe(true);
  let others = 0;
  server.before = async ({ method }) => {
    if (method !== 'PUT' || others > 0) return;
    others += 1;
    await server.put(NAME, (await server.get(NAME)).replace('SUMMARY:', 'SUMMARY:Changed '));
  };
  again.calendar.setMeetings([meeting({ title: 'Ours', sequence: 1 })]);
  await again.source.idle();
  expect(await stored()).toContain('SUMMARY:Ours');
  again.calendar.setMeetings([]);
  await again.source.idle();
  expect(await isStored()).toBe(false);
});
