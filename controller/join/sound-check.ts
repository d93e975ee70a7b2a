/** The level of one's own voice and the test sound, both through one AudioContext that a first touch may have to wake. */
import { useEffect, useState } from 'react';

const LEVEL_INTERVAL_MS = 60;
/** Below this a room is silent; full scale is a raised voice. */
const SILENCE_DB = -60;
const LOUD_DB = -12;

let shared: AudioContext | null = null;
function context(): AudioContext {
  shared ??= new AudioContext();
  if (shared.state === 'suspended') void shared.resume().catch(() => {});
  return shared;
}

/** Pure: 0 to 100, so that 50 and 100 sound half and full. */
export function levelPercent(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / samples.length + 1e-12);
  return Math.max(0, Math.min(100, ((db - SILENCE_DB) / (LOUD_DB - SILENCE_DB)) * 100));
}

/** The microphone's level, 0 to 100; falls slower than it rises, so that it can be read. */
export function useLevel(track: MediaStreamTrack | null): number {
  const [percent, setPercent] = useState(0);
  useEffect(() => {
    if (!track) return;
    const audio = context();
    const source = audio.createMediaStreamSource(new MediaStream([track]));
    const analyser = audio.createAnalyser();
    analyser.fftSize = 1024;
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const heard = track.enabled ? levelPercent(samples) : 0;
      setPercent((before) => Math.round(Math.max(heard, before - 8)));
    }, LEVEL_INTERVAL_MS);
    const wake = (): void => void context();
    addEventListener('pointerdown', wake);
    addEventListener('keydown', wake);
    return () => {
      clearInterval(timer);
      removeEventListener('pointerdown', wake);
      removeEventListener('keydown', wake);
      source.disconnect();
      setPercent(0);
    };
  }, [track]);
  return percent;
}

export const TEST_SOUND_MS = 1_400;

/** Three rising notes, soft at both ends. */
export function playTestTone(): void {
  const audio = context();
  [523.25, 659.25, 783.99].forEach((frequencyHz, index) => {
    const start = audio.currentTime + 0.05 + index * 0.32;
    const note = new OscillatorNode(audio, { type: 'sine', frequency: frequencyHz });
    const volume = new GainNode(audio, { gain: 0 });
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.22, start + 0.04);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.6);
    note.connect(volume).connect(audio.destination);
    note.start(start);
    note.stop(start + 0.65);
  });
}

/** The context keeps the sound device open: after the check it is not needed. */
export function closeSoundCheck(): void {
  void shared?.close().catch(() => {});
  shared = null;
}
