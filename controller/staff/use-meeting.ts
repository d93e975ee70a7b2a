/** One meeting, fetched anew each time that the home stream shows a change of it: its people, who came, its policy. */
import { useCallback, useEffect, useState } from 'react';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { type MeetingDetail, type MeetingSummary, meetingsApi, type StaffHome } from '#contract/http/meetings-api.ts';
import { callApi } from '#ui/http-client.ts';
import type { HomeState } from '#ui/followed-home.ts';
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
  const news = useNewsOf(meetingId);
  const [state, setState] = useState<Pick<MeetingState, 'meeting' | 'problem'>>({ meeting: null, problem: null });
  const [asked, setAsked] = useState(0);
  const refresh = useCallback(() => setAsked((count) => count + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of it at home is why it is fetched again
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
  }, [meetingId, live, news, asked]);
  const isMailWaiting = state.meeting?.people.some(({ mail }) => mail === 'queued') ?? false;
  useEffect(() => {
    if (!isMailWaiting) return;
    // the home stream does not show what becomes of mails
    const timer = setInterval(refresh, MAIL_LOOK_MS);
    return () => clearInterval(timer);
  }, [isMailWaiting, refresh]);
  return { ...state, refresh };
}

/**
 * How often what is written in a meeting has changed, as far as is known: also where the meeting was not fetched again since.
 * undefined: nothing is written
 */
export function useRevision(
  { meetingId, ...fetched }: Pick<MeetingDetail, 'meetingId' | Revision>,
  revision: Revision,
): number | undefined {
  const { home } = useHome();
  const known = [fetched[revision], summaryIn(home, meetingId)?.[revision]].filter((each) => each !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** Another number each time that somebody has read what the caller wrote; undefined: nobody has, as far as is known. */
export function useReadRevision(meetingId: string): number | undefined {
  return summaryIn(useHome().home, meetingId)?.chatReadRevision;
}

type Revision = 'chatRevision' | 'transcriptRevision';
const GROWS: ReadonlySet<string> = new Set([
  'chatRevision',
  'chatReadRevision',
  'transcriptRevision',
] satisfies (keyof MeetingSummary)[]);

const summaryIn = (home: StaffHome | null, meetingId: string): MeetingSummary | undefined =>
  home?.meetings.find((each) => each.meetingId === meetingId);

/** Counts the changes at home for which the meeting is fetched again. */
function useNewsOf(meetingId: string): number {
  const now = useHome();
  const [followed, setFollowed] = useState({ last: now, count: 0 });
  if (followed.last.home === now.home) return followed.count;
  const count = followed.count + (isNews(followed.last, now, meetingId) ? 1 : 0);
  setFollowed({ last: now, count });
  return count;
}

/** Not what grew by a message or a sentence alone: parts of the page of their own follow that. */
function isNews(before: HomeState<StaffHome>, now: HomeState<StaffHome>, meetingId: string): boolean {
  if (before.home === null || now.home === null || before.connections !== now.connections) return true;
  return (
    shownIn(before.home, meetingId) !== shownIn(now.home, meetingId) ||
    // the same again: it was asked for
    JSON.stringify(before.home) === JSON.stringify(now.home)
  );
}

/** The meeting as the home shows it, or all of the home where the meeting is not in it, without what grows. */
const shownIn = (home: StaffHome, meetingId: string): string =>
  JSON.stringify(summaryIn(home, meetingId) ?? home, (key, value: unknown) => (GROWS.has(key) ? undefined : value));
