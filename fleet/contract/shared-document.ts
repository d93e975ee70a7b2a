/**
 * The document that a call shows: which page, how much of it, who presents, pointer and drawing. The media node owns it in a
 * call, the kiosk's agent on an idle room's TV. Everybody who sees it applies the same changes to the same state
 * (`changedDocument`), so that what one peer draws is what all see. Pages themselves come over HTTPS: http/documents-api.ts.
 */
import { Id, PersonName, ShownTitle, z } from './schema.ts';

/** Places on a page are whole numbers from 0 to this, from its top left corner; both axes. */
export const PAGE_UNITS = 65_535;
export const MAX_DOCUMENT_PAGES = 500;
/** Numbers in one message, and in one stroke: x and y by turns. A longer line is several strokes. */
export const MAX_STROKE_NUMBERS = 1_000;
/** On all pages together: beyond either the oldest strokes are dropped. A state with its drawing stays below 700 KB. */
export const MAX_STROKES = 400;
export const MAX_DRAWN_NUMBERS = 100_000;
/** Smaller parts of a page than this cannot be shown: a tenth. */
export const MIN_REGION_UNITS = Math.floor(PAGE_UNITS / 10);

const PageUnit = z.number().int().min(0).max(PAGE_UNITS);
const PageNumber = z.number().int().min(1).max(MAX_DOCUMENT_PAGES);
const PageCount = z.number().int().min(1).max(MAX_DOCUMENT_PAGES);

export const PagePoint = z.strictObject({ x: PageUnit, y: PageUnit });
export type PagePoint = z.infer<typeof PagePoint>;
/** The part of the page that is shown as large as it fits. */
export const PageRegion = z
  .strictObject({
    x: PageUnit,
    y: PageUnit,
    width: z.number().int().min(MIN_REGION_UNITS).max(PAGE_UNITS),
    height: z.number().int().min(MIN_REGION_UNITS).max(PAGE_UNITS),
  })
  .refine(({ x, y, width, height }) => x + width <= PAGE_UNITS && y + height <= PAGE_UNITS, 'beyond the page');
export type PageRegion = z.infer<typeof PageRegion>;
export const WHOLE_PAGE: PageRegion = { x: 0, y: 0, width: PAGE_UNITS, height: PAGE_UNITS };

export const StrokeColour = z.enum(['red', 'blue', 'green', 'black', 'marker']);
export type StrokeColour = z.infer<typeof StrokeColour>;
export const Stroke = z.strictObject({
  strokeId: Id,
  page: PageNumber,
  colour: StrokeColour,
  /** x and y by turns, in page units */
  points: z
    .array(PageUnit)
    .min(2)
    .max(MAX_STROKE_NUMBERS)
    .refine((points) => points.length % 2 === 0, 'half a point'),
});
export type Stroke = z.infer<typeof Stroke>;

export const Presenter = z.object({ peerId: Id, displayName: PersonName });
export type Presenter = z.infer<typeof Presenter>;

export const SharedDocument = z.object({
  documentId: Id,
  title: ShownTitle,
  /** null: not counted yet */
  pageCount: PageCount.nullable(),
  page: PageNumber,
  region: PageRegion,
  /** null: who presented has left, and anybody who may share can take it */
  presenter: Presenter.nullable(),
  pointer: PagePoint.nullable(),
  /** of all pages, the oldest first */
  strokes: z.array(Stroke).max(MAX_STROKES),
});
export type SharedDocument = z.infer<typeof SharedDocument>;

/** What a projection and a list hold of it: all but the drawing. */
export const DocumentHeading = SharedDocument.omit({ strokes: true, pointer: true });
export type DocumentHeading = z.infer<typeof DocumentHeading>;

export function headingOf({ strokes: _strokes, pointer: _pointer, ...heading }: SharedDocument): DocumentHeading {
  return heading;
}

/** What a person asks for. `show` and `take` make the person the presenter; the others are the presenter's alone. */
export const DocumentAct = z.discriminatedUnion('act', [
  z.strictObject({
    act: z.literal('show'),
    documentId: Id,
    title: ShownTitle,
    pageCount: PageCount.nullable(),
    page: PageNumber,
  }),
  z.strictObject({ act: z.literal('turn-page'), page: PageNumber }),
  z.strictObject({ act: z.literal('zoom'), region: PageRegion }),
  /** null: the pointer is lifted */
  z.strictObject({ act: z.literal('point'), at: PagePoint.nullable() }),
  /** the same strokeId again goes on with that stroke */
  z.strictObject({ act: z.literal('draw'), stroke: Stroke }),
  /** the last stroke of the page that is shown */
  z.strictObject({ act: z.literal('undo-stroke') }),
  /** all strokes of the page that is shown */
  z.strictObject({ act: z.literal('clear-strokes') }),
  z.strictObject({ act: z.literal('take') }),
  /** to somebody in the call who may share, else `not-possible-now` */
  z.strictObject({ act: z.literal('hand-over'), peerId: Id }),
  /** also by who may remove others */
  z.strictObject({ act: z.literal('stop') }),
]);
export type DocumentAct = z.infer<typeof DocumentAct>;

