/** A phone's own acts are drawn at once; where the room does not follow, the room's state counts. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PageDrawing } from '#contract/page-drawing.ts';
import { type DocumentAct, type DocumentHeading, PAGE_UNITS, WHOLE_PAGE } from '#contract/shared-document.ts';
import { PAGE_FOLLOWS_WITHIN_MS, PresentedDocument } from './presented-document.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const heading = (over: Partial<DocumentHeading> = {}): DocumentHeading => ({
  documentId: id(1),
  title: 'Plan.pptx',
  pageCount: 12,
  page: 1,
  region: WHOLE_PAGE,
  presenter: { peerId: id(9), displayName: 'Maple' },
  ...over,
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(answer: (act: DocumentAct) => Promise<void> = () => Promise.resolve()) {
  const problems: unknown[] = [];
  const sent: DocumentAct[] = [];
  const presented = new PresentedDocument({
    send: (act) => {
      sent.push(act);
      return answer(act);
    },
    onProblem: (error) => problems.push(error),
  });
  presented.follow(heading(), true, null);
  return { presented, problems, sent, shown: () => presented.own.getSnapshot() };
}

describe('the presented document', () => {
  it('does not jump back while the room follows one by one', () => {
    const { presented, shown } = setUp(() => new Promise(() => {}));
    for (const page of [2, 3, 4]) presented.act({ act: 'turn-page', page });
    for (const page of [2, 3]) {
      presented.follow(heading({ page }), true, null);
      expect(shown()?.page).toBe(4);
    }
    presented.follow(heading({ page: 4 }), true, null);
    presented.follow(heading({ page: 9 }), true, null);
    expect(shown()?.page).toBe(9);
  });

  it('shows the room’s page again where a turn is refused, and reports why', async () => {
    const { presented, problems, shown } = setUp(() => Promise.reject(new Error('room-not-answering')));
    presented.act({ act: 'turn-page', page: 2 });
    expect(shown()?.page).toBe(2);
    await vi.advanceTimersByTimeAsync(0);
    expect(shown()?.page).toBe(1);
    expect(problems.length).toBe(1);
  });

  it('gives in to a room that accepts and does not follow', async () => {
    const { presented, shown } = setUp();
    presented.act({ act: 'turn-page', page: 2 });
    await vi.advanceTimersByTimeAsync(PAGE_FOLLOWS_WITHIN_MS - 50);
    expect(shown()?.page).toBe(2);
    await vi.advanceTimersByTimeAsync(100);
    expect(shown()?.page).toBe(1);
  });

  it('follows the room at once where somebody else presents', () => {
    const { presented, shown } = setUp(() => new Promise(() => {}));
    presented.act({ act: 'turn-page', page: 2 });
    presented.follow(heading({ page: 7, presenter: { peerId: id(8), displayName: 'Mina' } }), false, null);
    expect(shown()).toMatchObject({ page: 7, presenter: { displayName: 'Mina' } });
    presented.follow(null, false, null);
    expect(shown()).toBeNull();
  });

  it('sends the zoom that the fingers ended with', () => {
    const { presented, sent } = setUp();
    const region = { x: 0, y: 0, width: PAGE_UNITS - 9, height: PAGE_UNITS - 9 };
    presented.send({ act: 'zoom', region: WHOLE_PAGE });
    presented.send({ act: 'zoom', region });
    presented.stop();
    expect(sent.at(-1)).toEqual({ act: 'zoom', region });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('shows what others draw and point at, beside the own strokes that have not come back', () => {
    const { presented, shown } = setUp();
    const stroke = (n: number, ...points: number[]) => ({ strokeId: id(n), page: 1, colour: 'red' as const, points });
    const drawing: PageDrawing = { documentId: id(1), page: 1, pointer: { x: 5, y: 6 }, strokes: [stroke(20, 1, 1)] };
    const drawn = () => shown()?.strokes.map(({ strokeId }) => strokeId);
    presented.act({ act: 'draw', stroke: stroke(21, 0, 0, 9, 9, 500, 500) });
    presented.follow(heading(), true, drawing);
    expect(drawn()).toEqual([id(20), id(21)]);
    expect(shown()?.pointer).toEqual({ x: 5, y: 6 });
    // with fewer points, and then undone by another phone of the room
    presented.follow(heading(), true, { ...drawing, strokes: [stroke(21, 0, 0, 500, 500)] });
    expect(drawn()).toEqual([id(21)]);
    presented.follow(heading(), true, { ...drawing, strokes: [] });
    expect(drawn()).toEqual([]);
    // of another page, or of another document
    presented.follow(heading({ page: 2 }), true, drawing);
    expect(shown()?.pointer).toBeNull();
    presented.follow(heading({ documentId: id(2) }), true, drawing);
    expect(drawn()).toEqual([]);
  });
});
