/** The lines of the table of use: pure. */
import type { fleetApi } from '#contract/http/fleet-api.ts';
import type { RouteAnswer } from '#contract/http/route.ts';
import type { Language } from '#contract/schema.ts';

export const SUMS = ['callCount', 'callMs', 'bookedMs', 'noShowCount', 'faultMs'] as const;
export type SumName = (typeof SUMS)[number];
export type UsageColumn = 'name' | 'place' | 'roomCount' | SumName;
export type UsageLine = Record<SumName, number> & {
  /** of the room, or of the place */
  id: string;
  name: string;
  /** where the room stands; empty: directly below the organisation */
  place: string;
  roomCount: number;
};
type UsageAnswer = RouteAnswer<typeof fleetApi.usage>;

export function linesOf({ rooms, places }: UsageAnswer, by: 'room' | 'place'): UsageLine[] {
  if (by === 'place') return places.map((place) => ({ ...place, id: place.placeId, name: place.path, place: '' }));
  const pathOf = new Map(places.map(({ placeId, path }) => [placeId, path]));
  return rooms.map((room) => ({
    ...room,
    id: room.roomId,
    name: room.roomName,
    place: room.placeId === null ? '' : (pathOf.get(room.placeId) ?? ''),
    roomCount: 1,
  }));
}

/** @param sort a column, with `-` before it the last first; anything else: by name */
export function sortLines(lines: readonly UsageLine[], sort: string, language: Language): UsageLine[] {
  const isDown = sort.startsWith('-');
  const column = COLUMNS.find((each) => each === (isDown ? sort.slice(1) : sort)) ?? 'name';
  const { compare } = new Intl.Collator(language, { numeric: true });
  const byColumn = (a: UsageLine, b: UsageLine): number => {
    const [one, other] = [a[column], b[column]];
    return typeof one === 'string' || typeof other === 'string' ? compare(String(one), String(other)) : one - other;
  };
  return lines.toSorted((a, b) => (isDown ? -1 : 1) * byColumn(a, b) || compare(a.name, b.name));
}
const COLUMNS: readonly UsageColumn[] = ['name', 'place', 'roomCount', ...SUMS];

export function sumOf(rooms: UsageAnswer['rooms']): Record<SumName, number> {
  const total = { callCount: 0, callMs: 0, bookedMs: 0, noShowCount: 0, faultMs: 0 };
  for (const room of rooms) for (const name of SUMS) total[name] += room[name];
  return total;
}
