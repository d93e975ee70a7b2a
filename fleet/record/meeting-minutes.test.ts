/** Minutes on a real store: when they are written, of what, and what becomes of a draft. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MAX_MARKED_MESSAGES, MAX_MINUTES_UNITS } from '#contract/http/record-api.ts';
import { pino } from 'pino';
import { MeetingMails } from '../mail/index.ts';
import { Notes } from '../notes/index.ts';
import { type AuthorityStore, type AuthorityTables, authorityStore, newId } from '../store/index.ts';
import { minutesKind } from './kinds/minutes.ts';
import { markedMessages, markMessage, unmarkMessage } from './marked-messages.ts';
import { MINUTES_AFTER_MS, MinutesOfMeetings } from './meeting-minutes.ts';

const MINUTE_MS = 60_000;
const from = new Date(2027, 0, 5, 14).getTime();
const at = (minute: number): number => from + minute * MINUTE_MS;
let dataDir: string;
let store: AuthorityStore;
let minutes: MinutesOfMeetings;
let meetingId: string;
let logged: object[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-minutes-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  const logger = { error: (about: object) => void logged.push(about) };
  minutes = new MinutesOfMeetings({ store, fleetUrl: 'https://maru.example', mails: new MeetingMails(), logger });
  const account = { accountId: 'mina', issuer: 'local', subject: 'mina', userName: 'mina', displayName: 'Mina Kim' };
  const email = 'mina@corp.example';
  await store.write((trx) =>
    trx
      .insertInto('account')
      .values({ ...account, email, createdAtMs: 1 })
      .execute(),
  );
});
beforeEach(async () => {
  logged = [];
  meetingId = newId();
  const meeting = {
    meetingId,
    title: '분기 *결산*',
    createdAtMs: 1,
    hostAccountId: 'mina',
    agenda: '매출 보고\n1. 채용',
  };
  await store.write((trx) =>
    trx
      .insertInto('meeting')
      .values({ ...meeting, language: 'en' })
      .execute(),
  );
});
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

async function call(endedAtMs: number | null, of: Partial<AuthorityTables['call']> = {}): Promise<string> {
  const callId = newId();
  const row = { callId, meetingId, nodeId: 'n', nodeInstanceId: 'i', state: 'open' as const, participantCount: 0 };
  await store.write((trx) =>
    trx
      .insertInto('call')
      .values({ ...row, createdAtMs: from, openedAtMs: from, endedAtMs, endReason: null, callOrder: null, ...of })
      .execute(),
  );
  return callId;
}
const stayOf = (
  callId: string,
  displayName: string,
  joinedAtMs: number,
  leftAtMs: number | null,
  more: object = {},
) => ({
  stayId: newId(),
  meetingId,
  callId,
  peerId: newId(),
  person: displayName,
  kind: 'account' as const,
  accountId: null,
  displayName,
  joinedAtMs,
  leftAtMs,
  seenAtMs: leftAtMs ?? joinedAtMs,
  ...more,
});
const stay = (...of: Parameters<typeof stayOf>) =>
  store.write((trx) =>
    trx
      .insertInto('stay')
      .values(stayOf(...of))
      .execute(),
  );
const due = (minute: number) => minutes.writeDue(at(minute));
const drafts = () => minutes.list(meetingId, { isHost: true });

test('are written once nobody has been in the meeting for a while, and once', async () => {
  const callId = await call(at(30));
  await stay(callId, 'Mina Kim', at(0), at(30));
  expect(await due(31)).toEqual([]);
  expect(await minutes.writeDue(at(30) + MINUTES_AFTER_MS)).toEqual([meetingId]);
  expect(await due(40)).toEqual([]);
  expect(await drafts()).toMatchObject([{ startedAtMs: at(0), endedAtMs: at(30), revision: 1, sentAtMs: null }]);
});

test('how long nobody has to be gone is the server’s to choose', async () => {
  const logger = { error: () => {} };
  const soon = new MinutesOfMeetings({
    store,
    fleetUrl: 'https://maru.example',
    mails: null,
    minutesAfterMs: 1_000,
    logger,
  });
  await stay(await call(at(30)), 'Mina Kim', at(0), at(30));
  expect(await soon.writeDue(at(30) + 999)).toEqual([]);
  expect(await soon.writeDue(at(30) + 1_000)).toEqual([meetingId]);
});

test('two looks at once write them once, and what is deleted meanwhile does not come back', async () => {
  const callId = await call(at(30));
  await stay(callId, 'Mina Kim', at(0), at(30));
  await Promise.all([due(60), due(60), due(61)]);
  expect(await drafts()).toHaveLength(1);
  const later = await call(at(130), { openedAtMs: at(100) });
  await stay(later, 'Mina Kim', at(100), at(130));
  const writing = due(160);
  const deleting = store.write((trx) => trx.deleteFrom('stay').where('callId', '=', later).execute());
  await Promise.all([writing, deleting]);
  expect(await drafts()).toHaveLength(1);
});

test('a meeting that goes on is not closed: who comes back within that time is in the same minutes', async () => {
  const first = await call(at(30));
  await stay(first, 'Mina Kim', at(0), at(30));
  const second = await call(null, { openedAtMs: at(31) });
  await stay(second, 'Joon Park', at(31), null);
  expect(await due(50)).toEqual([]);
  await store.write((trx) =>
    trx
      .updateTable('call')
      .set({ endedAtMs: at(60) })
      .where('callId', '=', second)
      .execute(),
  );
  await store.write((trx) =>
    trx
      .updateTable('stay')
      .set({ leftAtMs: at(60) })
      .where('callId', '=', second)
      .execute(),
  );
  expect(await due(70)).toEqual([meetingId]);
  const [one, ...others] = await drafts();
  expect(others).toEqual([]);
  expect(one).toMatchObject({ startedAtMs: at(0), endedAtMs: at(60) });
  expect(one!.text).toContain('- Mina Kim, 14:00–14:30 (30 min)\n- Joon Park, 14:31–15:00 (29 min)');
  // days later it is held again
  const third = await call(at(3_030));
  await stay(third, 'Sora Lee', at(3_000), at(3_030));
  expect(await due(3_040)).toEqual([meetingId]);
  const [newest] = await drafts();
  expect(newest!.text).toContain('Sora Lee');
  expect(newest!.text).not.toContain('Mina Kim, ');
});

test('are deleted once nothing is left of which they are written, until the meeting is held again', async () => {
  const deleted = () => minutes.areDeleted(meetingId);
  expect(await deleted()).toBe(false);
  await stay(await call(at(30)), 'Mina Kim', at(0), at(30));
  // to be written
  expect(await deleted()).toBe(false);
  await due(60);
  await store.write((trx) => trx.deleteFrom('stay').where('meetingId', '=', meetingId).execute());
  // written, whatever became of the attendance
  expect(await deleted()).toBe(false);
  await store.write((trx) => minutesKind.remove(trx, meetingId, null));
  expect(await deleted()).toBe(true);
  await stay(await call(null), 'Mina Kim', at(90), null);
  expect(await deleted()).toBe(false);
});

test('of a room’s own meeting, and of a call into which nobody came, there are none', async () => {
  await call(at(30), { openedAtMs: null });
  await store.write((trx) =>
    trx.updateTable('meeting').set({ hostAccountId: null }).where('meetingId', '=', meetingId).execute(),
  );
  await stay(await call(at(30)), 'Mina Kim', at(0), at(30));
  expect(await due(60)).toEqual([]);
});

test('name people, agenda, pages and what was broadcast, as people typed it', async () => {
  const callId = await call(at(43));
  await stay(callId, 'Mina Kim', at(0), at(43));
  await stay(callId, '한라', at(0), at(43), { kind: 'room' });
  await stay(callId, '[x](javascript:1) <b>', at(5), at(5.9), { kind: 'guest' });
  const shown = { meetingId, documentId: 'd', title: 'Plan_1' };
  const broadcast = {
    broadcastId: 'b',
    meetingId,
    kind: 'recording' as const,
    title: 'Price talks',
    phase: 'ended' as const,
  };
  await store.write(async (trx) => {
    for (const [page, a, b] of [
      [1, 10, 12],
      [2, 12, 15],
    ] as const)
      await trx
        .insertInto('pageShown')
        .values({ ...shown, shownId: newId(), page, fromMs: at(a), untilMs: at(b) })
        .execute();
    await trx
      .insertInto('broadcast')
      .values({
        ...broadcast,
        audience: '{}',
        quality: '{}',
        stage: '{}',
        createdBy: 'account:mina',
        createdAtMs: from,
        startsAtMs: null,
        liveAtMs: at(20),
        greenRoomClosedAtMs: null,
        endedAtMs: at(30),
        recording: 'ready',
        durationMs: 1,
        sizeBytes: 1,
        keptSinceMs: 1,
        deletedAtMs: null,
      })
      .execute();
  });
  await due(60);
  const { text } = (await drafts())[0]!;
  const [head, ...rest] = text.split('\n## ');
  expect(head).toMatch(
    /^# Minutes: 분기 \\\*결산\\\*\n\n- When: Tuesday.* 5 January 2027.* \(14:00–14:43\)\n- Host: Mina Kim\n$/,
  );
  expect(rest).toEqual([
    'Attendees\n\n- Mina Kim, 14:00–14:43 (43 min)\n- 한라 (room), 14:00–14:43 (43 min)\n- \\[x\\](javascript:1) \\<b\\> (guest), 14:05–14:05 (under 1 min)\n',
    'Agenda\n\n1. 매출 보고\n2. 1\\. 채용\n',
    'Documents shown\n\n- Plan\\_1: page 1 14:10–14:12, page 2 14:12–14:15\n',
    'Broadcast and recording\n\n- Recording, 14:20–14:30: [Price talks](https://maru.example/watch/b)\n',
  ]);
  const facts = store.read.selectFrom('minutes').select('facts').where('meetingId', '=', meetingId);
  const row = await facts.executeTakeFirstOrThrow();
  expect(JSON.parse(row.facts)).toMatchObject({
    hostName: 'Mina Kim',
    sections: { people: [{ displayName: 'Mina Kim' }, {}, {}], documents: [{ pages: [{ page: 1 }, { page: 2 }] }] },
  });
});

test('have what the meeting decided, who does what until when, its polls as everybody saw them, and its notes', async () => {
  const callId = await call(at(43));
  await stay(callId, 'Mina Kim', at(0), at(43));
  const logger = pino({ level: 'silent' });
  const notes = new Notes({ store, logger });
  await notes.append(meetingId, newId(), { kind: 'note', text: '# not a heading' });
  await notes.append(meetingId, newId(), { kind: 'decision', text: 'We *move* in May' });
  await notes.append(meetingId, newId(), { kind: 'task', text: 'Rent a hall', person: '이준', dueOn: '2027-02-01' });
  await notes.append(meetingId, newId(), { kind: 'task', text: 'Ask', person: null, dueOn: null });
  const poll = {
    pollId: newId(),
    question: 'Where [next]?',
    choices: ['Seoul', '부산', 'Online'],
    isMultiple: false,
    isSecret: false,
    isQuiz: true,
    startedBy: 'Mina Kim',
    startedAtMs: at(9),
    isShown: false,
    counts: [1, 2, 0],
    answeredCount: 3,
    peopleCount: 4,
    result: { endedAtMs: at(10), rightChoice: 1, answers: [{ displayName: 'Joon', choices: [1] }] },
  };
  const kept = { callId, meetingId, pollId: poll.pollId, startedAtMs: at(9) };
  const ofAnother = { ...kept, callId: await call(at(-3_000), { openedAtMs: at(-3_010) }) };
  await store.write((trx) =>
    trx
      .insertInto('poll')
      .values([kept, ofAnother].map((each) => ({ ...each, poll: JSON.stringify(poll) })))
      .execute(),
  );
  await due(60);
  const { text } = (await drafts())[0]!;
  const [, , , ...rest] = text.split('\n## ');
  expect(rest).toEqual([
    'Decisions\n\n- We \\*move\\* in May\n',
    'Tasks\n\n- [ ] Rent a hall (이준, by 2027-02-01)\n- [ ] Ask\n',
    'Polls\n\n- Where \\[next\\]? (open, 3 answered)\n  - Seoul: 1 (33 %)\n  - 부산: 2 (67 %), right answer\n  - Online: 0 (0 %)\n',
    'Notes\n\n\\# not a heading\n\n> **→** We \\*move\\* in May\n\n- [ ] Rent a hall (이준, 2027-02-01)\n- [ ] Ask\n',
  ]);
  // who chose what is on the meeting's page alone
  expect(text).not.toContain('Joon');
});

test('lead to the transcript of the sitting, and hold no word of it', async () => {
  const callId = await call(at(43));
  await stay(callId, 'Mina Kim', at(0), at(43));
  const before = await call(at(-3_000), { openedAtMs: at(-3_010) });
  const spoken = { meetingId, revision: 1, person: 'account:mina', displayName: 'Mina Kim', text: 'Forty' };
  const rows = [
    { callId, number: 0, fromMs: at(5), untilMs: at(6), deletedAtMs: null },
    { callId, number: 1, fromMs: at(30), untilMs: at(31), deletedAtMs: null },
    { callId, number: 2, fromMs: at(40), untilMs: at(41), deletedAtMs: at(50) },
    { callId: before, number: 3, fromMs: at(-3_005), untilMs: at(-3_004), deletedAtMs: null },
  ];
  await store.write((trx) =>
    trx
      .insertInto('transcript')
      .values(rows.map((row) => ({ ...spoken, ...row, segmentId: newId() })))
      .execute(),
  );
  await due(60);
  const { text } = (await drafts())[0]!;
  expect(text).toContain(
    `## Transcript\n\n- 2 sentences, 14:05–14:31: [to read](https://maru.example/staff#/meetings/${meetingId}/at/transcript)\n`,
  );
  expect(text).not.toContain('Forty');
});

test('a damaged row costs its part alone, once, and no other meeting', async () => {
  const callId = await call(at(43));
  await stay(callId, 'Mina Kim', at(0), at(43));
  const poll = { callId, meetingId, pollId: newId(), startedAtMs: at(9), poll: '{"question":' };
  // what yjs cannot read
  const notes = { meetingId, position: 1, content: Buffer.from([255, 255, 255]).toString('base64'), atMs: at(9) };
  await store.write(async (trx) => {
    await trx.insertInto('poll').values(poll).execute();
    await trx.insertInto('notesUpdate').values(notes).execute();
  });
  const damaged = meetingId;
  meetingId = newId();
  const other = { meetingId, title: 'Other', createdAtMs: 1, hostAccountId: 'mina', agenda: '' };
  await store.write((trx) =>
    trx
      .insertInto('meeting')
      .values({ ...other, language: 'en' })
      .execute(),
  );
  await stay(await call(at(43)), 'Joon Park', at(0), at(43));
  expect((await due(60)).toSorted()).toEqual([damaged, meetingId].toSorted());
  expect(await due(61)).toEqual([]);
  const [one] = await minutes.list(damaged, { isHost: true });
  expect(one!.text.match(/^## .*/gm)).toEqual(['## Attendees', '## Agenda']);
  expect(logged.map((each) => (each as { part: string }).part).toSorted()).toEqual([
    'decisions',
    'notesText',
    'polls',
    'tasks',
  ]);
});

