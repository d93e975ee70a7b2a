/**
 * A kiosk that is no room's, that is put out of its room, and that is claimed anew: real agent, real fleet server, and what
 * the TV's page is told of it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { readProjections } from '#contract/relayed-projections.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { AgentToScreen, SCREEN_LINK_PATH } from '#contract/screen-link.ts';
import type { NotEnrolledView } from '#contract/waiting-kiosk.ts';
import { FleetUnderTest } from '../../fleet/fleet-under-test.ts';
import { newId } from '../../fleet/store/index.ts';

let fleet: FleetUnderTest;
let folder: string;
let claimFile: string;
let kiosk: ChildProcess;
let port = 0;
let page: WebSocket | null = null;
/** what the page shows: the room's name, or why there is none */
let shown: string | null = null;
/** what a person before the TV can do, where there is no room */
let view: NotEnrolledView | null = null;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
});
afterAll(() => fleet.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-kiosk-'));
  claimFile = join(folder, 'claim.json');
  [port, shown, view] = [0, null, null];
});
afterEach(async () => {
  page?.removeAllListeners().on('error', () => {});
  page?.terminate();
  page = null;
  const exited = once(kiosk, 'exit');
  kiosk.kill('SIGTERM');
  await exited;
  rmSync(folder, { recursive: true });
});

function startKiosk(): void {
  const args = [
    `--data-dir=${folder}`,
    `--claim-file=${claimFile}`,
    `--screen-port=${port}`,
    '--setup-port=0',
    '--shell=none',
  ];
  kiosk = fork(fileURLToPath(new URL('../../kiosk/main.ts', import.meta.url)), args, {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}
/** As the TV's page: comes again and again, on the port that the agent keeps. */
async function look(): Promise<void> {
  port ||= await freePort();
  const open = (): void => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${SCREEN_LINK_PATH}`, { origin: `http://127.0.0.1:${port}` });
    page = socket;
    socket.on('open', () => {
      // as its shell reads it
      const key = readFileSync(join(folder, 'shell/screen-key'), 'utf8');
      const hello = { type: 'hello', protocol: PROTOCOL_VERSION, key, screenId: newId(), inCall: null };
      socket.send(JSON.stringify(hello));
    });
    socket.on('message', (data) => {
      const message = AgentToScreen.parse(JSON.parse(String(data)));
      if (message.type === 'not-enrolled') [shown, view] = [message.code, message.view ?? null];
      const relayed =
        message.type === 'welcome'
          ? message.projections
          : message.type === 'projection'
            ? { [message.name]: message.value }
            : {};
      shown = readProjections(relayed, () => {}).state?.roomName ?? shown;
    });
    socket.on('error', () => {});
    socket.on('close', () => setTimeout(open, 100));
  };
  open();
}
async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as { port: number };
  server.close();
  return free;
}
const shows = (what: string, timeout = 20_000) => expect.poll(() => shown, { timeout }).toBe(what);
const admin = (method: string, path: string, body?: object) => fleet.api(method, path, body, fleet.admin.cookie);
async function newRoom(roomName: string): Promise<string> {
  const { body } = await admin('POST', '/api/v1/rooms', { roomName });
  return body.roomId;
}
async function giveClaim(roomId: string): Promise<void> {
  const { body } = await admin('POST', `/api/v1/rooms/${roomId}/claims`);
  writeFileSync(claimFile, JSON.stringify(body));
}
const kept = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const isOnline = async (roomId: string, online = true) =>
  expect.poll(async () => (await fleet.roomOf(roomId)).online, { timeout: 20_000 }).toBe(online);

test('a kiosk without a claim says so, and becomes a room’s as soon as it is given one that works', async () => {
  await look();
  startKiosk();
  await shows('not-enrolled');
  writeFileSync(claimFile, JSON.stringify({ deviceApiUrl: fleet.ready.deviceApiUrl }));
  const { body: claim } = await admin('POST', `/api/v1/rooms/${await newRoom('Nowhere')}/claims`);
  writeFileSync(claimFile, JSON.stringify({ ...claim, claimCode: 'WRNG-WRNG-WRNG' }));
  await shows('claim-code-invalid');
  const roomId = await newRoom('한라');
  await giveClaim(roomId);
  await shows('한라');
  await isOnline(roomId);
}, 60_000);

