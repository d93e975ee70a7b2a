/** Time as the calendar knows it, so that tests can let a day pass in a second. */
import type { AgendaTime } from './agenda-state.ts';

export type Clock = {
  now(): AgendaTime;
  /** Calls back once, unless the function that comes back is called first. */
  after(delayMs: number, then: () => void): () => void;
};

/** `nowMs`: by another wall's clock, e.g. of a test; what really passed is the machine's own count. */
export const systemClock = (nowMs: () => number = Date.now): Clock => ({
  now: () => ({ nowMs: nowMs(), steadyMs: performance.now() }),
  after: (delayMs, then) => {
    const timer = setTimeout(then, delayMs);
    return () => clearTimeout(timer);
  },
});
