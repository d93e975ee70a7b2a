/** What a call's air means for a page: which mark, how long, what is news. Pure. */
import { type CallAir, COUNTDOWN_MS } from '#contract/broadcast.ts';

export type AirMark = 'on-air' | 'recording' | null;

/** `recording`: nobody watches, and the call is recorded all the same. */
export function markOf({ phase, isRecorded }: CallAir): AirMark {
  if (phase === 'live' || phase === 'hold') return 'on-air';
  return isRecorded ? 'recording' : null;
}

/** `00:12:41`, for as long as a clock that is behind shows before it began. */
export function airTime(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1_000));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/**
 * When the countdown ends by this device's clock. A clock that disagrees with the fleet's by more than the countdown is
 * not believed: then it began when the page received it.
 */
export function countdownEndMs(liveAtMs: number | null, receivedAtMs: number): number {
  const isBelieved = liveAtMs !== null && liveAtMs > receivedAtMs && liveAtMs <= receivedAtMs + COUNTDOWN_MS;
  return isBelieved ? liveAtMs : receivedAtMs + COUNTDOWN_MS;
}

/** 5, 4, 3, 2, 1: never 0, never more than the whole countdown. */
export function secondsLeft(endMs: number, nowMs: number): number {
  return Math.min(COUNTDOWN_MS / 1_000, Math.max(1, Math.ceil((endMs - nowMs) / 1_000)));
}

export type AirNews = 'live' | 'recording' | 'ended' | 'recordingEnded';

/** @param before null: this page has just come in; what goes on then is news to its person */
export function airNews(before: CallAir | null, now: CallAir): AirNews | null {
  const marks = [before === null ? null : markOf(before), markOf(now)];
  if (marks[0] === marks[1]) return null;
  if (marks[1] === 'on-air') return 'live';
  if (marks[1] === 'recording') return marks[0] === 'on-air' ? 'ended' : 'recording';
  return marks[0] === 'on-air' ? 'ended' : 'recordingEnded';
}

const QUIETEST_DB = -60;
const HARDLY_HEARD_DB = -45;
const TOO_LOUD_DB = -6;

/** Of a meter, from -60 dBFS up. */
export function meterPercent(loudnessDb: number | null): number {
  return loudnessDb === null ? 0 : Math.max(0, Math.min(100, (1 - loudnessDb / QUIETEST_DB) * 100));
}

/** @param loudnessDb of the last second, dBFS; null: silence */
export function soundJudgement(loudnessDb: number | null): 'silent' | 'quiet' | 'good' | 'loud' {
  if (loudnessDb === null || loudnessDb <= QUIETEST_DB) return 'silent';
  if (loudnessDb < HARDLY_HEARD_DB) return 'quiet';
  return loudnessDb > TOO_LOUD_DB ? 'loud' : 'good';
}
