/** Whom a room's calendar names, on a real store: who becomes host and member of which meeting, and who never does. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { InvitedToBooking } from '#contract/room-bookings.ts';
import { addressHash } from '#edge/address-hash.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { BookingMeetings } from './booking-meetings.ts';
import { CalendarPeople, type CalendarPeopleDependencies } from './calendar-people.ts';
import { roleIn } from './meeting-people.ts';

const HOUR_MS = 3_600_000;
const PATIENT = { timeout: 9_000 };
let dataDir: string;
let store: AuthorityStore;
let people: CalendarPeople;
const changed = vi.fn();
/** of the audit log, before the test */
let auditedBefore = 0;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-calendar-people-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  await store.write(async (trx) => {
    for (const [roomId, removedAtMs] of [['a', null] as const, ['b', null] as const, ['gone', 1] as const])
      await trx
        .insertInto('room')
        .values({ roomId, roomName: `Room ${roomId}`, createdAtMs: 1, removedAtMs, placeId: null })
        .execute();
  });
}, 60_000);
beforeEach(async () => {
  changed.mockClear();
  people = newPeople();
  await store.write(async (trx) => {
    for (const table of [
      'entry',
      'call',
      'meetingPerson',
      'bookingMeeting',
      'repetition',
      'meeting',
      'account',
    ] as const)
      await trx.deleteFrom(table).execute();
  });
  for (const name of ['mina', 'joon', 'sora']) await account(name);
  auditedBefore = (await audited(0)).length;
});
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});
// accounts are read anew by each
const newPeople = (more: Partial<CalendarPeopleDependencies> = {}): CalendarPeople =>
  new CalendarPeople({
    store,
    meetings: { changed, sendRoles: async () => {} },
    broker: { on: () => {} },
    mails: null,
    logger: pino({ level: 'silent' }),
    ...more,
  });
const account = (accountId: string, email = `${accountId}@example.com`, disabledAtMs: number | null = null) =>
  store.write((trx) =>
    trx
      .insertInto('account')
      .values({
        accountId,
        issuer: 'local',
        subject: accountId,
        userName: accountId,
        displayName: accountId,
        email,
        placeId: null,
        createdAtMs: 1,
        disabledAtMs,
        lastSignedInAtMs: null,
        checkedAtMs: null,
      })
      .execute(),
  );
const idOf = (name: string): string => createHash('sha256').update(name).digest('hex');
type Changes = Omit<Partial<InvitedToBooking>, 'organizer' | 'attendees'> & {
  organizer?: string;
  attendees?: string[];
};
function booking(name: string, { organizer, attendees = [], ...changes }: Changes = {}): InvitedToBooking {
  return {
    bookingId: idOf(name),
    title: name,
    startMs: Date.now() + HOUR_MS,
    endMs: Date.now() + 2 * HOUR_MS,
    uid: null,
    seriesKey: null,
    organizer: organizer === undefined ? null : addressHash(organizer),
    attendees: attendees.map(addressHash),
    ...changes,
  };
}
const report = (bookings: InvitedToBooking[], roomId = 'a', untilMs = Date.now() + 24 * HOUR_MS) =>
  people.apply(roomId, { bookings, untilMs, asOfMs: Date.now() });
async function meetingOf(name: string, roomId = 'a') {
  return store.read
    .selectFrom('bookingMeeting')
    .innerJoin('meeting', 'meeting.meetingId', 'bookingMeeting.meetingId')
    .selectAll('meeting')
    .where('bookingMeeting.roomId', '=', roomId)
    .where('bookingId', '=', idOf(name))
    .executeTakeFirst();
}
/** `name role`, sorted; the host among them */
async function rolesOf(name: string): Promise<string[]> {
  const meeting = await meetingOf(name);
  if (!meeting) return [];
  const roles: string[] = [];
  for (const accountId of ['joon', 'mina', 'sora', 'twin', 'away']) {
    const role = await roleIn(store.read, meeting.meetingId, accountId);
    if (role) roles.push(`${accountId} ${role}`);
  }
  return roles;
}
const audited = async (from = auditedBefore) =>
  (await store.read.selectFrom('audit').select('kind').orderBy('seq').execute()).map(({ kind }) => kind).slice(from);
async function hold(name: string): Promise<string> {
  const { meetingId } = (await meetingOf(name))!;
  const callId = newId();
  await store.write((trx) =>
    trx
      .insertInto('call')
      .values({
        callId,
        meetingId,
        nodeId: 'n',
        nodeInstanceId: 'i',
        state: 'open',
        participantCount: 1,
        createdAtMs: 1,
        openedAtMs: 1,
      } as never)
      .execute(),
  );
  return callId;
}

