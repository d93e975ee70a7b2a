/** One meeting for each booking, also where another server is quicker: on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { BookingMeetings } from './booking-meetings.ts';

let dataDir: string;
let store: AuthorityStore;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-bookings-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  await store.write(async (trx) => {
    for (const [roomId, removedAtMs] of [['a', null] as const, ['gone', 1] as const])
      await trx
        .insertInto('room')
        .values({ roomId, roomName: roomId, createdAtMs: 1, removedAtMs, placeId: null })
        .execute();
  });
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});
const meetings = () => store.read.selectFrom('meeting').select(['meetingId', 'title']).execute();

test('a booking has one meeting, by the title that it has now; another booking has another', async () => {
  const bookings = new BookingMeetings({ store });
  const first = await bookings.getOrCreate('a', 'x', 'Plan');
  expect(first.title).toBe('Plan');
  expect(await bookings.getOrCreate('a', 'x', 'New plan')).toEqual({ ...first, title: 'New plan' });
  expect(await meetings()).toEqual([{ ...first, title: 'New plan' }]);
  expect((await bookings.getOrCreate('a', 'y', 'Plan')).meetingId).not.toBe(first.meetingId);
});

test.each(['gone', 'made-up'])('a room that is %s has none', async (roomId) => {
  await expect(new BookingMeetings({ store }).getOrCreate(roomId, 'x', 'Plan')).rejects.toMatchObject({
    code: 'not-found',
  });
  expect(await meetings()).toEqual([]);
});

test('where another server makes it meanwhile, theirs stands and ours is gone', async () => {
  // between our look and our row
  await store.write((trx) =>
    sql`create trigger quicker before insert on booking_meeting begin
      insert into meeting (meeting_id, title, created_at_ms) values ('theirs', 'Theirs', 1);
      insert into booking_meeting (room_id, booking_id, meeting_id) values (new.room_id, new.booking_id, 'theirs');
    end`.execute(trx),
  );
  const theirs = { meetingId: 'theirs', title: 'Theirs' };
  expect(await new BookingMeetings({ store }).getOrCreate('a', 'x', 'Ours')).toEqual(theirs);
  expect(await meetings()).toEqual([theirs]);
});
