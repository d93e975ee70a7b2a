/** Which places are cut off as a whole: pure, from the rooms that are in service there. */
import type { SignalFinding } from './signal-machine.ts';

export type RoomOfSites = {
  /** its place and those above it, the nearest first */
  placeIds: readonly string[];
  /** fleet's clock; null: it is online, or not known to be offline */
  offlineSinceMs: number | null;
};

const LEAST_ROOMS = 3;
const WITHIN_MS = 60_000;

/**
 * A place with three rooms at least that are all offline, and went so within a minute. Of places in each other the outermost
 * alone. `open`: where it is raised now: that lasts until one of its rooms is back, however late another went.
 */
export function sitesOffline(
  rooms: readonly RoomOfSites[],
  open: ReadonlySet<string>,
): Map<string, Exclude<SignalFinding, 'unknown' | null>> {
  const places = new Map<
    string,
    { count: number; isOffline: boolean; firstMs: number; lastMs: number; path: readonly string[] }
  >();
  for (const { placeIds, offlineSinceMs } of rooms)
    for (const [at, placeId] of placeIds.entries()) {
      const place = places.get(placeId) ?? {
        count: 0,
        isOffline: true,
        firstMs: Number.POSITIVE_INFINITY,
        lastMs: Number.NEGATIVE_INFINITY,
        path: placeIds.slice(at + 1),
      };
      places.set(placeId, place);
      place.count += 1;
      if (offlineSinceMs === null) place.isOffline = false;
      else {
        place.firstMs = Math.min(place.firstMs, offlineSinceMs);
        place.lastMs = Math.max(place.lastMs, offlineSinceMs);
      }
    }
  const isCutOff = (placeId: string): boolean => {
    const { count, isOffline, firstMs, lastMs } = places.get(placeId)!;
    return isOffline && (open.has(placeId) || (count >= LEAST_ROOMS && lastMs - firstMs <= WITHIN_MS));
  };
  const found = new Map<string, Exclude<SignalFinding, 'unknown' | null>>();
  for (const [placeId, { path, count }] of places)
    if (isCutOff(placeId) && !path.some(isCutOff)) found.set(placeId, { roomCount: count });
  return found;
}
