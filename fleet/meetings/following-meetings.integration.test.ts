/** A change of one of meetings that repeat and of those after it, at the real fleet server. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import type { FleetUnderTest, Json } from '../fleet-under-test.ts';
import { type MemberUnderTest, MembersUnderTest } from '../members-under-test.ts';
import { type AuthorityStore, newId } from '../store/index.ts';

let under: MembersUnderTest;
let fleet: FleetUnderTest;
let store: AuthorityStore;
let [mina, joon, sora]: MemberUnderTest[] = [];

beforeAll(async () => {
  under = await MembersUnderTest.start();
  ({ fleet, store } = under);
  [mina, joon, sora] = await under.signedIn('Mina Kim', 'Joon Park', 'Sora Choi');
});
afterAll(() => under.stop());

const HOUR_MS = 3_600_000;
/** the Monday before Berlin's clocks change, at ten o'clock there */
const MONDAY_MS = mondayBeforeChange();
function mondayBeforeChange(): number {
  const hourAt = (atMs: number) =>
    Number(new Intl.DateTimeFormat('en', { timeZone: 'Europe/Berlin', hour: 'numeric', hour12: false }).format(atMs));
  const at = new Date(Date.now() + 7 * 86_400_000);
  at.setUTCHours(12, 0, 0, 0);
  while (at.getUTCDay() !== 1 || hourAt(at.getTime()) === hourAt(at.getTime() + 7 * 86_400_000))
    at.setUTCDate(at.getUTCDate() + 1);
  return at.getTime() - (hourAt(at.getTime()) - 10) * HOUR_MS;
}
const inBerlin = (atMs: number | null): string =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Berlin',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(atMs!);

const ask = (who: MemberUnderTest, method: string, path: string, body?: object) =>
  fleet.api(method, `/api/v1/meetings${path}`, body, who.cookie);
const codeOf = ({ body }: { body: Json }): string | undefined => body.error?.code;
const draft = (more: Json = {}) => ({
  title: 'Weekly',
  startsAtMs: MONDAY_MS,
  durationMinutes: 30,
  people: [],
  roomIds: [],
  ...more,
});
const weekly = (count: number) => ({ repeats: { every: 'week', timeZone: 'Europe/Berlin', ends: { count } } });
const member = (who: MemberUnderTest | undefined, role = 'member') => ({ accountId: who!.accountId, role });

/** Those of a new repetition, by their planned day. */
async function make(more: Json = {}): Promise<MeetingDetail[]> {
  const { status, body } = await ask(mina!, 'POST', '', draft({ ...weekly(4), ...more }));
  expect(status, JSON.stringify(body)).toBe(200);
  const { repetitionId } = body.meeting.repetition;
  const rows = await store.read
    .selectFrom('meeting')
    .select('meetingId')
    .where('repetitionId', '=', repetitionId)
    .orderBy('occurrenceAtMs')
    .execute();
  return Promise.all(rows.map(({ meetingId }) => detailOf(meetingId)));
}
const detailOf = async (meetingId: string): Promise<MeetingDetail> =>
  (await ask(mina!, 'GET', `/${meetingId}`)).body.meeting;
const again = (meetings: readonly MeetingDetail[]) => Promise.all(meetings.map((each) => detailOf(each.meetingId)));
/** What the form sends. */
const bodyOf = (meeting: MeetingDetail, changes: Json = {}) => ({
  title: meeting.title,
  startsAtMs: meeting.startsAtMs,
  durationMinutes: meeting.startsAtMs === null ? 30 : (meeting.endsAtMs! - meeting.startsAtMs) / 60_000,
  people: meeting.people.map(({ accountId, role, displayName, email }) =>
    accountId === null ? { displayName, email } : { accountId, role },
  ),
  roomIds: meeting.rooms.map(({ roomId }) => roomId),
  policy: meeting.policy,
  agenda: meeting.agenda,
  sequence: meeting.sequence,
  ...changes,
});
const following = (meeting: MeetingDetail, changes: Json, who = mina!) =>
  ask(who, 'PUT', `/${meeting.meetingId}/following-meetings`, bodyOf(meeting, changes));
async function changed(meeting: MeetingDetail, changes: Json): Promise<MeetingDetail> {
  const { status, body } = await following(meeting, changes);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body.conflicts).toEqual([]);
  return body.meeting;
}
async function changedAlone(meeting: MeetingDetail, changes: Json): Promise<void> {
  const { status, body } = await ask(mina!, 'PUT', `/${meeting.meetingId}`, bodyOf(meeting, changes));
  expect(status, JSON.stringify(body)).toBe(200);
}
async function newRoom(): Promise<string> {
  const roomId = newId();
  await store.write((trx) =>
    trx
      .insertInto('room')
      .values({ roomId, roomName: `Oak ${roomId}`, createdAtMs: 1 } as never)
      .execute(),
  );
  return roomId;
}

