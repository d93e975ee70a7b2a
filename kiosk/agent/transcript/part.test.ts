/** The transcript of the room's call as its phones see it: bounded, and nothing of another call. */
import { beforeEach, expect, it } from 'vitest';
import { projections as rules } from '#contract/projections.ts';
import type { RoomPhase, RoomState } from '#contract/room-state.ts';
import { RoomTranscript } from '#contract/room-transcript.ts';
import { type CallTranscript, NO_TRANSCRIPT, type TranscriptSegment } from '#contract/transcript.ts';
import { Parts } from '../parts/parts.ts';
import { servicesUnderTest } from '../parts/services-under-test.ts';
import { Projections } from '../projections.ts';
import { transcriptPart } from './part.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [ROOM, CALL, NEXT] = [id(1), id(2), id(3)];
const on: CallTranscript = { isOn: true, isPossible: true, language: 'ko', isFailing: false };
const segment = (n: number, text: string, displayName = 'Mina'): TranscriptSegment => ({
  ...{ segmentId: id(n), peerId: id(90), displayName, text, fromMs: n, untilMs: n + 1 },
});
const roomIn = (phase: object) => ({ roomName: 'Maple', phase: phase as RoomPhase }) as RoomState;
const inCall = (callId: string) => roomIn({ name: 'in-call', callId });

let projections: Projections;
let parts: Parts;
const shown = (): RoomTranscript => {
  const value = projections.valueOf('transcript');
  expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThanOrEqual(rules.transcript.maxBytes);
  return RoomTranscript.parse(value);
};
const report = (
  callId: string,
  transcript: CallTranscript,
  captions: TranscriptSegment[] = [],
  areCaptionsShown = true,
) => parts.onReport({ type: 'transcript', callId, transcript, captions, areCaptionsShown });
beforeEach(() => {
  projections = new Projections({ roomId: ROOM, epoch: 1 });
  parts = new Parts({
    list: [transcriptPart],
    services: servicesUnderTest({ projections, publish: (name, content) => projections.publish(name, content) }),
    onFault: (part, code) => {
      throw new Error(`${part}: ${code}`);
    },
    onNotices: () => {},
  });
  parts.start(roomIn({ name: 'idle' }));
});

it('is there while the room is in the call, and gone with it', () => {
  expect(shown()).toMatchObject({ callId: null, transcript: NO_TRANSCRIPT, captions: [] });
  parts.follow(inCall(CALL));
  report(CALL, on, [segment(1, 'Good')]);
  expect(shown()).toMatchObject({ callId: CALL, transcript: on, captions: [{ text: 'Good', displayName: 'Mina' }] });
  report(NEXT, NO_TRANSCRIPT);
  expect(shown().transcript.isOn).toBe(true);
  parts.follow(inCall(NEXT));
  expect(shown()).toMatchObject({ callId: NEXT, transcript: NO_TRANSCRIPT, captions: [] });
});

it('has whether the TV shows captions, and shows them again in the next call', () => {
  parts.follow(inCall(CALL));
  report(CALL, on, [], false);
  expect(shown().areCaptionsShown).toBe(false);
  parts.follow(inCall(NEXT));
  expect(shown().areCaptionsShown).toBe(true);
});

it('cuts what is too long for phones, so that three fit', () => {
  parts.follow(inCall(CALL));
  report(
    CALL,
    on,
    [1, 2, 3].map((n) => segment(n, '말'.repeat(2_000), '이'.repeat(500))),
  );
  expect(shown().captions).toHaveLength(3);
  expect(shown().captions[0]!.text).toMatch(/^말+…$/);
});
