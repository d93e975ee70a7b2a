/**
 * A projection is one line in the contract's list and one publisher in the agent: here a toy's, whose value reaches
 * phone, TV, console and LAN by the product's own fleet server, agent links and controller link.
 */
import './toy-projections.ts';
import { once } from 'node:events';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'node:https';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { allRoutes } from '#contract/http/all-routes.ts';
import { pathOf } from '#contract/http/route.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { readProjections } from '#contract/relayed-projections.ts';
import { ROOM_LINK_PATH } from '#contract/room-link.ts';
import { AgentToScreen, SCREEN_LINK_PATH } from '#contract/screen-link.ts';
import { OfficeCa, writeCertificate } from '#edge/office-ca-under-test.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { RoomLink, type Socket } from '../../controller/link/room-link.ts';
import { FleetUnderTest, type Json } from '../../fleet/fleet-under-test.ts';
import { FleetLink } from '../../kiosk/agent/fleet-link.ts';
import { LanServer } from '../../kiosk/agent/lan/lan-server.ts';
import { LanSettings } from '../../kiosk/agent/lan/lan-settings.ts';
import { PairingCodes } from '../../kiosk/agent/pairing-codes.ts';
import { Projections } from '../../kiosk/agent/projections.ts';
import { ScreenServer } from '../../kiosk/agent/screen-server.ts';
import { RoomStore } from '../../kiosk/agent/store/room-store.ts';
import { roomStateOf } from '../../kiosk/room/room-state-of.ts';
import { roomIn } from '../../kiosk/room/room-under-test.ts';
import { newId } from '../../fleet/store/index.ts';