test('organizer and attendees with an account become host and members; case does not count, and nobody is invited twice', async () => {
  const attendees = ['Joon@Example.COM', 'joon@example.com', 'outsider@elsewhere.test', 'mina@example.com'];
  await report([booking('plan', { organizer: 'MINA@example.com', attendees })]);
  expect(await rolesOf('plan')).toEqual(['joon member', 'mina host']);
  const meeting = await meetingOf('plan');
  expect(meeting).toMatchObject({ hostAccountId: 'mina', title: 'plan', roomId: null, seriesId: null });
  const rows = await store.read.selectFrom('meetingPerson').select(['accountId', 'inviteId', 'isOfCalendar']).execute();
  expect(rows).toEqual([{ accountId: 'joon', inviteId: null, isOfCalendar: 1 }]);
  expect(await store.read.selectFrom('invite').select('inviteId').execute()).toEqual([]);
  expect(await audited()).toEqual(['meeting-created']);
  expect(changed.mock.calls).toEqual([[meeting!.meetingId]]);
});

test('a booking of which nobody has an account makes no meeting; one without an organizer has members alone', async () => {
  await report([
    booking('strangers', { organizer: 'x@elsewhere.test', attendees: ['y@elsewhere.test'] }),
    booking('no organizer', { attendees: ['joon@example.com'] }),
  ]);
  expect(await meetingOf('strangers')).toBeUndefined();
  expect(await rolesOf('no organizer')).toEqual(['joon member']);
});

test('accounts that are disabled, and an address that two have, are nobody', async () => {
  await account('away', 'away@example.com', 1);
  await account('twin', 'SORA@example.com');
  await report([
    booking('plan', { organizer: 'mina@example.com', attendees: ['away@example.com', 'sora@example.com'] }),
  ]);
  expect(await rolesOf('plan')).toEqual(['mina host']);
});

test('what is reported again writes nothing', async () => {
  const plan = booking('plan', { organizer: 'mina@example.com', attendees: ['joon@example.com'] });
  await report([plan]);
  const before = await meetingOf('plan');
  await report([plan]);
  expect(await meetingOf('plan')).toEqual(before);
  expect(await audited()).toEqual(['meeting-created']);
});

test('people follow the calendar; whom a host added stays, and whom a host took out stays out', async () => {
  const of = (...attendees: string[]) => [booking('plan', { organizer: 'mina@example.com', attendees })];
  await report(of('joon@example.com'));
  const { meetingId } = (await meetingOf('plan'))!;
  await store.write((trx) =>
    trx
      .insertInto('meetingPerson')
      .values({
        personId: newId(),
        meetingId,
        accountId: 'sora',
        displayName: 'sora',
        email: null,
        role: 'co-host',
        inviteId: null,
        addedAtMs: 1,
      } as never)
      .execute(),
  );
  await report(of());
  expect(await rolesOf('plan')).toEqual(['mina host', 'sora co-host']);
  await report(of('joon@example.com', 'sora@example.com'));
  expect(await rolesOf('plan')).toEqual(['joon member', 'mina host', 'sora co-host']);
  await store.write((trx) => trx.deleteFrom('meetingPerson').where('accountId', '=', 'joon').execute());
  await report([booking('plan', { organizer: 'mina@example.com', attendees: ['joon@example.com'], title: 'Another' })]);
  expect(await rolesOf('plan')).toEqual(['mina host', 'sora co-host']);
  expect((await meetingOf('plan'))?.title).toBe('Another');
});

test('another organizer is the host, and the former one a member if still invited', async () => {
  const attendees = ['joon@example.com', 'mina@example.com'];
  await report([booking('plan', { organizer: 'mina@example.com', attendees })]);
  await report([booking('plan', { organizer: 'joon@example.com', attendees })]);
  expect(await rolesOf('plan')).toEqual(['joon host', 'mina member']);
  await report([booking('plan', { organizer: 'x@elsewhere.test', attendees: [] })]);
  expect(await rolesOf('plan')).toEqual([]);
});

test.each(['under way', 'held before its time'])(
  'a meeting that is %s loses nobody and gets who is invited late',
  async (which) => {
    const times = which === 'under way' ? { startMs: Date.now() - HOUR_MS } : {};
    await report([booking('plan', { ...times, organizer: 'mina@example.com', attendees: ['joon@example.com'] })]);
    if (which !== 'under way') await hold('plan');
    await report([booking('plan', { ...times, organizer: 'sora@example.com', attendees: ['sora@example.com'] })]);
    expect(await rolesOf('plan')).toEqual(['joon member', 'mina host', 'sora member']);
    await report([]);
    expect((await meetingOf('plan'))?.cancelledAtMs).toBeNull();
  },
);

