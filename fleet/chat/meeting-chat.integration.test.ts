/** What is written in a meeting, at the real fleet server: in calls and on its page, once each, for its people alone, over a restart. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RECALL_WITHIN_MS } from '#contract/chat.ts';
import type { ChatPost, chatApi } from '#contract/http/chat-api.ts';
import type { RouteAnswer } from '#contract/http/route.ts';
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
  [mina, joon, sora] = await under.signedIn('Mina Kim', 'Joon Park', 'Sora Lee');
});
afterAll(() => under.stop());

const ask = (who: MemberUnderTest, method: string, path: string, body?: object) =>
  fleet.api(method, `/api/v1/meetings${path}`, body, who.cookie);
/** Of Mina, with Joon. */
async function make(): Promise<string> {
  const people = [{ accountId: joon!.accountId }];
  const draft = { title: 'Plans', startsAtMs: null, durationMinutes: 30, people, roomIds: [] };
  const { status, body } = await ask(mina!, 'POST', '', draft);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.meeting.meetingId;
}
async function read(
  who: MemberUnderTest,
  meetingId: string,
  query = '',
): Promise<RouteAnswer<typeof chatApi.chatPosts>> {
  const { status, body } = await ask(who, 'GET', `/${meetingId}/chat${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}
const texts = ({ posts }: { posts: ChatPost[] }): string[] => posts.map(({ text }) => text);
const write = (who: MemberUnderTest, meetingId: string, text: string, messageId = newId()) =>
  ask(who, 'POST', `/${meetingId}/chat`, { messageId, text });
const codeOf = ({ body }: { body: Json }): string | undefined => body.error?.code;
/** Joon enters, and the node reports that the call has begun. */
async function call(meetingId: string): Promise<string> {
  const entry = await ask(joon!, 'POST', `/${meetingId}/entries`, {});
  expect(entry.status, JSON.stringify(entry.body)).toBe(200);
  const { callId, peerId } = entry.body.grant;
  const joined = { name: 'participant-joined', peerId, peerKind: 'person', displayName: 'Joon Park' };
  await report(callId, meetingId, { name: 'call-opened' }, { ...joined, participantCount: 1 });
  return callId;
}
/** Resolves once the fleet has acknowledged all of them. */
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
const posted = (number: number, text: string, more: object = {}) => ({
  name: 'chat-posted',
  person: `account:${joon!.accountId}`,
  message: {
    messageId: newId(),
    number,
    peerId: newId(),
    displayName: 'Joon Park',
    isGuest: false,
    text,
    atMs: Date.now(),
    ...more,
  },
});

test('what is written before, during and after a call is the meeting’s, in its order and once each', async () => {
  const meetingId = await make();
  expect(await read(mina!, meetingId)).toMatchObject({ posts: [], hasOlder: false });
  const messageId = newId();
  for (const _ of [1, 2]) expect((await write(mina!, meetingId, 'Before', messageId)).status).toBe(200);
  const callId = await call(meetingId);
  const events = await report(callId, meetingId, posted(0, 'During'), posted(1, '<b>회의</b>\n중'));
  // a node that did not get the answer sends them again
  await send(events);
  await send(events.map((event) => ({ ...event, eventId: newId() })));
  await report(callId, meetingId, { name: 'call-ended', reason: 'empty' }, posted(2, 'Last words'));
  await write(joon!, meetingId, 'After');
  const own = await read(joon!, meetingId);
  expect(texts(own)).toEqual(['Before', 'During', '<b>회의</b>\n중', 'Last words', 'After']);
  expect(own.posts.map(({ isFromCall, isOwn }) => [isFromCall, isOwn])).toEqual([
    [false, false],
    [true, true],
    [true, true],
    [true, true],
    [false, true],
  ]);
  expect(own.posts.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4]);
  expect(fleet.log).not.toContain('Last words');
  expect(JSON.stringify(fleet.audit())).not.toContain('Last words');
});

test('its people read and write it, nobody else', async () => {
  const meetingId = await make();
  await write(mina!, meetingId, 'Among us');
  expect(codeOf(await write(sora!, meetingId, 'Let me in'))).toBe('forbidden');
  expect(codeOf(await ask(sora!, 'GET', `/${meetingId}/chat`))).toBe('forbidden');
  // who manages every meeting is not one of its people
  const manager: MemberUnderTest = { accountId: '', displayName: '', cookie: fleet.admin.cookie };
  expect(codeOf(await ask(manager, 'GET', `/${meetingId}/chat`))).toBe('forbidden');
  expect(codeOf(await write(manager, meetingId, 'Hello'))).toBe('forbidden');
  expect(texts(await read(joon!, meetingId))).toEqual(['Among us']);
});

test('what is written on the page while a call runs is sent to its node', async () => {
  const meetingId = await make();
  await write(mina!, meetingId, 'Nobody is in yet');
  const callId = await call(meetingId);
  const messageId = newId();
  await write(mina!, meetingId, 'I am late', messageId);
  await expect.poll(() => commands.filter(({ name }) => name === 'post-chat')).toHaveLength(1);
  const sent = { name: 'post-chat', callId, messageId, displayName: 'Mina Kim', text: 'I am late' };
  expect(commands.find(({ name }) => name === 'post-chat')).toMatchObject(sent);
});

const recall = (who: MemberUnderTest, meetingId: string, messageId: string) =>
  ask(who, 'DELETE', `/${meetingId}/chat/${messageId}`);
/** As they stand in the file, the one of that id. */
const kept = (messageId: string) =>
  store.read.selectFrom('chatPost').selectAll().where('messageId', '=', messageId).executeTakeFirstOrThrow();

test('a recalled message keeps its place, and its words are gone from the store', async () => {
  const meetingId = await make();
  const ids = [newId(), newId(), newId()] as const;
  await write(mina!, meetingId, 'By the host', ids[0]);
  const callId = await call(meetingId);
  const [event] = await report(callId, meetingId, posted(0, 'A secret', { messageId: ids[1] }));
  await report(callId, meetingId, posted(1, 'Rude words', { messageId: ids[2] }));
  expect(codeOf(await recall(joon!, meetingId, ids[0]))).toBe('forbidden');
  expect(codeOf(await recall(sora!, meetingId, ids[1]))).toBe('forbidden');
  expect(codeOf(await recall(joon!, meetingId, newId()))).toBe('not-found');
  // its writer in the call, and the host on the page; each twice
  const recalled = { name: 'chat-recalled', messageId: ids[1], byPeerId: newId() };
  for (const _ of [1, 2]) await report(callId, meetingId, recalled);
  for (const _ of [1, 2]) expect((await recall(mina!, meetingId, ids[2])).status).toBe(200);
  // the post comes again behind it
  await send([{ ...event!, eventId: newId() }]);
  const { posts } = await read(joon!, meetingId);
  expect(posts.map(({ text, isRecalled, mayRecall }) => [text, isRecalled, mayRecall])).toEqual([
    ['By the host', false, false],
    ['', true, false],
    ['', true, false],
  ]);
  expect((await read(mina!, meetingId)).posts[0]!.mayRecall).toBe(true);
  for (const id of ids.slice(1)) expect((await kept(id)).text).toBe('');
  await expect
    .poll(() => commands.find(({ name, messageId }) => name === 'recall-chat' && messageId === ids[2]))
    .toEqual({ name: 'recall-chat', callId, messageId: ids[2] });
});

test('a message answers another and names people of the meeting, who see that they are meant', async () => {
  const meetingId = await make();
  const [first, second, third] = [newId(), newId(), newId()];
  await write(mina!, meetingId, 'Which page?', first);
  const callId = await call(meetingId);
  const mentions = [mina!.accountId, sora!.accountId];
  const body = { messageId: second, text: '@Mina Kim page 3', replyTo: first, mentions };
  const { post } = (await ask(joon!, 'POST', `/${meetingId}/chat`, body)).body;
  // Sora is none of its people
  expect(post).toMatchObject({ replyTo: first, mentions: [{ name: 'Mina Kim', isMe: false }] });
  await expect
    .poll(() => commands.find(({ messageId }) => messageId === second))
    .toMatchObject({ replyTo: first, mentioned: [{ person: `account:${mina!.accountId}`, name: 'Mina Kim' }] });
  const mentioned = [{ person: `account:${mina!.accountId}`, name: 'Mina' }];
  await report(callId, meetingId, { ...posted(0, '@Mina look', { messageId: third, replyTo: second }), mentioned });
  const { posts, people } = await read(mina!, meetingId);
  expect(posts.map(({ replyTo, mentions: named }) => [replyTo, named])).toEqual([
    [undefined, []],
    [first, [{ name: 'Mina Kim', isMe: true }]],
    [second, [{ name: 'Mina', isMe: true }]],
  ]);
  expect(people.map(({ displayName }) => displayName)).toEqual(['Joon Park', 'Mina Kim']);
  await recall(joon!, meetingId, second);
  expect((await read(mina!, meetingId)).posts[1]).toMatchObject({ text: '', mentions: [] });
});

const markRead = (who: MemberUnderTest, meetingId: string, messageId: string) =>
  ask(who, 'PUT', `/${meetingId}/chat-read`, { messageId });
const readers = (who: MemberUnderTest, meetingId: string, messageId: string) =>
  ask(who, 'GET', `/${meetingId}/chat/${messageId}/readers`);

test('a writer sees who has read it, on the page and in the call; nobody else does', async () => {
  const meetingId = await make();
  const [first, inCall] = [newId(), newId()];
  await write(mina!, meetingId, 'Before', first);
  const callId = await call(meetingId);
  await report(callId, meetingId, posted(0, 'During', { messageId: inCall }));
  // the page of Joon, twice; an older message changes nothing
  for (const messageId of [inCall, inCall, first])
    expect((await markRead(joon!, meetingId, messageId)).status).toBe(200);
  expect(codeOf(await markRead(sora!, meetingId, inCall))).toBe('forbidden');
  const marked = () => commands.filter((each) => each.name === 'mark-chat-read' && each.callId === callId);
  const person = `account:${joon!.accountId}`;
  await expect
    .poll(marked)
    .toEqual([{ name: 'mark-chat-read', callId, person, displayName: 'Joon Park', messageId: inCall }]);
  // Mina and a guest read in the call; the node reports it twice
  const reads = [
    { person: `account:${mina!.accountId}`, displayName: 'Mina Kim', messageId: inCall },
    { person: 'seat:1:2', displayName: 'A guest', messageId: first },
    { person: 'seat:1:3', displayName: 'Nobody', messageId: newId() },
  ];
  for (const _ of [1, 2]) await report(callId, meetingId, { name: 'chat-read', reads });
  const counts = async (who: MemberUnderTest) => (await read(who, meetingId)).posts.map(({ readCount }) => readCount);
  expect(await counts(mina!)).toEqual([2, undefined]);
  expect(await counts(joon!)).toEqual([undefined, 1]);
  expect((await readers(mina!, meetingId, first)).body).toEqual({ names: ['A guest', 'Joon Park'] });
  expect(codeOf(await readers(joon!, meetingId, first))).toBe('forbidden');
  expect(codeOf(await readers(sora!, meetingId, first))).toBe('forbidden');
  expect(codeOf(await readers(mina!, meetingId, newId()))).toBe('not-found');
  await recall(mina!, meetingId, first);
  expect([await counts(mina!), (await readers(mina!, meetingId, first)).body.names]).toEqual([
    [undefined, undefined],
    [],
  ]);
});

test('a cancelled meeting is read, and nobody writes there any more; who wrote may still recall', async () => {
  const meetingId = await make();
  const messageId = newId();
  await write(joon!, meetingId, 'Before', messageId);
  expect((await ask(mina!, 'DELETE', `/${meetingId}`)).status).toBe(200);
  expect(codeOf(await write(joon!, meetingId, 'After'))).toBe('not-possible-now');
  // its answer was lost
  expect((await write(joon!, meetingId, 'Before', messageId)).status).toBe(200);
  expect(texts(await read(mina!, meetingId))).toEqual(['Before']);
  expect((await recall(joon!, meetingId, messageId)).status).toBe(200);
  expect((await kept(messageId)).text).toBe('');
});

test('a meeting whose time is over is read and written in for as long as it is kept', async () => {
  const meetingId = await make();
  await write(mina!, meetingId, 'Before');
  const endsAtMs = Date.now() - 400 * 86_400_000;
  const times = { startsAtMs: endsAtMs - 3_600_000, endsAtMs };
  await store.write((trx) => trx.updateTable('meeting').set(times).where('meetingId', '=', meetingId).execute());
  const messageId = newId();
  expect((await write(joon!, meetingId, 'A year later', messageId)).status).toBe(200);
  const reply = { messageId: newId(), text: 'I answer', replyTo: messageId, mentions: [joon!.accountId] };
  expect((await ask(mina!, 'POST', `/${meetingId}/chat`, reply)).status).toBe(200);
  expect(texts(await read(joon!, meetingId))).toEqual(['Before', 'A year later', 'I answer']);
  // its people alone, as before
  expect(codeOf(await write(sora!, meetingId, 'Let me in'))).toBe('forbidden');
});

test('after 24 hours nobody recalls', async () => {
  const meetingId = await make();
  const messageId = newId();
  await write(mina!, meetingId, 'Long ago', messageId);
  const { atMs } = await kept(messageId);
  await store.write((trx) =>
    trx
      .updateTable('chatPost')
      .set({ atMs: atMs - RECALL_WITHIN_MS })
      .where('messageId', '=', messageId)
      .execute(),
  );
  expect((await read(mina!, meetingId)).posts[0]!.mayRecall).toBe(false);
  expect(codeOf(await recall(mina!, meetingId, messageId))).toBe('not-possible-now');
  expect(texts(await read(mina!, meetingId))).toEqual(['Long ago']);
});

test('older ones are read in parts, until the first', async () => {
  const meetingId = await make();
  const callId = await call(meetingId);
  const all = Array.from({ length: 120 }, (_, n) => `m${n}`);
  await report(callId, meetingId, ...all.slice(0, 60).map((text, n) => posted(n, text)));
  await report(callId, meetingId, ...all.slice(60).map((text, n) => posted(60 + n, text)));
  let known = await read(mina!, meetingId);
  expect([known.posts.length, known.hasOlder]).toEqual([50, true]);
  while (known.hasOlder) {
    const older = await read(mina!, meetingId, `?beforeNumber=${known.posts[0]!.number}`);
    known = { ...older, posts: [...older.posts, ...known.posts] };
  }
  expect(texts(known)).toEqual(all);
});

test('words are found, whatever signs stand in them, and those of recalled messages are not', async () => {
  const meetingId = await make();
  const secret = newId();
  await write(joon!, meetingId, '가격표 100% 확정_안');
  await write(joon!, meetingId, 'The price list');
  await write(joon!, meetingId, 'A price of 100 or so', secret);
  const found = async (words: string) => texts(await read(mina!, meetingId, `?text=${encodeURIComponent(words)}`));
  expect(await found('PRICE')).toEqual(['The price list', 'A price of 100 or so']);
  expect(await found('100%')).toEqual(['가격표 100% 확정_안']);
  expect(await found('확정_'.normalize('NFD'))).toEqual(['가격표 100% 확정_안']);
  expect(await found("'; drop table chat_post; --")).toEqual([]);
  await recall(joon!, meetingId, secret);
  expect(await found('price')).toEqual(['The price list']);
  for (const words of ['', ' ', 'x'.repeat(101)])
    expect(codeOf(await ask(mina!, 'GET', `/${meetingId}/chat?text=${words}`))).toBe('bad-message');
});

test('bad input is refused in words: long, empty, of another’s id, a thousand at once', async () => {
  const meetingId = await make();
  expect(codeOf(await write(mina!, meetingId, 'x'.repeat(1024 * 1024)))).toBe('too-large');
  for (const text of ['x'.repeat(2_001), '', ' \n\u200b\u202e ']) {
    expect(codeOf(await write(mina!, meetingId, text))).toBe('bad-message');
  }
  const messageId = newId();
  const written = '<script>alert(1)</script>\u202egnp.exe\u200b\u0000';
  expect((await write(mina!, meetingId, written, messageId)).body.post.text).toBe('<script>alert(1)</script> gnp.exe');
  expect(codeOf(await write(joon!, meetingId, 'Mine', messageId))).toBe('not-possible-now');
  const flood = await Promise.all(Array.from({ length: 200 }, (_, n) => write(mina!, meetingId, `flood ${n}`)));
  const codes = flood.map(codeOf);
  expect(codes.filter((code) => code === 'too-many-attempts').length).toBeGreaterThan(150);
  expect(codes.filter((code) => code === undefined).length).toBeGreaterThan(0);
  // nobody else notices
  expect((await write(joon!, meetingId, 'I am heard')).status).toBe(200);
  expect(texts(await read(joon!, meetingId)).at(-1)).toBe('I am heard');
});

test('open pages are notified by their home stream', async () => {
  const meetingId = await make();
  const home = new EventsUnderTest(`${fleet.ready.fleetUrl}/api/v1/staff-home`, { cookie: mina!.cookie });
  try {
    const revision = (): number | undefined =>
      home.last('home')?.meetings.find((each: Json) => each.meetingId === meetingId)?.chatRevision;
    await expect.poll(() => home.last('home'), { timeout: 15_000 }).toBeTruthy();
    expect(revision()).toBeUndefined();
    await write(joon!, meetingId, 'News');
    await expect.poll(revision, { timeout: 15_000 }).toBe(1);
    const callId = await call(meetingId);
    await report(callId, meetingId, posted(0, 'More'));
    await expect.poll(revision, { timeout: 15_000 }).toBe(2);
  } finally {
    home.close();
  }
});

test('is there after the server was killed', async () => {
  const meetingId = await make();
  await write(joon!, meetingId, 'Kept');
  await fleet.kill();
  await fleet.startServer();
  expect(texts(await read(mina!, meetingId))).toEqual(['Kept']);
});
