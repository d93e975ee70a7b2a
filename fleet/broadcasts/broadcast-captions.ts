/**
 * What was spoken in a broadcast or a recording, in the times of its picture, for everybody who may watch it: read from the meeting's
 * transcript as it is then, so that what is deleted there is gone here. Nothing of what was spoken behind a card or beyond
 * the end, as `air-captions.ts`.
 */
import { createHash } from 'node:crypto';
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

/** Made for so many at most, and forgotten soon: what is deleted is not kept here. */
const MOST_KEPT = 8;
const KEPT_MS = 60_000;

/** Captions that many viewers ask for are made once for each state of what they are made from. */
export class KeptCaptions {
  /** by broadcast, the one that was made last at the end */
  readonly #kept = new Map<string, { stamp: string; text: Promise<string>; timer: NodeJS.Timeout }>();

  /** As `captionsVtt`, and with its errors. */
  async of(db: Reader, broadcast: StoredBroadcast, recorded: RecordedSegments | null): Promise<string> {
    const { broadcastId } = broadcast;
    const stamp = await stampOf(db, broadcast, recorded);
    const known = this.#kept.get(broadcastId);
    if (known?.stamp === stamp) return known.text;
    this.#forget(broadcastId);
    const text = captionsVtt(db, broadcast, recorded);
    const timer = setTimeout(() => this.#forget(broadcastId), KEPT_MS);
    timer.unref();
    this.#kept.set(broadcastId, { stamp, text, timer });
    text.catch(() => this.#forget(broadcastId));
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#forget(oldest);
    }
    return text;
  }

  #forget(broadcastId: string): void {
    clearTimeout(this.#kept.get(broadcastId)?.timer);
    this.#kept.delete(broadcastId);
  }
}

/** Another one after each change of what captions are made from. Rows that are gone are not among the revisions: they are counted. */
async function stampOf(db: Reader, broadcast: StoredBroadcast, recorded: RecordedSegments | null): Promise<string> {
  const { broadcastId, meetingId, phase, liveAtMs, endedAtMs } = broadcast;
  const spoken = await db
    .selectFrom('transcript')
    .select(({ fn }) => [
      fn.max('revision').as('revision'),
      fn.countAll<number>().as('count'),
      fn.sum<number>('fromMs').as('fromMs'),
      fn.max('segmentId').as('segmentId'),
    ])
    .where('meetingId', '=', meetingId)
    .executeTakeFirst();
  const chapters = await chaptersIn(db, broadcastId);
  const stated = JSON.stringify([phase, liveAtMs, endedAtMs, spoken, chapters, recorded]);
  return createHash('sha256').update(stated).digest('base64');
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
