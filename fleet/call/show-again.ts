/** A document that was shown elsewhere, shown in this call as it was there: page and part first, then its drawing. */
import type { DocumentAct, SharedDocument } from '#contract/shared-document.ts';

/** Below what a media node accepts of one peer: 60 pieces of strokes a second. */
const DRAWN_EACH_MS = 25;

/** @throws what `present` rejects with: it may not be shown here, or somebody else presents meanwhile */
export async function showAgain(
  { documentId, title, pageCount, page, region, strokes }: SharedDocument,
  present: (act: DocumentAct) => Promise<void>,
): Promise<void> {
  await present({ act: 'show', documentId, title, pageCount, page });
  await present({ act: 'zoom', region });
  for (const stroke of strokes) {
    await present({ act: 'draw', stroke });
    await new Promise((resolve) => setTimeout(resolve, DRAWN_EACH_MS));
  }
}