test('however much was shown and however many came, they fit', async () => {
  const callId = await call(at(43));
  const stays = Array.from({ length: 160 }, (_, n) => stayOf(callId, `${n} ${'가'.repeat(78)}`, at(0), at(43)));
  const pages = Array.from({ length: 1_500 }, (_, n) => ({
    shownId: newId(),
    meetingId,
    documentId: `d${n % 40}`,
    title: '나'.repeat(200),
    page: (n % 400) + 1,
    fromMs: at(1),
    untilMs: at(2),
  }));
  await store.write(async (trx) => {
    await trx.insertInto('stay').values(stays).execute();
    for (let n = 0; n < pages.length; n += 100)
      await trx
        .insertInto('pageShown')
        .values(pages.slice(n, n + 100))
        .execute();
    await trx.updateTable('meeting').set({ language: 'ko' }).where('meetingId', '=', meetingId).execute();
  });
  await due(60);
  const { text } = (await drafts())[0]!;
  expect(text.length).toBeLessThanOrEqual(MAX_MINUTES_UNITS);
  expect(text).toContain('외 10명');
  expect(text.endsWith('\n…\n')).toBe(true);
});

test('a draft is its hosts’; it is corrected, sent once by mail to the people of the meeting, and kept', async () => {
  await store.write(async (trx) => {
    for (const [displayName, email] of [
      ['Joon Park', 'joon@corp.example'],
      ['Dealer', 'dealer@dealer.example'],
      ['Without', null],
    ] as const)
      await trx
        .insertInto('meetingPerson')
        .values({
          personId: newId(),
          meetingId,
          accountId: null,
          displayName,
          email,
          role: 'guest',
          inviteId: null,
          addedAtMs: 1,
        })
        .execute();
  });
  await stay(await call(at(30)), 'Mina Kim', at(0), at(30));
  await due(60);
  const [draft] = await drafts();
  const of = { meetingId, minutesId: draft!.minutesId };
  expect(await minutes.list(meetingId, { isHost: false })).toEqual([]);
  await expect(minutes.find(of, { isHost: false })).rejects.toMatchObject({ code: 'not-found' });
  await minutes.correct(of, { text: '# 결산\n', revision: 1 });
  // somebody else had it open
  await expect(minutes.correct(of, { text: 'x', revision: 1 })).rejects.toMatchObject({ code: 'meeting-changed' });
  await expect(minutes.send(of, 1, 'account:mina')).rejects.toMatchObject({ code: 'meeting-changed' });
  await expect(minutes.send({ ...of, meetingId: newId() }, 2, 'x')).rejects.toMatchObject({ code: 'not-found' });
  await minutes.send(of, 2, 'account:mina');
  await expect(minutes.send(of, 3, 'account:mina')).rejects.toMatchObject({ code: 'not-possible-now' });
  await expect(minutes.correct(of, { text: 'x', revision: 3 })).rejects.toMatchObject({ code: 'not-possible-now' });
  expect(await minutes.list(meetingId, { isHost: false })).toMatchObject([
    { text: '# 결산\n', sentAtMs: expect.any(Number) },
  ]);
  const mails = await store.read
    .selectFrom('mail')
    .select(['kind', 'message', 'failure'])
    .where('meetingId', '=', meetingId)
    .execute();
  const toWhom = ({ message }: { message: string }) => JSON.parse(message).to.address;
  expect(mails.map((mail) => [mail.kind, mail.failure, toWhom(mail)])).toEqual([
    ['meeting-minutes', null, 'mina@corp.example'],
    ['meeting-minutes', null, 'joon@corp.example'],
    ['meeting-minutes', null, 'dealer@dealer.example'],
  ]);
  expect(JSON.parse(mails[1]!.message)).toMatchObject({
    about: 'minutes',
    to: { name: 'Joon Park', address: 'joon@corp.example' },
    text: '# 결산\n',
    language: 'en',
  });
});

