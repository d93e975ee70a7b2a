/**
 * One deletion at the real fleet server: of all that a meeting left behind no byte is left, neither in the database nor beside it. The
 * audit log keeps who came in, by name.
 */
import { randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_DOCUMENT_POLICY } from '#contract/document-policy.ts';
import { BROADCASTS_FOLDER, FINAL_FILE } from '#contract/packager-link.ts';
import { topicOf } from '#contract/topics.ts';
import { DocumentClient } from '../documents/documents-under-test.ts';
import { ScriptedConverter } from '../documents/scripted-converter-under-test.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { Accounts } from '../people/index.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';

const MARKER = 'unlikelywords';
let fleet: FleetUnderTest;
let store: AuthorityStore;
let cookie: string;
let accountId: string;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  await new ScriptedConverter(fleet.dataDir).start();
  await openStore();
  const [userName, password] = [`u${randomUUID()}`, randomUUID()];
  const grants = [{ role: 'member' as const, scope: { kind: 'organisation' as const } }];
  const made = { userName, displayName: 'Mina Kim', password, grants, mustChangePassword: false };
  ({ accountId } = await new Accounts({ store }).create(made));
  ({ cookie } = await fleet.signIn(userName, password));
});
afterAll(async () => {
  await store.stop();
  await fleet.stop();
});

async function openStore(): Promise<void> {
  store = authorityStore({
    dataDir: fleet.dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
}

const ask = async (method: string, path: string, body?: object, by = cookie): Promise<Json> => {
  const answer = await fleet.api(method, `/api/v1/${path}`, body, by);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
};
/** Also as base64 keeps it, of which the letters at both ends depend on what stands around. */
function filesWithMarker(): string[] {
  const needles = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), Buffer.from(MARKER)])
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  );
  return (readdirSync(fleet.dataDir, { recursive: true }) as string[])
    .map((name) => join(fleet.dataDir, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .filter((path) => [MARKER, ...needles].some((needle) => readFileSync(path).includes(needle)));
}

async function leaveBehind(meetingId: string): Promise<{ documentId: string; broadcastId: string }> {
  const grant = (await ask('POST', `meetings/${meetingId}/entries`, {})).grant as Json;
  const client = new DocumentClient(fleet, grant.documents.token);
  const documentId = await client.upload(`${MARKER}.pdf`, Buffer.from(`${MARKER} in a document`));
  await expect.poll(() => client.state(documentId)).toBe('ready');
  await ask('POST', `meetings/${meetingId}/chat`, { messageId: newId(), text: `${MARKER} in the chat` });
  const draft = { question: MARKER, choices: ['Yes', 'No'], isMultiple: false, isSecret: false, rightChoice: null };
  await ask('POST', `meetings/${meetingId}/prepared-polls`, draft);
  const [callId, peerId, atMs] = [grant.callId, grant.peerId, Date.now()];
  const of = { callId, meetingId, atMs };
  const events = [
    { ...of, name: 'participant-joined', peerId, peerKind: 'person', displayName: 'Mina Kim', participantCount: 1 },
    { ...of, name: 'page-shown', documentId, title: MARKER, page: 1, fromMs: atMs - 5_000 },
    {
      ...of,
      name: 'transcript-segment',
      segment: {
        segmentId: newId(),
        peerId,
        displayName: MARKER,
        text: `${MARKER} is spoken`,
        fromMs: atMs,
        untilMs: atMs,
      },
      person: null,
    },
    { ...of, name: 'call-ended', reason: 'empty' },
  ].map((event) => ({ eventId: newId(), ...event }));
  await fleet.node.publishAsync(topicOf('callEvents', fleet.nodeId), JSON.stringify({ events }), { qos: 1 });
  const shown = () => store.read.selectFrom('pageShown').selectAll().where('meetingId', '=', meetingId).execute();
  await expect.poll(shown).toHaveLength(1);
  const spoken = () => store.read.selectFrom('transcript').selectAll().where('meetingId', '=', meetingId).execute();
  await expect.poll(spoken).toHaveLength(1);
  const broadcastId = newId();
  const broadcast = { broadcastId, meetingId, kind: 'recording' as const, title: 'R', phase: 'ended' as const };
  const audience = JSON.stringify({ placeIds: [], groups: [], allowedRanges: [] });
  const quality = JSON.stringify({ height: 720, partMs: 500 });
  const rest = {
    audience,
    quality,
    stage: JSON.stringify({ kind: 'everyone' }),
    createdBy: 'x',
    createdAtMs: 1,
    startsAtMs: null,
  };
  const times = {
    liveAtMs: 1,
    greenRoomClosedAtMs: null,
    endedAtMs: 2,
    durationMs: 1,
    sizeBytes: 9,
    keptSinceMs: atMs,
  };
  await store.write(async (trx) => {
    await trx
      .insertInto('broadcast')
      .values({ ...broadcast, ...rest, ...times, recording: 'ready', deletedAtMs: null })
      .execute();
    await trx.insertInto('chapter').values({ broadcastId, atMs: 1, kind: 'document', title: MARKER }).execute();
    const minutes = { minutesId: newId(), meetingId, startedAtMs: 1, endedAtMs: 2, language: 'en' as const };
    await trx
      .insertInto('minutes')
      .values({ ...minutes, facts: '{}', text: MARKER, sentAtMs: null })
      .execute();
  });
  const folder = join(fleet.dataDir, BROADCASTS_FOLDER, broadcastId);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, FINAL_FILE), `${MARKER} in a film`);
  return { documentId, broadcastId };
}

