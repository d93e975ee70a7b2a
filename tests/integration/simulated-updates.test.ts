/** Simulated rooms under a rollout of the real fleet server: they fetch, wait, change, prove, and one goes back where that was planted. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { RepositoryUnderTest } from '#edge/signed-releases/repository-under-test.ts';
import { FleetUnderTest, type Json } from '../../fleet/fleet-under-test.ts';
import { SimulatedRoom } from '../simulators/room/simulated-room.ts';

const repository = new RepositoryUnderTest();
const { facts, target } = repository.addRelease({ 'dist/agent.js': 'an agent' }, { version: '1.0.0' });
for (const list of ['targets', 'offline'] as const)
  repository.signed[list].targets[target].custom.protocol = PROTOCOL_VERSION;
repository.publishAll();
const installed = mkdtempSync(join(tmpdir(), 'maru-installed-'));
const fleet = new FleetUnderTest('--kiosk-release', installed);
const rooms: SimulatedRoom[] = [];
/** a simulated fetch takes a minute, on a busy machine several */
const WITHIN = { timeout: 400_000, interval: 500 };

beforeAll(async () => {
  writeFileSync(join(installed, 'update-root.json'), repository.pinnedRoot);
  // the installed release has its feed with it
  for (const [path, bytes] of repository.files) {
    mkdirSync(dirname(join(installed, path)), { recursive: true });
    writeFileSync(join(installed, path), bytes);
  }
  await fleet.start();
  for (const [roomName, failingUpdatesPercent] of [
    ['Well', 0],
    ['Failing', 100],
  ] as const) {
    const { roomId, credentials } = await fleet.enrolRoom(roomName);
    const { key: keyPem, cert: certificatePem, ca: caPem } = credentials;
    const identity = { roomId, roomName, keyPem, certificatePem, caPem, mqttUrl: fleet.ready.mqttUrl };
    const room = new SimulatedRoom({ identity, failingUpdatesPercent });
    rooms.push(room);
    await room.start();
  }
}, 240_000);
afterAll(async () => {
  for (const room of rooms) await room.stop();
  await fleet.stop();
  rmSync(installed, { recursive: true });
});

const api = (method: string, path: string, body?: object) =>
  fleet.api(method, `/api/v1${path}`, body, fleet.admin.cookie);

test('one is updated, one goes back, and the history has both', {
  timeout: 600_000,
}, async () => {
  const { releaseId } = facts;
  await expect.poll(async () => (await api('GET', '/updates')).body.releases.length, WITHIN).toBe(1);
  const plan = { releaseId, rings: [{ name: 'All' }], haltAtFailedPercent: 50 };
  const { body: rollout } = await api('POST', '/rollouts', plan);
  const states = async (): Promise<Record<string, string>> => {
    const { rows } = (await api('GET', `/rollouts/${rollout.rolloutId}/rooms`)).body;
    return Object.fromEntries(rows.map(({ roomName, state }: Json) => [roomName, state]));
  };
  await expect.poll(states, WITHIN).toEqual({ Well: 'updated', Failing: 'failed' });
  const outcomesOf = async (room: SimulatedRoom): Promise<string[]> =>
    (await api('GET', `/rooms/${room.identity.roomId}/update`)).body.history.map(({ outcome }: Json) => outcome);
  await expect.poll(() => outcomesOf(rooms[0]!), WITHIN).toEqual(['confirmed', 'began']);
  await expect.poll(() => outcomesOf(rooms[1]!), WITHIN).toEqual(['failed', 'began']);
  const [ended] = (await api('GET', '/updates')).body.ended;
  expect(ended).toMatchObject({ state: 'done', rings: [{ counts: { updated: 1, failed: 1 } }] });
});