test('a kiosk that is revoked says so on its TV, before and after its restart, and is claimed anew for another room', async () => {
  await look();
  const roomId = await newRoom('Maple');
  await giveClaim(roomId);
  startKiosk();
  await shows('Maple');
  await isOnline(roomId);
  const fromMs = performance.now();
  await admin('DELETE', `/api/v1/rooms/${roomId}/kiosk`);
  await shows('enrolment-ended');
  expect(performance.now() - fromMs).toBeLessThan(4_000);
  // the page may have heard it from the agent that ends: the next one says the same, and does not try the used claim
  await expect.poll(() => kept('identity.json').endedAtMs).toBeGreaterThan(0);
  shown = null;
  page!.terminate();
  await shows('enrolment-ended');
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(shown).toBe('enrolment-ended');
  expect(existsSync(join(folder, 'room.sqlite'))).toBe(true);
  const another = await newRoom('Birch');
  await giveClaim(another);
  await shows('Birch');
  await isOnline(another);
  expect(kept('room.json').epoch).toBe(1);
}, 60_000);

test('a room that is renamed is called so on its TV, also when its kiosk starts without the fleet', async () => {
  await look();
  const roomId = await newRoom('Cedar');
  await giveClaim(roomId);
  startKiosk();
  await isOnline(roomId);
  await admin('PUT', `/api/v1/rooms/${roomId}`, { roomName: 'Oak' });
  await shows('Oak');
  expect(kept('identity.json').roomName).toBe('Oak');
}, 60_000);

/** As a phone that read the QR off the TV. */
async function nameFleet(address: string, key?: string): Promise<number> {
  await expect.poll(() => view?.setupUrl, { timeout: 20_000 }).toBeTypeOf('string');
  const url = new URL(view!.setupUrl!);
  const body = JSON.stringify({ key: key ?? url.hash.slice(1), address, caSha256: '' });
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${url.origin}/address`, { method: 'POST', headers, body })).status;
}
const step = (name: NotEnrolledView['step']) => expect.poll(() => view?.step, { timeout: 30_000 }).toBe(name);

test('a bare kiosk learns the fleet’s address from a phone, shows a code and fingerprints, and is claimed in the console', async () => {
  await look();
  startKiosk();
  await step('asks-for-address');
  expect(await nameFleet('x', 'another-key')).toBe(403);
  expect(await nameFleet('not an address')).toBe(422);
  expect(await nameFleet('127.0.0.1:9')).toBe(204);
  await step('reaches-for-fleet');
  expect(await nameFleet(new URL(fleet.ready.deviceApiUrl).host)).toBe(204);
  await step('waits-for-claim');
  const { body: listed } = await admin('GET', '/api/v1/waiting-kiosks');
  const { body: found } = await admin('POST', '/api/v1/waiting-kiosk-look-ups', { claimCode: view!.claimCode });
  expect(found).toMatchObject({ keySha256: view!.keySha256, formerRoom: null });
  expect(listed.caSha256).toBe(view!.caSha256);
  const roomId = await newRoom('Elm');
  const claim = { claimCode: view!.claimCode, keySha256: found.keySha256 };
  const refused = await admin('POST', `/api/v1/rooms/${roomId}/kiosk`, { ...claim, keySha256: 'a'.repeat(64) });
  expect(refused.body.error.code).toBe('claim-code-invalid');
  expect((await admin('POST', `/api/v1/rooms/${roomId}/kiosk`, claim)).status).toBe(200);
  await shows('Elm');
  await isOnline(roomId);
  expect((await admin('GET', '/api/v1/waiting-kiosks')).body.kiosks).toEqual([]);
  // the page for the phone is closed
  await expect(fetch(view!.setupUrl!)).rejects.toThrow();
}, 90_000);
