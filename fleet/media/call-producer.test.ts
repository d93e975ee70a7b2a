import { expect, it } from 'vitest';
import type { types } from 'mediasoup';
import { callProducer } from './call-producer.ts';
import type { CallRouter } from './call-routers.ts';

it.each([
  [undefined, 1],
  [[{}], 1],
  [[{}, {}, {}], 3],
])('encodings %j are %i layers, all of them sent at first', (encodings, layers) => {
  const producer = { id: 'p', rtpParameters: { encodings } } as unknown as types.Producer;
  const made = callProducer(producer, 'ana', 'camera', {} as CallRouter);
  expect([made.layers, made.sentLayers]).toEqual([layers, layers]);
});
