/** The mails of meetings and accounts, from the real fleet server to a real SMTP server, judged by programs that are not ours. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import ICAL from 'ical.js';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { type ArrivedMail, MailServerUnderTest } from './mail-server-under-test.ts';

const HOUR_MS = 3_600_000;
const FROM = 'meetings@maru.example';
const directory = mkdtempSync(join(tmpdir(), 'maru-mail-'));
const mailConfig = join(directory, 'mail.json');
const smtp = new MailServerUnderTest();
let fleet: FleetUnderTest;
type Member = { accountId: string; email: string; cookie: string };
let host: Member;

beforeAll(async () => {
  await smtp.start();
  const settings = { host: '127.0.0.1', port: smtp.port, security: 'none-on-loopback', from: FROM };
  writeFileSync(mailConfig, JSON.stringify(settings), { mode: 0o600 });
  fleet = new FleetUnderTest('--mail-config', mailConfig);
  await fleet.start();
  host = await member('Mina "MJ" Kim');
});
afterAll(async () => {
  await fleet.stop();
  await smtp.stop();
  rmSync(directory, { recursive: true });
});

const asAdmin = (method: string, path: string, body?: object) =>
  fleet.api(method, `/api/v1/${path}`, body, fleet.admin.cookie);
const ask = (method: string, path: string, body?: object) => fleet.api(method, `/api/v1/${path}`, body, host.cookie);

/** Signed in by the one-time link of the answer. */
async function member(displayName: string): Promise<Member> {
  const email = `${randomUUID()}@corp.example`;
  const grants = [{ role: 'member', scope: { kind: 'organisation' } }];
  const account = { userName: `u${randomUUID()}`, displayName, email, placeId: null, grants };
  const made = await asAdmin('POST', 'accounts', account);
  expect(made.status, JSON.stringify(made.body)).toBe(200);
  expect(made.body.isMailed).toBe(true);
  const code = new URL(made.body.inviteUrl).hash.replace('#invite=', '');
  const used = await fleet.api('POST', '/api/v1/account-invites', { code, newPassword: randomUUID() });
  expect(used.status, JSON.stringify(used.body)).toBe(200);
  const cookie = used.headers.get('set-cookie')!.split(';')[0]!;
  return { accountId: made.body.account.accountId, email, cookie };
}
async function make(more: Json = {}): Promise<MeetingDetail> {
  const draft = { title: 'Plans', startsAtMs: nextHour(), durationMinutes: 30, people: [], roomIds: [], ...more };
  const { status, body } = await ask('POST', 'meetings', draft);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.meeting;
}
async function change(meeting: MeetingDetail, more: Json = {}): Promise<MeetingDetail> {
  const people = meeting.people.map(({ accountId, role, displayName, email }) =>
    accountId === null ? { displayName, email } : { accountId, role },
  );
  const { sequence, title, startsAtMs } = meeting;
  const draft = { sequence, title, startsAtMs, durationMinutes: 30, people, roomIds: [], ...more };
  const { status, body } = await ask('PUT', `meetings/${meeting.meetingId}`, draft);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.meeting;
}
const nextHour = (): number => Math.ceil(Date.now() / HOUR_MS) * HOUR_MS + HOUR_MS;
const guest = (displayName: string) => ({ displayName, email: `${randomUUID()}@guests.example` });
const peopleOf = async ({ meetingId }: MeetingDetail) =>
  ((await ask('GET', `meetings/${meetingId}`)).body.meeting as MeetingDetail).people;
/** The newest of so many mails to an address. */
const arrived = (address: string, count = 1): Promise<ArrivedMail> =>
  vi.waitFor(
    () => {
      expect(smtp.to(address)).toHaveLength(count);
      return smtp.to(address).at(-1)!;
    },
    { timeout: 30_000, interval: 100 },
  );
