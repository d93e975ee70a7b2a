/**
 * A picture that a program can read back: one flat colour, a large number for people, and two rows of cells that carry
 * the number and a counter of frames in bits. Reading works on what a decoder gives, at any size and some loss.
 */

/** Far apart in every channel, so that a codec's chroma loss cannot make one into another. */
export const palette = {
  red: [200, 40, 40],
  green: [40, 160, 60],
  blue: [40, 70, 200],
  yellow: [210, 190, 40],
  magenta: [190, 50, 180],
  cyan: [40, 180, 190],
  orange: [220, 120, 30],
  grey: [120, 120, 120],
} as const satisfies Record<string, readonly [number, number, number]>;
export type Colour = keyof typeof palette;
export const colours = Object.keys(palette) as Colour[];

export type Picture = { colour: Colour; number: number };
export type ReadPicture = Picture & { counter: number };
export type Pixels = { width: number; height: number; data: ArrayLike<number> };

const COLUMNS = 12;
/** the cells' rows, as parts of the height: where they begin, and how high each is; above them is the colour */
export const PICTURE_ROWS = { from: 0.6, height: 0.2 };
const { from: ROWS_FROM, height: ROW_HEIGHT } = PICTURE_ROWS;
/** where the colour is read: left of the large number */
const PATCH = { x: 0.06, y: 0.3 };

/** A row: light, dark, eight bits from the highest, their parity, light. */
export function cellsOf(value: number): boolean[] {
  const bits = Array.from({ length: 8 }, (_, at) => ((value >> (7 - at)) & 1) === 1);
  return [true, false, ...bits, bits.filter(Boolean).length % 2 === 1, true];
}

export function valueOfCells(cells: readonly boolean[]): number | null {
  const bits = cells.slice(2, 10);
  if (cells.length !== COLUMNS || !cells[0] || cells[1] || !cells[11]) return null;
  if ((bits.filter(Boolean).length % 2 === 1) !== cells[10]) return null;
  return bits.reduce((value, bit) => value * 2 + (bit ? 1 : 0), 0);
}

export function drawPicture(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  { colour, number }: Picture,
  counter: number,
): void {
  const { width, height } = context.canvas;
  context.fillStyle = `rgb(${palette[colour].join(',')})`;
  context.fillRect(0, 0, width, height);
  context.fillStyle = 'white';
  context.font = `bold ${Math.round(height * 0.45)}px sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(String(number), width * 0.6, height * ROWS_FROM * 0.5);
  for (const [row, value] of [number & 255, counter & 255].entries()) {
    for (const [column, light] of cellsOf(value).entries()) {
      context.fillStyle = light ? 'white' : 'black';
      context.fillRect(
        Math.floor((column * width) / COLUMNS),
        Math.floor(height * (ROWS_FROM + row * ROW_HEIGHT)),
        Math.ceil(width / COLUMNS),
        Math.ceil(height * ROW_HEIGHT),
      );
    }
  }
}

/** A square of noise, from which a camera's grain is cut. */
const GRAIN_PX = 512;
/** the grain's strip, at the right of the colour, as a part of the width */
const GRAIN_WIDTH = 0.15;
let grain: OffscreenCanvas | null = null;

/**
 * Noise beside the colour, another in each frame, as a sensor has it: an encoder with nothing to encode sends next to
 * nothing, from which its estimate of the network falls so far at the first delay that it stops its upper layers.
 */
export function drawGrain(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D): void {
  grain ??= noise();
  const width = Math.min(GRAIN_PX, Math.round(context.canvas.width * GRAIN_WIDTH));
  const height = Math.min(GRAIN_PX, Math.round(context.canvas.height * ROWS_FROM));
  const cutAt = (size: number) => Math.floor(Math.random() * (GRAIN_PX - size));
  context.drawImage(grain, cutAt(width), cutAt(height), width, height, context.canvas.width - width, 0, width, height);
}

function noise(): OffscreenCanvas {
  const canvas = new OffscreenCanvas(GRAIN_PX, GRAIN_PX);
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(GRAIN_PX, GRAIN_PX);
  for (let at = 0; at < image.data.length; at += 4) {
    const grey = 90 + Math.random() * 76;
    image.data.set([grey, grey, grey, 255], at);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** null: not such a picture (black, grey, frozen in parts). */
export function readPicture(pixels: Pixels): ReadPicture | null {
  const row = (at: number) =>
    valueOfCells(
      Array.from(
        { length: COLUMNS },
        (_, column) => brightness(pixelAt(pixels, (column + 0.5) / COLUMNS, ROWS_FROM + (at + 0.5) * ROW_HEIGHT)) > 128,
      ),
    );
  const [number, counter] = [row(0), row(1)];
  const colour = nearestColour(pixelAt(pixels, PATCH.x, PATCH.y));
  return number === null || counter === null || colour === null ? null : { colour, number, counter };
}

export function nearestColour(pixel: readonly [number, number, number]): Colour | null {
  const distance = (colour: Colour) => Math.hypot(...palette[colour].map((value, at) => value - pixel[at]!));
  const nearest = colours.reduce((best, colour) => (distance(colour) < distance(best) ? colour : best));
  return distance(nearest) < 60 ? nearest : null;
}

/** The mean of a few pixels about the place, given in parts of the picture. */
function pixelAt({ width, height, data }: Pixels, x: number, y: number): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (let dy = -1; dy <= 1; dy += 1) {
    for (let dx = -1; dx <= 1; dx += 1) {
      const at =
        4 *
        (Math.min(height - 1, Math.floor(y * height) + dy) * width + Math.min(width - 1, Math.floor(x * width) + dx));
      for (const channel of [0, 1, 2] as const) sum[channel] += data[at + channel] ?? 0;
      count += 1;
    }
  }
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}

const brightness = ([red, green, blue]: readonly [number, number, number]): number =>
  0.3 * red + 0.59 * green + 0.11 * blue;
