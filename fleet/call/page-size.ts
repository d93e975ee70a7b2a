/** Which of a page's pictures a tile needs. */
import { PAGE_SIZES, type PageSize } from '#contract/http/documents-api.ts';
import { PAGE_UNITS, type PageRegion, WHOLE_PAGE } from '#contract/shared-document.ts';

/** A picture may be drawn so much larger than it is before the next size is worth its bytes. */
const STRETCHED_UNSEEN = 1.1;
const ascending = (Object.keys(PAGE_SIZES) as PageSize[]).sort((a, b) => PAGE_SIZES[a].width - PAGE_SIZES[b].width);

/** @param tile in device pixels. @param region what of the page fills it: a part of a page needs a larger picture */
export function pageSizeFor(tile: { widthPx: number; heightPx: number }, region: PageRegion = WHOLE_PAGE): PageSize {
  const widthPx = (tile.widthPx * PAGE_UNITS) / region.width / STRETCHED_UNSEEN;
  const heightPx = (tile.heightPx * PAGE_UNITS) / region.height / STRETCHED_UNSEEN;
  return ascending.find((size) => PAGE_SIZES[size].width >= widthPx && PAGE_SIZES[size].height >= heightPx) ?? 'tv-4k';
}
