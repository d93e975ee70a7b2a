/** A part of what a meeting left behind: fetched anew with the meeting, and once in a while while the page is looked at. */
import { useCallback, useEffect, useState } from 'react';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import { useLiveHome } from './live-home.ts';

/** the home stream does not show that minutes were written or sent, nor meetings of before today */
const LOOK_MS = 10_000;

export type MeetingPart<T> = {
  /** null: not known yet */
  known: T | null;
  /** why it could not be fetched last; what is shown may be old */
  problem: MaruError | null;
  /** fetches it now */
  refresh: () => void;
};

/** @param read one for all renders: another one is asked anew */
export function useMeetingPart<T>(
  meeting: MeetingDetail,
  read: (meetingId: string, signal: AbortSignal) => Promise<T>,
): MeetingPart<T> {
  const live = useLiveHome();
  const { meetingId } = meeting;
  const [state, setState] = useState<Pick<MeetingPart<T>, 'known' | 'problem'>>({ known: null, problem: null });
  const [asked, setAsked] = useState(0);
  const refresh = useCallback(() => setAsked((count) => count + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed meeting is why it is fetched again
  useEffect(() => {
    const asking = new AbortController();
    read(meetingId, asking.signal).then(
      (known) => {
        if (!asking.signal.aborted) setState({ known, problem: null });
      },
      (error: unknown) => {
        if (asking.signal.aborted || live.failed(error)) return;
        setState((before) => ({ ...before, problem: toMaruError(error) }));
      },
    );
    return () => asking.abort();
  }, [meeting, meetingId, read, live, asked]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') refresh();
    }, LOOK_MS);
    // somebody looks again: what was deleted meanwhile is not shown until the next look
    const onLooked = () => {
      if (document.visibilityState === 'visible') refresh();
    };
    document.addEventListener('visibilitychange', onLooked);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onLooked);
    };
  }, [refresh]);
  return { ...state, refresh };
}
