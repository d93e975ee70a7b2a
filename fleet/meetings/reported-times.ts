/**
 * Times in what a node reports are by the node's clock, which may be years off. They are held to what this server knows by its own:
 * nothing of a call is from before the call was made, nor from after it was reported. So retention keeps and deletes nothing early.
 */
import type { KnownCallEvent } from '#contract/node-link.ts';

/** a room begins a call without the fleet for so long at most: as long as its delegation holds */
const LONGEST_ALONE_MS = 72 * 3_600_000;

export type KnownTime = { fromMs: number; untilMs: number };

/** When a call began that a room had begun while we were gone: as its node says, where that may be. */
export const beganAtMs = (reportedMs: number, nowMs: number): number =>
  reportedMs <= nowMs && reportedMs >= nowMs - LONGEST_ALONE_MS ? reportedMs : nowMs;

/** The same event, each of its times within the known one. */
export function heldTo(known: KnownTime, reported: KnownCallEvent): KnownCallEvent {
  const held = (atMs: number): number => Math.max(Math.min(atMs, known.untilMs), known.fromMs);
  const event = { ...reported, atMs: held(reported.atMs) };
  switch (event.name) {
    case 'chat-posted':
      return { ...event, message: { ...event.message, atMs: held(event.message.atMs) } };
    case 'transcript-segment': {
      const { fromMs, untilMs } = event.segment;
      return { ...event, segment: { ...event.segment, fromMs: held(fromMs), untilMs: held(untilMs) } };
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
