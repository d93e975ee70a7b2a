/** What is over its time goes, on a real store, by a clock by hand. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { RecordPolicy } from '#contract/record-policy.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { Notes } from '../notes/index.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { setOwnDays, setRecordPolicy } from './kept-periods.ts';
import { recordKeepingOf } from './record-keeping.ts';
import { RecordRetention } from './record-retention.ts';
import { deleteRecord, wholeRecord } from './whole-record.ts';

const DAY = 86_400_000;
/** notes are written by the real clock */
const START_MS = Date.now();
const MARKER = 'unlikelywords';
const TICKET = {
  ...{ ticketHash: 'h', inviteId: null, accountId: null, person: 'browser:1', organisation: null, network: 'n' },
  ...{ createdAtMs: START_MS, decidedBy: null, decidedAtMs: null },
};
const logger = pino({ level: 'silent' });
let dataDir: string;
let store: AuthorityStore;
let notes: Notes;
let retention: RecordRetention;
let clock: WallClock;
let wallMs: number;
let steadyMs: number;
let changed: string[];
let posts = 0;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-retention-'));
  const onFatal = (error: Error) => {
    throw error;
  };
  store = authorityStore({ dataDir, onFatal });
  await store.start();
});
beforeEach(async () => {
  [wallMs, steadyMs] = [START_MS, 1_000];
  const tables = [
    'markedMessage',
    'chatRead',
    'chatPost',
    'transcript',
    'ticket',
    'poll',
    'stay',
    'entry',
    'pageShown',
    'minutes',
    'call',
    'meeting',
    'room',
    'place',
  ] as const;
  await store.write(async (trx) => {
    for (const table of [...tables, 'setting', 'clockJump', 'audit'] as const) await trx.deleteFrom(table).execute();
  });
  begin();
});
afterEach(() => retention.stop());
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

