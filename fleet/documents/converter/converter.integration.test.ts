/** The converter as a process, with the real LibreOffice and poppler: documents in, pictures of pages out. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageFileName } from '#contract/converter-link.ts';
import { PAGE_SIZES, PageSize } from '#contract/http/documents-api.ts';
import { ConverterUnderTest } from './testing/converter-under-test.ts';
import { pdfDocument, presentation, spreadsheet } from './testing/small-documents.ts';

const converter = new ConverterUnderTest();
beforeAll(() => converter.start());
afterAll(() => converter.stop());

/** Of a document of two pages. */
const allPages = [1, 2].flatMap((page) => PageSize.options.map((size) => pageFileName(page, size)));

test('it serves, and documents can be converted on this machine', async () => {
  await expect.poll(() => converter.link.status).toEqual({ is: 'there' });
  expect(statSync(join(converter.dataDir, 'converter.sock')).mode & 0o777).toBe(0o600);
});

test.each([
  ['PDF', pdfDocument(['Minutes of the meeting', 'Second page'])],
  ['PPTX', presentation(['회의 자료', 'Second slide'])],
])(
  '%s: the first page comes first, then all pages in all sizes',
  async (_, content) => {
    const { documentId, folder, events, end } = await converter.convert(content);
    expect(end).toEqual({ name: 'converted', documentId, pageCount: 2 });
    expect(events.filter(({ name }) => name === 'page')[0]).toEqual({ name: 'page', documentId, page: 1, size: 'tv' });
    expect(events).toContainEqual({ name: 'page-count', documentId, pageCount: 2 });
    const order = events.flatMap((event) => (event.name === 'page' ? [event.size] : []));
    expect(order.slice(-2)).toEqual(['tv-4k', 'tv-4k']);
    expect(order).toHaveLength(2 * PageSize.options.length);
    expect(readdirSync(folder).sort()).toEqual([...allPages].sort());
    for (const size of PageSize.options) {
      const picture = await sharp(join(folder, pageFileName(2, size))).metadata();
      expect(picture.format).toBe('webp');
      const { width, height } = PAGE_SIZES[size];
      expect(Math.max(picture.width / width, picture.height / height)).toBeCloseTo(1, 2);
      const { exif, icc, xmp, iptc } = picture;
      expect([exif, icc, xmp, iptc]).toEqual([undefined, undefined, undefined, undefined]);
    }
  },
  120_000,
);

test('a wide spreadsheet has its columns on one page, which is laid across', async () => {
  const sheetOf = (columns: number) =>
    spreadsheet([Array.from({ length: columns }, (_, column) => `Column ${column}`)]);
  const sides = async (columns: number) => {
    const { folder, end } = await converter.convert(sheetOf(columns));
    expect(end).toMatchObject({ name: 'converted', pageCount: 1 });
    const { width, height } = await sharp(join(folder, pageFileName(1, 'tv'))).metadata();
    return Math.sign(width - height);
  };
  expect([await sides(3), await sides(30)]).toEqual([-1, 1]);
}, 240_000);
