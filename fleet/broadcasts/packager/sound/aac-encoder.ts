/** Opus in, AAC out, by an ffmpeg; each frame with the time of its sound. While none runs, nothing comes out. */
import { AUDIO_FRAME, AUDIO_HZ } from '../mp4/fragment-writer.ts';
import { Filter } from '../filter.ts';
import { AdtsReader } from './adts.ts';
import { OggOpusWriter, OPUS_SILENCE, opusSamples } from './ogg-opus.ts';

export type AacEncoderOptions = {
  onFrame: (frame: Buffer, capturedAtMs: number) => void;
  log: (what: string, details: object) => void;
};

/** Time of a sample that went in: of it and those after it, up to the next of these. */
type Anchor = { sample: number; atMs: number };

const ARGS = [
  ...['-fflags', 'nobuffer', '-flags', 'low_delay', '-probesize', '32', '-analyzeduration', '0'],
  ...['-f', 'ogg', '-i', 'pipe:0', '-vn', '-ac', '2', '-ar', String(AUDIO_HZ)],
  ...['-c:a', 'aac', '-b:a', '128k', '-flush_packets', '1', '-f', 'adts', 'pipe:1'],
];
/** A hole of up to so much is filled with silence; after a longer one the time is counted anew. */
const LONGEST_FILLED_MS = 1_000;
/** Time and samples may differ by so much before one is corrected. */
const DRIFT_MS = 15;
/** For so long sound went in, and nothing came out: it hangs. */
const HANGS_AFTER_MS = 3_000;
/** Its start needs half a second, and much more on a machine that is short of processor time: the next one would need as long. */
const STARTS_WITHIN_MS = 15_000;
const PACKET_MS = 20;

export class AacEncoder {
  readonly #options: AacEncoderOptions;
  readonly #filter: Filter;
  #ogg = new OggOpusWriter();
  #adts = new AdtsReader(() => {});
  #anchors: Anchor[] = [];
  /** samples that went in */
  #in = 0;
  /** frames that came out */
  #out = 0;
  #expectedMs: number | null = null;
  #waitingSinceMs: number | null = null;

  constructor(options: AacEncoderOptions) {
    this.#options = options;
    this.#filter = new Filter({
      args: ARGS,
      onStart: (write) => this.#onStart(write),
      onOutput: (bytes) => {
        this.#waitingSinceMs = null;
        this.#adts.add(bytes);
      },
      onEnd: () => {
        this.#expectedMs = null;
        this.#waitingSinceMs = null;
      },
      log: (what, details) => options.log(what, { filter: 'sound', ...details }),
    });
  }

  get pid(): number | null {
    return this.#filter.pid;
  }

  start(): void {
    this.#filter.start();
  }
  stop(): void {
    this.#filter.stop();
  }

  /** @param capturedAtMs of its first sample, by our clock */
  add(packet: Buffer, capturedAtMs: number, nowMs: number): void {
    const samples = opusSamples(packet);
    if (samples === 0 || this.#filter.pid === null) return;
    this.#waitingSinceMs ??= nowMs;
    if (nowMs - this.#waitingSinceMs > (this.#out === 0 ? STARTS_WITHIN_MS : HANGS_AFTER_MS)) {
      this.#filter.replace('it writes no more');
      return;
    }
    const missingMs = this.#expectedMs === null ? Infinity : capturedAtMs - this.#expectedMs;
    if (missingMs < -PACKET_MS && missingMs > -LONGEST_FILLED_MS) return;
    if (Math.abs(missingMs) > LONGEST_FILLED_MS) this.#anchor(capturedAtMs);
    else for (let left = missingMs; left > DRIFT_MS; left -= PACKET_MS) this.#write(OPUS_SILENCE, PACKET_MS * 48);
    this.#write(packet, samples);
  }

  #anchor(atMs: number): void {
    this.#anchors.push({ sample: this.#in, atMs });
    this.#expectedMs = atMs;
  }

  #write(packet: Buffer, samples: number): void {
    const page = this.#ogg.packet(packet);
    if (!page) return;
    this.#in += samples;
    this.#expectedMs = (this.#expectedMs ?? 0) + samples / 48;
    this.#filter.write(page);
  }

  #onStart(write: (bytes: Buffer) => void): void {
    this.#ogg = new OggOpusWriter();
    this.#adts = new AdtsReader((frame) => this.#onFrame(frame));
    this.#anchors = [];
    this.#in = 0;
    this.#out = 0;
    write(this.#ogg.headers());
  }

  #onFrame(frame: Buffer): void {
    // the first frame of the encoder is what stands before the sound
    const sample = (this.#out - 1) * AUDIO_FRAME;
    this.#out += 1;
    while ((this.#anchors[1]?.sample ?? Infinity) <= sample) this.#anchors.shift();
    const anchor = this.#anchors[0];
    if (!anchor || sample < 0) return;
    this.#options.onFrame(frame, anchor.atMs + (sample - anchor.sample) / 48);
  }
}
