/** What nodes report late of a meeting whose record was deleted, or of a person who was forgotten, on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallEvent } from '#contract/node-link.ts';
import { Notes } from '../notes/index.ts';
import { PeopleUnderTest, ADMINISTRATOR, MEMBER } from '../people/people-under-test.ts';
import { forgetInRecords } from '../record/person-record.ts';
import { recordPage } from '../record/pages-shown.ts';
import { recordStay } from '../record/stays.ts';
import { deleteRecord } from '../record/whole-record.ts';
import { newId, type TelemetryStore, telemetryStore } from '../store/index.ts';
import { GIVEN_UP } from './call-rows.ts';
import { Calls } from './calls.ts';
import { MediaNodes } from './media-nodes.ts';

const NAME = 'Seoyeonmarker';
const [nodeId, instanceId] = [newId(), newId()];
const logger = pino({ level: 'silent' });
let people: PeopleUnderTest;
let telemetry: TelemetryStore;
let dataDir: string;
let nodes: MediaNodes;
let calls: Calls;
let meetingId: string;
let callId: string;
let accountId: string;

beforeEach(async () => {
  people = new PeopleUnderTest();
  await people.start();
  await people.account('admin', ADMINISTRATOR);
  ({ accountId } = await people.account('someone', MEMBER));
  dataDir = mkdtempSync(join(tmpdir(), 'maru-late-'));
  telemetry = telemetryStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await telemetry.start();
  nodes = new MediaNodes({ telemetry, nowMs: () => 0 });
  await nodes.start();
  const nothing = (): void => {};
  calls = new Calls({
    ...{ store: people.store, nodes, logger, sendToNode: nothing, acknowledge: nothing, onPrepared: nothing },
    ...{ onMeetingChanged: nothing, onChatChanged: nothing, onSpoken: nothing, onChatRead: nothing },
    onEvent: async (trx, event) => {
      await recordStay(trx, event);
      await recordPage(trx, event);
    },
  });
  [meetingId, callId] = [newId(), newId()];
  await people.store.write(async (trx) => {
    await trx.insertInto('meeting').values({ meetingId, title: 'Plans', createdAtMs: 1, language: 'ko' }).execute();
    const row = { callId, meetingId, nodeId, nodeInstanceId: instanceId, createdAtMs: 1, openedAtMs: 1 };
    await trx
      .insertInto('call')
      .values({ ...row, state: 'open', participantCount: 1, endedAtMs: null, endReason: null, callOrder: null })
      .execute();
  });
});
afterEach(async () => {
  nodes.stop();
  await Promise.all([people.stop(), telemetry.stop()]);
  rmSync(dataDir, { recursive: true });
});

async function happened(...events: object[]): Promise<void> {
  const whole = events.map((event) => ({ eventId: newId(), callId, meetingId, atMs: Date.now(), ...event }));
  await calls.takeEvents(nodeId, { events: whole as CallEvent[] });
}
const person = () => `account:${accountId}`;
/** All that a call leaves behind, of Someone but for a message that names them. */
function everything(atMs: number): object[] {
  const message = { peerId: newId(), isGuest: false, atMs, number: 0 };
  const own = { ...message, messageId: newId(), displayName: NAME, text: 'Words' };
  const other = { ...message, messageId: newId(), displayName: 'Joon', text: 'Others' };
  const poll = {
    ...{
      pollId: newId(),
      question: 'Lunch?',
      choices: ['Yes', 'No'],
      isMultiple: false,
      isQuiz: false,
      isShown: false,
    },
    ...{ isSecret: false, counts: [0, 0], answeredCount: 0, peopleCount: 1, startedAtMs: atMs, startedBy: 'Joon' },
    result: null,
  };
  const peerId = newId();
  return [
    { name: 'participant-joined', peerId, peerKind: 'person', displayName: 'Joon', participantCount: 1, atMs },
    { name: 'chat-posted', person: person(), message: own },
    { name: 'chat-posted', person: 'account:joon', message: other, mentioned: [{ person: person(), name: NAME }] },
    { name: 'chat-read', reads: [{ person: person(), displayName: NAME, messageId: other.messageId }] },
    {
      name: 'transcript-segment',
      person: person(),
      segment: { segmentId: newId(), peerId, displayName: NAME, text: 'Spoken', fromMs: atMs, untilMs: atMs },
    },
    { name: 'page-shown', documentId: newId(), title: 'Prices', page: 1, fromMs: atMs, atMs },
    { name: 'poll-started', poll },
    { name: 'participant-left', peerId, participantCount: 0, atMs },
  ];
}
const KEPT = ['stay', 'chatPost', 'chatRead', 'transcript', 'pageShown', 'poll'] as const;
async function kept(): Promise<string[]> {
  const counts = await Promise.all(
    KEPT.map((table) => people.store.read.selectFrom(table).selectAll().where('meetingId', '=', meetingId).execute()),
  );
  return KEPT.filter((_, at) => counts[at]!.length > 0);
}
async function deleteIt(): Promise<void> {
  const notes = new Notes({ store: people.store, logger });
  const deps = { store: people.store, notes, removeFiles: async () => {} };
  await deleteRecord(deps, meetingId, 'account:admin');
}
const forget = () =>
  people.people.changes.forget(accountId, { language: 'en', actor: 'account:admin', also: forgetInRecords });

