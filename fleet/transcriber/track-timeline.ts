/** Where each packet of a track belongs: RTP's timestamps as samples of 16 kHz since the track began, and by the node's clock. Pure. */
import { SAMPLES_PER_SECOND } from './voice-activity.ts';

/** Ticks of Opus in RTP for one sample of ours (RFC 7587). */
const TICKS_PER_SAMPLE = 3;
const TICKS_PER_MS = 48;
const SAMPLES_PER_MS = SAMPLES_PER_SECOND / 1_000;
/** A timestamp is believed as far as the clock agrees. */
const BELIEVED_MS = 2_000;
/** Late ones in a row: the timestamps were set back. */
const MOST_LATE_PACKETS = 10;
/** The clocks of two machines differ by 500 ppm at most: a packet of 20 ms. */
const DRIFT_MS = 0.01;
/** What differs by more is a clock that was set. */
const CLOCK_SET_MS = 5_000;

export class TrackTimeline {
  #nextTimestamp: number | null = null;
  #lastAtMs = 0;
  #latePackets = 0;
  #position = 0;
  /** when the first sample was spoken, by the packet that came through quickest */
  #originMs: number | null = null;

  /** Samples since the track began, up to the end of what was placed. */
  get position(): number {
    return this.#position;
  }

  /** @returns how many samples are missing in front of it; null: its place has passed */
  gapBefore(timestamp: number, atMs: number): number | null {
    const elapsedMs = Math.max(0, atMs - this.#lastAtMs);
    if (this.#nextTimestamp === null) {
      this.#lastAtMs = atMs;
      return 0;
    }
    // 32 bits, and wraps round
    const ticks = (timestamp - this.#nextTimestamp) | 0;
    const isLate = ticks < 0 && ticks > -10_000 * TICKS_PER_MS;
    this.#latePackets = isLate ? this.#latePackets + 1 : 0;
    if (isLate && this.#latePackets < MOST_LATE_PACKETS) return null;
    this.#latePackets = 0;
    this.#lastAtMs = atMs;
    const isBelieved = ticks >= 0 && ticks <= (elapsedMs + BELIEVED_MS) * TICKS_PER_MS;
    return isBelieved ? Math.round(ticks / TICKS_PER_SAMPLE) : Math.round(elapsedMs) * SAMPLES_PER_MS;
  }

  /** After its gap was skipped. */
  place(timestamp: number, samples: number, atMs: number): void {
    this.#position += samples;
    this.#nextTimestamp = (timestamp + samples * TICKS_PER_SAMPLE) >>> 0;
    const originMs = atMs - this.#position / SAMPLES_PER_MS;
    const known = this.#originMs;
    const isSet = known === null || Math.abs(originMs - known) > CLOCK_SET_MS;
    this.#originMs = isSet ? originMs : Math.min(originMs, known + DRIFT_MS);
  }

  skip(samples: number): void {
    this.#position += samples;
  }

  /** @returns by the node's clock */
  timeOf(sample: number): number {
    return Math.max(0, Math.round((this.#originMs ?? this.#lastAtMs) + sample / SAMPLES_PER_MS));
  }
}
