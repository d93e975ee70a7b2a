/** Compares what the converter made of a document with its reference, and names in words what differs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { pageFileName } from '#contract/converter-link.ts';
import type { ConverterUnderTest } from '../../fleet/documents/converter/testing/converter-under-test.ts';
import { darknessOf, differenceOf, greyOf, inkOf } from '../../fleet/documents/converter/testing/pixels.ts';
import type { CorpusDocument } from './corpus.ts';
import type { Reference } from './reference.ts';

/** Pages are compared at this width: letters still count, how their edges are smoothed does not. */
const COMPARED_WIDTH = 640;
/** Of what is dark on the reference's page; beside that, this much of the whole page. */
const MAX_DIFFERENCE = { ofDarkness: 0.15, ofPage: 0.002 };
const PICTURES = new Set(['png', 'jpeg', 'webp', 'heic']);
const SPREADSHEETS = new Set(['xlsx', 'xls', 'ods']);

/** @returns nothing where all is well */
export async function differences(
  converter: ConverterUnderTest,
  document: CorpusDocument,
  content: Buffer,
  reference: Reference,
): Promise<string[]> {
  const { end, folder } = await converter.convert(content);
  if (end.name !== 'converted') return [`not converted: ${JSON.stringify(end)}`];
  const { pageCount } = end;
  const wanted = document.pageCount ?? (PICTURES.has(document.type) ? 1 : reference.pageCount);
  // our sheets are fitted to a page's width, and laid across for it: LibreOffice's own PDF cuts them into stripes
  const isSheet = SPREADSHEETS.has(document.type);
  if (isSheet ? wanted === null || pageCount > wanted : pageCount !== wanted)
    return [`${pageCount} pages, not ${wanted}`];
  const first = await sharp(join(folder, pageFileName(1, 'tv'))).metadata();
  const isLaidAcross = Math.abs(first.width / first.height / (reference.proportion ?? 1) - 1) > 0.05;
  const isFitted = isSheet && (pageCount !== wanted || isLaidAcross);
  const pages = [...new Set([1, Math.ceil(pageCount / 2), pageCount])];
  const found = await Promise.all(
    pages.map(async (page) => {
      const path = join(folder, pageFileName(page, 'tv'));
      const hasReference = !isFitted && document.pageCount === undefined;
      return hasReference ? await comparedWith(reference, page, path) : await blank(page, path);
    }),
  );
  return found.flat();
}

async function comparedWith(reference: Reference, page: number, path: string): Promise<string[]> {
  const picture = readFileSync(path);
  const size = await sharp(picture).metadata();
  const height = Math.round((size.height * COMPARED_WIDTH) / size.width);
  const [ours, theirs] = await Promise.all(
    [picture, await reference.draw(page, size)].map((drawn) => greyOf(drawn, COMPARED_WIDTH, height)),
  );
  if (!ours || !theirs) return [`page ${page} was not drawn`];
  const difference = differenceOf(ours, theirs);
  const allowed = MAX_DIFFERENCE.ofDarkness * darknessOf(theirs) + MAX_DIFFERENCE.ofPage;
  return difference <= allowed
    ? []
    : [`page ${page} differs by ${difference.toFixed(4)}, more than ${allowed.toFixed(4)}`];
}

async function blank(page: number, path: string): Promise<string[]> {
  const { width, height } = await sharp(path).metadata();
  const ink = inkOf(await greyOf(readFileSync(path), width, height));
  return ink > 0.0005 && ink < 0.5 ? [] : [`page ${page} has ${(ink * 100).toFixed(2)} % ink`];
}
