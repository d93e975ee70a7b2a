/** A microphone's samples: opened raw, measured on this page, kept nowhere. Closed with the signal. */
import type { Plan } from '#call/capture-device.ts';
import { type GetUserMedia, openWhile, rawSoundConstraints } from '../open-tracks.ts';

export type Ear = {
  sampleRate: number;
  /** the latest samples; the array is used again */
  listen: () => Float32Array;
};

export async function openEar(
  getUserMedia: GetUserMedia,
  plan: Plan,
  signal: AbortSignal,
  { band, fftSize }: { band?: { fromHz: number; toHz: number }; fftSize: number },
): Promise<Ear> {
  if (plan === 'none') throw new DOMException('no microphone that may be used', 'NotFoundError');
  const stream = await openWhile(signal, getUserMedia, rawSoundConstraints(plan));
  const audio = new AudioContext();
  const close = (): void => void audio.close().catch(() => {});
  if (signal.aborted) close();
  signal.addEventListener('abort', close, { once: true });
  await audio.resume();
  const analyser = new AnalyserNode(audio, { fftSize });
  const source = new MediaStreamAudioSourceNode(audio, { mediaStream: stream });
  if (band === undefined) source.connect(analyser);
  else
    source
      .connect(new BiquadFilterNode(audio, { type: 'highpass', frequency: band.fromHz }))
      .connect(new BiquadFilterNode(audio, { type: 'lowpass', frequency: band.toHz }))
      .connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const listen = (): Float32Array => {
    analyser.getFloatTimeDomainData(samples);
    return samples;
  };
  return { sampleRate: audio.sampleRate, listen };
}
