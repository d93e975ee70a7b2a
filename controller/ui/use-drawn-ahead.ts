/** When a call is drawn out of sight, so that its first frame finds its place. */
import { useRef } from 'react';
import { useTrueFor } from './use-true-for.ts';

/** Once the way in is open, and what is negotiated for it has had the machine to itself. */
const DRAWN_AHEAD_AFTER_MS = 300;

/**
 * As which peer the call is drawn before one is in it; null: it is not.
 * @param preparedAs the peer that one would be; null: nothing is prepared
 * @param joining the preparation is in use: what is drawn stays
 */
export function useDrawnAhead(preparedAs: string | null, joining: boolean): string | null {
  const due = useTrueFor(preparedAs !== null, DRAWN_AHEAD_AFTER_MS);
  const drawn = useRef<string | null>(null);
  if (!joining) drawn.current = due ? preparedAs : null;
  return drawn.current;
}
