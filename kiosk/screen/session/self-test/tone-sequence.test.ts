import { describe, expect, it } from 'vitest';
import { hasSequence, tonePowersAt, type TonePowers, powerAt, TONE_MS, TONES_HZ } from './tone-sequence.ts';

const RATE = 48_000;
const FRAME = 4_096;
const HOP_MS = 40;
/** Heard by a microphone over two seconds, the tones beginning at `fromMs`. */
function listen(sound: (atSeconds: number) => number): TonePowers[] {
  const samples = Float32Array.from({ length: RATE * 2 }, (_, at) => sound(at / RATE));
  const heard: TonePowers[] = [];
  for (let at = 0; at + FRAME <= samples.length; at += (RATE * HOP_MS) / 1_000)
    heard.push(tonePowersAt(samples.subarray(at, at + FRAME), RATE, (at * 1_000) / RATE));
  return heard;
}
const tones =
  (level: number, fromMs = 300, order: readonly number[] = TONES_HZ) =>
  (atSeconds: number): number => {
    const tone = order[Math.floor((atSeconds * 1_000 - fromMs) / TONE_MS)];
    return tone === undefined ? 0 : level * Math.sin(2 * Math.PI * tone * atSeconds);
  };
/** White, the same in each run. */
const noise =
  (level: number, seed = 0) =>
  (atSeconds: number) => {
    const random = Math.sin(Math.round(atSeconds * RATE) * 12.9898 + seed) * 43_758.5453;
    return level * 2 * (random - Math.floor(random) - 0.5);
  };
const sum =
  (...sounds: ((atSeconds: number) => number)[]) =>
  (atSeconds: number) =>
    sounds.reduce((all, sound) => all + sound(atSeconds), 0);
const music = (atSeconds: number) =>
  [262, 330, 392, 523, 930, 1_390].reduce(
    (all, toneHz) =>
      all + 0.05 * Math.sin(2 * Math.PI * toneHz * atSeconds) * Math.abs(Math.sin(atSeconds * 3 + toneHz)),
    0,
  );

const chord = (atSeconds: number) =>
  TONES_HZ.reduce((all, toneHz) => all + 0.05 * Math.sin(2 * Math.PI * toneHz * atSeconds), 0);

describe('the tones of the self-test', () => {
  it.each<[string, (atSeconds: number) => number, boolean]>([
    ['near and clear', tones(0.2), true],
    ['faint, in a quiet room', sum(tones(0.002), noise(0.0005)), true],
    ['beside an air conditioner', sum(tones(0.02), noise(0.05)), true],
    ['late, by a slow TV', tones(0.05, 900), true],
    ['with the room’s echo', sum(tones(0.1), (at) => 0.5 * tones(0.1)(at - 0.09)), true],
    ['in silence', () => 0, false],
    ['in noise alone', noise(0.1), false],
    ['in music', music, false],
    ['in another order', tones(0.2, 300, [...TONES_HZ].reverse()), false],
    ['all at once', chord, false],
    ['a chord in which one after the other swells a little', sum(chord, tones(0.06)), false],
    ['only the first three', tones(0.2, 300, TONES_HZ.slice(0, 3)), false],
  ])('%s', (_, sound, found) => {
    expect(hasSequence(listen(sound))).toBe(found);
  });

  it('are found in no noise, however it falls', () => {
    const found = Array.from({ length: 40 }, (_, seed) => hasSequence(listen(noise(0.1, seed))));
    expect(found.filter(Boolean)).toEqual([]);
  });

  it('are told apart by their power', () => {
    const samples = Float32Array.from({ length: FRAME }, (_, at) => Math.sin((2 * Math.PI * TONES_HZ[0] * at) / RATE));
    const own = powerAt(samples, RATE, TONES_HZ[0]);
    for (const other of TONES_HZ.slice(1)) expect(own / powerAt(samples, RATE, other)).toBeGreaterThan(1_000);
  });
});
