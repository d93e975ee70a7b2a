/** Meetings that people make, at the real fleet server: by whom, with whom, in which rooms, and what each persona may do with them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MeetingDetail, StaffHome } from '#contract/http/meetings-api.ts';
import type { Role, Scope } from '#contract/http/permissions.ts';
import { DEFAULT_MEETING_POLICY } from '#contract/meeting-policy.ts';
import { NodeCommand } from '#contract/node-link.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { Booking } from '#contract/room-agenda.ts';
import { topicOf } from '#contract/topics.ts';
import { type EnrolledRoom, FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { Accounts } from '../people/index.ts';
import { RoomUnderTest } from '../room-under-test.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { bookingIdOfMeeting } from './room-conflicts.ts';

type Person = { accountId: string; displayName: string; cookie: string };
const HOUR_MS = 3_600_000;
const ORGANISATION: Scope = { kind: 'organisation' };

let fleet: FleetUnderTest;
let store: AuthorityStore;
let [mina, joon, sora]: Person[] = [];
let room: EnrolledRoom;
let box: RoomUnderTest;
const commands: Json[] = [];
let names = 0;

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
  fleet.node.on('message', (topic, payload) => {
    if (topic.endsWith('command')) commands.push(JSON.parse(payload.toString()));
  });
  await fleet.node.subscribeAsync(topicOf('nodeCommand', fleet.nodeId), { qos: 1 });
  [mina, joon, sora] = [await person('Mina Kim'), await person('Joon Park'), await person('Sora Lee')];
});
afterAll(async () => {
  box?.stop();
  await store.stop();
  await fleet.stop();
});
beforeEach(async () => {
  box?.stop();
  names += 1;
  room = await fleet.enrolRoom(`Room ${names}`);
  box = new RoomUnderTest(room);
  await box.start(fleet);
});

async function person(displayName: string, role: Role = 'member', scope: Scope = ORGANISATION): Promise<Person> {
  const [userName, password] = [`u${randomUUID()}`, randomUUID()];
  const account = { userName, displayName, password, grants: [{ role, scope }], mustChangePassword: false };
  const { accountId } = await new Accounts({ store }).create(account);
  return { accountId, displayName, cookie: (await fleet.signIn(userName, password)).cookie };
}
const draft = (more: Json = {}) => ({
  title: 'Plans',
  startsAtMs: Date.now() + HOUR_MS,
  durationMinutes: 30,
  people: [],
  roomIds: [],
  ...more,
});
const ask = (who: Person | null, method: string, path: string, body?: object) =>
  fleet.api(method, `/api/v1/${path}`, body, who?.cookie);
async function make(who: Person, more: Json = {}): Promise<MeetingDetail> {
  const { status, body } = await ask(who, 'POST', 'meetings', draft(more));
  expect(status, JSON.stringify(body)).toBe(200);
  return body.meeting;
}
const of = async (who: Person, { meetingId }: { meetingId: string }): Promise<MeetingDetail> =>
  (await ask(who, 'GET', `meetings/${meetingId}`)).body.meeting;
/** As it is now, but for what is named. */
function change(who: Person, { meetingId, sequence, ...meeting }: MeetingDetail, more: Json = {}) {
  const people = meeting.people.map(({ accountId, role, displayName, email }) =>
    accountId === null ? { displayName, email } : { accountId, role },
  );
  return ask(who, 'PUT', `meetings/${meetingId}`, {
    sequence,
    title: meeting.title,
    startsAtMs: meeting.startsAtMs,
    durationMinutes: meeting.startsAtMs === null ? 30 : (meeting.endsAtMs! - meeting.startsAtMs) / 60_000,
    people,
    roomIds: meeting.rooms.map(({ roomId }) => roomId),
    ...more,
  });
}
const linkOf = (who: Person, meetingId: string, inviteId: string | null) =>
  ask(who, 'GET', `meetings/${meetingId}/invites/${inviteId}/link`);
