/**
 * Captions of meetings that are live: what is spoken while viewers see and hear the meeting, and nothing of what is spoken behind a card.
 * Keeps the last minute of each, for pages that open, and for pictures that are behind.
 */
import type { BroadcastCaption } from '#contract/http/broadcasts-api.ts';
import type { TranscriptSegment } from '#contract/transcript.ts';
import type { StoredBroadcast } from './broadcast-rows.ts';

export const CAPTIONS_KEPT_MS = 60_000;
export const MOST_AIR_CAPTIONS = 40;

type Live = {
  broadcast: StoredBroadcast;
  /** fleet's clock; null: on hold */
  shownSinceMs: number | null;
  captions: Numbered[];
};
type Numbered = { number: number; caption: BroadcastCaption };
type AirCaptionsDependencies = {
  /** of a meeting: its broadcast that runs; null: none does */
  runningOf: (meetingId: string) => StoredBroadcast | null;
  onSpoken: () => void;
  nowMs?: () => number;
};

export class AirCaptions {
  readonly #deps: AirCaptionsDependencies;
  readonly #nowMs: () => number;
  /** by meeting */
  readonly #live = new Map<string, Live>();
  #lastNumber = 0;

  constructor(deps: AirCaptionsDependencies) {
    this.#deps = deps;
    this.#nowMs = deps.nowMs ?? Date.now;
  }

  /** Its broadcast is not as it was. */
  follow(meetingId: string): void {
    const broadcast = this.#deps.runningOf(meetingId);
    if (broadcast === null || (broadcast.phase !== 'live' && broadcast.phase !== 'hold')) {
      this.#live.delete(meetingId);
      return;
    }
    const known = this.#live.get(meetingId);
    const former = known?.broadcast.broadcastId === broadcast.broadcastId ? known : null;
    const shownSinceMs = broadcast.phase === 'hold' ? null : (former?.shownSinceMs ?? this.#nowMs());
    this.#live.set(meetingId, { broadcast, shownSinceMs, captions: former?.captions ?? [] });
  }

  /** @param offMs its times may be off by so much: near a card's edge it is left out */
  spoken(meetingId: string, { segmentId, displayName, text, fromMs, untilMs }: TranscriptSegment, offMs: number): void {
    const live = this.#live.get(meetingId);
    if (!live || live.shownSinceMs === null || fromMs - offMs < live.shownSinceMs) return;
    const oldestMs = this.#nowMs() - CAPTIONS_KEPT_MS;
    // an event that comes again, as after a restart
    if (untilMs < oldestMs || live.captions.some(({ caption }) => caption.segmentId === segmentId)) return;
    this.#lastNumber += 1;
    const caption = { segmentId, displayName, text, fromMs, untilMs };
    live.captions = [...live.captions, { number: this.#lastNumber, caption }]
      .filter((each) => each.caption.untilMs >= oldestMs)
      .slice(-MOST_AIR_CAPTIONS);
    this.#deps.onSpoken();
  }

  /** A broadcast that is live is not for the whole staff. */
  areOfSome(): boolean {
    return [...this.#live.values()].some(
      ({ broadcast: { audience } }) => audience.placeIds.length > 0 || audience.groups.length > 0,
    );
  }

  /** Of the last minute, what is newer than that number, for each broadcast that this viewer may watch. */
  after(
    number: number,
    mayWatch: (broadcast: StoredBroadcast) => boolean,
  ): { lastNumber: number; spoken: { broadcastId: string; captions: BroadcastCaption[] }[] } {
    const oldestMs = this.#nowMs() - CAPTIONS_KEPT_MS;
    const spoken = [...this.#live.values()].flatMap(({ broadcast, captions }) => {
      const news = captions.filter((each) => each.number > number && each.caption.untilMs >= oldestMs);
      if (news.length === 0 || !mayWatch(broadcast)) return [];
      return { broadcastId: broadcast.broadcastId, captions: news.map(({ caption }) => caption) };
    });
    return { lastNumber: this.#lastNumber, spoken };
  }
}
