/** One meeting, fetched anew each time that the home stream shows a change: its people, who came, its policy. */
import { useCallback, useEffect, useState } from 'react';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { type MeetingDetail, meetingsApi } from '#contract/http/meetings-api.ts';
import { callApi } from '#ui/http-client.ts';
import { useHome, useLiveHome } from './live-home.ts';

const MAIL_LOOK_MS = 3_000;

export type MeetingState = {
  /** null: not known yet */
  meeting: MeetingDetail | null;
  /** why it could not be fetched last; what is shown may be old */
  problem: MaruError | null;
  /** fetches it now */
  refresh: () => void;
};

export function useMeeting(meetingId: string): MeetingState {
  const live = useLiveHome();
  const { home } = useHome();
  const [state, setState] = useState<Pick<MeetingState, 'meeting' | 'problem'>>({ meeting: null, problem: null });
  const [asked, setAsked] = useState(0);
  const refresh = useCallback(() => setAsked((count) => count + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change at home is why it is fetched again
  useEffect(() => {
    const asking = new AbortController();
    callApi(meetingsApi.meeting, { params: { meetingId }, signal: asking.signal }).then(
      ({ meeting }) => setState({ meeting, problem: null }),
      (error: unknown) => {
        if (asking.signal.aborted || live.failed(error)) return;
        setState((before) => ({ ...before, problem: toMaruError(error) }));
      },
    );
    return () => asking.abort();
  }, [meetingId, live, home, asked]);
  const isMailWaiting = state.meeting?.people.some(({ mail }) => mail === 'queued') ?? false;
  useEffect(() => {
    if (!isMailWaiting) return;
    // the home stream does not show what becomes of mails
    const timer = setInterval(refresh, MAIL_LOOK_MS);
    return () => clearInterval(timer);
  }, [isMailWaiting, refresh]);
  return { ...state, refresh };
}
