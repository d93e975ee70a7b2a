/** Short news, one at a time, four seconds each, announced to screen readers. Never the only sign of a fault. */
import { useCallback, useEffect, useState } from 'react';
import { Icon } from './icon.tsx';
import type { LucideIcon } from './icon.tsx';

export const TOAST_SHOWN_MS = 4_000;

export type Toast = {
  id: number;
  words: string;
  icon?: LucideIcon;
  tone?: 'plain' | 'warn' | 'fault';
  /** what it is about opens on the page by itself: seen where something covers the page, else for screen readers alone */
  isOnPage?: boolean;
};

let lastId = 0;

/** A queue of news: `add` from anywhere in the page, `current` is what `ToastRegion` shows. */
export function useToasts(): { current: Toast | null; add: (toast: Omit<Toast, 'id'>) => void } {
  const [queue, setQueue] = useState<readonly Toast[]>([]);
  const current = queue[0] ?? null;
  useEffect(() => {
    if (current === null) return;
    const timer = setTimeout(() => setQueue((waiting) => waiting.slice(1)), TOAST_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [current]);
  const add = useCallback((toast: Omit<Toast, 'id'>) => {
    const news = { ...toast, id: ++lastId };
    const isUrgent = (toast.tone ?? 'plain') !== 'plain';
    setQueue((waiting) => {
      // it answers what a person has just done: old news waits
      const others = waiting.filter(({ words }) => !isUrgent || words !== toast.words);
      return isUrgent ? [news, ...others] : [...others, news];
    });
  }, []);
  return { current, add };
}

const toneClass = { plain: 'bg-ink text-surface', warn: 'bg-warn text-warn-ink', fault: 'bg-fault text-fault-ink' };

type ToastRegionProps = { current: Toast | null; isPageCovered?: boolean; className?: string };

/** `className` places it and sets its type (`text-tv-small` on the TV). The live region is always there. */
export function ToastRegion({ current, isPageCovered = true, className = '' }: ToastRegionProps) {
  const isSeen = isPageCovered || !current?.isOnPage;
  return (
    <div role="status" aria-live="polite" className={`pointer-events-none ${className}`}>
      {current && (
        <div
          key={current.id}
          className={
            isSeen
              ? `flex animate-rise items-center gap-3 rounded-control px-[1em] py-[0.75em] font-medium shadow-overlay ${toneClass[current.tone ?? 'plain']}`
              : 'sr-only'
          }
        >
          {current.icon && <Icon of={current.icon} className="size-[1.4em]" />}
          <span>{current.words}</span>
        </div>
      )}
    </div>
  );
}
