import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { BroadcastAct } from '#contract/broadcast.ts';
import { UserError } from '#contract/error-codes.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { RoomLinkSession } from '#edge/room-link-session.ts';
import { newId } from '../store/index.ts';
import { fleetRoomLinkHost } from './room-link.ts';

test('a pairing that is ended while its room is looked up opens no link', async () => {
  const roomId = newId();
  const pairing = { pairingId: newId(), roomId };
  let live = true;
  const socket = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    send: vi.fn(),
    close: vi.fn(),
    terminate: vi.fn(),
  });
  const host = fleetRoomLinkHost({
    pairings: { ofToken: async () => pairing, isLive: () => live, touch: () => {} },
    registry: {
      byId: async () => {
        live = false;
        return { roomId, roomName: 'Room' };
      },
    },
    reports: {
      of: () => ({ state: null, online: true, lastSeenMs: null }),
      projections: { relayedTo: () => ({}) },
      listen: () => () => {},
    },
  } as never);
  const session = new RoomLinkSession({
    socket: socket as never,
    network: 'net',
    host,
    wrongTokens: { take: () => true } as never,
    onProven: () => {},
    logger: pino({ level: 'silent' }),
  });
  session.start();
  const hello = { type: 'hello', protocol: PROTOCOL_VERSION, token: 'token' };
  socket.emit('message', Buffer.from(JSON.stringify(hello)), false);
  await vi.waitFor(() => expect(socket.close).toHaveBeenCalledWith(4421, 'pairing-revoked'));
  expect(session.pairingId).toBeNull();
});

describe('a phone that may have left the room', () => {
  const roomId = newId();
  const pairing = { pairingId: newId(), roomId };
  const admitted = { pairingId: pairing.pairingId, pairing, roomId, roomName: 'Room' } as never;
  const linkHost = (isPresent: boolean) => {
    const done: unknown[] = [];
    const host = fleetRoomLinkHost({
      pairings: { isLive: () => true, isPresent: () => isPresent },
      air: {
        direct: async (_: string, { name }: BroadcastAct) => void done.push(name),
        setRecording: async (_: string, on: boolean) => void done.push(on),
      },
    } as never);
    return { host, done };
  };

  test.each<BroadcastAct>([
    { name: 'open-green-room' },
    { name: 'start' },
    { name: 'resume' },
    { name: 'set-stage', stage: { kind: 'everyone' } },
  ])('$name shows the room to viewers: only from somebody who is in it', async (act) => {
    const outside = linkHost(false);
    await expect(outside.host.directBroadcast!(admitted, act)).rejects.toMatchObject({ code: 'presence-needed' });
    expect(outside.done).toEqual([]);
    const inside = linkHost(true);
    await inside.host.directBroadcast!(admitted, act);
    expect(inside.done).toEqual([act.name]);
  });

  test.each<BroadcastAct>([
    { name: 'cancel-countdown' },
    { name: 'hold' },
    { name: 'close-green-room' },
    { name: 'end' },
  ])('$name goes from anywhere', async (act) => {
    const { host, done } = linkHost(false);
    await host.directBroadcast!(admitted, act);
    expect(done).toEqual([act.name]);
  });

  test('records only from the room, and stops from anywhere', async () => {
    const { host, done } = linkHost(false);
    await expect(host.setRecording!(admitted, true)).rejects.toMatchObject({ code: 'presence-needed' });
    await host.setRecording!(admitted, false);
    expect(done).toEqual([false]);
  });
});

test('a link that ends follows nothing of its room any more', () => {
  const followed = new Set<string>();
  const follow = (what: string) => () => {
    followed.add(what);
    return () => void followed.delete(what);
  };
  vi.useFakeTimers();
  const host = fleetRoomLinkHost({
    meetings: { documentAccessOfRoom: async () => null, onPolicyChanged: follow('policies') },
    waiting: { follow: follow('who waits') },
    air: { follow: follow('air') },
    reports: { projections: { get: () => null }, listen: follow('reports') },
  } as never);
  const end = host.follow!({ roomId: newId(), pairingId: newId() } as never, () => {});
  expect([followed.size, vi.getTimerCount()]).toEqual([4, 1]);
  end();
  expect([[...followed], vi.getTimerCount()]).toEqual([[], 0]);
  vi.useRealTimers();
});

describe('a phone gets why what it asked for was refused:', () => {
  const admitted = { pairingId: newId(), pairing: {}, roomId: newId(), roomName: 'Room' } as never;
  const refuse = async (): Promise<never> => {
    throw new UserError('forbidden');
  };
  const host = fleetRoomLinkHost({
    pairings: { isLive: () => true, isPresent: () => true },
    waiting: { decide: refuse, invite: refuse },
    air: { direct: refuse, setRecording: refuse },
    notes: { add: refuse },
    relay: { send: refuse },
  } as never);

  test.each<[string, () => Promise<unknown>]>([
    ['a decision about who waits', () => host.decideWaiting!(admitted, { name: 'admit-all' })],
    ['an invitation', () => host.makeInvite!(admitted, null)],
    ['an act of a broadcast', () => host.directBroadcast!(admitted, { name: 'end' })],
    ['a recording', () => host.setRecording!(admitted, true)],
    ['a line of the notes', () => host.addNote!(admitted, newId(), { kind: 'note', text: 'Prices' })],
  ])('%s', async (_, act) => {
    await expect(act()).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('a command', async () =>
    expect(await host.command(admitted, newId(), { name: 'end-call' })).toMatchObject({ code: 'forbidden' }));
});

describe('a phone whose pairing was ended', () => {
  const admitted = { pairingId: newId(), pairing: {}, roomId: newId(), roomName: 'Room' } as never;
  const done: string[] = [];
  const note = (what: string) => async () => void done.push(what);
  beforeEach(() => {
    done.length = 0;
  });
  const host = fleetRoomLinkHost({
    pairings: { isLive: () => false, isPresent: () => true },
    waiting: { decide: note('decide'), invite: note('invite') },
    air: { direct: note('direct'), setRecording: note('record') },
    notes: { add: note('add a note') },
    relay: {
      send: async ({ isAllowed }: { isAllowed: () => boolean }) => {
        if (isAllowed()) done.push('command');
        else throw new UserError('pairing-revoked');
      },
    },
  } as never);

  test.each<[string, () => Promise<unknown>]>([
    ['decides about nobody', () => host.decideWaiting!(admitted, { name: 'admit-all' })],
    ['invites nobody', () => host.makeInvite!(admitted, null)],
    ['takes nothing off the air', () => host.directBroadcast!(admitted, { name: 'end' })],
    ['ends no recording', () => host.setRecording!(admitted, false)],
    ['adds no line to the notes', () => host.addNote!(admitted, newId(), { kind: 'note', text: 'Prices' })],
  ])('%s', async (_, act) => {
    await expect(act()).rejects.toMatchObject({ code: 'pairing-revoked' });
    expect(done).toEqual([]);
  });

  test('commands nothing', async () => {
    expect(await host.command(admitted, newId(), { name: 'end-call' })).toMatchObject({ code: 'pairing-revoked' });
    expect(done).toEqual([]);
  });
});
