/** What viewers read of a meeting: what is spoken while they see it, once each, and nothing from behind a card. */
import { beforeEach, expect, test } from 'vitest';
import { WHOLE_STAFF } from '#contract/broadcast.ts';
import type { TranscriptSegment } from '#contract/transcript.ts';
import { AirCaptions, CAPTIONS_KEPT_MS, MOST_AIR_CAPTIONS } from './air-captions.ts';
import type { StoredBroadcast } from './broadcast-rows.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const MEETING = id(1);
let nowMs: number;
let phase: StoredBroadcast['phase'] | null;
let wakes: number;
let captions: AirCaptions;
let broadcastId: string;
let audience: StoredBroadcast['audience'];
beforeEach(() => {
  [nowMs, phase, wakes, broadcastId] = [1_000_000, 'live', 0, id(2)];
  audience = WHOLE_STAFF;
  captions = new AirCaptions({
    runningOf: () =>
      phase === null ? null : ({ broadcastId, meetingId: MEETING, phase, audience } as StoredBroadcast),
    onSpoken: () => {
      wakes += 1;
    },
    nowMs: () => nowMs,
  });
  captions.follow(MEETING);
});
const become = (next: typeof phase) => {
  phase = next;
  captions.follow(MEETING);
};
/** just now, in a second */
const speak = (n: number, meetingId = MEETING, offMs = 0): TranscriptSegment => {
  nowMs += 1_000;
  const segment = {
    ...{ segmentId: id(100 + n), peerId: id(9), displayName: 'Mina', text: `s${n}` },
    ...{ fromMs: nowMs - 1_000, untilMs: nowMs },
  };
  captions.spoken(meetingId, segment, offMs);
  return segment;
};
const read = (number = 0, mayWatch = true) => captions.after(number, () => mayWatch);
const texts = (number = 0) => read(number).spoken.flatMap((each) => each.captions.map(({ text }) => text));

test('reach a viewer once each, in their order, without whose microphone it was', () => {
  const first = speak(1);
  captions.spoken(MEETING, first, 0);
  expect([texts(), wakes]).toEqual([['s1'], 1]);
  const { lastNumber, spoken } = read();
  expect(spoken).toEqual([
    {
      broadcastId: id(2),
      captions: [{ segmentId: id(101), displayName: 'Mina', text: 's1', fromMs: first.fromMs, untilMs: first.untilMs }],
    },
  ]);
  speak(2);
  expect(texts(lastNumber)).toEqual(['s2']);
});

test('are of who may watch, and of a meeting that is live, alone', () => {
  speak(1, id(7));
  speak(2);
  expect([texts(), read(0, false).spoken]).toEqual([['s2'], []]);
});

test('are known to be of some of the staff alone, as their broadcast is', () => {
  expect(captions.areOfSome()).toBe(false);
  audience = { ...WHOLE_STAFF, groups: ['board'] };
  become('live');
  expect(captions.areOfSome()).toBe(true);
});

test('have nothing of what is spoken behind a card, also where its words come later', () => {
  speak(1);
  become('hold');
  const behind = speak(2);
  become('live');
  captions.spoken(MEETING, { ...behind, segmentId: id(300) }, 0);
  speak(3);
  expect(texts()).toEqual(['s1', 's3']);
});

test('have nothing of the time after a card in which it may have been spoken behind it', () => {
  become('hold');
  speak(1);
  become('live');
  // from 4 s after the card, by a clock that may be off by five
  nowMs += 4_000;
  speak(2, MEETING, 5_000);
  speak(3, MEETING, 5_000);
  expect(texts()).toEqual(['s3']);
});

test('have nothing of the green room', () => {
  become('green-room');
  speak(1);
  become('live');
  expect(texts()).toEqual([]);
  speak(2);
  expect(texts()).toEqual(['s2']);
});

test('end with the broadcast, and the next one begins without them', () => {
  speak(1);
  become(null);
  expect(texts()).toEqual([]);
  speak(2);
  broadcastId = id(3);
  become('live');
  expect(texts()).toEqual([]);
});

test('are those of the last minute, and never many', () => {
  for (let n = 0; n < MOST_AIR_CAPTIONS + 5; n += 1) speak(n);
  expect(texts()).toHaveLength(MOST_AIR_CAPTIONS);
  nowMs += CAPTIONS_KEPT_MS;
  expect(texts()).toEqual([`s${MOST_AIR_CAPTIONS + 4}`]);
  nowMs += 1;
  expect(texts()).toEqual([]);
});
