import { expect, test } from 'vitest';
import { cellsOf, colours, palette, readPicture, type Colour, valueOfCells } from './picture.ts';
import { loudnessDb, toneHzOf, toneShare, tonesIn } from './tone.ts';

/** What `drawPicture` paints, without a canvas and without the number for people. */
function painted(colour: Colour, number: number, counter: number, { width = 160, height = 90, noise = 0 } = {}) {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const row = Math.floor((y / height - 0.6) / 0.2);
      const cells = row < 0 ? null : cellsOf(row === 0 ? number : counter);
      const rgb = cells === null ? palette[colour] : cells[Math.floor((x * 12) / width)] ? [255, 255, 255] : [0, 0, 0];
      for (const channel of [0, 1, 2])
        data[4 * (y * width + x) + channel] = rgb[channel]! + noise * (((x * 7 + y * 13) % 3) - 1);
    }
  }
  return { width, height, data };
}

test('every colour and number is read back, small and noisy too', () => {
  for (const colour of colours) {
    for (const number of [0, 1, 85, 170, 255]) {
      expect(readPicture(painted(colour, number, 200, { width: 120, height: 68, noise: 12 }))).toEqual({
        colour,
        number,
        counter: 200,
      });
    }
  }
});

test('black, and cells that contradict themselves, are no picture', () => {
  expect(readPicture({ width: 160, height: 90, data: new Uint8ClampedArray(160 * 90 * 4) })).toBeNull();
  const flipped = cellsOf(5);
  flipped[4] = !flipped[4];
  expect(valueOfCells(flipped)).toBeNull();
  expect(valueOfCells(cellsOf(5))).toBe(5);
});

function sounding(tonesHz: number[], sampleRate = 48_000, count = 8192): Float32Array {
  return Float32Array.from({ length: count }, (_, at) =>
    tonesHz.reduce((sum, toneHz) => sum + 0.2 * Math.sin((2 * Math.PI * toneHz * at) / sampleRate), 0),
  );
}

test('tones are told apart, together and alone', () => {
  const all = [1, 2, 3, 4, 5, 6].map(toneHzOf);
  for (const toneHz of all) expect(tonesIn(sounding([toneHz]), 48_000, all)).toEqual([toneHz]);
  expect(tonesIn(sounding([all[0]!, all[2]!, all[5]!]), 48_000, all)).toEqual([all[0], all[2], all[5]]);
  expect(tonesIn(new Float32Array(8192), 48_000, all)).toEqual([]);
  expect(toneShare(sounding([all[0]!]), 48_000, all[0]!)).toBeGreaterThan(0.8);
});

test('loudness is in dBFS', () => {
  expect(loudnessDb(new Float32Array(16))).toBe(-120);
  expect(loudnessDb(new Float32Array(16).fill(0.1))).toBeCloseTo(-20);
});
