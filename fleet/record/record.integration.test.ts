/** What a meeting leaves behind, at the real fleet server with a media node by hand. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallGrant } from '#contract/grants.ts';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import type { CallAttendance } from '#contract/http/record-api.ts';
import { type FromPrinter, MAX_PRINT_MESSAGE_UNITS, PRINT_SOCKET, ToPrinter } from '#contract/print-link.ts';
import { topicOf } from '#contract/topics.ts';
import { ProcessLinkServer } from '#edge/process-link-server.ts';
import type { FleetUnderTest, Json } from '../fleet-under-test.ts';
import { type MemberUnderTest, MembersUnderTest } from '../members-under-test.ts';
import { type AuthorityStore, newId } from '../store/index.ts';

const MINUTE_MS = 60_000;

let under: MembersUnderTest;
let fleet: FleetUnderTest;
let store: AuthorityStore;
let [mina, joon, sora]: MemberUnderTest[] = [];

beforeAll(async () => {
  under = await MembersUnderTest.start();
  ({ fleet, store } = under);
  [mina, joon, sora] = await under.signedIn('Mina Kim', 'Joon Park', 'Sora Lee');
});
afterAll(() => under.stop());

const ask = (who: MemberUnderTest | null, method: string, path: string, body?: object) =>
  fleet.api(method, `/api/v1/${path}`, body, who?.cookie);
async function make(more: Json = {}): Promise<MeetingDetail> {
  const draft = { title: '분기 결산', startsAtMs: null, durationMinutes: 30, people: [], roomIds: [], ...more };
  const { status, body } = await ask(mina!, 'POST', 'meetings', draft);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.meeting;
}
const entry = async (who: MemberUnderTest, { meetingId }: MeetingDetail): Promise<CallGrant> =>
  (await ask(who, 'POST', `meetings/${meetingId}/entries`, {})).body.grant;
async function guestEntry({ meetingId }: MeetingDetail, inviteId: string | null): Promise<CallGrant> {
  const { body } = await ask(mina!, 'GET', `meetings/${meetingId}/invites/${inviteId}/link`);
  return (await fleet.api('POST', '/api/v1/guest-entries', { invite: body.joinUrl.split('#')[1] })).body.grant;
}
const happened = (callId: string, meetingId: string, ...events: object[]) =>
  fleet.node.publishAsync(
    topicOf('callEvents', fleet.nodeId),
    JSON.stringify({ events: events.map((each) => ({ eventId: newId(), callId, meetingId, ...each })) }),
    { qos: 1 },
  );
const joined = ({ peerId }: { peerId: string }, atMs: number, more: object = {}) => ({
  name: 'participant-joined',
  peerId,
  peerKind: 'person',
  displayName: 'Somebody',
  participantCount: 1,
  atMs,
  ...more,
});
const left = ({ peerId }: { peerId: string }, atMs: number) => ({
  name: 'participant-left',
  peerId,
  participantCount: 1,
  atMs,
});
const attendance = async (who: MemberUnderTest, { meetingId }: MeetingDetail): Promise<CallAttendance[]> =>
  (await ask(who, 'GET', `meetings/${meetingId}/attendance`)).body.calls;
const namesOf = async (made: MeetingDetail): Promise<string[]> =>
  (await attendance(mina!, made)).flatMap(({ attendees }) => attendees.map(({ displayName }) => displayName));

test('attendance counts people and time, not joins and devices', async () => {
  const made = await make({ people: [{ accountId: joon!.accountId }, { displayName: 'Dealer', email: null }] });
  const { meetingId } = made;
  const [laptop, phone, other] = [await entry(mina!, made), await entry(mina!, made), await entry(joon!, made)];
  const guest = await guestEntry(made, made.people[1]!.inviteId);
  const from = Date.now() - 60 * MINUTE_MS;
  const at = (minute: number): number => from + minute * MINUTE_MS;
  const room = { peerId: newId(), roomId: newId() };
  await happened(
    laptop.callId,
    meetingId,
    { name: 'call-opened', atMs: from },
    joined(laptop, at(0), { displayName: 'Mina Kim' }),
    joined(room, at(0), { peerKind: 'room', displayName: '한라', roomId: room.roomId }),
    joined(other, at(1), { displayName: 'Joon Park' }),
    // the second device overlaps, and the first comes back while it is there
    joined(phone, at(5), { displayName: 'Mina Kim' }),
    left(laptop, at(10)),
    joined(laptop, at(12), { displayName: 'Mina Kim' }),
    left(phone, at(15)),
    left(laptop, at(20)),
    joined(guest, at(30), { displayName: '=HYPERLINK("x")' }),
    left(guest, at(31)),
    joined(guest, at(33), { displayName: 'Dealer' }),
    // the others never reported their going
    { name: 'call-ended', reason: 'empty', atMs: at(40) },
  );
  await expect.poll(() => namesOf(made)).toHaveLength(4);
  const [call] = await attendance(joon!, made);
  expect(call).toMatchObject({ startedAtMs: from, endedAtMs: at(40) });
  expect(call!.attendees).toEqual([
    { displayName: 'Mina Kim', kind: 'account', joinedAtMs: at(0), leftAtMs: at(20), presentMs: 20 * MINUTE_MS },
    { displayName: '한라', kind: 'room', joinedAtMs: at(0), leftAtMs: at(40), presentMs: 40 * MINUTE_MS },
    { displayName: 'Joon Park', kind: 'account', joinedAtMs: at(1), leftAtMs: at(40), presentMs: 39 * MINUTE_MS },
    { displayName: 'Dealer', kind: 'guest', joinedAtMs: at(30), leftAtMs: at(40), presentMs: 8 * MINUTE_MS },
  ]);
  const file = await fetch(new URL(`/api/v1/meetings/${meetingId}/attendance.csv`, fleet.ready.fleetUrl), {
    headers: { cookie: joon!.cookie },
  });
  const lines = Buffer.from(await file.arrayBuffer())
    .toString()
    .split('\r\n');
  expect(lines[0]).toBe('\uFEFFcall,name,kind,joined,left,minutes present');
  expect(lines.slice(1)).toMatchObject([
    expect.stringMatching(/,Mina Kim,account,.*,20\.0$/),
    expect.stringMatching(/,한라,room,.*,40\.0$/),
    expect.stringMatching(/,Joon Park,account,.*,39\.0$/),
    expect.stringMatching(/,Dealer,guest,.*,8\.0$/),
    '',
  ]);
});

test('a name that begins like a formula is text in the file', async () => {
  const made = await make({ people: [{ displayName: '=1+1', email: null }] });
  const guest = await guestEntry(made, made.people[0]!.inviteId);
  await happened(guest.callId, made.meetingId, joined(guest, Date.now(), { displayName: '=1+1' }));
  await expect.poll(() => namesOf(made)).toEqual(['=1+1']);
  const path = `/api/v1/meetings/${made.meetingId}/attendance.csv`;
  const file = await fetch(new URL(path, fleet.ready.fleetUrl), { headers: { cookie: mina!.cookie } });
  expect(await file.text()).toContain(",'=1+1,guest,");
});

test('who is there now has no end yet; a program is nobody; an event that comes twice counts once', async () => {
  const made = await make();
  const host = await entry(mina!, made);
  const program = { peerId: newId() };
  const atMs = Date.now() - 5 * MINUTE_MS;
  const eventId = newId();
  const comes = { ...joined(host, atMs, { displayName: 'Mina Kim' }), eventId };
  await happened(host.callId, made.meetingId, comes, joined(program, atMs, { peerKind: 'program' }));
  await happened(host.callId, made.meetingId, comes, left({ peerId: newId() }, atMs));
  await expect.poll(() => namesOf(made)).toEqual(['Mina Kim']);
  const [call] = await attendance(mina!, made);
  expect(call!.endedAtMs).toBeNull();
  expect(call!.attendees[0]).toMatchObject({ leftAtMs: null });
  expect(call!.attendees[0]!.presentMs).toBeGreaterThanOrEqual(5 * MINUTE_MS);
});

test('a call that the fleet ended is closed by what its node reports of it', async () => {
  const made = await make();
  const host = await entry(mina!, made);
  const atMs = Date.now() - 5 * MINUTE_MS;
  await happened(host.callId, made.meetingId, joined(host, atMs, { displayName: 'Mina Kim' }));
  await expect.poll(() => namesOf(made)).toEqual(['Mina Kim']);
  await ask(mina!, 'DELETE', `meetings/${made.meetingId}`);
  const ended = { name: 'call-ended', reason: 'ended-by-fleet', atMs: atMs + 3 * MINUTE_MS };
  await happened(host.callId, made.meetingId, ended);
  const presentMs = async () => (await attendance(mina!, made))[0]!.attendees[0]!.presentMs;
  await expect.poll(presentMs).toBe(3 * MINUTE_MS);
});

test('somebody who is not invited sees no attendance', async () => {
  const made = await make();
  expect((await ask(sora!, 'GET', `meetings/${made.meetingId}/attendance`)).status).toBe(403);
  expect((await ask(null, 'GET', `meetings/${made.meetingId}/attendance`)).status).toBe(401);
});

describe('past meetings', () => {
  const past = async (who: MemberUnderTest, query = ''): Promise<Json> =>
    (await ask(who, 'GET', `past-meetings${query === '' ? '' : `?${query}`}`)).body;
  const titles = ({ rows }: Json): string[] => rows.map(({ title }: Json) => title);
  /** As if it had been made then. */
  async function heldBefore(title: string, hoursAgo: number, people: MemberUnderTest[] = []): Promise<MeetingDetail> {
    const made = await make({ title, people: people.map(({ accountId }) => ({ accountId })) });
    const startsAtMs = Date.now() - hoursAgo * 60 * MINUTE_MS;
    await store.write((trx) =>
      trx
        .updateTable('meeting')
        .set({ startsAtMs, endsAtMs: startsAtMs + 30 * MINUTE_MS })
        .where('meetingId', '=', made.meetingId)
        .execute(),
    );
    return made;
  }

  test('are those that one was invited to and that are over, the newest first, page by page, by title', async () => {
    const who = await under.member('Somebody');
    await heldBefore('Third 100%', 3, [who]);
    await heldBefore('First', 1, [who]);
    await heldBefore('Second', 2, [who]);
    await heldBefore('Of others', 2);
    await make({ title: 'To come', startsAtMs: Date.now() + 60 * MINUTE_MS, people: [{ accountId: who.accountId }] });
    await make({ title: 'Never held', people: [{ accountId: who.accountId }] });
    const first = await past(who, 'limit=2');
    expect(titles(first)).toEqual(['First', 'Second']);
    expect(first).toMatchObject({ total: 3, counts: { all: 3 } });
    expect(first.rows[0]).toMatchObject({ role: 'member', hostName: 'Mina Kim' });
    const next = await past(who, `limit=2&cursor=${first.nextCursor}`);
    expect([titles(next), next.nextCursor]).toEqual([['Third 100%'], null]);
    expect(titles(await past(who, 'text=fIRs'))).toEqual(['First']);
    // what people type is no pattern
    expect(titles(await past(who, `text=${encodeURIComponent('0%')}`))).toEqual(['Third 100%']);
    expect(await past(who, `text=${encodeURIComponent('_')}`)).toMatchObject({
      rows: [],
      total: 0,
      counts: { all: 3 },
    });
    expect((await ask(who, 'GET', 'past-meetings?cursor=x')).status).toBe(400);
    expect(titles(await past(mina!))).toContain('Of others');
  });

  test('hold one without a time once it was held, and not while it runs', async () => {
    const who = await under.member('Somebody');
    const made = await make({ title: 'Any time', people: [{ accountId: who.accountId }] });
    const mine = await entry(who, made);
    const at = Date.now() - 10 * MINUTE_MS;
    const opens = { name: 'call-opened', atMs: at };
    await happened(mine.callId, made.meetingId, opens, joined(mine, at, { displayName: 'Somebody' }));
    await expect.poll(() => namesOf(made)).toEqual(['Somebody']);
    expect(titles(await past(who))).toEqual([]);
    const ends = { name: 'call-ended', reason: 'empty', atMs: at + 4 * MINUTE_MS };
    await happened(mine.callId, made.meetingId, ends);
    await expect.poll(async () => titles(await past(who))).toEqual(['Any time']);
    expect((await past(who)).rows[0].heldAtMs).toBe(at);
    // and its person alone is shown the time
    const intervals = async (of: MemberUnderTest) => (await ask(of, 'GET', 'own-meeting-time')).body.intervals;
    expect(await intervals(who)).toEqual([{ fromMs: at, untilMs: at + 4 * MINUTE_MS }]);
    expect(await intervals(sora!)).toEqual([]);
  });
});