test('what a host has marked in the chat is in the minutes of one sitting; what was recalled is in none', async () => {
  const [first, recalled, unmarked, later] = [newId(), newId(), newId(), newId()];
  const post = (messageId: string, number: number, text: string, more: object = {}) => ({
    ...{ meetingId, messageId, number, revision: number, callId: null, person: 'p', displayName: 'Joon *P*' },
    ...{ isGuest: 0 as const, text, atMs: at(5), recalledAtMs: null, replyTo: null, mentioned: '[]' },
    ...more,
  });
  const posts = [
    post(first, 0, 'Price:\n[40] it is'),
    post(recalled, 1, 'Gone'),
    post(unmarked, 2, 'By the way'),
    post(later, 3, 'Later'),
  ];
  const mark = (messageId: string) => store.write((trx) => markMessage(trx, { meetingId, messageId }, at(6)));
  await store.write((trx) => trx.insertInto('chatPost').values(posts).execute());
  for (const each of [first, first, recalled, unmarked]) await mark(each);
  await store.write((trx) => unmarkMessage(trx, { meetingId, messageId: unmarked }));
  await store.write((trx) =>
    trx
      .updateTable('chatPost')
      .set({ text: '', recalledAtMs: at(7) })
      .where('messageId', '=', recalled)
      .execute(),
  );
  await expect(mark(recalled)).rejects.toMatchObject({ code: 'not-possible-now' });
  await expect(mark(newId())).rejects.toMatchObject({ code: 'not-found' });
  expect(await markedMessages(store.read, meetingId)).toEqual([first]);
  await stay(await call(at(30)), 'Mina Kim', at(0), at(30));
  await due(60);
  const part = 'From the chat\n\n- Joon \\*P\\*, 14:05: Price: / \\[40\\] it is\n';
  expect((await drafts())[0]!.text.split('\n## ')).toContain(part);
  await mark(later);
  await stay(await call(at(130), { openedAtMs: at(100) }), 'Mina Kim', at(100), at(130));
  await due(160);
  expect((await drafts())[0]!.text.split('\n## ')).toContain('From the chat\n\n- Joon \\*P\\*, 14:05: Later\n');
});

