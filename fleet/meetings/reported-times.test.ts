/** Times of a node whose clock is years off, in each event that keeps one. */
import { expect, test } from 'vitest';
import type { KnownCallEvent } from '#contract/node-link.ts';
import { heldTo } from './reported-times.ts';

const YEAR_MS = 365 * 86_400_000;
const HOUR_MS = 3_600_000;
const NOW_MS = 60 * YEAR_MS;
const known = { fromMs: NOW_MS - HOUR_MS, untilMs: NOW_MS };
const of = { eventId: 'e', callId: 'c', meetingId: 'm' };

/** Each event with a time of its own beside `atMs`. */
const events = (atMs: number) =>
  [
    { ...of, name: 'participant-left', peerId: 'p', participantCount: 0, atMs },
    { ...of, name: 'chat-posted', person: 'p', message: { text: 'Words', atMs }, atMs },
    { ...of, name: 'transcript-segment', person: null, segment: { text: 'Words', fromMs: atMs, untilMs: atMs }, atMs },
    { ...of, name: 'page-shown', page: 1, fromMs: atMs, atMs },
    { ...of, name: 'poll-started', poll: { question: 'Lunch?', startedAtMs: atMs, result: null }, atMs },
    { ...of, name: 'poll-ended', poll: { startedAtMs: atMs, result: { endedAtMs: atMs, rightChoice: null } }, atMs },
  ] as unknown as KnownCallEvent[];
/** All numbers of times in it. */
const timesIn = (value: unknown): number[] =>
  Object.entries(value as object).flatMap(([key, each]) =>
    typeof each === 'number' && key.endsWith('Ms')
      ? [each]
      : typeof each === 'object' && each !== null
        ? timesIn(each)
        : [],
  );

test.each([
  ['years ahead', NOW_MS + 5 * YEAR_MS, known.untilMs],
  ['years behind', NOW_MS - 5 * YEAR_MS, known.fromMs],
  ['right, of a call that a room began before we knew', NOW_MS - 30 * HOUR_MS, NOW_MS - 30 * HOUR_MS],
  ['right', NOW_MS - HOUR_MS / 2, NOW_MS - HOUR_MS / 2],
])('a clock that is %s says nothing beyond what this server knows', (_how, reportedMs, keptMs) => {
  for (const event of events(reportedMs)) {
    const held = heldTo(known, event);
    expect(new Set(timesIn(held)), event.name).toEqual(new Set([keptMs]));
    expect({ ...held, ...event }).toEqual(event);
  }
});

test('a clock that was measured is converted, whichever way it is off', () => {
  for (const aheadMs of [60_000, -60_000])
    for (const event of events(NOW_MS - HOUR_MS / 2 + aheadMs))
      expect(new Set(timesIn(heldTo({ ...known, aheadMs }, event))), event.name).toEqual(
        new Set([NOW_MS - HOUR_MS / 2]),
      );
});

const spanOf = (fromMs: number, untilMs: number): number[] => {
  const spoken = { ...of, name: 'transcript-segment', person: null, segment: { fromMs, untilMs }, atMs: untilMs };
  const { segment } = heldTo(known, spoken as unknown as KnownCallEvent) as unknown as { segment: object };
  return timesIn(segment);
};
test('what was spoken keeps its length by a clock that is ahead: it had ended when it was reported, so that it began before', () => {
  expect(spanOf(NOW_MS + 57_000, NOW_MS + 60_000)).toEqual([NOW_MS - 3_000, NOW_MS]);
  expect(spanOf(NOW_MS - 1_000, NOW_MS + 2_000)).toEqual([NOW_MS - 3_000, NOW_MS]);
});
test('what was spoken never ends before it began', () => {
  const earliestMs = known.fromMs - 72 * HOUR_MS;
  expect(spanOf(earliestMs - 1, earliestMs + 1)).toEqual([known.fromMs, known.fromMs]);
});