const tokenOf = ({ body }: { body: Json }): string => body.joinUrl.split('#')[1];
const enter = (invite: string) => fleet.api('POST', '/api/v1/guest-entries', { invite });
const codeOf = ({ body }: { body: Json }): string | undefined => body.error?.code;
const happened = (callId: string, meetingId: string, ...events: object[]) =>
  fleet.node.publishAsync(
    topicOf('callEvents', fleet.nodeId),
    JSON.stringify({
      events: events.map((each) => ({ eventId: newId(), callId, meetingId, atMs: Date.now(), ...each })),
    }),
    { qos: 1 },
  );

const streams: AbortController[] = [];
afterAll(() => {
  for (const stream of streams) stream.abort();
});
/** The newest that its staff page was sent. */
async function homeOf(who: Person): Promise<{ last: () => StaffHome | null; count: () => number }> {
  const ends = new AbortController();
  streams.push(ends);
  const response = await fetch(new URL('/api/v1/staff-home', fleet.ready.fleetUrl), {
    headers: { cookie: who.cookie },
    signal: ends.signal,
  });
  expect(response.status).toBe(200);
  let text = '';
  void (async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  })().catch(() => {});
  const all = () =>
    [...text.matchAll(/event: home\ndata: (.*)\n\n/g)].map(([, data]) => JSON.parse(data!) as StaffHome);
  return { last: () => all().at(-1) ?? null, count: () => all().length };
}
const booking = (changes: Partial<Booking>): Booking => ({
  bookingId: randomUUID().replaceAll('-', '').repeat(2),
  title: 'Calendar entry',
  isPrivate: false,
  organizer: null,
  startMs: Date.now(),
  endMs: Date.now() + HOUR_MS,
  isAllDay: false,
  link: 'none',
  state: 'upcoming',
  releasedBecause: null,
  checkInUntilMs: null,
  ...changes,
});
let revision = 0;
const reportAgenda = (bookings: Booking[]) => {
  revision += 1;
  return box.say('agenda', {
    protocol: PROTOCOL_VERSION,
    roomId: room.roomId,
    epoch: 1,
    revision,
    asOfMs: Date.now(),
    timeZone: 'Asia/Seoul',
    calendar: { state: 'fresh', code: null, freshAsOfMs: Date.now() },
    bookings,
    moreCount: 0,
  });
};

test('a member makes a meeting with people, a guest and a room; each sees of it what is theirs to see', async () => {
  const made = await make(mina!, {
    title: '<script>alert(1)</script> 기획',
    people: [
      { accountId: joon!.accountId, role: 'co-host' },
      { accountId: sora!.accountId },
      // twice, and the host itself
      { accountId: sora!.accountId },
      { accountId: mina!.accountId },
      { displayName: '<b>Guest</b>', email: 'guest@example.com' },
    ],
    roomIds: [room.roomId, room.roomId],
  });
  expect(made).toMatchObject({
    title: '<script>alert(1)</script> 기획',
    hostName: 'Mina Kim',
    role: 'host',
    sequence: 0,
    rooms: [{ roomId: room.roomId, roomName: `Room ${names}` }],
    participantCount: 0,
    isCancelled: false,
    conflicts: [],
    people: [
      { accountId: joon!.accountId, displayName: 'Joon Park', role: 'co-host', inviteId: null },
      { accountId: sora!.accountId, role: 'member' },
      { accountId: null, displayName: '<b>Guest</b>', email: 'guest@example.com', role: 'guest' },
    ],
  });
  expect(made.endsAtMs! - made.startsAtMs!).toBe(30 * 60_000);
  const bySora = await of(sora!, made);
  expect(bySora.role).toBe('member');
  // addresses and invites are for hosts
  expect(bySora.people.map(({ email, inviteId }) => [email, inviteId])).toEqual([
    [null, null],
    [null, null],
    [null, null],
  ]);
  const link = await linkOf(joon!, made.meetingId, made.people[2]!.inviteId);
  expect(link.status).toBe(200);
  // the same again
  expect((await linkOf(mina!, made.meetingId, made.people[2]!.inviteId)).body).toEqual(link.body);
  expect((await enter(tokenOf(link))).body).toMatchObject({ kind: 'admitted', displayName: '<b>Guest</b>' });
});

