/**
 * Times in what a node reports are by the node's clock, which may be years off. They are converted by what was measured of that clock
 * (`node-clocks.ts`), and held to what this server knows by its own: nothing is from after it was reported, nor from long before its
 * call was made. So retention keeps nothing longer, and a clock that is years behind has nothing deleted early.
 */
import type { KnownCallEvent } from '#contract/node-link.ts';

/** a room begins a call while we are gone, as long before we know of it as its delegation holds */
const LONGEST_ALONE_MS = 72 * 3_600_000;

/**
 * `fromMs`: when the call was made, or first known; `untilMs`: when it was reported; `aheadMs`: of the node's clock, of ours.
 * All by our clock.
 */
export type KnownTime = { fromMs: number; untilMs: number; aheadMs?: number };

/** By how much it is from after it was reported, after it was converted: the node's clock was set forward since it was measured. */
export function beyondMsOf({ untilMs, aheadMs = 0 }: KnownTime, reported: KnownCallEvent): number {
  const newestMs =
    reported.name === 'transcript-segment' ? Math.max(reported.atMs, reported.segment.untilMs) : reported.atMs;
  return Math.max(0, newestMs - aheadMs - untilMs);
}

/** The same event, each of its times within the known one. */
export function heldTo(known: KnownTime, reported: KnownCallEvent): KnownCallEvent {
  const { aheadMs = 0 } = known;
  const held = (nodeMs: number): number => {
    const atMs = Math.max(0, nodeMs - aheadMs);
    return atMs < known.fromMs - LONGEST_ALONE_MS ? known.fromMs : Math.min(atMs, known.untilMs);
  };
  const event = { ...reported, atMs: held(reported.atMs) };
  switch (event.name) {
    case 'chat-posted':
      return { ...event, message: { ...event.message, atMs: held(event.message.atMs) } };
    case 'transcript-segment': {
      const { segment } = event;
      // it had ended by then: what was spoken behind a card does not come out of it by a clock that is ahead
      const beyondMs = Math.max(0, segment.untilMs - aheadMs - known.untilMs);
      const fromMs = held(segment.fromMs - beyondMs);
      const untilMs = Math.max(fromMs, held(segment.untilMs));
      return { ...event, segment: { ...segment, fromMs, untilMs } };
    }
    case 'page-shown':
      return { ...event, fromMs: held(event.fromMs) };
    case 'poll-started':
    case 'poll-ended': {
      const { startedAtMs, result } = event.poll;
      const ended = result && { ...result, endedAtMs: held(result.endedAtMs) };
      return { ...event, poll: { ...event.poll, startedAtMs: held(startedAtMs), result: ended } };
    }
    default:
      return event;
  }
}
