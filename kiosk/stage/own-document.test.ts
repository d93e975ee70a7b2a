/** A presenter's own ink, pointer and zoom are there at once, and do not jump when they come back. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  changedDocument,
  type DocumentAct,
  headingOf,
  type SharedDocument,
  WHOLE_PAGE,
} from '#contract/shared-document.ts';
import { OwnDocument } from './own-document.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const me = { peerId: id(1), displayName: 'Me' };
const first: SharedDocument = {
  documentId: id(9),
  title: 'Plan',
  pageCount: 3,
  page: 1,
  region: WHOLE_PAGE,
  presenter: me,
  pointer: null,
  strokes: [],
};
const draw = (n: number, ...points: number[]): DocumentAct => ({
  act: 'draw',
  stroke: { strokeId: id(100 + n), page: 1, colour: 'red', points },
});
let shared: SharedDocument;
let own: OwnDocument;
const comesBack = (act: DocumentAct) => {
  shared = changedDocument(shared, { change: 'act', by: me, act })!;
  own.follow(shared);
};
const points = () => own.getSnapshot()?.strokes.map((stroke) => stroke.points);

beforeEach(() => {
  shared = first;
  own = new OwnDocument();
  own.follow(shared);
});

describe('the own document', () => {
  it('shows a stroke whole while half of it has come back, and once when all has', () => {
    own.act(draw(1, 1, 1));
    own.act(draw(1, 2, 2));
    expect(points()).toEqual([[1, 1, 2, 2]]);
    comesBack(draw(1, 1, 1));
    expect(points()).toEqual([[1, 1, 2, 2]]);
    comesBack(draw(1, 2, 2));
    expect(points()).toEqual([[1, 1, 2, 2]]);
    comesBack({ act: 'undo-stroke' });
    expect(points()).toEqual([]);
  });

  it('keeps the own pointer where the finger is, whatever comes back late', () => {
    own.act({ act: 'point', at: { x: 5, y: 5 } });
    comesBack({ act: 'point', at: { x: 1, y: 1 } });
    expect(own.getSnapshot()?.pointer).toEqual({ x: 5, y: 5 });
    comesBack({ act: 'turn-page', page: 2 });
    expect(own.getSnapshot()).toMatchObject({ page: 2, pointer: null });
  });

  it('keeps the own zoom until it has come back', () => {
    const region = { x: 0, y: 0, width: 30_000, height: 30_000 };
    own.act({ act: 'zoom', region });
    own.follow({ ...shared });
    expect(own.getSnapshot()?.region).toEqual(region);
    comesBack({ act: 'zoom', region });
    comesBack({ act: 'zoom', region: WHOLE_PAGE });
    expect(own.getSnapshot()?.region).toEqual(WHOLE_PAGE);
  });

  it('of a heading alone keeps the own strokes, until another presents or another document is shown', () => {
    own = new OwnDocument();
    own.follow(headingOf(first));
    own.act(draw(1, 1, 1));
    own.act(draw(2, 2, 2));
    own.follow({ ...headingOf(first), page: 1 });
    own.act({ act: 'undo-stroke' });
    expect(points()).toEqual([[1, 1]]);
    own.follow({ ...headingOf(first), presenter: null });
    expect(points()).toEqual([]);
    own.follow(null);
    expect(own.getSnapshot()).toBeNull();
    own.act(draw(3, 3, 3));
    expect(own.getSnapshot()).toBeNull();
  });
});
