/** Does the speaker sound in the room: plays a few faint tones, and listens for them with the microphone. */
import type { Plan } from '#call/capture-device.ts';
import type { ListedDevice } from '../device-plan.ts';
import type { GetUserMedia } from '../open-tracks.ts';
import { openEar } from './ear.ts';
import { hasSequence, tonePowersAt, type TonePowers, TONE_MS, TONES_HZ } from './tone-sequence.ts';
import { until } from './until.ts';
import type { Verdict } from './verdict.ts';

/** Faint, and yet above an air conditioner in a microphone across the table. */
const LEVEL = 0.06;
/** The room as it is, before the first tone. */
const BEFORE_MS = 400;
/** A TV may keep the sound for half a second, and wake up meanwhile: then the second time. */
const AFTER_MS = 900;
const TIMES = 2;
const RAMP_SECONDS = 0.02;

export type SpeakerUnderTest = {
  getUserMedia: GetUserMedia;
  microphone: Plan;
  speakerId: string | null;
  /** it removes its own sound from its microphone's */
  deviceCancelsEcho: boolean;
  listed: readonly ListedDevice[];
};

export async function checkSpeaker(
  { getUserMedia, microphone, speakerId, deviceCancelsEcho, listed }: SpeakerUnderTest,
  signal: AbortSignal,
): Promise<Verdict> {
  if (listed.length > 0 && !listed.some(({ kind }) => kind === 'speaker')) return 'missing';
  const ear = await openEar(getUserMedia, microphone, signal, { fftSize: 4_096 });
  const voice = await openVoice(speakerId, signal);
  const heard: TonePowers[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    heard.length = 0;
    const fromMs = performance.now();
    voice.sing(BEFORE_MS);
    await until(signal, () => {
      const atMs = performance.now() - fromMs;
      heard.push(tonePowersAt(ear.listen(), ear.sampleRate, atMs));
      return atMs > BEFORE_MS + TONES_HZ.length * TONE_MS + AFTER_MS;
    });
    if (hasSequence(heard)) return 'passed';
  }
  // one that removes its own sound completely works as designed
  return deviceCancelsEcho ? 'skipped' : 'not-heard';
}

/** @throws NotFoundError, the browser's own, where the speaker is not there */
async function openVoice(speakerId: string | null, signal: AbortSignal): Promise<{ sing: (inMs: number) => void }> {
  const audio = new AudioContext();
  const out = new MediaStreamAudioDestinationNode(audio, { channelCount: 1 });
  const element = new Audio();
  element.srcObject = out.stream;
  const close = (): void => {
    element.srcObject = null;
    void audio.close().catch(() => {});
  };
  if (signal.aborted) close();
  signal.addEventListener('abort', close, { once: true });
  if (speakerId !== null && 'setSinkId' in element) await element.setSinkId(speakerId);
  await audio.resume();
  await element.play();
  const sing = (inMs: number): void => {
    for (const [place, frequency] of TONES_HZ.entries()) {
      const from = audio.currentTime + (inMs + place * TONE_MS) / 1_000;
      const to = from + TONE_MS / 1_000;
      const gain = new GainNode(audio, { gain: 0 });
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(LEVEL, from + RAMP_SECONDS);
      gain.gain.setValueAtTime(LEVEL, to - RAMP_SECONDS);
      gain.gain.linearRampToValueAtTime(0, to);
      const tone = new OscillatorNode(audio, { frequency });
      tone.connect(gain).connect(out);
      tone.start(from);
      tone.stop(to);
    }
  };
  return { sing };
}
