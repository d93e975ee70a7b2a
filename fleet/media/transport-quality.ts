/** How a peer's connection is, from mediasoup's own counts of its two transports: pure. Jitter and frames are the room's to measure. */
import type { CallQuality, FlowQuality } from '#contract/kiosk-health.ts';
import type { types } from 'mediasoup';

type Stat = Pick<
  types.WebRtcTransportStat,
  'iceSelectedTuple' | 'recvBitrate' | 'sendBitrate' | 'rtpPacketLossReceived' | 'rtpPacketLossSent'
>;

/** @param fromPeer of the transport by which the peer sends; @param toPeer of that by which it receives */
export function qualityOf(fromPeer: Stat, toPeer: Stat): CallQuality {
  return {
    roundTripMs: null,
    sent: flowOf(toPeer.sendBitrate, toPeer.rtpPacketLossSent),
    received: flowOf(fromPeer.recvBitrate, fromPeer.rtpPacketLossReceived),
    // a relay is seen by the room alone
    path: [fromPeer, toPeer].some(({ iceSelectedTuple }) => iceSelectedTuple?.protocol === 'tcp') ? 'tcp' : 'direct',
  };
}

const flowOf = (bitrateBps: number, lostShare: number | undefined): FlowQuality => ({
  lossPercent: lostShare === undefined ? null : Math.min(100, Math.round(1_000 * lostShare) / 10),
  jitterMs: null,
  kilobitsPerSecond: Math.round(bitrateBps / 1_000),
  framesPerSecond: null,
});
