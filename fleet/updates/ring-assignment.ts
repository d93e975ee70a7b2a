/**
 * Which ring a room of a rollout is in: pure, and the same whenever it is asked, because its order is a hash of rollout and
 * room. Named rooms and places first, then shares, each hardware model in the first ring with a share; the last ring takes the rest.
 */
import { createHash } from 'node:crypto';
import type { RolloutPlan } from '#contract/rollout.ts';
import type { SoftwareFacts } from './rollout-state.ts';

type Assigned = Pick<SoftwareFacts, 'roomId' | 'placeIds' | 'model'>;

/** Of the plan's places, or of all. */
export const isInPlan = ({ placeIds }: Pick<RolloutPlan, 'placeIds'>, room: Pick<SoftwareFacts, 'placeIds'>): boolean =>
  placeIds.length === 0 || room.placeIds.some((placeId) => placeIds.includes(placeId));

/** @param rooms those of the plan that are to be updated */
export function ringsOf(rolloutId: string, plan: RolloutPlan, rooms: readonly Assigned[]): Map<string, number> {
  const rings = new Map<string, number>();
  const last = plan.rings.length - 1;
  for (const room of rooms) {
    const named = namedRingOf(plan, room);
    if (named !== null) rings.set(room.roomId, named);
  }
  const waiting = rooms
    .filter(({ roomId }) => !rings.has(roomId))
    .map((room) => ({ room, at: placeInOrder(rolloutId, room.roomId) }))
    .sort((a, b) => a.at.localeCompare(b.at))
    .map(({ room }) => room);
  const firstWithShare = plan.rings.findIndex(({ upToPercent }) => upToPercent > 0);
  for (const [ring, { upToPercent }] of plan.rings.entries()) {
    if (ring === last) break;
    if (upToPercent === 0) continue;
    if (ring === firstWithShare)
      for (const room of oneOfEachModel(waiting, rings, rooms, ring)) {
        rings.set(room.roomId, ring);
        waiting.splice(waiting.indexOf(room), 1);
      }
    const wanted = Math.ceil((rooms.length * upToPercent) / 100);
    // named rooms of later rings are not of this share
    const before = [...rings.values()].filter((each) => each <= ring).length;
    for (const room of waiting.splice(0, Math.max(0, wanted - before))) rings.set(room.roomId, ring);
  }
  for (const { roomId } of waiting) rings.set(roomId, last);
  return rings;
}

/** The ring that names a room or its place; null: none. */
export function namedRingOf(plan: RolloutPlan, room: Pick<SoftwareFacts, 'roomId' | 'placeIds'>): number | null {
  const named = plan.rings.findIndex(({ roomIds }) => roomIds.includes(room.roomId));
  if (named >= 0) return named;
  const ofPlace = plan.rings.findIndex(({ placeIds }) => room.placeIds.some((placeId) => placeIds.includes(placeId)));
  return ofPlace >= 0 ? ofPlace : null;
}

/** Of the models that no ring up to this one has. */
function oneOfEachModel(
  waiting: readonly Assigned[],
  rings: ReadonlyMap<string, number>,
  rooms: readonly Assigned[],
  ring: number,
): Assigned[] {
  const seen = new Set(rooms.filter(({ roomId }) => (rings.get(roomId) ?? ring + 1) <= ring).map(({ model }) => model));
  const found: Assigned[] = [];
  for (const room of waiting) {
    if (room.model === null || seen.has(room.model)) continue;
    seen.add(room.model);
    found.push(room);
  }
  return found;
}

const placeInOrder = (rolloutId: string, roomId: string): string =>
  createHash('sha256').update(`${rolloutId} ${roomId}`).digest('hex');
