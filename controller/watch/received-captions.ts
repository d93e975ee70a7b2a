/**
 * Captions of broadcasts that are live, as they come over the page's event stream: kept for as long as somebody may go back to, and
 * each shown when the picture has come to it.
 */
import type { BroadcastCaption, BroadcastCaptions } from '#contract/http/broadcasts-api.ts';
import { Observable } from '#call/observable.ts';
import { type Cue, cueAt, timedCues } from '#ui/captions/caption-cues.ts';

/** of one broadcast; what is older is in the server's file, which is read when somebody goes back so far */
const MOST_CUES = 10_000;

type OfBroadcast = { segmentIds: ReadonlySet<string>; cues: readonly Cue[] };
const NONE: OfBroadcast = { segmentIds: new Set(), cues: [] };

export class ReceivedCaptions {
  /** ids of broadcasts that have captions; another set when one more has */
  readonly captioned = new Observable<ReadonlySet<string>>(new Set());
  readonly #broadcasts = new Map<string, OfBroadcast>();
  #playhead: { broadcastId: string; positionMs: () => number | null } | null = null;

  /** @param positionMs of its picture, on the packager's clock; null: not known, or a replay @returns forgets it */
  plays(broadcastId: string, positionMs: () => number | null): () => void {
    const playhead = { broadcastId, positionMs };
    this.#playhead = playhead;
    return () => {
      if (this.#playhead === playhead) this.#playhead = null;
    };
  }

  /** A stream that opens again brings some of them again. */
  receive({ broadcastId, captions }: BroadcastCaptions): void {
    const { segmentIds } = this.#broadcasts.get(broadcastId) ?? NONE;
    const news = captions.filter(({ segmentId }) => !segmentIds.has(segmentId));
    if (news.length === 0) return;
    const playheadMs = this.#playhead?.broadcastId === broadcastId ? this.#playhead.positionMs() : null;
    this.#keep(broadcastId, news, playheadMs);
  }

  /** Adds the captions that this page did not receive: it was not open yet, or its stream was cut. @param zeroMs of the file's times */
  receiveFile(broadcastId: string, captions: readonly BroadcastCaption[], zeroMs: number): void {
    const { segmentIds } = this.#broadcasts.get(broadcastId) ?? NONE;
    const news = captions
      .filter(({ segmentId }) => !segmentIds.has(segmentId))
      .map((each) => ({ ...each, fromMs: each.fromMs + zeroMs, untilMs: each.untilMs + zeroMs }));
    if (news.length > 0) this.#keep(broadcastId, news, null);
  }

  #keep(broadcastId: string, news: readonly BroadcastCaption[], playheadMs: number | null): void {
    const { segmentIds, cues } = this.#broadcasts.get(broadcastId) ?? NONE;
    const kept = [...cues, ...news.flatMap((caption) => timedCues(caption, playheadMs))]
      .toSorted((a, b) => a.fromMs - b.fromMs)
      .slice(-MOST_CUES);
    this.#broadcasts.set(broadcastId, {
      segmentIds: new Set([...segmentIds, ...news.map(({ segmentId }) => segmentId)]),
      cues: kept,
    });
    const captioned = this.captioned.getSnapshot();
    if (!captioned.has(broadcastId)) this.captioned.set(new Set([...captioned, broadcastId]));
  }

  /** null: nobody speaks there. @param positionMs on the packager's clock */
  at(broadcastId: string, positionMs: number | null): Cue | null {
    return positionMs === null ? null : cueAt((this.#broadcasts.get(broadcastId) ?? NONE).cues, positionMs);
  }
}
