import { expect, test } from 'vitest';
import { findPictures } from './composed-picture.ts';
import { cellsOf, type Colour, palette, type Pixels } from './picture.ts';

const BLACK = [12, 14, 18] as const;
const COLOURS = new Map<number, Colour>([
  [1, 'green'],
  [2, 'blue'],
  [7, 'grey'],
]);

/** `cutPx`: of its width, on both sides */
type Tile = { number: number; colour: Colour; x: number; y: number; widthPx: number; cutPx?: number };
function composed(tiles: Tile[], width = 640, height = 360): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  const put = (x: number, y: number, [red, green, blue]: readonly number[]) =>
    data.set([red!, green!, blue!, 255], 4 * (y * width + x));
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) put(x, y, BLACK);
  for (const { number, colour, x, y, widthPx, cutPx = 0 } of tiles) {
    const heightPx = Math.round((widthPx * 9) / 16);
    for (let dy = 0; dy < heightPx; dy += 1)
      for (let dx = cutPx; dx < widthPx - cutPx; dx += 1) {
        const part = dy / heightPx;
        const value = part < 0.6 ? null : part < 0.8 ? number : 33;
        const isLight = value !== null && cellsOf(value)[Math.floor((12 * dx) / widthPx)];
        put(x + dx, y + dy, value === null ? palette[colour] : isLight ? [250, 250, 250] : [5, 5, 5]);
      }
  }
  return { width, height, data };
}

test('finds each picture of a stage, at any place and size', () => {
  const pixels = composed([
    { number: 1, colour: 'green', x: 4, y: 3, widthPx: 311 },
    { number: 2, colour: 'blue', x: 322, y: 3, widthPx: 311 },
    { number: 7, colour: 'grey', x: 250, y: 200, widthPx: 121 },
  ]);
  expect(findPictures(pixels, COLOURS).map(({ number }) => number)).toEqual([1, 2, 7]);
});

test('finds one whose sides are cut off', () => {
  const pixels = composed([{ number: 2, colour: 'blue', x: 100, y: 30, widthPx: 348, cutPx: 17 }]);
  expect(findPictures(pixels, COLOURS).map(({ number }) => number)).toEqual([2]);
});

test('finds none in a card, and none of another colour', () => {
  expect(findPictures(composed([]), COLOURS)).toEqual([]);
  expect(findPictures(composed([{ number: 1, colour: 'red', x: 4, y: 3, widthPx: 311 }]), COLOURS)).toEqual([]);
});
