/** Rooms that people cannot tell apart by their name: pure. */
import type { RoomSummary } from '#contract/http-api.ts';

/** As people compare names: case, width and spaces do not matter. */
const asRead = (name: string): string => name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();

/** Another room is called so already. `exceptRoomId`: the one that is being renamed. */
export function isTaken(name: string, rooms: readonly RoomSummary[], exceptRoomId: string | null = null): boolean {
  const read = asRead(name);
  return read !== '' && rooms.some(({ roomId, roomName }) => roomId !== exceptRoomId && asRead(roomName) === read);
}

/** The ids of all rooms whose name another one has too. */
export function sameNamed(rooms: readonly RoomSummary[]): ReadonlySet<string> {
  return new Set(rooms.filter(({ roomId, roomName }) => isTaken(roomName, rooms, roomId)).map(({ roomId }) => roomId));
}
