import { expect, test } from 'vitest';
import { readQuality } from './call-quality.ts';

const reports = (...all: { id: string; type: string; [field: string]: unknown }[]) =>
  new Map(all.map((each) => [each.id, each])) as unknown as RTCStatsReport;
const sent = (packetsSent: number, packetsLost: number, bytesSent: number, framesEncoded: number) =>
  reports(
    { id: 'o', type: 'outbound-rtp', kind: 'video', packetsSent, bytesSent, framesEncoded },
    { id: 'r', type: 'remote-inbound-rtp', kind: 'video', packetsLost, jitter: 0.004, roundTripTime: 0.05 },
    { id: 't', type: 'transport', selectedCandidatePairId: 'p' },
    {
      id: 'p',
      type: 'candidate-pair',
      nominated: true,
      state: 'succeeded',
      currentRoundTripTime: 0.031,
      localCandidateId: 'l',
    },
    { id: 'l', type: 'local-candidate', candidateType: 'host', protocol: 'udp' },
  );
const received = (packetsReceived: number, packetsLost: number, bytesReceived: number) =>
  reports({ id: 'i', type: 'inbound-rtp', kind: 'audio', packetsReceived, packetsLost, bytesReceived, jitter: 0.012 });

test('between two readings', () => {
  const first = readQuality({ sent: sent(1_000, 10, 1e6, 300), received: received(500, 0, 1e5) }, null, 60_000);
  expect(first.quality).toBeNull();
  const { quality } = readQuality(
    { sent: sent(2_000, 30, 2e6, 600), received: received(950, 50, 2e5) },
    first.counted,
    70_000,
  );
  expect(quality).toEqual({
    roundTripMs: 31,
    sent: { lossPercent: 2, jitterMs: 4, kilobitsPerSecond: 800, framesPerSecond: 30 },
    received: { lossPercent: 10, jitterMs: 12, kilobitsPerSecond: 80, framesPerSecond: null },
    path: 'direct',
  });
});

test('a transport that is new counts from its start, and nothing that flows has no loss', () => {
  const first = readQuality({ sent: sent(1_000, 10, 1e6, 300), received: received(500, 0, 1e5) }, null, 0);
  const { quality } = readQuality(
    { sent: sent(100, 1, 1e5, 30), received: received(500, 0, 1e5) },
    first.counted,
    10_000,
  );
  expect(quality!.sent).toMatchObject({ lossPercent: 1, kilobitsPerSecond: 80 });
  expect(quality!.received.lossPercent).toBeNull();
});
