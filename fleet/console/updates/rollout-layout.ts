/**
 * Where each room of a ring stands in the picture, as dots: from the top (waiting) through the middle (under way) to the
 * bottom (updated), with failed and silent rooms apart from them. Pure; positions are in the picture's own units.
 */
import type { RoomInRollout } from '#contract/rollout.ts';
import type { RoomCounts } from './rollout-figures.ts';

export type DotState = Exclude<RoomInRollout, 'left-out'>;
export type Dot = { state: DotState; x: number; y: number };
export type RingLayout = { dots: Dot[]; width: number; height: number; bands: { y: number; height: number }[] };

export const PITCH = 14;
const GAP = 10;
const MOST_DOTS = 64;
const STEPS = [1, 2, 5];

/** Dots are dealt in this order: the one that was under way is the one that is updated next, and moves there. */
const DEALT = ['updated', 'failed', 'silent', 'under-way', 'waiting', 'offline'] as const satisfies readonly DotState[];
const BANDS = [
  ['waiting', 'offline'],
  ['under-way'],
  ['updated'],
  ['failed', 'silent'],
] as const satisfies readonly (readonly DotState[])[];

/** So many rooms are one dot: 1, 2, 5, 10, 20 … so that the largest ring has no more than MOST_DOTS. */
export function roomsPerDot(rings: readonly RoomCounts[]): number {
  const largest = Math.max(0, ...rings.map((counts) => DEALT.reduce((sum, state) => sum + (counts[state] ?? 0), 0)));
  for (let power = 1; ; power *= 10) {
    const found = STEPS.find((step) => largest / (step * power) <= MOST_DOTS);
    if (found !== undefined) return found * power;
  }
}

/** Every state that has a room has a dot. */
const dotsOf = (counts: RoomCounts, state: DotState, perDot: number): number =>
  Math.ceil((counts[state] ?? 0) / perDot);

/** The rings side by side: each band is as tall as the ring that needs it most, so that they stand in line. */
export function layoutOf(rings: readonly RoomCounts[], across: number): RingLayout[] {
  const perDot = roomsPerDot(rings);
  const inBand = (counts: RoomCounts, band: readonly DotState[]) =>
    band.reduce((sum, state) => sum + dotsOf(counts, state, perDot), 0);
  let top = 0;
  const bands = BANDS.map((band, index) => {
    const most = Math.max(...rings.map((counts) => inBand(counts, band)));
    // nobody has failed: the picture ends before
    const rows = most === 0 && index === BANDS.length - 1 ? 0 : Math.max(1, Math.ceil(most / across));
    const y = top;
    if (rows > 0) top += rows * PITCH + GAP;
    return { y, height: rows * PITCH };
  });
  const height = top - GAP;
  return rings.map((counts) => {
    const filled = bands.map(() => 0);
    const dots: Dot[] = [];
    for (const state of DEALT) {
      const band = BANDS.findIndex((states) => (states as readonly DotState[]).includes(state));
      for (let left = dotsOf(counts, state, perDot); left > 0; left -= 1) {
        const at = filled[band]!;
        filled[band] = at + 1;
        dots.push({
          state,
          x: (at % across) * PITCH + PITCH / 2,
          y: bands[band]!.y + Math.floor(at / across) * PITCH + PITCH / 2,
        });
      }
    }
    return { dots, width: across * PITCH, height, bands };
  });
}
