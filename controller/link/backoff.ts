/** How long to wait before the next attempt to connect. */

export const RECONNECT_MAX_MS = 2_000;
const FIRST_MS = 150;

/**
 * Doubles from 150 ms to 2 s, spread over its upper half so that the phones of a building do not come back as one.
 * `attempt` counts from 0; `random` is in [0, 1).
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  const ceiling = Math.min(RECONNECT_MAX_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling * (0.5 + random / 2));
}
