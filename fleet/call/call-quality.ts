/**
 * How a call is, from the browser's own counters: pure, from one reading to the next. A counter that began anew (another
 * transport) counts from there.
 */
import type { CallQuality, FlowQuality } from '#contract/kiosk-health.ts';
import { mediaWayOf } from './media-way.ts';
import type { MediaStatistics } from './media-session.ts';

type Report = { type: string; id?: string; [field: string]: unknown };
type Counted = { packets: number; lost: number; bytes: number; frames: number };
/** What the next reading is compared with. */
export type CountedCall = { atMs: number; sent: Counted; received: Counted };

const numberOf = (report: Report, field: string): number => {
  const value = report[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
};
const sumOf = (reports: readonly Report[], field: string): number =>
  reports.reduce((sum, report) => sum + numberOf(report, field), 0);
const worstOf = (reports: readonly Report[], field: string): number | null => {
  const values = reports.flatMap((report) => (typeof report[field] === 'number' ? (report[field] as number) : []));
  return values.length > 0 ? Math.max(...values) : null;
};

/** `quality` null: the first reading, there is nothing to compare. */
export function readQuality(
  { sent, received }: MediaStatistics,
  before: CountedCall | null,
  atMs: number,
): { counted: CountedCall; quality: CallQuality | null } {
  const [outgoing, incoming] = [[...sent.values()], [...received.values()]] as [Report[], Report[]];
  const outbound = outgoing.filter(({ type }) => type === 'outbound-rtp');
  const remote = outgoing.filter(({ type }) => type === 'remote-inbound-rtp');
  const inbound = incoming.filter(({ type }) => type === 'inbound-rtp');
  const isVideo = ({ kind }: Report): boolean => kind === 'video';
  const counted: CountedCall = {
    atMs,
    sent: {
      packets: sumOf(outbound, 'packetsSent'),
      lost: sumOf(remote, 'packetsLost'),
      bytes: sumOf(outbound, 'bytesSent'),
      frames: sumOf(outbound, 'framesEncoded'),
    },
    received: {
      packets: sumOf(inbound, 'packetsReceived'),
      lost: sumOf(inbound, 'packetsLost'),
      bytes: sumOf(inbound, 'bytesReceived'),
      frames: sumOf(inbound, 'framesDecoded'),
    },
  };
  if (before === null) return { counted, quality: null };
  const pairs = [...outgoing, ...incoming].filter(
    ({ type, nominated, state }) => type === 'candidate-pair' && nominated === true && state === 'succeeded',
  );
  const roundTripS = worstOf(pairs, 'currentRoundTripTime') ?? worstOf(remote, 'roundTripTime');
  const way = mediaWayOf(sent) ?? mediaWayOf(received);
  const overMs = Math.max(1, atMs - before.atMs);
  const flow = (
    now: Counted,
    was: Counted,
    jitterS: number | null,
    hasVideo: boolean,
    lostAside: boolean,
  ): FlowQuality => {
    const since = (name: keyof Counted): number => (now[name] >= was[name] ? now[name] - was[name] : now[name]);
    const [packets, lost] = [since('packets'), since('lost')];
    // what is lost on the way out was sent; what is lost on the way in was not received
    const all = lostAside ? packets + lost : packets;
    return {
      lossPercent: all > 0 ? Math.min(100, Math.round((1_000 * lost) / all) / 10) : null,
      jitterMs: jitterS === null ? null : Math.round(jitterS * 1_000),
      kilobitsPerSecond: Math.round((8 * since('bytes')) / overMs),
      framesPerSecond: hasVideo ? Math.round((10_000 * since('frames')) / overMs) / 10 : null,
    };
  };
  return {
    counted,
    quality: {
      roundTripMs: roundTripS === null ? null : Math.round(roundTripS * 1_000),
      sent: flow(counted.sent, before.sent, worstOf(remote, 'jitter'), outbound.some(isVideo), false),
      received: flow(counted.received, before.received, worstOf(inbound, 'jitter'), inbound.some(isVideo), true),
      path: way === 'direct-tcp' ? 'tcp' : (way ?? 'direct'),
    },
  };
}