test('an agenda is kept as it is seen, changed with the meeting, and stays where a change leaves it out', async () => {
  const made = await make({ agenda: ' 매출 보고\r\n\r\n채용\u202e ' });
  expect(made.agenda).toBe('매출 보고\n채용');
  const change = (more: Json) =>
    ask(mina!, 'PUT', `meetings/${made.meetingId}`, {
      title: made.title,
      startsAtMs: null,
      durationMinutes: 30,
      people: [],
      roomIds: [],
      ...more,
    });
  expect((await change({ sequence: 0 })).body.meeting.agenda).toBe('매출 보고\n채용');
  expect((await change({ sequence: 1, agenda: '' })).body.meeting.agenda).toBe('');
  expect((await change({ sequence: 2, agenda: 'x\n'.repeat(21) })).status).toBe(400);
});

test('an agenda is shown to guests who may come in, not to one who has to ask', async () => {
  const made = await make({ agenda: 'Prices\nNext steps', people: [{ displayName: 'Dealer', email: null }] });
  const { meetingId, people } = made;
  const enter = async (joinUrl: string): Promise<Json> =>
    (await fleet.api('POST', '/api/v1/guest-entries', { invite: joinUrl.split('#')[1] })).body;
  const named = await ask(mina!, 'GET', `meetings/${meetingId}/invites/${people[0]!.inviteId}/link`);
  expect(await enter(named.body.joinUrl)).toMatchObject({ kind: 'admitted', agenda: 'Prices\nNext steps' });
  const link = await ask(mina!, 'POST', `meetings/${meetingId}/invites`, { displayName: null, expiresInMinutes: 60 });
  const asked = await enter(link.body.joinUrl);
  expect([asked.kind, asked.agenda]).toEqual(['knock', undefined]);
});

