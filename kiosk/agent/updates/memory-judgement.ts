/**
 * Whether a program's memory grows without an end, from samples of a short time: pure. Memory that is collected now and then goes up
 * and down, so the least of the first part is compared with the least of the last.
 */

/** Before that, nothing is said: a start itself takes memory. */
export const LEAST_SAMPLES = 20;
/** Of the samples, at either end. */
const END_SHARE = 1 / 4;
/** More than any start still takes, and what a leak that ends a night takes within a minute. */
export const MOST_GROWTH_BYTES = 96 * 1024 * 1024;

/** One each second. @returns by how much it grew, where that is too much; null: well, or not known yet */
export function growthOf(samples: readonly number[]): number | null {
  if (samples.length < LEAST_SAMPLES) return null;
  const count = Math.max(1, Math.floor(samples.length * END_SHARE));
  const grownBytes = Math.min(...samples.slice(-count)) - Math.min(...samples.slice(0, count));
  return grownBytes > MOST_GROWTH_BYTES ? grownBytes : null;
}
