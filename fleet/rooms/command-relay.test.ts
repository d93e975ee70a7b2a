import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { CommandEnvelope, RoomCommand } from '#contract/room-command.ts';
import { newId } from '../store/index.ts';
import { CommandRelay } from './command-relay.ts';

const roomId = newId();

function relayUnderTest() {
  const sent: string[] = [];
  let onReply: (roomId: string, reply: object) => void = () => {};
  const relay = new CommandRelay({
    broker: {
      on: (_name: string, handler: typeof onReply) => {
        onReply = handler;
      },
      onSubscribed: () => {},
      isHeard: () => true,
      publish: (_name: string, _roomId: string, { id, command }: CommandEnvelope) => {
        sent.push(command.name);
        queueMicrotask(() => onReply(roomId, { ok: true, id }));
      },
    } as never,
    reports: { of: () => ({ online: true }) } as never,
    grantFor: async () => ({}) as never,
    logger: pino({ level: 'silent' }),
  });
  relay.start();
  const give = (command: RoomCommand, isPresent: boolean) =>
    relay.send({
      id: newId(),
      roomId,
      command,
      issuer: { kind: 'controller', id: newId() },
      isAllowed: () => true,
      isPresent: () => isPresent,
    });
  return { give, sent };
}

test.each<RoomCommand>([{ name: 'join-call' }, { name: 'set-microphone', on: true }, { name: 'set-camera', on: true }])(
  '$name opens microphone or camera: the room gets it only from somebody who is in it',
  async (command) => {
    const { give, sent } = relayUnderTest();
    await expect(give(command, false)).rejects.toMatchObject({ code: 'presence-needed' });
    expect(sent).toEqual([]);
    await give(command, true);
    expect(sent).toEqual([command.name]);
  },
);

test.each<RoomCommand>([
  { name: 'set-microphone', on: false },
  { name: 'set-camera', on: false },
  { name: 'leave-call' },
  { name: 'end-call' },
  { name: 'mute-all' },
  { name: 'show-code' },
])('$name goes from anywhere', async (command) => {
  const { give, sent } = relayUnderTest();
  await give(command, false);
  expect(sent).toEqual([command.name]);
});
