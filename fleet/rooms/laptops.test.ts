/** A laptop whose pairing is ended is put out, wherever it is on its way in and however often it has come. */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { newId } from '../store/index.ts';
import { Laptops } from './laptops.ts';

const roomId = newId();
const pairing = { pairingId: newId(), roomId, kind: 'laptop' };

function laptopsUnderTest() {
  let revoke: (pairingId: string) => void = () => {};
  let isLive = true;
  let isCallReached = Promise.resolve();
  const removed: string[] = [];
  const touched: unknown[] = [];
  let places = 0;
  const laptops = new Laptops({
    pairings: {
      ofToken: async () => pairing,
      isLive: () => isLive,
      touch: (each: unknown) => void touched.push(each),
      isPresent: () => true,
      onRevoked: (handler: typeof revoke) => {
        revoke = handler;
      },
    },
    relay: { send: async () => {} },
    reports: { of: () => ({ online: true, state: null }) },
    meetings: {
      grantForLaptop: async () => {
        places += 1;
        const grant = { callId: 'call', peerId: `peer ${places}` };
        await isCallReached;
        return grant;
      },
      commandNodes: ({ name, peerId }: { name: string; peerId: string }) => removed.push(`${name} ${peerId}`),
    },
    logger: pino({ level: 'silent' }),
  } as never);
  laptops.start();
  return {
    laptops,
    removed,
    touched,
    revoke: () => {
      isLive = false;
      revoke(pairing.pairingId);
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      isCallReached = promise;
      return resolve;
    },
  };
}

test('a laptop that has come in twice is put out of both places, and out of none a second time', async () => {
  const { laptops, removed, revoke } = laptopsUnderTest();
  await laptops.enter('token');
  await laptops.enter('token');
  revoke();
  expect(removed).toEqual(['remove-participant peer 1', 'remove-participant peer 2']);
  revoke();
  expect(removed).toHaveLength(2);
});

test('each time that a laptop comes in is a use of its pairing', async () => {
  const { laptops, touched } = laptopsUnderTest();
  await laptops.enter('token');
  await laptops.enter('token');
  expect(touched).toEqual([pairing, pairing]);
});

test('a laptop whose pairing is ended while its call is reached gets no grant', async () => {
  const { laptops, revoke, hold } = laptopsUnderTest();
  const reach = hold();
  const entered = laptops.enter('token');
  await new Promise((resolve) => setImmediate(resolve));
  revoke();
  reach();
  await expect(entered).rejects.toMatchObject({ code: 'pairing-revoked' });
});
