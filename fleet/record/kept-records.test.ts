/** What IT is shown of meetings' records: found by title, host, room, id and date, with what is kept until when, and no word of it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordApi } from '#contract/http/record-api.ts';
import { MEMBER, PeopleUnderTest } from '../people/people-under-test.ts';
import { newId } from '../store/index.ts';
import { setRecordPolicy } from './kept-periods.ts';
import { keptRecords } from './kept-records.ts';

const DAY_MS = 86_400_000;
let people: PeopleUnderTest;
let hostAccountId: string;
let roomId: string;

beforeEach(async () => {
  people = new PeopleUnderTest();
  await people.start();
  ({ accountId: hostAccountId } = await people.account('mina', MEMBER));
  roomId = await people.room('Hall');
});
afterEach(() => people.stop());

async function meeting(title: string, of: object = {}): Promise<string> {
  const meetingId = newId();
  await people.store.write((trx) =>
    trx
      .insertInto('meeting')
      .values({ meetingId, title, createdAtMs: 1, language: 'en', ...of })
      .execute(),
  );
  return meetingId;
}
async function write(meetingId: string, atMs: number): Promise<void> {
  const post = { meetingId, messageId: newId(), callId: null, person: 'account:x', displayName: 'Joon', atMs };
  const rest = { text: 'Unlikelywords', mentioned: '[]', isGuest: 0 as const, replyTo: null, recalledAtMs: null };
  await people.store.write((trx) =>
    trx
      .insertInto('chatPost')
      .values({ ...post, ...rest, number: 0, revision: 1 })
      .execute(),
  );
}
const asked = (query: object = {}) => keptRecords(people.store.read, recordApi.keptRecords.query.parse(query));
const titles = async (query: object = {}) => (await asked(query)).rows.map(({ title }) => title);

test('found by title, host, room, id and date, the newest first', async () => {
  const plans = await meeting('Plans 100%', { hostAccountId, startsAtMs: 5 * DAY_MS });
  await meeting('Hall itself', { roomId, startsAtMs: 2 * DAY_MS });
  await meeting('Made early');
  expect(await titles()).toEqual(['Plans 100%', 'Hall itself', 'Made early']);
  expect(await titles({ text: ' 100% ' })).toEqual(['Plans 100%']);
  expect(await titles({ text: 'MINA' })).toEqual(['Plans 100%']);
  expect(await titles({ text: 'hall' })).toEqual(['Hall itself']);
  expect(await titles({ text: plans.toUpperCase() })).toEqual(['Plans 100%']);
  expect(await titles({ from: 2 * DAY_MS, to: 5 * DAY_MS })).toEqual(['Hall itself']);
  expect((await asked({ text: 'mina' })).rows[0]).toMatchObject({ hostName: 'mina', roomName: null, atMs: 5 * DAY_MS });
});

test('found by words in any script, as they are written, and as a Mac types them', async () => {
  await meeting('Übergabe in der Halle');
  await meeting('회의록 검토');
  expect(await titles({ text: 'Übergabe' })).toEqual(['Übergabe in der Halle']);
  expect(await titles({ text: 'übergabe' })).toEqual(['Übergabe in der Halle']);
  expect(await titles({ text: 'Übergabe'.normalize('NFD') })).toEqual(['Übergabe in der Halle']);
  expect(await titles({ text: '회의록'.normalize('NFD') })).toEqual(['회의록 검토']);
});

test('page by page, each once', async () => {
  for (let n = 0; n < 7; n++) await meeting(`M${n}`, { startsAtMs: n < 4 ? 5 : n });
  const found: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await asked({ limit: 3, ...(cursor !== '' && { cursor }) });
    expect(page.total).toBe(7);
    found.push(...page.rows.map(({ title }) => title));
    cursor = page.nextCursor;
  }
  expect([found.length, new Set(found).size]).toEqual([7, 7]);
});

test('what is kept and until when, without a word of it', async () => {
  const meetingId = await meeting('Plans', { hostAccountId });
  const empty = await meeting('Nothing');
  await write(meetingId, 3 * DAY_MS);
  expect((await asked({ text: meetingId })).rows[0]!.kept).toEqual([{ kind: 'chat', dueAtMs: null }]);
  await setRecordPolicy(
    people.store,
    null,
    { chat: 10, notes: null, polls: null, transcript: null, attendance: null, minutes: null },
    'account:x',
  );
  const { rows } = await asked();
  expect(rows.find((row) => row.meetingId === meetingId)).toMatchObject({
    ...{ isRunning: false, documentCount: 0, recordingCount: 0 },
    kept: [{ kind: 'chat', dueAtMs: 13 * DAY_MS }],
  });
  expect(rows.find((row) => row.meetingId === empty)!.kept).toEqual([]);
  expect(JSON.stringify(rows)).not.toMatch(/Unlikelywords|Joon/);
});
