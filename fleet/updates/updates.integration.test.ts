/** Updates at the real fleet server: feeds that people bring, what rooms may fetch, and rollouts over kills of the server. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OLDEST_SERVED_PROTOCOL, PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { RepositoryUnderTest, sha256Hex } from '#edge/signed-releases/repository-under-test.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { RoomUnderTest } from '../room-under-test.ts';

const SCREEN = 'a screen '.repeat(20_000);
const repository = new RepositoryUnderTest();
const first = repository.addRelease({ 'dist/agent.js': 'an agent', 'dist/screen.js': SCREEN }, { version: '1.0.0' });
servable();
repository.publishAll();
const installed = mkdtempSync(join(tmpdir(), 'maru-installed-'));
writeFileSync(join(installed, 'update-root.json'), repository.pinnedRoot);
/** Of the protocol that this server speaks. */
function servable(): void {
  for (const list of ['targets', 'offline'] as const)
    for (const target of Object.values<Json>(repository.signed[list].targets))
      target.custom.protocol = PROTOCOL_VERSION;
}
let fleet: FleetUnderTest;
let rooms: RoomUnderTest[];
/** a busy machine starts a server in half a minute */
const WITHIN = { timeout: 60_000, interval: 100 };

beforeAll(async () => {
  fleet = new FleetUnderTest('--kiosk-release', installed);
  await fleet.start();
  rooms = [];
  for (const name of ['Room A', 'Room B', 'Room C']) rooms.push(new RoomUnderTest(await fleet.enrolRoom(name)));
  await connectRooms();
}, 240_000);
afterAll(async () => {
  for (const room of rooms ?? []) room.stop();
  await fleet.stop();
  rmSync(installed, { recursive: true });
});

async function connectRooms(): Promise<void> {
  for (const room of rooms) {
    room.stop();
    room.epoch += 1;
    await room.start(fleet, PROTOCOL_VERSION, ['desiredUpdate']);
    await room.sayState();
    const last = reports.get(room);
    if (last) await report(room, last);
  }
}
const incoming = (): string => join(fleet.dataDir, 'updates/incoming');
function bring(files: ReadonlyMap<string, Buffer>): void {
  rmSync(incoming(), { recursive: true, force: true });
  const beside = `${incoming()}.copying`;
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(beside, path)), { recursive: true });
    writeFileSync(join(beside, path), bytes);
  }
  cpSync(beside, incoming(), { recursive: true });
  rmSync(beside, { recursive: true });
}
const api = (method: string, path: string, body?: object) =>
  fleet.api(method, `/api/v1${path}`, body, fleet.admin.cookie);
const overview = async (): Promise<Json> => (await api('GET', '/updates')).body;
const alerts = async (): Promise<string[]> =>
  (await api('GET', '/alerts?state=open')).body.rows.map(({ signal }: Json) => signal);

function get(
  path: string,
  { room, headers = {} }: { room?: RoomUnderTest; headers?: Record<string, string> } = {},
): Promise<{ status: number; text: string; headers: Json }> {
  const { ca } = rooms[0]!.room.credentials;
  const client = room ? { key: room.room.credentials.key, cert: room.room.credentials.cert } : {};
  return new Promise((resolve, reject) => {
    const call = request(
      new URL(`/device/v1/updates/${path}`, fleet.ready.deviceApiUrl),
      { ca, agent: false, headers, ...client },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode!, text, headers: answer.headers }));
      },
    );
    call.on('error', reject);
    call.end();
  });
}

let revision = 0;
/** What rooms report of their software: they publish it again when they are back, for a killed server may not have saved it. */
const reports = new Map<RoomUnderTest, object>();
async function report(room: RoomUnderTest, over: object): Promise<void> {
  revision += 1;
  reports.set(room, over);
  await room.say('update' as never, {
    protocol: PROTOCOL_VERSION,
    roomId: room.room.roomId,
    epoch: room.epoch,
    revision,
    asOfMs: Date.now(),
    running: { releaseId: `0.9.0-${'0'.repeat(16)}`, version: '0.9.0', isConfirmed: true },
    wanted: null,
    step: 'none',
    stepSinceMs: Date.now(),
    progress: null,
    waitsFor: null,
    restartsAtMs: null,
    offersNotNow: false,
    notNowUntilMs: null,
    failed: null,
    confirmed: null,
    ...over,
  });
}
const runs = (releaseId: string) => ({ running: { releaseId, version: '1.0.0', isConfirmed: true } });

