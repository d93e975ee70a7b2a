/** Everything of a meeting on a real store: its file, and a deletion that leaves no word of it, also with who has the notes open. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { NOTES_FRAGMENT } from '#contract/notes-link.ts';
import { MeetingMails } from '../mail/index.ts';
import { Notes } from '../notes/index.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { deleteRecord, wholeRecord } from './whole-record.ts';

const SECRET = 'The price is forty';
const TABLES = [
  'chatPost',
  'markedMessage',
  'poll',
  'preparedPoll',
  'minutes',
  'stay',
  'pageShown',
  'transcript',
] as const;
let dataDir: string;
let store: AuthorityStore;
let notes: Notes;
let meetingId: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-whole-record-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
});
beforeEach(async () => {
  notes = new Notes({ store, logger: pino({ level: 'silent' }) });
  meetingId = newId();
  await store.write((trx) =>
    trx.insertInto('meeting').values({ meetingId, title: 'Prices', createdAtMs: 1, agenda: '' }).execute(),
  );
});
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

async function leaveBehind(of: string): Promise<void> {
  const callId = newId();
  const call = { callId, meetingId: of, nodeId: 'n', nodeInstanceId: 'i', state: 'open' as const, participantCount: 0 };
  const ended = { createdAtMs: 1, openedAtMs: 1, endedAtMs: 9, endReason: null, callOrder: null };
  const post = { meetingId: of, callId, person: 'account:mina', displayName: 'Mina Kim', isGuest: 0 as const };
  const rest = { replyTo: null, recalledAtMs: null, mentioned: '[{"person":"account:joon","name":"Joon Park"}]' };
  const minutes = { minutesId: newId(), meetingId: of, startedAtMs: 1, endedAtMs: 9, language: 'en' as const };
  await store.write(async (trx) => {
    await trx
      .insertInto('call')
      .values({ ...call, ...ended })
      .execute();
    await trx
      .insertInto('chatPost')
      .values({ ...post, ...rest, messageId: newId(), number: 0, revision: 1, text: SECRET, atMs: 2 })
      .execute();
    await trx
      .insertInto('markedMessage')
      .values({ meetingId: of, messageId: newId(), markedAtMs: 3, minutesId: null })
      .execute();
    const poll = JSON.stringify({ question: SECRET });
    await trx.insertInto('poll').values({ callId, pollId: newId(), meetingId: of, startedAtMs: 3, poll }).execute();
    const prepared = { preparedPollId: newId(), meetingId: of, preparedAtMs: 4 };
    await trx
      .insertInto('preparedPoll')
      .values({ ...prepared, draft: poll })
      .execute();
    const spoken = { callId, segmentId: newId(), meetingId: of, number: 0, revision: 1, deletedAtMs: null };
    await trx
      .insertInto('transcript')
      .values({ ...spoken, person: 'account:mina', displayName: 'Mina Kim', text: SECRET, fromMs: 5, untilMs: 6 })
      .execute();
    await trx
      .insertInto('minutes')
      .values({ ...minutes, facts: '{}', text: SECRET, sentAtMs: null })
      .execute();
  });
  await notes.append(of, newId(), { kind: 'decision', text: SECRET });
}
const file = async (of = meetingId) => JSON.parse(await wholeRecord(store.read, of, 10));
const remove = () => deleteRecord({ store, notes, removeFiles: async () => {} }, meetingId, 'account:mina');
const rowsOf = async (table: (typeof TABLES)[number] | 'notesUpdate' | 'notesSnapshot', of = meetingId) =>
  store.read.selectFrom(table).selectAll().where('meetingId', '=', of).execute();

test('the file has chat, notes, polls and what is prepared', async () => {
  await leaveBehind(meetingId);
  const whole = await file();
  expect(whole).toMatchObject({
    chat: [{ displayName: 'Mina Kim', text: SECRET, mentions: ['Joon Park'] }],
    notes: { decisions: [SECRET], tasks: [] },
    polls: [{ poll: { question: SECRET } }],
    preparedPolls: [{ draft: { question: SECRET } }],
    minutes: [{ text: SECRET }],
    transcript: [{ displayName: 'Mina Kim', text: SECRET, fromMs: 5, untilMs: 6 }],
  });
  // accounts are nobody's business
  expect(JSON.stringify(whole)).not.toContain('account:');
});

test('nothing is left of it, and all of another meeting', async () => {
  const other = newId();
  await store.write((trx) =>
    trx.insertInto('meeting').values({ meetingId: other, title: 'Other', createdAtMs: 1, agenda: '' }).execute(),
  );
  await leaveBehind(meetingId);
  await leaveBehind(other);
  const before = await file(other);
  await remove();
  for (const table of TABLES) expect(await rowsOf(table), table).toEqual([]);
  expect(await file()).toMatchObject({
    chat: [],
    notes: { decisions: [], markdown: '' },
    polls: [],
    preparedPolls: [],
    transcript: [],
  });
  expect(await file(other)).toEqual(before);
});

test('minutes that wait in the queue of mails are not sent, and nothing of them stays there', async () => {
  await store.write(async (trx) => {
    const person = { personId: newId(), meetingId, accountId: null, displayName: 'Joon', email: 'joon@corp.example' };
    await trx
      .insertInto('meetingPerson')
      .values({ ...person, role: 'guest', inviteId: null, addedAtMs: 1 })
      .execute();
    await new MeetingMails().minutes(trx, meetingId, { text: SECRET, language: 'en', sender: 'account:mina' });
  });
  const mails = () =>
    store.read.selectFrom('mail').select(['failure', 'message']).where('meetingId', '=', meetingId).execute();
  expect(await mails()).toMatchObject([{ failure: null, message: expect.stringContaining(SECRET) }]);
  await remove();
  expect(await mails()).toEqual([{ failure: 'record-deleted', message: '' }]);
});

test('who has the notes open sees them empty, and does not bring them back', async () => {
  await leaveBehind(meetingId);
  const opened = await notes.open(meetingId);
  const page = new Y.Doc();
  opened.follow({
    onUpdate: (update) => Y.applyUpdate(page, update),
    onFailed: (error) => expect.unreachable(String(error)),
  });
  Y.applyUpdate(page, Y.encodeStateAsUpdate(opened.doc));
  // was away, and comes with all that it has
  const late = Y.encodeStateAsUpdate(page);
  expect(page.getXmlFragment(NOTES_FRAGMENT).toString()).toContain(SECRET);
  await remove();
  expect(page.getXmlFragment(NOTES_FRAGMENT).toString()).toBe('');
  await opened.apply(late, null);
  expect((await file()).notes.markdown).toBe('');
  expect(await rowsOf('notesUpdate')).toEqual([]);
  const [snapshot] = (await rowsOf('notesSnapshot')) as { content: string }[];
  expect(Buffer.from(snapshot!.content, 'base64').toString()).not.toContain('price');
  // it is written in them again
  await notes.append(meetingId, newId(), { kind: 'note', text: 'A new beginning' });
  notes = new Notes({ store, logger: pino({ level: 'silent' }) });
  expect((await file()).notes.markdown).toBe('A new beginning\n');
});

test('while a call runs all of it stays', async () => {
  await leaveBehind(meetingId);
  const before = await file();
  await store.write((trx) =>
    trx.updateTable('call').set({ endedAtMs: null, participantCount: 1 }).where('meetingId', '=', meetingId).execute(),
  );
  await expect(remove()).rejects.toMatchObject({ code: 'not-possible-now' });
  await notes.append(meetingId, newId(), { kind: 'decision', text: 'Later' });
  const after = await file();
  expect(after).toMatchObject({ chat: before.chat, polls: before.polls, notes: { decisions: [SECRET, 'Later'] } });
});

test('damaged rows are deleted too, and the file has the rest', async () => {
  await leaveBehind(meetingId);
  notes = new Notes({ store, logger: pino({ level: 'silent' }) });
  await store.write(async (trx) => {
    const content = Buffer.from([255, 255, 255]).toString('base64');
    await trx.updateTable('notesUpdate').set({ content }).where('meetingId', '=', meetingId).execute();
    await trx.updateTable('poll').set({ poll: '{"question":' }).where('meetingId', '=', meetingId).execute();
    await trx.updateTable('chatPost').set({ mentioned: '[{"person":' }).where('meetingId', '=', meetingId).execute();
    await trx.updateTable('minutes').set({ facts: '{"title":' }).where('meetingId', '=', meetingId).execute();
  });
  expect(await file()).toMatchObject({
    chat: [{ text: SECRET, mentions: [] }],
    notes: null,
    polls: [{ poll: '{"question":' }],
    minutes: [{ text: SECRET, facts: '{"title":' }],
  });
  await remove();
  expect([...(await rowsOf('notesUpdate')), ...(await rowsOf('poll'))]).toEqual([]);
  expect((await file()).notes.markdown).toBe('');
});
