/** Time on the TV: moves on the minute and on no other frame. */
import { useEffect, useState } from 'react';

const MINUTE_MS = 60_000;

/** Epoch milliseconds, new at each full minute. */
export function useMinute(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (): void => {
      // a little after the minute: a timer that comes early would show the old one for a minute more
      timer = setTimeout(
        () => {
          setNowMs(Date.now());
          wait();
        },
        MINUTE_MS - (Date.now() % MINUTE_MS) + 20,
      );
    };
    wait();
    return () => clearTimeout(timer);
  }, []);
  return nowMs;
}

/** True for `ms` from each change of `key`, the first time included. */
export function useShownAfter(key: string, ms: number): boolean {
  const [hiddenKey, setHiddenKey] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setHiddenKey(key), ms);
    return () => clearTimeout(timer);
  }, [key, ms]);
  return hiddenKey !== key;
}

const STEP_EVERY_MINUTES = 4;
const STEPS = [
  [0, 0],
  [1, 0.5],
  [0.5, 1],
  [-0.5, 0.5],
  [-1, -0.5],
  [0, -1],
  [1, -0.5],
] as const;

/** Burn-in: everything stands a little aside every few minutes, at once, without a moving layer. In rem. */
export function stepAside(nowMs: number): { xRem: number; yRem: number } {
  const [xRem, yRem] = STEPS[Math.floor(nowMs / (STEP_EVERY_MINUTES * MINUTE_MS)) % STEPS.length]!;
  return { xRem, yRem };
}
