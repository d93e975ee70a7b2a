/** Marks the newest message that a page showed: at a pace, one request for many messages, each message once. */
import { useCallback, useEffect, useRef } from 'react';
import { MARK_READ_EVERY_MS } from '#contract/chat.ts';

/**
 * @param mark what fails is left: the next message marks this one too. Changes with the chat alone
 * @returns for a message that is shown on a page that is looked at
 */
export function useReadMark(mark: (messageId: string) => Promise<void>): (messageId: string) => void {
  const wanted = useRef<string | null>(null);
  const marked = useRef<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  return useCallback(
    (messageId: string) => {
      wanted.current = messageId;
      timer.current ??= setTimeout(() => {
        timer.current = null;
        const newest = wanted.current;
        if (newest === null || newest === marked.current) return;
        marked.current = newest;
        mark(newest).catch(() => {});
      }, MARK_READ_EVERY_MS);
    },
    [mark],
  );
}