const calendarIn = (mail: ArrivedMail): string => partOf(mail, 'text/calendar');
/** What the rule of its calendar part makes. */
function datesIn(mail: ArrivedMail): number[] {
  const calendar = ICAL.Component.fromString(calendarIn(mail));
  const zone = new ICAL.Timezone(calendar.getFirstSubcomponent('vtimezone')!);
  const dates: number[] = [];
  const steps = new ICAL.Event(calendar.getFirstSubcomponent('vevent')!).iterator();
  for (let next = steps.next(); next; next = steps.next()) {
    next.zone = zone;
    dates.push(next.toUnixTime() * 1000);
  }
  return dates;
}
/** Of its calendar part, as Python's vobject reads it: what each is beside the rule, by the time that was planned. */
const exceptionsIn = (mail: ArrivedMail): (number | string)[][] =>
  JSON.parse(execFileSync('/usr/bin/python3', ['-c', EXCEPTIONS], { input: calendarIn(mail), encoding: 'utf8' }));
const EXCEPTIONS = `
import json, sys, vobject
events = vobject.readOne(sys.stdin.read()).vevent_list
print(json.dumps([[int(e.contents['recurrence-id'][0].value.timestamp() * 1000), int(e.dtstart.value.timestamp() * 1000),
    e.summary.value, int(e.sequence.value)] for e in events if 'recurrence-id' in e.contents]))
`;
const partOf = (mail: ArrivedMail, type: string): string => mail.parts.find((part) => part.type === type)!.text;

test('a guest and a member of a meeting get a mail with their link and a calendar part that others can read', async () => {
  const { roomId } = await fleet.enrolRoom('Hanok');
  const joon = await member('Joon Park');
  const sora = guest('이소라');
  const meeting = await make({
    title: '분기 계획 <Q4>',
    people: [sora, { accountId: joon.accountId, role: 'member' }],
    roomIds: [roomId],
  });
  const mail = await arrived(sora.email);
  expect(mail.envelopeFrom).toBe(FROM);
  expect(mail.from).toEqual({ name: 'Mina "MJ" Kim', address: FROM });
  expect(mail.to).toEqual([{ name: '이소라', address: sora.email }]);
  expect(mail.subject).toBe('초대 · Invitation: 분기 계획 <Q4>');
  const inviteId = meeting.people.find(({ accountId }) => accountId === null)!.inviteId!;
  const { joinUrl } = (await ask('GET', `meetings/${meeting.meetingId}/invites/${inviteId}/link`)).body;
  expect(joinUrl).toContain('/join#');
  expect(partOf(mail, 'text/plain')).toContain(joinUrl);
  expect(partOf(mail, 'text/html')).toContain(`href="${joinUrl}"`);
  expect(partOf(mail, 'text/html')).toContain('분기 계획 &lt;Q4&gt;');
  const calendar = mail.parts.find(({ type }) => type === 'text/calendar')!;
  expect(calendar).toMatchObject({ method: 'REQUEST', charset: 'utf-8', disposition: null });
  expect(mail.event).toEqual({
    method: 'REQUEST',
    uid: meeting.meetingId,
    sequence: '0',
    status: 'CONFIRMED',
    summary: '분기 계획 <Q4>',
    location: 'Hanok',
    url: joinUrl,
    startsAt: new Date(meeting.startsAtMs!).toISOString().replace('.000Z', '+00:00'),
    endsAt: new Date(meeting.endsAtMs!).toISOString().replace('.000Z', '+00:00'),
    organizer: { value: `mailto:${FROM}`, cn: 'Mina ’MJ’ Kim' },
    attendees: [{ value: `mailto:${sora.email}`, cn: '이소라', rsvp: 'TRUE' }],
  });
  const event = new ICAL.Event(ICAL.Component.fromString(calendar.text).getFirstSubcomponent('vevent')!);
  expect(event.startDate.zone).toBe(ICAL.Timezone.utcTimezone);
  expect(event.startDate.toJSDate().getTime()).toBe(meeting.startsAtMs);

  // the other is the link to the account
  await arrived(joon.email, 2);
  const joonMail = smtp.to(joon.email).find(({ event }) => event !== null)!;
  expect(joonMail.event!.url).toBe(`${fleet.ready.fleetUrl}/join?meeting=${meeting.meetingId}`);
  await vi.waitFor(
    async () => expect((await peopleOf(meeting)).map((each) => each.mail)).toEqual(['sent', 'sent']),
    30_000,
  );
  const token = new URL(joinUrl).hash.slice(1);
  expect(fleet.log).toContain('mail sent');
  expect(fleet.log).not.toContain(token);
  expect(fleet.log).not.toContain(sora.email);
});

