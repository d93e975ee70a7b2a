import { describe, expect, it } from 'vitest';
import { PictureJudgement } from './picture-judgement.ts';

const PIXELS = 32 * 32;
type Paint = (pixel: number, frame: number) => number;
const frameOf = (paint: Paint, frame: number) =>
  Uint8ClampedArray.from({ length: PIXELS * 4 }, (_, at) => (at % 4 === 3 ? 255 : paint(Math.floor(at / 4), frame)));
function judge(paint: Paint, frames = 20): PictureJudgement {
  const judgement = new PictureJudgement();
  for (let frame = 0; frame < frames; frame += 1) judgement.add(frameOf(paint, frame));
  return judgement;
}
/** A sensor's: another in each frame, the same in each run. */
const noise = (pixel: number, frame: number, strength: number) =>
  strength * Math.sin(pixel * 12.9898 + frame * 78.233) * 0.999;

describe('a camera’s picture', () => {
  it.each<[string, Paint, 'black' | 'frozen' | null]>([
    ['a lit room that nobody moves in', (pixel, frame) => 90 + (pixel % 60) + noise(pixel, frame, 2), null],
    ['a room in the dark, with a sensor’s noise', (pixel, frame) => 11 + noise(pixel, frame, 6), null],
    ['a dark room with one lamp', (pixel, frame) => (pixel < 40 ? 120 : 2) + noise(pixel, frame, 1), null],
    ['a covered lens', (pixel, frame) => 3 + noise(pixel, frame, 2), 'black'],
    ['nothing at all', () => 0, 'black'],
    ['one and the same picture', (pixel) => pixel % 200, 'frozen'],
    ['a start, then one and the same picture', (pixel, frame) => (frame < 3 ? 20 + frame : pixel % 200), 'frozen'],
    ['a picture that stood still for a while', (pixel, frame) => pixel + Math.min(frame, 10), null],
    ['a dark start, then the room', (pixel, frame) => (frame < 5 ? 0 : 80 + noise(pixel, frame, 2)), null],
  ])('%s', (_, paint, fault) => {
    expect(judge(paint).fault).toBe(fault);
  });

  it('is not called frozen by a few frames', () => {
    expect(judge((pixel) => pixel % 200, 7).fault).toBe(null);
    expect(judge((pixel) => pixel % 200, 8).fault).toBe('frozen');
  });

  it('lives by one pixel that changes by one', () => {
    expect(judge((pixel, frame) => (pixel === 500 && frame === 15 ? 101 : 100)).fault).toBe(null);
  });
});
