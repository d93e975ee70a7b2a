/** All voices of the call as one track, and how loud it is. Nothing of it is played aloud. */
import type { StreamsByPeer } from '#call/remote-streams.ts';
import { soundsOf } from '#stage/people.ts';

/** As the longest window of an AnalyserNode: two thirds of a second. */
const WINDOW_SAMPLES = 32_768;
/** Quieter is silence. */
const SILENCE_DB = -90;
/** A card comes and goes without a click. */
const FADE_S = 0.03;

type Voice = { track: MediaStreamTrack; source: AudioNode; ear: HTMLAudioElement };

export class Voices {
  readonly #context = new AudioContext({ sampleRate: 48_000, sinkId: { type: 'none' } } as AudioContextOptions);
  readonly #mix = new GainNode(this.#context);
  readonly #meter = new AnalyserNode(this.#context, { fftSize: WINDOW_SAMPLES });
  readonly #out = new GainNode(this.#context, { gain: 0 });
  readonly #destination = new MediaStreamAudioDestinationNode(this.#context, { channelCount: 2 });
  readonly #samples = new Float32Array(WINDOW_SAMPLES);
  readonly #voices = new Map<string, Voice>();

  constructor() {
    // several who speak at once, or loud music, do not clip
    const limiter = new DynamicsCompressorNode(this.#context, {
      threshold: -6,
      knee: 0,
      ratio: 20,
      attack: 0.002,
      release: 0.1,
    });
    this.#mix.connect(limiter).connect(this.#meter);
    limiter.connect(this.#out).connect(this.#destination);
  }

  /** The track stays the same when people join and leave. It carries silence too. */
  get track(): MediaStreamTrack {
    return this.#destination.stream.getAudioTracks()[0]!;
  }

  follow(streams: StreamsByPeer): void {
    void this.#context.resume();
    const heard = new Set<string>();
    for (const { key, stream } of soundsOf(streams)) {
      const track = stream.getAudioTracks().at(-1);
      if (track === undefined) continue;
      heard.add(key);
      if (this.#voices.get(key)?.track === track) continue;
      this.#drop(key);
      this.#voices.set(key, this.#voiceOf(track));
    }
    for (const key of [...this.#voices.keys()]) if (!heard.has(key)) this.#drop(key);
  }

  /** A card mutes the output. The level still shows who speaks. */
  setAudible(isAudible: boolean): void {
    this.#out.gain.setTargetAtTime(isAudible ? 1 : 0, this.#context.currentTime, FADE_S);
  }

  /** @returns of the last moments in dBFS; null: silence */
  loudnessDb(): number | null {
    this.#meter.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    const db = 10 * Math.log10(sum / WINDOW_SAMPLES);
    return db > SILENCE_DB ? Math.round(db * 10) / 10 : null;
  }

  #voiceOf(track: MediaStreamTrack): Voice {
    const stream = new MediaStream([track]);
    // Chromium decodes a remote track for WebAudio only while an element plays it
    const ear = Object.assign(new Audio(), { muted: true, srcObject: stream });
    void ear.play().catch(() => {});
    const source = new MediaStreamAudioSourceNode(this.#context, { mediaStream: stream });
    source.connect(this.#mix);
    return { track, source, ear };
  }

  #drop(key: string): void {
    const voice = this.#voices.get(key);
    if (!voice) return;
    this.#voices.delete(key);
    voice.source.disconnect();
    voice.ear.srcObject = null;
  }
}
