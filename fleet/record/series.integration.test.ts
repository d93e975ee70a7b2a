/** A series at the real fleet server: what each person sees of it, and tasks that are marked from a later meeting. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RouteAnswer } from '#contract/http/route.ts';
import type { SeriesTask, seriesApi } from '#contract/http/series-api.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { Notes } from '../notes/index.ts';
import { Accounts } from '../people/index.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';

type Person = { accountId: string; cookie: string };
type Answer = { status: number; body: Json };
const DAY_MS = 86_400_000;

let fleet: FleetUnderTest;
let store: AuthorityStore;
let [mina, joon, sora]: Person[] = [];

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  store = authorityStore({
    dataDir: fleet.dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  [mina, joon, sora] = [await person('Mina Kim'), await person('Joon Park'), await person('Sora Lee')];
});
afterAll(async () => {
  await store.stop();
  await fleet.stop();
});

async function person(displayName: string, role: 'member' | 'installer' = 'member'): Promise<Person> {
  const [userName, password] = [`u${randomUUID()}`, randomUUID()];
  const grants = [{ role, scope: { kind: 'organisation' as const } }];
  const account = { userName, displayName, password, grants, mustChangePassword: false };
  const { accountId } = await new Accounts({ store }).create(account);
  return { accountId, cookie: (await fleet.signIn(userName, password)).cookie };
}
const ask = (who: Person, method: string, path: string, body?: object): Promise<Answer> =>
  fleet.api(method, `/api/v1/meetings${path}`, body, who.cookie);
const codeOf = ({ body }: Answer): string | undefined => body.error?.code;
const invited = (...people: Person[]) => people.map(({ accountId }) => ({ accountId }));
/** `day`: from today */
const draft = (day: number, people: object[]) => ({
  title: `Day ${day}`,
  startsAtMs: Date.now() + day * DAY_MS,
  durationMinutes: 30,
  people,
  roomIds: [],
});
async function made(answer: Promise<Answer>): Promise<string> {
  const { status, body } = await answer;
  expect(status, JSON.stringify(body)).toBe(200);
  return body.meeting.meetingId;
}
const first = (people: object[]) => made(ask(mina!, 'POST', '', draft(1, people)));
const next = (of: string, day: number, people: object[], who = mina!) =>
  made(ask(who, 'POST', `/${of}/next-meetings`, draft(day, people)));
