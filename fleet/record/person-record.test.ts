/** What is kept of a person, and how a person is forgotten, on a real store. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallPoll } from '#contract/polls.ts';
import { Notes } from '../notes/index.ts';
import { ADMINISTRATOR, MEMBER, PeopleUnderTest, refusalOf } from '../people/people-under-test.ts';
import { newId } from '../store/index.ts';
import { forgetInRecords, personRecord } from './person-record.ts';

const NAME = 'Seoyeonmarker';
let fleet: PeopleUnderTest;
let accountId: string;
let meetingId: string;
let callId: string;

beforeEach(async () => {
  fleet = new PeopleUnderTest();
  await fleet.start();
  await fleet.account('admin', ADMINISTRATOR);
  ({ accountId } = await fleet.account('someone', MEMBER));
  const { changes, apiTokens, accounts } = fleet.people;
  const address = `${NAME}@example.org`;
  const to = { displayName: NAME, email: address, placeId: null, grants: [MEMBER], isDisabled: false };
  await changes.change(accountId, to, 'account:admin');
  await apiTokens.create((await accounts.byId(accountId))!, {
    tokenName: 'My script',
    permissions: ['meetings.create'],
    scope: { kind: 'organisation' },
    expiresInDays: 1,
  });
  await fleet.session('someone');
  [meetingId, callId] = [newId(), newId()];
  await leaveBehind();
});
afterEach(() => fleet.stop());

async function leaveBehind(): Promise<void> {
  const { store } = fleet;
  const meeting = { meetingId, title: 'Title of the host', createdAtMs: 1, language: 'en' as const };
  const call = { callId, meetingId, nodeId: 'n', nodeInstanceId: 'i', createdAtMs: 1, openedAtMs: 1, endReason: null };
  await store.write(async (trx) => {
    await trx.insertInto('meeting').values(meeting).execute();
    await trx
      .insertInto('call')
      .values({ ...call, state: 'ended', participantCount: 0, endedAtMs: 9, callOrder: null })
      .execute();
    const person = { personId: newId(), meetingId, accountId, displayName: NAME, email: null, role: 'member' as const };
    await trx
      .insertInto('meetingPerson')
      .values({ ...person, inviteId: null, addedAtMs: 1 })
      .execute();
    const stay = { meetingId, callId, joinedAtMs: 2, leftAtMs: 8, seenAtMs: 8 };
    const stays = [
      { ...stay, stayId: newId(), peerId: newId(), person: `account:${accountId}`, accountId, displayName: NAME },
      {
        ...stay,
        stayId: newId(),
        peerId: newId(),
        person: 'account:joon',
        accountId: 'joon',
        displayName: 'Joon Park',
      },
    ];
    await trx
      .insertInto('stay')
      .values(stays.map((each) => ({ ...each, kind: 'account' as const })))
      .execute();
    const post = { meetingId, callId, isGuest: 0 as const, revision: 1, replyTo: null, recalledAtMs: null, atMs: 3 };
    const own = { person: `account:${accountId}`, displayName: NAME, text: 'Words of mine', mentioned: '[]' };
    const named = JSON.stringify([{ person: `account:${accountId}`, name: NAME }]);
    const others = { person: 'account:joon', displayName: 'Joon Park', text: 'Words of another', mentioned: named };
    await trx
      .insertInto('chatPost')
      .values([
        { ...post, ...own, messageId: newId(), number: 0 },
        { ...post, ...others, messageId: newId(), number: 1 },
      ])
      .execute();
    const spoken = { callId, meetingId, revision: 1, deletedAtMs: null, fromMs: 3, untilMs: 4 };
    await trx
      .insertInto('transcript')
      .values(
        [
          { ...spoken, ...own, segmentId: newId(), number: 0, text: 'Spoken by me' },
          { ...spoken, ...others, segmentId: newId(), number: 1, text: 'Spoken by another' },
        ].map(({ mentioned: _, ...row }) => row),
      )
      .execute();
    await trx.insertInto('chatRead').values({ meetingId, person: own.person, displayName: NAME, number: 1 }).execute();
    const draft = { question: 'Lunch?', choices: ['Yes', 'No'], isMultiple: false, isQuiz: false, isShown: false };
    const counts = { counts: [1, 1], answeredCount: 2, peopleCount: 2, startedAtMs: 4, startedBy: 'Joon Park' };
    const answers = [
      { displayName: NAME, choices: [1] },
      { displayName: 'Joon Park', choices: [0] },
    ];
    for (const isSecret of [false, true]) {
      const pollId = newId();
      const result = { endedAtMs: 5, rightChoice: null, answers: isSecret ? null : answers };
      const poll: CallPoll = { pollId, ...draft, ...counts, isSecret, result };
      await trx
        .insertInto('poll')
        .values({ callId, pollId, meetingId, startedAtMs: 4, poll: JSON.stringify(poll) })
        .execute();
    }
    const mail = { mailId: newId(), kind: 'meeting-minutes' as const, meetingId, personId: person.personId };
    const waiting = { createdAtMs: 1, nextTryAtMs: 1, tries: 0, sentAtMs: null, failure: null };
    await trx
      .insertInto('mail')
      .values({ ...mail, ...waiting, accountId: null, sender: 'account:joon', message: JSON.stringify({ to: NAME }) })
      .execute();
  });
  const notes = new Notes({ store, logger: pino({ level: 'silent' }) });
  await notes.append(meetingId, newId(), { kind: 'task', text: 'Buy bread', person: NAME, dueOn: null });
  await notes.append(meetingId, newId(), { kind: 'task', text: 'Buy milk', person: 'Joon Park', dueOn: null });
}
const record = async (isOwn: boolean) => JSON.parse(await personRecord(fleet.store.read, accountId, isOwn));
const forget = (actor = 'account:admin') =>
  fleet.people.changes.forget(accountId, { language: 'ko', actor, also: forgetInRecords });
const filesWith = (words: string): string[] =>
  (readdirSync(fleet.dataDir, { recursive: true }) as string[]).filter(
    (name) => statSync(join(fleet.dataDir, name)).isFile() && readFileSync(join(fleet.dataDir, name)).includes(words),
  );

test('one’s own record has all of it and no secret, and no choice of a secret poll', async () => {
  const whole = await record(true);
  expect(whole).toMatchObject({
    account: { displayName: NAME, userName: 'someone', email: `${NAME}@example.org` },
    roles: [{ role: 'member' }],
    sessions: [{ browser: 'a browser' }],
    apiTokens: [{ tokenName: 'My script', permissions: ['meetings.create'] }],
    meetings: [{ meetingId, role: 'member', title: 'Title of the host' }],
    documents: [],
    chat: [{ text: 'Words of mine' }],
    transcript: [{ text: 'Spoken by me' }],
    attendance: [{ callId, joinedAtMs: 2, leftAtMs: 8 }],
    tasks: [{ text: 'Buy bread' }],
    polls: [{ question: 'Lunch?', ownChoices: [1] }],
  });
  for (const list of ['chat', 'transcript', 'attendance', 'tasks', 'polls']) expect(whole[list], list).toHaveLength(1);
  expect(JSON.stringify(whole)).not.toMatch(/hash|Words of another|by another|Joon/i);
});

test('IT’s has none of the words of others', async () => {
  const whole = await record(false);
  expect(whole).toMatchObject({ chat: [{ text: 'Words of mine' }], polls: [{ ownChoices: [1] }] });
  expect(whole).not.toHaveProperty('tasks');
  expect(JSON.stringify(whole)).not.toMatch(/Title of the host|Lunch|Buy bread|Joon/);
});

test('an answer is nobody’s where two had the name', async () => {
  await fleet.store.write((trx) => trx.updateTable('stay').set({ displayName: NAME }).execute());
  expect((await record(true)).polls).toEqual([]);
});

test('a person who is forgotten is without name and words everywhere; others keep theirs', async () => {
  await forget();
  const { read } = fleet.store;
  const account = await read.selectFrom('account').selectAll().where('accountId', '=', accountId).executeTakeFirst();
  expect(account).toMatchObject({ displayName: '이전 구성원', email: null, disabledAtMs: expect.any(Number) });
  expect(await refusalOf(fleet.signIn('someone'))).toBe(await refusalOf(fleet.signIn('made up')));
  const posts = await read.selectFrom('chatPost').selectAll().orderBy('number').execute();
  expect(posts).toMatchObject([
    { displayName: 'A former member', text: '', recalledAtMs: expect.any(Number) },
    { displayName: 'Joon Park', text: 'Words of another', recalledAtMs: null },
  ]);
  expect(JSON.parse(posts[1]!.mentioned)).toMatchObject([{ name: 'A former member' }]);
  const stays = await read.selectFrom('stay').select(['displayName', 'accountId']).orderBy('displayName').execute();
  expect(stays).toEqual([
    { displayName: 'A former member', accountId: null },
    { displayName: 'Joon Park', accountId: 'joon' },
  ]);
  const polls = await read.selectFrom('poll').select('poll').execute();
  expect(polls.flatMap(({ poll }) => (JSON.parse(poll) as CallPoll).result!.answers ?? [])).toEqual([
    { displayName: 'A former member', choices: [1] },
    { displayName: 'Joon Park', choices: [0] },
  ]);
  expect(await read.selectFrom('mail').select(['message', 'failure']).execute()).toEqual([
    { message: '', failure: 'superseded' },
  ]);
  const spoken = await read.selectFrom('transcript').selectAll().orderBy('number').execute();
  expect(spoken).toMatchObject([
    { person: null, displayName: '', text: '', deletedAtMs: expect.any(Number) },
    { displayName: 'Joon Park', text: 'Spoken by another', deletedAtMs: null },
  ]);
  const kinds = await fleet.audit(`account:${accountId}`);
  expect(kinds.slice(-2)).toEqual(['account-disabled', 'person-forgotten']);
  await fleet.store.emptyLog();
  expect([...filesWith('Words of mine'), ...filesWith('Spoken by me'), ...filesWith(NAME)]).toEqual([]);
  expect(filesWith('Words of another')).not.toEqual([]);
});

test('nobody forgets themselves, the last administrator, or who is in a call that runs', async () => {
  expect(await refusalOf(forget(`account:${accountId}`))).toBe('not-possible-now');
  const call = (endedAtMs: number | null, participantCount: number) =>
    fleet.store.write((trx) => trx.updateTable('call').set({ endedAtMs, participantCount }).execute());
  await call(null, 1);
  expect(await refusalOf(forget())).toBe('not-possible-now');
  expect((await fleet.people.accounts.byId(accountId))?.displayName).toBe(NAME);
  await call(9, 0);
  const admin = (await fleet.people.accounts.idOf('admin'))!;
  const also = async () => {};
  expect(await refusalOf(fleet.people.changes.forget(admin, { language: 'en', actor: 'account:x', also }))).toBe(
    'last-administrator',
  );
  expect(await refusalOf(forget())).toBe('not refused');
});

test('what a person did for rooms from afar loses their name, also under a former name and in rows of earlier releases', async () => {
  const roomId = await fleet.room('Hall');
  const { store } = fleet;
  const action = { roomId, action: '{"name":"restart-screen"}', state: 'done' as const, code: null, result: null };
  const times = { askedAtMs: 1, begunAtMs: 1, endedAtMs: 2, endsBeforeMs: 3 };
  const helpId = newId();
  await store.write(async (trx) => {
    for (const [askedBy, askedByAccountId] of [
      [NAME, null],
      ['Formermarker', accountId],
      [NAME, 'another'],
      ['Joon Park', null],
    ] as const)
      await trx
        .insertInto('roomAction')
        .values({ actionId: newId(), ...action, ...times, askedBy, askedByAccountId })
        .execute();
    const request = { helpId, roomId, topic: 'other' as const, state: 'seen' as const, calledAtMs: 1, receivedAtMs: 1 };
    await trx
      .insertInto('helpRequest')
      .values({ ...request, seenBy: 'Formermarker', seenByAccountId: accountId, closedAtMs: null, diagnostics: '{}' })
      .execute();
    for (const [fromWhom, author] of [
      ['it', NAME],
      ['it', 'Joon Park'],
      ['room', ''],
    ] as const)
      await trx
        .insertInto('helpMessage')
        .values({ messageId: newId(), helpId, fromWhom, author, text: 'Words', atMs: 2 })
        .execute();
  });
  await forget();
  const actions = await store.read.selectFrom('roomAction').select('askedBy').orderBy('actionId').execute();
  const former = '이전 구성원';
  // another account of the same name keeps it
  expect(actions.map(({ askedBy }) => askedBy)).toEqual([former, former, NAME, 'Joon Park']);
  expect(await store.read.selectFrom('helpRequest').select('seenBy').execute()).toEqual([{ seenBy: former }]);
  const messages = await store.read.selectFrom('helpMessage').select('author').orderBy('messageId').execute();
  expect(messages.map(({ author }) => author)).toEqual([former, 'Joon Park', '']);
});

test('who was forgotten stays so: nothing of the account is changed or enabled, whatever it is sent', async () => {
  await forget();
  const { changes, list, accounts, invites } = fleet.people;
  for (const isDisabled of [false, true]) {
    const to = { displayName: NAME, email: null, placeId: null, grants: [MEMBER], isDisabled };
    expect(await refusalOf(changes.change(accountId, to, 'account:admin'))).toBe('account-forgotten');
  }
  expect(await refusalOf(invites.makeAgain(accountId, 'account:admin'))).toBe('not-possible-now');
  expect(await list.one(accountId)).toMatchObject({ isForgotten: true, isDisabled: true, grants: [] });
  expect(await list.one((await accounts.idOf('admin'))!)).toMatchObject({ isForgotten: false });
});

test('who wrote and was named twenty thousand times is forgotten in one write', { timeout: 60_000 }, async () => {
  const { store } = fleet;
  const meetings = Array.from({ length: 20 }, () => newId());
  const post = { callId: null, isGuest: 0 as const, atMs: 3, replyTo: null, recalledAtMs: null };
  const own = { person: `account:${accountId}`, displayName: NAME, text: 'Words of mine', mentioned: '[]' };
  const joon = { person: 'account:joon', name: 'Joon Park' };
  const named = JSON.stringify([joon, { person: own.person, name: NAME }]);
  const other = { person: joon.person, displayName: joon.name, text: 'Words of another', mentioned: named };
  // a place of which the message is still to come, which nobody sees
  const mark = { ...own, displayName: '', text: '', recalledAtMs: 1 };
  await store.write(async (trx) => {
    for (const each of meetings)
      await trx
        .insertInto('meeting')
        .values({ meetingId: each, title: 'Plans', createdAtMs: 1, language: 'ko' })
        .execute();
    const row = { meetingId: meetings[0]!, messageId: newId(), number: -1, revision: 0 };
    await trx
      .insertInto('chatPost')
      .values({ ...post, ...row, ...mark })
      .execute();
  });
  for (let from = 0; from < 40_000; from += 500) {
    const rows = Array.from({ length: 500 }, (_, at) => ({
      number: from + at,
      revision: from + at,
      messageId: newId(),
    }));
    await store.write((trx) =>
      trx
        .insertInto('chatPost')
        .values(
          rows.map((row) => ({
            ...post,
            ...row,
            ...(row.number % 2 ? own : other),
            meetingId: meetings[row.number % 20]!,
          })),
        )
        .execute(),
    );
  }
  await forget();
  const rows = await store.read.selectFrom('chatPost').selectAll().where('meetingId', 'in', meetings).execute();
  const shapes = new Set(
    rows.map(({ displayName, text, mentioned }) => JSON.stringify([displayName, text, mentioned])),
  );
  const nobody = '이전 구성원';
  const without = JSON.stringify([joon, { person: own.person, name: nobody }]);
  expect([...shapes].sort()).toEqual(
    [
      ['', '', '[]'],
      [nobody, '', '[]'],
      [joon.name, 'Words of another', without],
    ]
      .map((shape) => JSON.stringify(shape))
      .sort(),
  );
});
