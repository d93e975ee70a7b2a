/** Holds back what would move while the parts above it are still fetched: a press between two places would go lost. */
import { useEffect, useState } from 'react';

/** @returns whether `isKnown` was true once, or `longestMs` have passed since the first drawing: a slow server hides nothing for longer */
export function useOnceKnown(isKnown: boolean, longestMs: number): boolean {
  const [isOver, setOver] = useState(false);
  if (isKnown && !isOver) setOver(true);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), longestMs);
    return () => clearTimeout(timer);
  }, [longestMs]);
  return isKnown || isOver;
}
