/** Hearing a known tone in samples. Pure; who gets the samples from where is another's. */

/** One step of these is told apart by a quarter of a second of sound, and none is another's overtone. */
export const toneHzOf = (number: number): number => 420 + 110 * number;

/** Goertzel: how much of the sound's energy is at this frequency, from 0 to about 1. */
export function toneShare(samples: Float32Array, sampleRate: number, toneHz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * toneHz) / sampleRate);
  let [before, last, energy] = [0, 0, 0];
  for (let at = 0; at < samples.length; at += 1) {
    // Hann's window keeps a loud neighbour from leaking in
    const sample = samples[at]! * 0.5 * (1 - Math.cos((2 * Math.PI * at) / samples.length));
    [before, last] = [last, sample + coefficient * last - before];
    energy += sample * sample;
  }
  const power = last * last + before * before - coefficient * last * before;
  // a lone tone under that window has a third of energy times length
  return energy === 0 ? 0 : (3 * power) / (energy * samples.length);
}

/** Loudness in dBFS. */
export function loudnessDb(samples: Float32Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return energy === 0 ? -120 : Math.max(-120, 10 * Math.log10(energy / samples.length));
}

/** Which of these tones are in the sound. Several people may sound at once: each then has its share of the energy. */
export function tonesIn(samples: Float32Array, sampleRate: number, candidatesHz: readonly number[]): number[] {
  if (loudnessDb(samples) < -65) return [];
  return candidatesHz.filter((toneHz) => toneShare(samples, sampleRate, toneHz) > 0.08);
}
