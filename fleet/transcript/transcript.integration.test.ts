/**
 * The transcript at the real fleet server with a scripted node: whether it is allowed, what is spoken in calls, its files and its
 * deletion, for the meeting's people alone.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { transcriptApi } from '#contract/http/transcript-api.ts';
import type { RouteAnswer } from '#contract/http/route.ts';
import { DEFAULT_MEETING_POLICY } from '#contract/meeting-policy.ts';
import { topicOf } from '#contract/topics.ts';
import { EventsUnderTest } from '../events-under-test.ts';
import type { FleetUnderTest, Json } from '../fleet-under-test.ts';
import { type MemberUnderTest, MembersUnderTest } from '../members-under-test.ts';
import { type AuthorityStore, newId } from '../store/index.ts';

let under: MembersUnderTest;
let fleet: FleetUnderTest;
let store: AuthorityStore;
let [mina, joon, sora]: MemberUnderTest[] = [];
const acknowledged = new Set<string>();
const commands: Json[] = [];

beforeAll(async () => {
  under = await MembersUnderTest.start();
  ({ fleet, store } = under);
  fleet.node.on('message', (topic, payload) => {
    const message = JSON.parse(payload.toString());
    if (topic === topicOf('eventAcks', fleet.nodeId)) for (const id of message.eventIds) acknowledged.add(id);
    if (topic === topicOf('nodeCommand', fleet.nodeId)) commands.push(message);
  });
  const topics = [topicOf('eventAcks', fleet.nodeId), topicOf('nodeCommand', fleet.nodeId)];
  await fleet.node.subscribeAsync(topics, { qos: 1 });
  await fleet.register({ transcribes: true });
  [mina, joon, sora] = await under.signedIn('Mina Kim', 'Joon Park', 'Sora Lee');
});
afterAll(() => under.stop());

const ask = (who: MemberUnderTest, method: string, path: string, body?: object) =>
  fleet.api(method, `/api/v1/meetings${path}`, body, who.cookie);
async function make(policy?: object): Promise<string> {
  const people = [{ accountId: joon!.accountId }];
  const draft = {
    title: 'Plans',
    startsAtMs: null,
    durationMinutes: 30,
    people,
    roomIds: [],
    ...(policy && { policy }),
  };
  const { status, body } = await ask(mina!, 'POST', '', draft);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.meeting.meetingId;
}
const permit = async (transcript: boolean) => {
  const body = { meetingPolicy: { ...DEFAULT_MEETING_POLICY, transcript }, allowedRanges: [] };
  expect((await fleet.api('PUT', '/api/v1/organisation/meeting-defaults', body, fleet.admin.cookie)).status).toBe(200);
};
async function call(meetingId: string): Promise<{ callId: string; peerId: string }> {
  const entry = await ask(joon!, 'POST', `/${meetingId}/entries`, {});
  expect(entry.status, JSON.stringify(entry.body)).toBe(200);
  const { callId, peerId } = entry.body.grant;
  const joined = { name: 'participant-joined', peerId, peerKind: 'person', displayName: 'Joon Park' };
  await report(callId, meetingId, { name: 'call-opened' }, { ...joined, participantCount: 1 });
  return { callId, peerId };
}
async function report(callId: string, meetingId: string, ...happened: object[]): Promise<object[]> {
  const events = happened.map((each) => ({ eventId: newId(), callId, meetingId, atMs: Date.now(), ...each }));
  await send(events);
  return events;
}
async function send(events: object[]): Promise<void> {
  const ids = events.map((event) => (event as { eventId: string }).eventId);
  for (const id of ids) acknowledged.delete(id);
  await fleet.node.publishAsync(topicOf('callEvents', fleet.nodeId), JSON.stringify({ events }), { qos: 1 });
  await expect.poll(() => ids.every((id) => acknowledged.has(id)), { timeout: 5_000 }).toBe(true);
}
const spoken = (text: string, fromMs = Date.now(), person: MemberUnderTest | null = joon!) => ({
  name: 'transcript-segment',
  person: person && `account:${person.accountId}`,
  segment: {
    ...{ segmentId: newId(), peerId: newId(), displayName: person?.displayName ?? 'Hall', text },
    ...{ fromMs, untilMs: fromMs + 900 },
  },
});
async function read(
  who: MemberUnderTest,
  meetingId: string,
  query = '',
): Promise<RouteAnswer<typeof transcriptApi.transcript>> {
  const { status, body } = await ask(who, 'GET', `/${meetingId}/transcript${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}
const texts = async (meetingId: string, who = mina!) => (await read(who, meetingId)).segments.map(({ text }) => text);
const file = async (who: MemberUnderTest, path: string) => {
  const answer = await fetch(`${fleet.ready.fleetUrl}/api/v1/meetings${path}`, { headers: { cookie: who.cookie } });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};
const allowed = (meetingId: string): boolean[] =>
  commands
    .filter((command) => command.name === 'allow-transcript' && command.meetingId === meetingId)
    .map(({ isAllowed }) => isAllowed);

test('a call may be transcribed only where place and meeting permit it, and a change holds at once', async () => {
  const meetingId = await make();
  expect((await ask(mina!, 'GET', `/${meetingId}`)).body.meeting).toMatchObject({ isTranscriptPermitted: false });
  await call(meetingId);
  await expect.poll(() => allowed(meetingId)).toEqual([false]);
  await permit(true);
  await expect.poll(() => allowed(meetingId)).toEqual([false, true]);
  expect((await ask(mina!, 'GET', `/${meetingId}`)).body.meeting).toMatchObject({ isTranscriptPermitted: true });
  const own = { ...DEFAULT_MEETING_POLICY, transcript: false };
  expect((await ask(mina!, 'PUT', `/${meetingId}/policy`, own)).status).toBe(200);
  await expect.poll(() => allowed(meetingId)).toEqual([false, true, false]);
  // a page of the former release does not know the word
  const { transcript: _, ...former } = own;
  expect((await ask(mina!, 'PUT', `/${meetingId}/policy`, former)).status).toBe(200);
  expect((await ask(mina!, 'PUT', `/${meetingId}/policy`, { ...own, transcript: true })).status).toBe(200);
  await expect.poll(() => allowed(meetingId)).toEqual([false, true, false, true]);
  await permit(false);
  await expect.poll(() => allowed(meetingId)).toEqual([false, true, false, true, false]);
});

test('a node that comes back is sent it again, one without an engine never', async () => {
  const meetingId = await make();
  await call(meetingId);
  await expect.poll(() => allowed(meetingId)).toEqual([false]);
  await fleet.register({ online: false });
  await fleet.register({ transcribes: true });
  await expect.poll(() => allowed(meetingId)).toEqual([false, false]);
  await fleet.register({ transcribes: false });
  const other = await make();
  await call(other);
  expect(allowed(other)).toEqual([]);
  await fleet.register({ transcribes: true });
});

test('what is spoken is the meeting’s, once each, in its order, for its people alone', async () => {
  const meetingId = await make();
  const { callId } = await call(meetingId);
  const at = Date.now() - 60_000;
  const [first] = await report(callId, meetingId, spoken('Second', at + 900), spoken('First', at, null));
  await send([first!]);
  await report(callId, meetingId, { ...first, eventId: newId() });
  expect(await texts(meetingId)).toEqual(['First', 'Second']);
  expect((await read(joon!, meetingId)).segments.map(({ isOwn }) => isOwn)).toEqual([false, true]);
  expect((await read(mina!, meetingId, '?text=seco')).segments).toMatchObject([{ text: 'Second' }]);
  expect((await ask(sora!, 'GET', `/${meetingId}/transcript`)).status).toBe(403);
  expect(JSON.stringify(await read(mina!, meetingId))).not.toContain('account:');
  // its last words come when the call is over
  await report(callId, meetingId, { name: 'call-ended', reason: 'empty' }, spoken('Last', at + 5_000));
  expect(await texts(meetingId)).toEqual(['First', 'Second', 'Last']);
  // a call of another meeting, or one that nobody knows, is not this node's to write in
  const other = await make();
  await report(callId, other, spoken('Stolen'));
  await report(newId(), meetingId, spoken('Nowhere'));
  expect(await texts(other)).toEqual([]);
  expect(await texts(meetingId)).toHaveLength(3);
});

test('hostile words and times change nothing but themselves', async () => {
  const meetingId = await make();
  const { callId } = await call(meetingId);
  const wrong = spoken('<script>alert(1)</script>\u202egnp.exe\u200b\u0000');
  await report(callId, meetingId, wrong, spoken('말'.repeat(30_000)), spoken('\u200b\u0000'));
  // what is no event at all is not read, and the next one is
  const bad = { name: 'transcript-segment', eventId: newId(), callId, meetingId, atMs: 5 };
  for (const payload of ['{"events":[', JSON.stringify({ events: [{ ...bad, segment: { text: 7 } }] })])
    await fleet.node.publishAsync(topicOf('callEvents', fleet.nodeId), payload, { qos: 1 });
  await report(callId, meetingId, spoken('Good', Date.now() + 60_000));
  const [script, long, good] = await texts(meetingId);
  expect(script).toBe('<script>alert(1)</script> gnp.exe');
  expect(long!.length).toBeLessThanOrEqual(2_000);
  expect(good).toBe('Good');
  const vtt = await file(mina!, `/${meetingId}/calls/${callId}/transcript.vtt`);
  expect(vtt.text).toContain('&lt;script&gt;');
  expect(fleet.log).not.toMatch(/alert\(1\)|Good/);
});

test('its files are its people’s', async () => {
  const meetingId = await make();
  const { callId } = await call(meetingId);
  await report(callId, meetingId, spoken('Good morning.'));
  const text = await file(joon!, `/${meetingId}/transcript.txt`);
  expect(text).toMatchObject({ status: 200, type: 'text/plain; charset=utf-8' });
  expect(text.text).toMatch(/^Plans\n[\s\S]*Joon Park: Good morning\.\n$/);
  const vtt = await file(joon!, `/${meetingId}/calls/${callId}/transcript.vtt`);
  expect(vtt).toMatchObject({ status: 200, type: 'text/vtt; charset=utf-8' });
  expect(vtt.text).toMatch(/^WEBVTT\n\n00:00:0\d\.\d{3} --> .*\n<v Joon Park>Good morning\.\n$/);
  expect((await file(joon!, `/${await make()}/calls/${callId}/transcript.vtt`)).status).toBe(404);
  expect((await file(sora!, `/${meetingId}/transcript.txt`)).status).toBe(403);
});

test('a host deletes what was misheard; pages follow, and it does not come back', async () => {
  const meetingId = await make();
  const { callId } = await call(meetingId);
  const home = new EventsUnderTest(`${fleet.ready.fleetUrl}/api/v1/staff-home`, { cookie: joon!.cookie });
  try {
    const revision = (): number | undefined =>
      home.last('home')?.meetings.find((each: Json) => each.meetingId === meetingId)?.transcriptRevision;
    await expect.poll(() => home.last('home'), { timeout: 15_000 }).toBeTruthy();
    expect(revision()).toBeUndefined();
    const [event] = await report(callId, meetingId, spoken('Forty million'), spoken('Good'));
    await expect.poll(revision, { timeout: 15_000 }).toBe(2);
    const { segmentId } = (await read(mina!, meetingId)).segments.find(({ text }) => text === 'Forty million')!;
    const path = `/${meetingId}/calls/${callId}/transcript/${segmentId}`;
    expect((await ask(joon!, 'DELETE', path)).status).toBe(403);
    expect((await ask(mina!, 'DELETE', path)).status).toBe(200);
    expect((await ask(mina!, 'DELETE', path)).status).toBe(200);
    await expect.poll(revision, { timeout: 15_000 }).toBe(3);
    await report(callId, meetingId, { ...event, eventId: newId() });
    expect(await texts(meetingId, joon)).toEqual(['Good']);
  } finally {
    home.close();
  }
});

test('who turned it on stands in the audit log; the record’s file and its deletion have all of it', async () => {
  const meetingId = await make();
  const { callId, peerId } = await call(meetingId);
  const turned = { name: 'transcript-turned', byPeerId: peerId };
  await report(callId, meetingId, { ...turned, isOn: true }, spoken('Secret plan'), { ...turned, isOn: false });
  const { body } = await fleet.api('GET', '/api/v1/audit?kind=transcript-turned', undefined, fleet.admin.cookie);
  const mine = body.rows.filter((row: Json) => row.subject.key === `meeting:${meetingId}`);
  expect(mine.map(({ actor, details }: Json) => [actor.name, details.turned])).toEqual([
    ['Joon Park', 'off'],
    ['Joon Park', 'on'],
  ]);
  const record = await file(mina!, `/${meetingId}/record.json`);
  expect(JSON.parse(record.text).transcript).toMatchObject([{ displayName: 'Joon Park', text: 'Secret plan' }]);
  await report(callId, meetingId, { name: 'call-ended', reason: 'empty' });
  expect((await ask(mina!, 'DELETE', `/${meetingId}/record`)).status).toBe(200);
  expect(await texts(meetingId)).toEqual([]);
  const rows = await store.read.selectFrom('transcript').selectAll().where('meetingId', '=', meetingId).execute();
  expect(rows).toEqual([]);
});
