/** Patience: what passes quickly is not worth saying. */
import { useEffect, useState } from 'react';

/** How long something has been true, reported once it is longer than `ms`. */
export function useTrueFor(condition: boolean, ms: number): boolean {
  const [long, setLong] = useState(false);
  useEffect(() => {
    if (!condition) return setLong(false);
    const timer = setTimeout(() => setLong(true), ms);
    return () => clearTimeout(timer);
  }, [condition, ms]);
  return condition && long;
}