test('a change raises the sequence for those who stay, who is taken off and a cancelled meeting leave the calendar', async () => {
  const [stays, goes, comes] = [guest('Stays'), guest('Goes'), guest('Comes')];
  const meeting = await make({ people: [stays, goes] });
  await Promise.all([arrived(stays.email), arrived(goes.email)]);
  const later = meeting.startsAtMs! + HOUR_MS;
  const changed = await change(meeting, { startsAtMs: later, people: [stays, comes] });
  const update = await arrived(stays.email, 2);
  expect(update.subject).toBe('변경 · Updated: Plans');
  expect(update.event).toMatchObject({ method: 'REQUEST', uid: meeting.meetingId, sequence: '1', status: 'CONFIRMED' });
  expect(Date.parse(update.event!.startsAt)).toBe(later);
  expect(update.event!.url).toBe((await arrived(stays.email, 2)).event!.url);
  const off = await arrived(goes.email, 2);
  expect(off.subject).toBe('취소 · Cancelled: Plans');
  expect(off.event).toMatchObject({
    method: 'CANCEL',
    uid: meeting.meetingId,
    sequence: '1',
    status: 'CANCELLED',
    url: null,
  });
  expect(Date.parse(off.event!.startsAt)).toBe(meeting.startsAtMs);
  expect(off.event!.startsAt).toMatch(/\+00:00$/);
  expect((await arrived(comes.email)).event).toMatchObject({ method: 'REQUEST', sequence: '1' });

  // who is in it alone changes nothing for the others
  const again = await change(changed, { people: [stays] });
  expect((await arrived(comes.email, 2)).event).toMatchObject({ method: 'CANCEL', sequence: '2' });
  expect((await ask('DELETE', `meetings/${meeting.meetingId}`)).status).toBe(200);
  expect((await arrived(stays.email, 3)).event).toMatchObject({ method: 'CANCEL', sequence: '3' });
  expect(smtp.to(goes.email)).toHaveLength(2);
  expect(again.people.map(({ mail }) => mail)).toEqual(['sent']);
});

