/** One microphone: packets of Opus become stretches of speech. Its packets are worked off one after the other. */
import { OpusDecoder } from 'opus-decoder';
import { SpeechCutter, type SpeechCut } from './cutter.ts';
import { TrackTimeline } from './track-timeline.ts';
import { FRAME_SAMPLES, SAMPLES_PER_SECOND, VoiceActivity, type VoiceModel } from './voice-activity.ts';

export type TrackSpeech = { samples: Int16Array; fromMs: number; untilMs: number };
export type SpokenTrackOptions = {
  model: VoiceModel;
  onSpeech: (speech: TrackSpeech) => void;
  /** our bug: the track goes on with its next packet */
  onFault: (error: unknown) => void;
};
type SoundPacket = { payload: Uint8Array; timestamp: number; atMs: number };

/** 5 s: who falls behind so far loses the newest, which counts as silence. */
const MOST_WAITING = 250;
/** So much may come late, and all at once. */
const MOST_BEHIND_SAMPLES = 10 * SAMPLES_PER_SECOND;
/** Also by a clock that is a little quicker than ours. */
const MOST_SAMPLES_PER_MS = (SAMPLES_PER_SECOND * 1.01) / 1_000;
/** As long as a datagram. */
const MAX_PACKET_BYTES = 1_500;
/** More silence than ends a stretch of speech need not be gone through. */
const MOST_SILENCE_SAMPLES = SAMPLES_PER_SECOND;
/** Muted at its source, a gap of Opus, or a network that failed. */
const QUIET_AFTER_MS = 550;
const READ_WITHIN_MS = 50;

export class SpokenTrack {
  readonly #options: SpokenTrackOptions;
  readonly #decoder = new OpusDecoder({ sampleRate: SAMPLES_PER_SECOND, channels: 1 });
  readonly #timeline = new TrackTimeline();
  readonly #cutter = new SpeechCutter();
  readonly #voice: VoiceActivity;
  #frame = new Float32Array(FRAME_SAMPLES);
  #framed = 0;
  /** that may still come, by the time that has passed */
  #mayCome = MOST_BEHIND_SAMPLES;
  #lastAtMs = 0;
  #waiting = 0;
  #work: Promise<void>;
  #quietTimer: NodeJS.Timeout | undefined;

  constructor(options: SpokenTrackOptions) {
    this.#options = options;
    this.#voice = new VoiceActivity(options.model);
    this.#work = this.#decoder.ready;
  }

  push(packet: SoundPacket): void {
    if (this.#waiting >= MOST_WAITING || packet.payload.length > MAX_PACKET_BYTES) return;
    this.#waiting += 1;
    void this.#next(async () => {
      this.#waiting -= 1;
      await this.#decode(packet);
    });
    clearTimeout(this.#quietTimer);
    this.#quietTimer = setTimeout(() => this.#onQuiet(), QUIET_AFTER_MS);
  }

  /** Where it is this process that was late, packets lie in its channel: they are read first. */
  #onQuiet(): void {
    this.#quietTimer = setTimeout(() => void this.#next(() => this.#flush()), READ_WITHIN_MS);
  }

  /** Once all that was pushed is worked off. */
  settled(): Promise<void> {
    return this.#work;
  }

  /** What was spoken until now is still reported. */
  async end(): Promise<void> {
    clearTimeout(this.#quietTimer);
    await this.#next(() => this.#flush());
    await this.#next(() => this.#decoder.free());
  }

  #next(work: () => void | Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch(this.#options.onFault);
    return this.#work;
  }

  async #decode({ payload, timestamp, atMs }: SoundPacket): Promise<void> {
    const gap = this.#timeline.gapBefore(timestamp, atMs);
    if (gap === null) return;
    const { channelData } = this.#decoder.decodeFrame(payload);
    const sound = channelData[0];
    // no Opus: its place is found by the next one
    if (!sound || sound.length === 0) return;
    if (!this.#isOfTheTime(sound.length, atMs)) return;
    await this.#skip(gap);
    await this.#push(sound);
    this.#timeline.place(timestamp, sound.length, atMs);
  }

  /** More than can be spoken costs the other tracks their place, and the engine its time: it counts as lost. */
  #isOfTheTime(samples: number, atMs: number): boolean {
    // a clock that was set back brings nothing, and one that was set forward no more than is allowed at once
    const passed = Math.max(0, atMs - this.#lastAtMs) * MOST_SAMPLES_PER_MS;
    this.#lastAtMs = atMs;
    this.#mayCome = Math.min(MOST_BEHIND_SAMPLES, this.#mayCome + passed);
    if (samples > this.#mayCome) return false;
    this.#mayCome -= samples;
    return true;
  }

  async #skip(samples: number): Promise<void> {
    const silence = Math.min(samples, MOST_SILENCE_SAMPLES);
    await this.#push(new Float32Array(silence));
    this.#timeline.skip(samples);
    if (samples > silence) this.#flush();
  }

  /** Before the timeline counts it. */
  async #push(sound: Float32Array): Promise<void> {
    for (let from = 0; from < sound.length; ) {
      const part = sound.subarray(from, from + FRAME_SAMPLES - this.#framed);
      this.#frame.set(part, this.#framed);
      this.#framed += part.length;
      from += part.length;
      if (this.#framed < FRAME_SAMPLES) continue;
      this.#framed = 0;
      const probability = await this.#voice.probabilityOf(this.#frame);
      const at = this.#timeline.position + from - FRAME_SAMPLES;
      this.#report(this.#cutter.push(this.#frame, at, probability));
    }
  }

  #flush(): void {
    this.#framed = 0;
    this.#report(this.#cutter.flush());
  }

  #report(cut: SpeechCut | null): void {
    if (!cut) return;
    const { samples, fromSample, untilSample } = cut;
    const fromMs = this.#timeline.timeOf(fromSample);
    this.#options.onSpeech({ samples, fromMs, untilMs: Math.max(fromMs, this.#timeline.timeOf(untilSample)) });
  }
}
