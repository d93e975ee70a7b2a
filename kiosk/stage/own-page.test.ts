/** A presenter's own page turns at once, and does not jump while the others follow. */
import { beforeEach, describe, expect, it } from 'vitest';
import { PAGE_UNITS, type SharedDocument, WHOLE_PAGE } from '#contract/shared-document.ts';
import { OwnDocument } from './own-document.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const part = { x: 10, y: 10, width: PAGE_UNITS / 3, height: PAGE_UNITS / 3 };
const shared = (over: Partial<SharedDocument> = {}): SharedDocument => ({
  documentId: id(1),
  title: 'Plan.pdf',
  pageCount: 12,
  page: 1,
  region: WHOLE_PAGE,
  presenter: { peerId: id(9), displayName: 'Mina' },
  pointer: null,
  strokes: [],
  ...over,
});

let own: OwnDocument;
const shown = () => own.getSnapshot();
const turnTo = (page: number) => own.act({ act: 'turn-page', page });
beforeEach(() => {
  own = new OwnDocument();
  own.follow(shared());
});

describe('the own page', () => {
  it('turns before the others do, whole and without the pointer of the page before', () => {
    own.follow(shared({ region: part, pointer: { x: 1, y: 1 } }));
    own.act({ act: 'point', at: { x: 2, y: 2 } });
    turnTo(2);
    expect(shown()).toMatchObject({ page: 2, region: WHOLE_PAGE, pointer: null });
  });

  it('goes on from where it is when it is turned quickly, and does not jump back', () => {
    for (const page of [2, 3, 4]) turnTo(page);
    for (const page of [2, 3]) {
      own.follow(shared({ page }));
      expect(shown()?.page).toBe(4);
    }
    own.follow(shared({ page: 4 }));
    own.follow(shared({ page: 9 }));
    expect(shown()?.page).toBe(9);
  });

  it('keeps what is zoomed and pointed at on it while the others arrive', () => {
    turnTo(2);
    own.act({ act: 'zoom', region: part });
    own.act({ act: 'point', at: { x: 7, y: 7 } });
    own.follow(shared({ page: 2 }));
    expect(shown()).toMatchObject({ page: 2, region: part, pointer: { x: 7, y: 7 } });
  });

  it('is that of the others again when it is refused, or when somebody else presents', () => {
    turnTo(2);
    own.giveUp();
    expect(shown()?.page).toBe(1);
    turnTo(3);
    own.follow(shared({ presenter: { peerId: id(8), displayName: 'Jonas' } }));
    expect(shown()?.page).toBe(1);
  });
});
