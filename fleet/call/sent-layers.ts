/**
 * Which simulcast layers an encoder really sends: it stops the upper ones by itself where the uplink narrows, and tells
 * nobody. The node is told, so that whoever sees such a layer gets a lower one instead of a picture that stands still.
 */
import type { types } from 'mediasoup-client';

/** A layer is off once the lowest had so many frames without one of it: single frames are dropped now and then. */
const FRAMES_WITHOUT = 3;
const CHECK_INTERVAL_MS = 200;

export class SentLayers {
  readonly #layers: { frames: number; lowestFrames: number; wasSent: boolean }[];

  constructor(count: number) {
    this.#layers = Array.from({ length: count }, () => ({ frames: 0, lowestFrames: 0, wasSent: false }));
  }

  /** @param frames encoded so far, by layer, the lowest first. What has not begun yet counts as sent. At least 1. */
  update(frames: readonly number[]): number {
    const [lowestFrames = 0] = frames;
    for (const [index, layer] of this.#layers.entries()) {
      const encoded = frames[index] ?? 0;
      if (encoded > layer.frames) Object.assign(layer, { frames: encoded, lowestFrames, wasSent: true });
    }
    const firstOff = this.#layers.findIndex(
      (layer, index) => index > 0 && layer.wasSent && lowestFrames - layer.lowestFrames >= FRAMES_WITHOUT,
    );
    return firstOff === -1 ? this.#layers.length : firstOff;
  }
}

export type SentLayersOptions = {
  sender: Pick<types.Producer, 'closed' | 'getStats'>;
  /** simulcast layers; with one there is nothing to tell */
  count: number;
  /** not before the node knows the producer */
  mayTell: () => boolean;
  tell: (layers: number) => Promise<unknown>;
};

/** Until the sender is closed. What could not be told is told again. */
export function tellSentLayers({ sender, count, mayTell, tell }: SentLayersOptions): void {
  if (count <= 1) return;
  const sent = new SentLayers(count);
  let told: number | null = count;
  const look = async (): Promise<void> => {
    const layers = sent.update(framesByLayer(await sender.getStats(), count));
    if (layers === told) return;
    told = layers;
    await tell(layers).catch(() => {
      told = null;
    });
  };
  const timer = setInterval(() => {
    if (sender.closed) clearInterval(timer);
    else if (mayTell()) look().catch(() => {}); // closed meanwhile
  }, CHECK_INTERVAL_MS);
}

/** mediasoup-client names the layers r0, r1, r2 from the lowest. */
function framesByLayer(stats: RTCStatsReport, count: number): number[] {
  const frames = Array.from({ length: count }, () => 0);
  for (const report of stats.values()) {
    const layer = report.type === 'outbound-rtp' ? Number(/^r(\d)$/.exec(report.rid)?.[1]) : Number.NaN;
    if (layer < count) frames[layer] = report.framesEncoded ?? 0;
  }
  return frames;
}
