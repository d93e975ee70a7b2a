import { once } from 'node:events';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { MAX_ROOM_LINK_MESSAGE_BYTES } from '#contract/limits.ts';
import { FleetUnderTest, type Json, SIGNALING_URL } from '../fleet-under-test.ts';
import { codeHash, PhoneUnderTest, RoomUnderTest, stateOf } from '../room-under-test.ts';
import { newId } from '../store/index.ts';

let fleet: FleetUnderTest;
let room: RoomUnderTest;
const phones: PhoneUnderTest[] = [];
let codes = 0;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  room = new RoomUnderTest(await fleet.enrolRoom('Room A'));
  await room.start(fleet);
  await room.sayState();
});
afterEach(() => {
  room.answer = ({ id }) => ({ ok: true, id });
  for (const each of phones.splice(0)) each.close();
});
afterAll(async () => {
  room?.stop();
  await fleet.stop();
});

/** Letters that no two tests share. */
function nextCode(): string {
  codes += 1;
  return `BCDFGH${'23456789'[Math.floor(codes / 8)]}${'23456789'[codes % 8]}`;
}
const pair = (code: string) => fleet.api('POST', '/api/v1/pairings', { code });
/** From another address of loopback: another network. */
async function pairFrom(localAddress: string, code: string): Promise<{ status: number; body: Json }> {
  const call = request(new URL('/api/v1/pairings', fleet.ready.fleetUrl), {
    method: 'POST',
    localAddress,
    headers: { 'content-type': 'application/json' },
  });
  call.end(JSON.stringify({ code }));
  const [response] = await once(call, 'response');
  return { status: response.statusCode, body: await json(response) };
}
async function offered(): Promise<string> {
  const code = nextCode();
  await room.offer(code);
  return code;
}
async function token(): Promise<string> {
  const { body } = await pair(await offered());
  return body.controllerToken;
}
function phone(options: ConstructorParameters<typeof PhoneUnderTest>[1] = {}): PhoneUnderTest {
  const made = new PhoneUnderTest(fleet.ready.fleetUrl, options);
  phones.push(made);
  return made;
}
async function paired(): Promise<PhoneUnderTest> {
  const made = await phone().open(await token());
  await expect.poll(() => made.of('welcome')).toHaveLength(1);
  return made;
}

test('a code pairs once, however it is typed, and the TV is told to show another', async () => {
  const code = await offered();
  const first = await pair(` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`);
  expect(first.body).toMatchObject({ roomId: room.room.roomId, roomName: 'Room A' });
  await expect
    .poll(() => room.last('requestReply'))
    .toEqual({ name: 'pairing-code-used', sha256: codeHash(room.room.roomId, code) });
  expect((await pair(code)).body.error.code).toBe('pairing-code-invalid');
  // offered again, e.g. by a kiosk that has not heard yet: still used
  await room.offer(code);
  expect((await pair(code)).body.error.code).toBe('pairing-code-invalid');
});

test('two phones with one code at the same instant: one is paired', async () => {
  const code = await offered();
  const answers = await Promise.all([pair(code), pair(code)]);
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 403]);
});

test('a paired phone proves by the TV’s code that it is in the room; the code of another room proves nothing', async () => {
  const one = await paired();
  const reply = (id: string) => one.of('command-reply').find((each) => each.id === id)?.error;
  const prove = (code: string): string => {
    const id = newId();
    one.send({ type: 'prove-presence', id, code });
    return id;
  };
  const wrong = prove('ZZZZZZZZ');
  await expect.poll(() => reply(wrong)?.code).toBe('pairing-code-invalid');
  const code = await offered();
  const right = prove(code);
  await expect.poll(() => reply(right)).toBeNull();
  await expect
    .poll(() => room.last('requestReply'))
    .toEqual({ name: 'pairing-code-used', sha256: codeHash(room.room.roomId, code) });
  const again = prove(code);
  await expect.poll(() => reply(again)?.code).toBe('pairing-code-invalid');
});

