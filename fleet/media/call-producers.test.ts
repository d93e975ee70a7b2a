import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { CallProducers } from './call-producers.ts';
import type { Peer } from './peer.ts';

const PRODUCER_ID = '01890000-0000-7000-8000-000000000001';

/** A peer whose camera has so many layers, in a call that counts how often its forwarding is to look again. */
async function withCamera(layers: number) {
  let changes = 0;
  const producers = new CallProducers({
    shareBackMs: 1_000,
    onChanged: () => {
      changes += 1;
    },
    onPeerChanged: () => {},
    onMicrophone: () => {},
    onKeptMuted: () => {},
  });
  const producer = Object.assign(new EventEmitter(), {
    id: PRODUCER_ID,
    observer: new EventEmitter(),
    rtpParameters: { encodings: Array.from({ length: layers }, () => ({})) },
  });
  const peer = {
    peerId: 'a',
    permissions: { publishes: ['camera'] },
    producers: new Map(),
    producerOf: () => undefined,
    media: { produce: async () => producer, isSendingBy: () => true, callRouter: {} },
  } as unknown as Peer;
  await producers.produce(peer, {
    transportId: 't',
    producerId: PRODUCER_ID,
    source: 'camera',
    kind: 'video',
    rtpParameters: {} as never,
    paused: false,
  });
  changes = 0;
  return { producers, peer, sent: () => producers.all.get(PRODUCER_ID)?.sentLayers, changes: () => changes };
}

test('layers that stop and go on are seen by everyone, once each', async () => {
  const { producers, peer, sent, changes } = await withCamera(3);
  expect(sent()).toBe(3);
  for (const layers of [1, 1, 3]) producers.setSentLayers(peer, PRODUCER_ID, layers);
  expect([sent(), changes()]).toEqual([3, 2]);
});

test('no more layers than there are, and none of a producer that is not the own', async () => {
  const { producers, peer, sent, changes } = await withCamera(2);
  producers.setSentLayers(peer, PRODUCER_ID, 3);
  expect([sent(), changes()]).toEqual([2, 0]);
  expect(() => producers.setSentLayers({ producers: new Map() } as unknown as Peer, PRODUCER_ID, 1)).toThrow(
    expect.objectContaining({ code: 'not-possible-now' }),
  );
});
