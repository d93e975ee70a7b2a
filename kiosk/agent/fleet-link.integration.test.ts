/** The line to the fleet, over real TLS to a small broker: presence and will, coming back, and what is refused how. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { X509Certificate } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { HEARTBEAT_INTERVAL_MS } from '#contract/timing.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { CommandReply } from '#contract/room-command.ts';
import { type RoomDesired, RoomPresence } from '#contract/topics.ts';
import { guest, id, NOW_MS, ownPlace, roomIn } from '../room/room-under-test.ts';
import { roomStateOf } from '../room/room-state-of.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { BrokerUnderTest } from './broker-under-test.ts';
import { CaUnderTest } from './certificates-under-test.ts';
import { FleetLink, type FleetLinkOptions } from './fleet-link.ts';
import { Projections } from './projections.ts';
import type { RoomIdentity } from './room-identity.ts';

const roomId = id(30);
const EPOCH = 7;
const state = roomStateOf(roomIn('idle'), 'Maple');
let projections: Projections;
let ca: CaUnderTest;
let identity: RoomIdentity;
let broker: BrokerUnderTest;
let link: FleetLink;
let told: { online: boolean[]; desired: RoomDesired[]; commands: unknown[]; responses: unknown[] };

const roomCertificate = () => ca.issue({ commonName: `room:${roomId}` });
const newLink = (over: Partial<FleetLinkOptions> = {}): FleetLink =>
  new FleetLink({
    identity,
    epoch: EPOCH,
    clock: new WallClock(),
    projections,
    logger: pino({ level: 'silent' }),
    onOnline: (online) => told.online.push(online),
    onDesired: (desired) => told.desired.push(desired),
    onCommand: (envelope) => told.commands.push(envelope),
    onRequestReply: (response) => told.responses.push(response),
    ...over,
  });
const presence = () => broker.messages<RoomPresence>('presence', roomId);
const replies = () =>
  broker.messages<CommandReply>('commandReply', roomId).map(({ message }) => CommandReply.parse(message));
const isOnline = (online = true) => expect.poll(() => link.online, { timeout: 10_000 }).toBe(online);
const command = (over: object = {}) => ({
  protocol: PROTOCOL_VERSION,
  id: id(60),
  roomId,
  expiresAtMs: NOW_MS,
  issuer: { kind: 'controller', id: id(61) },
  command: { name: 'mute-all' },
  grant: null,
  ...over,
});
const desired = (nowMs: number) => ({
  protocol: PROTOCOL_VERSION,
  roomId,
  roomName: 'Maple',
  controllerUrl: 'https://maru.example/c',
  meeting: null,
  nowMs,
});

beforeAll(async () => {
  ca = await CaUnderTest.create();
});
beforeEach(async () => {
  projections = new Projections({ roomId, epoch: EPOCH });
  told = { online: [], desired: [], commands: [], responses: [] };
  broker = new BrokerUnderTest(await ca.issue({ commonName: 'fleet', ofServer: true }), ca);
  await broker.start();
  identity = {
    ...(await roomCertificate()),
    roomId,
    roomName: 'Maple',
    deviceApiUrl: 'https://127.0.0.1:7401',
    mqttUrl: broker.url,
    caPem: ca.certificatePem,
  };
  link = newLink();
});
afterEach(async () => {
  await link.stop();
  await broker.stop();
  vi.useRealTimers();
});

test('who waits to be let in comes as it was retained', async () => {
  const lists: unknown[] = [];
  link = newLink({ onWaiting: (list) => lists.push(list) });
  const list = { meetingId: id(3), count: 0, waiting: [] };
  link.start();
  await isOnline();
  broker.tell('waiting', roomId, list, true);
  await expect.poll(() => lists).toEqual([list]);
});

describe('a room that is there', () => {
  test('comes by its own name and certificate, and says so where it is kept', async () => {
    link.start();
    await isOnline();
    await expect.poll(presence).toHaveLength(1);
    expect(presence()[0]).toMatchObject({ retain: true, qos: 1, message: { online: true, epoch: EPOCH } });
    expect(RoomPresence.parse(presence()[0]!.message).asOfMs).toBeCloseTo(Date.now(), -5);
    expect(broker.clientIds).toEqual([`room:${roomId}`]);
    expect(broker.serials).toEqual([new X509Certificate(identity.certificatePem).serialNumber]);
    expect(told.online).toEqual([true]);
  });

  test('answers at once: what it says behind an acknowledgement does not wait for one', async () => {
    await link.stop();
    // as the screen's report comes: behind the command's acknowledgement
    const answer = (): void => void link.publish('commandReply', { ok: true, id: id(1) });
    link = newLink({ onCommand: () => setTimeout(answer, 3) });
    link.start();
    await isOnline();
    const tookMs: number[] = [];
    for (let n = 1; n <= 16; n += 1) {
      const toldMs = performance.now();
      broker.tell('command', roomId, command({ id: id(60 + n), expiresAtMs: Date.now() + 60_000 }));
      await vi.waitFor(() => expect(replies()).toHaveLength(n), { interval: 1 });
      tookMs.push(performance.now() - toldMs);
    }
    // a delayed acknowledgement takes 40 ms, each time but the first few
    expect(tookMs.sort((a, b) => a - b)[6]).toBeLessThan(30);
  });

  test('keeps states, and lets words pass', async () => {
    link.start();
    await isOnline();
    projections.publish('state', state);
    projections.publish('pairing', { codes: [] });
    await link.publish('commandReply', { ok: true, id: id(1) });
    await link.publish('request', { name: 'request-grant', id: id(2), endedCallId: null, booking: null });
    await link.publish('roster', { kind: 'snapshot', callId: id(3), revision: 1, participants: [ownPlace, guest] });
    const kept = broker.heard.map(({ topic, retain, qos }) => [topic.split('/').at(-1), retain, qos]);
    expect(kept.filter(([name]) => name !== 'presence')).toEqual([
      ['state', true, 1],
      ['pairing', true, 1],
      ['command-reply', false, 1],
      ['request', false, 1],
      ['roster', false, 1],
    ]);
    expect(broker.messages('state', roomId)[0]!.message).toMatchObject({ ...state, roomId, epoch: EPOCH });
  });

  test('says every five seconds that it lives', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    link.start();
    const beats = async (count: number) => {
      while (presence().length < count) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await beats(1);
    for (const count of [2, 3, 4]) {
      vi.advanceTimersByTime(HEARTBEAT_INTERVAL_MS - 1);
      await link.publish('commandReply', { ok: true, id: id(1) });
      expect(presence()).toHaveLength(count - 1);
      vi.advanceTimersByTime(1);
      await beats(count);
    }
    expect(presence().every(({ message }) => message.online)).toBe(true);
  });

  test('reports what the broker has, and what no broker will have', async () => {
    const published: [name: string, atTheBroker: number][] = [];
    link = newLink({ onPublished: (name) => published.push([name, broker.messages(name, roomId).length]) });
    projections.publish('state', state);
    await link.publishProjection('state');
    expect(published).toEqual([['state', 0]]);
    link.start();
    await isOnline();
    await expect.poll(() => published.at(-1)).toEqual(['state', 1]);
    projections.publish('state', state);
    await expect.poll(() => published.at(-1)).toEqual(['state', 2]);
  });

  test('says goodbye, and is silent after it', async () => {
    link.start();
    await isOnline();
    await link.stop();
    expect(presence()[1]).toMatchObject({ message: { online: false, epoch: EPOCH }, retain: true, isWill: false });
    projections.publish('state', state);
    await link.publishProjection('state');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(broker.messages('state', roomId)).toEqual([]);
    expect(broker.serials).toHaveLength(1);
  });
});

describe('a line that breaks', () => {
  test('leaves the will, and comes back by itself', async () => {
    link.start();
    await isOnline();
    broker.cut();
    await expect
      .poll(() => presence().map(({ message, isWill }) => [message.online, isWill]))
      .toContainEqual([false, true]);
    await expect.poll(() => told.online, { timeout: 5_000 }).toEqual([true, false, true]);
    const will = presence().find(({ isWill }) => isWill);
    expect(will).toMatchObject({ retain: true, message: { online: false, epoch: EPOCH } });
    await expect.poll(() => presence().at(-1)!.message.online).toBe(true);
  });

  test('comes back to a broker that has forgotten everything, and hears commands again', async () => {
    link.start();
    await isOnline();
    await broker.stop();
    await isOnline(false);
    await broker.start();
    await isOnline();
    broker.tell('command', roomId, command());
    await expect.poll(() => told.commands).toMatchObject([{ id: id(60) }]);
  });

  test('publishes what holds as it is once the line is back, and no reply that is late', async () => {
    projections.publish('state', state);
    projections.publish('pairing', { codes: [] });
    link.start();
    await link.publish('commandReply', { ok: true, id: id(1) });
    await isOnline();
    await broker.stop();
    await isOnline(false);
    // at once: nobody waits for a fleet that is gone
    projections.publish('state', { ...state, volumePercent: 1 });
    projections.publish('state', { ...state, volumePercent: 2 });
    await link.publish('commandReply', { ok: true, id: id(2) });
    await new Promise((resolve) => setTimeout(resolve, 250));
    const [states, pairings] = [broker.messages('state', roomId).length, broker.messages('pairing', roomId).length];
    await broker.start();
    await isOnline();
    await expect.poll(() => broker.messages('pairing', roomId).slice(pairings)).toHaveLength(1);
    expect(broker.messages('state', roomId).slice(states)).toMatchObject([
      { retain: true, message: { revision: 2, volumePercent: 2 } },
    ]);
    expect(replies()).toEqual([]);
  });

  test('is not dropped by what was under way when it broke', async () => {
    link.start();
    await isOnline();
    projections.publish('state', state);
    const said = link.publishProjection('state');
    broker.cut();
    await said;
    await expect.poll(() => told.online, { timeout: 5_000 }).toEqual([true, false, true]);
  });

  test('is opened again by a renewed certificate at once, and nobody is told that it was gone', async () => {
    link.start();
    await isOnline();
    const renewed = { ...identity, ...(await roomCertificate()) };
    link.use(renewed);
    await expect.poll(() => told.online, { timeout: 5_000 }).toEqual([true, true]);
    expect(broker.serials[1]).toBe(new X509Certificate(renewed.certificatePem).serialNumber);
    expect(presence().filter(({ message }) => !message.online)).toEqual([]);
    projections.publish('state', state);
    await expect.poll(() => broker.messages('state', roomId)).toHaveLength(1);
  });

  test('takes a renewed certificate at its next try where it is not there', async () => {
    await broker.stop();
    link.start();
    const renewed = { ...identity, ...(await roomCertificate()) };
    link.use(renewed);
    await broker.start();
    await isOnline();
    expect(broker.serials).toEqual([new X509Certificate(renewed.certificatePem).serialNumber]);
  });

  test('says each time that it was not let in, and not that a line has broken', async () => {
    let notLetIn = 0;
    link = newLink({ onNotLetIn: () => (notLetIn += 1) });
    link.start();
    await isOnline();
    broker.refusesConnections = true;
    broker.cut();
    await isOnline(false);
    expect(notLetIn).toBe(0);
    await expect.poll(() => notLetIn, { timeout: 5_000 }).toBeGreaterThanOrEqual(2);
  });

  test('is tried again less and less often, but never given up', async () => {
    broker.refusesConnections = true;
    link.start();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(broker.clientIds.length).toBeGreaterThanOrEqual(2);
    expect(broker.clientIds.length).toBeLessThanOrEqual(8);
    expect([link.online, told.online]).toEqual([false, []]);
    broker.refusesConnections = false;
    await isOnline();
  });

  test('is tried again where the broker took the room in but lets it hear nothing', async () => {
    broker.refusesSubscriptions = true;
    link.start();
    await expect.poll(() => broker.clientIds.length, { timeout: 5_000 }).toBeGreaterThanOrEqual(2);
    expect([link.online, told.online, broker.heard.filter(({ isWill }) => !isWill)]).toEqual([false, [], []]);
    broker.refusesSubscriptions = false;
    await isOnline();
  });

  test('that leads to somebody else is none', async () => {
    const impostor = await CaUnderTest.create();
    const other = new BrokerUnderTest(await impostor.issue({ commonName: 'fleet', ofServer: true }), ca);
    await other.start();
    identity = { ...identity, mqttUrl: other.url };
    link = newLink();
    link.start();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect([link.online, other.clientIds]).toEqual([false, []]);
    await other.stop();
  });

  test('that leads nowhere can be stopped at once', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    identity = { ...identity, mqttUrl: `mqtts://127.0.0.1:${(silent.address() as AddressInfo).port}` };
    link = newLink();
    link.start();
    const startMs = performance.now();
    await link.stop();
    expect(performance.now() - startMs).toBeLessThan(1_000);
    silent.close();
  });
});

describe('a fleet of another protocol', () => {
  const refusals: [boolean, boolean][] = [];
  beforeEach(() => {
    refusals.length = 0;
    link = newLink({ onOnline: (online, isRefused) => refusals.push([online, isRefused]) });
    link.start();
  });

  test('is no fleet, whatever it sends, and nothing of it is read', async () => {
    await isOnline();
    broker.tell('desired', roomId, { protocol: PROTOCOL_VERSION + 1, wishes: ['unknown'] });
    await isOnline(false);
    expect(refusals).toEqual([
      [true, false],
      [false, true],
    ]);
    expect(told.desired).toEqual([]);
    projections.publish('state', state);
    await link.publishProjection('state');
    expect(broker.messages('state', roomId)).toEqual([]);
  });

  test('gets its command back with the name of the side that is too old', async () => {
    await isOnline();
    broker.tell('command', roomId, { ...command(), protocol: PROTOCOL_VERSION + 1, mood: 'good' });
    await expect.poll(replies).toMatchObject([{ ok: false, id: id(60), error: { code: 'client-too-old' } }]);
    broker.tell('command', roomId, { ...command({ id: id(62) }), protocol: PROTOCOL_VERSION - 1 });
    await expect.poll(replies).toMatchObject([{}, { ok: false, id: id(62), error: { code: 'server-too-old' } }]);
    expect(told.commands).toEqual([]);
  });

  test('may refuse this room itself', async () => {
    await isOnline();
    const error = { code: 'client-too-old', message: 'protocol 2' };
    broker.tell('requestReply', roomId, { name: 'refused', id: null, error });
    await isOnline(false);
    expect(refusals.at(-1)).toEqual([false, true]);
  });

  test('is the fleet again once it speaks our number', async () => {
    await isOnline();
    broker.tell('desired', roomId, { protocol: PROTOCOL_VERSION - 1 });
    await isOnline(false);
    broker.tell('desired', roomId, desired(NOW_MS));
    await isOnline();
    expect(refusals.at(-1)).toEqual([true, false]);
    expect(told.desired).toHaveLength(1);
  });
});

describe('what the fleet says', () => {
  test('is told on, parsed', async () => {
    link.start();
    await isOnline();
    const response = { name: 'refused', id: null, error: { code: 'no-media-node', message: '' } };
    broker.tell('desired', roomId, { ...desired(NOW_MS), somethingNewer: true });
    broker.tell('command', roomId, command());
    broker.tell('requestReply', roomId, response);
    await expect.poll(() => told.responses).toEqual([response]);
    expect(told.desired).toEqual([desired(NOW_MS)]);
    expect(told.commands).toEqual([command()]);
  });

  test('about the time is believed: a clock that stands wrong expires nothing', async () => {
    link.start();
    await isOnline();
    const hour = 3_600_000;
    expect(link.isExpired(0)).toBe(false);
    broker.tell('desired', roomId, desired(Date.now() + hour));
    await expect.poll(() => told.desired).toHaveLength(1);
    expect([link.isExpired(Date.now() + hour + 5_000), link.isExpired(Date.now() + hour - 5_000)]).toEqual([
      false,
      true,
    ]);
    // one that was on its way for a while knows it less well
    broker.tell('desired', roomId, desired(Date.now() + hour - 10_000));
    await expect.poll(() => told.desired).toHaveLength(2);
    expect(link.isExpired(Date.now() + hour - 5_000)).toBe(true);
    // the fleet's clock was set back
    broker.tell('desired', roomId, desired(Date.now()));
    await expect.poll(() => told.desired).toHaveLength(3);
    expect([link.isExpired(Date.now() + 5_000), link.isExpired(Date.now() - 5_000)]).toEqual([false, true]);
  });

  test('about the time is believed least when it was kept', async () => {
    const hour = 3_600_000;
    broker.tell('desired', roomId, desired(Date.now() - hour), true);
    link.start();
    await expect.poll(() => told.desired).toHaveLength(1);
    broker.tell('desired', roomId, desired(Date.now()));
    await expect.poll(() => told.desired).toHaveLength(2);
    await broker.stop();
    await isOnline(false);
    await broker.start();
    broker.tell('desired', roomId, desired(Date.now() - hour), true);
    await expect.poll(() => told.desired, { timeout: 10_000 }).toHaveLength(3);
    expect(link.isExpired(Date.now() - 5_000)).toBe(true);
  });

  test.each([20 * 60_000, -3_600_000])('about the time holds when our own clock jumps by %d ms', async (byMs) => {
    const at = { wallMs: Date.now() };
    const clock = new WallClock({ wallNowMs: () => at.wallMs, steadyNowMs: () => 0 });
    link = newLink({ clock });
    link.start();
    await isOnline();
    broker.tell('desired', roomId, desired(NOW_MS));
    await expect.poll(() => told.desired).toHaveLength(1);
    at.wallMs += byMs;
    expect([link.isExpired(NOW_MS + 1_000), link.isExpired(NOW_MS - 1_000)]).toEqual([false, true]);
    expect(link.fleetNowMs).toBe(NOW_MS);
  });

  test.each<[string, object]>([
    ['a command that this release does not know', command({ command: { name: 'brew-coffee' } })],
    ['a field that this release does not know', command({ hurry: true })],
    ['a value that may not be', command({ command: { name: 'set-volume', percent: 400 } })],
    ['a command without a room', command({ roomId: undefined })],
  ])('%s is refused by its id', async (_, malformed) => {
    link.start();
    await isOnline();
    broker.tell('command', roomId, malformed);
    await expect.poll(replies).toMatchObject([{ ok: false, id: id(60), error: { code: 'bad-message' } }]);
    expect([told.commands, link.online]).toEqual([[], true]);
  });

  test.each<[string, unknown]>([
    ['no JSON', '{"id":'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['an id that is none', command({ id: 'one' })],
  ])('%s is answered by nobody, and costs nothing', async (_, malformed) => {
    link.start();
    await isOnline();
    for (const name of ['command', 'desired', 'requestReply'] as const) broker.tell(name, roomId, malformed);
    broker.tell('command', roomId, command({ id: id(62) }));
    await expect.poll(() => told.commands).toMatchObject([{ id: id(62) }]);
    expect([replies(), told.desired, told.responses]).toEqual([[], [], []]);
  });

  test('that trips over a fault of our own is answered, without its words', async () => {
    link = newLink({
      onCommand: () => {
        throw new TypeError('of our own');
      },
    });
    link.start();
    await isOnline();
    broker.tell('command', roomId, command());
    await expect.poll(replies).toMatchObject([{ ok: false, id: id(60), error: { code: 'internal' } }]);
    expect(JSON.stringify(replies())).not.toContain('of our own');
    expect(link.online).toBe(true);
  });
});