test('a feed that is brought is taken in, and rooms fetch its files alone, in parts too', {
  timeout: 240_000,
}, async () => {
  expect((await overview()).releases).toEqual([]);
  bring(repository.files);
  await expect.poll(async () => (await overview()).releases.length, WITHIN).toBe(1);
  const { releases, feedFault } = await overview();
  expect(feedFault).toBeNull();
  expect(releases[0]).toMatchObject({ facts: { releaseId: first.facts.releaseId }, feeds: ['online', 'medium'] });

  const [room] = rooms;
  const object = `objects/${sha256Hex(SCREEN)}`;
  const whole = await get(object, { room: room! });
  expect([whole.status, whole.text.length]).toEqual([200, SCREEN.length]);
  expect(whole.headers.etag).toBe(`"${sha256Hex(SCREEN)}"`);
  const rest = await get(object, { room: room!, headers: { range: `bytes=${SCREEN.length - 9}-` } });
  expect([rest.status, rest.text]).toEqual([206, SCREEN.slice(-9)]);
  expect((await get(object, { room: room!, headers: { range: `bytes=${SCREEN.length}-` } })).status).toBe(416);
  expect((await get('metadata/timestamp.json', { room: room! })).status).toBe(200);
  for (const path of ['metadata', 'trust/root.json', '../trust/root.json', 'objects/..%2f..%2f..%2fauthority.sqlite'])
    expect([400, 404], path).toContain((await get(path, { room: room! })).status);
  expect((await get(object)).status).toBe(403);
  // places are given back
  for (let n = 0; n < 8; n += 1) expect((await get(object, { room: room! })).status).toBe(200);
});

test('a feed that is damaged or half there leaves what was offered, and is a fault until a good one comes', {
  timeout: 240_000,
}, async () => {
  const second = repository.addRelease({ 'dist/agent.js': 'another agent' }, { version: '1.1.0' });
  servable();
  repository.publishAll();
  const object = `objects/${sha256Hex('another agent')}`;
  const damaged = new Map(repository.files).set(object, Buffer.from('another agenT'));
  bring(damaged);
  await expect.poll(async () => (await overview()).feedFault?.refusal, WITHIN).toBe('damaged');
  expect((await overview()).releases.map(({ facts }: Json) => facts.version)).toEqual(['1.0.0']);
  await expect.poll(alerts, WITHIN).toContain('feed-refused');
  expect((await get(object, { room: rooms[0]! })).status).toBe(404);

  const half = new Map(repository.files);
  half.delete(object);
  bring(half);
  await expect.poll(async () => (await overview()).feedFault?.refusal, WITHIN).toBe('incomplete');
  bring(repository.files);
  await expect.poll(async () => (await overview()).feedFault, WITHIN).toBeNull();
  expect((await overview()).releases.map(({ facts }: Json) => facts.releaseId)).toContain(second.facts.releaseId);
  await expect.poll(alerts, WITHIN).not.toContain('feed-refused');
  const kinds = fleet.audit().map(({ kind }: Json) => kind);
  expect(kinds.filter((kind: string) => kind === 'feed-imported')).toHaveLength(2);
  expect(kinds.filter((kind: string) => kind === 'feed-refused')).toHaveLength(2);
});

test('#3: a rollout goes on over kill -9 of the server at each of its steps, nothing twice, nothing left', {
  timeout: 600_000,
}, async () => {
  const { releaseId } = first.facts;
  const kill = async (): Promise<void> => {
    await fleet.kill();
    await fleet.startServer();
    await connectRooms();
  };
  const [a, b, c] = rooms as [RoomUnderTest, RoomUnderTest, RoomUnderTest];
  for (const room of rooms) await report(room, {});
  const plan = {
    releaseId,
    rings: [
      { name: 'First', roomIds: [a.room.roomId], soakMinutes: 0, needsGo: true },
      { name: 'All', upToPercent: 100 },
    ],
  };
  const started = await api('POST', '/rollouts', plan);
  expect(started.status, JSON.stringify(started.body)).toBe(200);
  const { rolloutId } = started.body;
  const state = async (): Promise<Json> => {
    const { rollouts, ended } = await overview();
    return [...rollouts, ...ended].find((each: Json) => each.rolloutId === rolloutId);
  };
  const rings = async (): Promise<string[]> => (await state()).rings.map((ring: Json) => ring.state);
  expect((await api('POST', '/rollouts', plan)).status).toBe(409);

  await kill();
  const wanted = { release: { releaseId, feed: 'online' }, rolloutId, mayInstall: true, attempt: 0 };
  await expect.poll(() => a.last('desiredUpdate'), WITHIN).toMatchObject(wanted);
  await expect.poll(() => b.last('desiredUpdate'), WITHIN).toMatchObject({ release: null });
  await report(a, { step: 'fetch', progress: { doneBytes: 5, totalBytes: 10 } });
  const rowOf = async (room: RoomUnderTest): Promise<Json> =>
    (await api('GET', `/rollouts/${rolloutId}/rooms`)).body.rows.find((row: Json) => row.roomId === room.room.roomId);
  await expect.poll(async () => (await rowOf(a)).progressPercent, WITHIN).toBe(50);

  await kill();
  // it has to come back to the server first
  await expect.poll(() => rowOf(a), WITHIN).toMatchObject({ state: 'under-way', ring: 0 });
  await report(a, runs(releaseId));
  await expect.poll(rings, WITHIN).toEqual(['needs-go', 'waiting']);

  await kill();
  await expect.poll(rings, WITHIN).toEqual(['needs-go', 'waiting']);
  expect((await api('POST', `/rollouts/${rolloutId}/acts`, { act: 'go' })).status).toBe(200);

  await kill();
  await expect.poll(() => b.last('desiredUpdate')?.release?.releaseId, WITHIN).toBe(releaseId);
  const failed = {
    releaseId,
    attempt: 0,
    failure: 'proof-failed',
    refusal: null,
    check: 'camera',
    detail: 'black',
    atMs: Date.now(),
    isHeld: true,
  };
  await report(b, { failed });
  await expect.poll(async () => (await state()).halt?.reason, WITHIN).toBe('failed-rooms');
  await expect.poll(alerts, WITHIN).toContain('rollout-halted');

  await kill();
  expect(await state()).toMatchObject({ state: 'halted' });
  await expect.poll(() => rowOf(b), WITHIN).toMatchObject({ state: 'failed' });
  expect((await api('POST', `/rollouts/${rolloutId}/acts`, { act: 'retry' })).status).toBe(200);
  expect((await api('POST', `/rollouts/${rolloutId}/acts`, { act: 'resume' })).status).toBe(200);
  await expect.poll(() => b.last('desiredUpdate')?.attempt, WITHIN).toBe(1);
  await expect.poll(alerts, WITHIN).not.toContain('rollout-halted');
  for (const room of [b, c]) await report(room, runs(releaseId));
  await expect.poll(async () => (await state()).state, WITHIN).toBe('done');

  await kill();
  expect(await state()).toMatchObject({ state: 'done' });
  const kinds = fleet
    .audit()
    .map(({ kind }: Json) => kind as string)
    .filter((kind: string) => kind.startsWith('rollout-'));
  expect(kinds).toEqual([
    'rollout-started',
    'rollout-steered',
    'rollout-halted',
    'rollout-steered',
    'rollout-steered',
    'rollout-ended',
  ]);
  const history = (await api('GET', `/rooms/${b.room.roomId}/update`)).body.history;
  expect(history.map(({ outcome }: Json) => outcome)).toEqual(['began', 'began']);
});

