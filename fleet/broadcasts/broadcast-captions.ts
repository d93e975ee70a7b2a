/**
 * What was spoken in a broadcast or a recording, in the times of its picture, for everybody who may watch it: read from the meeting's
 * transcript each time, so that what is deleted there is gone here. Nothing of what was spoken behind a card or beyond
 * the end, as `air-captions.ts`.
 */
import type { Chapter } from '#contract/broadcast.ts';
import { ProtocolError } from '#contract/error-codes.ts';
import type { RecordedSegments } from '#contract/packager-link.ts';
import type { AuthorityStore } from '../store/index.ts';
import { spokenBetween, transcriptVtt } from '../transcript/index.ts';
import { UNMEASURED_MS } from '../meetings/index.ts';
import { chaptersIn, MOST_CHAPTERS, type StoredBroadcast } from './broadcast-rows.ts';

type Reader = AuthorityStore['read'];
type Span = { fromMs: number; untilMs: number };
/** A stretch of a recording in which both clocks run together; `atMs` from the recording's start. */
export type RecordedRun = Span & { atMs: number };
type Spoken = Awaited<ReturnType<typeof spokenBetween>>[number];

/** Clocks of segments that differ by so little are one. */
const SAME_CLOCK_MS = 1;

/**
 * @param recorded of the recording; null: it is on air, and what was spoken counts from `liveAtMs`
 * @throws ProtocolError not-found: nobody can watch it yet
 */
export async function captionsVtt(
  db: Reader,
  broadcast: StoredBroadcast,
  recorded: RecordedSegments | null,
): Promise<string> {
  const { broadcastId, meetingId, phase, liveAtMs, endedAtMs } = broadcast;
  if (liveAtMs === null || (phase !== 'live' && phase !== 'hold' && phase !== 'ended'))
    throw new ProtocolError('not-found', 'it was not on air yet');
  const untilMs = endedAtMs ?? Number.MAX_SAFE_INTEGER;
  const spoken = await spokenBetween(db, meetingId, { fromMs: liveAtMs, untilMs });
  const hidden = hiddenSpans(liveAtMs, await chaptersIn(db, broadcastId));
  // of a sentence under way as it ended nobody knows which words were still on air
  hidden.push({ fromMs: untilMs, untilMs: Number.POSITIVE_INFINITY });
  // of what was spoken before it was live, too, nothing comes in by a clock that is off
  hidden.push({ fromMs: Number.NEGATIVE_INFINITY, untilMs: liveAtMs });
  const heard = spoken.filter((each) => !hidden.some((span) => overlaps(withMargin(each), span)));
  const runs = recorded === null ? [{ fromMs: liveAtMs, untilMs, atMs: 0 }] : recordedRuns(recorded);
  return transcriptVtt(
    0,
    heard.flatMap((each) => inRecording(each, runs)),
  );
}

/** Ids of those that are or were on air of which some words are kept. @param broadcastId null: of all */
export async function captionedIn(db: Reader, broadcastId: string | null = null): Promise<ReadonlySet<string>> {
  let query = db
    .selectFrom('broadcast')
    .select('broadcastId')
    .where('phase', 'in', ['live', 'hold', 'ended'])
    .where('liveAtMs', 'is not', null)
    .where((e) => e.or([e('phase', '!=', 'ended'), e('recording', 'not in', ['none', 'deleted'])]))
    .where((e) =>
      e.exists(
        e
          .selectFrom('transcript')
          .select('transcript.segmentId')
          .whereRef('transcript.meetingId', '=', 'broadcast.meetingId')
          .where('transcript.deletedAtMs', 'is', null)
          .whereRef('transcript.fromMs', '>=', 'broadcast.liveAtMs')
          .where((spoken) =>
            spoken.or([
              spoken('broadcast.endedAtMs', 'is', null),
              spoken('transcript.fromMs', '<=', spoken.ref('broadcast.endedAtMs')),
            ]),
          ),
      ),
    );
  if (broadcastId !== null) query = query.where('broadcastId', '=', broadcastId);
  return new Set((await query.execute()).map((row) => row.broadcastId));
}

/** Behind a card, from each hold until it goes on. @param chapters as kept, with holds and starts among them */
export function hiddenSpans(liveAtMs: number, chapters: readonly Chapter[]): Span[] {
  const hidden: Span[] = [];
  let heldAtMs: number | null = null;
  for (const { atMs, kind } of chapters) {
    if (kind === 'hold') heldAtMs ??= liveAtMs + atMs;
    if (kind !== 'start' || heldAtMs === null) continue;
    hidden.push({ fromMs: heldAtMs, untilMs: liveAtMs + atMs });
    heldAtMs = null;
  }
  // no more chapters were kept: nobody knows what was behind a card since
  if (chapters.length >= MOST_CHAPTERS) heldAtMs ??= liveAtMs + chapters.at(-1)!.atMs;
  if (heldAtMs !== null) hidden.push({ fromMs: heldAtMs, untilMs: Number.POSITIVE_INFINITY });
  return hidden;
}

/** All of the time in which it may have been spoken. */
const withMargin = ({ fromMs, untilMs, offMs }: Spoken): Span => ({
  fromMs: fromMs - (offMs ?? UNMEASURED_MS),
  untilMs: untilMs + (offMs ?? UNMEASURED_MS),
});
const overlaps = (a: Span, b: Span): boolean => a.fromMs < b.untilMs && a.untilMs > b.fromMs;

/** A recording has one, or more where its packager was away for long. */
export function recordedRuns({ segments }: RecordedSegments): RecordedRun[] {
  const runs: RecordedRun[] = [];
  const zeroMs = (segments[0]?.[1] ?? 0) * 1_000;
  for (const [, startS, durationS, fromMs] of segments) {
    const atMs = startS * 1_000 - zeroMs;
    const untilMs = fromMs + durationS * 1_000;
    const last = runs.at(-1);
    if (last && Math.abs(fromMs - last.fromMs - (atMs - last.atMs)) <= SAME_CLOCK_MS) last.untilMs = untilMs;
    else runs.push({ fromMs, untilMs, atMs });
  }
  return runs;
}

/** Where it begins; what reaches beyond the recording is cut there. Nothing: it is not in it. */
function inRecording(spoken: Spoken, runs: readonly RecordedRun[]): Spoken[] {
  const run = runs.find((each) => overlaps({ ...spoken, untilMs: spoken.untilMs + 1 }, each));
  if (!run) return [];
  const toMedia = (ms: number): number => run.atMs + Math.min(Math.max(ms, run.fromMs), run.untilMs) - run.fromMs;
  return [{ ...spoken, fromMs: toMedia(spoken.fromMs), untilMs: toMedia(spoken.untilMs) }];
}
