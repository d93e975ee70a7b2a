/** Meetings that repeat, and requests that are sent again, at the real fleet server. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import type { FleetUnderTest, Json } from '../fleet-under-test.ts';
import { type MemberUnderTest, MembersUnderTest } from '../members-under-test.ts';
import type { AuthorityStore } from '../store/index.ts';

let under: MembersUnderTest;
let fleet: FleetUnderTest;
let store: AuthorityStore;
let [mina, joon]: MemberUnderTest[] = [];

beforeAll(async () => {
  under = await MembersUnderTest.start();
  ({ fleet, store } = under);
  [mina, joon] = await under.signedIn('Mina Kim', 'Joon Park');
});
afterAll(() => under.stop());

const ask = (who: MemberUnderTest, method: string, path: string, body?: object) =>
  fleet.api(method, `/api/v1/meetings${path}`, body, who.cookie);
const codeOf = ({ body }: { body: Json }): string | undefined => body.error?.code;
/** the Monday before Berlin's clocks change */
const MONDAY_MS = nextMonday();
const weekly = (count: number) => ({ every: 'week', timeZone: 'Europe/Berlin', ends: { count } });
const draft = (more: Json = {}) => ({
  title: 'Weekly',
  startsAtMs: MONDAY_MS,
  durationMinutes: 30,
  people: [],
  roomIds: [],
  ...more,
});
/** The last Monday before a change of Berlin's clocks that is ahead, at ten o'clock there. */
function nextMonday(): number {
  const at = new Date(Date.now() + 86_400_000);
  at.setUTCHours(12, 0, 0, 0);
  const hourAt = (epochMs: number) =>
    Number(
      new Intl.DateTimeFormat('en', { timeZone: 'Europe/Berlin', hour: 'numeric', hour12: false }).format(epochMs),
    );
  while (at.getUTCDay() !== 1 || hourAt(at.getTime()) === hourAt(at.getTime() + 7 * 86_400_000))
    at.setUTCDate(at.getUTCDate() + 1);
  return at.getTime() - (hourAt(at.getTime()) - 10) * 3_600_000;
}
async function make(more: Json = {}, path = ''): Promise<MeetingDetail> {
  const { status, body } = await ask(mina!, 'POST', path, draft(more));
  expect(status, JSON.stringify(body)).toBe(200);
  return body.meeting;
}
const rowsOf = ({ meetingId }: MeetingDetail) =>
  store.read
    .selectFrom('meeting')
    .selectAll()
    .where(
      'repetitionId',
      'in',
      store.read.selectFrom('meeting').select('repetitionId').where('meetingId', '=', meetingId),
    )
    .orderBy('startsAtMs')
    .execute();
const countOf = async (title: string) =>
  (await store.read.selectFrom('meeting').select('meetingId').where('title', '=', title).execute()).length;

test('a request that is sent again makes nothing more, and is answered with the same meeting', async () => {
  const requestId = randomUUID();
  const title = `Once ${requestId}`;
  const first = await make({ title, requestId });
  expect((await make({ title, requestId })).meetingId).toBe(first.meetingId);
  // both at once
  const other = randomUUID();
  const both = await Promise.all([make({ title, requestId: other }), make({ title, requestId: other })]);
  expect(new Set(both.map(({ meetingId }) => meetingId)).size).toBe(1);
  expect(await countOf(title)).toBe(2);
  const next = await make({ title, requestId: randomUUID() }, `/${first.meetingId}/next-meetings`);
  const nextId = randomUUID();
  const ids = [1, 2].map(() => make({ title: `${title} next`, requestId: nextId }, `/${next.meetingId}/next-meetings`));
  expect(new Set((await Promise.all(ids)).map(({ meetingId }) => meetingId)).size).toBe(1);
  // an id is of its account, and a page of before names none
  const { body } = await ask(joon!, 'POST', '', draft({ title, requestId }));
  expect(body.meeting.meetingId).not.toBe(first.meetingId);
  expect((await make({ title })).meetingId).not.toBe((await make({ title })).meetingId);
  expect(codeOf(await ask(mina!, 'POST', '', draft({ requestId: 'again' })))).toBe('bad-message');
});

