import { expect, test } from 'vitest';
import { qualityOf } from './transport-quality.ts';

const stat = { recvBitrate: 900_400, sendBitrate: 2_000_000 };

test('both directions, from the node’s end', () =>
  expect(qualityOf({ ...stat, rtpPacketLossReceived: 0.0213 }, { ...stat, rtpPacketLossSent: 0.5 })).toEqual({
    roundTripMs: null,
    sent: { lossPercent: 50, jitterMs: null, kilobitsPerSecond: 2_000, framesPerSecond: null },
    received: { lossPercent: 2.1, jitterMs: null, kilobitsPerSecond: 900, framesPerSecond: null },
    path: 'direct',
  }));

test('a loss that was not measured is no loss of zero', () =>
  expect(qualityOf(stat, stat).received.lossPercent).toBeNull());

test('no more is lost than all', () =>
  expect(qualityOf({ ...stat, rtpPacketLossReceived: 1.2 }, stat).received.lossPercent).toBe(100));

test('one transport over TCP is enough', () => {
  const iceSelectedTuple = { protocol: 'tcp' } as never;
  expect(qualityOf(stat, { ...stat, iceSelectedTuple }).path).toBe('tcp');
});