test('an expired code pairs nobody, and a kiosk whose clock is wrong is understood', async () => {
  const [old, skewed] = [nextCode(), nextCode()];
  // by more than its presence was on its way: the room's clock is known no better
  const expiresAtMs = Date.now() - 10_000;
  await room.say('pairing', { codes: [{ sha256: codeHash(room.room.roomId, old), expiresAtMs }] });
  expect((await pair(old)).body.error.code).toBe('pairing-code-invalid');
  const wrongNowMs = Date.now() - 86_400_000;
  await room.say('presence', { protocol: PROTOCOL_VERSION, online: true, epoch: 1, asOfMs: wrongNowMs });
  await room.say('pairing', {
    codes: [{ sha256: codeHash(room.room.roomId, skewed), expiresAtMs: wrongNowMs + 60_000 }],
  });
  expect((await pair(skewed)).status).toBe(200);
  await room.say('presence', { protocol: PROTOCOL_VERSION, online: true, epoch: 1, asOfMs: Date.now() });
});

test('who guesses runs dry; a phone in another network pairs all the same', async () => {
  const code = await offered();
  const answers = [];
  for (let i = 0; i < 14; i += 1) answers.push((await pairFrom('127.0.0.9', 'ZZZZZZZZ')).body.error.code);
  expect(answers[0]).toBe('pairing-code-invalid');
  expect(answers.at(-1)).toBe('too-many-attempts');
  // the right code does not help the one who ran dry
  expect((await pairFrom('127.0.0.9', code)).body.error.code).toBe('too-many-attempts');
  expect((await pairFrom('127.0.0.10', code)).status).toBe(200);
});

test('a phone is told the state at once, each change after, and who is there', async () => {
  const one = await paired();
  expect(one.of('welcome')[0]).toMatchObject({
    roomId: room.room.roomId,
    roomName: 'Room A',
    online: true,
    projections: { state: { phase: { name: 'idle' } } },
  });
  await room.sayState({ volumePercent: 77 });
  await expect.poll(() => one.shown('state')?.volumePercent).toBe(77);
  const two = await paired();
  expect(two.of('welcome')[0].projections.state.volumePercent).toBe(77);
  await room.say('presence', { protocol: PROTOCOL_VERSION, online: false, epoch: 1, asOfMs: Date.now() });
  await expect.poll(() => two.of('presence').at(-1)?.online).toBe(false);
  await room.say('presence', { protocol: PROTOCOL_VERSION, online: true, epoch: 1, asOfMs: Date.now() });
  await expect.poll(() => one.of('presence').at(-1)?.online).toBe(true);
  const roster = { kind: 'snapshot', callId: newId(), revision: 1, participants: [] };
  await room.say('roster', roster, false);
  await expect.poll(() => one.of('roster').at(-1)?.roster).toEqual(roster);
});

test('a command reaches its room with an expiry and its reply the phone, also right behind the hello', async () => {
  const made = await phone().open(await token());
  const id = made.command({ name: 'set-volume', percent: 10 });
  await expect.poll(() => made.of('command-reply')).toEqual([{ type: 'command-reply', id, error: null }]);
  const envelope = room.last('command');
  expect(envelope).toMatchObject({
    id,
    roomId: room.room.roomId,
    command: { name: 'set-volume', percent: 10 },
    grant: null,
  });
  expect(envelope.expiresAtMs).toBeGreaterThan(Date.now());
});

test("a start carries a grant with the room's rights, and two of them lead into one call", async () => {
  const made = await paired();
  for (const name of ['prepare-call', 'join-call']) {
    const id = made.command({ name });
    await expect.poll(() => made.of('command-reply').at(-1)?.id).toBe(id);
  }
  const grants = room.heard
    .filter(({ name }) => name === 'command')
    .slice(-2)
    .map(({ message }) => message.grant);
  expect(grants[0].callId).toBe(grants[1].callId);
  expect(grants[1]).toMatchObject({ signalingUrl: SIGNALING_URL, meetingId: room.room.meetingId });
  const claims = JSON.parse(Buffer.from(grants[1].joinToken.split('.')[1], 'base64url').toString());
  expect(claims).toMatchObject({
    iss: 'maru-fleet',
    aud: fleet.nodeId,
    peerKind: 'room',
    displayName: 'Room A',
    publishes: ['microphone', 'camera', 'screen', 'screen-audio'],
    receives: ['microphone', 'camera', 'screen', 'screen-audio'],
    rights: ['end', 'mute', 'remove', 'order', 'admit'],
    role: 'co-host',
  });
  expect(claims.exp - claims.iat).toBe(60);
});

