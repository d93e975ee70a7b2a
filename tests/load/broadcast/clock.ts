/** A clock that a picture carries in eight bits: steps of wall time, which come round after ten seconds. */
import type { Colour } from '../../simulators/media/picture.ts';

export const CLOCK_STEP_MS = 40;
export const CLOCK_COLOUR: Colour = 'green';
const ROUND = 256;

/** How long ago the picture was drawn, in milliseconds, where that is less than ten seconds. */
export const ageMs = (number: number, nowMs: number): number =>
  ((((Math.floor(nowMs / CLOCK_STEP_MS) - number) % ROUND) + ROUND) % ROUND) * CLOCK_STEP_MS;
