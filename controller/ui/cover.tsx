/** What stands over a call that is drawn ahead, and is moved away from it. */
import type { ReactNode } from 'react';
import { useTrueFor } from './use-true-for.ts';

/** Taking apart what stood before the call would keep the first picture waiting. */
const KEPT_MS = 1_000;

/**
 * A layer of its own, moved out of sight at once when it is `lifted`: nothing beneath it is painted anew. What was in it is
 * taken apart a moment later.
 */
export function Cover({
  lifted,
  className = '',
  children,
}: {
  lifted: boolean;
  className?: string;
  children: ReactNode;
}) {
  const settled = useTrueFor(lifted, KEPT_MS);
  if (settled) return null;
  return (
    <div
      aria-hidden={lifted || undefined}
      className={`relative will-change-transform ${className} ${lifted ? '-translate-x-[200vw]' : ''}`}
    >
      {children}
    </div>
  );
}
