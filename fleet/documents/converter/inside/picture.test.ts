import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp, { type OutputInfo } from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { picture } from './picture.ts';

const folder = mkdtempSync(join(tmpdir(), 'maru-picture-'));
afterAll(() => rmSync(folder, { recursive: true }));
const box = { width: 1920, height: 1080 };

function open(content: Buffer) {
  const path = join(folder, 'document');
  writeFileSync(path, content);
  return picture.open(path);
}
async function drawn(content: Buffer) {
  const page = await (await open(content)).draw(1, box);
  return page.raw().toBuffer({ resolveWithObject: true });
}
/** Left half red, right half blue. */
const halves = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'red' } }).composite([
    { input: { create: { width: width / 2, height, channels: 3, background: 'blue' } }, gravity: 'east' },
  ]);
const pixel = ({ data, info }: { data: Buffer; info: OutputInfo }, x: number, y: number) => [
  ...data.subarray((y * info.width + x) * info.channels, (y * info.width + x) * info.channels + 3),
];

test.each(['png', 'jpeg', 'webp'] as const)('%s fits into the box', async (format) => {
  const page = await drawn(await halves(4_000, 1_000).toFormat(format).toBuffer());
  expect(page.info).toMatchObject({ width: 1_920, height: 480 });
  for (const [value, wanted] of [
    [pixel(page, 10, 200), [255, 0, 0]],
    [pixel(page, 1_900, 200), [0, 0, 255]],
  ] as const) {
    for (const [at, channel] of value.entries()) expect(Math.abs(channel - (wanted[at] ?? 0))).toBeLessThan(8);
  }
});

test('a small one is not made larger', async () => {
  expect((await drawn(await halves(40, 30).png().toBuffer())).info).toMatchObject({ width: 40, height: 30 });
});

test.each([
  [3, [39, 5]],
  [6, [5, 5]],
  [8, [5, 35]],
])('a photograph is turned as the camera noted (%i)', async (orientation, [x, y]) => {
  const photograph = await halves(40, 40).withMetadata({ orientation }).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer();
  const [red = 0, , blue = 0] = pixel(await drawn(photograph), x ?? 0, y ?? 0);
  expect(red).toBeGreaterThan(200);
  expect(blue).toBeLessThan(60);
});

/** A sound PNG whose header claims another size. */
function claimingPng(width: number, height: number, sound: Buffer): Buffer {
  const claiming = Buffer.from(sound);
  claiming.writeUInt32BE(width, 16);
  claiming.writeUInt32BE(height, 20);
  claiming.writeUInt32BE(crc32(claiming.subarray(12, 29)), 29);
  return claiming;
}

test.each([
  [60_000, 60_000],
  [60_000, 10],
  [16_000, 16_000],
])('%i x %i pixels are refused by the header alone', async (width, height) => {
  const sound = await halves(20, 20).png().toBuffer();
  await expect(open(claimingPng(width, height, sound))).rejects.toMatchObject({ code: 'picture-too-large' });
});

test('a false header, a picture cut short, and no picture are errors', async () => {
  const sound = await halves(400, 400).png().toBuffer();
  await expect(drawn(claimingPng(4_000, 4_000, sound))).rejects.toThrow();
  const noise = await sharp({
    create: {
      width: 400,
      height: 400,
      channels: 3,
      background: 'red',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .jpeg()
    .toBuffer();
  await expect(drawn(noise.subarray(0, noise.length / 2))).rejects.toThrow();
  await expect(drawn(Buffer.from('89504e470d0a1a0a', 'hex'))).rejects.toThrow();
});