test('what the room refuses, and a room that does not answer, the phone is told', async () => {
  const made = await paired();
  room.answer = ({ id }) => ({ ok: false, id, error: { code: 'not-possible-now', message: 'no call' } });
  made.command({ name: 'leave-call' });
  await expect.poll(() => made.of('command-reply').at(-1)?.error?.code).toBe('not-possible-now');
  room.answer = () => null;
  const fromMs = Date.now();
  const id = made.command({ name: 'leave-call' });
  await expect
    .poll(() => made.of('command-reply').find((reply) => reply.id === id)?.error?.code, { timeout: 7000 })
    .toBe('room-not-answering');
  expect(Date.now() - fromMs).toBeGreaterThan(4500);
});

test('what an agent dies with is said again to the next one, what was answered is not', async () => {
  const other = new RoomUnderTest(await fleet.enrolRoom('Room B'));
  await other.start(fleet);
  const code = nextCode();
  await other.offer(code);
  const made = await phone().open((await pair(code)).body.controllerToken);
  await expect.poll(() => made.of('welcome')).toHaveLength(1);
  const answered = made.command({ name: 'set-volume', percent: 20 });
  await expect.poll(() => made.of('command-reply').at(-1)?.id).toBe(answered);
  other.answer = () => null;
  const lost = made.command({ name: 'set-volume', percent: 30 });
  await expect.poll(() => other.last('command').id).toBe(lost);
  other.stop();
  const next = new RoomUnderTest(other.room);
  await next.start(fleet);
  await expect.poll(() => made.of('command-reply').at(-1)).toEqual({ type: 'command-reply', id: lost, error: null });
  expect(next.heard.filter(({ name }) => name === 'command').map(({ message }) => message.id)).toEqual([lost]);
  next.stop();
});

test('what breaks the contract is answered by name, and the link stays', async () => {
  const made = await paired();
  const unknown = made.command({ name: 'self-destruct' });
  await expect
    .poll(() => made.of('command-reply').find((reply) => reply.id === unknown)?.error.code)
    .toBe('unknown-command');
  const extra = made.command({ name: 'mute-all', really: true });
  await expect.poll(() => made.of('command-reply').find((reply) => reply.id === extra)?.error.code).toBe('bad-message');
  made.send('not json');
  made.send({ type: 'hello', protocol: PROTOCOL_VERSION, token: 'again' });
  await expect
    .poll(() => made.of('error').map((message) => message.error.code))
    .toEqual(['bad-message', 'bad-message']);
  made.send({ type: 'ping' });
  await expect.poll(() => made.of('pong')).toHaveLength(1);
});

test.each([
  ['a made-up token', 'token-invalid', PROTOCOL_VERSION, 'made up'],
  ['a protocol of tomorrow', 'server-too-old', 99, 'x'],
])('%s is refused as %s and closed', async (_what, code, protocol, value) => {
  const made = await phone().open(value, protocol);
  await expect.poll(() => made.closeCode).not.toBeNull();
  expect(made.of('error')[0].error.code).toBe(code);
});

test('who does not say hello first is refused', async () => {
  const made = phone();
  await once(made.socket, 'open');
  made.send({ type: 'ping' });
  await expect.poll(() => made.closeCode).toBe(4402);
});

test('a message of 10 MB is refused by its header: 1009', async () => {
  const made = await paired();
  made.send('x'.repeat(MAX_ROOM_LINK_MESSAGE_BYTES + 1));
  await expect.poll(() => made.closeCode).toBe(1009);
  // the head of a masked text frame of 10 MB, nothing behind it
  const raw = await paired();
  (raw.socket as unknown as { _socket: { write: (bytes: Buffer) => void } })._socket.write(
    Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x98, 0x96, 0x80, 1, 2, 3, 4]),
  );
  await expect.poll(() => raw.closeCode).toBe(1009);
});

