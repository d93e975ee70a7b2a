/** Help from afar at the real fleet server, with a room that speaks MQTT: actions with their states and files, requests for help. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { RoomUnderTest } from '../room-under-test.ts';
import { newId } from '../store/index.ts';

const BUNDLE = gzipSync('a line of a log');
const PICTURE = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
let fleet: FleetUnderTest;
let room: RoomUnderTest;
let other: RoomUnderTest;
let sequence = 0;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  room = new RoomUnderTest(await fleet.enrolRoom('Room A'));
  other = new RoomUnderTest(await fleet.enrolRoom('Room B'));
  for (const each of [room, other]) await each.start(fleet, PROTOCOL_VERSION, ['action', 'helpOfRoom']);
});
afterAll(async () => {
  room?.stop();
  other?.stop();
  await fleet.stop();
});

const api = (method: string, path: string, body?: object) =>
  fleet.api(method, `/api/v1${path}`, body, fleet.admin.cookie);
const ofRoom = (rest = '') => `/rooms/${room.room.roomId}/actions${rest}`;
async function ask(action: object): Promise<Json> {
  const answer = await api('POST', ofRoom(), { action });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}
const report = (who: RoomUnderTest, actionId: string, state: string, more: object = {}) =>
  who.say('actionReport', { actionId, state, code: null, result: null, atMs: Date.now(), ...more }, false);
const stateOf = async (actionId: string): Promise<Json> =>
  (await api('GET', ofRoom())).body.rows.find((row: Json) => row.actionId === actionId);
const orders = (who: RoomUnderTest): Json[] =>
  who.heard.filter(({ name }) => name === 'action').map(({ message }) => message);
const audited = (actionId: string): string[] =>
  fleet
    .audit()
    .filter(({ details }: Json) => details.includes(actionId))
    .map(({ kind }: Json) => kind);

function put(
  who: RoomUnderTest,
  actionId: string,
  body: Buffer,
  contentType: string,
  announced: number | null = body.length,
): Promise<{ status: number; body: Json }> {
  const { key, cert, ca } = who.room.credentials;
  return new Promise((resolve, reject) => {
    const call = request(
      new URL(`/device/v1/action-files/${actionId}`, fleet.ready.deviceApiUrl),
      {
        method: 'PUT',
        key,
        cert,
        ca,
        agent: false,
        headers: { 'content-type': contentType, ...(announced === null ? {} : { 'content-length': announced }) },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('end', () => resolve({ status: response.statusCode!, body: JSON.parse(text) }));
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

/** What a stream of events has brought, by the events' names. */
async function follow(path: string): Promise<{ of: (name: string) => Json[]; stop: () => void }> {
  const stop = new AbortController();
  let text = '';
  const stream = await fetch(`${fleet.ready.fleetUrl}/api/v1${path}`, {
    headers: { cookie: fleet.admin.cookie },
    signal: stop.signal,
  });
  void (async () => {
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  })().catch(() => {});
  const of = (name: string): Json[] =>
    [...text.matchAll(new RegExp(`event: ${name}\\ndata: (.*)\\n`, 'g'))].map(([, data]) => JSON.parse(data!));
  return { of, stop: () => stop.abort() };
}

test('an action is sent to its room alone, runs, and is done, with its lines in the audit log', async () => {
  const changes = await follow(`/rooms/${room.room.roomId}/action-changes`);
  const asked = await ask({ name: 'restart-screen' });
  expect(asked).toMatchObject({ state: 'pending', askedBy: expect.any(String), hasFile: false });
  await expect.poll(() => orders(room).at(-1)).toMatchObject({ order: 'begin', actionId: asked.actionId });
  expect(orders(other)).toEqual([]);
  await report(room, asked.actionId, 'running');
  await expect.poll(() => changes.of('action').at(-1)?.state).toBe('running');
  await report(room, asked.actionId, 'done');
  await expect.poll(async () => (await stateOf(asked.actionId)).state).toBe('done');
  // what is over stays so
  await report(room, asked.actionId, 'failed', { code: 'internal' });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(changes.of('action').map(({ state }) => state)).toEqual(['pending', 'running', 'done']);
  expect(audited(asked.actionId)).toEqual(['room-action-asked', 'room-action-ended']);
  changes.stop();
});

