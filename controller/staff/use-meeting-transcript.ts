/** What was spoken in a meeting, as far back as it was asked for: read again each time that its revision grows. */
import { useCallback, useEffect, useState } from 'react';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import type { RouteAnswer } from '#contract/http/route.ts';
import { type SpokenText, transcriptApi } from '#contract/http/transcript-api.ts';
import { callApi } from '#ui/http-client.ts';
import { useLiveHome } from './live-home.ts';

export type MeetingTranscript = {
  /** in the order in which they were spoken; null: not known yet */
  known: readonly SpokenText[] | null;
  hasOlder: boolean;
  /** why it could not be read last; what is shown may be old */
  problem: MaruError | null;
  refresh: () => void;
  readOlder: () => Promise<void>;
  /** for everyone */
  remove: (segment: SpokenText) => Promise<void>;
};
type Known = Pick<MeetingTranscript, 'known' | 'hasOlder' | 'problem'>;
const NOTHING: Known = { known: null, hasOlder: false, problem: null };

/** @param revision undefined: nothing is written, as far as is known @param words those alone in which they stand; null: all */
export function useMeetingTranscript(
  meetingId: string,
  revision: number | undefined,
  words: string | null,
): MeetingTranscript {
  const live = useLiveHome();
  const [state, setState] = useState<Known & { words: string | null }>({ ...NOTHING, words });
  const [asked, setAsked] = useState(0);
  const refresh = useCallback(() => setAsked((count) => count + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision is why it is read again
  useEffect(() => {
    const asking = new AbortController();
    read(meetingId, words, undefined, asking.signal).then(
      (newest) => {
        if (!asking.signal.aborted)
          setState((before) => ({ ...withNewest(before.words === words ? before : NOTHING, newest), words }));
      },
      (error: unknown) => {
        if (asking.signal.aborted || live.failed(error)) return;
        setState((before) => ({ ...(before.words === words ? before : NOTHING), words, problem: toMaruError(error) }));
      },
    );
    return () => asking.abort();
  }, [meetingId, revision, words, live, asked]);
  const shown = state.words === words ? state : NOTHING;
  const readOlder = async () => {
    const firstNumber = lowestOf(shown.known ?? []);
    if (firstNumber === null) return;
    const older = await read(meetingId, words, firstNumber);
    setState((before) =>
      before.words === words
        ? { ...before, known: merged(older.segments, before.known ?? []), hasOlder: older.hasOlder }
        : before,
    );
  };
  const remove = async ({ callId, segmentId }: SpokenText) => {
    await callApi(transcriptApi.deleteSpoken, { params: { meetingId, callId, segmentId } });
    setState((before) => ({
      ...before,
      known: before.known?.filter((each) => each.segmentId !== segmentId) ?? null,
    }));
  };
  return { ...shown, refresh, readOlder, remove };
}

type Answer = RouteAnswer<typeof transcriptApi.transcript>;

function read(
  meetingId: string,
  words: string | null,
  beforeNumber: number | undefined,
  signal?: AbortSignal,
): Promise<Answer> {
  const query = { ...(beforeNumber !== undefined && { beforeNumber }), ...(words !== null && { text: words }) };
  return callApi(transcriptApi.transcript, { params: { meetingId }, query, signal });
}

/** What was read further back stays, unless more was spoken meanwhile than was read now. */
function withNewest({ known, hasOlder }: Known, { segments, hasOlder: hasMore }: Answer): Known {
  const firstNumber = lowestOf(segments);
  const lastKnown = Math.max(-1, ...(known ?? []).map(({ number }) => number));
  const isContinued = known !== null && firstNumber !== null && hasMore && lastKnown >= firstNumber;
  if (!isContinued) return { known: merged([], segments), hasOlder: hasMore, problem: null };
  // what stood among the newest and is there no more was deleted
  const further = known.filter(({ number }) => number < firstNumber);
  return { known: merged(further, segments), hasOlder: further.length > 0 ? hasOlder : hasMore, problem: null };
}

const lowestOf = (segments: readonly SpokenText[]): number | null =>
  segments.length === 0 ? null : Math.min(...segments.map(({ number }) => number));

/** Each once, in the order in which they were spoken. */
function merged(older: readonly SpokenText[], newer: readonly SpokenText[]): SpokenText[] {
  const byNumber = new Map([...older, ...newer].map((segment) => [segment.number, segment]));
  return [...byNumber.values()].toSorted((a, b) => a.fromMs - b.fromMs || a.number - b.number);
}
