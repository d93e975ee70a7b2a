/** A WAV file of 16 kHz, mono, 16 bits: what every speech engine reads. */
import { SAMPLES_PER_SECOND } from './voice-activity.ts';

const HEADER_BYTES = 44;

export function wavOf(samples: Int16Array): Buffer {
  const sound = Buffer.alloc(samples.length * 2);
  for (const [index, sample] of samples.entries()) sound.writeInt16LE(sample, index * 2);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + sound.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  // PCM, one channel
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLES_PER_SECOND, 24);
  header.writeUInt32LE(SAMPLES_PER_SECOND * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(sound.length, 40);
  return Buffer.concat([header, sound]);
}

/** @param wav of `wavOf`. @returns -1 to 1 */
export function samplesOf(wav: Buffer): Float32Array {
  const samples = new Float32Array((wav.length - HEADER_BYTES) / 2);
  for (const index of samples.keys()) samples[index] = wav.readInt16LE(HEADER_BYTES + index * 2) / 32_768;
  return samples;
}
