import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { newId } from '../store/index.ts';
import { RoomLinkSession } from './room-link-session.ts';

test('a pairing that is ended while its room is looked up opens no link', async () => {
  const roomId = newId();
  const pairing = { pairingId: newId(), roomId };
  let live = true;
  const webSocket = { OPEN: 1, readyState: 1, bufferedAmount: 0, send: vi.fn(), close: vi.fn(), terminate: vi.fn() };
  const session = new RoomLinkSession({
    webSocket,
    network: 'net',
    wrongTokens: { allows: () => true, count: () => {} },
    pairings: { ofToken: async () => pairing, isLive: () => live, touch: () => {} },
    registry: {
      byId: async () => {
        live = false;
        return { roomId, roomName: 'Room' };
      },
    },
    reports: { of: () => ({ state: null, online: true, lastSeenMs: null }), listen: () => () => {} },
    details: { of: () => ({}), listen: () => () => {} },
    logger: pino({ level: 'silent' }),
  } as never);
  session.onMessage(Buffer.from(JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION, token: 'token' })), false);
  await vi.waitFor(() => expect(webSocket.close).toHaveBeenCalledWith(4421, 'pairing-revoked'));
  expect(session.pairingId).toBeNull();
});