test('a meeting that was held keeps who was there, though its entry is used again', async () => {
  await report([booking('plan', { organizer: 'mina@example.com', attendees: ['joon@example.com'] })]);
  await hold('plan');
  await store.write((trx) => trx.updateTable('meeting').set({ startsAtMs: 1, endsAtMs: 2 }).execute());
  await report([booking('plan', { organizer: 'sora@example.com', attendees: ['sora@example.com'] })]);
  expect(await rolesOf('plan')).toEqual(['joon member', 'mina host']);
  // nor one whose time is over by the calendar
  await report([booking('late', { startMs: 1, endMs: 2, organizer: 'sora@example.com' })]);
  expect(await meetingOf('late')).toBeUndefined();
});

test('a meeting that its room held before the calendar named anybody of ours is nobody’s once that is over', async () => {
  await new BookingMeetings({ store }).getOrCreate('a', idOf('plan'), 'plan');
  await hold('plan');
  await report([booking('plan', { attendees: ['joon@example.com'] })]);
  expect(await rolesOf('plan')).toEqual(['joon member']);
  await new BookingMeetings({ store }).getOrCreate('a', idOf('old'), 'old');
  await hold('old');
  await store.write((trx) =>
    trx
      .updateTable('call')
      .set({ endedAtMs: Date.now() - HOUR_MS })
      .execute(),
  );
  // somebody moves the old entry and writes themselves into it
  await report([booking('old', { startMs: 1, organizer: 'sora@example.com', attendees: ['joon@example.com'] })]);
  expect(await rolesOf('old')).toEqual([]);
  // nor by starting it again
  await hold('old');
  await report([booking('old', { organizer: 'sora@example.com' })]);
  expect(await rolesOf('old')).toEqual([]);
  expect((await meetingOf('old'))?.startsAtMs).toBeNull();
});

test('whom a host has put out of the call does not come back by writing themselves into the calendar', async () => {
  await report([booking('plan', { organizer: 'mina@example.com' })]);
  const callId = await hold('plan');
  const entry = { peerId: newId(), callId, inviteId: null, accountId: 'joon', ticketId: null, person: 'account:joon' };
  await store.write((trx) =>
    trx
      .insertInto('entry')
      .values({ ...entry, role: 'member', atMs: 1, joinedAtMs: 1, removedAtMs: 2 } as never)
      .execute(),
  );
  const attendees = ['joon@example.com', 'sora@example.com'];
  await report([booking('plan', { organizer: 'mina@example.com', attendees })]);
  expect(await rolesOf('plan')).toEqual(['mina host', 'sora member']);
  const { removedAtMs } = await store.read.selectFrom('entry').select('removedAtMs').executeTakeFirstOrThrow();
  expect(removedAtMs).toBe(2);
});

test('a booking that cannot be applied keeps back none of the others, and is tried again', async () => {
  await account('away');
  people = newPeople({ retryMs: 5 });
  await report([booking('first', { organizer: 'mina@example.com' })]);
  // its accounts were read before
  const disable = (disabledAtMs: number | null) =>
    store.write((trx) => trx.updateTable('account').set({ disabledAtMs }).where('accountId', '=', 'away').execute());
  await disable(1);
  const bookings = [
    booking('plan', { organizer: 'mina@example.com', attendees: ['away@example.com', 'joon@example.com'] }),
    booking('next', { organizer: 'mina@example.com' }),
  ];
  people.receive('a', { bookings, untilMs: Date.now() + 24 * HOUR_MS, asOfMs: Date.now() } as never);
  await expect.poll(async () => (await meetingOf('first'))?.cancelledAtMs ?? null, PATIENT).not.toBeNull();
  expect(await rolesOf('next')).toEqual(['mina host']);
  await disable(null);
  await expect.poll(() => rolesOf('plan'), PATIENT).toEqual(['joon member', 'mina host', 'away member']);
});

test('a booking that lasts for years is a meeting of a month: what it leaves behind is not kept for years', async () => {
  const startMs = Date.now() - HOUR_MS;
  const rest = { startMs, organizer: 'mina@example.com' };
  await report([
    booking('plan', { ...rest, endMs: startMs + 90_000 * HOUR_MS }),
    booking('odd', { ...rest, startMs: startMs + 9 * HOUR_MS, endMs: startMs + 2 * HOUR_MS }),
  ]);
  expect((await meetingOf('plan'))?.endsAtMs).toBe(startMs + 31 * 24 * HOUR_MS);
  expect((await meetingOf('odd'))?.endsAtMs).toBe(startMs + 9 * HOUR_MS);
});

