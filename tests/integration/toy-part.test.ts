/**
 * A part of the agent is one file and one word in a list, and its projection one line in the contract: here a toy's,
 * whose value reaches phone, TV, console and LAN, whose command comes from phone and LAN, and whose setting comes from
 * the console, by the product's own fleet server, agent links, authority and controller link.
 */
import './toy-declarations.ts';
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
import { SECTION_NAMES } from '#contract/settings/all-settings.ts';
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
import { Parts } from '../../kiosk/agent/parts/parts.ts';
import { servicesUnderTest } from '../../kiosk/agent/parts/services-under-test.ts';
import { RoomAuthority } from '../../kiosk/agent/room-authority.ts';
import { ScreenServer } from '../../kiosk/agent/screen-server.ts';
import { KioskSettings } from '../../kiosk/agent/settings/kiosk-settings.ts';
import { RoomStore } from '../../kiosk/agent/store/room-store.ts';
import { newId } from '../../fleet/store/index.ts';
import { toyPart } from './toy-part.ts';

const HOST = 'room-a.office.example';
const KEY = 'k'.repeat(43);
const logger = pino({ level: 'silent' });
/** Commands are closed: the toy owns one of the contract's. */
const TOY_COMMAND = { name: 'run-self-test' } as const;
const clock = new WallClock();
const folder = mkdtempSync(join(tmpdir(), 'maru-toy-'));
/** in the order of their start */
const started: { stop: () => unknown }[] = [];
let fleet: FleetUnderTest;
let roomId: string;
let projections: Projections;
let parts: Parts;
let codes: PairingCodes;
let office: OfficeCa;
let lan: LanServer;
let tvUrl: string;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  const toys = pathToFileURL(join(import.meta.dirname, 'toy-declarations.ts')).href;
  fleet.env = { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${toys}` };
  await fleet.start();
  const room = await fleet.enrolRoom('Room A');
  ({ roomId } = room);
  projections = new Projections({ roomId, epoch: 1 });
  const settings = new KioskSettings({
    dataDir: folder,
    roomId,
    publish: (report) => void link.publish('settingsReport', report),
    logger,
  });
  await settings.start();
  for (const name of SECTION_NAMES) settings.onChange(name, (values) => parts.applySettings(name, values));
  parts = new Parts({
    list: [toyPart],
    services: servicesUnderTest({ settings, publish: (name, content) => projections.publish(name, content) }),
    onFault: () => {},
    onNotices: () => {},
  });
  codes = new PairingCodes({
    roomId,
    clock,
    onChange: () => {
      projections.publish('pairing', codes.offer);
      codes.show(codes.offer);
    },
  });
  const { key: keyPem, cert: certificatePem, ca: caPem } = room.credentials;
  const { mqttUrl, deviceApiUrl } = fleet.ready;
  const link: FleetLink = new FleetLink({
    identity: { roomId, roomName: 'Room A', deviceApiUrl, mqttUrl, keyPem, certificatePem, caPem },
    epoch: 1,
    clock,
    projections,
    logger,
    onOnline: () => {},
    onDesired: () => {},
    onSettings: (desired) => settings.receive(desired),
    onCommand: (envelope) => authority.onCommand(envelope),
    onRequestReply: () => {},
  });
  const authority: RoomAuthority = new RoomAuthority({
    roomId,
    roomName: 'Room A',
    projections,
    remembered: null,
    fleet: link,
    requests: { requestGrant: () => newId(), forget: () => {} },
    logger,
    perform: () => false,
    remember: () => {},
    onChange: () => parts.follow(authority.state),
    dispatch: (command) => parts.dispatch(command),
    bookingOf: () => null,
  });
  const screens = new ScreenServer({
    port: 0,
    pageDir: folder,
    key: KEY,
    logger,
    projections,
    frame: () => ({ language: 'en', pairing: null, waiting: null }),
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
    onCommand: (order, reply) => authority.onLanCommand(order, reply),
    onPaired: () => {},
    onLanUrl: () => {},
    clock,
    logger,
  });
  store.start();
  codes.start();
  authority.start();
  parts.start(authority.state);
  tvUrl = await screens.start();
  lan.start();
  link.start();
  started.push(store, codes, authority, parts, screens, lan, link);
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

type Seen = { name: string; toy: () => Json; inside: () => Json; stop: () => void; link?: RoomLink };
const watching: Seen[] = [];
const seenBy = (name: string, known: () => Json, stop: () => void, link?: RoomLink): Seen => {
  const seen = { name, toy: () => known().toy, inside: () => known().inside, stop, ...(link && { link }) };
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
    link,
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

test('what a part publishes is seen wherever its line says, and nowhere else; its command comes from phone and LAN', async () => {
  const [onPhone, lanPhone] = [await phone(), await onLan()];
  const all = [onPhone, lanPhone, await tv(), await console_()];
  for (const { name, toy } of all) await expect.poll(() => toy()?.turns, { message: `${name} at first` }).toBe(1);
  await onPhone.link!.command(TOY_COMMAND);
  for (const { name, toy } of all) await expect.poll(() => toy()?.turns, { message: `${name} by phone` }).toBe(2);
  await lanPhone.link!.command(TOY_COMMAND);
  for (const { name, toy } of all) await expect.poll(() => toy()?.turns, { message: `${name} by LAN` }).toBe(3);
  await expect
    .poll(() => all.map(({ name, inside }) => [name, inside()?.turns]))
    .toEqual([
      ['phone', undefined],
      ['LAN', undefined],
      ['TV', 3],
      ['console', undefined],
    ]);
  const { body } = await fleet.api('GET', pathOf(allRoutes.room.path, { roomId }), undefined, fleet.admin.cookie);
  expect(Object.keys(body.projections).sort()).toEqual(['state', 'toy']);
  expect(body.projections.toy).toMatchObject({ roomId, epoch: 1, revision: 2, turns: 3 });
});

test('its setting is set in the console, and in force at once; a value out of range is refused', async () => {
  const set = (step: number, revision: number) =>
    fleet.api('PUT', `/api/v1/rooms/${roomId}/settings`, { revision, set: { toy: { step } } }, fleet.admin.cookie);
  const known = async () =>
    (await fleet.api('GET', `/api/v1/rooms/${roomId}/settings`, undefined, fleet.admin.cookie)).body;
  const { revision } = await known();
  expect((await set(61, revision)).status).toBe(422);
  expect((await set(5, revision)).status).toBe(200);
  for (const { name, toy } of watching)
    await expect.poll(() => toy()?.turns, { message: `${name} by setting` }).toBe(8);
  const report = async () => (await known()).report;
  await expect.poll(async () => (await report()).revision).toBe((await report()).desiredRevision);
});

test('a command that no part owns is refused by name', async () => {
  const refused = watching.find(({ link }) => link)!.link!.command({ name: 'recall-preset', presetId: 1 });
  await expect(refused).rejects.toMatchObject({ code: 'unknown-command' });
});
