/** The meetings of bookings that carry no invite: one for each booking of a room, made when it is first started, or when its calendar names people of ours. */
import { ProtocolError } from '#contract/error-codes.ts';
import { type AuthorityStore, type AuthorityWrite, newId } from '../store/index.ts';

type Meeting = { meetingId: string; title: string };

export class BookingMeetings {
  readonly #store: AuthorityStore;

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  /** Called as the booking is now: a title that was changed in the calendar is the meeting's too. */
  async getOrCreate(roomId: string, bookingId: string, title: string): Promise<Meeting> {
    return this.#store.write((trx) => bookingMeetingIn(trx, { roomId, bookingId, title }));
  }
}

/** @throws ProtocolError not-found: no such room */
export async function bookingMeetingIn(
  trx: AuthorityWrite,
  { roomId, bookingId, title }: { roomId: string; bookingId: string; title: string },
): Promise<Meeting> {
  const known = (): Promise<Meeting | undefined> =>
    trx
      .selectFrom('bookingMeeting')
      .innerJoin('meeting', 'meeting.meetingId', 'bookingMeeting.meetingId')
      .select(['meeting.meetingId', 'meeting.title'])
      .where('bookingMeeting.roomId', '=', roomId)
      .where('bookingMeeting.bookingId', '=', bookingId)
      .executeTakeFirst();
  const former = await known();
  if (former) {
    if (former.title !== title)
      await trx.updateTable('meeting').set({ title }).where('meetingId', '=', former.meetingId).execute();
    return { meetingId: former.meetingId, title };
  }
  const room = await trx
    .selectFrom('room')
    .select('roomId')
    .where('roomId', '=', roomId)
    .where('removedAtMs', 'is', null)
    .executeTakeFirst();
  if (!room) throw new ProtocolError('not-found', 'no such room');
  const meetingId = newId();
  await trx.insertInto('meeting').values({ meetingId, roomId: null, title, createdAtMs: Date.now() }).execute();
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('bookingMeeting')
    .values({ roomId, bookingId, meetingId })
    .onConflict((c) => c.columns(['roomId', 'bookingId']).doNothing())
    .executeTakeFirst();
  if ((numInsertedOrUpdatedRows ?? 0n) > 0n) return { meetingId, title };
  // another server of ours was first: theirs stands
  await trx.deleteFrom('meeting').where('meetingId', '=', meetingId).execute();
  return (await known())!;
}
