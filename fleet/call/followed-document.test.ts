import { expect, it } from 'vitest';
import { type SharedDocument, WHOLE_PAGE } from '#contract/shared-document.ts';
import { FollowedDocument } from './followed-document.ts';

const ana = { peerId: 'ana', displayName: 'Ana' };
const shown: SharedDocument = {
  documentId: 'd',
  title: 'Plan',
  pageCount: 3,
  page: 1,
  region: WHOLE_PAGE,
  presenter: ana,
  pointer: null,
  strokes: [],
};
const following = (document: SharedDocument | null): FollowedDocument => {
  const followed = new FollowedDocument();
  followed.start(document);
  return followed;
};

it.each([
  ['somebody presents', shown, 'ana'],
  ['nobody presents any more', { ...shown, presenter: null }, null],
  ['nothing is shown', null, null],
])('a document that is withdrawn while %s names %j', (_, document, presenterPeerId) => {
  const followed = following(document);
  expect(followed.follow({ change: 'withdrawn', reason: 'deleted' })).toBe(true);
  expect([followed.whole, followed.withdrawn]).toEqual([null, { reason: 'deleted', presenterPeerId }]);
});

it('why it was withdrawn stays known until the next is shown', () => {
  const followed = following(shown);
  followed.follow({ change: 'withdrawn', reason: 'outsider-in-call' });
  followed.see(null);
  expect(followed.withdrawn?.reason).toBe('outsider-in-call');
  followed.see(shown);
  expect(followed.withdrawn).toBeNull();
});

it('pointer and drawing leave the heading the same object, a page does not', () => {
  const followed = following(shown);
  const { heading } = followed;
  expect(followed.follow({ change: 'act', by: ana, act: { act: 'point', at: { x: 1, y: 1 } } })).toBe(false);
  expect([followed.heading === heading, followed.whole?.pointer]).toEqual([true, { x: 1, y: 1 }]);
  expect(followed.follow({ change: 'act', by: ana, act: { act: 'turn-page', page: 2 } })).toBe(true);
  expect(followed.heading?.page).toBe(2);
});
