/** The chat of the room's call as its phones see it: the newest that fit, and nothing of another call. */
import { beforeEach, expect, it } from 'vitest';
import { type ChatMessage, CHAT_MESSAGES_IN_ROOM } from '#contract/chat.ts';
import { projections as rules } from '#contract/projections.ts';
import { RoomChat } from '#contract/room-chat.ts';
import type { RoomPhase, RoomState } from '#contract/room-state.ts';
import { Parts } from '../parts/parts.ts';
import { servicesUnderTest } from '../parts/services-under-test.ts';
import { Projections } from '../projections.ts';
import { chatPart } from './part.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [ROOM, CALL, NEXT] = [id(1), id(2), id(3)];
const message = (number: number, text = `m${number}`): ChatMessage => ({
  messageId: id(100 + number),
  number,
  peerId: id(4),
  displayName: 'Mina',
  isGuest: true,
  text,
  atMs: number,
});
const roomIn = (phase: object) => ({ roomName: 'Maple', phase: phase as RoomPhase }) as RoomState;
const inCall = (callId: string) => roomIn({ name: 'in-call', callId });

let projections: Projections;
let parts: Parts;
const shown = (): RoomChat => {
  const value = projections.valueOf('chat');
  expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThanOrEqual(rules.chat.maxBytes);
  return RoomChat.parse(value);
};
const report = (callId: string, ...messages: ChatMessage[]) => parts.onReport({ type: 'chat', callId, messages });
beforeEach(() => {
  projections = new Projections({ roomId: ROOM, epoch: 1 });
  parts = new Parts({
    list: [chatPart],
    services: servicesUnderTest({ projections, publish: (name, content) => projections.publish(name, content) }),
    onFault: (part, code) => {
      throw new Error(`${part}: ${code}`);
    },
    onNotices: () => {},
  });
  parts.start(roomIn({ name: 'idle' }));
});

it('is there while the room is in the call, and gone with it', () => {
  expect(shown()).toMatchObject({ callId: null, messages: [] });
  parts.follow(inCall(CALL));
  report(CALL, message(0), message(1));
  expect(shown()).toMatchObject({ callId: CALL, takesAbout: true, messages: [{ text: 'm0' }, { text: 'm1' }] });
  parts.follow(roomIn({ name: 'ended' }));
  expect(shown()).toMatchObject({ callId: null, messages: [] });
});

it('is of the call that the room is in, and of no other', () => {
  parts.follow(inCall(CALL));
  report(CALL, message(0));
  parts.follow(inCall(NEXT));
  report(CALL, message(1));
  expect(shown()).toMatchObject({ callId: NEXT, messages: [] });
});

it('names as many of the newest as fit, in their order', () => {
  parts.follow(inCall(CALL));
  const long = Array.from({ length: CHAT_MESSAGES_IN_ROOM }, (_, n) => message(n, '가'.repeat(700)));
  report(CALL, ...long);
  const { messages } = shown();
  expect(messages.length).toBeGreaterThan(3);
  expect(messages).toEqual(long.slice(-messages.length));
  report(CALL, message(0, '가'.repeat(2_000)), message(1));
  expect(shown().messages).toHaveLength(2);
});
