/** The one back-off: how long to wait before a try is repeated. */
export type RetryPauses = { firstMs: number; longestMs: number };

/**
 * Doubles from `firstMs` up to `longestMs`, spread over its upper half so that peers do not come back in step.
 * @param failures tries that failed one after the other, before the one that failed last: 0 for the first pause
 * @param random in [0, 1)
 */
export function retryAfterMs(
  failures: number,
  { firstMs, longestMs }: RetryPauses,
  random: number = Math.random(),
): number {
  const mostMs = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 30));
  return Math.round(mostMs * (0.5 + random / 2));
}