const HOST = 'room-a.office.example';
const KEY = 'k'.repeat(43);
const logger = pino({ level: 'silent' });
const clock = new WallClock();
const folder = mkdtempSync(join(tmpdir(), 'maru-toy-'));
/** in the order of their start */
const started: { stop: () => unknown }[] = [];
let fleet: FleetUnderTest;
let roomId: string;
let projections: Projections;
let codes: PairingCodes;
let office: OfficeCa;
let lan: LanServer;
let tvUrl: string;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  const toys = pathToFileURL(join(import.meta.dirname, 'toy-projections.ts')).href;
  fleet.env = { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${toys}` };
  await fleet.start();
  const room = await fleet.enrolRoom('Room A');
  ({ roomId } = room);
  projections = new Projections({ roomId, epoch: 1 });
  projections.publish('state', roomStateOf(roomIn('idle'), 'Room A'));
  codes = new PairingCodes({ roomId, clock, onChange: () => projections.publish('pairing', codes.offer) });
  const { key: keyPem, cert: certificatePem, ca: caPem } = room.credentials;
  const { mqttUrl, deviceApiUrl } = fleet.ready;
  const link = new FleetLink({
    identity: { roomId, roomName: 'Room A', deviceApiUrl, mqttUrl, keyPem, certificatePem, caPem },
    epoch: 1,
    clock,
    projections,
    logger,
    onOnline: () => {},
    onDesired: () => {},
    onCommand: () => {},
    onRequestReply: () => {},
  });
  const screens = new ScreenServer({
    port: 0,
    pageDir: folder,
    key: KEY,
    logger,
    projections,
    frame: () => ({ language: 'en', pairing: null }),
    resume: () => null,
    onConnected: () => {},
    onGone: () => {},
    onReport: () => {},
  });
  const store = new RoomStore({ path: join(folder, 'room.sqlite'), logger, onStorage: () => {}, onDamaged: () => {} });
  office = await OfficeCa.create();
  mkdirSync(join(folder, 'dist/assets'), { recursive: true });
  writeFileSync(join(folder, 'dist/control.html'), '<!doctype html>');
  lan = new LanServer({
    settings: LanSettings.parse({
      host: HOST,
      port: await freePort(),
      ...writeCertificate(folder, await office.issue(HOST)),
    }),
    pageDir: join(folder, 'dist'),
    store,
    codes,
    projections,
    onCommand: () => {},
    onPaired: () => {},
    onLanUrl: () => {},
    clock,
    logger,
  });
  store.start();
  codes.start();
  tvUrl = await screens.start();
  lan.start();
  link.start();
  started.push(store, codes, screens, lan, link);
  await vi.waitFor(() => expect(lan.lanUrl).not.toBeNull(), { timeout: 5_000 });
});
afterAll(async () => {
  for (const { stop } of watching) stop();
  for (const each of started.reverse()) await each.stop();
  await fleet.stop();
  rmSync(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  await once(probe.close(), 'close');
  return port;
}

type Seen = { name: string; toy: () => Json; inside: () => Json; stop: () => void };
const watching: Seen[] = [];
const seenBy = (name: string, known: () => Json, stop: () => void): Seen => {
  const seen = { name, toy: () => known().toy, inside: () => known().inside, stop };
  watching.push(seen);
  return seen;
};

/** The controller's own link, to the fleet server or to the kiosk. */
function controller(name: string, token: string, openSocket: () => WebSocket): Seen {
  const link = new RoomLink({ token, openSocket: openSocket as unknown as () => Socket });
  link.start();
  return seenBy(
    name,
    () => link.getSnapshot().projections,
    () => link.stop(),
  );
}
async function phone(): Promise<Seen> {
  // the fleet has the code once the room's offer has come
  const paired = async () => (await fleet.api('POST', allRoutes.pair.path, { code: codes.shown })).body;
  let token: string | undefined;
  await expect.poll(async () => (token = (await paired()).controllerToken)).toBeTypeOf('string');
  const url = `${fleet.ready.fleetUrl.replace(/^http/, 'ws')}${ROOM_LINK_PATH}`;
  return controller('phone', token!, () => new WebSocket(url));
}
async function onLan(): Promise<Seen> {
  const { port } = new URL(lan.lanUrl!);
  const host = `${HOST}:${port}`;
  const there = { servername: HOST, ca: office.pem, headers: { host, origin: `https://${host}` } };
  const asked = request({ host: '127.0.0.1', port, path: allRoutes.pair.path, method: 'POST', ...there });
  asked.setHeader('content-type', 'application/json');
  asked.end(JSON.stringify({ code: codes.shown }));
  const [response] = await once(asked, 'response');
  let text = '';
  for await (const part of response) text += part;
  const url = `wss://127.0.0.1:${port}${ROOM_LINK_PATH}`;
  return controller('LAN', JSON.parse(text).controllerToken, () => new WebSocket(url, there as object));
}
async function tv(): Promise<Seen> {
  const { host, origin } = new URL(tvUrl);
  const socket = new WebSocket(`ws://${host}${SCREEN_LINK_PATH}`, { origin });
  const known: Json = {};
  const learn = (relayed: Record<string, unknown>) =>
    Object.assign(
      known,
      readProjections(relayed, () => {}),
    );
  socket.on('message', (data) => {
    const message = AgentToScreen.parse(JSON.parse(String(data)));
    if (message.type === 'welcome') learn(message.projections);
    if (message.type === 'projection') learn({ [message.name]: message.value });
  });
  await once(socket, 'open');
  const hello = { type: 'hello', key: KEY, protocol: PROTOCOL_VERSION, screenId: newId(), inCall: null };
  socket.send(JSON.stringify(hello));
  return seenBy(
    'TV',
    () => known,
    () => socket.terminate(),
  );
}
async function console_(): Promise<Seen> {
  const ending = new AbortController();
  const path = pathOf(allRoutes.roomProjections.path, { roomId });
  const answer = await fetch(new URL(path, fleet.ready.fleetUrl), {
    headers: { cookie: fleet.admin.cookie },
    signal: ending.signal,
  });
  expect(answer.status).toBe(200);
  const known: Json = {};
  void (async () => {
    let text = '';
    for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
      const events = `${text}${part}`.split('\n\n');
      text = events.pop()!;
      for (const event of events) {
        if (!event.includes('event: projection')) continue;
        const { name, value } = JSON.parse(event.slice(event.indexOf('data: ') + 6));
        known[name] = value;
      }
    }
  })().catch(() => {});
  return seenBy(
    'console',
    () => known,
    () => ending.abort(),
  );
}

test('what one line declares and a part publishes is seen wherever the line says, and nowhere else', async () => {
  const publish = (name: 'toy' | 'inside', turns: number) => projections.publish(name as 'state', { turns } as never);
  publish('toy', 1);
  publish('inside', 1);
  const all = [await phone(), await onLan(), await tv(), await console_()];
  for (const { name, toy } of all) await expect.poll(() => toy()?.turns, { message: `${name} at first` }).toBe(1);
  publish('toy', 2);
  publish('inside', 2);
  for (const { name, toy } of all) await expect.poll(() => toy()?.turns, { message: `${name} later` }).toBe(2);
  await expect
    .poll(() => all.map(({ name, inside }) => [name, inside()?.turns]))
    .toEqual([
      ['phone', undefined],
      ['LAN', undefined],
      ['TV', 2],
      ['console', undefined],
    ]);
  const { body } = await fleet.api('GET', pathOf(allRoutes.room.path, { roomId }), undefined, fleet.admin.cookie);
  expect(Object.keys(body.projections).sort()).toEqual(['state', 'toy']);
  expect(body.projections.toy).toMatchObject({ roomId, epoch: 1, revision: 1, turns: 2 });
});