test('of a call that was over nothing comes back after the deletion, whatever its clock says', async () => {
  await happened(...everything(Date.now()), { name: 'call-ended', reason: 'empty' });
  expect(await kept()).toEqual(KEPT);
  await deleteIt();
  expect(await kept()).toEqual([]);
  for (const atMs of [Date.now() - 60_000, Date.now() + 3_600_000]) await happened(...everything(atMs));
  expect(await kept()).toEqual([]);
});

test('of a call that nobody was in, what is newer than the deletion is kept, and what is older is not', async () => {
  const beforeMs = Date.now() - 60_000;
  await happened(...everything(beforeMs));
  await deleteIt();
  await happened(...everything(beforeMs));
  expect(await kept()).toEqual([]);
  const newerMs = Date.now() + 1_000;
  await happened(...everything(newerMs), { name: 'call-ended', reason: 'empty' });
  expect(await kept()).toEqual(KEPT);
  // and once more, now that it is over
  await deleteIt();
  await happened(...everything(newerMs + 3_600_000));
  expect(await kept()).toEqual([]);
});

test('of a call that was given up, and goes on at its node, what is newer than the deletion is kept', async () => {
  const beforeMs = Date.now() - 60_000;
  const given = { state: 'ended' as const, endedAtMs: Date.now() - 1_000, endReason: GIVEN_UP, participantCount: 0 };
  await people.store.write((trx) => trx.updateTable('call').set(given).where('callId', '=', callId).execute());
  await deleteIt();
  await happened(...everything(beforeMs));
  expect(await kept()).toEqual([]);
  await happened(...everything(Date.now() + 1_000));
  expect(await kept()).toEqual(KEPT);
});

