/** A call that was prepared is there at once: drawing in between that it starts would only keep it waiting. */
import { type ReactNode, useRef } from 'react';
import { useTrueFor } from './use-true-for.ts';

const STARTING_SHOWN_AFTER_MS = 200;

/**
 * What `idle` looked like stays while `starting` passes quickly: the same element is not drawn again, whatever is said
 * meanwhile.
 * @param name of the state that `drawing` shows
 */
export function useUnhurried(name: string, drawing: ReactNode): ReactNode {
  const starting = name === 'starting';
  const slow = useTrueFor(starting, STARTING_SHOWN_AFTER_MS);
  const drawn = useRef({ name, drawing });
  if (!starting || slow || drawn.current.name !== 'idle') drawn.current = { name, drawing };
  return drawn.current.drawing;
}
