/** Marks of readers on a real store: they grow only, and are counted for the writer's newest messages alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { insertPost, postOf, recallPost } from './posts.ts';
import { markRead, readCountsOf, readersOf } from './read-marks.ts';

let dataDir: string;
let store: AuthorityStore;
let meetingId: string;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-reads-'));
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
  const meeting = { meetingId, roomId: null, title: 'Meeting', createdAtMs: 1 };
  await store.write((trx) => trx.insertInto('meeting').values(meeting).execute());
});
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

async function write(person: string): Promise<string> {
  const messageId = newId();
  await store.write((trx) =>
    insertPost(trx, {
      ...{ meetingId, messageId, callId: null, person, displayName: person, isGuest: 0, text: 'Words', atMs: 10 },
      ...{ replyTo: null, mentioned: '[]' },
    }),
  );
  return messageId;
}
const mark = (person: string, messageId: string, displayName = person) =>
  store.write(async (trx) => (await markRead(trx, { meetingId, person, displayName, messageId })).isGrown);
const names = async (messageId: string) => readersOf(store.read, (await postOf(store.read, { meetingId, messageId }))!);
const marks = () => store.read.selectFrom('chatRead').select('person').where('meetingId', '=', meetingId).execute();
const counts = async (person: string) => {
  const rows = await store.read
    .selectFrom('chatPost')
    .selectAll()
    .where('meetingId', '=', meetingId)
    .orderBy('number')
    .execute();
  return [...(await readCountsOf(store.read, { meetingId, person, rows })).values()];
};

test('a mark grows only, also by events that come again and in any order, and names a person once', async () => {
  const [first, second] = [await write('mina'), await write('mina')];
  expect(await mark('joon', second)).toBe(true);
  expect([await mark('joon', second), await mark('joon', first)]).toEqual([false, false]);
  // one that the meeting has not
  expect(await mark('sora', newId())).toBe(false);
  await mark('mina', second);
  expect([await names(first), await names(second)]).toEqual([['joon'], ['joon']]);
  expect(await counts('mina')).toEqual([1, 1]);
  expect(await marks()).toHaveLength(2);
});

test('of five own messages the newest three are counted, and none of others', async () => {
  const own: string[] = [];
  for (let n = 0; n < 5; n++) own.push(await write('mina'));
  await write('joon');
  await mark('sora', own[3]!);
  expect(await counts('mina')).toEqual([1, 1]);
  expect(await counts('joon')).toEqual([]);
});

test('nobody has read a recalled message', async () => {
  const messageId = await write('mina');
  await mark('joon', messageId);
  await store.write((trx) => recallPost(trx, { meetingId, messageId }));
  expect([await names(messageId), await counts('mina')]).toEqual([[], []]);
});

test('names are cleaned, and people without an end are not kept', async () => {
  const messageId = await write('mina');
  await mark('evil', messageId, `a\u202eb${'x'.repeat(400)}`);
  const [name] = await names(messageId);
  expect(name).toMatch(/^a bx/);
  expect(name!.length).toBeLessThanOrEqual(80);
  await store.write(async (trx) => {
    for (let n = 0; n < 2_005; n++)
      await markRead(trx, { meetingId, person: `peer:${n}`, displayName: 'Guest', messageId });
  });
  expect(await marks()).toHaveLength(2_000);
  // people with an account are never left out
  expect(await mark('account:joon', messageId)).toBe(true);
});
