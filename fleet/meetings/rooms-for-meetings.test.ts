/** Which room is free for a time that a person asks for: on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Booking } from '#contract/room-agenda.ts';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { bookingIdOfMeeting } from './room-conflicts.ts';
import { RoomFinder, type Searched } from './rooms-for-meetings.ts';

const HOUR_MS = 3_600_000;
let dataDir: string;
let store: AuthorityStore;
let bookings: Pick<Booking, 'bookingId' | 'startMs' | 'endMs' | 'isAllDay' | 'state'>[];
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-rooms-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  bookings = [];
  await store.write((trx) =>
    trx.insertInto('room').values({ roomId: 'a', roomName: 'A', createdAtMs: 1, placeId: null }).execute(),
  );
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});
/** of ours in the room, from hour to hour */
const meeting = (meetingId: string, from: number, to: number) =>
  store.write(async (trx) => {
    const times = { startsAtMs: from * HOUR_MS, endsAtMs: to * HOUR_MS };
    await trx
      .insertInto('meeting')
      .values({ meetingId, roomId: null, title: meetingId, createdAtMs: 1, ...times })
      .execute();
    await trx.insertInto('meetingRoom').values({ meetingId, roomId: 'a' }).execute();
  });
/** the day ends at hour 24 */
async function find(from: number, to: number, meetingId: string | null = null) {
  const finder = new RoomFinder({ store, bookingsOf: () => bookings as Booking[] });
  const searched: Searched = {
    startsAtMs: from * HOUR_MS,
    endsAtMs: to * HOUR_MS,
    endOfDayMs: 24 * HOUR_MS,
    meetingId,
  };
  const [room] = await finder.find(searched, { reach: 'organisation', placeId: null });
  return { isFree: room!.isFree, until: room!.untilMs === null ? null : room!.untilMs / HOUR_MS };
}

test('it is free until the next meeting of the day, also one after the time asked for', async () => {
  expect(await find(10, 11)).toEqual({ isFree: true, until: null });
  await meeting('late', 15, 16);
  expect(await find(10, 11)).toEqual({ isFree: true, until: 15 });
  expect(await find(14, 15)).toEqual({ isFree: true, until: 15 });
  expect(await find(16, 17)).toEqual({ isFree: true, until: null });
  expect(await find(14, 16)).toEqual({ isFree: false, until: 16 });
});

test('a time beyond the day is free where its whole length is', async () => {
  await meeting('night', 25, 26);
  expect(await find(23, 25)).toEqual({ isFree: true, until: null });
  expect(await find(23, 26)).toMatchObject({ isFree: false });
});

test('the meeting itself is in nobody’s way, neither as ours nor as its room reports it', async () => {
  await meeting('own', 10, 11);
  bookings = [
    {
      bookingId: bookingIdOfMeeting('own'),
      startMs: 10 * HOUR_MS,
      endMs: 11 * HOUR_MS,
      isAllDay: false,
      state: 'upcoming',
    },
  ];
  expect(await find(10, 11)).toMatchObject({ isFree: false });
  expect(await find(10, 11, 'own')).toEqual({ isFree: true, until: null });
});
