/** The poll of the room's call as its phones see it: with its names where they fit, and nothing of another call. */
import { beforeEach, expect, it } from 'vitest';
import { pollUnderTest } from '#contract/poll-under-test.ts';
import type { NamedAnswer, SeenPoll } from '#contract/polls.ts';
import { projections as rules } from '#contract/projections.ts';
import { RoomPoll } from '#contract/room-poll.ts';
import type { RoomPhase, RoomState } from '#contract/room-state.ts';
import { Parts } from '../parts/parts.ts';
import { servicesUnderTest } from '../parts/services-under-test.ts';
import { Projections } from '../projections.ts';
import { pollsPart } from './part.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [ROOM, CALL, NEXT] = [id(1), id(2), id(3)];
const poll: SeenPoll = { ...pollUnderTest({ pollId: id(9) }), ownChoices: [1] };
const ended = (answers: NamedAnswer[]): SeenPoll => ({ ...poll, result: { endedAtMs: 5, rightChoice: null, answers } });
const roomIn = (phase: object) => ({ roomName: 'Maple', phase: phase as RoomPhase }) as RoomState;
const inCall = (callId: string) => roomIn({ name: 'in-call', callId });

let projections: Projections;
let parts: Parts;
const shown = (): RoomPoll => {
  const value = projections.valueOf('poll');
  expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThanOrEqual(rules.poll.maxBytes);
  return RoomPoll.parse(value);
};
const report = (callId: string, of: SeenPoll | null) => parts.onReport({ type: 'poll', callId, poll: of });
beforeEach(() => {
  projections = new Projections({ roomId: ROOM, epoch: 1 });
  parts = new Parts({
    list: [pollsPart],
    services: servicesUnderTest({ projections, publish: (name, content) => projections.publish(name, content) }),
    onFault: (part, code) => {
      throw new Error(`${part}: ${code}`);
    },
    onNotices: () => {},
  });
  parts.start(roomIn({ name: 'idle' }));
});

it('is there while the room is in the call, and gone with it', () => {
  expect(shown()).toMatchObject({ callId: null, poll: null });
  parts.follow(inCall(CALL));
  report(CALL, poll);
  expect(shown()).toMatchObject({ callId: CALL, poll });
  report(NEXT, null);
  expect(shown().poll).toEqual(poll);
  report(CALL, null);
  expect(shown().poll).toBeNull();
  report(CALL, poll);
  parts.follow(inCall(NEXT));
  expect(shown()).toMatchObject({ callId: NEXT, poll: null });
});

it('leaves out names that do not fit, and keeps the numbers', () => {
  parts.follow(inCall(CALL));
  const few = ended([{ displayName: 'Mina', choices: [0] }]);
  report(CALL, few);
  expect(shown().poll).toEqual(few);
  report(CALL, ended(Array.from({ length: 300 }, () => ({ displayName: '가'.repeat(80), choices: [0] }))));
  expect(shown().poll?.result).toEqual({ endedAtMs: 5, rightChoice: null, answers: null });
});
