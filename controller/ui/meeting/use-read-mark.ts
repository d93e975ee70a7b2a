/** Marks the newest message that a page showed: at a pace, one request for many messages, each message once. */
import { useCallback, useEffect, useRef } from 'react';
import { MARK_READ_EVERY_MS } from '#contract/chat.ts';

const LONGEST_RETRY_MS = 600_000;
type Progress = {
  /** the newest that was shown */
  wanted: string | null;
  /** the one that is marked, or under way */
  marked: string | null;
  timer: ReturnType<typeof setTimeout> | null;
  /** one after the other; 0: the last mark was kept */
  failureCount: number;
};
const fresh = (): Progress => ({ wanted: null, marked: null, timer: null, failureCount: 0 });

/**
 * @param mark what fails is tried again, each time later; a newer message marks this one too. Changes with the chat alone
 * @returns for a message that is shown on a page that is looked at
 */
export function useReadMark(mark: (messageId: string) => Promise<void>): (messageId: string) => void {
  const current = useRef(fresh());
  // biome-ignore lint/correctness/useExhaustiveDependencies: of another chat nothing is marked by what this one showed
  useEffect(
    () => () => {
      if (current.current.timer !== null) clearTimeout(current.current.timer);
      current.current = fresh();
    },
    [mark],
  );
  return useCallback(
    (messageId: string) => {
      const progress = current.current;
      const isRetryAwaited = progress.failureCount > 0 && messageId !== progress.wanted;
      if (isRetryAwaited && progress.timer !== null) {
        clearTimeout(progress.timer);
        progress.timer = null;
        progress.failureCount = 0;
      }
      progress.wanted = messageId;
      const markIn = (afterMs: number): void => {
        progress.timer ??= setTimeout(() => {
          progress.timer = null;
          const { wanted } = progress;
          if (wanted === null || wanted === progress.marked) return;
          progress.marked = wanted;
          mark(wanted).then(
            () => {
              progress.failureCount = 0;
            },
            () => {
              // a newer one is under way, or the page shows another chat
              if (progress.marked !== wanted || current.current !== progress) return;
              progress.marked = null;
              progress.failureCount += 1;
              markIn(Math.min(MARK_READ_EVERY_MS * 2 ** progress.failureCount, LONGEST_RETRY_MS));
            },
          );
        }, afterMs);
      };
      markIn(MARK_READ_EVERY_MS);
    },
    [mark],
  );
}
