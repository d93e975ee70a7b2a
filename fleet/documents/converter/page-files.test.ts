import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { webpSize, writePage } from './page-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'page-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const blank = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: 'white' } });

describe('a picture from a sandbox', () => {
  it('is written where it is one of its size', async () => {
    const content = await blank(1_920, 1_080).webp().toBuffer();
    expect(webpSize(content)).toEqual({ width: 1_920, height: 1_080 });
    await writePage(folder, { page: 3, size: 'tv', content });
    expect(readdirSync(folder)).toEqual(['3-tv.webp']);
    expect(readFileSync(join(folder, '3-tv.webp')).equals(content)).toBe(true);
  });

  it.each([
    ['of another kind', () => blank(100, 100).png().toBuffer()],
    [
      'with metadata',
      () =>
        blank(100, 100)
          .withExif({ IFD0: { Artist: 'somebody' } })
          .webp()
          .toBuffer(),
    ],
    ['with a colour profile', () => blank(100, 100).withIccProfile('p3').webp().toBuffer()],
    ['without loss, which holds what it likes', () => blank(100, 100).webp({ lossless: true }).toBuffer()],
    ['larger than its size', () => blank(400, 100).webp().toBuffer()],
    ['with more behind it', async () => Buffer.concat([await blank(100, 100).webp().toBuffer(), Buffer.from('more')])],
    ['cut short', async () => (await blank(100, 100).webp().toBuffer()).subarray(0, 40)],
    ['of no byte', () => Promise.resolve(Buffer.alloc(0))],
  ])('%s is refused, and no file of it stays', async (_, made) => {
    const content = await made();
    await expect(writePage(folder, { page: 1, size: 'thumbnail', content })).rejects.toThrow('no picture');
    expect(readdirSync(folder)).toEqual(['3-tv.webp']);
  });
});