test('one deletion by IT leaves no byte of it, and all of another meeting', async () => {
  const draft = { startsAtMs: null, durationMinutes: 30, people: [], roomIds: [] };
  const { meetingId } = (await ask('POST', 'meetings', { ...draft, title: 'Prices' })).meeting;
  const other = (await ask('POST', 'meetings', { ...draft, title: 'Other' })).meeting.meetingId;
  await ask('POST', `meetings/${other}/chat`, { messageId: newId(), text: 'Stays' });
  // else its document goes with the call
  const kept = { ...DEFAULT_DOCUMENT_POLICY, isKept: true };
  await ask('PUT', `meetings/${meetingId}/document-policy`, kept, fleet.admin.cookie);
  const { documentId, broadcastId } = await leaveBehind(meetingId);
  expect(filesWithMarker().length).toBeGreaterThan(1);
  await ask('DELETE', `meetings/${meetingId}/record`, undefined, fleet.admin.cookie);
  // the database’s log is emptied once nobody reads it: this test has a connection too
  await expect.poll(filesWithMarker, { timeout: 40_000 }).toEqual([]);
  for (const folder of ['documents', BROADCASTS_FOLDER])
    for (const id of [documentId, broadcastId]) expect(existsSync(join(fleet.dataDir, folder, id))).toBe(false);
  const { posts } = await ask('GET', `meetings/${other}/chat`);
  expect(posts).toMatchObject([{ text: 'Stays' }]);
  expect(await ask('GET', `meetings/${meetingId}/minutes`)).toEqual({ minutes: [], areDeleted: true });
  expect(await ask('GET', `meetings/${other}/minutes`)).toEqual({ minutes: [], areDeleted: false });
  // again it does no harm
  await ask('DELETE', `meetings/${meetingId}/record`);
});

/** One with everything in it, also documents that outlive the call. */
async function fullMeeting(): Promise<{ meetingId: string; folders: string[] }> {
  const draft = { title: 'Prices', startsAtMs: null, durationMinutes: 30, people: [], roomIds: [] };
  const { meetingId } = (await ask('POST', 'meetings', draft)).meeting;
  const kept = { ...DEFAULT_DOCUMENT_POLICY, isKept: true };
  await ask('PUT', `meetings/${meetingId}/document-policy`, kept, fleet.admin.cookie);
  const { documentId, broadcastId } = await leaveBehind(meetingId);
  return { meetingId, folders: [join('documents', documentId), join(BROADCASTS_FOLDER, broadcastId)] };
}
const onDisk = (folders: readonly string[]) => folders.filter((folder) => existsSync(join(fleet.dataDir, folder)));

test('a server that is killed between the rows and the files removes the files when it starts again', async () => {
  const { meetingId, folders } = await fullMeeting();
  // the first document never goes, so that the kill comes in the middle at any speed
  await store.write(async (trx) => {
    const endless = 'with recursive n(i) as (select 1 union all select i + 1 from n) select i from n';
    await sql`create view endless as ${sql.raw(endless)}`.execute(trx);
    await sql`create trigger hold before delete on document begin select count(*) from endless; end`.execute(trx);
  });
  const deletion = fleet
    .api('DELETE', `/api/v1/meetings/${meetingId}/record`, undefined, fleet.admin.cookie)
    .catch(() => null);
  const chat = () => store.read.selectFrom('chatPost').selectAll().where('meetingId', '=', meetingId).execute();
  await expect.poll(chat).toEqual([]);
  await fleet.kill();
  await deletion;
  expect(onDisk(folders)).toEqual(folders);
  await store.write(async (trx) => {
    await sql`drop trigger hold`.execute(trx);
    await sql`drop view endless`.execute(trx);
  });
  await fleet.startServer();
  expect(onDisk(folders)).toEqual([]);
  const due = store.read.selectFrom('erasure').selectAll().where('stillDue', 'is not', null);
  await expect.poll(() => due.execute()).toEqual([]);
});

