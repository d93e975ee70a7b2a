import sharp from 'sharp';
import { expect, test } from 'vitest';
import { tileWith, watermarked } from './watermark.ts';

const picture = (background: string): Promise<Buffer> =>
  sharp({ create: { width: 640, height: 360, channels: 3, background } })
    .webp({ quality: 95 })
    .toBuffer();
/** How far pixels are from the paper: at most, and on the average. */
async function ink(page: Buffer, paper: number): Promise<{ most: number; mean: number }> {
  const pixels = await sharp(page).greyscale().raw().toBuffer();
  const off = [...pixels].map((pixel) => Math.abs(pixel - paper));
  return {
    most: off.reduce((most, each) => Math.max(most, each), 0),
    mean: off.reduce((sum, each) => sum + each, 0) / off.length,
  };
}

test.each([
  ['white', 255],
  ['black', 0],
] as const)('the name is on a %s page, faintly, and the page keeps its size', async (paper, grey) => {
  const marked = (await watermarked(await picture(paper), '김하나'))!;
  expect(await sharp(marked).metadata()).toMatchObject({ format: 'webp', width: 640, height: 360 });
  const { most, mean } = await ink(marked, grey);
  expect(most).toBeGreaterThan(8);
  expect(most).toBeLessThan(80);
  expect(mean).toBeLessThan(10);
});

test.each([
  [320, 180],
  [180, 320],
  [1, 320],
  [320, 1],
])('a page of %i by %i pixels has room for any name', async (width, height) => {
  const page = await sharp({ create: { width, height, channels: 3, background: 'white' } })
    .webp()
    .toBuffer();
  const marked = (await watermarked(page, '가나다라마바사아자차'.repeat(8)))!;
  expect(await sharp(marked).metadata()).toMatchObject({ width, height });
});

test('of two viewers each has its own', async () => {
  const page = await picture('white');
  const [one, other, again] = await Promise.all(['Ada', 'Grace', 'Ada'].map((name) => watermarked(page, name)));
  expect(one).not.toEqual(other);
  expect(one).toEqual(again);
});

test('a name is text, whatever it has in it', async () => {
  const svg = tileWith('</text><image href="file:///etc/passwd"/>&"', 100, 100);
  expect(svg).not.toContain('<image');
  await expect(watermarked(await picture('white'), '<b>&</text>\u0000')).resolves.toBeInstanceOf(Buffer);
});

test('many at once come one after the other, and all come', async () => {
  const page = await picture('white');
  const pages = await Promise.all(Array.from({ length: 12 }, (_, n) => watermarked(page, `Viewer ${n}`)));
  expect(new Set(pages.map((each) => each?.toString('base64'))).size).toBe(12);
});