async function seriesOf(who: Person, meetingId: string): Promise<RouteAnswer<typeof seriesApi.meetingSeries>> {
  const { status, body } = await ask(who, 'GET', `/${meetingId}/series`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}
async function earlier(who: Person, meetingId: string, query = ''): Promise<Json> {
  const { status, body } = await ask(who, 'GET', `/${meetingId}/earlier-meetings${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}
const titles = ({ rows }: Json): string[] => rows.map(({ title }: Json) => title);
/** As a phone adds it, before anybody has the notes open. */
const task = (meetingId: string, text: string) =>
  new Notes({ store, logger: pino({ level: 'silent' }) }).append(meetingId, newId(), {
    kind: 'task',
    text,
    person: 'Joon',
    dueOn: '2026-12-24',
  });
const mark = (who: Person, { meeting, taskId, text }: SeriesTask, isDone = true) =>
  ask(who, 'PUT', `/${meeting.meetingId}/tasks/${taskId}`, { isDone, text });

test('the next meeting is planned from one before, and its page has those before with their open tasks', async () => {
  const all = invited(joon!);
  const monday = await first(all);
  expect(await seriesOf(mina!, monday)).toEqual({ next: null, tasks: [], hasMoreTasks: false });
  expect(await earlier(mina!, monday)).toMatchObject({ rows: [], total: 0, nextCursor: null });
  await task(monday, 'Write to the dealers');
  const second = await next(monday, 8, all);
  const third = await next(second, 15, all);
  await task(second, 'Book the room');
  for (const who of [mina!, joon!]) {
    expect(titles(await earlier(who, third))).toEqual(['Day 8', 'Day 1']);
    const { tasks, next: later } = await seriesOf(who, third);
    expect(later).toBeNull();
    expect(tasks).toMatchObject([
      { meeting: { meetingId: second }, text: 'Book the room', person: 'Joon', dueOn: '2026-12-24', mayMark: true },
      { text: 'Write to the dealers', meeting: { meetingId: monday, title: 'Day 1' } },
    ]);
  }
  expect((await seriesOf(joon!, monday)).next).toMatchObject({ meetingId: second, title: 'Day 8', isCancelled: false });
  expect(await seriesOf(joon!, monday)).toMatchObject({ tasks: [] });
  // one that is cancelled is not the next
  expect((await ask(mina!, 'DELETE', `/${second}`)).status).toBe(200);
  expect((await seriesOf(joon!, monday)).next).toMatchObject({ meetingId: third });
  const created = fleet.audit().map(({ details }: Json) => JSON.parse(details));
  expect(created).toContainEqual(expect.objectContaining({ title: 'Day 8', follows: monday }));
});

test('earlier ones come page by page', async () => {
  let last = await first([]);
  for (const day of [2, 3, 4, 5]) last = await next(last, day, []);
  const page = await earlier(mina!, last, '?limit=3');
  expect([titles(page), page.total]).toEqual([['Day 4', 'Day 3', 'Day 2'], 4]);
  const rest = await earlier(mina!, last, `?limit=3&cursor=${page.nextCursor}`);
  expect([titles(rest), rest.nextCursor]).toEqual([['Day 1'], null]);
  expect(codeOf(await ask(mina!, 'GET', `/${last}/earlier-meetings?cursor=nonsense`))).toBe('bad-message');
});

test('who was not invited to an earlier or later meeting sees neither it nor its tasks, and marks none', async () => {
  const among = await first(invited(joon!));
  await task(among, 'Buy out Dealer East');
  const open = await next(among, 8, invited(joon!, sora!));
  await task(open, 'Book the room');
  const after = await next(open, 15, invited(sora!));
  const secret = await next(after, 22, []);
  expect(titles(await earlier(sora!, after))).toEqual(['Day 8']);
  expect(await earlier(sora!, after)).toMatchObject({ total: 1 });
  const seen = await seriesOf(sora!, after);
  expect(seen).toMatchObject({ next: null, tasks: [{ text: 'Book the room' }] });
  expect(seen.tasks).toHaveLength(1);
  expect((await seriesOf(mina!, after)).next).toMatchObject({ meetingId: secret });
  // Joon was not invited to the third
  expect(codeOf(await ask(joon!, 'GET', `/${after}/series`))).toBe('forbidden');
  expect(codeOf(await ask(joon!, 'GET', `/${after}/earlier-meetings`))).toBe('forbidden');
  const [hidden] = (await seriesOf(joon!, open)).tasks;
  expect(hidden).toMatchObject({ text: 'Buy out Dealer East' });
  expect(codeOf(await mark(sora!, hidden!))).toBe('forbidden');
  expect((await seriesOf(joon!, open)).tasks).toHaveLength(1);
  // who is taken off the first one does not see it any more
  const { body } = await ask(mina!, 'GET', `/${among}`);
  const { startsAtMs, title } = body.meeting;
  const without = { title, startsAtMs, durationMinutes: 30, people: [], roomIds: [], sequence: body.meeting.sequence };
  expect((await ask(mina!, 'PUT', `/${among}`, without)).status).toBe(200);
  expect((await seriesOf(joon!, open)).tasks).toEqual([]);
  expect(titles(await earlier(joon!, open))).toEqual([]);
  // who manages every meeting is not one of its people
  const manager: Person = { accountId: '', cookie: fleet.admin.cookie };
  expect(codeOf(await ask(manager, 'GET', `/${open}/series`))).toBe('forbidden');
});

test('a task is marked by a person of its meeting, once; another one in its place is not', async () => {
  const monday = await first(invited(joon!));
  await task(monday, 'Write to the dealers');
  await task(monday, 'Book the room');
  const later = await next(monday, 8, invited(joon!));
  const [write] = (await seriesOf(joon!, later)).tasks;
  expect((await mark(joon!, { ...write!, text: 'Book the room' })).body.error.code).toBe('meeting-changed');
  expect(codeOf(await mark(joon!, { ...write!, taskId: '1-1' }))).toBe('meeting-changed');
  expect(codeOf(await mark(joon!, { ...write!, taskId: 'x' }))).toBe('bad-message');
  for (const _ of [1, 2]) expect((await mark(joon!, write!)).status).toBe(200);
  expect((await seriesOf(mina!, later)).tasks.map(({ text }) => text)).toEqual(['Book the room']);
  expect((await mark(mina!, write!, false)).status).toBe(200);
  expect((await seriesOf(mina!, later)).tasks.map(({ text }) => text)).toEqual([
    'Write to the dealers',
    'Book the room',
  ]);
  // of a cancelled one they are shown, and stay as they are
  expect((await ask(mina!, 'DELETE', `/${monday}`)).status).toBe(200);
  const [shown] = (await seriesOf(joon!, later)).tasks;
  expect(shown).toMatchObject({ mayMark: false, meeting: { isCancelled: true } });
  expect(codeOf(await mark(joon!, shown!))).toBe('not-possible-now');
});

test('hosts alone plan the next one, if they may make meetings', async () => {
  const monday = await first([{ accountId: joon!.accountId, role: 'co-host' }, ...invited(sora!)]);
  expect(codeOf(await ask(sora!, 'POST', `/${monday}/next-meetings`, draft(8, [])))).toBe('forbidden');
  expect(codeOf(await ask(joon!, 'POST', `/${newId()}/next-meetings`, draft(8, [])))).toBe('forbidden');
  const hosts = [{ accountId: mina!.accountId, role: 'host' }];
  const byJoon = await next(monday, 8, hosts, joon!);
  const { body } = await ask(joon!, 'GET', `/${byJoon}`);
  expect(body.meeting).toMatchObject({ hostName: 'Joon Park', hostAccountId: joon!.accountId });
  expect(titles(await earlier(mina!, byJoon))).toEqual(['Day 1']);
  const installer = await person('Ina Stall', 'installer');
  const change = { ...draft(1, [{ accountId: installer.accountId, role: 'co-host' }]), sequence: 0 };
  expect((await ask(mina!, 'PUT', `/${monday}`, change)).status).toBe(200);
  expect(codeOf(await ask(installer, 'POST', `/${monday}/next-meetings`, draft(8, [])))).toBe('forbidden');
  // a cancelled one has a next one all the same
  expect((await ask(mina!, 'DELETE', `/${monday}`)).status).toBe(200);
  const later = await next(monday, 9, []);
  expect(await earlier(mina!, later)).toMatchObject({ rows: [{ meetingId: byJoon }, { isCancelled: true }] });
});
