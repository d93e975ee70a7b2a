/**
 * Times in what a node reports are by the node's clock, which may be years off. They are held to what this server knows by its own:
 * nothing is from after it was reported, nor from long before its call was made. So retention keeps nothing longer, and a clock that
 * is years behind has nothing deleted early.
 */
import type { KnownCallEvent } from '#contract/node-link.ts';

/** a room begins a call while we are gone, as long before we know of it as its delegation holds */
const LONGEST_ALONE_MS = 72 * 3_600_000;

/** `fromMs`: when the call was made, or first known; `untilMs`: when it was reported. */
export type KnownTime = { fromMs: number; untilMs: number };

/** The same event, each of its times within the known one. */
export function heldTo(known: KnownTime, reported: KnownCallEvent): KnownCallEvent {
  const held = (atMs: number): number =>
    atMs < known.fromMs - LONGEST_ALONE_MS ? known.fromMs : Math.min(atMs, known.untilMs);
  const event = { ...reported, atMs: held(reported.atMs) };
  switch (event.name) {
    case 'chat-posted':
      return { ...event, message: { ...event.message, atMs: held(event.message.atMs) } };
    case 'transcript-segment': {
      const { segment } = event;
      // it had ended by then: what was spoken behind a card does not come out of it by a clock that is ahead
      const aheadMs = Math.max(0, segment.untilMs - known.untilMs);
      const fromMs = held(segment.fromMs - aheadMs);
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
