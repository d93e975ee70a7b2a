/** Rooms with their availability for the staff page: kept in memory, judged again where something has changed, and as time passes. */
import type { RoomAvailability } from '#contract/http/meetings-api.ts';
import { type Reach, reaches } from '#contract/http/permissions.ts';
import type { Booking } from '#contract/room-agenda.ts';
import type { AuthorityStore } from '../store/index.ts';
import { availabilityOf, busySpans, type TimeSpan } from './room-availability.ts';
import { bookingIdOfMeeting } from './room-conflicts.ts';

type Ours = TimeSpan & { bookingId: string };
type Room = { roomId: string; roomName: string; placeId: string | null; placeName: string | null };
/** What rooms report of themselves. */
export type RoomReportsForStaff = {
  bookingsOf: (roomId: string) => readonly Booking[];
  isInCall: (roomId: string) => boolean;
};

export class StaffRooms {
  readonly #store: AuthorityStore;
  readonly #reports: RoomReportsForStaff;
  #rooms: readonly Room[] = [];
  #ours = new Map<string, Ours[]>();
  #shown = new Map<string, RoomAvailability>();
  #stale = new Set<string>();

  constructor({ store, reports }: { store: AuthorityStore; reports: RoomReportsForStaff }) {
    this.#store = store;
    this.#reports = reports;
  }

  /** Names, places and our meetings of that day, anew. */
  async read(startOfDayMs: number, endOfDayMs: number): Promise<void> {
    const { read } = this.#store;
    this.#rooms = await read
      .selectFrom('room')
      .leftJoin('place', 'place.placeId', 'room.placeId')
      .select(['room.roomId', 'room.roomName', 'room.placeId', 'place.placeName'])
      .where('room.removedAtMs', 'is', null)
      .orderBy('room.roomName')
      .orderBy('room.roomId')
      .execute();
    const meetings = await read
      .selectFrom('meetingRoom')
      .innerJoin('meeting', 'meeting.meetingId', 'meetingRoom.meetingId')
      .select(['meetingRoom.roomId', 'meeting.meetingId', 'meeting.startsAtMs', 'meeting.endsAtMs'])
      .where('meeting.endedAtMs', 'is', null)
      .where('meeting.startsAtMs', '<', endOfDayMs)
      .where('meeting.endsAtMs', '>', startOfDayMs)
      .execute();
    const ours = new Map<string, Ours[]>();
    for (const { roomId, meetingId, startsAtMs, endsAtMs } of meetings) {
      const known = ours.get(roomId) ?? [];
      known.push({ startMs: startsAtMs!, endMs: endsAtMs!, bookingId: bookingIdOfMeeting(meetingId) });
      ours.set(roomId, known);
    }
    this.#ours = ours;
    this.#stale = new Set(this.#rooms.map(({ roomId }) => roomId));
  }

  changed(roomId: string): void {
    this.#stale.add(roomId);
  }

  /** True: some room is not as it was shown. `all`: time has passed. */
  judge(day: { nowMs: number; endOfDayMs: number }, { all }: { all: boolean }): boolean {
    let isNews = this.#shown.size !== this.#rooms.length;
    const shown = new Map<string, RoomAvailability>();
    for (const { roomId, roomName, placeName } of this.#rooms) {
      const former = this.#shown.get(roomId);
      const room =
        all || !former || this.#stale.has(roomId) ? this.#judged({ roomId, roomName, placeName }, day) : former;
      isNews ||= JSON.stringify(room) !== JSON.stringify(former);
      shown.set(roomId, room);
    }
    this.#stale.clear();
    this.#shown = shown;
    return isNews;
  }

  /** Those near the place first, then by name. */
  list(reach: Reach, placeId: string | null, most: number): RoomAvailability[] {
    const reached = this.#rooms.filter(({ roomId }) => reaches(reach, roomId));
    const near = placeId === null ? [] : reached.filter((room) => room.placeId === placeId);
    const others = placeId === null ? reached : reached.filter((room) => room.placeId !== placeId);
    return [...near, ...others].slice(0, most).flatMap(({ roomId }) => this.#shown.get(roomId) ?? []);
  }

  #judged(
    room: Pick<RoomAvailability, 'roomId' | 'roomName' | 'placeName'>,
    day: { nowMs: number; endOfDayMs: number },
  ): RoomAvailability {
    const bookings = this.#reports.bookingsOf(room.roomId);
    // the room knows better of those that it shows: it may have been given free
    const reported = new Set(bookings.map(({ bookingId }) => bookingId));
    const ours = (this.#ours.get(room.roomId) ?? []).filter(({ bookingId }) => !reported.has(bookingId));
    const spans = [...busySpans(bookings), ...ours];
    return { ...room, ...availabilityOf({ spans, isInCall: this.#reports.isInCall(room.roomId) }, day) };
  }
}
