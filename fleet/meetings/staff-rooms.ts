/** Rooms with their availability for the staff page: kept in memory, judged again where something has changed, and as time passes. */
import type { RoomAvailability } from '#contract/http/meetings-api.ts';
import type { Reach } from '#contract/http/permissions.ts';
import type { Booking } from '#contract/room-agenda.ts';
import type { AuthorityStore } from '../store/index.ts';
import { availabilityOf } from './room-availability.ts';
import {
  nearestRooms,
  oursByRoom,
  type OursInRoom,
  type RoomOfPlace,
  roomsWithPlaces,
  spansOf,
} from './rooms-for-meetings.ts';

/** What rooms report of themselves. */
export type RoomReportsForStaff = {
  bookingsOf: (roomId: string) => readonly Booking[];
  isInCall: (roomId: string) => boolean;
};

export class StaffRooms {
  readonly #store: AuthorityStore;
  readonly #reports: RoomReportsForStaff;
  #rooms: readonly RoomOfPlace[] = [];
  #ours = new Map<string, OursInRoom[]>();
  #shown = new Map<string, RoomAvailability>();
  #stale = new Set<string>();

  constructor({ store, reports }: { store: AuthorityStore; reports: RoomReportsForStaff }) {
    this.#store = store;
    this.#reports = reports;
  }

  /** Names, places and our meetings of that day, anew. */
  async read(startOfDayMs: number, endOfDayMs: number): Promise<void> {
    const { read } = this.#store;
    this.#rooms = await roomsWithPlaces(read);
    this.#ours = await oursByRoom(read, startOfDayMs, endOfDayMs);
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
  list(reach: Reach, placeId: string | null): RoomAvailability[] {
    return nearestRooms(this.#rooms, reach, placeId).flatMap(({ roomId }) => this.#shown.get(roomId) ?? []);
  }

  #judged(
    room: Pick<RoomAvailability, 'roomId' | 'roomName' | 'placeName'>,
    day: { nowMs: number; endOfDayMs: number },
  ): RoomAvailability {
    const spans = spansOf(this.#reports.bookingsOf(room.roomId), this.#ours.get(room.roomId) ?? []);
    return { ...room, ...availabilityOf({ spans, isInCall: this.#reports.isInCall(room.roomId) }, day) };
  }
}
