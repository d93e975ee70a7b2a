/** Deletions that are due after an older copy of the database has come back, or after the server ended in the middle: on a real store. */
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recallPost } from '../chat/index.ts';
import { ErasureList } from '../erasures/index.ts';
import { Notes, writtenNotes } from '../notes/index.ts';
import { ADMINISTRATOR, MEMBER, PeopleUnderTest } from '../people/people-under-test.ts';
import { newId } from '../store/index.ts';
import { ErasureWork } from './erasure-work.ts';
import { forgetInRecords } from './person-record.ts';
import { deleteRecord, type RemoveFiles } from './whole-record.ts';

const [NAME, WORDS] = ['Seoyeonmarker', 'Unlikelywords'];
const logger = pino({ level: 'silent' });
let people: PeopleUnderTest;
let list: ErasureList;
let work: ErasureWork;
let removed: [string, number | null][];
let removeFiles: RemoveFiles;
let accountId: string;

beforeEach(async () => {
  people = new PeopleUnderTest();
  await people.start();
  await people.account('admin', ADMINISTRATOR);
  ({ accountId } = await people.account('someone', MEMBER));
  const to = { displayName: NAME, email: null, placeId: null, grants: [MEMBER], isDisabled: false };
  await people.people.changes.change(accountId, to, 'account:admin');
  removed = [];
  removeFiles = async (meetingId, _, upToMs) => void removed.push([meetingId, upToMs]);
  build();
});
afterEach(async () => {
  work.stop();
  await list.stop();
  await people.stop();
});

function build(): void {
  const { store, dataDir } = people;
  list = new ErasureList({ store, dataDir, logger });
  const notes = new Notes({ store, logger });
  const remove: RemoveFiles = (...asked) => removeFiles(...asked);
  const accounts = people.people.changes;
  work = new ErasureWork({ store, notes, accounts, removeFiles: remove, onChanged: () => {}, logger });
}
const database = () => join(people.dataDir, 'authority.sqlite');
async function makeCopy(): Promise<void> {
  await people.store.emptyLog();
  copyFileSync(database(), join(people.dataDir, 'copy'));
}
/** As a server that starts on the copy, with the list that lies beside. */
async function startOnCopy(): Promise<void> {
  await list.write();
  await list.stop();
  await people.restart(() => {
    for (const side of ['-wal', '-shm']) rmSync(`${database()}${side}`, { force: true });
    copyFileSync(join(people.dataDir, 'copy'), database());
  });
  build();
  await list.start();
  await work.start();
}