test('who has no part in a meeting is refused as if there were none', async () => {
  const made = await make(mina!, { people: [{ accountId: sora!.accountId }], roomIds: [room.roomId] });
  const viewer = await person('Viewer', 'viewer');
  const elsewhere = await fleet.enrolRoom('Elsewhere');
  const stranger = await person('Stranger', 'operator', { kind: 'room', roomId: elsewhere.roomId });
  const operator = await person('Operator', 'operator', { kind: 'room', roomId: room.roomId });
  const inviteId = newId();
  const acts = (who: Person | null, meetingId: string) =>
    Promise.all([
      ask(who, 'GET', `meetings/${meetingId}`),
      ask(who, 'PUT', `meetings/${meetingId}`, { ...draft(), sequence: 0 }),
      ask(who, 'PUT', `meetings/${meetingId}/policy`, { ...made.policy, admission: 'all-wait' }),
      ask(who, 'GET', `meetings/${meetingId}/invites/${inviteId}/link`),
      ask(who, 'DELETE', `meetings/${meetingId}`),
    ]);
  for (const who of [joon!, viewer, stranger]) {
    const answers = await acts(who, made.meetingId);
    expect(answers.map(codeOf)).toEqual(Array.from(answers, () => 'forbidden'));
    expect((await acts(who, newId())).map(({ body }) => body)).toEqual(answers.map(({ body }) => body));
  }
  expect((await acts(null, made.meetingId)).map(codeOf)).toEqual(Array.from({ length: 5 }, () => 'not-signed-in'));
  // one of its people looks, and does no more
  const [look, ...others] = await acts(sora!, made.meetingId);
  expect(look!.status).toBe(200);
  expect(others.map(codeOf)).toEqual(Array.from(others, () => 'forbidden'));
  // who manages the meetings of one of its rooms may
  expect((await of(operator, made)).role).toBe('co-host');
  // viewers make none, and nobody asks for rooms out of reach
  expect(codeOf(await ask(viewer, 'POST', 'meetings', draft()))).toBe('forbidden');
  expect(codeOf(await ask(stranger, 'POST', 'meetings', draft({ roomIds: [room.roomId] })))).toBe('not-found');
  expect(codeOf(await ask(mina!, 'POST', 'meetings', draft({ roomIds: [newId()] })))).toBe('not-found');
  expect(codeOf(await ask(mina!, 'POST', 'meetings', draft({ people: [{ accountId: newId() }] })))).toBe('not-found');
  expect(codeOf(await ask(mina!, 'POST', 'meetings', draft({ startsAtMs: Date.now() - HOUR_MS })))).toBe(
    'meeting-in-past',
  );
});