test('of the same action one at a time is under way; a running one that can be stopped is', async () => {
  const { actionId } = await ask({ name: 'follow-logs' });
  expect((await api('POST', ofRoom(), { action: { name: 'follow-logs' } })).body.error.code).toBe('not-possible-now');
  await report(room, actionId, 'running');
  await expect.poll(async () => (await stateOf(actionId)).state).toBe('running');
  const changes = await follow(`/rooms/${room.room.roomId}/action-changes`);
  const line = { atMs: 1, from: 'agent', level: 'info', text: 'hello' };
  await room.say('logLines', { actionId, lines: [line], skippedCount: 2 }, false);
  await expect.poll(() => changes.of('lines')).toEqual([{ actionId, lines: [line], skippedCount: 2 }]);
  // not of another room, not of an action that nobody asked
  await other.say('logLines', { actionId, lines: [line], skippedCount: 0 }, false);
  await room.say('logLines', { actionId: newId(), lines: [line], skippedCount: 0 }, false);
  expect((await api('DELETE', ofRoom(`/${actionId}`))).body.state).toBe('stopped');
  await expect.poll(() => orders(room).at(-1)).toMatchObject({ order: 'stop', actionId });
  expect(changes.of('lines')).toHaveLength(1);
  expect(audited(actionId)).toEqual(['room-action-asked', 'room-action-stopped']);
  // one that was away when it was stopped is told when it reports
  await report(room, actionId, 'running');
  await expect.poll(() => orders(room).filter(({ order }) => order === 'stop').length).toBe(2);
  changes.stop();
});

test('a restart that runs cannot be stopped', async () => {
  const { actionId } = await ask({ name: 'restart-kiosk' });
  await report(room, actionId, 'running');
  await expect.poll(async () => (await stateOf(actionId)).state).toBe('running');
  expect((await api('DELETE', ofRoom(`/${actionId}`))).body.error.code).toBe('not-possible-now');
  await report(room, actionId, 'refused', { code: 'room-in-call' });
  await expect.poll(async () => (await stateOf(actionId)).code).toBe('room-in-call');
  expect(audited(actionId)).toEqual(['room-action-asked', 'room-action-refused']);
});

test('a bundle of logs comes by the room’s certificate, is kept for the server’s user alone, and is fetched', async () => {
  const { actionId } = await ask({ name: 'collect-logs' });
  expect((await put(room, actionId, BUNDLE, 'application/gzip')).status).toBe(200);
  const result = { of: 'collect-logs', sizeBytes: BUNDLE.length, lineCount: 1 };
  await report(room, actionId, 'done', { result });
  await expect.poll(async () => (await stateOf(actionId)).state).toBe('done');
  expect(await stateOf(actionId)).toMatchObject({ hasFile: true, result });
  const folder = join(fleet.dataDir, 'action-files');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, actionId)).mode & 0o777).toBe(0o600);
  const file = await fetch(`${fleet.ready.fleetUrl}/api/v1${ofRoom(`/${actionId}/file`)}`, {
    headers: { cookie: fleet.admin.cookie },
  });
  expect(file.headers.get('content-type')).toBe('application/gzip');
  expect(file.headers.get('content-disposition')).toContain('attachment');
  expect(Buffer.from(await file.arrayBuffer())).toEqual(BUNDLE);
});

