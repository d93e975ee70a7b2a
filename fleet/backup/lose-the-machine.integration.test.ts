/**
 * A fleet server is backed up while it writes, its whole machine is lost, and the backup becomes another machine's: what was
 * acknowledged before the backup began is there, rooms come back by the certificates that they had, and what was given out for a
 * short time is not good again.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { verifyAudit } from '../audit/index.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { PhoneUnderTest, RoomUnderTest } from '../room-under-test.ts';
import { authorityStore, newId } from '../store/index.ts';

const WRITERS = 4;
const started: { stop: () => void }[] = [];
const keep = <T extends { stop: () => void }>(made: T): T => {
  started.push(made);
  return made;
};

type Ran = { code: number | null; out: string; err: string };
async function run(program: 'main.ts' | 'return/main.ts', ...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [join(import.meta.dirname, program), ...args], { stdio: 'pipe' });
  const ran = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    ran.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    ran.err += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...ran };
}

/** Places that were acknowledged, made by several at once for as long as it runs. */
class WriteLoad {
  readonly acknowledged: string[] = [];
  readonly #fleet: FleetUnderTest;
  #runs = true;
  readonly #writers: Promise<void>[];

  constructor(fleet: FleetUnderTest) {
    this.#fleet = fleet;
    this.#writers = Array.from({ length: WRITERS }, (_, writer) => this.#write(writer));
  }
  async stop(): Promise<void> {
    this.#runs = false;
    await Promise.all(this.#writers);
  }
  async #write(writer: number): Promise<void> {
    for (let n = 1; this.#runs; n += 1) {
      const place = { kind: 'site', placeName: `Site ${writer}-${n}`, parentId: null };
      const { status, body } = await this.#fleet.api('POST', '/api/v1/places', place, this.#fleet.admin.cookie);
      if (status !== 200) throw new Error(JSON.stringify(body));
      this.acknowledged.push(place.placeName);
    }
  }
}

const event = (sequence: number) => ({
  name: 'agent-started',
  eventId: newId(),
  sequence,
  atMs: 1_000 + sequence,
  epoch: sequence,
});
async function acknowledgedUpTo(room: RoomUnderTest, events: object[]): Promise<number> {
  const acks = () => room.heard.filter(({ name }) => name === 'roomEventsAck');
  const before = acks().length;
  await room.say('roomEvents', { events }, false);
  await vi.waitFor(() => expect(acks().length).toBeGreaterThan(before), { timeout: 10_000 });
  return acks().at(-1)!.message.upToSequence;
}

