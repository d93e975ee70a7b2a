/** Cuts a track at its pauses into stretches of speech. Pure: each frame comes with how likely it is speech. */
import { FRAME_SAMPLES, SAMPLES_PER_SECOND } from './voice-activity.ts';

/** Of the track, in samples since it began: where speech begins and ends, without the padding that `samples` has. */
export type SpeechCut = { samples: Int16Array; fromSample: number; untilSample: number };

type Frame = { samples: Int16Array; at: number; probability: number; power: number };

const framesIn = (ms: number): number => Math.ceil((ms * SAMPLES_PER_SECOND) / 1_000 / FRAME_SAMPLES);
const SPEECH_FROM = 0.5;
/** Less likely: speech may be over. */
const SPEECH_UNTIL = 0.35;
const PAUSE_FRAMES = framesIn(500);
const PADDING_FRAMES = framesIn(200);
const MOST_FRAMES = Math.floor((28 * SAMPLES_PER_SECOND) / FRAME_SAMPLES);
/** Somebody who never pauses is cut where it is quietest in the last of it. */
const QUIETEST_WITHIN_FRAMES = framesIn(8_000);
/** What is shorter is a knock or a cough. */
const LEAST_SPEECH_FRAMES = 4;

export class SpeechCutter {
  #frames: Frame[] = [];
  #isSpeech = false;
  /** since speech was likely */
  #quietFrames = 0;

  /**
   * @param frame of FRAME_SAMPLES; kept
   * @param at its first sample, since the track began
   */
  push(frame: Float32Array, at: number, probability: number): SpeechCut | null {
    this.#frames.push({ ...inSixteenBits(frame), at, probability });
    if (probability >= SPEECH_FROM) {
      this.#isSpeech = true;
      this.#quietFrames = 0;
    } else if (!this.#isSpeech) {
      this.#frames.splice(0, this.#frames.length - PADDING_FRAMES);
      return null;
    } else if (this.#quietFrames > 0 || probability < SPEECH_UNTIL) {
      this.#quietFrames += 1;
    }
    if (this.#quietFrames >= PAUSE_FRAMES) return this.flush();
    if (this.#frames.length >= MOST_FRAMES) return this.#cutAtQuietest();
    return null;
  }

  /** Speech until now, also without a pause. */
  flush(): SpeechCut | null {
    const lastSpeech = this.#frames.findLastIndex(isSpeech);
    const cut = this.#isSpeech ? cutOf(this.#frames.slice(0, lastSpeech + 1 + PADDING_FRAMES)) : null;
    // the pause begins the next cut
    this.#frames = this.#frames.slice(Math.max(lastSpeech + 1, this.#frames.length - PADDING_FRAMES));
    this.#isSpeech = false;
    this.#quietFrames = 0;
    return cut;
  }

  #cutAtQuietest(): SpeechCut | null {
    let quietest = this.#frames.length - 1;
    for (let at = this.#frames.length - QUIETEST_WITHIN_FRAMES; at < this.#frames.length; at += 1)
      if (loudness(this.#frames[at]!) < loudness(this.#frames[quietest]!)) quietest = at;
    const cut = cutOf(this.#frames.slice(0, quietest + 1));
    this.#frames = this.#frames.slice(quietest + 1);
    this.#isSpeech = this.#frames.some(isSpeech);
    return cut;
  }
}

const isSpeech = ({ probability }: Frame): boolean => probability >= SPEECH_FROM;
/** Where the model is as sure of all, it is the sound that decides. */
const loudness = ({ probability, power }: Frame): number => Math.round(probability * 10) + Math.min(power, 0.99);

function cutOf(frames: readonly Frame[]): SpeechCut | null {
  const speech = frames.filter(isSpeech);
  if (speech.length < LEAST_SPEECH_FRAMES) return null;
  const samples = new Int16Array(frames.length * FRAME_SAMPLES);
  for (const [index, frame] of frames.entries()) samples.set(frame.samples, index * FRAME_SAMPLES);
  return { samples, fromSample: speech[0]!.at, untilSample: speech.at(-1)!.at + FRAME_SAMPLES };
}

function inSixteenBits(frame: Float32Array): { samples: Int16Array; power: number } {
  const samples = new Int16Array(frame.length);
  let power = 0;
  for (const [index, sample] of frame.entries()) {
    samples[index] = Math.max(-1, Math.min(1, sample)) * 32_767;
    power += sample * sample;
  }
  return { samples, power: power / frame.length };
}
