import { expect, it } from 'vitest';
import { roomRoutes } from './routes.ts';

it.each([
  ['which has reported no equipment', null, null],
  ['whose kiosk is not reached on the LAN', { lanUrl: null }, null],
  ['whose kiosk is reached on the LAN', { lanUrl: 'wss://192.0.2.1' }, 'wss://192.0.2.1'],
])('a phone that pairs with a room %s gets %j: %s', async (_, equipment, lanUrl) => {
  const rooms = {
    pairings: { pair: async () => ({ controllerToken: 'token', roomId: 'r', kind: 'phone' }) },
    registry: { byId: async () => ({ roomId: 'r', roomName: 'Room' }) },
    reports: { projections: { get: () => equipment } },
  };
  const pair = roomRoutes({ rooms, places: {} } as never).find(({ name }) => name === 'pair')!;
  const context = { body: { code: 'BCDFGHJK' }, network: 'net' };
  expect(await pair.handler(context as never)).toEqual({
    controllerToken: 'token',
    roomId: 'r',
    roomName: 'Room',
    kind: 'phone',
    lanUrl,
  });
});