test('marks that are in minutes, or whose message is gone, leave room for those of the next sitting', async () => {
  const ids = Array.from({ length: MAX_MARKED_MESSAGES + 2 }, () => newId());
  const more = { callId: null, person: 'p', displayName: 'Joon', isGuest: 0 as const, replyTo: null, mentioned: '[]' };
  const mark = (messageId: string) => store.write((trx) => markMessage(trx, { meetingId, messageId }, at(6)));
  await store.write(async (trx) => {
    for (const [number, messageId] of ids.entries()) {
      const post = { meetingId, messageId, number, revision: number, text: 'Words', atMs: at(5), recalledAtMs: null };
      await trx
        .insertInto('chatPost')
        .values({ ...post, ...more })
        .execute();
      const marked = { meetingId, messageId, markedAtMs: at(6), minutesId: number === 0 ? 'earlier' : null };
      if (number <= MAX_MARKED_MESSAGES) await trx.insertInto('markedMessage').values(marked).execute();
    }
  });
  await expect(mark(ids.at(-1)!)).rejects.toMatchObject({ code: 'not-possible-now' });
  // the same again changes nothing
  await mark(ids[1]!);
  await store.write((trx) =>
    trx
      .updateTable('chatPost')
      .set({ recalledAtMs: at(7) })
      .where('messageId', '=', ids[1]!)
      .execute(),
  );
  await mark(ids.at(-1)!);
  expect(await markedMessages(store.read, meetingId)).toContain(ids.at(-1));
});

