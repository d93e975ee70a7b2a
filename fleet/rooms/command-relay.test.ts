import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { OperationalError } from '#contract/error-codes.ts';
import type { CommandEnvelope, RoomCommand } from '#contract/room-command.ts';
import { COMMAND_TIMEOUT_MS } from '#contract/timing.ts';
import { newId } from '../store/index.ts';
import { BrokerUnderTest } from './broker-under-test.ts';
import { CommandRelay, type Order } from './command-relay.ts';

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

test.each<RoomCommand>([
  { name: 'join-call' },
  { name: 'set-microphone', on: true },
  { name: 'set-camera', on: true },
  { name: 'set-transcript', isOn: true, language: 'ko' },
])(
  '$name opens microphone or camera, or keeps what is spoken: the room gets it only from somebody who is in it',
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

describe('on its way', () => {
  let broker: BrokerUnderTest;
  let relay: CommandRelay;
  let isOnline: boolean;
  /** what the next grants wait for */
  let granted: Promise<unknown>;

  beforeEach(() => {
    vi.useFakeTimers();
    broker = new BrokerUnderTest();
    isOnline = true;
    granted = Promise.resolve({ callId: 'call' });
    relay = new CommandRelay({
      broker: broker as never,
      reports: { of: () => ({ online: isOnline }) } as never,
      grantFor: () => granted as never,
      logger: pino({ level: 'silent' }),
    });
    relay.start();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const settled = () => vi.advanceTimersByTimeAsync(0);
  /** `outcome` is the code of what it was refused for, 'done', or null while it is open. */
  function send(order: Partial<Order> = {}): { id: string; outcome: () => string | null } {
    const id = order.id ?? newId();
    let outcome: string | null = null;
    const whole: Order = {
      id,
      roomId,
      command: { name: 'leave-call' },
      issuer: { kind: 'controller', id: newId() },
      isAllowed: () => true,
      isPresent: () => true,
      ...order,
    };
    relay.send(whole).then(
      () => {
        outcome = 'done';
      },
      ({ code }: { code: string }) => {
        outcome = code;
      },
    );
    return { id, outcome: () => outcome };
  }
  const sentIds = (): string[] => broker.published.map(({ message }) => (message as CommandEnvelope).id);
  const reply = (id: string, by = roomId): void => broker.receive('commandReply', by, { ok: true, id });

  test('a command expires after five seconds, for the room and for its issuer, and a reply after that changes nothing', async () => {
    broker.subscribe('command', roomId);
    const sentAtMs = Date.now();
    const { id, outcome } = send();
    await vi.advanceTimersByTimeAsync(COMMAND_TIMEOUT_MS - 1);
    expect(broker.published).toMatchObject([{ id: roomId, message: { id, expiresAtMs: sentAtMs + 5_000 } }]);
    expect(outcome()).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome()).toBe('room-not-answering');
    reply(id);
    broker.subscribe('command', roomId);
    await settled();
    expect([outcome(), sentIds()]).toEqual(['room-not-answering', [id]]);
  });

  test('a reply of the room ends the wait, that of another room does not', async () => {
    broker.subscribe('command', roomId);
    const { id, outcome } = send();
    await settled();
    reply(id, newId());
    await settled();
    expect(outcome()).toBeNull();
    reply(id);
    await settled();
    expect([outcome(), vi.getTimerCount()]).toEqual(['done', 0]);
  });

  test('the same id twice is one command with one reply, and once it is done the id may be used again', async () => {
    broker.subscribe('command', roomId);
    const first = send();
    const second = send({ id: first.id });
    await settled();
    expect(sentIds()).toEqual([first.id]);
    reply(first.id);
    await settled();
    expect([first.outcome(), second.outcome()]).toEqual(['done', 'done']);
    const third = send({ id: first.id });
    await settled();
    expect([sentIds(), third.outcome()]).toEqual([[first.id, first.id], null]);
  });

  test('a room that subscribes anew gets what it has not answered, unless the right to it has ended meanwhile', async () => {
    broker.subscribe('command', roomId);
    let isAllowed = true;
    const [answered, open, ended] = [send(), send(), send({ isAllowed: () => isAllowed })];
    await settled();
    expect(sentIds()).toEqual([answered.id, open.id, ended.id]);
    reply(answered.id);
    isAllowed = false;
    broker.published.length = 0;
    broker.subscribe('command', newId());
    broker.subscribe('desired', roomId);
    expect(sentIds()).toEqual([]);
    broker.subscribe('command', roomId);
    expect(sentIds()).toEqual([open.id]);
  });

  test('a command waits for a room that was heard a moment ago; to a room that is gone it is refused at once', async () => {
    const waiting = send();
    await settled();
    expect([waiting.outcome(), sentIds()]).toEqual([null, []]);
    broker.subscribe('command', roomId);
    expect(sentIds()).toEqual([waiting.id]);
    isOnline = false;
    broker.disconnect(roomId);
    const refused = send();
    await settled();
    expect([refused.outcome(), sentIds()]).toEqual(['room-not-answering', [waiting.id]]);
  });

  test('a command whose right ends while its grant is made does not leave', async () => {
    broker.subscribe('command', roomId);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    granted = promise;
    let isAllowed = true;
    const { outcome } = send({ command: { name: 'join-call' }, isAllowed: () => isAllowed });
    await settled();
    isAllowed = false;
    resolve({ callId: 'call' });
    await settled();
    expect([outcome(), sentIds(), vi.getTimerCount()]).toEqual(['pairing-revoked', [], 0]);
  });

  test('a grant that comes after the command has expired starts nothing, also where the same id was sent again', async () => {
    broker.subscribe('command', roomId);
    const [former, next] = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()];
    granted = former.promise;
    const late = send({ command: { name: 'join-call' } });
    await vi.advanceTimersByTimeAsync(COMMAND_TIMEOUT_MS);
    expect(late.outcome()).toBe('room-not-answering');
    granted = next.promise;
    const again = send({ id: late.id, command: { name: 'join-call' } });
    former.resolve({ callId: 'former' });
    await settled();
    expect(broker.published).toEqual([]);
    next.resolve({ callId: 'next' });
    await settled();
    expect(broker.published).toMatchObject([{ message: { id: again.id, grant: { callId: 'next' } } }]);
  });

  test.each<[RoomCommand['name'], string[], string | null]>([
    ['join-call', ['join-call'], null],
    ['prepare-call', [], 'call-unreachable'],
  ])('while its call cannot be reached, %s', async (name, sent, refusal) => {
    broker.subscribe('command', roomId);
    granted = Promise.reject(new OperationalError('call-unreachable'));
    const { outcome } = send({ command: { name } as RoomCommand });
    await settled();
    expect(broker.published.map(({ message }) => (message as CommandEnvelope).command.name)).toEqual(sent);
    expect(outcome()).toBe(refusal);
  });
});