test('an older database that is put back shows nobody what was deleted since, nor who was forgotten', async () => {
  const { meetingId, folders } = await fullMeeting();
  const [userName, password] = [`u${randomUUID()}`, randomUUID()];
  const grants = [{ role: 'member' as const, scope: { kind: 'organisation' as const } }];
  const made = { userName, displayName: 'Joon Park', password, grants, mustChangePassword: false };
  const joon = await new Accounts({ store }).create(made);
  const copy = join(fleet.dataDir, 'copy');
  await sql`vacuum into ${sql.lit(copy)}`.execute(store.read);
  await ask('DELETE', `meetings/${meetingId}/record`, undefined, fleet.admin.cookie);
  await ask('POST', `accounts/${joon.accountId}/forgetting`, { language: 'en' }, fleet.admin.cookie);
  // it comes back with its files
  for (const folder of folders) mkdirSync(join(fleet.dataDir, folder));
  await fleet.kill();
  await store.stop();
  const database = join(fleet.dataDir, 'authority.sqlite');
  for (const side of ['-wal', '-shm']) rmSync(`${database}${side}`, { force: true });
  copyFileSync(copy, database);
  rmSync(copy);
  await fleet.startServer();
  await openStore();
  expect((await ask('GET', `meetings/${meetingId}/chat`)).posts).toEqual([]);
  expect((await ask('GET', `meetings/${meetingId}/minutes`)).minutes).toEqual([]);
  expect(onDisk(folders)).toEqual([]);
  expect((await fleet.signIn(userName, password)).status).toBe(401);
  const { account } = await ask('GET', `accounts/${joon.accountId}`, undefined, fleet.admin.cookie);
  expect(account).toMatchObject({ displayName: 'A former member', isDisabled: true });
});

test('policies by place and meeting are kept; a person has a file of everything of theirs', async () => {
  const { meetingId } = (
    await ask('POST', 'meetings', { title: 'M', startsAtMs: null, durationMinutes: 30, people: [], roomIds: [] })
  ).meeting;
  const admin = fleet.admin.cookie;
  await ask('PUT', 'organisation/record-policy', { chat: 90, notes: 60 }, admin);
  await ask('PUT', `meetings/${meetingId}/record-keeping`, { days: 70 });
  await ask('POST', `meetings/${meetingId}/chat`, { messageId: newId(), text: 'Mine' });
  const { ownDays, kinds } = await ask('GET', `meetings/${meetingId}/record-keeping`);
  expect([ownDays, kinds.map(({ kind, days }: Json) => [kind, days])]).toEqual([
    70,
    [
      ['chat', 70],
      ['notes', 60],
      ['polls', 70],
      ['transcript', 70],
      ['attendance', 70],
      ['minutes', 70],
    ],
  ]);
  expect(kinds[0].dueAtMs).toBeGreaterThan(Date.now() + 69 * 86_400_000);
  expect((await ask('GET', 'record-policies', undefined, admin)).organisation).toMatchObject({ chat: 90, polls: null });
  for (const body of [{ chat: 0 }, { chat: 4_000 }, { chat: 'x' }, { chats: 5 }])
    expect((await fleet.api('PUT', '/api/v1/organisation/record-policy', body, admin)).status).toBe(400);
  const place = `/api/v1/places/${newId()}/record-policy`;
  expect((await fleet.api('PUT', place, { chat: 5 }, admin)).status).toBe(404);
  const file = await fetch(new URL('/api/v1/own-record.json', fleet.ready.fleetUrl), { headers: { cookie } });
  expect(await file.json()).toMatchObject({
    account: { accountId, displayName: 'Mina Kim' },
    meetings: expect.arrayContaining([expect.objectContaining({ meetingId, role: 'host', title: 'M' })]),
    chat: expect.arrayContaining([expect.objectContaining({ text: 'Mine' })]),
  });
  // for IT with a line in the log, and then forgotten
  const { text } = await ask('POST', `accounts/${accountId}/record-exports`, {}, admin);
  expect(JSON.parse(text).chat.at(-1).text).toBe('Mine');
  expect((await ask('GET', 'audit?kind=person-exported', undefined, admin)).rows).toMatchObject([
    { subject: { key: `account:${accountId}` } },
  ]);
  await ask('POST', `accounts/${accountId}/forgetting`, { language: 'en' }, admin);
  expect((await fleet.api('GET', '/api/v1/own-record.json', undefined, cookie)).status).toBe(401);
  expect(JSON.parse((await ask('POST', `accounts/${accountId}/record-exports`, {}, admin)).text)).toMatchObject({
    account: { displayName: 'A former member', email: null },
    sessions: [],
    attendance: [],
  });
});
