/** How long somebody was there, as every page and file of a meeting says it. */
const MINUTE_MS = 60_000;

/** Whole minutes that have passed, as a clock counts them; 0: under one minute. */
export const presenceMinutes = (presentMs: number): number => Math.floor(Math.max(0, presentMs) / MINUTE_MS);
