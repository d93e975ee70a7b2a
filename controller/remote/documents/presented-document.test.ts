/** A phone's own acts are drawn at once; where the room does not follow, the room's state counts. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
  presented.follow(heading(), true);
  return { presented, problems, sent, shown: () => presented.own.getSnapshot() };
}

describe('the presented document', () => {
  it('does not jump back while the room follows one by one', () => {
    const { presented, shown } = setUp(() => new Promise(() => {}));
    for (const page of [2, 3, 4]) presented.act({ act: 'turn-page', page });
    for (const page of [2, 3]) {
      presented.follow(heading({ page }), true);
      expect(shown()?.page).toBe(4);
    }
    presented.follow(heading({ page: 4 }), true);
    presented.follow(heading({ page: 9 }), true);
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
    presented.follow(heading({ page: 7, presenter: { peerId: id(8), displayName: 'Mina' } }), false);
    expect(shown()).toMatchObject({ page: 7, presenter: { displayName: 'Mina' } });
    presented.follow(null, false);
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
});
