/** One document on a real store: what breaks off in memory, and what the other pages have of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as encoding from 'lib0/encoding';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { NOTES_FRAGMENT } from '#contract/notes-link.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { openTasksIn } from './note-lines.ts';
import { Notes } from './notes.ts';
import type { NotesFollower } from './open-notes.ts';
import { writtenOpenTasks } from './written-notes.ts';

let dataDir: string;
let store: AuthorityStore;
let meetingId: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-notes-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
});
beforeEach(async () => {
  meetingId = newId();
  await store.write((trx) => trx.insertInto('meeting').values({ meetingId, title: 'Plans', createdAtMs: 0 }).execute());
});
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

const started = () => new Notes({ store, logger: pino({ level: 'silent' }) });
/** What a page changes on its copy. */
function changeBy(page: Y.Doc, change: (notes: Y.XmlFragment) => void): Uint8Array {
  const before = Y.encodeStateVector(page);
  page.transact(() => change(page.getXmlFragment(NOTES_FRAGMENT)));
  return Y.encodeStateAsUpdate(page, before);
}
const paragraph = (text: string): Y.XmlElement => {
  const element = new Y.XmlElement('paragraph');
  element.insert(0, [new Y.XmlText(text)]);
  return element;
};
/** Below the first, which is too deep to be written. */
const lastOf = (doc: Y.Doc): string => doc.getXmlFragment(NOTES_FRAGMENT).toArray().slice(1).map(String).join('');
/** An update that does nothing else. */
function deletionOf({ client, clock }: { client: number; clock: number }): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const number of [0, 1, client, 1, clock, 1]) encoding.writeVarUint(encoder, number);
  return encoding.toUint8Array(encoder);
}
/** Each call goes on where the one before ended. */
function deeper(page: Y.Doc): () => void {
  let innermost: Y.XmlFragment = page.getXmlFragment(NOTES_FRAGMENT);
  return () => {
    for (let n = 0; n < 2_500; n += 1) {
      const child = new Y.XmlElement('p');
      innermost.insert(0, [child]);
      innermost = child;
    }
  };
}

test('where yjs breaks off in the update of one page, the others stay, and have all that was saved', async () => {
  const opened = await started().open(meetingId);
  const failures: unknown[] = [];
  const other = new Y.Doc();
  const follower: NotesFollower = {
    onUpdate: (update) => Y.applyUpdate(other, update),
    onFailed: (error) => failures.push(error),
  };
  opened.follow(follower);
  const page = new Y.Doc();
  const deepen = deeper(page);
  // deeper than yjs can delete
  for (let n = 0; n < 4; n += 1) await opened.apply(changeBy(page, deepen), null);
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(page));
  const deletes = deletionOf({ client: page.clientID, clock: 0 });
  await opened.apply(
    changeBy(copy, (notes) => notes.insert(1, [paragraph('saved')])),
    null,
  );
  const written = opened.apply(
    changeBy(copy, (notes) => notes.insert(2, [paragraph('on its way')])),
    null,
  );
  await expect(opened.apply(deletes, null)).rejects.toMatchObject({ code: 'bad-message' });
  while (opened.rereading) await opened.rereading;
  await written;
  expect(failures).toEqual([]);
  await opened.apply(
    changeBy(copy, (notes) => notes.insert(3, [paragraph('after it')])),
    null,
  );
  for (const words of ['saved', 'on its way', 'after it']) {
    expect(lastOf(opened.doc)).toContain(words);
    expect(lastOf(other)).toContain(words);
  }
  expect(Y.encodeStateVector(opened.doc)).toEqual(Y.encodeStateVector(copy));
  expect(lastOf((await started().open(meetingId)).doc)).toBe(lastOf(copy));
});

test('a phone that got no answer sends its line again: it is there once, also after a restart and a snapshot', async () => {
  const line = { kind: 'note', text: 'from the phone' } as const;
  const [lineId, first] = [newId(), started()];
  await Promise.all([first.append(meetingId, lineId, line), first.append(meetingId, lineId, line)]);
  await started().append(meetingId, lineId, line);
  await (await first.open(meetingId)).snapshot();
  await started().append(meetingId, lineId, line);
  await started().append(meetingId, newId(), line);
  const { doc } = await started().open(meetingId);
  expect(doc.getXmlFragment(NOTES_FRAGMENT)).toHaveLength(2);
});

test('notes that are deeper than yjs can delete at once are erased, for open pages too', async () => {
  const opened = await started().open(meetingId);
  const [page, other] = [new Y.Doc(), new Y.Doc()];
  opened.follow({ onUpdate: (update) => Y.applyUpdate(other, update), onFailed: () => {} });
  const deepen = deeper(page);
  for (let n = 0; n < 4; n += 1) await opened.apply(changeBy(page, deepen), null);
  await opened.apply(
    changeBy(page, (notes) => notes.insert(1, [paragraph('words')])),
    null,
  );
  await opened.erase(async () => {});
  const { doc } = await started().open(meetingId);
  for (const each of [opened.doc, other, doc]) expect(each.getXmlFragment(NOTES_FRAGMENT)).toHaveLength(0);
});

test('a task that is marked from elsewhere is marked on the open pages, and stays so; a cancelled meeting’s is not', async () => {
  const notes = started();
  await notes.append(meetingId, newId(), { kind: 'task', text: 'Book the room', person: null, dueOn: null });
  const page = new Y.Doc();
  const opened = await notes.open(meetingId);
  Y.applyUpdate(page, Y.encodeStateAsUpdate(opened.doc));
  opened.follow({ onUpdate: (update) => Y.applyUpdate(page, update), onFailed: () => {} });
  const [task] = openTasksIn(page.getXmlFragment(NOTES_FRAGMENT));
  await notes.markTask(meetingId, { ...task!, isDone: true });
  expect(openTasksIn(page.getXmlFragment(NOTES_FRAGMENT))).toEqual([]);
  expect(await writtenOpenTasks(store.read, meetingId)).toEqual([]);
  // also when the meeting's time is over
  await store.write((trx) =>
    trx.updateTable('meeting').set({ startsAtMs: 1, endsAtMs: 2 }).where('meetingId', '=', meetingId).execute(),
  );
  // the same again
  await notes.markTask(meetingId, { ...task!, isDone: true });
  await notes.markTask(meetingId, { ...task!, isDone: false });
  expect(await writtenOpenTasks(store.read, meetingId)).toEqual([task]);
  await store.write((trx) =>
    trx.updateTable('meeting').set({ cancelledAtMs: 1 }).where('meetingId', '=', meetingId).execute(),
  );
  const marking = notes.markTask(meetingId, { ...task!, isDone: true });
  await expect(marking).rejects.toMatchObject({ code: 'not-possible-now' });
  expect(await writtenOpenTasks(store.read, meetingId)).toEqual([task]);
});
