/** A phone's own acts are drawn at once; where the room does not follow, the room's state counts. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DocumentAct, type DocumentHeading, PAGE_UNITS, WHOLE_PAGE } from '#contract/shared-document.ts';
import { DOCUMENT_FOLLOWS_WITHIN_MS, PresentedDocument } from './presented-document.ts';

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
const drawn: DocumentAct = {
  act: 'draw',
  stroke: { strokeId: id(2), page: 1, colour: 'red', points: [1, 1, 2, 2] },
};
const region = { x: 0, y: 0, width: PAGE_UNITS - 9, height: PAGE_UNITS - 9 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(send: (act: DocumentAct) => Promise<void> = () => Promise.resolve()) {
  const problems: unknown[] = [];
  const document = new PresentedDocument({ send, onProblem: (error) => problems.push(error) });
  document.follow(heading(), true);
  return { document, problems, shown: () => document.getSnapshot() };
}

describe('the presented document', () => {
  it('turns pages at once, and does not jump back while the room follows one by one', async () => {
    const answers: (() => void)[] = [];
    const { document, shown } = setUp(() => new Promise((resolve) => answers.push(resolve)));
    for (const page of [2, 3, 4]) document.act({ act: 'turn-page', page });
    expect(shown()?.page).toBe(4);
    for (const page of [2, 3]) {
      document.follow(heading({ page }), true);
      expect(shown()?.page).toBe(4);
    }
    for (const answer of answers) answer();
    document.follow(heading({ page: 4 }), true);
    document.follow(heading({ page: 9 }), true);
    expect(shown()?.page).toBe(9);
  });

  it('shows the room’s page again where a turn is refused, and reports why', async () => {
    const { document, problems, shown } = setUp(() => Promise.reject(new Error('room-not-answering')));
    document.act({ act: 'turn-page', page: 5 });
    expect(shown()?.page).toBe(5);
    await vi.advanceTimersByTimeAsync(0);
    expect(shown()?.page).toBe(1);
    expect(problems.length).toBe(1);
  });

  it('gives in to a room that accepts and does not follow', async () => {
    const { document, shown } = setUp();
    document.act({ act: 'zoom', region });
    await vi.advanceTimersByTimeAsync(DOCUMENT_FOLLOWS_WITHIN_MS - 50);
    expect(shown()?.region).toEqual(region);
    await vi.advanceTimersByTimeAsync(100);
    expect(shown()?.region).toEqual(WHOLE_PAGE);
  });

  it('keeps its own drawing while the room’s state lacks it, and drops a stroke that was refused', async () => {
    const { document, shown } = setUp();
    document.act(drawn);
    document.follow(heading({ pageCount: 13 }), true);
    expect(shown()).toMatchObject({ pageCount: 13, strokes: [{ strokeId: id(2) }] });
    const refused = setUp(() => Promise.reject(new Error('not-possible-now')));
    refused.document.act(drawn);
    expect(refused.shown()?.strokes.length).toBe(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(refused.shown()?.strokes).toEqual([]);
  });

  it('forgets drawing and pointer when somebody else presents, or another document is shown', () => {
    const { document, shown } = setUp();
    document.act(drawn);
    document.act({ act: 'point', at: { x: 1, y: 1 } });
    document.follow(heading({ presenter: { peerId: id(8), displayName: 'Mina' } }), false);
    expect(shown()).toMatchObject({ strokes: [], pointer: null, presenter: { displayName: 'Mina' } });
    document.follow(heading(), true);
    document.act(drawn);
    document.follow(heading({ documentId: id(3), title: 'Other.pdf' }), true);
    expect(shown()).toMatchObject({ title: 'Other.pdf', strokes: [] });
    document.follow(null, false);
    expect(shown()).toBeNull();
  });

  it('sends the zoom that the fingers ended with', async () => {
    const sent: DocumentAct[] = [];
    const { document } = setUp((act) => {
      sent.push(act);
      return Promise.resolve();
    });
    document.act({ act: 'zoom', region: WHOLE_PAGE });
    document.act({ act: 'zoom', region });
    document.stop();
    expect(sent.at(-1)).toEqual({ act: 'zoom', region });
    expect(vi.getTimerCount()).toBe(0);
  });
});
