import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
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
