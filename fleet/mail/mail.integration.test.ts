/** The mails of meetings and accounts, from the real fleet server to a real SMTP server, judged by programs that are not ours. */
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
    { timeout: 15_000, interval: 100 },
  );
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

  // the first was the link to the account
  const joonMail = await arrived(joon.email, 2);
  expect(joonMail.event!.url).toBe(`${fleet.ready.fleetUrl}/join?meeting=${meeting.meetingId}`);
  await vi.waitFor(async () => expect((await peopleOf(meeting)).map((each) => each.mail)).toEqual(['sent', 'sent']));
  const token = new URL(joinUrl).hash.slice(1);
  expect(fleet.log).toContain('mail sent');
  expect(fleet.log).not.toContain(token);
  expect(fleet.log).not.toContain(sora.email);
});
