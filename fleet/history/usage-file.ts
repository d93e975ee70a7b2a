/** The use of rooms as a file for a spreadsheet: CSV (RFC 4180) in UTF-8 with a mark, by which Excel reads Korean. */
import { CSV_MARK, csvLine } from '#edge/csv-line.ts';
import type { PlaceUsage, RoomUsage } from '#contract/http/fleet-api.ts';

const SUMS = ['calls', 'call minutes', 'booked minutes', 'no-shows', 'fault minutes'];
const MINUTE_MS = 60_000;

/** A line for each room, with its place. */
export function roomUsageFile(rooms: readonly RoomUsage[], places: readonly PlaceUsage[]): string {
  const pathOf = new Map(places.map(({ placeId, path }) => [placeId, path]));
  return fileOf(
    ['room', 'place', ...SUMS],
    rooms.map((room) => [
      room.roomName,
      room.placeId === null ? '' : (pathOf.get(room.placeId) ?? ''),
      ...sumsOf(room),
    ]),
  );
}

/** A line for each place, with all rooms below it. */
export const placeUsageFile = (places: readonly PlaceUsage[]): string =>
  fileOf(
    ['place', 'rooms', ...SUMS],
    places.map((place) => [place.path, String(place.roomCount), ...sumsOf(place)]),
  );

const sumsOf = ({ callCount, callMs, bookedMs, noShowCount, faultMs }: RoomUsage | PlaceUsage): string[] => [
  String(callCount),
  minutes(callMs),
  minutes(bookedMs),
  String(noShowCount),
  minutes(faultMs),
];
const minutes = (ms: number): string => String(Math.round(ms / MINUTE_MS));

const fileOf = (headings: readonly string[], lines: readonly string[][]): string =>
  CSV_MARK + [headings, ...lines].map(csvLine).join('');
