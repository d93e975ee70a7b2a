/** Each type that an engine draws without LibreOffice, in its sandbox: from a file to the pictures of its pages. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PageSize } from '#contract/http/documents-api.ts';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import type { EngineName } from './inside/engines.ts';
import { PageMaker } from './page-maker.ts';
import { Scratch } from './scratch.ts';
import { ways } from './sources.ts';
import { hangulDocument } from './testing/hangul-documents.ts';
import { heicPicture } from './testing/heic-writer.ts';
import { greyOf, inkOf } from './testing/pixels.ts';
import { koreanPdfWithoutFonts } from './testing/small-documents.ts';
import { trueTypeOf } from './true-type.ts';

const folder = mkdtempSync(join(tmpdir(), 'maru-formats-'));
afterAll(() => rmSync(folder, { recursive: true }));
const scratch = new Scratch(folder);
await scratch.open();

/** @returns the pictures of the first page, in two sizes */
async function pagesOf(content: Buffer): Promise<{ pageCount: number; tv: Buffer; thumbnail: Buffer }> {
  const path = join(folder, 'source');
  writeFileSync(path, content);
  const way = ways[await trueTypeOf(path)];
  const maker = new PageMaker(scratch);
  try {
    await maker.ready;
    const inside = await maker.inbox.putFile('source', path);
    const pageCount = await maker.open(('engine' in way ? way.engine : 'pdf') satisfies EngineName, inside);
    const pictures: Partial<Record<PageSize, Buffer>> = {};
    for await (const picture of maker.draw(1, 'tv', ['tv', 'thumbnail'])) pictures[picture.size] = picture.content;
    return { pageCount, tv: pictures.tv ?? Buffer.alloc(0), thumbnail: pictures.thumbnail ?? Buffer.alloc(0) };
  } finally {
    await maker.end();
  }
}

test.each(['hwp', 'hwpx'] as const)('%s in Korean letters', async (format) => {
  const { pageCount, tv, thumbnail } = await pagesOf(hangulDocument(['회의 자료 '.repeat(200), '둘'], { format }));
  expect(pageCount).toBe(2);
  expect(await sharp(tv).metadata()).toMatchObject({ format: 'webp', width: 764, height: 1_080 });
  expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'webp', width: 226, height: 320 });
});

test('letters of HWP are letters, not boxes in their place', async () => {
  const inkOfText = async (text: string) => {
    const { tv } = await pagesOf(hangulDocument([text.repeat(300)]));
    return inkOf(await greyOf(tv, 764, 1_080));
  };
  const [light, heavy] = [await inkOfText('이'), await inkOfText('뺄')];
  expect(light).toBeGreaterThan(0.01);
  expect(heavy).toBeGreaterThan(light * 1.4);
});

test('a photograph in HEIC, turned', async () => {
  const { tv } = await pagesOf(heicPicture({ source: 'color=c=red', width: 640, height: 480, turns: 3 }));
  expect(await sharp(tv).metadata()).toMatchObject({ width: 480, height: 640 });
  const { data } = await sharp(tv).raw().toBuffer({ resolveWithObject: true });
  expect(data[0]).toBeGreaterThan(240);
  expect(data[2]).toBeLessThan(20);
});

test('what is transparent in a picture is white', async () => {
  const clear = sharp({ create: { width: 20, height: 20, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } });
  const { tv } = await pagesOf(await clear.png().toBuffer());
  expect((await sharp(tv).raw().toBuffer()).every((value) => value > 250)).toBe(true);
});

test.each(['KSCms-UHC-H', 'UniKS-UCS2-H'] as const)('Korean letters of a PDF without fonts (%s)', async (encoding) => {
  const { tv } = await pagesOf(koreanPdfWithoutFonts(encoding, '회의 자료'));
  const grey = await greyOf(tv, 763, 1_080);
  expect(inkOf(grey)).toBeGreaterThan(0.001);
});

test.each<[string, () => Buffer | Promise<Buffer>]>([
  ['document-broken', () => heicPicture().subarray(0, 60)],
  ['document-broken', () => hangulDocument().subarray(0, 7_000)],
  ['picture-too-large', () => heicPicture({ claimed: { width: 60_000, height: 60_000 } })],
])('%s', async (code, content) => {
  await expect(pagesOf(await content())).rejects.toMatchObject({
    code,
    message: expect.not.stringContaining('killed'),
  });
});