test('of two hosts who change at once, the second learns it and overwrites nothing', async () => {
  const made = await make(mina!, { people: [{ accountId: joon!.accountId, role: 'co-host' }] });
  const both = await Promise.all([
    change(mina!, made, { title: 'By Mina' }),
    change(joon!, made, { title: 'By Joon' }),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(both.map(codeOf)).toContain('meeting-changed');
  const now = await of(mina!, made);
  expect(now).toMatchObject({ sequence: 1, title: both.find(({ status }) => status === 200)!.body.meeting.title });
  expect((await change(joon!, now, { title: 'By Joon' })).body.meeting).toMatchObject({
    sequence: 2,
    title: 'By Joon',
  });
});

test('a co-host makes nobody a host, themselves least of all, and takes none away; a host and who manages the room do', async () => {
  const made = await make(mina!, {
    roomIds: [room.roomId],
    people: [{ accountId: joon!.accountId, role: 'co-host' }, { accountId: sora!.accountId }],
  });
  const as = (joonIs: string, ...others: object[]) => ({
    people: [{ accountId: joon!.accountId, role: joonIs }, ...others],
  });
  const soraAs = (role: string) => ({ accountId: sora!.accountId, role });
  expect(codeOf(await change(joon!, made, as('host', soraAs('member'))))).toBe('forbidden');
  expect(codeOf(await change(joon!, made, as('co-host', soraAs('host'))))).toBe('forbidden');
  expect(await of(joon!, made)).toMatchObject({ role: 'co-host', sequence: made.sequence });

  const byHost = await change(mina!, made, as('co-host', soraAs('host')));
  expect(byHost.status, JSON.stringify(byHost.body)).toBe(200);
  const now: MeetingDetail = byHost.body.meeting;
  expect(codeOf(await change(joon!, now, as('co-host', soraAs('member'))))).toBe('forbidden');
  expect(codeOf(await change(joon!, now, as('co-host')))).toBe('forbidden');
  // who stays as they are hinders nobody
  const same = await change(joon!, now, { title: 'By a co-host' });
  expect(same.status, JSON.stringify(same.body)).toBe(200);

  const operator = await person('Operator', 'operator', { kind: 'room', roomId: room.roomId });
  const byOperator = await change(operator, same.body.meeting, as('host', soraAs('member')));
  expect(byOperator.status, JSON.stringify(byOperator.body)).toBe(200);
  expect((await of(joon!, made)).role).toBe('host');
});

test('a role that is changed on the staff page reaches the node of the running call, and again when the node is back', async () => {
  const made = await make(mina!, { people: [{ accountId: joon!.accountId, role: 'co-host' }] });
  const entered = await ask(joon!, 'POST', `meetings/${made.meetingId}/entries`, {});
  expect(entered.status, JSON.stringify(entered.body)).toBe(200);
  const { callId, peerId } = entered.body.grant;
  await happened(callId, made.meetingId, { name: 'call-opened' });
  const person = `account:${joon!.accountId}`;
  const sent = () => commands.filter(({ name }) => name === 'set-role');
  const as = (role: string) => ({ people: [{ accountId: joon!.accountId, role }] });
  commands.length = 0;
  const lowered = await change(mina!, made, as('member'));
  expect(lowered.status, JSON.stringify(lowered.body)).toBe(200);
  await expect.poll(sent).toMatchObject([{ callId, person, role: 'member' }]);
  for (const command of sent()) NodeCommand.parse(command);

  await fleet.register({ online: false });
  commands.length = 0;
  await fleet.register({ callIds: [callId] });
  await expect.poll(sent).toMatchObject([{ callId, person, role: 'member' }]);

  // a host in the call has decided since: the node knows better
  const given = { name: 'role-changed', peerId, person, role: 'presenter', byPeerId: newId() };
  await happened(callId, made.meetingId, given);
  await fleet.register({ online: false });
  await fleet.register({ callIds: [callId] });
  commands.length = 0;
  await change(mina!, lowered.body.meeting, { ...as('member'), title: 'Other plans' });
  await fleet.register();
  expect(sent()).toEqual([]);

  // asked again after a removal, as something else
  const without = await change(mina!, await of(mina!, made), { people: [] });
  commands.length = 0;
  await change(mina!, without.body.meeting, as('co-host'));
  await expect.poll(sent).toMatchObject([{ callId, person, role: 'co-host' }]);
});

test('a meeting names who has come, by account and by link', async () => {
  const made = await make(mina!, {
    people: [{ accountId: joon!.accountId }, { accountId: sora!.accountId }, { displayName: 'Guest', email: null }],
  });
  const { meetingId } = made;
  const member = (await ask(joon!, 'POST', `meetings/${meetingId}/entries`, {})).body.grant;
  const guest = (await enter(tokenOf(await linkOf(mina!, meetingId, made.people[2]!.inviteId)))).body.grant;
  const joined = { name: 'participant-joined', peerKind: 'person', displayName: 'Somebody', participantCount: 1 };
  await happened(
    member.callId,
    meetingId,
    { name: 'call-opened' },
    { ...joined, peerId: member.peerId },
    { ...joined, peerId: guest.peerId },
    { name: 'participant-left', peerId: member.peerId, participantCount: 1 },
  );
  const cameOf = async () => (await of(mina!, made)).people.map(({ cameAtMs }) => typeof cameAtMs);
  await expect.poll(cameOf).toEqual(['number', 'undefined', 'number']);
});

test('who is taken off a meeting loses invite, access and place in the call; the others stay', async () => {
  const made = await make(mina!, {
    people: [
      { accountId: sora!.accountId },
      { displayName: 'Guest', email: 'guest@example.com' },
      { displayName: 'Guest', email: 'other@example.com' },
      { displayName: 'Stays', email: null },
    ],
  });
  const tokens = [];
  for (const { inviteId } of made.people.slice(1)) tokens.push(tokenOf(await linkOf(mina!, made.meetingId, inviteId)));
  const [guest, other, stays] = await Promise.all(tokens.map(async (token) => (await enter(token)).body.grant));
  await happened(guest.callId, made.meetingId, { name: 'call-opened' });
  commands.length = 0;
  const changed = await change(mina!, made, {
    startsAtMs: made.startsAtMs! + 48 * HOUR_MS,
    people: [
      { displayName: 'Guest', email: 'other@example.com' },
      { displayName: 'Stays', email: null },
    ],
  });
  expect(changed.status, JSON.stringify(changed.body)).toBe(200);
  await expect.poll(() => commands.filter(({ name }) => name === 'remove-participant')).toHaveLength(1);
  expect(commands.at(-1)).toMatchObject({ callId: guest.callId, peerId: guest.peerId });
  expect([other.peerId, stays.peerId]).not.toContain(commands.at(-1).peerId);
  expect(codeOf(await enter(tokens[0]!))).toBe('invite-invalid');
  expect((await enter(tokens[1]!)).body.kind).toBe('admitted');
  expect(codeOf(await ask(sora!, 'GET', `meetings/${made.meetingId}`))).toBe('forbidden');
  const { meeting } = changed.body;
  expect(meeting.people.map(({ personId }: Json) => personId)).toEqual(
    made.people.slice(2).map(({ personId }) => personId),
  );
  // a link that was given out goes on through the move
  const invites = (await ask(mina!, 'GET', `meetings/${made.meetingId}/invites`)).body.invites;
  const kept = invites.find(({ inviteId }: Json) => inviteId === meeting.people[1].inviteId);
  expect(kept.expiresAtMs).toBeGreaterThan(made.endsAtMs! + 48 * HOUR_MS);
  expect(codeOf(await linkOf(mina!, made.meetingId, made.people[1]!.inviteId))).toBe('invite-invalid');
});

test('a cancelled meeting lets nobody in, ends its call, and is shown as cancelled', async () => {
  const made = await make(mina!, { people: [{ accountId: sora!.accountId }, { displayName: 'Guest', email: null }] });
  const token = tokenOf(await linkOf(mina!, made.meetingId, made.people[1]!.inviteId));
  const { callId } = (await enter(token)).body.grant;
  await happened(callId, made.meetingId, { name: 'call-opened' });
  commands.length = 0;
  expect((await ask(mina!, 'DELETE', `meetings/${made.meetingId}`)).status).toBe(200);
  await expect.poll(() => commands).toContainEqual({ name: 'end-call', callId });
  expect(codeOf(await enter(token))).toBe('invite-invalid');
  expect(await of(sora!, made)).toMatchObject({ isCancelled: true, sequence: 1 });
  expect(codeOf(await change(mina!, { ...made, sequence: 1 }))).toBe('not-possible-now');
  expect(codeOf(await ask(mina!, 'DELETE', `meetings/${made.meetingId}`))).toBe('not-possible-now');
});

test('a meeting without a time has no end, and a room’s own meeting is nobody’s to cancel', async () => {
  const made = await make(mina!, { startsAtMs: null, people: [{ displayName: 'Guest', email: null }] });
  expect(made).toMatchObject({ startsAtMs: null, endsAtMs: null, conflicts: [] });
  expect((await enter(tokenOf(await linkOf(mina!, made.meetingId, made.people[0]!.inviteId)))).body.kind).toBe(
    'admitted',
  );
  const admin = { ...mina!, cookie: fleet.admin.cookie };
  expect((await of(admin, room)).hostName).toBe(`Room ${names}`);
  expect(codeOf(await ask(admin, 'DELETE', `meetings/${room.meetingId}`))).toBe('not-possible-now');
  expect(codeOf(await ask(admin, 'GET', `meetings/${newId()}`))).toBe('not-found');
});

test('a room that is busy then is named: by its calendar with the title, by the meeting of others without', async () => {
  const startsAtMs = Date.now() + HOUR_MS;
  await reportAgenda([
    booking({ startMs: startsAtMs, endMs: startsAtMs + HOUR_MS }),
    booking({ startMs: startsAtMs, endMs: startsAtMs + HOUR_MS, title: 'Given back', state: 'released' }),
    booking({ startMs: startsAtMs + HOUR_MS, endMs: startsAtMs + 2 * HOUR_MS, title: 'Right after' }),
  ]);
  const first = await make(mina!, { startsAtMs, durationMinutes: 60, roomIds: [room.roomId] });
  const conflict = { roomId: room.roomId, roomName: `Room ${names}` };
  await expect.poll(async () => (await of(mina!, first)).conflicts).toEqual([{ ...conflict, title: 'Calendar entry' }]);
  const second = await make(joon!, { startsAtMs, roomIds: [room.roomId] });
  expect(second.conflicts).toEqual([
    { ...conflict, title: '' },
    { ...conflict, title: 'Calendar entry' },
  ]);
});

test('a removed room is off its meetings, and they go on without it', async () => {
  const made = await make(mina!, { roomIds: [room.roomId], people: [{ accountId: joon!.accountId }] });
  const { callId, peerId } = (await requestGrant(made.meetingId)).grant;
  await happened(callId, made.meetingId, { name: 'call-opened' });
  commands.length = 0;
  expect((await fleet.api('DELETE', `/api/v1/rooms/${room.roomId}`, undefined, fleet.admin.cookie)).status).toBe(200);
  await expect.poll(() => commands).toContainEqual({ name: 'remove-participant', callId, peerId });
  expect(commands.some(({ name }) => name === 'end-call')).toBe(false);
  const now = await of(joon!, made);
  expect(now).toMatchObject({ rooms: [], isCancelled: false });
  expect((await change(mina!, await of(mina!, made), { title: 'Without' })).status).toBe(200);
});

test('a person who is disabled is in no meeting any more; their own go on with their co-hosts', async () => {
  const gone = await person('Gone');
  const made = await make(gone, { people: [{ accountId: joon!.accountId, role: 'co-host' }] });
  const other = await make(mina!, { people: [{ accountId: gone.accountId }] });
  await store.write((trx) =>
    trx.updateTable('account').set({ disabledAtMs: Date.now() }).where('accountId', '=', gone.accountId).execute(),
  );
  expect(codeOf(await ask(gone, 'GET', `meetings/${other.meetingId}`))).toBe('not-signed-in');
  const changed = await change(joon!, await of(joon!, made), { title: 'Theirs' });
  expect(changed.body.meeting).toMatchObject({ title: 'Theirs', hostName: 'Gone' });
  // they stay listed where they were, and come in nowhere
  expect((await change(mina!, await of(mina!, other), { title: 'Same' })).status).toBe(200);
  expect(codeOf(await ask(mina!, 'POST', 'meetings', draft({ people: [{ accountId: gone.accountId }] })))).toBe(
    'not-found',
  );
});

test('people are found by the beginning of a part of their name', async () => {
  const found = async (text: string) =>
    (await ask(mina!, 'GET', `people?text=${encodeURIComponent(text)}`)).body.people.map(
      (each: Json) => each.displayName,
    );
  await person('Ærø Møller-Ka');
  await expect.poll(() => found('ka'), { timeout: 8_000 }).toContain('Ærø Møller-Ka');
  expect(await found('PAR')).toEqual(['Joon Park']);
  expect(await found('lee so')).toEqual(['Sora Lee']);
  expect(await found('ark')).toEqual([]);
  expect(await found('%')).toEqual([]);
  const viewer = await person('Looker', 'viewer');
  expect(codeOf(await ask(viewer, 'GET', 'people?text=a'))).toBe('forbidden');
});

/** What the kiosk was sent last. */
const sent = (): Json[] => box.last('meetings')?.meetings ?? [];
/** As the kiosk asks when somebody taps. */
async function requestGrant(meetingId: string | null, by = box): Promise<Json> {
  const id = newId();
  const booking = meetingId && { bookingId: 'a'.repeat(64), title: 'x', invite: null, meetingId };
  await by.say('request', { name: 'request-grant', id, endedCallId: null, booking }, false);
  const reply = () => by.heard.find(({ name, message }) => name === 'requestReply' && message.id === id)?.message;
  await expect.poll(reply).toBeTruthy();
  return reply();
}

test('a meeting with a room travels to its kiosk, changes there, and is joined by its id', async () => {
  const made = await make(mina!, {
    title: 'In the room',
    roomIds: [room.roomId],
    people: [{ accountId: joon!.accountId }],
  });
  const { meetingId, startsAtMs, endsAtMs } = made;
  const shown = { meetingId, title: 'In the room', organizer: 'Mina Kim', startsAtMs, endsAtMs, sequence: 0 };
  await expect.poll(sent).toMatchObject([shown]);
  expect(sent()[0].bookingId).toBe(bookingIdOfMeeting(meetingId));
  // neither one without a time nor one that is days away
  await make(mina!, { startsAtMs: null, roomIds: [room.roomId] });
  await make(mina!, { startsAtMs: Date.now() + 72 * HOUR_MS, roomIds: [room.roomId] });

  const grant = await requestGrant(meetingId);
  expect(grant).toMatchObject({ name: 'grant', grant: { meetingId, meetingTitle: 'In the room' } });
  const claims = JSON.parse(atob(grant.grant.joinToken.split('.')[1]));
  expect(claims).toMatchObject({ roomId: room.roomId, peerKind: 'room', role: 'co-host' });
  // another room gets in neither by this id nor by a made-up one
  const other = new RoomUnderTest(await fleet.enrolRoom('Other room'));
  await other.start(fleet);
  const refusals = [await requestGrant(meetingId, other), await requestGrant(newId(), other)];
  expect(refusals.map(({ name, error }) => [name, error?.code])).toEqual([
    ['refused', 'not-found'],
    ['refused', 'not-found'],
  ]);
  expect(refusals[0].error).toEqual(refusals[1].error);
  other.stop();

  await change(mina!, made, { title: 'Renamed' });
  await expect.poll(sent).toMatchObject([{ title: 'Renamed', sequence: 1 }]);
  await change(mina!, await of(mina!, made), { roomIds: [] });
  await expect.poll(sent).toEqual([]);
  expect((await requestGrant(meetingId)).error.code).toBe('not-found');
  await change(mina!, await of(mina!, made), { roomIds: [room.roomId] });
  await expect.poll(sent).toMatchObject([{ meetingId }]);
  await ask(mina!, 'DELETE', `meetings/${meetingId}`);
  await expect.poll(sent).toEqual([]);
  expect((await requestGrant(meetingId)).error.code).toBe('call-ended');
});

test('a room that is taken off a running meeting leaves its call', async () => {
  const made = await make(mina!, { roomIds: [room.roomId] });
  const { grant } = await requestGrant(made.meetingId);
  await happened(grant.callId, made.meetingId, { name: 'call-opened' });
  commands.length = 0;
  await change(mina!, made, { roomIds: [] });
  await expect
    .poll(() => commands)
    .toContainEqual({
      name: 'remove-participant',
      callId: grant.callId,
      peerId: grant.peerId,
    });
});

test('a member who is taken off a running meeting does not return as one who was in; invited again, they may', async () => {
  const made = await make(mina!, {
    people: [{ accountId: sora!.accountId }],
    // of others, who is signed in comes in
    policy: { ...DEFAULT_MEETING_POLICY, admission: 'all-enter' },
  });
  const enterAs = async (who: Person) => (await ask(who, 'POST', `meetings/${made.meetingId}/entries`, {})).body;
  const { grant } = await enterAs(sora!);
  const { callId, peerId } = grant;
  const joins = {
    name: 'participant-joined',
    peerId,
    displayName: 'Sora Lee',
    peerKind: 'person',
    participantCount: 1,
  };
  await happened(callId, made.meetingId, { name: 'call-opened' }, joins);
  await expect.poll(async () => (await of(mina!, made)).participantCount).toBe(1);
  commands.length = 0;
  await change(mina!, made, { people: [] });
  await expect.poll(() => commands).toContainEqual({ name: 'remove-participant', callId, peerId });
  expect((await enterAs(sora!)).error.code).toBe('removed-from-call');
  expect((await enterAs(joon!)).kind).toBe('admitted');
  await change(mina!, await of(mina!, made), { people: [{ accountId: sora!.accountId }] });
  expect((await enterAs(sora!)).kind).toBe('admitted');
});

test('rooms are found for a time: free for all of it, but for the meeting itself', async () => {
  const startsAtMs = Date.now() + 200 * HOUR_MS;
  const made = await make(mina!, { startsAtMs, durationMinutes: 60, roomIds: [room.roomId] });
  const find = async (fromMs: number, more = '') => {
    const path = `meeting-rooms?startsAtMs=${fromMs}&endsAtMs=${fromMs + HOUR_MS}${more}`;
    return (await ask(mina!, 'GET', path)).body.rooms.find(({ roomId }: Json) => roomId === room.roomId).isFree;
  };
  expect(await find(startsAtMs)).toBe(false);
  expect(await find(startsAtMs - HOUR_MS / 2)).toBe(false);
  expect(await find(startsAtMs - HOUR_MS)).toBe(true);
  expect(await find(startsAtMs + HOUR_MS)).toBe(true);
  expect(await find(startsAtMs, `&meetingId=${made.meetingId}`)).toBe(true);
  expect(codeOf(await ask(mina!, 'GET', 'meeting-rooms?startsAtMs=2&endsAtMs=1'))).toBe('bad-message');
});

test('a room is sent twenty meetings at most, and has them again when it comes back', async () => {
  const startsAtMs = Date.now() + HOUR_MS;
  for (let count = 0; count < 25; count += 1)
    await make(joon!, { title: `Number ${count}`, startsAtMs: startsAtMs + count * 60_000, roomIds: [room.roomId] });
  await expect
    .poll(() => sent().map(({ title }) => title))
    .toEqual(Array.from({ length: 20 }, (_, n) => `Number ${n}`));
  box.stop();
  box = new RoomUnderTest(room);
  await box.start(fleet);
  await expect.poll(() => sent()).toHaveLength(20);
});

test('the staff page follows: meetings of its own, what runs, rooms that are free', async () => {
  const [host, invited] = [await person('Host'), await person('Invited')];
  const [hosts, inviteds] = [await homeOf(host), await homeOf(invited)];
  await expect.poll(() => hosts.last()?.meetings).toEqual([]);
  await expect.poll(() => inviteds.last()?.meetings).toEqual([]);
  const roomIn = (home: StaffHome | null) => home?.rooms.find(({ roomId }) => roomId === room.roomId);
  expect(roomIn(hosts.last())).toEqual({
    roomId: room.roomId,
    roomName: `Room ${names}`,
    placeName: null,
    isFree: true,
    untilMs: null,
  });
  const made = await make(host, {
    startsAtMs: Date.now() - 60_000,
    people: [{ accountId: invited.accountId }, { displayName: 'Guest', email: null }],
    roomIds: [room.roomId],
  });
  const untimed = await make(host, { startsAtMs: null, title: 'Any time' });
  await expect.poll(() => hosts.last()?.meetings.map(({ title }) => title)).toEqual(['Plans', 'Any time']);
  await expect.poll(() => inviteds.last()?.meetings).toMatchObject([{ meetingId: made.meetingId, role: 'member' }]);
  await expect.poll(() => roomIn(hosts.last())).toMatchObject({ isFree: false });
  expect(hosts.last()!.running).toEqual([]);

  const token = tokenOf(await linkOf(host, made.meetingId, made.people[1]!.inviteId));
  const { callId, peerId } = (await enter(token)).body.grant;
  await happened(callId, made.meetingId, { name: 'call-opened' });
  await happened(callId, made.meetingId, {
    name: 'participant-joined',
    peerId,
    displayName: 'Guest',
    peerKind: 'person',
    roomId: null,
    participantCount: 1,
  });
  await expect
    .poll(() => inviteds.last()?.running, { timeout: 5_000 })
    .toMatchObject([{ meetingId: made.meetingId, participantCount: 1 }]);

  // by its own agenda the room was released
  const released = booking({ bookingId: bookingIdOfMeeting(made.meetingId), state: 'released' });
  await reportAgenda([released, booking({ startMs: Date.now() + 60_000 })]);
  await expect.poll(() => roomIn(hosts.last()), { timeout: 5_000 }).toMatchObject({ isFree: true });

  const now = await of(host, made);
  await change(host, now, { people: [] });
  await expect.poll(() => inviteds.last(), { timeout: 5_000 }).toMatchObject({ meetings: [], running: [] });
  await ask(host, 'DELETE', `meetings/${untimed.meetingId}`);
  await expect.poll(() => hosts.last()?.meetings.map(({ title }) => title)).toEqual(['Plans']);
});
