/** How the shown document changes: each change by a table, and generated sequences that keep within every bound. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import {
  changedDocument,
  type DocumentAct,
  DocumentChange,
  MAX_DRAWN_NUMBERS,
  MAX_STROKE_NUMBERS,
  MAX_STROKES,
  type Presenter,
  SharedDocument,
  type Stroke,
  WHOLE_PAGE,
} from './shared-document.ts';

const [mina, jun]: Presenter[] = [
  { peerId: uuidv7(), displayName: 'Mina' },
  { peerId: uuidv7(), displayName: 'Jun' },
] as const;
const documentId = uuidv7();
const region = { x: 1, y: 2, width: 30_000, height: 20_000 };
const line = (page: number, points = [1, 2], strokeId = uuidv7()): Stroke => ({
  strokeId,
  page,
  colour: 'blue',
  points,
});
const [first, second, onPage2] = [line(1), line(1), line(2)] as const;
const shown: SharedDocument = {
  documentId,
  title: 'Plan',
  pageCount: 3,
  page: 1,
  region,
  presenter: mina!,
  pointer: { x: 5, y: 6 },
  strokes: [first, second, onPage2],
};
const act = (asked: DocumentAct, by = mina!, handedTo?: Presenter): DocumentChange => ({
  change: 'act',
  by,
  act: asked,
  ...(handedTo && { handedTo }),
});
const showAct = (id: string): DocumentAct => ({ act: 'show', documentId: id, title: 'Next', pageCount: null, page: 2 });

describe('a change of what is shown', () => {
  it.each<[string, DocumentChange, Partial<SharedDocument>]>([
    [
      'show again: another page, the drawing stays',
      act(showAct(documentId), jun),
      { title: 'Next', pageCount: null, page: 2, region: WHOLE_PAGE, presenter: jun!, pointer: null },
    ],
    [
      'turn the page: whole, and no pointer',
      act({ act: 'turn-page', page: 3 }),
      { page: 3, region: WHOLE_PAGE, pointer: null },
    ],
    ['turn beyond the last', act({ act: 'turn-page', page: 4 }), {}],
    ['zoom', act({ act: 'zoom', region: WHOLE_PAGE }), { region: WHOLE_PAGE }],
    ['lift the pointer', act({ act: 'point', at: null }), { pointer: null }],
    [
      'go on with a stroke',
      act({ act: 'draw', stroke: { ...first, colour: 'red', points: [3, 4] } }),
      { strokes: [{ ...first, points: [1, 2, 3, 4] }, second, onPage2] },
    ],
    ['undo: the last of the shown page', act({ act: 'undo-stroke' }), { strokes: [first, onPage2] }],
    ['clear: all of the shown page', act({ act: 'clear-strokes' }), { strokes: [onPage2] }],
    ['take', act({ act: 'take' }, jun), { presenter: jun!, pointer: null }],
    ['hand over', act({ act: 'hand-over', peerId: jun!.peerId }, mina, jun), { presenter: jun!, pointer: null }],
    ['hand over to nobody', act({ act: 'hand-over', peerId: jun!.peerId }), {}],
    ['counted', { change: 'counted', documentId, pageCount: 2 }, { pageCount: 2 }],
    ['another counted', { change: 'counted', documentId: uuidv7(), pageCount: 2 }, {}],
    ['the presenter left', { change: 'presenter-left' }, { presenter: null, pointer: null }],
  ])('%s', (_what, change, expected) => {
    expect(changedDocument(shown, change)).toEqual({ ...shown, ...expected });
  });

  it('another document has no drawing yet', () => {
    const other = uuidv7();
    expect(changedDocument(shown, act(showAct(other)))).toMatchObject({ documentId: other, strokes: [] });
  });

  it.each<[string, DocumentChange]>([
    ['stop', act({ act: 'stop' })],
    ['withdrawn', { change: 'withdrawn', reason: 'deleted' }],
  ])('%s shows nothing', (_what, change) => {
    expect(changedDocument(shown, change)).toBeNull();
  });

  it('counted below the shown page shows the last', () => {
    const counted = { change: 'counted', documentId, pageCount: 2 } as const;
    expect(changedDocument({ ...shown, pageCount: null, page: 9 }, counted)).toMatchObject({ pageCount: 2, page: 2 });
  });
});

describe('the drawing is bounded', () => {
  const drawn = (strokes: Stroke[], stroke: Stroke): Stroke[] =>
    changedDocument({ ...shown, strokes }, act({ act: 'draw', stroke }))!.strokes;

  it('by strokes: the oldest is dropped', () => {
    const many = Array.from({ length: MAX_STROKES }, () => line(1));
    const next = line(2);
    expect(drawn(many, next)).toEqual([...many.slice(1), next]);
  });

  it('by numbers in all: so many of the oldest are dropped that the newest fit', () => {
    const long = Array.from({ length: MAX_DRAWN_NUMBERS / MAX_STROKE_NUMBERS }, () =>
      line(1, Array<number>(MAX_STROKE_NUMBERS).fill(7)),
    );
    expect(drawn(long.slice(1), long[0]!)).toHaveLength(long.length);
    const next = line(1, [1, 2]);
    expect(drawn(long, next)).toEqual([...long.slice(1), next]);
    // one that grows drops the oldest too, never itself
    const grown = drawn([...long.slice(1), next], { ...next, points: Array<number>(MAX_STROKE_NUMBERS).fill(9) });
    expect(grown.at(-1)!.points).toHaveLength(MAX_STROKE_NUMBERS);
    expect(grown).toHaveLength(long.length);
  });

  it('by numbers in a stroke: what comes later is left out', () => {
    const full = line(1, Array<number>(MAX_STROKE_NUMBERS).fill(7));
    expect(drawn([full], { ...full, points: [1, 2] })).toEqual([full]);
  });
});

const ids = [uuidv7(), uuidv7()];
const presenter = fc.constantFrom(mina!, jun!);
const page = fc.integer({ min: 1, max: 8 });
const points = fc.array(fc.nat({ max: 65_535 }), { minLength: 1, maxLength: 4 }).map((xs) => xs.flatMap((x) => [x, x]));
const change: fc.Arbitrary<DocumentChange> = fc.oneof(
  fc.record({
    change: fc.constant('act' as const),
    by: presenter,
    handedTo: presenter,
    act: fc.oneof(
      fc.record({
        act: fc.constant('show' as const),
        documentId: fc.constantFrom(...ids),
        title: fc.constant('Plan'),
        pageCount: fc.constantFrom(null, 8),
        page,
      }),
      fc.record({ act: fc.constant('turn-page' as const), page }),
      fc.record({
        act: fc.constant('draw' as const),
        stroke: fc.record({ strokeId: fc.constantFrom(...ids), page, colour: fc.constant('red' as const), points }),
      }),
      fc.constantFrom<DocumentAct>(
        { act: 'zoom', region },
        { act: 'point', at: { x: 1, y: 1 } },
        { act: 'undo-stroke' },
        { act: 'clear-strokes' },
        { act: 'take' },
        { act: 'hand-over', peerId: jun!.peerId },
        { act: 'stop' },
      ),
    ),
  }),
  fc.record({ change: fc.constant('counted' as const), documentId: fc.constantFrom(...ids), pageCount: page }),
  fc.constant({ change: 'presenter-left' } as const),
  fc.constant({ change: 'withdrawn', reason: 'deleted' } as const),
);

it('any sequence over the wire keeps to the contract, changes nothing in place, and ends alike for who came later', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), fc.nat({ max: 40 }), (changes, lateAfter) => {
      let node: SharedDocument | null = null;
      let late: SharedDocument | null = null;
      changes.forEach((each, index) => {
        const before = JSON.stringify(node);
        const next = changedDocument(node, each);
        expect(JSON.stringify(node)).toBe(before);
        node = next;
        const onTheWire = DocumentChange.parse(JSON.parse(JSON.stringify(each)));
        if (index < lateAfter) late = JSON.parse(JSON.stringify(node)) as SharedDocument | null;
        else late = changedDocument(late, onTheWire);
        expect(late).toEqual(node);
        if (node) {
          expect(SharedDocument.parse(node)).toEqual(node);
          expect(node.page).toBeLessThanOrEqual(node.pageCount ?? Number.POSITIVE_INFINITY);
        }
      });
    }),
  );
});