test('minutes are its hosts’ until they are sent; what is typed is cleaned and bounded', async () => {
  const made = await make({ people: [{ accountId: joon!.accountId }], language: 'en' });
  const { meetingId } = made;
  const host = await entry(mina!, made);
  const at = Date.now() - 60 * MINUTE_MS;
  const documentId = newId();
  const shows = { name: 'page-shown', documentId, title: 'Plan', page: 2, fromMs: at, atMs: at + MINUTE_MS };
  await happened(host.callId, meetingId, joined(host, at, { displayName: 'Mina Kim' }), shows);
  const shown = () => store.read.selectFrom('pageShown').selectAll().where('meetingId', '=', meetingId).execute();
  await expect.poll(shown).toMatchObject([{ documentId, page: 2, fromMs: at, untilMs: at + MINUTE_MS }]);
  const minutesId = newId();
  const row = { minutesId, meetingId, startedAtMs: at, endedAtMs: at, language: 'en' as const, facts: '{}' };
  await store.write((trx) =>
    trx
      .insertInto('minutes')
      .values({ ...row, text: '# Draft\n', sentAtMs: null })
      .execute(),
  );
  const path = `meetings/${meetingId}/minutes`;
  const seenBy = async (who: MemberUnderTest) => (await ask(who, 'GET', path)).body.minutes;
  expect(await seenBy(mina!)).toMatchObject([{ minutesId, text: '# Draft\n', revision: 1, sentAtMs: null }]);
  expect(await seenBy(joon!)).toEqual([]);
  expect((await ask(sora!, 'GET', path)).status).toBe(403);
  const file = (who: MemberUnderTest) =>
    fetch(new URL(`/api/v1/${path}/${minutesId}/file.md`, fleet.ready.fleetUrl), { headers: { cookie: who.cookie } });
  expect((await file(joon!)).status).toBe(404);
  const correct = (who: MemberUnderTest, text: string, revision: number) =>
    ask(who, 'PUT', `${path}/${minutesId}`, { text, revision });
  expect((await correct(joon!, 'x', 1)).status).toBe(403);
  expect((await correct(mina!, 'x'.repeat(20_001), 1)).status).toBe(400);
  expect((await correct(mina!, '# 결산\r\n\u202e- a\u0000b\n', 1)).status).toBe(200);
  expect((await correct(mina!, 'late', 1)).body.error.code).toBe('meeting-changed');
  expect((await ask(joon!, 'POST', `${path}/${minutesId}/mails`, { revision: 2 })).status).toBe(403);
  expect((await ask(mina!, 'POST', `${path}/${minutesId}/mails`, { revision: 2 })).status).toBe(200);
  expect(await seenBy(joon!)).toMatchObject([{ text: '# 결산\n- ab\n', sentAtMs: expect.any(Number) }]);
  const whole = (who: MemberUnderTest) =>
    fetch(new URL(`/api/v1/meetings/${meetingId}/record.json`, fleet.ready.fleetUrl), {
      headers: { cookie: who.cookie },
    });
  expect((await whole(joon!)).status).toBe(403);
  expect(await (await whole(mina!)).json()).toMatchObject({
    meeting: { title: made.title },
    attendance: [{ attendees: [{ displayName: 'Mina Kim' }] }],
    pagesShown: [{ page: 2 }],
    minutes: [{ text: '# 결산\n- ab\n', facts: {} }],
  });
  const sent = await file(joon!);
  expect([sent.headers.get('content-type'), await sent.text()]).toEqual([
    'text/markdown; charset=utf-8',
    '# 결산\n- ab\n',
  ]);

  const pdf = (who: MemberUnderTest) =>
    fetch(new URL(`/api/v1/${path}/${minutesId}/file.pdf`, fleet.ready.fleetUrl), { headers: { cookie: who.cookie } });
  expect((await pdf(sora!)).status).toBe(403);
  const refused = await pdf(joon!);
  expect([refused.status, ((await refused.json()) as Json).error.code]).toEqual([503, 'printer-unavailable']);
  // in place of the program process
  const printer = new ProcessLinkServer<ToPrinter, FromPrinter>({
    dataDir: fleet.dataDir,
    socketName: PRINT_SOCKET,
    maxMessageLength: MAX_PRINT_MESSAGE_UNITS,
    parse: (raw) => ToPrinter.parse(raw),
    hello: () => ({ whyUnavailable: null }),
    onMessage: ({ printId, html }) =>
      printer.send({
        name: 'printed',
        ...{ printId, part: 0, partCount: 1, pdf: Buffer.from(`%PDF ${html}`).toString('base64') },
      }),
    onRefused: () => {},
  });
  await printer.start();
  await expect.poll(async () => (await pdf(joon!)).status).toBe(200);
  const answer = await pdf(joon!);
  expect(answer.headers.get('content-type')).toBe('application/pdf');
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="maru-minutes-[\d-]+\.pdf"/);
  expect(await answer.text()).toContain('<h1>결산</h1>');
  printer.stop();

  // not while it runs, and then all of it
  const remove = (who: MemberUnderTest) => ask(who, 'DELETE', `meetings/${meetingId}/record`);
  expect((await remove(joon!)).status).toBe(403);
  expect((await remove(mina!)).body.error.code).toBe('not-possible-now');
  await happened(host.callId, meetingId, { name: 'call-ended', reason: 'empty', atMs: Date.now() });
  await expect.poll(async () => (await remove(mina!)).status).toBe(200);
  expect(await (await whole(mina!)).json()).toMatchObject({ attendance: [], pagesShown: [], minutes: [] });
  expect(await attendance(mina!, made)).toEqual([]);
});
