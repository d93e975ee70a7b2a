/**
 * Brings a TV's volume to where the room wants it, with nothing but the keys "up" and "down": in bounded steps, by what
 * the TV tells of itself where it does, by count where it tells nothing. What one key moves is learned on the way.
 */
import { MaruError } from '#contract/error-codes.ts';

const STEPS_AT_ONCE = 10;
const MOST_ROUNDS = 20;
/** Never so many keys that a TV with other steps ends far too loud. */
const MOST_BLIND_STEPS = 30;

export type VolumeKeys = {
  /** what it was brought to the last time; null: never */
  before: number | null;
  /** @throws where it does not tell */
  ask: () => Promise<number>;
  /** up where positive. @returns what the TV tells after it; null: nothing */
  press: (steps: number) => Promise<number | null>;
};

export async function reachVolume(percent: number, keys: VolumeKeys): Promise<void> {
  let known = await askedVolume(keys);
  // a TV that does not answer may still tell after a key; without anything to count from, it is left as it is
  let blindSteps = known === null ? clamp(percent - (keys.before ?? percent), MOST_BLIND_STEPS) : 0;
  let percentPerStep = 1;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const missing = known === null ? blindSteps : Math.round((percent - known) / percentPerStep);
    if (missing === 0) return;
    const steps = clamp(missing, STEPS_AT_ONCE);
    const told = await keys.press(steps);
    if (told === null) {
      if (known === null) blindSteps -= steps;
      else known += steps * percentPerStep;
      continue;
    }
    // it has reached its end, or its keys do nothing
    if (told === known) return;
    if (known !== null) percentPerStep = Math.abs((told - known) / steps);
    known = told;
  }
}

async function askedVolume({ ask }: VolumeKeys): Promise<number | null> {
  try {
    return await ask();
  } catch (error) {
    // refused or not answered: most TVs tell nothing. Keys that do not reach it either say so themselves
    if (error instanceof MaruError && error.code !== 'device-gone') return null;
    throw error;
  }
}

const clamp = (steps: number, most: number): number => Math.max(-most, Math.min(most, steps));
