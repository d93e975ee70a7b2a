/** A connection that is reset at any point of its life is the end of that connection alone. */
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { clientIdOf, topicOf } from '#contract/topics.ts';
import { type Credentials, connectAs, type EnrolledRoom, FleetUnderTest } from '../fleet-under-test.ts';
import { clientFrame, type ResetStage, resetConnections, upgradeRequest } from '../resets-under-test.ts';

const TRIES = 60;
let fleet: FleetUnderTest;
let room: EnrolledRoom;
let witness: MqttClient;
let processId: number;
let logBefore: number;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  room = await fleet.enrolRoom('Room that is reset');
  const other = await fleet.enrolRoom('Room beside it');
  witness = await connectAs(fleet.ready.mqttUrl, other.credentials);
});
beforeEach(async () => {
  // one stage that ends the server leaves the others to be tried
  if (!fleet.isRunning) await fleet.startServer();
  if (!witness.connected) await new Promise((resolve) => witness.once('connect', resolve));
  processId = fleet.pid;
  logBefore = fleet.log.length;
});
afterAll(async () => {
  witness?.end(true);
  await fleet.stop();
});

function expectUnharmed(): void {
  expect(fleet.log.slice(logBefore)).not.toMatch(/TypeError|"level":[56]0/);
  expect(fleet.pid).toBe(processId);
}
/** the witness and the media node */
async function connectedClients(): Promise<number> {
  const { body } = await fleet.api('GET', '/metrics', undefined, fleet.admin.cookie);
  return Number(/^maru_mqtt_clients (\d+)$/m.exec(String(body))?.[1]);
}

const portOf = (url: string): number => Number(new URL(url).port);
const pair = ({ key, cert, ca }: Credentials) => ({ key, cert, ca });
const length = (text: string): Buffer => Buffer.from([text.length >> 8, text.length & 0xff]);
const packet = (type: number, ...parts: (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([Buffer.from([type, body.length]), body]);
};
const connectPacket = (clientId: string, keepaliveSeconds = 0): Buffer =>
  packet(0x10, length('MQTT'), 'MQTT', Buffer.from([4, 2, 0, keepaliveSeconds]), length(clientId), clientId);
const subscribePacket = (topic: string): Buffer =>
  packet(0x82, Buffer.from([0, 1]), length(topic), topic, Buffer.from([1]));
const publishPacket = (topic: string): Buffer =>
  packet(0x32, length(topic), topic, Buffer.from([0, 2]), JSON.stringify({ online: true, epoch: 1, asOfMs: 1 }));

const mqttStages: [string, () => Partial<ResetStage>][] = [
  ['the TCP connection stands', () => ({ tls: null, send: [] })],
  ['half a handshake', () => ({ tls: null, send: [Buffer.from('160301020001', 'hex')] })],
  ['the handshake', () => ({ send: [] })],
  ['half a CONNECT', () => ({ send: [connectPacket(clientId(), 1).subarray(0, 9)] })],
  ['CONNECT', () => ({ send: [connectPacket(clientId(), 1)] })],
  ['CONNECT by another name', () => ({ send: [connectPacket(clientIdOf('room', 'nobody'), 1)] })],
  ['CONNACK', () => ({ send: [connectPacket(clientId(), 1)], awaitsAnswer: true })],
  ['SUBSCRIBE', () => ({ send: [connectPacket(clientId(), 1), subscribePacket(topicOf('command', room.roomId))] })],
  ['SUBSCRIBE that is denied', () => ({ send: [connectPacket(clientId(), 1), subscribePacket('#')] })],
  ['PUBLISH', () => ({ send: [connectPacket(clientId(), 1), publishPacket(topicOf('presence', room.roomId))] })],
  ['PUBLISH that is denied', () => ({ send: [connectPacket(clientId(), 1), publishPacket('fleet/keys')] })],
  [
    'CONNECT, SUBSCRIBE and PUBLISH in one',
    () => ({
      send: [
        Buffer.concat([
          connectPacket(clientId(), 1),
          subscribePacket(topicOf('command', room.roomId)),
          publishPacket(topicOf('presence', room.roomId)),
        ]),
      ],
    }),
  ],
];
const clientId = (): string => room.credentials.clientId;

test.each(mqttStages)('MQTT: a reset after %s', async (_, stage) => {
  const reached = await resetConnections(
    { port: portOf(fleet.ready.mqttUrl), tls: pair(room.credentials), send: [], ...stage() },
    TRIES,
  );
  expectUnharmed();
  expect(witness.connected).toBe(true);
  expect(reached).toBeGreaterThan(0);
  await expect.poll(connectedClients).toBe(2);
});

const renewal = JSON.stringify({ csrPem: 'x'.repeat(800) });
const renewHead = `POST /device/v1/renewals HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${renewal.length}\r\n\r\n`;
test.each([
  ['the handshake', []],
  ['half of the head', [renewHead.slice(0, 40)]],
  ['the head', [renewHead]],
  ['half of the body', [renewHead + renewal.slice(0, 400)]],
  ['the body', [renewHead + renewal]],
])('device API: a reset after %s', async (_, send) => {
  const reached = await resetConnections(
    { port: portOf(fleet.ready.deviceApiUrl), tls: pair(room.credentials), send },
    TRIES,
  );
  expectUnharmed();
  expect(reached).toBeGreaterThan(0);
});

const head = (host: string, ...lines: string[]): string => [`Host: ${host}`, ...lines, '', ''].join('\r\n');
const signIn = JSON.stringify({ userName: 'nobody', password: 'a wrong password' });
const browserStages: [string, (host: string) => Partial<ResetStage>][] = [
  ['the TCP connection stands', () => ({})],
  ['half a head', () => ({ send: ['GET /api/v1/ro'] })],
  ['a request', (host) => ({ send: [`GET /healthz HTTP/1.1\r\n${head(host)}`] })],
  [
    'a sign-in',
    (host) => ({
      send: [
        `POST /api/v1/sessions HTTP/1.1\r\n${head(host, 'Content-Type: application/json', `Content-Length: ${signIn.length}`)}${signIn}`,
      ],
    }),
  ],
  ['an upgrade', (host) => ({ send: [upgradeRequest('/room-link', host)] })],
  [
    'a first message of the room link',
    (host) => ({ send: [upgradeRequest('/room-link', host), clientFrame('{"type":"hello"}')] }),
  ],
];
test.each(browserStages)('browsers: a reset after %s', async (_, stage) => {
  const { host, port } = new URL(fleet.ready.fleetUrl);
  const reached = await resetConnections({ port: Number(port), tls: null, send: [], ...stage(host) }, TRIES);
  expectUnharmed();
  expect((await fleet.api('GET', '/healthz')).body.status).toBe('ok');
  expect(reached).toBeGreaterThan(0);
});