/** Why a document that nobody stopped is shown no more. */
export const WithdrawReason = z.enum(['outsider-in-call', 'deleted']);
export type WithdrawReason = z.infer<typeof WithdrawReason>;

/** What happened to the shown document, in the order in which everybody applies it. */
export const DocumentChange = z.discriminatedUnion('change', [
  z.object({ change: z.literal('act'), by: Presenter, act: DocumentAct, handedTo: Presenter.optional() }),
  z.object({ change: z.literal('counted'), documentId: Id, pageCount: PageCount }),
  z.object({ change: z.literal('presenter-left') }),
  z.object({ change: z.literal('presenter-renamed'), displayName: PersonName }),
  z.object({ change: z.literal('withdrawn'), reason: WithdrawReason }),
]);
export type DocumentChange = z.infer<typeof DocumentChange>;

/**
 * The state after a change that its owner has permitted. A change that does not fit (an act while nothing is shown, a page
 * beyond the last) leaves the state as it is.
 */
export function changedDocument(shown: SharedDocument | null, change: DocumentChange): SharedDocument | null {
  if (change.change === 'act') return afterAct(shown, change);
  if (!shown) return null;
  switch (change.change) {
    case 'counted':
      if (change.documentId !== shown.documentId) return shown;
      return { ...shown, pageCount: change.pageCount, page: Math.min(shown.page, change.pageCount) };
    case 'presenter-left':
      return { ...shown, presenter: null, pointer: null };
    case 'presenter-renamed': {
      const { displayName } = change;
      return { ...shown, presenter: shown.presenter && { ...shown.presenter, displayName } };
    }
    case 'withdrawn':
      return null;
  }
}

function afterAct(
  shown: SharedDocument | null,
  { act, by, handedTo }: Extract<DocumentChange, { change: 'act' }>,
): SharedDocument | null {
  if (act.act === 'show') {
    const { documentId, title, pageCount, page } = act;
    const strokes = shown?.documentId === documentId ? shown.strokes : [];
    return { documentId, title, pageCount, page, region: WHOLE_PAGE, presenter: by, pointer: null, strokes };
  }
  if (!shown) return null;
  switch (act.act) {
    case 'turn-page':
      if (shown.pageCount !== null && act.page > shown.pageCount) return shown;
      return { ...shown, page: act.page, region: WHOLE_PAGE, pointer: null };
    case 'zoom':
      return { ...shown, region: act.region };
    case 'point':
      return { ...shown, pointer: act.at };
    case 'draw':
      return { ...shown, strokes: withStroke(shown.strokes, act.stroke) };
    case 'undo-stroke': {
      const last = shown.strokes.findLast(({ page }) => page === shown.page);
      return { ...shown, strokes: shown.strokes.filter((stroke) => stroke !== last) };
    }
    case 'clear-strokes':
      return { ...shown, strokes: shown.strokes.filter(({ page }) => page !== shown.page) };
    case 'take':
      return { ...shown, presenter: by, pointer: null };
    case 'hand-over':
      return handedTo ? { ...shown, presenter: handedTo, pointer: null } : shown;
    case 'stop':
      return null;
  }
}

function withStroke(strokes: readonly Stroke[], stroke: Stroke): Stroke[] {
  const begun = strokes.find(({ strokeId }) => strokeId === stroke.strokeId);
  if (!begun) return theNewest([...strokes, stroke]);
  const points = [...begun.points, ...stroke.points].slice(0, MAX_STROKE_NUMBERS);
  return theNewest(strokes.map((each) => (each === begun ? { ...begun, points } : each)));
}

function theNewest(strokes: Stroke[]): Stroke[] {
  let from = strokes.length;
  for (let numbers = 0; from > 0 && strokes.length - from < MAX_STROKES; from--) {
    numbers += strokes[from - 1]!.points.length;
    if (numbers > MAX_DRAWN_NUMBERS) break;
  }
  return from === 0 ? strokes : strokes.slice(from);
}
