/**
 * Known pictures within a composed one, as a stage lays them out: found by their row of cells, wherever, at whatever size, and though
 * a tile of another shape cuts off something on both sides.
 */
import { type Colour, nearestColour, type Pixels, valueOfCells } from './picture.ts';

const COLUMNS = 12;
/** of a picture's height: the middle of its number's row, and where its colour is read */
const NUMBER_ROW = 0.7;
const COLOUR_AT = { x: 0.25, y: 0.35 };
const ASPECT = 16 / 9;
const CELL_PX = { smallest: 8, largest: 60, step: 0.5 };
const ROW_STEP_PX = 2;

export type FoundPicture = { number: number; colour: Colour; widthPx: number };

/** @param expected by number, the colour that its picture has: a row of cells alone may be chance */
export function findPictures(pixels: Pixels, expected: ReadonlyMap<number, Colour>): FoundPicture[] {
  const found = new Map<number, FoundPicture>();
  for (let y = 0; y < pixels.height; y += ROW_STEP_PX)
    for (let x = 2; x < pixels.width - CELL_PX.smallest * (COLUMNS - 1); x += 1) {
      // a row begins with a light cell, of which little may be left, and a dark one
      if (!isLight(pixels, x - 2, y) || isLight(pixels, x, y) || !isLight(pixels, x - 1, y)) continue;
      const picture = readAt(pixels, x, y, expected);
      if (picture) found.set(picture.number, picture);
    }
  return [...found.values()].sort((a, b) => a.number - b.number);
}

/** @param x where the second cell begins */
function readAt(pixels: Pixels, x: number, y: number, expected: ReadonlyMap<number, Colour>): FoundPicture | null {
  for (let cellPx = CELL_PX.largest; cellPx >= CELL_PX.smallest; cellPx -= CELL_PX.step) {
    const end = x + cellPx * (COLUMNS - 2);
    if (end + 2 >= pixels.width) continue;
    const inner = Array.from({ length: COLUMNS - 2 }, (_, column) => isLight(pixels, x + (column + 0.5) * cellPx, y));
    const number = valueOfCells([true, ...inner, isLight(pixels, end + 2, y)]);
    const colour = number === null ? undefined : expected.get(number);
    if (number === null || colour === undefined) continue;
    const widthPx = cellPx * COLUMNS;
    const heightPx = widthPx / ASPECT;
    const seen = rgbAt(pixels, x - cellPx + COLOUR_AT.x * widthPx, y + (COLOUR_AT.y - NUMBER_ROW) * heightPx);
    if (nearestColour(seen) === colour) return { number, colour, widthPx };
  }
  return null;
}

const isLight = (pixels: Pixels, x: number, y: number): boolean => {
  const [red, green, blue] = rgbAt(pixels, x, y);
  return red > 150 && green > 150 && blue > 150;
};

function rgbAt({ width, height, data }: Pixels, x: number, y: number): [number, number, number] {
  if (x < 0 || y < 0 || x >= width || y >= height) return [0, 0, 0];
  const at = 4 * (Math.floor(y) * width + Math.floor(x));
  return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
}
