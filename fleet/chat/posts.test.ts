/** Events of a node on the rows of a meeting's chat, in any order and of hostile ids: on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RECALL_WITHIN_MS } from '#contract/chat.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import {
  type ChatEvent,
  forgetInChat,
  insertPost,
  postOf,
  postsBefore,
  recordChatEvent,
  seenBy,
  writtenChat,
} from './posts.ts';

let dataDir: string;
let store: AuthorityStore;
let meetingId: string;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-posts-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  meetingId = newId();
  const meeting = { meetingId, roomId: null, title: 'Meeting', createdAtMs: 1 };
  await store.write((trx) => trx.insertInto('meeting').values(meeting).execute());
});
afterEach(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

const [mina, joon] = ['account:mina', 'account:joon'];
const [former, later] = [newId(), newId()];
const posted = (callId: string, person: string, messageId: string, text: string): ChatEvent => ({
  name: 'chat-posted',
  ...{ eventId: newId(), callId, meetingId, atMs: 20, person },
  message: { messageId, number: 0, peerId: newId(), displayName: person, isGuest: false, text, atMs: 10 },
});
const recalled = (callId: string, messageId: string, person?: string): ChatEvent => ({
  name: 'chat-recalled',
  ...{ eventId: newId(), callId, meetingId, atMs: 30, messageId, byPeerId: newId() },
  ...(person !== undefined && { person }),
});
const happened = (event: ChatEvent) => store.write((trx) => recordChatEvent(trx, event));
const onPage = (person: string, messageId: string, text: string) =>
  store.write((trx) =>
    insertPost(trx, {
      ...{ meetingId, messageId, callId: null, person, displayName: person, isGuest: 0, text, atMs: 10 },
      ...{ replyTo: null, mentioned: '[]' },
    }),
  );
const textOf = async (messageId: string) => (await postOf(store.read, { meetingId, messageId }))?.text;
const listed = async () =>
  (await postsBefore(store.read, meetingId, { beforeNumber: null, text: null, most: 50 })).rows;

test('a recall removes the words of its own author and call alone, whatever ids a later call uses', async () => {
  const [words, page] = [newId(), newId()];
  await happened(posted(former, mina, words, 'The budget is approved'));
  await onPage(mina, page, 'Agenda');
  for (const messageId of [words, page]) {
    const before = await postOf(store.read, { meetingId, messageId });
    // joon sends one of this id in a later call, and recalls it as his own
    expect(await happened(posted(later, joon, messageId, 'Mine'))).toBe(false);
    expect(await happened(recalled(later, messageId, joon))).toBe(false);
    // also at a node that does not say whose it is
    expect(await happened(recalled(later, messageId))).toBe(false);
    expect(await postOf(store.read, { meetingId, messageId })).toEqual(before);
  }
  // nor does she herself lose what she wrote in a former call
  expect(await happened(recalled(later, words, mina))).toBe(false);
  expect(await textOf(words)).toBe('The budget is approved');
  expect(await happened(recalled(former, words))).toBe(true);
  expect(await happened(recalled(later, page, mina))).toBe(true);
  expect([await textOf(words), await textOf(page)]).toEqual(['', '']);
});

test('an old message of the page is not recalled by its id in a call, not by its own writer either', async () => {
  const [old, young] = [newId(), newId()];
  await onPage(mina, old, 'The budget is approved');
  await onPage(mina, young, 'Agenda');
  const later24 = { atMs: 10 + RECALL_WITHIN_MS };
  // she sends one of that id in a call, where it is new, and recalls that
  expect(await happened(posted(later, mina, old, 'Mine'))).toBe(false);
  expect(await happened({ ...recalled(later, old, mina), atMs: later24.atMs + 1 })).toBe(false);
  expect(await textOf(old)).toBe('The budget is approved');
  expect(await happened({ ...recalled(later, young, mina), ...later24 })).toBe(true);
});

test('an own message that comes again is no other', async () => {
  const event = posted(former, mina, newId(), 'Once');
  expect([await happened(event), await happened({ ...event, eventId: newId() })]).toEqual([true, true]);
  expect(await listed()).toHaveLength(1);
});

test('a recall that is handled before its message keeps the words away, and the place comes with the message', async () => {
  const [messageId, other] = [newId(), newId()];
  await happened(recalled(former, messageId, mina));
  await happened(recalled(former, other, mina));
  expect(await listed()).toEqual([]);
  await happened(posted(former, mina, messageId, 'A secret'));
  expect(await listed()).toMatchObject([{ messageId, text: '', displayName: mina, atMs: 10, person: mina }]);
  expect((await listed())[0]!.recalledAtMs).not.toBeNull();
  // of somebody else's id it brings no words back either
  expect(await happened(posted(former, joon, other, 'Not mine'))).toBe(false);
  expect(await listed()).toHaveLength(1);
  expect(JSON.stringify(await store.read.selectFrom('chatPost').selectAll().execute())).not.toMatch(/secret|Not mine/);
});

test('recalls of what never comes are kept within a bound', async () => {
  await store.write(async (trx) => {
    for (let n = 0; n < 510; n++) await recordChatEvent(trx, recalled(former, newId(), mina));
  });
  expect(await store.read.selectFrom('chatPost').selectAll().execute()).toHaveLength(500);
});

test('a row whose mentions are damaged keeps nobody from the rest, nor a person from being forgotten', async () => {
  const messageId = newId();
  await onPage(mina, messageId, 'Words');
  await onPage(joon, newId(), 'More words');
  for (const mentioned of ['[{"person":"account:joon"', '{}', '[{"person":"account:joon","name":1}]']) {
    await store.write((trx) =>
      trx.updateTable('chatPost').set({ mentioned }).where('messageId', '=', messageId).execute(),
    );
    const shown = (await listed()).map((row) => seenBy({ person: mina, isHost: false }, row));
    expect(shown).toMatchObject([{ text: 'Words', mentions: [] }, { text: 'More words' }]);
    expect(await writtenChat(store.read, meetingId)).toHaveLength(2);
  }
  await store.write((trx) => forgetInChat(trx, 'joon', { en: 'A former member', ko: '이전 구성원' }));
  expect((await postOf(store.read, { meetingId, messageId }))!.mentioned).toBe('[]');
});