test('notes are read once for all parts that are made of them', async () => {
  let asked = 0;
  const read = store.read.withPlugin({
    transformQuery: ({ node, queryId }) => {
      if (store.read.getExecutor().compileQuery(node, queryId).sql.includes('from "notes_snapshot"')) asked += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  await stay(await call(at(30)), 'Mina Kim', at(0), at(30));
  const counted = { read, write: store.write.bind(store) } as never;
  const logger = pino({ level: 'silent' });
  await new MinutesOfMeetings({ store: counted, fleetUrl: '', mails: null, logger }).writeDue(at(60));
  expect(await drafts()).toHaveLength(1);
  expect(asked).toBe(1);
});

test('the look for minutes that are due reads no call of long ago', async () => {
  const asked: { sql: string; parameters: readonly unknown[] }[] = [];
  const executor = store.read.getExecutor();
  const read = store.read.withPlugin({
    transformQuery: ({ node, queryId }) => {
      asked.push(executor.compileQuery(node, queryId));
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const logger = pino({ level: 'silent' });
  await new MinutesOfMeetings({
    store: { read } as never,
    fleetUrl: 'https://maru.example',
    mails: null,
    logger,
  }).writeDue(at(0));
  const file = new SqliteDatabase(join(dataDir, 'authority.sqlite'), { readonly: true });
  const { sql, parameters } = asked.find((each) => each.sql.includes('distinct'))!;
  const plan = file.prepare(`explain query plan ${sql}`).all(...parameters) as { detail: string }[];
  file.close();
  const details = plan.map(({ detail }) => detail);
  expect(details.filter((detail) => detail.startsWith('SCAN'))).toEqual([]);
  expect(details).toContainEqual(expect.stringContaining('SEARCH call USING INDEX call_by_end (ended_at_ms>?)'));
  expect(details).toContainEqual(expect.stringContaining('SEARCH running USING INDEX call_of_meeting_by_end'));
});