test('a flood of messages ends its own link', async () => {
  const [flooder, other] = [await paired(), await paired()];
  for (let i = 0; i < 200; i += 1) flooder.send({ type: 'ping' });
  await expect.poll(() => flooder.closeCode).toBe(4429);
  other.send({ type: 'ping' });
  await expect.poll(() => other.of('pong')).toHaveLength(1);
});

test('a page of another origin opens no link', async () => {
  const foreign = phone({ origin: 'https://evil.example' });
  const [, response] = await once(foreign.socket, 'unexpected-response');
  expect((response as { statusCode: number }).statusCode).toBe(403);
  const rebound = phone({ headers: { host: 'evil.example' } });
  expect(((await once(rebound.socket, 'unexpected-response'))[1] as { statusCode: number }).statusCode).toBe(403);
  const own = phone({ origin: fleet.ready.fleetUrl });
  await once(own.socket, 'open');
});

test('revoking ends every link of the room within two seconds, and the token says so after', async () => {
  const value = await token();
  const made = await phone().open(value);
  await expect.poll(() => made.of('welcome')).toHaveLength(1);
  const fromMs = Date.now();
  const { body } = await fleet.api(
    'DELETE',
    `/api/v1/rooms/${room.room.roomId}/pairings`,
    undefined,
    fleet.admin.cookie,
  );
  expect(body.revokedCount).toBeGreaterThan(0);
  await expect.poll(() => made.closeCode).toBe(4421);
  expect(Date.now() - fromMs).toBeLessThan(2000);
  const again = await phone().open(value);
  await expect.poll(() => again.of('error')[0]?.error.code).toBe('pairing-revoked');
});

test('what a newer room adds to its state reaches a phone that knows it', async () => {
  const open = await paired();
  await room.sayState({ subtitles: { language: 'ko' } } as object);
  await expect.poll(() => open.shown('state')?.subtitles).toEqual({ language: 'ko' });
  expect((await paired()).of('welcome')[0].projections.state.subtitles).toEqual({ language: 'ko' });
});

test('a phone may end its own pairing', async () => {
  const [leaving, staying] = [await paired(), await paired()];
  leaving.send({ type: 'unpair' });
  await expect.poll(() => leaving.closeCode).toBe(4421);
  staying.send({ type: 'ping' });
  await expect.poll(() => staying.of('pong')).toHaveLength(1);
});

test("a state of a lower epoch or of another room is a second writer's: answered, and without effect", async () => {
  const made = await paired();
  room.epoch = 7;
  await room.sayState({ volumePercent: 70 });
  await expect.poll(() => made.shown('state')?.volumePercent).toBe(70);
  await room.sayState({ epoch: 6, volumePercent: 1 });
  await expect.poll(() => room.last('requestReply')?.error?.code).toBe('second-writer');
  await room.say('state', stateOf(newId(), { name: 'idle' }));
  await expect.poll(() => room.last('requestReply')?.error?.code).toBe('wrong-room');
  expect(made.shown('state')?.volumePercent).toBe(70);
});

test('no secret is in the log', async () => {
  const value = await token();
  await phone().open(value);
  expect(fleet.log).not.toContain(value);
  expect(fleet.log).not.toContain(fleet.admin.password);
  expect(fleet.log).not.toMatch(/eyJhbGciOi/);
});

test('links that say nothing lock out nobody of their network: the oldest of them makes room', async () => {
  const controllerToken = await token();
  const silent = Array.from({ length: 505 }, () => phone());
  await Promise.all(silent.map(({ socket }) => once(socket, 'open')));
  const right = await phone().open(controllerToken);
  await expect.poll(() => right.of('welcome'), { timeout: 5_000 }).toHaveLength(1);
  expect(silent.filter(({ closeCode }) => closeCode === null).length).toBeLessThan(405);
});

test('one pairing has ten links: its oldest makes room', async () => {
  const controllerToken = await token();
  const links: PhoneUnderTest[] = [];
  for (let count = 0; count < 11; count += 1) {
    const link = await phone().open(controllerToken);
    await expect.poll(() => link.of('welcome')).toHaveLength(1);
    links.push(link);
  }
  await expect.poll(() => links.map(({ closeCode }) => closeCode)).toEqual([4429, ...Array(10).fill(null)]);
});