test('a box that lies about files is refused, and nothing of it stays', async () => {
  const { actionId } = await ask({ name: 'look-at-screen' });
  await report(room, actionId, 'running');
  const code = async (...args: Parameters<typeof put>): Promise<[number, string]> => {
    const { status, body } = await put(...args);
    return [status, body.error?.code];
  };
  const before = readdirSync(join(fleet.dataDir, 'action-files')).sort();
  // another room's action; one that nobody asked; an id that is none
  expect(await code(other, actionId, PICTURE, 'image/jpeg')).toEqual([404, 'not-found']);
  expect(await code(room, newId(), PICTURE, 'image/jpeg')).toEqual([404, 'not-found']);
  expect((await code(room, '..%2f..%2fauthority.sqlite', PICTURE, 'image/jpeg'))[0]).toBe(400);
  // of another action's type; what is none of its own type
  expect(await code(room, actionId, BUNDLE, 'application/gzip')).toEqual([400, 'bad-message']);
  expect(await code(room, actionId, Buffer.from('<script>'), 'image/jpeg')).toEqual([400, 'bad-message']);
  // too large, announced or not
  const large = Buffer.concat([PICTURE, Buffer.alloc(3 * 1024 * 1024)]);
  await expect(code(room, actionId, large, 'image/jpeg'))
    .resolves.toEqual([413, 'too-large'])
    .catch(ended);
  await expect(code(room, actionId, large, 'image/jpeg', null))
    .resolves.toEqual([413, 'too-large'])
    .catch(ended);
  expect(readdirSync(join(fleet.dataDir, 'action-files')).sort()).toEqual(before);
  // and its own is taken
  expect((await put(room, actionId, PICTURE, 'image/jpeg')).status).toBe(200);
  expect(readFileSync(join(fleet.dataDir, 'action-files', actionId))).toEqual(PICTURE);
  // reports of another room change nothing; a result of another action is none
  await report(other, actionId, 'done');
  await report(room, actionId, 'done', { result: { of: 'collect-logs', sizeBytes: 1, lineCount: 1 } });
  await expect.poll(async () => (await stateOf(actionId)).state).toBe('done');
  expect(await stateOf(actionId)).toMatchObject({ result: null });
  // after its end nothing more is taken
  expect(await code(room, actionId, PICTURE, 'image/jpeg')).toEqual([404, 'not-found']);
});
/** The server may end the connection before the rest was sent. */
const ended = (error: unknown): void => expect(String(error)).toMatch(/EPIPE|ECONNRESET|socket hang up/);

test('many rooms: each is begun or refused by itself', async () => {
  const away = await fleet.enrolRoom('Room without a box');
  const { status, body } = await api('POST', '/room-actions', {
    roomIds: [room.room.roomId, other.room.roomId, away.roomId, newId()],
    action: { name: 'test-network' },
  });
  expect(status).toBe(200);
  expect(body.begun.map(({ roomId }: Json) => roomId).sort()).toEqual([room.room.roomId, other.room.roomId].sort());
  expect(body.refused.map(({ code }: Json) => code).sort()).toEqual(['not-found', 'room-not-answering']);
  expect(
    fleet.audit().filter(({ kind, subject }: Json) => kind === 'room-action-refused' && subject.includes(away.roomId)),
  ).toHaveLength(1);
  for (const { roomId, actionId } of body.begun)
    await report(roomId === room.room.roomId ? room : other, actionId, 'done');
});

test('no action opens a microphone', async () => {
  for (const name of ['unmute-microphone', 'set-microphone', 'open-microphone'])
    expect((await api('POST', ofRoom(), { action: { name, on: true } })).body.error.code).toBe('bad-message');
});

test('an action outlives the server: it is sent again, and expires where the room stays silent', async () => {
  const running = await ask({ name: 'restart-agent' });
  await report(room, running.actionId, 'running');
  await expect.poll(async () => (await stateOf(running.actionId)).state).toBe('running');
  const silent = await ask({ name: 'mute-microphone' });
  await fleet.kill();
  await fleet.startServer();
  for (const each of [room, other]) {
    each.stop();
    await each.start(fleet, PROTOCOL_VERSION, ['action', 'helpOfRoom']);
  }
  await expect
    .poll(() => orders(room).filter(({ actionId }) => actionId === running.actionId).length)
    .toBeGreaterThan(1);
  await report(room, running.actionId, 'done');
  await expect.poll(async () => (await stateOf(running.actionId)).state).toBe('done');
  await expect
    .poll(async () => (await stateOf(silent.actionId)).state, { timeout: 20_000, interval: 500 })
    .toBe('expired');
  expect(audited(silent.actionId)).toEqual(['room-action-asked', 'room-action-ended']);
}, 40_000);