test('it and those after it change; those before it stay', async () => {
  const all = await make({ agenda: 'Prices', people: [member(joon)] });
  const policy = { ...all[0]!.policy, guestsAllowed: false };
  const startsAtMs = all[1]!.startsAtMs! + 4 * HOUR_MS;
  const more = { title: 'Sync', agenda: 'Plans', startsAtMs, durationMinutes: 45, policy };
  const answer = await changed(all[1]!, { ...more, people: [member(sora, 'co-host')] });
  expect(answer).toMatchObject({ title: 'Sync', startsAtMs, agenda: 'Plans' });
  const [first, ...later] = await again(all);
  expect(first).toEqual(all[0]);
  expect(later.map(({ startsAtMs: atMs }) => inBerlin(atMs))).toEqual(Array(3).fill('Mon 14:00'));
  for (const [index, each] of later.entries()) {
    expect(each).toMatchObject({ title: 'Sync', agenda: 'Plans', policy, sequence: all[index + 1]!.sequence + 1 });
    expect(each.endsAtMs! - each.startsAtMs!).toBe(45 * 60_000);
    expect(each.people.map(({ accountId, role }) => [accountId, role])).toEqual([[sora!.accountId, 'co-host']]);
  }
  expect((await ask(joon!, 'GET', `/${all[2]!.meetingId}`)).status).toBe(403);
  expect((await ask(joon!, 'GET', `/${all[0]!.meetingId}`)).status).toBe(200);
});

test('the hour stays over a change of the clocks, and a moved day moves all', async () => {
  const all = await make();
  await changed(all[0]!, { startsAtMs: MONDAY_MS + 24 * HOUR_MS + HOUR_MS });
  const moved = await again(all);
  expect(moved.map(({ startsAtMs }) => inBerlin(startsAtMs))).toEqual(Array(4).fill('Tue 11:00'));
  // and once more, now that none is where it was planned
  await changed(moved[0]!, { startsAtMs: moved[0]!.startsAtMs! + HOUR_MS });
  const twice = await again(all);
  expect(twice.map(({ startsAtMs }) => inBerlin(startsAtMs))).toEqual(Array(4).fill('Tue 12:00'));
});

test('on weekdays each stays on its day', async () => {
  const repeats = { every: 'weekday', timeZone: 'Europe/Berlin', ends: { count: 5 } };
  const all = await make({ repeats });
  await changed(all[3]!, { startsAtMs: all[3]!.startsAtMs! - 23 * HOUR_MS });
  const days = (await again(all)).map(({ startsAtMs }) => inBerlin(startsAtMs));
  expect(days).toEqual(['Mon 10:00', 'Tue 10:00', 'Wed 10:00', 'Wed 11:00', 'Fri 11:00']);
});

test('what was changed in one alone stays, and a cancelled one stays cancelled', async () => {
  const all = await make({ ...weekly(6), people: [member(joon)] });
  const [, second, third, fourth, fifth] = all as [
    MeetingDetail,
    MeetingDetail,
    MeetingDetail,
    MeetingDetail,
    MeetingDetail,
  ];
  await changedAlone(second, { title: 'Party', agenda: 'Cake' });
  await changedAlone(third, { startsAtMs: third.startsAtMs! + HOUR_MS });
  await changedAlone(fourth, { people: [member(sora)] });
  expect((await ask(mina!, 'DELETE', `/${fifth.meetingId}`)).status).toBe(200);
  const guest = { displayName: 'Guest', email: null };
  const startsAtMs = all[0]!.startsAtMs! + 2 * HOUR_MS;
  await changed(all[0]!, { title: 'Sync', agenda: 'Plans', startsAtMs, people: [member(joon), guest] });
  const now = await again(all);
  expect(now.map(({ title }) => title)).toEqual(['Sync', 'Party', 'Sync', 'Sync', 'Weekly', 'Sync']);
  expect(now.map(({ agenda }) => agenda)).toEqual(['Plans', 'Cake', 'Plans', 'Plans', '', 'Plans']);
  const hours = ['12:00', '12:00', '11:00', '12:00', '10:00', '12:00'].map((hour) => `Mon ${hour}`);
  expect(now.map((each) => inBerlin(each.startsAtMs))).toEqual(hours);
  const names = now.map(({ people }) =>
    people
      .map(({ displayName }) => displayName)
      .sort()
      .join(),
  );
  expect(names.slice(0, 4)).toEqual(['Guest,Joon Park', 'Guest,Joon Park', 'Guest,Joon Park', 'Guest,Sora Choi']);
  expect(now[4]).toMatchObject({ isCancelled: true, sequence: fifth.sequence + 1 });
});

