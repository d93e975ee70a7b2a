/** Rooms that are selected in a list, by id, with their names: they stay selected while the list moves under them. */
import { useMemo, useState } from 'react';
import type { RoomRow } from '#contract/http/rooms-api.ts';

export type SelectedRooms = {
  count: number;
  roomIds: readonly string[];
  has: (roomId: string) => boolean;
  /** null: not a selected one */
  nameOf: (roomId: string) => string | null;
  toggle: (room: Named) => void;
  add: (rooms: readonly Named[]) => void;
  remove: (rooms: readonly Named[]) => void;
  clear: () => void;
};
type Named = Pick<RoomRow, 'roomId' | 'roomName'>;

/** what the server takes at once */
export const MOST_SELECTED = 500;

export function useSelectedRooms(): SelectedRooms {
  const [selected, setSelected] = useState<ReadonlyMap<string, string>>(new Map());
  return useMemo(() => {
    const change = (edit: (rooms: Map<string, string>) => void) =>
      setSelected((before) => {
        const next = new Map(before);
        edit(next);
        return next;
      });
    return {
      count: selected.size,
      roomIds: [...selected.keys()],
      has: (roomId) => selected.has(roomId),
      nameOf: (roomId) => selected.get(roomId) ?? null,
      toggle: ({ roomId, roomName }) =>
        change((rooms) => {
          if (!rooms.delete(roomId)) rooms.set(roomId, roomName);
        }),
      add: (more) =>
        change((rooms) => {
          for (const { roomId, roomName } of more) rooms.set(roomId, roomName);
        }),
      remove: (fewer) =>
        change((rooms) => {
          for (const { roomId } of fewer) rooms.delete(roomId);
        }),
      clear: () => setSelected(new Map()),
    };
  }, [selected]);
}
