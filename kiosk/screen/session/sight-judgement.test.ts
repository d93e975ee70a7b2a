import { expect, test } from 'vitest';
import type { DeviceSight } from '#contract/kiosk-health.ts';
import { CameraJudgement, MicrophoneJudgement, SteadySight } from './sight-judgement.ts';

const frame = (paint: (pixel: number) => number) =>
  Uint8ClampedArray.from({ length: 64 * 4 }, (_, at) => (at % 4 === 3 ? 255 : paint(at >> 2)));
const seen = (frames: (Uint8ClampedArray | null)[]): DeviceSight => {
  const judgement = new CameraJudgement();
  return frames.map((each) => judgement.add(each)).at(-1)!;
};
const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

test.each<[string, (Uint8ClampedArray | null)[], DeviceSight]>([
  ['a room', times(20, (n) => frame((pixel) => 90 + pixel + (n % 3))), 'well'],
  ['a covered lens', times(3, (n) => frame((pixel) => (pixel + n) % 4)), 'black'],
  ['a dark room is not black', times(20, (n) => frame((pixel) => (pixel * 7 + n) % 30)), 'well'],
  ['light again', [...times(5, () => frame(() => 0)), frame(() => 90)], 'well'],
  ['one picture', times(7, () => frame((pixel) => 50 + pixel)), 'frozen'],
  ['one picture for a moment', times(6, () => frame((pixel) => 50 + pixel)), 'well'],
  ['no frames any more', [frame(() => 90), ...times(6, () => null)], 'frozen'],
])('a camera: %s', (_, frames, sight) => expect(seen(frames)).toBe(sight));

test('a microphone without any sound is silent soon, one that was heard late, and sound mends it', () => {
  const dead = new MicrophoneJudgement();
  expect(times(10, () => dead.add(false))).toEqual([...times(9, () => 'well'), 'silent']);
  expect(dead.add(true)).toBe('well');
  const gated = times(299, () => dead.add(false));
  expect(new Set(gated)).toEqual(new Set(['well']));
  expect(dead.add(false)).toBe('silent');
});

test('a fault is shown after three looks, and its end at once', () => {
  const sight = new SteadySight();
  const shown = (['well', 'black', 'black', 'well', 'black', 'black', 'black', 'not-open'] as const).map((each) =>
    sight.add(each),
  );
  expect(shown).toEqual(['well', 'well', 'well', 'well', 'well', 'well', 'black', 'not-open']);
});