test('a booking that leaves the calendar is cancelled, and comes back; not one that the report does not reach', async () => {
  const plan = booking('plan', { organizer: 'mina@example.com' });
  await report([plan]);
  await report([], 'a', 0);
  await report([], 'b');
  expect((await meetingOf('plan'))?.cancelledAtMs).toBeNull();
  await report([]);
  expect((await meetingOf('plan'))?.cancelledAtMs).not.toBeNull();
  await report([plan]);
  expect((await meetingOf('plan'))?.cancelledAtMs).toBeNull();
  expect(await rolesOf('plan')).toEqual(['mina host']);
  expect(await audited()).toEqual(['meeting-created', 'meeting-cancelled', 'meeting-changed']);
});

test('a room whose clock is ahead cancels nothing that is over by its clock alone', async () => {
  await report([booking('plan', { organizer: 'mina@example.com' })]);
  await people.apply('a', { bookings: [], untilMs: Date.now() + 48 * HOUR_MS, asOfMs: Date.now() + 24 * HOUR_MS });
  expect((await meetingOf('plan'))?.cancelledAtMs).toBeNull();
});

test('a calendar that changes all the time is followed at a pace, the nearest bookings first', async () => {
  people = newPeople({ changesOfRoom: { burst: 4, refillPerMinute: 0.001 } });
  const rest = { organizer: 'mina@example.com', startMs: Date.now() + HOUR_MS, endMs: Date.now() + 2 * HOUR_MS };
  const of = (hour: number) =>
    ['one', 'two', 'three', 'four'].map((name) => booking(name, { ...rest, title: `At ${hour}` }));
  expect(await report(of(1).slice(0, 3))).toBe(true);
  expect(await report(of(2))).toBe(false);
  expect(await report(of(3))).toBe(false);
  expect(await audited()).toHaveLength(4);
  expect((await meetingOf('one'))?.title).toBe('At 2');
  expect((await meetingOf('two'))?.title).toBe('At 1');
  // what is as it was counts nothing, and other rooms have their own
  expect(await report(of(2).slice(0, 1).concat(of(1).slice(1, 3)))).toBe(true);
  expect(await report(of(1), 'b')).toBe(true);
});

test('bookings of one series belong together, of one room alone; one that was started before joins them', async () => {
  const [seriesKey, organizer] = [idOf('series'), 'mina@example.com'];
  const started = await new BookingMeetings({ store }).getOrCreate('a', idOf('first'), 'first');
  await report([booking('first', { seriesKey, organizer }), booking('second', { seriesKey, organizer })]);
  await report([booking('third', { seriesKey, organizer })]);
  await report([booking('first', { seriesKey, organizer })], 'b');
  const ids = await Promise.all(['first', 'second', 'third'].map(async (each) => (await meetingOf(each))?.seriesId));
  expect(new Set(ids).size).toBe(1);
  expect(ids[0]).toBeTruthy();
  expect((await meetingOf('first'))?.meetingId).toBe(started.meetingId);
  expect((await meetingOf('first', 'b'))?.seriesId).not.toBe(ids[0]);
});

test('an entry of a meeting that a person made is no booking; a room that is gone has none', async () => {
  const [meetingId, repetitionId] = [newId(), newId()];
  await store.write(async (trx) => {
    await trx.insertInto('meeting').values({ meetingId, roomId: null, title: 'Made', createdAtMs: 1 }).execute();
    const repetition = { repetitionId, every: 'week' as never, timeZone: 'Asia/Seoul', durationMinutes: 30 };
    await trx.insertInto('repetition').values(repetition).execute();
  });
  const of = (uid: string) => booking(uid, { uid, organizer: 'mina@example.com' });
  await report([of(meetingId), of(repetitionId), of(newId())]);
  await report([booking('plan', { organizer: 'mina@example.com' })], 'gone');
  const rows = await store.read.selectFrom('bookingMeeting').select('roomId').execute();
  expect(rows).toEqual([{ roomId: 'a' }]);
});

test('of reports that come faster than they are applied, the newest counts', async () => {
  const untilMs = Date.now() + 24 * HOUR_MS;
  for (const attendees of [['joon@example.com'], ['sora@example.com'], []])
    people.receive('a', {
      bookings: [booking('plan', { organizer: 'mina@example.com', attendees })],
      untilMs,
      asOfMs: Date.now(),
    } as never);
  await expect.poll(() => rolesOf('plan')).toEqual(['mina host']);
});