/** A meeting with words and the name of Someone in it. @returns its id */
async function meeting(atMs: number): Promise<string> {
  const [meetingId, callId] = [newId(), newId()];
  await people.store.write(async (trx) => {
    await trx.insertInto('meeting').values({ meetingId, title: 'Plans', createdAtMs: 1, language: 'en' }).execute();
    const call = { callId, meetingId, nodeId: 'n', nodeInstanceId: 'i', createdAtMs: atMs, openedAtMs: atMs };
    // it runs as far as the copy knows
    await trx
      .insertInto('call')
      .values({ ...call, state: 'open', participantCount: 1, endedAtMs: null, endReason: null, callOrder: null })
      .execute();
    const person = `account:${accountId}`;
    const [stayId, peerId] = [newId(), newId()];
    await trx
      .insertInto('stay')
      .values({
        ...{ stayId, meetingId, callId, peerId, person, kind: 'account', accountId, displayName: NAME },
        ...{ joinedAtMs: atMs, leftAtMs: null, seenAtMs: atMs },
      })
      .execute();
    await trx
      .insertInto('entry')
      .values({
        ...{ peerId, callId, inviteId: null, accountId, ticketId: null, atMs, person, role: 'member' },
        ...{ roleChangeId: null, joinedAtMs: atMs, leftAtMs: null, removedAtMs: null, displayName: NAME },
      })
      .execute();
  });
  await write(meetingId, atMs);
  await new Notes({ store: people.store, logger }).append(meetingId, newId(), { kind: 'decision', text: WORDS });
  return meetingId;
}
async function write(meetingId: string, atMs: number): Promise<string> {
  const messageId = newId();
  await people.store.write(async (trx) => {
    const { count } = await trx
      .selectFrom('chatPost')
      .select((e) => e.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    const post = { meetingId, messageId, callId: null, person: `account:${accountId}`, displayName: NAME, atMs };
    const rest = { text: WORDS, mentioned: '[]', isGuest: 0 as const, replyTo: null, recalledAtMs: null };
    await trx
      .insertInto('chatPost')
      .values({ ...post, ...rest, number: count, revision: count })
      .execute();
  });
  return messageId;
}
const endCalls = () =>
  people.store.write((trx) => trx.updateTable('call').set({ endedAtMs: 9, participantCount: 0 }).execute());
const TABLES = ['stay', 'entry', 'chatPost', 'notesUpdate', 'notesSnapshot', 'meetingPerson', 'account'] as const;
const everything = async (): Promise<string> => {
  const { read } = people.store;
  const rows = await Promise.all(TABLES.map((table) => read.selectFrom(table).selectAll().execute()));
  return JSON.stringify(rows);
};
const due = async () =>
  (await people.store.read.selectFrom('erasure').select('subject').where('stillDue', 'is not', null).execute()).map(
    ({ subject }) => subject,
  );
const remove = (meetingId: string) =>
  deleteRecord(
    { store: people.store, notes: new Notes({ store: people.store, logger }), removeFiles },
    meetingId,
    'account:admin',
  );

test('a record that an older copy brought back is deleted again, and what is newer stays', async () => {
  await list.start();
  const meetingId = await meeting(Date.now() - 5_000);
  const other = await meeting(Date.now() - 5_000);
  await makeCopy();
  await endCalls();
  await remove(meetingId);
  const { atMs } = await people.store.read.selectFrom('erasure').select('atMs').executeTakeFirstOrThrow();
  removed = [];
  await startOnCopy();
  const { read } = people.store;
  const chat = await read.selectFrom('chatPost').select('meetingId').execute();
  const stays = await read.selectFrom('stay').select('meetingId').execute();
  expect([chat, stays]).toEqual([[{ meetingId: other }], [{ meetingId: other }]]);
  const entries = await read.selectFrom('entry').select('displayName').orderBy('displayName').execute();
  expect(entries).toEqual([{ displayName: null }, { displayName: NAME }]);
  expect(removed).toEqual([[meetingId, atMs]]);
  expect(await due()).toEqual([]);
  const lines = await read.selectFrom('audit').select(['kind', 'actor', 'subject']).execute();
  expect(lines.at(-1)).toEqual({ kind: 'record-deleted-again', actor: 'fleet', subject: `meeting:${meetingId}` });
  // once
  await write(meetingId, Date.now() + 3_600_000);
  await work.look();
  expect(await read.selectFrom('chatPost').selectAll().where('meetingId', '=', meetingId).execute()).toHaveLength(1);
});

test('what was written after the deletion stays, where the list is found late', async () => {
  await list.start();
  const meetingId = await meeting(Date.now() - 5_000);
  await makeCopy();
  await endCalls();
  await remove(meetingId);
  await write(meetingId, Date.now() + 3_600_000);
  const [later, createdAtMs] = [newId(), Date.now() + 3_600_000];
  await people.store.write(async (trx) => {
    const call = { callId: later, meetingId, nodeId: 'n', nodeInstanceId: 'i', createdAtMs, openedAtMs: createdAtMs };
    const over = { state: 'ended' as const, participantCount: 0, endedAtMs: createdAtMs, endReason: 'empty' };
    await trx
      .insertInto('call')
      .values({ ...call, ...over, callOrder: null })
      .execute();
    await trx.updateTable('erasure').set({ stillDue: 'everything' }).execute();
  });
  await work.look();
  // what its node still has to send of a later call is kept
  const deleted = await people.store.read.selectFrom('callWithoutRecord').select('callId').execute();
  expect(deleted).toHaveLength(1);
  expect(deleted).not.toContainEqual({ callId: later });
  expect(await people.store.read.selectFrom('chatPost').selectAll().execute()).toHaveLength(1);
});

test('a person whom an older copy brought back is forgotten again, though a call of theirs runs in it', async () => {
  await list.start();
  await meeting(Date.now() - 5_000);
  await makeCopy();
  await endCalls();
  await people.people.changes.forget(accountId, { language: 'en', actor: 'account:admin', also: forgetInRecords });
  await startOnCopy();
  expect(await everything()).not.toContain(NAME);
  expect(await due()).toEqual([]);
  const { disabledAtMs } = await people.store.read
    .selectFrom('account')
    .select('disabledAtMs')
    .where('accountId', '=', accountId)
    .executeTakeFirstOrThrow();
  expect(disabledAtMs).not.toBeNull();
});

test('the only local administrator of a copy is forgotten in records, and as an account once there is another', async () => {
  await list.start();
  await meeting(Date.now() - 5_000);
  const { changes, list: accounts } = people.people;
  const { accountId: adminId } = (await accounts.page({ limit: 9, sort: 'name', search: 'admin' } as never)).rows[0]!;
  const as = (grants: (typeof ADMINISTRATOR)[]) => ({
    ...{ displayName: NAME, email: null, placeId: null, grants, isDisabled: false },
  });
  await changes.change(accountId, as([ADMINISTRATOR]), 'test');
  await changes.change(adminId, { ...as([MEMBER as never]), displayName: 'admin' }, 'test');
  await makeCopy();
  await changes.change(adminId, { ...as([ADMINISTRATOR]), displayName: 'admin' }, 'test');
  await endCalls();
  await changes.forget(accountId, { language: 'en', actor: `account:${adminId}`, also: forgetInRecords });
  await startOnCopy();
  expect(await people.store.read.selectFrom('stay').select('displayName').execute()).toEqual([
    { displayName: 'A former member' },
  ]);
  expect(await due()).toEqual([`account:${accountId}`]);
  await people.people.changes.change(adminId, { ...as([ADMINISTRATOR]), displayName: 'admin' }, 'test');
  await work.look();
  expect(await due()).toEqual([]);
  expect(await everything()).not.toContain(NAME);
});

test('a message that was recalled stays recalled', async () => {
  await list.start();
  const meetingId = await meeting(Date.now() - 5_000);
  const messageId = await write(meetingId, 5);
  await makeCopy();
  await people.store.write((trx) => recallPost(trx, { meetingId, messageId }));
  await startOnCopy();
  const texts = await people.store.read.selectFrom('chatPost').select(['messageId', 'text']).execute();
  expect(texts.find((each) => each.messageId === messageId)!.text).toBe('');
  expect(texts.filter(({ text }) => text === WORDS)).toHaveLength(1);
});

test('notes that were begun after the deletion stay where the list is found late, and those with older words go', async () => {
  await list.start();
  const [begun, older] = [await meeting(Date.now() - 5_000), await meeting(Date.now() - 5_000)];
  await endCalls();
  await remove(begun);
  await remove(older);
  const notes = new Notes({ store: people.store, logger });
  const append = (meetingId: string, text: string) => notes.append(meetingId, newId(), { kind: 'note', text });
  await append(older, 'Before');
  const { atMs } = await people.store.read
    .selectFrom('notesUpdate')
    .select('atMs')
    .where('meetingId', '=', older)
    .executeTakeFirstOrThrow();
  await people.store.write((trx) =>
    trx
      .updateTable('erasure')
      .set((e) => ({
        stillDue: 'everything',
        atMs: e.case().when('subject', '=', `meeting:${older}`).then(atMs).else(e.ref('atMs')).end(),
      }))
      .execute(),
  );
  // the clock has a new millisecond: it is of the time after
  await expect.poll(() => Date.now()).toBeGreaterThan(atMs);
  await append(begun, 'Afterwards');
  await append(older, 'After that');
  await work.look();
  expect(await due()).toEqual([]);
  const { read } = people.store;
  const texts = async (meetingId: string) => JSON.stringify(await writtenNotes(read, meetingId));
  expect(await texts(begun)).toContain('Afterwards');
  expect(await texts(begun)).not.toContain(WORDS);
  expect(await texts(older)).not.toMatch(/Before|After that/);
});

test('files whose removal failed are removed later, and new ones stay', async () => {
  await list.start();
  const meetingId = await meeting(Date.now() - 5_000);
  await endCalls();
  removeFiles = () => Promise.reject(new Error('disk'));
  await expect(remove(meetingId)).rejects.toThrow('disk');
  const [{ atMs }] = (await people.store.read.selectFrom('erasure').select('atMs').execute()) as [{ atMs: number }];
  await work.look();
  expect(await due()).toEqual([`meeting:${meetingId}`]);
  await write(meetingId, atMs);
  removeFiles = async (of, _, upToMs) => void removed.push([of, upToMs]);
  await work.look();
  expect([removed, await due()]).toEqual([[[meetingId, atMs]], []]);
  // it is of the time after the deletion, though of the same moment
  expect(await people.store.read.selectFrom('chatPost').selectAll().execute()).toHaveLength(1);
});

test('what becomes due while others are deleted does not wait for the next look', async () => {
  await list.start();
  const [first, second] = [await meeting(Date.now() - 5_000), await meeting(Date.now() - 5_000)];
  const addDue = (meetingId: string) =>
    people.store.write((trx) =>
      trx
        .insertInto('erasure')
        .values({ subject: `meeting:${meetingId}`, atMs: Date.now(), stillDue: 'everything' })
        .execute(),
    );
  await addDue(first);
  const underWay = Promise.withResolvers<void>();
  const disk = Promise.withResolvers<void>();
  removeFiles = async () => {
    underWay.resolve();
    await disk.promise;
  };
  const looking = work.look();
  await underWay.promise;
  await addDue(second);
  const again = work.look();
  disk.resolve();
  await Promise.all([looking, again]);
  expect(await due()).toEqual([]);
});

test('what this copy never had, and what a newer release deletes, does no harm', async () => {
  await list.start();
  await people.store.write(async (trx) => {
    const due = { atMs: 5, stillDue: 'everything' as const };
    for (const subject of [`meeting:${newId()}`, `account:${newId()}`, `message:${newId()}/${newId()}`, 'picture:x'])
      await trx
        .insertInto('erasure')
        .values({ subject, ...due })
        .execute();
  });
  await work.look();
  expect(await due()).toEqual(['picture:x']);
});