test('"this room now" is a rollout of this room alone, urgent, with its line in the audit log', {
  timeout: 120_000,
}, async () => {
  const [a] = rooms as [RoomUnderTest];
  const { releases } = await overview();
  const { releaseId } = releases.find(({ facts }: Json) => facts.version === '1.1.0').facts;
  const asked = await api('POST', `/rooms/${a.room.roomId}/update`, { releaseId });
  expect(asked.status, JSON.stringify(asked.body)).toBe(200);
  await expect
    .poll(() => a.last('desiredUpdate'), WITHIN)
    .toMatchObject({ release: { releaseId }, isUrgent: true, mayInstall: true });
  expect((await overview()).rollouts).toHaveLength(1);
  expect(fleet.audit().at(-1)).toMatchObject({ kind: 'room-update-asked', subject: `room:${a.room.roomId}` });
});

test('a release that this server could not serve is not rolled out', { timeout: 240_000 }, async () => {
  const newer = repository.addRelease({ 'dist/agent.js': 'of another time' }, { version: '9.0.0' });
  servable();
  for (const list of ['targets', 'offline'] as const)
    repository.signed[list].targets[newer.target].custom.protocol = PROTOCOL_VERSION + 1;
  repository.publishAll();
  bring(repository.files);
  const versions = async (): Promise<string[]> => (await overview()).releases.map(({ facts }: Json) => facts.version);
  await expect.poll(versions, WITHIN).toContain('9.0.0');
  const refused = await api('POST', '/rollouts', { releaseId: newer.facts.releaseId, rings: [{ name: 'All' }] });
  expect([refused.status, refused.body.error.code]).toEqual([409, 'not-possible-now']);
});

test('a room of the former release, which does not know the topic, is not disturbed by what is published for it', {
  timeout: 120_000,
}, async () => {
  const former = new RoomUnderTest(await fleet.enrolRoom('Room D'));
  await former.start(fleet, OLDEST_SERVED_PROTOCOL);
  await former.sayState();
  const { releases } = await overview();
  const { releaseId } = releases.find(({ facts }: Json) => facts.version === '1.0.0').facts;
  const path = `/rooms/${former.room.roomId}/update`;
  await expect.poll(async () => (await api('POST', path, { releaseId })).status, WITHIN).toBe(200);
  const states = async (): Promise<Json[]> => {
    const found: Json[] = [];
    for (const { rolloutId } of (await overview()).rollouts)
      found.push(...(await api('GET', `/rollouts/${rolloutId}/rooms`)).body.rows);
    return found.filter(({ roomId }) => roomId === former.room.roomId);
  };
  await expect.poll(async () => (await states())[0]?.state, WITHIN).toBe('under-way');
  expect(former.connected).toBe(true);
  // a release that knows it gets it at once, for it is retained
  former.stop();
  former.epoch += 1;
  await former.start(fleet, PROTOCOL_VERSION, ['desiredUpdate']);
  await expect.poll(() => former.last('desiredUpdate')?.release?.releaseId, WITHIN).toBe(releaseId);
  former.stop();
});