test('meetings that repeat are at the same hour over a change of the clocks, with the same people and agenda, in a series', async () => {
  const requestId = randomUUID();
  const more = { requestId, agenda: 'Prices', people: [{ accountId: joon!.accountId }], repeats: weekly(4) };
  const first = await make(more);
  expect(first).toMatchObject({ startsAtMs: MONDAY_MS, repeats: { every: 'week', laterCount: 3 } });
  expect(first.repetition).toEqual({ repetitionId: expect.any(String), every: 'week' });
  expect((await make(more)).meetingId).toBe(first.meetingId);
  const rows = await rowsOf(first);
  expect(rows).toHaveLength(4);
  const inBerlin = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Berlin',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  expect(new Set(rows.map(({ startsAtMs }) => inBerlin.format(startsAtMs!)))).toEqual(new Set(['Mon 10:00']));
  expect(rows[1]!.startsAtMs! - rows[0]!.startsAtMs!).not.toBe(7 * 86_400_000);
  for (const { meetingId } of rows) {
    const { body } = await ask(joon!, 'GET', `/${meetingId}`);
    expect(body.meeting.repetition).toEqual(first.repetition);
    expect(body.meeting).toMatchObject({ title: 'Weekly', agenda: 'Prices', role: 'member' });
  }
  const last = rows.at(-1)!.meetingId;
  const { body } = await ask(joon!, 'GET', `/${last}/earlier-meetings`);
  expect(body.total).toBe(3);
  expect((await ask(joon!, 'GET', `/${first.meetingId}/series`)).body.next.meetingId).toBe(rows[1]!.meetingId);
  const record = await fleet.api('GET', `/api/v1/meetings/${last}/record.json`, undefined, mina!.cookie);
  expect(record.body.series).toEqual({ seriesId: rows[0]!.seriesId, title: 'Weekly', place: 4, meetingCount: 4 });
});

test('one is cancelled alone, and one with those that follow', async () => {
  const first = await make({ people: [{ accountId: joon!.accountId, role: 'member' }], repeats: weekly(5) });
  const [, second, third, fourth, fifth] = (await rowsOf(first)).map(({ meetingId }) => meetingId);
  expect((await ask(mina!, 'DELETE', `/${second}`)).status).toBe(200);
  const cancelled = async () => (await rowsOf(first)).map(({ cancelledAtMs }) => cancelledAtMs !== null);
  expect(await cancelled()).toEqual([false, true, false, false, false]);
  expect(codeOf(await ask(joon!, 'DELETE', `/${third}/following-meetings`))).toBe('forbidden');
  expect((await ask(mina!, 'GET', `/${third}`)).body.meeting.repeats.laterCount).toBe(2);
  expect((await ask(mina!, 'DELETE', `/${fourth}/following-meetings`)).status).toBe(200);
  expect(await cancelled()).toEqual([false, true, false, true, true]);
  expect((await ask(joon!, 'GET', `/${fifth}`)).body.meeting.isCancelled).toBe(true);
  expect(codeOf(await ask(mina!, 'DELETE', `/${fifth}/following-meetings`))).toBe('not-possible-now');
  const alone = await make();
  expect(codeOf(await ask(mina!, 'DELETE', `/${alone.meetingId}/following-meetings`))).toBe('not-possible-now');
});

test('one that has lost its time is cancelled with those that follow, as it is counted', async () => {
  const first = await make({ repeats: weekly(3) });
  const [, second] = await rowsOf(first);
  const { body } = await ask(mina!, 'GET', `/${second!.meetingId}`);
  const untimed = { ...draft({ startsAtMs: null }), sequence: body.meeting.sequence };
  expect((await ask(mina!, 'PUT', `/${second!.meetingId}`, untimed)).status).toBe(200);
  expect((await ask(mina!, 'GET', `/${first.meetingId}`)).body.meeting.repeats.laterCount).toBe(2);
  expect((await ask(mina!, 'DELETE', `/${first.meetingId}/following-meetings`)).status).toBe(200);
  expect((await rowsOf(first)).map(({ cancelledAtMs }) => cancelledAtMs !== null)).toEqual([true, true, true]);
});

test('a co-host cancels those that they host alone', async () => {
  const first = await make({ people: [{ accountId: joon!.accountId, role: 'co-host' }], repeats: weekly(3) });
  const rows = await rowsOf(first);
  const { body } = await ask(mina!, 'GET', `/${rows[1]!.meetingId}`);
  const without = { ...draft({ startsAtMs: rows[1]!.startsAtMs }), sequence: body.meeting.sequence };
  expect((await ask(mina!, 'PUT', `/${rows[1]!.meetingId}`, without)).status).toBe(200);
  expect((await ask(joon!, 'DELETE', `/${first.meetingId}/following-meetings`)).status).toBe(200);
  expect((await rowsOf(first)).map(({ cancelledAtMs }) => cancelledAtMs !== null)).toEqual([true, false, true]);
});

test.each([
  [{ startsAtMs: null, repeats: weekly(3) }],
  [{ repeats: { ...weekly(3), timeZone: 'Mars/Base' } }],
  [{ repeats: weekly(53) }],
  [{ repeats: { ...weekly(3), ends: { untilDay: '2020-01-01' } } }],
  [{ repeats: { every: 'weekday', timeZone: 'Asia/Seoul', ends: { untilDay: '2099-01-01' } } }],
  // more than three years ahead
  [{ repeats: { every: 'month', timeZone: 'Asia/Seoul', ends: { count: 52 } } }],
  // more invitations than one transaction bears
  [{ repeats: weekly(52), people: Array.from({ length: 29 }, (_, n) => ({ displayName: `Guest ${n}`, email: null })) }],
])('nothing is made of %j', async (more) => {
  const title = randomUUID();
  expect(codeOf(await ask(mina!, 'POST', '', draft({ ...more, title })))).toBe('bad-message');
  expect(await countOf(title)).toBe(0);
});
