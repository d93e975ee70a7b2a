/** A prepared call appears at once, so showing a "starting" page first would only delay it. */
import { useState } from 'react';
import { useTrueFor } from './use-true-for.ts';

/** For pages that only follow what a room does. */
const STARTING_SHOWN_AFTER_MS = 200;

/**
 * True: a start that follows `idle` is too young to be shown, and the idle page stays. After any other page a start is
 * shown at once.
 */
export function useDelayedStart({ idle, starting }: { idle: boolean; starting: boolean }, afterMs?: number): boolean {
  const slow = useTrueFor(starting, afterMs ?? STARTING_SHOWN_AFTER_MS);
  const [fromIdle, setFromIdle] = useState(idle);
  // during render, as React has it for state that follows props
  if (!starting && fromIdle !== idle) setFromIdle(idle);
  return starting && fromIdle && !slow;
}