test('meetings that repeat are one mail with a rule and all links; one that is cancelled leaves the entry, and so do those that follow', async () => {
  const sora = guest('Sora');
  const joon = await member('Joon Park');
  const people = [sora, { accountId: joon.accountId, role: 'member' }];
  const repeats = { every: 'week', timeZone: 'Europe/Berlin', ends: { count: 5 } };
  const meeting = await make({ people, repeats });
  const mail = await arrived(sora.email);
  const [first, ...rest] = datesIn(mail);
  expect(first).toBe(meeting.startsAtMs);
  expect(rest).toHaveLength(4);
  expect(mail.subject).toBe('초대 · Invitation: Plans');
  expect(partOf(mail, 'text/plain')).toContain('5 meetings, every week, at the time of Europe/Berlin');
  const links = partOf(mail, 'text/plain').match(/https?:\S+\/join#\S+/g)!;
  expect(new Set(links).size).toBe(5);
  expect(calendarIn(mail).replace(/\r\n /g, '')).toContain(links.at(-1));
  const joonMail = await vi.waitFor(() => {
    const found = smtp.to(joon.email).find(({ event }) => event !== null);
    expect(found).toBeDefined();
    return found!;
  }, 30_000);
  expect(partOf(joonMail, 'text/plain').match(/\/join\?meeting=/g)).toHaveLength(5);
  await vi.waitFor(
    async () => expect((await peopleOf(meeting)).map((each) => each.mail)).toEqual(['sent', 'sent']),
    30_000,
  );

  const { body } = await ask('GET', `meetings/${meeting.meetingId}/series`);
  const second: MeetingDetail = (await ask('GET', `meetings/${body.next.meetingId}`)).body.meeting;
  expect(second.people.map((each) => each.mail)).toEqual(['sent', 'sent']);
  const uid = mail.event!.uid;
  await change(second, { startsAtMs: second.startsAtMs! + HOUR_MS });
  const moved = await arrived(sora.email, 2);
  expect(moved.event).toMatchObject({ method: 'REQUEST', uid, sequence: '1' });
  expect(Date.parse(moved.event!.startsAt)).toBe(second.startsAtMs! + HOUR_MS);
  expect(calendarIn(moved)).toContain('RECURRENCE-ID');

  const third = (await ask('GET', `meetings/${second.meetingId}/series`)).body.next.meetingId;
  expect((await ask('DELETE', `meetings/${third}`)).status).toBe(200);
  const off = await arrived(sora.email, 3);
  expect(off.event).toMatchObject({ method: 'CANCEL', uid });
  expect(calendarIn(off)).toMatch(/RECURRENCE-ID:\d{8}T\d{6}Z/);

  const fourth = (await ask('GET', `meetings/${second.meetingId}/series`)).body.next.meetingId;
  expect((await ask('DELETE', `meetings/${fourth}/following-meetings`)).status).toBe(200);
  const ended = await arrived(sora.email, 4);
  expect(ended.subject).toBe('이후 회의 취소 · Cancelled from a day on: Plans');
  expect(ended.event).toMatchObject({ method: 'REQUEST', uid, sequence: '1' });
  // the moved one is in it as it is now
  expect(datesIn(ended)).toEqual([first, rest[0]]);
  expect(calendarIn(ended)).toContain('RECURRENCE-ID');
  expect((await ask('DELETE', `meetings/${meeting.meetingId}/following-meetings`)).status).toBe(200);
  const gone = await arrived(sora.email, 5);
  expect(gone.event).toMatchObject({ method: 'CANCEL', uid, sequence: '2' });
  expect(calendarIn(gone)).not.toContain('RECURRENCE-ID');
});

test('a change of one that repeats and of those after it is one mail to each: who stays, who comes and who is removed', async () => {
  const [sora, joon, bora] = [guest('Sora'), guest('Joon'), guest('Bora')];
  const repeats = { every: 'week', timeZone: 'Europe/Berlin', ends: { count: 4 } };
  const meeting = await make({ people: [sora, joon], repeats });
  const planned = datesIn(await arrived(sora.email));
  await arrived(joon.email);
  const next = async ({ meetingId }: MeetingDetail): Promise<MeetingDetail> => {
    const { body } = await ask('GET', `meetings/${meetingId}/series`);
    return (await ask('GET', `meetings/${body.next.meetingId}`)).body.meeting;
  };
  const changeFollowing = async ({ meetingId, sequence }: MeetingDetail, draft: Json): Promise<MeetingDetail> => {
    const body = { sequence, durationMinutes: 30, roomIds: [], ...draft };
    const answer = await ask('PUT', `meetings/${meetingId}/following-meetings`, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body.meeting;
  };
  const second = await next(meeting);
  const startsAtMs = second.startsAtMs! + HOUR_MS;
  const changed = await changeFollowing(second, { title: 'Sync', startsAtMs, people: [sora, bora] });

  const stays = await arrived(sora.email, 2);
  expect(stays.subject).toBe('이후 회의 변경 · Updated from a day on: Plans');
  expect(stays.event).toMatchObject({ method: 'REQUEST', uid: second.repetition!.repetitionId, sequence: '1' });
  expect(datesIn(stays)).toEqual(planned);
  // at the same hour of Berlin, whatever its clocks do meanwhile
  const moved = planned.slice(1).map((atMs) => [atMs, atMs + HOUR_MS, 'Sync', 2]);
  expect(exceptionsIn(stays)).toEqual(moved);
  expect(partOf(stays, 'text/plain').match(/https?:\S+\/join#\S+/g)).toHaveLength(4);

  const comes = await arrived(bora.email);
  expect(comes.subject).toBe('초대 · Invitation: Sync');
  expect(datesIn(comes)).toEqual(planned.slice(1));
  expect(exceptionsIn(comes).map(([atMs, movedMs]) => [atMs, movedMs])).toEqual(moved.map((each) => each.slice(0, 2)));

  const removed = await arrived(joon.email, 2);
  expect(removed.subject).toBe('이후 회의 취소 · Cancelled from a day on: Plans');
  expect(datesIn(removed)).toEqual(planned.slice(0, 1));
  expect(exceptionsIn(removed)).toEqual([]);

  // who is invited again has one entry with all of theirs; of the others nobody gets a mail, since nothing of theirs changed
  const third = await next(changed);
  const { title } = third;
  await changeFollowing(third, { title, startsAtMs: third.startsAtMs, people: [sora, bora, joon] });
  const back = await arrived(joon.email, 3);
  expect(back.event).toMatchObject({ method: 'REQUEST', sequence: '2' });
  expect(datesIn(back)).toEqual([planned[0], ...planned.slice(2)]);
  expect(smtp.to(sora.email)).toHaveLength(2);
  expect(smtp.to(bora.email)).toHaveLength(1);
});

test('a meeting without a time has no calendar part; one that loses its time leaves the calendars', async () => {
  const [early, late] = [guest('Early'), guest('Late')];
  const timed = await make({ people: [early] });
  await arrived(early.email);
  await change(timed, { startsAtMs: null });
  expect((await arrived(early.email, 2)).event).toMatchObject({ method: 'CANCEL', sequence: '1' });
  await make({ startsAtMs: null, people: [late] });
  const mail = await arrived(late.email);
  expect(mail.event).toBeNull();
  expect(partOf(mail, 'text/plain')).toContain('/join#');
});

test('a mail is sent again on request, not for a link that was revoked, and above 30 in an hour not at all', async () => {
  const people = Array.from({ length: 31 }, (_, n) => guest(`Guest ${n + 1}`));
  const meeting = await make({ people });
  const states = meeting.people.map(({ mail }) => mail);
  expect(states.filter((state) => state === 'failed')).toHaveLength(1);
  const over = meeting.people.find(({ mail }) => mail === 'failed')!;
  const resend = (of: MeetingDetail, personId: string) =>
    ask('POST', `meetings/${of.meetingId}/people/${personId}/mails`);
  const refused = await resend(meeting, over.personId);
  expect(refused.status).toBe(429);
  expect(refused.body.error.code).toBe('mail-limit');

  const other = await make({ people: [people[0]] });
  const [person] = other.people;
  await arrived(people[0]!.email, 2);
  expect((await resend(other, person!.personId)).status).toBe(200);
  const again = await arrived(people[0]!.email, 3);
  expect(again.event).toMatchObject({ method: 'REQUEST', sequence: '0', uid: other.meetingId });
  expect(fleet.audit().filter(({ kind }) => kind === 'invite-mailed-again')).toMatchObject([
    { actor: `account:${host.accountId}`, subject: `meeting:${other.meetingId}` },
  ]);
  await ask('DELETE', `meetings/${other.meetingId}/invites/${person!.inviteId}`);
  expect((await resend(other, person!.personId)).body.error.code).toBe('invite-invalid');
  expect((await resend(other, other.meetingId)).status).toBe(404);
  await vi.waitFor(() => expect(smtp.to(people[29]!.email)).toHaveLength(1), { timeout: 20_000 });
  expect(smtp.to(over.email!)).toEqual([]);
});

test('names and titles that look like headers or addresses stay text', async () => {
  const nasty = 'Bcc: all@corp.example>, "x" <evil@evil.example';
  const who = { ...guest('x'), displayName: nasty };
  const meeting = await make({ title: `Plans\r\nBcc: all@corp.example\r\n\r\n<b>`, people: [who] });
  const mail = await arrived(who.email);
  expect(mail.envelopeTo).toEqual([who.email]);
  expect(mail.to).toEqual([{ name: nasty, address: who.email }]);
  expect(mail.headers.map(([name]) => name.toLowerCase())).not.toContain('bcc');
  expect(mail.subject).toBe('초대 · Invitation: Plans Bcc: all@corp.example <b>');
  expect(partOf(mail, 'text/html')).not.toContain('<b>');
  expect(mail.event).toMatchObject({ summary: meeting.title, attendees: [{ value: `mailto:${who.email}` }] });
  expect(mail.event!.attendees).toHaveLength(1);
});

test('the one-time link of an account arrives, and nothing of it is kept once it is sent', async () => {
  const { email, accountId } = await member('Sora Lee');
  const mail = await arrived(email);
  expect(partOf(mail, 'text/plain')).toMatch(/\/staff#invite=[\w-]{43}\s/);
  const { body } = await asAdmin('POST', `accounts/${accountId}/invites`);
  expect(body.isMailed).toBe(true);
  expect(partOf(await arrived(email, 2), 'text/html')).toContain(body.inviteUrl);
  await vi.waitFor(() => expect(stored().every(({ message }) => message === '')).toBe(true));
  expect(fleet.log).not.toContain('#invite=');
});

test('a fleet server that is killed with mails that wait sends them when it is back: over TLS, with a password', async () => {
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
  ]);
  const login = { user: 'maru', password: 'the password of the mail server' };
  const late = new MailServerUnderTest({ cert, key, ...login });
  await late.reservePort();
  const config = join(directory, 'late.json');
  const settings = { host: 'localhost', port: late.port, security: 'starttls', ...login, from: FROM };
  writeFileSync(config, JSON.stringify(settings), { mode: 0o600 });
  const other = new FleetUnderTest('--mail-config', config);
  other.env = { NODE_EXTRA_CA_CERTS: cert };
  try {
    await other.start();
    const grants = [{ role: 'member', scope: { kind: 'organisation' } }];
    const account = { userName: 'mina', displayName: 'Mina', email: 'mina@corp.example', placeId: null, grants };
    expect((await other.api('POST', '/api/v1/accounts', account, other.admin.cookie)).body.isMailed).toBe(true);
    await vi.waitFor(() => expect(other.log).toContain('mail not sent'), { timeout: 10_000 });
    expect((await other.api('GET', '/healthz')).body.problems).toContain('mail: ESOCKET');
    await other.kill();
    await late.start();
    const database = new Database(join(other.dataDir, 'authority.sqlite'));
    database.exec('update mail set next_try_at_ms = 0');
    database.close();
    await other.startServer();
    await vi.waitFor(() => expect(late.to('mina@corp.example')).toHaveLength(1), { timeout: 10_000 });
    expect(other.log).not.toContain(login.password);
  } finally {
    await other.stop();
    await late.stop();
  }
});

/** The queue as it stands on the disk. */
function stored(): { message: string }[] {
  const database = new Database(join(fleet.dataDir, 'authority.sqlite'), { readonly: true });
  try {
    return database.prepare('select message from mail where sent_at_ms is not null').all() as { message: string }[];
  } finally {
    database.close();
  }
}