describe('a machine that is lost', () => {
  const folder = mkdtempSync(join(tmpdir(), 'maru-lost-'));
  const [key, backup] = [join(folder, 'key.txt'), join(folder, 'fleet.age')];
  const lost = new FleetUnderTest();
  const found = new FleetUnderTest();
  let rooms: RoomUnderTest[];
  let before: string[];
  let during: string[];
  let report: string;
  let phoneToken: string;
  let tabletToken: string;
  let unusedClaim: { roomId: string; claimCode: string };
  let formerCookie: string;

  beforeAll(async () => {
    const recipient = (await run('main.ts', '--new-key', key)).out.trim();
    await lost.start();
    const enrolled = [await lost.enrolRoom('Room A'), await lost.enrolRoom('Room B')];
    rooms = enrolled.map((room) => keep(new RoomUnderTest(room)));
    for (const room of rooms) await room.start(lost);
    const [roomA] = rooms as [RoomUnderTest, RoomUnderTest];
    await roomA.sayState();
    expect(await acknowledgedUpTo(roomA, [event(1), event(2)])).toBe(2);
    await roomA.offer('BCDFGHJ2');
    phoneToken = (await lost.api('POST', '/api/v1/pairings', { code: 'BCDFGHJ2' })).body.controllerToken;
    const path = `/api/v1/rooms/${roomA.room.roomId}/tablet-codes`;
    const { code } = (await lost.api('POST', path, { tabletName: 'By the door' }, lost.admin.cookie)).body;
    tabletToken = (await lost.api('POST', '/api/v1/pairings', { code })).body.controllerToken;
    unusedClaim = (await lost.api('POST', '/api/v1/rooms', { roomName: 'Room C' }, lost.admin.cookie)).body;

    const load = new WriteLoad(lost);
    await vi.waitFor(() => expect(load.acknowledged.length).toBeGreaterThan(20), { timeout: 60_000 });
    before = [...load.acknowledged];
    const made = await run(
      'main.ts',
      ...['--data', lost.dataDir, '--to', backup, '--recipient', recipient, '--with-telemetry'],
    );
    expect(made, made.err).toMatchObject({ code: 0 });
    during = load.acknowledged.slice(before.length);
    await load.stop();
    // what happens after the backup is lost with the machine
    const { body } = await lost.api('GET', `/api/v1/rooms/${roomA.room.roomId}/tablets`, undefined, lost.admin.cookie);
    const revoked = `/api/v1/rooms/${roomA.room.roomId}/tablets/${body.tablets[0].pairingId}`;
    expect((await lost.api('DELETE', revoked, undefined, lost.admin.cookie)).status).toBe(200);
    expect(await acknowledgedUpTo(roomA, [event(3), event(4)])).toBe(4);
    formerCookie = lost.admin.cookie;
    // its media node ran on it
    lost.node.end(true);
    await lost.kill('SIGKILL');
    rmSync(lost.dataDir, { recursive: true });

    const returned = await run('return/main.ts', ...['--from', backup, '--data', found.dataDir, '--identity', key]);
    expect(returned, returned.err).toMatchObject({ code: 0 });
    report = returned.out;
    await found.startServer();
  }, 240_000);
  afterAll(async () => {
    for (const each of started) each.stop();
    await found.stop();
    await lost.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('was written to while it was backed up', () => {
    expect(during.length).toBeGreaterThan(0);
  });

  test('is another, on which accounts sign in, and nobody is signed in still', async () => {
    const { status, cookie } = await found.signIn(lost.admin.userName, lost.admin.password);
    expect(status).toBe(200);
    found.admin = { ...lost.admin, cookie };
    expect((await found.api('GET', '/api/v1/places', undefined, formerCookie)).status).toBe(401);
  });

  test('has everything that was acknowledged before the backup began', async () => {
    const { body } = await found.api('GET', '/api/v1/places', undefined, found.admin.cookie);
    const names = new Set(body.places.map(({ placeName }: Json) => placeName));
    expect(before.filter((name) => !names.has(name))).toEqual([]);
  });

  test('has its rooms again: they connect by the certificates that they had, by themselves', async () => {
    await expect.poll(() => rooms.every((room) => room.connected), { timeout: 20_000 }).toBe(true);
    for (const room of rooms) {
      room.stop();
      await room.start(found);
      await room.sayState();
      const { roomId } = room.room;
      await expect.poll(async () => (await found.roomOf(roomId)).online, { timeout: 10_000 }).toBe(true);
    }
  });

  test('loses no event of a room: what it had acknowledged later comes twice at most, and then goes on', async () => {
    const [roomA] = rooms as [RoomUnderTest, RoomUnderTest];
    const [five, six] = [event(5), event(6)];
    // the copy knows up to 2, and the room has thrown away what was acknowledged up to 4
    expect(await acknowledgedUpTo(roomA, [five])).toBe(2);
    expect(await acknowledgedUpTo(roomA, [five, six])).toBe(6);
    const path = `/api/v1/rooms/${roomA.room.roomId}/events`;
    const { body } = await found.api('GET', path, undefined, found.admin.cookie);
    expect(body.events.map(({ event: each }: Json) => each.sequence)).toEqual([1, 2, 5, 6]);
  });

  test('gives a phone that was paired nothing, and names the tablet that was revoked since as good again', async () => {
    const linkOf = async (token: string): Promise<PhoneUnderTest> =>
      keep(Object.assign(new PhoneUnderTest(found.ready.fleetUrl), { stop: () => {} })).open(token);
    const phone = await linkOf(phoneToken);
    await expect.poll(() => phone.closeCode).not.toBeNull();
    expect(phone.of('welcome')).toEqual([]);
    const tablet = await linkOf(tabletToken);
    await expect.poll(() => tablet.of('welcome')).toHaveLength(1);
    tablet.close();
    expect(report).toMatch(/1 tablets:\n\s+Room A: By the door\n/);
  });

  test('takes no claim that was not used: somebody may have used it since', async () => {
    await expect(found.enrol(unusedClaim.claimCode, unusedClaim.roomId)).rejects.toMatchObject({
      code: 'claim-code-invalid',
    });
  });

  test('has a log whose chain holds, with a line about the return and what it ended', async () => {
    await found.kill('SIGTERM');
    const store = authorityStore({ dataDir: found.dataDir, onFatal: () => {} });
    await store.start();
    try {
      expect(await verifyAudit(store)).toMatchObject({ intact: true });
    } finally {
      await store.stop();
    }
    const line = found.audit().find(({ kind }) => kind === 'backup-returned');
    expect(JSON.parse(line.details)).toMatchObject({ session: expect.any(Number), pairing: 1, claim: 1 });
    expect(report).toContain('REVOKE AGAIN WHAT WAS REVOKED SINCE');
  });

  test('left a backup that age and tar of Debian open, with a database that SQLite reads', (context) => {
    context.skip(spawnSync('age', ['--version']).error !== undefined, 'the package age is not installed');
    const opened = mkdtempSync(join(folder, 'opened-'));
    const archive = execFileSync('age', ['--decrypt', '--identity', key, backup], { maxBuffer: 1024 ** 3 });
    execFileSync('tar', ['--extract', '--directory', opened], { input: archive });
    const manifest = JSON.parse(readFileSync(join(opened, 'manifest.json'), 'utf8')) as Json;
    const sums = manifest.files.map(({ path, sha256 }: Json) => `${sha256}  ${path}\n`).join('');
    writeFileSync(join(opened, 'sums'), sums);
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'sums'], { cwd: opened });
    const database = new Database(join(opened, 'authority.sqlite'), { readonly: true });
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(database.prepare('select count(*) from place').pluck().get()).toBeGreaterThanOrEqual(before.length);
    database.close();
    expect(existsSync(join(opened, 'ca/ca.key.pem'))).toBe(true);
  });
});
