/** Rooms that meetings can have, and when they are busy: read for the staff page and for people who look for a room. */
import { type Reach, reaches } from '#contract/http/permissions.ts';
import type { RoomAvailability } from '#contract/http/meetings-api.ts';
import type { Booking } from '#contract/room-agenda.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import { busySpans, freeThroughout, type TimeSpan } from './room-availability.ts';
import { bookingIdOfMeeting } from './room-conflicts.ts';

type Reader = Pick<AuthorityWrite, 'selectFrom'>;
export type RoomOfPlace = { roomId: string; roomName: string; placeId: string | null; placeName: string | null };
export type OursInRoom = TimeSpan & { meetingId: string; bookingId: string };
export type Searched = { startsAtMs: number; endsAtMs: number; endOfDayMs: number; meetingId: string | null };

export const MOST_ROOMS = 200;

/** By name. */
export const roomsWithPlaces = (db: Reader): Promise<RoomOfPlace[]> =>
  db
    .selectFrom('room')
    .leftJoin('place', 'place.placeId', 'room.placeId')
    .select(['room.roomId', 'room.roomName', 'room.placeId', 'place.placeName'])
    .where('room.removedAtMs', 'is', null)
    .orderBy('room.roomName')
    .orderBy('room.roomId')
    .execute();

/** By room: our meetings that are in that time. */
export async function oursByRoom(db: Reader, fromMs: number, toMs: number): Promise<Map<string, OursInRoom[]>> {
  const meetings = await db
    .selectFrom('meetingRoom')
    .innerJoin('meeting', 'meeting.meetingId', 'meetingRoom.meetingId')
    .select(['meetingRoom.roomId', 'meeting.meetingId', 'meeting.startsAtMs', 'meeting.endsAtMs'])
    .where('meeting.endedAtMs', 'is', null)
    .where('meeting.startsAtMs', '<', toMs)
    .where('meeting.endsAtMs', '>', fromMs)
    .execute();
  const byRoom = new Map<string, OursInRoom[]>();
  for (const { roomId, meetingId, startsAtMs, endsAtMs } of meetings) {
    const known = byRoom.get(roomId) ?? [];
    known.push({ meetingId, startMs: startsAtMs!, endMs: endsAtMs!, bookingId: bookingIdOfMeeting(meetingId) });
    byRoom.set(roomId, known);
  }
  return byRoom;
}

/** When a room is busy. Of meetings that the room reports, its report counts: the room may have been released. */
export function spansOf(bookings: readonly Booking[], ours: readonly OursInRoom[]): TimeSpan[] {
  const reported = new Set(bookings.map(({ bookingId }) => bookingId));
  return [...busySpans(bookings), ...ours.filter(({ bookingId }) => !reported.has(bookingId))];
}

/** Those near the place first, then by name; MOST_ROOMS at most. */
export function nearestRooms<R extends Pick<RoomOfPlace, 'roomId' | 'placeId'>>(
  rooms: readonly R[],
  reach: Reach,
  placeId: string | null,
): R[] {
  const isNear = (room: R): boolean => placeId !== null && room.placeId === placeId;
  const reached = rooms.filter(({ roomId }) => reaches(reach, roomId));
  return [...reached.filter(isNear), ...reached.filter((room) => !isNear(room))].slice(0, MOST_ROOMS);
}

export class RoomFinder {
  readonly #store: AuthorityStore;
  readonly #bookingsOf: (roomId: string) => readonly Booking[];

  constructor({ store, bookingsOf }: { store: AuthorityStore; bookingsOf: (roomId: string) => readonly Booking[] }) {
    this.#store = store;
    this.#bookingsOf = bookingsOf;
  }

  /** Whether each is free for all of that time, but for the meeting itself. Of calendars, today's alone are known. */
  async find(
    searched: Searched,
    { reach, placeId }: { reach: Reach; placeId: string | null },
  ): Promise<RoomAvailability[]> {
    const { read } = this.#store;
    const { startsAtMs, endOfDayMs, endsAtMs, meetingId } = searched;
    const [rooms, ours] = await Promise.all([
      roomsWithPlaces(read),
      oursByRoom(read, startsAtMs, Math.max(endOfDayMs, endsAtMs)),
    ]);
    const ownId = meetingId === null ? null : bookingIdOfMeeting(meetingId);
    return nearestRooms(rooms, reach, placeId).map(({ roomId, roomName, placeName }) => {
      const bookings = this.#bookingsOf(roomId).filter(({ bookingId }) => bookingId !== ownId);
      const others = (ours.get(roomId) ?? []).filter((each) => each.bookingId !== ownId);
      return { roomId, roomName, placeName, ...freeThroughout(spansOf(bookings, others), searched) };
    });
  }
}
