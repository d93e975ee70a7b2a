/**
 * From a room's fault to a webhook in the office's own network, over a fleet server that is killed in the middle of a delivery:
 * nothing is lost, nothing comes twice under another id, and a target that hangs delays nobody. Needs root, for an address that
 * is another machine's to the fleet.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { accept, verified, WebhookReceiverUnderTest } from '../../fleet/alerts/webhook-receiver-under-test.ts';
import { FleetUnderTest, type Json } from '../../fleet/fleet-under-test.ts';
import { RoomUnderTest } from '../../fleet/room-under-test.ts';

/** no interface has it, so the fleet does not know it as its own */
const OFFICE_ADDRESS = '10.78.79.80';
const route = (act: 'add' | 'del') =>
  execFileSync('ip', ['route', act, 'local', `${OFFICE_ADDRESS}/32`, 'dev', 'lo'], { stdio: 'ignore' });
const why = process.getuid?.() === 0 ? null : 'an address of another machine needs root';

const receiver = new WebhookReceiverUnderTest();
const silent: Socket[] = [];
const hanging = createServer((socket) => void silent.push(socket));
let fleet: FleetUnderTest;
let room: RoomUnderTest;

beforeEach((context) => context.skip(why !== null, why ?? ''));
beforeAll(async () => {
  if (why !== null) return;
  try {
    route('add');
  } catch {
    // of a run that was killed
  }
  await receiver.start({ address: OFFICE_ADDRESS });
  hanging.listen(0, OFFICE_ADDRESS);
  await once(hanging, 'listening');
  fleet = new FleetUnderTest();
  fleet.env = { NODE_EXTRA_CA_CERTS: receiver.certPath };
  await fleet.start();
  room = new RoomUnderTest(await fleet.enrolRoom('Maple'));
  await room.start(fleet);
  await room.sayState();
  const service = `/api/v1/rooms/${room.room.roomId}/service`;
  await fleet.api('PUT', service, { state: 'in-service' }, fleet.admin.cookie);
});
afterAll(async () => {
  if (why !== null) return;
  room?.stop();
  await fleet?.stop();
  for (const socket of silent) socket.destroy();
  hanging.close();
  await receiver.stop();
  route('del');
});

const ask = async (method: string, path = '', body?: object): Promise<Json> => {
  const answer = await fleet.api(method, `/api/v1/alert-targets${path}`, body, fleet.admin.cookie);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
};
const deliveryOf = async (targetId: string): Promise<Json> =>
  (await ask('GET')).targets.find((target: Json) => target.targetId === targetId).delivery;
const settled = (targetId: string) =>
  vi.waitFor(async () => expect((await deliveryOf(targetId)).waitingCount).toBe(0), { timeout: 20_000 });

test('an alert and its end, each under one id, over a server that is killed while it sends', async () => {
  const webhook = (targetName: string, port: number) => ({
    kind: 'webhook',
    targetName,
    url: `https://${OFFICE_ADDRESS}:${port}/hooks`,
  });
  const { port } = hanging.address() as { port: number };
  const stuck = (await ask('POST', '', webhook('Stuck', port))).target.targetId as string;
  const { target, secret } = await ask('POST', '', webhook('ITSM', receiver.port));
  // it has the message, and its answer never comes
  receiver.answer = () => {};
  await room.sayState({ notices: ['camera-missing'] });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), { timeout: 20_000 });
  await fleet.kill();
  receiver.answer = accept;
  await fleet.startServer();
  await settled(target.targetId);
  await fleet.kill();
  await fleet.startServer();
  // the room, which was away with the server, is well again
  await room.sayState();
  await vi.waitFor(async () => expect((await deliveryOf(target.targetId)).waitingCount).toBe(1), { timeout: 30_000 });
  await fleet.kill();
  // the window is over
  const database = new Database(join(fleet.dataDir, 'authority.sqlite'));
  database.exec('update notification set due_at_ms = 0 where sent_at_ms is null');
  database.close();
  await fleet.startServer();
  await settled(target.targetId);

  const sent = receiver.received.map((each) => [each.id, verified(each, secret)] as const);
  expect(sent.map(([, { type, data }]) => [type, data.alerts.map(({ signal }) => signal)])).toEqual([
    ['alerts.opened', ['camera-failing']],
    ['alerts.opened', ['camera-failing']],
    ['alerts.closed', ['camera-failing']],
  ]);
  expect(sent[1]![0]).toBe(sent[0]![0]);
  expect(sent[2]![0]).not.toBe(sent[0]![0]);
  expect(silent.length).toBeGreaterThan(0);
  expect((await deliveryOf(stuck)).deliveredAtMs).toBeNull();
}, 180_000);
