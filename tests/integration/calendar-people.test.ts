/**
 * A room's calendar invites people: real CalDAV server, real agent and real fleet server, from the entry in the calendar to
 * the page of the booking's meeting, as the accounts of those people and of another see it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { EventsUnderTest } from '../../fleet/events-under-test.ts';
import type { Json } from '../../fleet/fleet-under-test.ts';
import { MembersUnderTest, type MemberUnderTest } from '../../fleet/members-under-test.ts';
import { newId } from '../../fleet/store/index.ts';
import { hasRadicale, RadicaleUnderTest } from '../../kiosk/agent/calendar/radicale-under-test.ts';

const DAY_MS = 86_400_000;
/** the calendar is read again so often at most: what is changed there arrives a little later */
const REFRESH_S = 15;
const ARRIVES_MS = { timeout: 90_000, interval: 200 };

let members: MembersUnderTest;
let calendar: RadicaleUnderTest;
let folder: string;
let kiosk: ChildProcess | null = null;
let [mina, joon, sora]: MemberUnderTest[] = [];
const homes: EventsUnderTest[] = [];

beforeAll(async () => {
  if (!hasRadicale) return;
  members = await MembersUnderTest.start();
  [mina, joon, sora] = [
    await members.member('Mina Kim', 'Mina@Example.com'),
    await members.member('Joon Park', 'joon@example.com'),
    await members.member('Sora Lee', 'sora@example.com'),
  ];
  calendar = new RadicaleUnderTest();
  await calendar.start();
  await put('daily', entryOf('daily', { more: ['RRULE:FREQ=DAILY;COUNT=3'] }), moved('daily'));
  await put('secret', entryOf('secret', { more: ['CLASS:PRIVATE'] }));
  await startKiosk();
}, 60_000);
beforeEach((context) => context.skip(!hasRadicale, 'radicale is not installed here'));
afterEach(() => {
  for (const home of homes.splice(0)) home.close();
});
afterAll(async () => {
  if (kiosk && kiosk.exitCode === null) {
    const exited = once(kiosk, 'exit');
    kiosk.kill('SIGTERM');
    await exited;
  }
  await calendar?.stop();
  await members?.stop();
  if (folder) rmSync(folder, { recursive: true });
});

