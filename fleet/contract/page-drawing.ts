/**
 * The drawing of one page, small enough to be published whole each time it changes: the newest strokes alone, and of each only
 * the points that a phone's screen can show.
 */
import { Id, z } from './schema.ts';
import { PAGE_UNITS, PagePoint, type SharedDocument, Stroke } from './shared-document.ts';

/** Beyond either the oldest strokes are left out. As JSON it is below 32 KB. */
export const MAX_PAGE_STROKES = 60;
export const MAX_PAGE_NUMBERS = 3_600;
/** A point nearer than this to the one before it is left out, but for a stroke's last: two pixels of a phone. */
const NEAREST_UNITS = Math.floor(PAGE_UNITS / 400);

export const PageDrawing = z.object({
  documentId: Id,
  page: Stroke.shape.page,
  pointer: PagePoint.nullable(),
  /** of this page, the oldest first */
  strokes: z.array(Stroke).max(MAX_PAGE_STROKES),
});
export type PageDrawing = z.infer<typeof PageDrawing>;

/** Of the page that is shown. */
export function drawingOf({ documentId, page, pointer, strokes }: SharedDocument): PageDrawing {
  const newest: Stroke[] = [];
  let numbers = 0;
  for (const stroke of strokes.toReversed()) {
    if (stroke.page !== page) continue;
    const thinned = { ...stroke, points: thinnedPoints(stroke.points) };
    numbers += thinned.points.length;
    if (numbers > MAX_PAGE_NUMBERS || newest.length === MAX_PAGE_STROKES) break;
    newest.push(thinned);
  }
  return { documentId, page, pointer, strokes: newest.toReversed() };
}

/** Its first and last point stay: a viewer compares the last with its own stroke to know that all of that has come. */
function thinnedPoints(points: readonly number[]): number[] {
  const kept = points.slice(0, 2);
  for (let at = 2; at < points.length; at += 2) {
    const [x, y] = [points[at]!, points[at + 1]!];
    const isFar = Math.hypot(x - kept.at(-2)!, y - kept.at(-1)!) >= NEAREST_UNITS;
    if (isFar || at === points.length - 2) kept.push(x, y);
  }
  return kept;
}
