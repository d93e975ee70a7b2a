/**
 * Which simulcast layers an encoder really sends: it stops the upper ones by itself where the uplink narrows,
 * without an event. The node is notified, so that a viewer of such a layer gets a lower one instead of a frozen picture.
 */
import type { types } from 'mediasoup-client';

/** A layer is off once the lowest had so many frames without one of it: single frames are dropped now and then. */
const FRAMES_WITHOUT = 3;
const CHECK_INTERVAL_MS = 200;

/**
 * Of one layer. `targetBps`: the encoder's target. Chromium reports it at once, and leaves it out where it is zero;
 * Firefox never reports it.
 */
export type EncodedLayer = { frames: number; targetBps: number | undefined };

export class SentLayers {
  readonly #layers: { frames: number; lowestFrames: number; wasSent: boolean; isOff: boolean }[];

  constructor(count: number) {
    this.#layers = Array.from({ length: count }, () => ({ frames: 0, lowestFrames: 0, wasSent: false, isOff: false }));
  }

  /** @param encoded so far, the lowest layer first. A layer that has not begun yet counts as sent. At least 1. */
  update(encoded: readonly EncodedLayer[]): number {
    const lowestFrames = encoded[0]?.frames ?? 0;
    const isLowestGiven = (encoded[0]?.targetBps ?? 0) > 0;
    for (const [index, layer] of this.#layers.entries()) {
      const { frames, targetBps } = encoded[index] ?? { frames: 0, targetBps: undefined };
      if (frames > layer.frames) Object.assign(layer, { frames, lowestFrames, wasSent: true, isOff: false });
      if (index === 0 || !layer.wasSent) continue;
      // until its next frame: a few bits given again are no picture yet
      if (lowestFrames - layer.lowestFrames >= FRAMES_WITHOUT || (isLowestGiven && !targetBps)) layer.isOff = true;
    }
    const firstOff = this.#layers.findIndex(({ isOff }) => isOff);
    return firstOff === -1 ? this.#layers.length : firstOff;
  }
}

export type SentLayersOptions = {
  sender: Pick<types.Producer, 'closed' | 'getStats'>;
  /** simulcast layers; with one there is nothing to report */
  count: number;
  /** not before the node knows the producer */
  mayTell: () => boolean;
  tell: (layers: number) => Promise<unknown>;
};

/** Until the sender is closed. A report that failed is sent again. */
export function reportSentLayers({ sender, count, mayTell, tell }: SentLayersOptions): void {
  if (count <= 1) return;
  const sent = new SentLayers(count);
  let told: number | null = count;
  const look = async (): Promise<void> => {
    const layers = sent.update(encodedLayers(await sender.getStats(), count));
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
function encodedLayers(stats: RTCStatsReport, count: number): EncodedLayer[] {
  const layers = Array.from({ length: count }, (): EncodedLayer => ({ frames: 0, targetBps: undefined }));
  for (const report of stats.values()) {
    const layer = report.type === 'outbound-rtp' ? Number(/^r(\d)$/.exec(report.rid)?.[1]) : Number.NaN;
    if (layer < count) layers[layer] = { frames: report.framesEncoded ?? 0, targetBps: report.targetBitrate };
  }
  return layers;
}