test('who was forgotten does not come back by name or words, and others’ words stay', async () => {
  await happened({ name: 'participant-left', peerId: newId(), participantCount: 0 });
  await forget();
  const peerId = newId();
  await people.store.write((trx) =>
    trx
      .insertInto('entry')
      .values({
        ...{ peerId, callId, inviteId: null, accountId, ticketId: null, atMs: 1, person: person(), role: 'member' },
        ...{ roleChangeId: null, joinedAtMs: null, leftAtMs: null, removedAtMs: null, displayName: null },
      })
      .execute(),
  );
  await happened(
    { name: 'participant-joined', peerId, peerKind: 'person', displayName: NAME, participantCount: 1 },
    ...everything(Date.now()),
  );
  const rows = await Promise.all(
    [...KEPT, 'entry' as const, 'audit' as const].map((table) =>
      people.store.read.selectFrom(table).selectAll().execute(),
    ),
  );
  expect(JSON.stringify(rows)).not.toContain(NAME);
  const { read } = people.store;
  expect(await read.selectFrom('stay').select('displayName').orderBy('displayName').execute()).toEqual([
    { displayName: 'Joon' },
    { displayName: '이전 구성원' },
  ]);
  expect(await read.selectFrom('chatPost').select(['text', 'mentioned']).execute()).toEqual([
    { text: 'Others', mentioned: JSON.stringify([{ person: person(), name: '이전 구성원' }]) },
  ]);
  expect(await read.selectFrom('transcript').selectAll().execute()).toEqual([]);
  expect(await read.selectFrom('chatRead').selectAll().execute()).toEqual([]);
});

test('a result of a poll that comes after the forgetting has no name of theirs, and all names of others', async () => {
  const [joon, sora, other] = ['account:joon', 'account:sora', 'guest:another'];
  const names = { [person()]: NAME, [joon]: 'Joon', [sora]: 'Sora Han', [other]: 'Sora Han' };
  const left: object[] = [];
  for (const [who, displayName] of Object.entries(names)) {
    const peerId = newId();
    await people.store.write((trx) =>
      trx
        .insertInto('entry')
        .values({
          ...{ peerId, callId, inviteId: null, ticketId: null, atMs: 1, person: who, role: 'member' },
          accountId: who === person() ? accountId : null,
          ...{ roleChangeId: null, joinedAtMs: null, leftAtMs: null, removedAtMs: null, displayName: null },
        })
        .execute(),
    );
    await happened({ name: 'participant-joined', peerId, peerKind: 'person', displayName, participantCount: 1 });
    left.push({ name: 'participant-left', peerId, participantCount: 0 });
  }
  await happened(...left);
  await forget();
  const started = everything(Date.now()).find((each) => 'poll' in each) as { poll: object };
  const answers = [NAME, 'Joon', 'Sora Han', 'Sora Han'].map((displayName) => ({ displayName, choices: [0] }));
  const poll = { ...started.poll, startedBy: NAME, result: { endedAtMs: Date.now(), rightChoice: null, answers } };
  await happened({ name: 'poll-ended', poll });
  const { poll: kept } = await people.store.read.selectFrom('poll').select('poll').executeTakeFirstOrThrow();
  expect(kept).not.toContain(NAME);
  const { startedBy, result } = JSON.parse(kept);
  expect([startedBy, result.answers.map(({ displayName }: { displayName: string }) => displayName)]).toEqual([
    '이전 구성원',
    ['이전 구성원', 'Joon', 'Sora Han', 'Sora Han'],
  ]);
});

test('a node whose clock is years off keeps nothing for longer, and has nothing deleted early', async () => {
  const fromMs = Date.now() - 3_600_000;
  const yearsMs = 5 * 365 * 86_400_000;
  await people.store.write((trx) => trx.updateTable('call').set({ createdAtMs: fromMs }).execute());
  for (const atMs of [Date.now() + yearsMs, Date.now() - yearsMs]) await happened(...everything(atMs));
  const { read } = people.store;
  const times = [
    ...(await read.selectFrom('chatPost').select('atMs').execute()),
    ...(await read.selectFrom('transcript').select(['fromMs', 'untilMs']).execute()),
    ...(await read.selectFrom('pageShown').select(['fromMs', 'untilMs']).execute()),
    ...(await read.selectFrom('poll').select('startedAtMs').execute()),
    ...(await read.selectFrom('stay').select(['joinedAtMs', 'seenAtMs']).execute()),
    ...(await read.selectFrom('callEvent').select('atMs').execute()),
  ].flatMap((row) => Object.values(row));
  expect(times.length).toBeGreaterThan(20);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(fromMs);
  expect(Math.max(...times)).toBeLessThanOrEqual(Date.now());
});
