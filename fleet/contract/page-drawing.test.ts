/** The drawing that phones receive: the shown page alone, bounded, each stroke from its first to its last point. */
import { expect, it } from 'vitest';
import { drawingOf, MAX_PAGE_STROKES } from './page-drawing.ts';
import { projections } from './projections.ts';
import { RoomDrawing } from './room-drawing.ts';
import { MAX_STROKE_NUMBERS, PAGE_UNITS, type SharedDocument, type Stroke, WHOLE_PAGE } from './shared-document.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const stroke = (n: number, points: number[], page = 2): Stroke => ({ strokeId: id(n), page, colour: 'marker', points });
const shared = (strokes: Stroke[]): SharedDocument => ({
  documentId: id(1),
  title: 'Plan.pptx',
  pageCount: 9,
  page: 2,
  region: WHOLE_PAGE,
  presenter: null,
  pointer: { x: 7, y: 8 },
  strokes,
});

it('has the strokes of the shown page, and the pointer', () => {
  const drawing = drawingOf(shared([stroke(1, [1, 1]), stroke(2, [2, 2], 3), stroke(3, [3, 3])]));
  expect(drawing).toMatchObject({ documentId: id(1), page: 2, pointer: { x: 7, y: 8 } });
  expect(drawing.strokes.map(({ strokeId }) => strokeId)).toEqual([id(1), id(3)]);
});

it('leaves out points that lie on each other, and never the last', () => {
  const [thinned] = drawingOf(shared([stroke(1, [0, 0, 10, 0, 20, 0, 5_000, 0, 5_010, 0])])).strokes;
  expect(thinned!.points).toEqual([0, 0, 5_000, 0, 5_010, 0]);
});

it('stays within the size of its projection, and has the newest strokes', () => {
  // as many digits as there can be
  const far = Array.from({ length: MAX_STROKE_NUMBERS }, (_, at) => PAGE_UNITS - (at % 4 < 2 ? 0 : 20_000));
  const cases = [
    Array.from({ length: 400 }, (_, n) => stroke(n, far)),
    Array.from({ length: 400 }, (_, n) => stroke(n, far.slice(0, 40))),
    Array.from({ length: 400 }, (_, n) => stroke(n, [PAGE_UNITS, PAGE_UNITS])),
  ];
  for (const strokes of cases) {
    const drawing = drawingOf(shared(strokes));
    expect(drawing.strokes.length).toBeGreaterThan(0);
    expect(drawing.strokes.length).toBeLessThanOrEqual(MAX_PAGE_STROKES);
    expect(drawing.strokes.at(-1)!.strokeId).toBe(id(399));
    const heading = { protocol: 99, roomId: id(2), epoch: 1e9, revision: 1e9, asOfMs: 1e13 };
    const value = RoomDrawing.parse({ ...heading, drawing });
    expect(JSON.stringify(value).length).toBeLessThan(projections.drawing.maxBytes);
  }
});
