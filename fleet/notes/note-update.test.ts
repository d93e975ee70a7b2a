/** Updates that are refused before yjs sees them, and that nothing of the refused ones stays. */
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { NOTES_FRAGMENT } from '#contract/notes-link.ts';
import { checkStateVector, checkUpdate } from './note-update.ts';

function docWith(...texts: string[]): Y.Doc {
  const doc = new Y.Doc();
  for (const text of texts) add(doc, text);
  return doc;
}
function add(doc: Y.Doc, text: string): Uint8Array {
  const before = Y.encodeStateVector(doc);
  const paragraph = new Y.XmlElement('paragraph');
  paragraph.insert(0, [new Y.XmlText(text)]);
  doc.getXmlFragment(NOTES_FRAGMENT).insert(doc.getXmlFragment(NOTES_FRAGMENT).length, [paragraph]);
  return Y.encodeStateAsUpdate(doc, before);
}
const copyOf = (doc: Y.Doc): Y.Doc => {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
};
const badMessage = expect.objectContaining({ code: 'bad-message' });
const refused = (update: Uint8Array, doc: Y.Doc) => expect(() => checkUpdate(update, doc)).toThrow(badMessage);

test('what builds on the document passes, once and again', () => {
  const server = docWith('one');
  const page = copyOf(server);
  const update = add(page, 'two');
  expect(checkUpdate(update, server)).toEqual({ isOnlyDeleting: false });
  Y.applyUpdate(server, update);
  expect(checkUpdate(update, server)).toEqual({ isOnlyDeleting: false });
  expect(checkUpdate(Y.encodeStateAsUpdate(page), docWith())).toEqual({ isOnlyDeleting: false });
});

test('deleting alone is known as such', () => {
  const server = docWith('one', 'two');
  const page = copyOf(server);
  const before = Y.encodeStateVector(page);
  page.getXmlFragment(NOTES_FRAGMENT).delete(0, 1);
  expect(checkUpdate(Y.encodeStateAsUpdate(page, before), server)).toEqual({ isOnlyDeleting: true });
});

describe('is refused:', () => {
  test('what is cut off, anywhere', () => {
    const doc = docWith('some words');
    const update = Y.encodeStateAsUpdate(doc);
    for (let length = 0; length < update.length; length += 1) refused(update.subarray(0, length), docWith());
  });
  test('bytes that are no update', () => {
    for (const bytes of [[], [255], [255, 255, 255, 255, 255, 255, 255, 255], [1, 1], [9, 9, 9, 9, 9, 9, 9]])
      refused(new Uint8Array(bytes), docWith('one'));
  });
  test('an update of another document', () => {
    const other = docWith('one');
    refused(add(other, 'two'), docWith('one'));
  });
  test('deletions of what is not there', () => {
    const other = docWith('one');
    const before = Y.encodeStateVector(other);
    other.getXmlFragment(NOTES_FRAGMENT).delete(0, 1);
    refused(Y.encodeStateAsUpdate(other, before), docWith('one'));
  });
  test('a gap', () => {
    const page = docWith('one');
    const [first, , third] = [add(page, 'a'), add(page, 'b'), add(page, 'c')];
    refused(Y.mergeUpdates([first, third]), docWith());
  });
  test('a count that would leave no room for its author', () => {
    // one struct of client 5 from 0 on, which is collected garbage and 2^40 long; nothing deleted
    const garbage = [1, 1, 5, 0, 0, 128, 128, 128, 128, 128, 32, 0];
    refused(new Uint8Array(garbage), docWith());
  });
  test('a document within the document', () => {
    const page = new Y.Doc();
    page.getMap('any').set('inner', new Y.Doc());
    refused(Y.encodeStateAsUpdate(page), docWith());
  });
});

test('nothing of what is refused stays', () => {
  const server = docWith('one');
  const before = Y.encodeStateAsUpdate(server);
  refused(add(docWith('x'), 'y'), server);
  expect(Y.encodeStateAsUpdate(server)).toEqual(before);
});

test('a damaged state vector is refused', () => {
  checkStateVector(Y.encodeStateVector(docWith('one')));
  expect(() => checkStateVector(new Uint8Array([5, 1]))).toThrow(badMessage);
});