async function startKiosk(): Promise<void> {
  const { fleet } = members;
  const admin = (path: string, body?: object) => fleet.api('POST', path, body, fleet.admin.cookie);
  folder = mkdtempSync(join(tmpdir(), 'maru-kiosk-'));
  const { body: room } = await admin('/api/v1/rooms', { roomName: 'Maple' });
  const { body: claim } = await admin(`/api/v1/rooms/${room.roomId}/claims`);
  writeFileSync(join(folder, 'claim.json'), JSON.stringify(claim));
  const { url, userName, passwordFile } = calendar;
  const account = { kind: 'caldav', url, userName, passwordFile, refreshSeconds: REFRESH_S, timeZone: 'UTC' };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ calendar: account }));
  const args = [
    `--data-dir=${folder}`,
    `--claim-file=${join(folder, 'claim.json')}`,
    '--screen-port=0',
    '--shell=none',
  ];
  kiosk = fork(fileURLToPath(new URL('../../kiosk/main.ts', import.meta.url)), args, {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}
/** Tomorrow at this hour, as iCalendar writes it. */
const stamp = (hour: number, days = 1): string =>
  `${new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')}T${String(hour).padStart(2, '0')}0000Z`;
type Entry = { attendees?: string[]; more?: string[]; hours?: [number, number] };
const entryOf = (title: string, { attendees = ['mailto:joon@example.com'], more = [], hours = [9, 10] }: Entry = {}) =>
  [
    `SUMMARY:${title}`,
    `DTSTART:${stamp(hours[0])}`,
    `DTEND:${stamp(hours[1])}`,
    'ORGANIZER;CN=Mina:MAILTO:mina@example.com',
    ...attendees.map((each) => `ATTENDEE:${each}`),
    'ATTENDEE:mailto:outsider@elsewhere.test',
    ...more,
  ].join('\n');
/** Its second occurrence, an hour later. */
const moved = (title: string): string =>
  [
    `SUMMARY:${title} moved`,
    `RECURRENCE-ID:${stamp(9, 2)}`,
    `DTSTART:${stamp(10, 2)}`,
    `DTEND:${stamp(11, 2)}`,
    'ORGANIZER:mailto:mina@example.com',
    'ATTENDEE:mailto:joon@example.com',
  ].join('\n');
async function put(uid: string, ...events: string[]): Promise<void> {
  const body = events.map((lines) => `BEGIN:VEVENT\nUID:${uid}\nDTSTAMP:20260101T000000Z\n${lines}\nEND:VEVENT`);
  await calendar.put(
    `${uid}.ics`,
    `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n${body.join('\n')}\nEND:VCALENDAR\n`,
  );
}
/** The meetings of a person's first page, each time it is asked for. */
function homeOf({ cookie }: MemberUnderTest): () => Json[] {
  const home = new EventsUnderTest(new URL('/api/v1/staff-home', members.fleet.ready.fleetUrl).href, { cookie });
  homes.push(home);
  return () => home.last('home')?.meetings ?? [];
}
const ask = (person: MemberUnderTest, path: string, method = 'GET', body?: object) =>
  members.fleet.api(method, `/api/v1/meetings/${path}`, body, person.cookie);
const titles = (meetings: Json[]): string[] => meetings.map(({ title }) => title);

test('organizer and attendee find bookings among their meetings, and read their pages; others do not, and nobody learns of a private one', async () => {
  const [ofJoon, ofMina, ofSora] = [homeOf(joon!), homeOf(mina!), homeOf(sora!)];
  await expect.poll(() => titles(ofJoon()), ARRIVES_MS).toEqual(['daily', 'daily moved', 'daily']);
  await expect.poll(() => titles(ofMina()), ARRIVES_MS).toEqual(['daily', 'daily moved', 'daily']);
  const [first, second, third] = ofJoon();
  const { status, body } = await ask(joon!, first.meetingId);
  expect(status).toBe(200);
  expect(body.meeting).toMatchObject({
    title: 'daily',
    role: 'member',
    hostName: 'Mina Kim',
    isOfCalendar: true,
    rooms: [{ roomName: 'Maple' }],
    people: [{ displayName: 'Joon Park' }],
    conflicts: [],
  });
  expect((await ask(mina!, first.meetingId)).body.meeting).toMatchObject({ role: 'host' });
  // as for a meeting that there is not
  const refused = (await ask(sora!, newId())).body;
  expect(refused.error.code).toBe('forbidden');
  expect((await ask(sora!, first.meetingId)).body).toEqual(refused);
  expect(ofSora()).toEqual([]);
  // they are one series, of which the moved one stays a part
  const { body: earlier } = await ask(joon!, `${third.meetingId}/earlier-meetings`);
  expect(earlier.rows.map((row: Json) => row.meetingId)).toEqual([second.meetingId, first.meetingId]);
  expect((await ask(sora!, `${third.meetingId}/earlier-meetings`)).body).toEqual(refused);
  // the calendar has written to its people; outsiders are kept nowhere
  const { store } = members;
  expect(await store.read.selectFrom('mail').select('mailId').execute()).toEqual([]);
  expect(await store.read.selectFrom('invite').select('inviteId').execute()).toEqual([]);
  const people = await store.read.selectFrom('meetingPerson').select('accountId').execute();
  expect(new Set(people.map(({ accountId }) => accountId))).toEqual(new Set([joon!.accountId]));
}, 120_000);

test('a host adds a person to it, and neither moves nor cancels it; who is taken out in the calendar loses it, the added one does not', async () => {
  await put('plan', entryOf('plan', { hours: [13, 14] }));
  const [ofJoon, ofSora] = [homeOf(joon!), homeOf(sora!)];
  const planOf = (meetings: Json[]) => meetings.find(({ title }) => title === 'plan');
  await expect.poll(() => planOf(ofJoon()), ARRIVES_MS).toBeDefined();
  const { meetingId, startsAtMs } = planOf(ofJoon());
  const { body: before } = await ask(mina!, meetingId);
  const people = [...before.meeting.people, { accountId: sora!.accountId }].map(({ accountId }) => ({ accountId }));
  const draft = { title: 'Mine', startsAtMs: null, durationMinutes: 5, roomIds: [], agenda: 'Prices', people };
  const { body: after } = await ask(mina!, meetingId, 'PUT', { ...draft, sequence: before.meeting.sequence });
  expect(after.meeting).toMatchObject({ title: 'plan', startsAtMs, agenda: 'Prices', rooms: [{ roomName: 'Maple' }] });
  expect((await ask(mina!, meetingId, 'DELETE')).body.error.code).toBe('not-possible-now');
  await put('plan', entryOf('plan', { hours: [13, 14], attendees: [] }));
  await expect.poll(() => planOf(ofJoon()), ARRIVES_MS).toBeUndefined();
  expect((await ask(joon!, meetingId)).body.error.code).toBe('forbidden');
  expect((await ask(sora!, meetingId)).body.meeting).toMatchObject({ role: 'member' });
  await expect.poll(() => planOf(ofSora())).toBeDefined();
}, 240_000);
