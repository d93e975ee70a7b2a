/** How far a rollout is, in numbers: pure functions of what the server reports. */
import type { RingReport, Rollout, RoomInRollout } from '#contract/rollout.ts';

export type RoomCounts = RingReport['counts'];

/** In the order in which a room passes through them; those that need somebody come first of the rest. */
export const STATES_SHOWN = [
  'updated',
  'under-way',
  'failed',
  'silent',
  'waiting',
  'offline',
  'left-out',
] as const satisfies readonly RoomInRollout[];

/** Rooms that are left out are not a part of the whole. */
export const totalOf = (counts: RoomCounts): number =>
  STATES_SHOWN.reduce((sum, state) => sum + (state === 'left-out' ? 0 : (counts[state] ?? 0)), 0);

/** Whole percents, rounded down: 100 is all of them. */
export const percentOf = (part: number, total: number): number => (total === 0 ? 0 : Math.floor((100 * part) / total));

export function countsOfRollout(rollout: Rollout): RoomCounts {
  const sum = (state: RoomInRollout) => rollout.rings.reduce((all, { counts }) => all + (counts[state] ?? 0), 0);
  return Object.fromEntries(STATES_SHOWN.map((state) => [state, sum(state)])) as RoomCounts;
}

export const hasEndedRollout = ({ state }: Rollout): boolean => state === 'done' || state === 'aborted';

/** The ring that waits for a person's "go on", and the one that would begin; null: none waits. */
export function awaitedGo({ rings }: Rollout): { ring: RingReport; next: RingReport | null } | null {
  const index = rings.findIndex(({ state }) => state === 'needs-go');
  return index < 0 ? null : { ring: rings[index]!, next: rings[index + 1] ?? null };
}