function begin(): void {
  clock = new WallClock({ wallNowMs: () => wallMs, steadyNowMs: () => steadyMs });
  notes = new Notes({ store, logger });
  changed = [];
  retention = new RecordRetention({ store, notes, clock, onChanged: (meetingId) => changed.push(meetingId), logger });
  retention.start();
}
const pass = (days: number): void => {
  wallMs += days * DAY;
  steadyMs += days * DAY;
};
const look = async (): Promise<void> => {
  await retention.look();
  await retention.look();
};
async function meeting(more: object = {}): Promise<string> {
  const meetingId = newId();
  await store.write((trx) =>
    trx
      .insertInto('meeting')
      .values({ meetingId, title: 'Prices', createdAtMs: 1, ...more })
      .execute(),
  );
  return meetingId;
}
async function leaveBehind(meetingId: string, { atMs = START_MS, isRunning = false } = {}): Promise<string> {
  const callId = newId();
  await store.write(async (trx) => {
    const call = {
      callId,
      meetingId,
      nodeId: 'n',
      nodeInstanceId: 'i',
      createdAtMs: 1,
      openedAtMs: 1,
      endReason: null,
    };
    const state = isRunning ? ('open' as const) : ('ended' as const);
    const of = { state, participantCount: isRunning ? 1 : 0, endedAtMs: isRunning ? null : atMs, callOrder: null };
    await trx
      .insertInto('call')
      .values({ ...call, ...of })
      .execute();
    const post = {
      meetingId,
      callId,
      person: 'account:mina',
      displayName: 'Mina Kim',
      isGuest: 0 as const,
      number: posts++,
    };
    const rest = { revision: 1, replyTo: null, recalledAtMs: null, mentioned: '[]', messageId: newId() };
    await trx
      .insertInto('chatPost')
      .values({ ...post, ...rest, text: MARKER, atMs })
      .execute();
    const poll = JSON.stringify({ question: MARKER });
    await trx.insertInto('poll').values({ callId, pollId: newId(), meetingId, startedAtMs: atMs, poll }).execute();
    const stay = {
      stayId: newId(),
      meetingId,
      callId,
      peerId: newId(),
      person: 'account:mina',
      kind: 'guest' as const,
    };
    const times = { joinedAtMs: atMs, leftAtMs: atMs, seenAtMs: atMs };
    await trx
      .insertInto('stay')
      .values({ ...stay, ...times, accountId: null, displayName: MARKER })
      .execute();
    const entry = { peerId: stay.peerId, callId, inviteId: null, accountId: null, ticketId: null, atMs, person: 'p' };
    const left = { roleChangeId: null, joinedAtMs: atMs, leftAtMs: atMs, removedAtMs: null, displayName: MARKER };
    await trx
      .insertInto('entry')
      .values({ ...entry, ...left, role: 'guest' })
      .execute();
    const page = { shownId: newId(), meetingId, documentId: newId(), title: MARKER, page: 1 };
    await trx
      .insertInto('pageShown')
      .values({ ...page, fromMs: atMs, untilMs: atMs })
      .execute();
    const spoken = { callId, segmentId: newId(), meetingId, number: posts++, revision: 1, deletedAtMs: null };
    await trx
      .insertInto('transcript')
      .values({ ...spoken, person: 'account:mina', displayName: 'Mina Kim', text: MARKER, fromMs: atMs, untilMs: atMs })
      .execute();
    await trx
      .insertInto('chatRead')
      .values({ meetingId, person: 'account:joon', displayName: MARKER, number: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const minutes = { minutesId: newId(), meetingId, startedAtMs: atMs, endedAtMs: atMs, language: 'en' as const };
    await trx
      .insertInto('minutes')
      .values({ ...minutes, facts: '{}', text: MARKER, sentAtMs: null })
      .execute();
  });
  await notes.append(meetingId, newId(), { kind: 'decision', text: MARKER });
  return callId;
}
/** What there is of each kind. */
async function left(meetingId: string): Promise<string[]> {
  const whole = JSON.parse(await wholeRecord(store.read, meetingId, wallMs));
  const has = { ...whole, notes: whole.notes.decisions };
  return ALL.filter((kind) => has[kind].length > 0);
}
const ALL = ['attendance', 'chat', 'notes', 'polls', 'transcript', 'pagesShown', 'minutes'];
const policy = (days: Partial<RecordPolicy>, placeId: string | null = null) =>
  setRecordPolicy(store, placeId, RecordPolicy.parse(days), 'account:it');
const lines = async () =>
  (await store.read.selectFrom('audit').selectAll().where('kind', '=', 'record-expired').orderBy('seq').execute()).map(
    ({ actor, subject, details }) => [actor, subject, JSON.parse(details)],
  );
async function place(parentId: string | null): Promise<string> {
  const placeId = newId();
  const row = { placeId, parentId, kind: 'site' as const, placeName: 'P', meetingPolicy: null, allowedRanges: '[]' };
  await store.write((trx) =>
    trx
      .insertInto('place')
      .values({ ...row, createdAtMs: 1 })
      .execute(),
  );
  return placeId;
}
async function room(placeId: string): Promise<string> {
  const roomId = newId();
  await store.write((trx) =>
    trx.insertInto('room').values({ roomId, roomName: 'R', createdAtMs: 1, removedAtMs: null, placeId }).execute(),
  );
  return roomId;
}
/** In plain text and as base64 keeps it. */
function filesWithMarker(): string[] {
  const needles = [MARKER, ...[0, 1, 2].map((shift) => base64Core(MARKER, shift))];
  return (readdirSync(dataDir, { recursive: true }) as string[])
    .filter((name) => statSync(join(dataDir, name)).isFile())
    .filter((name) => needles.some((needle) => readFileSync(join(dataDir, name)).includes(needle)));
}
/** Without the letters that depend on what stands around it. */
const base64Core = (text: string, shift: number): string =>
  Buffer.concat([Buffer.alloc(shift), Buffer.from(text)])
    .toString('base64')
    .slice(shift === 0 ? 0 : 4, -4);

test('each kind goes when its own time is over, with a line for each, and none before', async () => {
  const meetingId = await meeting();
  await leaveBehind(meetingId);
  await policy({ chat: 30, notes: 40, polls: 50, transcript: 55, attendance: 60, minutes: 70 });
  pass(29.9);
  await look();
  expect(await left(meetingId)).toEqual(ALL);
  expect(changed).toEqual([]);
  pass(0.2);
  await look();
  expect(await left(meetingId)).toEqual(ALL.filter((kind) => kind !== 'chat'));
  expect(changed).toEqual([meetingId]);
  pass(10);
  await look();
  expect(await left(meetingId)).toEqual(['attendance', 'polls', 'transcript', 'pagesShown', 'minutes']);
  pass(100);
  await look();
  await look();
  expect(await left(meetingId)).toEqual([]);
  const subject = `meeting:${meetingId}`;
  expect(await lines()).toEqual([
    ['fleet', subject, { what: 'chat', days: 30 }],
    ['fleet', subject, { what: 'notes', days: 40 }],
    ['fleet', subject, { what: 'polls', days: 50 }],
    ['fleet', subject, { what: 'transcript', days: 55 }],
    ['fleet', subject, { what: 'attendance', days: 60 }],
    ['fleet', subject, { what: 'minutes', days: 70 }],
  ]);
  expect(filesWithMarker()).toEqual([]);
});

test('where nobody sets a period all is kept', async () => {
  const meetingId = await meeting();
  await leaveBehind(meetingId);
  pass(5_000);
  await look();
  expect(await left(meetingId)).toEqual(ALL);
});

test('the shortest of organisation, places and hosts holds; another place keeps its own', async () => {
  const site = await place(null);
  const floor = await place(site);
  const [here, there] = [
    await meeting({ roomId: await room(floor) }),
    await meeting({ roomId: await room(await place(null)) }),
  ];
  await policy({ chat: 100 });
  await policy({ chat: 20 }, site);
  // longer than above it has no effect
  await policy({ chat: 50, polls: 300 }, floor);
  for (const each of [here, there]) await leaveBehind(each);
  const days = async (meetingId: string) =>
    Object.fromEntries(
      (await recordKeepingOf(store.read, meetingId)).kinds.map(({ kind, days: each }) => [kind, each]),
    );
  const unset = { notes: null, attendance: null, transcript: null, minutes: null };
  expect(await days(here)).toEqual({ chat: 20, polls: 300, ...unset });
  await setOwnDays(store, here, 60, 'account:mina');
  expect(await days(here)).toEqual({ chat: 20, polls: 60, notes: 60, attendance: 60, transcript: 60, minutes: 60 });
  expect(await days(there)).toMatchObject({ chat: 100, polls: null });
  pass(21);
  await look();
  expect(await left(here)).toEqual(ALL.filter((kind) => kind !== 'chat'));
  pass(40);
  await look();
  expect([await left(here), await left(there)]).toEqual([[], ALL]);
});

test('nothing goes while a call runs or has just ended, and what is newer stays', async () => {
  const meetingId = await meeting();
  await policy({ chat: 1, notes: 1, polls: 1, transcript: 1, attendance: 1, minutes: 1 });
  const callId = await leaveBehind(meetingId, { isRunning: true });
  pass(30);
  await look();
  expect(await left(meetingId)).toEqual(ALL);
  const end = (endedAtMs: number) =>
    store.write((trx) =>
      trx.updateTable('call').set({ endedAtMs, participantCount: 0 }).where('callId', '=', callId).execute(),
    );
  await end(wallMs);
  await look();
  expect(await left(meetingId)).toEqual(ALL);
  pass(0.1);
  await leaveBehind(meetingId, { atMs: wallMs - DAY / 2 });
  await look();
  expect(await store.read.selectFrom('minutes').select('endedAtMs').execute()).toEqual([
    { endedAtMs: wallMs - DAY / 2 },
  ]);
  // of minutes that went others are not written in their place
  const row = await store.read.selectFrom('meeting').select('minutesUpToMs').executeTakeFirstOrThrow();
  expect(row.minutesUpToMs).toBe(START_MS);
});

test('a meeting that leaves its calendar for a moment loses nothing: its days begin when it is cancelled, and no later than by its time', async () => {
  await policy({ chat: 7 });
  const times = { startsAtMs: START_MS + 59 * DAY, endsAtMs: START_MS + 60 * DAY };
  const meetingId = await meeting(times);
  await leaveBehind(meetingId);
  const held = await meeting({ startsAtMs: START_MS - DAY, endsAtMs: START_MS, cancelledAtMs: START_MS + 40 * DAY });
  await leaveBehind(held);
  pass(40);
  await store.write((trx) =>
    trx.updateTable('meeting').set({ cancelledAtMs: wallMs }).where('meetingId', '=', meetingId).execute(),
  );
  await look();
  expect(await left(meetingId)).toEqual(ALL);
  expect(await left(held)).not.toContain('chat');
  pass(8);
  await look();
  expect(await left(meetingId)).not.toContain('chat');
});

test('what is written for a meeting that is to come stays until its time', async () => {
  const meetingId = await meeting({ startsAtMs: START_MS + 59 * DAY, endsAtMs: START_MS + 60 * DAY });
  await leaveBehind(meetingId);
  await policy({ chat: 7 });
  pass(66);
  await look();
  expect(await left(meetingId)).toEqual(ALL);
  expect((await recordKeepingOf(store.read, meetingId)).kinds[0]).toEqual({
    kind: 'chat',
    days: 7,
    dueAtMs: START_MS + 67 * DAY,
  });
  pass(2);
  await look();
  expect(await left(meetingId)).not.toContain('chat');
});

test('a clock that jumps ages nothing, also over a restart', async () => {
  const meetingId = await meeting();
  await leaveBehind(meetingId);
  await policy({ chat: 30, notes: 30, polls: 30, transcript: 30, attendance: 30, minutes: 30 });
  wallMs += 400 * DAY;
  await look();
  expect(await left(meetingId)).toEqual(ALL);
  retention.stop();
  begin();
  pass(29);
  await look();
  expect(await left(meetingId)).toEqual(ALL);
  pass(1.1);
  await look();
  expect(await left(meetingId)).toEqual([]);
});

test('a restart goes on where it was, over many meetings', async () => {
  const meetings = await Promise.all(Array.from({ length: 450 }, () => meeting()));
  for (const each of [meetings[0]!, meetings[220]!, meetings[449]!]) await leaveBehind(each);
  await policy({ chat: 1 });
  pass(2);
  void retention.look();
  retention.stop();
  await retention.look();
  begin();
  await look();
  expect(await store.read.selectFrom('chatPost').selectAll().execute()).toEqual([]);
  expect(await lines()).toHaveLength(3);
});

test('one deletion leaves no byte of it', async () => {
  const meetingId = await meeting();
  await leaveBehind(meetingId);
  expect(filesWithMarker()).not.toEqual([]);
  await deleteRecord({ store, notes, removeFiles: async () => {} }, meetingId, 'account:mina');
  expect(await left(meetingId)).toEqual([]);
  expect(filesWithMarker()).toEqual([]);
});

test('marks of messages go with the messages, and those of newer ones stay', async () => {
  const meetingId = await meeting();
  await leaveBehind(meetingId);
  await leaveBehind(meetingId, { atMs: START_MS + 5 * DAY });
  const of = await store.read.selectFrom('chatPost').select('messageId').orderBy('atMs').execute();
  await store.write((trx) =>
    trx
      .insertInto('markedMessage')
      .values(of.map(({ messageId }) => ({ meetingId, messageId, markedAtMs: START_MS, minutesId: null })))
      .execute(),
  );
  await policy({ chat: 30 });
  pass(31);
  await look();
  const marks = () => store.read.selectFrom('markedMessage').select('messageId').execute();
  expect(await marks()).toEqual([{ messageId: of[1]!.messageId }]);
  pass(5);
  await look();
  expect(await marks()).toEqual([]);
});

test('what is written in old notes at the moment of their deletion is not lost', async () => {
  const meetingId = await meeting();
  await leaveBehind(meetingId);
  await store.write((trx) =>
    trx
      .updateTable('notesUpdate')
      .set({ atMs: START_MS - 31 * DAY })
      .execute(),
  );
  retention.stop();
  const erase: Notes['erase'] = async (id, also) => {
    await notes.append(id, newId(), { kind: 'decision', text: 'just now' });
    await notes.erase(id, also);
  };
  const between = { store, notes: { erase }, clock, onChanged: (id: string) => changed.push(id), logger };
  await policy({ notes: 30 });
  // its call has not just ended
  pass(0.1);
  await new RecordRetention(between).look();
  expect(JSON.parse(await wholeRecord(store.read, meetingId, wallMs)).notes.decisions).toEqual([MARKER, 'just now']);
  expect(changed).toEqual([]);
  expect(await lines()).toEqual([]);
});

test('names go with the attendance, also where a call ended after its last stay and where somebody knocked in vain', async () => {
  const [late, knocked] = [await meeting(), await meeting()];
  const callId = await leaveBehind(late);
  const minuteMs = 60_000;
  await store.write(async (trx) => {
    await trx
      .updateTable('call')
      .set({ endedAtMs: START_MS + 5 * minuteMs })
      .where('callId', '=', callId)
      .execute();
    const ticket = { ticketId: newId(), meetingId: knocked, displayName: MARKER, state: 'declined' as const };
    await trx
      .insertInto('ticket')
      .values({ ...TICKET, ...ticket, seenAtMs: START_MS })
      .execute();
  });
  await policy({ attendance: 30 });
  pass(30 + (2 * minuteMs) / DAY);
  await look();
  pass(1);
  await look();
  expect(await store.read.selectFrom('entry').select('displayName').execute()).toEqual([{ displayName: null }]);
  expect(await store.read.selectFrom('ticket').select('displayName').execute()).toEqual([]);
});

test('a policy that cannot be read keeps nobody from the rest', async () => {
  const [site, other] = [await place(null), await place(null)];
  const [here, there] = [await meeting({ roomId: await room(site) }), await meeting({ roomId: await room(other) })];
  for (const each of [here, there]) await leaveBehind(each);
  await policy({ chat: 30 }, other);
  await store.write((trx) =>
    trx.updateTable('place').set({ recordPolicy: '{"chat":' }).where('placeId', '=', site).execute(),
  );
  pass(31);
  await look();
  expect([await left(here), await left(there)]).toEqual([ALL, ALL.filter((kind) => kind !== 'chat')]);
  expect((await recordKeepingOf(store.read, here)).kinds[0]).toMatchObject({ days: null });
});

test('a clock that is wrong when the server starts, and is corrected then, deletes nothing', async () => {
  const meetingId = await meeting();
  await leaveBehind(meetingId);
  await policy({ chat: 30, notes: 30 });
  pass(0.1);
  retention.stop();
  // nobody saw this jump
  wallMs += 400 * DAY;
  begin();
  // what it began would be done by then
  for (let n = 0; n < 100; n += 1) await lines();
  wallMs -= 400 * DAY;
  await look();
  expect(await left(meetingId)).toEqual(ALL);
});

test('who read nothing of what is left is not kept by name', async () => {
  const meetingId = await meeting();
  await leaveBehind(meetingId);
  await leaveBehind(meetingId, { atMs: START_MS + 5 * DAY });
  const of = await store.read.selectFrom('chatPost').select('number').orderBy('atMs').execute();
  const reads = of.map(({ number }, at) => ({ meetingId, person: `guest:${at}`, displayName: `Guest ${at}`, number }));
  await store.write((trx) => trx.insertInto('chatRead').values(reads).execute());
  await policy({ chat: 30 });
  pass(31);
  await look();
  const names = async () =>
    (await store.read.selectFrom('chatRead').select('displayName').execute()).map(({ displayName }) => displayName);
  expect(await names()).toEqual(['Guest 1']);
  pass(5);
  await look();
  expect(await names()).toEqual([]);
});