async function happened(who: RoomUnderTest, name: string, details: object): Promise<void> {
  sequence += 1;
  const event = { name, eventId: newId(), sequence, atMs: Date.now(), ...details };
  await who.say('roomEvents', { events: [event] }, false);
  await expect.poll(() => who.last('roomEventsAck')?.upToSequence).toBe(sequence);
}
const helpRows = async (): Promise<Json> => (await api('GET', '/help-requests')).body;

test('a call for help becomes one request, with diagnostics, and IT’s answers reach the room', async () => {
  const changes = await follow('/help-request-changes');
  await room.sayState();
  const helpId = newId();
  const called = { helpId, topic: 'nobody-hears-us', text: '<b>since noon</b>' };
  await happened(room, 'help-called', called);
  // delivered twice: still one
  await happened(room, 'help-called', called);
  await expect.poll(async () => (await helpRows()).counts).toEqual({ open: 1, unseen: 1 });
  await expect.poll(() => changes.of('changed').at(-1)?.tickets[0]?.helpId).toBe(helpId);
  expect(room.last('helpOfRoom').request).toMatchObject({ helpId, state: 'sent', topic: 'nobody-hears-us' });
  expect(other.last('helpOfRoom')?.request ?? null).toBe(null);
  const detail = (await api('GET', `/help-requests/${helpId}`)).body;
  expect(detail.diagnostics).toMatchObject({ phase: 'idle', health: null, signals: [] });
  expect(detail.messages).toMatchObject([{ from: 'room', author: '', text: '<b>since noon</b>' }]);
  await expect.poll(() => room.last('helpOfRoom').request.state).toBe('seen');
  await api('POST', `/help-requests/${helpId}/messages`, { text: 'We look at it.' });
  await expect
    .poll(() => room.last('helpOfRoom').request.messages.at(-1))
    .toMatchObject({
      from: 'it',
      text: 'We look at it.',
    });
  const messageId = newId();
  await happened(room, 'help-written', { helpId, messageId, text: 'Thank you' });
  await happened(room, 'help-written', { helpId, messageId, text: 'Thank you' });
  // of another room
  await other.say(
    'roomEvents',
    {
      events: [{ name: 'help-withdrawn', helpId, eventId: newId(), sequence: 1, atMs: Date.now() }],
    },
    false,
  );
  await expect.poll(() => other.last('roomEventsAck')).toBeDefined();
  const row = (await helpRows()).rows[0];
  expect(row).toMatchObject({ state: 'seen', closedAtMs: null });
  expect(row.messages.map(({ text }: Json) => text)).toEqual(['<b>since noon</b>', 'We look at it.', 'Thank you']);
  expect((await api('POST', `/help-requests/${helpId}/solution`)).status).toBe(200);
  await expect.poll(() => room.last('helpOfRoom').request.state).toBe('solved');
  expect((await api('POST', `/help-requests/${helpId}/messages`, { text: 'x' })).body.error.code).toBe(
    'not-possible-now',
  );
  const kinds = fleet
    .audit()
    .filter(({ details }: Json) => details.includes(helpId))
    .map(({ kind }: Json) => kind);
  expect(kinds).toEqual(['help-called', 'help-answered', 'help-closed']);
  changes.stop();
});

test('a room that calls for help without end has one open request, and is limited', async () => {
  for (let each = 0; each < 15; each += 1)
    await happened(room, 'help-called', { helpId: newId(), topic: 'other', text: `call ${each}` });
  const { counts, total } = await helpRows();
  expect(counts.open).toBe(1);
  expect(total).toBeLessThan(13);
});

test('requests outlive the server, and the room is shown its own again', async () => {
  const before = await helpRows();
  await fleet.kill();
  await fleet.startServer();
  room.heard.length = 0;
  room.stop();
  await room.start(fleet, PROTOCOL_VERSION, ['action', 'helpOfRoom']);
  await expect.poll(() => room.last('helpOfRoom')?.request?.helpId).toBe(before.rows[0].helpId);
  expect((await helpRows()).rows).toEqual(before.rows);
});