test('one that has begun stays as it is', async () => {
  const all = await make();
  await store.write((trx) =>
    trx
      .updateTable('meeting')
      .set({ startsAtMs: Date.now() - 1 })
      .where('meetingId', '=', all[2]!.meetingId)
      .execute(),
  );
  await changed(all[1]!, { title: 'Sync' });
  expect((await again(all)).map(({ title }) => title)).toEqual(['Weekly', 'Sync', 'Weekly', 'Sync']);
});

test('a request that is sent again changes nothing more, also both at once; one that names none is refused then', async () => {
  const all = await make();
  const requestId = randomUUID();
  const changes = { startsAtMs: MONDAY_MS + HOUR_MS, requestId };
  const both = await Promise.all([following(all[0]!, changes), following(all[0]!, changes)]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  expect((await following(all[0]!, changes)).body.meeting).toMatchObject({ sequence: all[0]!.sequence + 1 });
  const now = await again(all);
  expect(now.map(({ startsAtMs }) => inBerlin(startsAtMs))).toEqual(Array(4).fill('Mon 11:00'));
  expect(now.map(({ sequence }) => sequence)).toEqual(all.map(({ sequence }) => sequence + 1));
  expect(codeOf(await following(all[0]!, { title: 'Late' }))).toBe('meeting-changed');
  expect(codeOf(await following(all[0]!, { title: 'Late', requestId: randomUUID() }))).toBe('meeting-changed');
});

test('rooms that are busy refuse all, and each date is named', async () => {
  const roomId = await newRoom();
  const all = await make({ roomIds: [roomId] });
  const later = (index: number) => all[index]!.startsAtMs! + 2 * HOUR_MS;
  for (const index of [1, 3]) {
    const other = draft({ title: 'Other', startsAtMs: later(index), roomIds: [roomId] });
    expect((await ask(mina!, 'POST', '', other)).status).toBe(200);
  }
  const { status, body } = await following(all[0]!, { title: 'Sync', startsAtMs: later(0) });
  expect(status).toBe(200);
  expect(body.conflicts).toEqual(
    [1, 3].map((index) => ({ startsAtMs: later(index), roomName: `Oak ${roomId}`, title: 'Other' })),
  );
  expect(await again(all)).toEqual(all);
  // a change that makes no conflict is made, and so is one that leaves a known one
  await changedAlone(all[1]!, { startsAtMs: later(1) });
  await changed((await again(all))[0]!, { title: 'Sync' });
  expect((await again(all)).map(({ title }) => title)).toEqual(Array(4).fill('Sync'));
});

test('who hosts some of them changes those alone, and a co-host makes no host', async () => {
  const all = await make({ people: [member(joon, 'co-host')] });
  await changedAlone(all[2]!, { people: [member(joon)] });
  expect((await following(all[1]!, { title: 'Sync' }, joon!)).status).toBe(200);
  const now = await again(all);
  expect(now.map(({ title }) => title)).toEqual(['Weekly', 'Sync', 'Weekly', 'Sync']);
  const people = [member(joon, 'co-host'), member(sora, 'host')];
  expect(codeOf(await following(now[1]!, { people }, joon!))).toBe('forbidden');
  expect(codeOf(await following(now[2]!, { title: 'Mine' }, joon!))).toBe('forbidden');
  expect(await again(all)).toEqual(now);
});

test('what stands alone, is cancelled, has no time or too many people is refused', async () => {
  const [alone] = [(await ask(mina!, 'POST', '', draft())).body.meeting];
  expect(codeOf(await following(alone, { title: 'Sync' }))).toBe('not-possible-now');
  const all = await make();
  expect(codeOf(await following(all[0]!, { startsAtMs: null }))).toBe('bad-message');
  expect((await ask(mina!, 'DELETE', `/${all[1]!.meetingId}`)).status).toBe(200);
  expect(codeOf(await following((await again(all))[1]!, { title: 'Sync' }))).toBe('not-possible-now');
  const many = await make(weekly(52));
  const people = Array.from({ length: 29 }, (_, n) => ({ displayName: `Guest ${n}`, email: null }));
  expect(codeOf(await following(many[0]!, { people }))).toBe('bad-message');
  expect((await detailOf(many[0]!.meetingId)).people).toEqual([]);
});
