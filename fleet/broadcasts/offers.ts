/** Which broadcasts a room is offered for its TV: live, or planned for the next minutes, and the room's place is of the audience. */
import { isOnAir } from '#contract/broadcast.ts';
import { MAX_OFFERED, type OfferedBroadcast } from '#contract/room-broadcasts.ts';
import type { AuthorityStore } from '../store/index.ts';
import { isOfRoomsAudience } from './audience.ts';
import { inPhases, type StoredBroadcast } from './broadcast-rows.ts';

type Offerable = Pick<
  StoredBroadcast,
  'broadcastId' | 'meetingId' | 'kind' | 'title' | 'phase' | 'startsAtMs' | 'audience'
>;

export const OFFERED_BEFORE_MS = 15 * 60_000;
/** a plan whose time has passed without a broadcast */
const MISSED_MS = 15 * 60_000;

/** The store is read once for all rooms. @returns what a room with this place, and those above it, is offered */
export async function offersIn(
  db: AuthorityStore['read'],
  nowMs: number,
): Promise<(placePath: readonly string[]) => OfferedBroadcast[]> {
  const broadcasts = await inPhases(db, ['planned', 'green-room', 'countdown', 'live', 'hold']);
  return (placePath) => offersFor(broadcasts, placePath, nowMs);
}

/** What is on first, then what begins first. */
export function offersFor(
  broadcasts: readonly Offerable[],
  placePath: readonly string[],
  nowMs: number,
): OfferedBroadcast[] {
  return broadcasts
    .filter((broadcast) => isOffered(broadcast, nowMs) && isOfRoomsAudience(broadcast, placePath))
    .sort((a, b) => rankOf(a) - rankOf(b) || (a.startsAtMs ?? 0) - (b.startsAtMs ?? 0))
    .slice(0, MAX_OFFERED)
    .map(({ broadcastId, title, phase, startsAtMs }) => ({ broadcastId, title, phase, startsAtMs }));
}

const rankOf = ({ phase }: Offerable): number => (isOnAir(phase) ? 0 : phase === 'countdown' ? 1 : 2);

/** Who prepares one by hand, without a time, may still put it off. */
function isOffered({ phase, startsAtMs }: Offerable, nowMs: number): boolean {
  if (phase === 'countdown' || isOnAir(phase)) return true;
  if (phase !== 'planned' && phase !== 'green-room') return false;
  return startsAtMs !== null && startsAtMs - nowMs <= OFFERED_BEFORE_MS && nowMs - startsAtMs <= MISSED_MS;
}
