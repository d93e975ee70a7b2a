/** Pictures that ffmpeg encodes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type HeicOptions, heicPicture } from '../testing/heic-writer.ts';
import { heic } from './heic.ts';

const folder = mkdtempSync(join(tmpdir(), 'maru-heic-'));
afterAll(() => rmSync(folder, { recursive: true }));

function open(content: Buffer) {
  const path = join(folder, 'document');
  writeFileSync(path, content);
  return heic.open(path);
}
async function drawn(options: HeicOptions) {
  const page = await (await open(heicPicture(options))).draw(1, { width: 160, height: 160 });
  return page.raw().toBuffer({ resolveWithObject: true });
}

test('fits into the box, in its colour', async () => {
  const { data, info } = await drawn({ source: 'color=c=red' });
  expect(info).toMatchObject({ width: 160, height: 120 });
  expect(data[0]).toBeGreaterThan(240);
  expect(data[1]).toBeLessThan(15);
});

test('is turned as the camera noted', async () => {
  expect((await drawn({ turns: 1 })).info).toMatchObject({ width: 120, height: 160 });
});

test.each([
  [60_000, 60_000],
  [9_000, 9_000],
])('%i x %i pixels are refused', async (width, height) => {
  await expect(open(heicPicture({ claimed: { width, height } }))).rejects.toMatchObject({ code: 'picture-too-large' });
});

test('cut short, and nothing inside, are errors', async () => {
  const sound = heicPicture();
  for (const content of [sound.subarray(0, sound.length - 2_000), sound.subarray(0, 60), Buffer.alloc(100)]) {
    await expect(open(content)).rejects.toThrow();
  }
});
