/**
 * A meeting that a person makes for a room: real fleet server and real agent, as TV, tablet and the staff page see it. And
 * the codes that the TV of such a room shows.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { readProjections } from '#contract/relayed-projections.ts';
import type { RoomAgenda } from '#contract/room-agenda.ts';
import { AgentToScreen, SCREEN_LINK_PATH } from '#contract/screen-link.ts';
import { FleetUnderTest, type Json } from '../../fleet/fleet-under-test.ts';
import { PhoneUnderTest } from '../../fleet/room-under-test.ts';
import { newId } from '../../fleet/store/index.ts';

let fleet: FleetUnderTest;
let folder: string;
let kiosk: ChildProcess;
let port: number;
let roomId: string;
let page: WebSocket | null = null;
/** what the TV's page was sent */
let heard: AgentToScreen[] = [];

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  folder = mkdtempSync(join(tmpdir(), 'maru-kiosk-'));
  port = await freePort();
  const { body: made } = await admin('POST', '/api/v1/rooms', { roomName: 'Maple' });
  roomId = made.roomId;
  const { body: claim } = await admin('POST', `/api/v1/rooms/${roomId}/claims`);
  writeFileSync(join(folder, 'claim.json'), JSON.stringify(claim));
  startKiosk();
}, 40_000);
afterAll(async () => {
  page?.terminate();
  await stopKiosk();
  await fleet.stop();
  rmSync(folder, { recursive: true });
});

const admin = (method: string, path: string, body?: object) => fleet.api(method, path, body, fleet.admin.cookie);
function startKiosk(): void {
  const args = [`--data-dir=${folder}`, `--claim-file=${join(folder, 'claim.json')}`, `--screen-port=${port}`];
  kiosk = fork(fileURLToPath(new URL('../../kiosk/main.ts', import.meta.url)), [...args, '--shell=none'], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}
async function stopKiosk(): Promise<void> {
  const exited = once(kiosk, 'exit');
  kiosk.kill('SIGTERM');
  await exited;
}
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as { port: number };
  server.close();
  return free;
}
/** As the TV's page, once the agent serves it. */
async function look(): Promise<void> {
  heard = [];
  await expect.poll(isOpened, { timeout: 20_000, interval: 200 }).toBe(true);
}
async function isOpened(): Promise<boolean> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${SCREEN_LINK_PATH}`, { origin: `http://127.0.0.1:${port}` });
  socket.on('message', (data) => {
    const message = AgentToScreen.parse(JSON.parse(String(data)));
    if (message.type !== 'unknown') heard.push(message);
  });
  socket.on('error', () => {});
  const isOpen = await Promise.race([
    once(socket, 'open').then(
      () => true,
      () => false,
    ),
    once(socket, 'error').then(() => false),
  ]);
  if (!isOpen) return false;
  // as its shell reads it
  const key = readFileSync(join(folder, 'shell/screen-key'), 'utf8');
  socket.send(JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION, key, screenId: newId(), inCall: null }));
  page = socket;
  return true;
}
/** `title link` of each booking on the TV. */
function onTv(): string[] {
  let agenda: RoomAgenda | undefined;
  for (const message of heard) {
    const relayed =
      message.type === 'welcome'
        ? message.projections
        : message.type === 'projection'
          ? { [message.name]: message.value }
          : {};
    agenda = readProjections(relayed, () => {}).agenda ?? agenda;
  }
  return (agenda?.bookings ?? []).map(({ title, link }) => `${title} ${link}`);
}
async function tablet(): Promise<PhoneUnderTest> {
  const { body: made } = await admin('POST', `/api/v1/rooms/${roomId}/tablet-codes`, { tabletName: 'One' });
  const { body: paired } = await fleet.api('POST', '/api/v1/pairings', { code: made.code });
  return new PhoneUnderTest(fleet.ready.fleetUrl).open(paired.controllerToken);
}

test('it shows in the room’s day on TV and tablet, is joined by one tap, and leaves when it is cancelled', async () => {
  await expect.poll(async () => (await fleet.roomOf(roomId)).online, { timeout: 20_000 }).toBe(true);
  await look();
  const body = {
    title: 'Plans',
    startsAtMs: Date.now() - 60_000,
    durationMinutes: 60,
    people: [],
    roomIds: [roomId],
  };
  const { body: answer } = await admin('POST', '/api/v1/meetings', body);
  const { meetingId }: Json = answer.meeting;
  await expect.poll(onTv, { timeout: 10_000 }).toEqual(['Plans ours']);
  const phone = await tablet();
  const inAgenda = () => phone.shown('agenda')?.bookings.find((each: Json) => each.title === 'Plans');
  await expect.poll(inAgenda).toBeTruthy();

  const { bookingId } = inAgenda();
  phone.command({ name: 'join-call', bookingId });
  const joined = () =>
    heard.flatMap((message) => (message.type === 'do' && message.effect.name === 'join-call' ? [message.effect] : []));
  await expect.poll(joined, { timeout: 10_000 }).toMatchObject([{ grant: { meetingId, meetingTitle: 'Plans' } }]);
  phone.command({ name: 'leave-call' });
  await expect.poll(() => phone.shown('state')?.phase.name).not.toBe('starting');

  await admin('DELETE', `/api/v1/meetings/${meetingId}`);
  await expect.poll(onTv, { timeout: 10_000 }).toEqual([]);
  phone.close();
}, 60_000);

test('a code pairs in the instant in which the TV shows it, however fast they are used', async () => {
  const shown = (): string =>
    heard.flatMap((message) => (message.type === 'frame' ? [message.frame.pairing?.code ?? ''] : [])).at(-1) ?? '';
  const used: string[] = [];
  for (let n = 0; n < 4; n += 1) {
    await expect.poll(() => shown() !== '' && !used.includes(shown()), { timeout: 10_000, interval: 2 }).toBe(true);
    const code = shown();
    used.push(code);
    const { status, body } = await fleet.api('POST', '/api/v1/pairings', { code });
    expect([n, status, body.error?.code]).toEqual([n, 200, undefined]);
  }
}, 60_000);

test('it is on the TV after a restart of the box, though the fleet server is gone', async () => {
  const startsAtMs = Date.now() + 5 * 60_000;
  await admin('POST', '/api/v1/meetings', {
    title: 'Kept',
    startsAtMs,
    durationMinutes: 60,
    people: [],
    roomIds: [roomId],
  });
  await expect.poll(onTv, { timeout: 10_000 }).toEqual(['Kept ours']);
  await fleet.kill();
  page?.terminate();
  await stopKiosk();
  startKiosk();
  await look();
  await expect.poll(onTv, { timeout: 10_000 }).toEqual(['Kept ours']);
}, 60_000);
