/** Updates that are refused before yjs sees them, and that nothing of the refused ones stays. */
import * as encoding from 'lib0/encoding';
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
type Made = [
  client: number,
  clock: number,
  builtOn: { [name in 'origin' | 'rightOrigin' | 'parent']?: [number, number] },
];
/** Items of one letter, as a page writes them that does not keep to what yjs writes; those of a client in their order. */
function updateOf(...items: Made[]): Uint8Array {
  const encoder = encoding.createEncoder();
  const number = (value: number): void => encoding.writeVarUint(encoder, value);
  const place = (at: readonly number[] | undefined): void => at?.forEach(number);
  const byClient = Map.groupBy(items, ([client]) => client);
  number(byClient.size);
  for (const [client, own] of byClient) {
    for (const value of [own.length, client, own[0]![1]]) number(value);
    for (const [, , { origin, rightOrigin, parent }] of own) {
      // a string
      encoding.writeUint8(encoder, 4 + (origin ? 128 : 0) + (rightOrigin ? 64 : 0));
      place(origin);
      place(rightOrigin);
      if (!origin && !rightOrigin) {
        number(parent ? 0 : 1);
        if (parent) place(parent);
        else encoding.writeVarString(encoder, NOTES_FRAGMENT);
      }
      encoding.writeVarString(encoder, 'x');
    }
  }
  number(0);
  return encoding.toUint8Array(encoder);
}
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

test('what builds on later clients and comes before them passes, and nothing of it waits', () => {
  const placed = updateOf([3, 0, { origin: [5, 1] }], [4, 0, { origin: [3, 0] }], [5, 0, {}], [5, 1, {}]);
  const server = docWith('one');
  expect(checkUpdate(placed, server)).toEqual({ isOnlyDeleting: false });
  Y.applyUpdate(server, placed);
  expect(server.store.pendingStructs).toBeNull();
});

test('clients that wait for each other in a long row are walked once', () => {
  const most = 4_000;
  const row = Array.from({ length: most }, (_, n): Made => [n + 1, 0, n + 1 < most ? { origin: [n + 2, 0] } : {}]);
  const begunMs = performance.now();
  checkUpdate(updateOf(...row), docWith());
  expect(performance.now() - begunMs).toBeLessThan(1_000);
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
  test('an item that builds on itself', () => {
    for (const itself of ['origin', 'rightOrigin', 'parent'] as const) {
      refused(updateOf([7, 0, { [itself]: [7, 0] }]), docWith());
      refused(updateOf([7, 0, {}], [7, 1, { [itself]: [7, 2] }], [7, 2, {}]), docWith());
    }
  });
  test('items of two clients that build on each other', () => {
    refused(updateOf([7, 0, { origin: [8, 0] }], [8, 0, { origin: [7, 0] }]), docWith('one'));
    refused(
      updateOf([7, 0, { parent: [8, 0] }], [8, 0, { rightOrigin: [9, 1] }], [9, 0, {}], [9, 1, { origin: [7, 0] }]),
      docWith(),
    );
    const round = updateOf(
      [3, 0, { origin: [5, 1] }],
      [3, 1, { rightOrigin: [3, 0] }],
      [4, 0, { origin: [3, 1] }],
      [5, 0, {}],
      [5, 1, { origin: [4, 0] }],
    );
    refused(round, docWith());
    // the first half could be placed, the circle not
    refused(updateOf([7, 0, {}], [7, 1, { origin: [8, 0] }], [8, 0, { origin: [7, 1] }]), docWith());
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
