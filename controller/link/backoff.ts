/** How long to wait before the next attempt to connect. */
import { retryAfterMs } from '#contract/retry-after.ts';

export const RECONNECT_MAX_MS = 2_000;
const FIRST_MS = 150;

/**
 * From 150 ms to 2 s, spread so that the phones of a building do not come back as one.
 * `attempt` counts from 0; `random` is in [0, 1).
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  return retryAfterMs(attempt, { firstMs: FIRST_MS, longestMs: RECONNECT_MAX_MS }, random);
}
