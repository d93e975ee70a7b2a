import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { projections } from '#contract/projections.ts';
import { type TopicName, topicOf, topicRules } from '#contract/topics.ts';
import { type Credentials, connectAs, type EnrolledRoom, FleetUnderTest, nextOf } from '../fleet-under-test.ts';
import { newSigningRequest } from '../devices/signing-request-under-test.ts';
import { newId } from '../store/index.ts';

let fleet: FleetUnderTest;
let room: EnrolledRoom;
let otherRoom: EnrolledRoom;
const clients: MqttClient[] = [];

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  [room, otherRoom] = [await fleet.enrolRoom('Room A'), await fleet.enrolRoom('Room B')];
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.end(true);
  await sleep(30);
});
afterAll(() => fleet.stop());

async function open(credentials: Credentials, options: object = {}): Promise<MqttClient> {
  const client = await connectAs(fleet.ready.mqttUrl, credentials, { reconnectPeriod: 0, ...options });
  clients.push(client);
  return client;
}
const presence = (online: boolean) =>
  JSON.stringify({ protocol: PROTOCOL_VERSION, online, epoch: 1, asOfMs: Date.now() });

/** A TLS socket that speaks bytes. */
async function rawSocket({ key, cert, ca }: Partial<Credentials>): Promise<TLSSocket> {
  const { port } = new URL(fleet.ready.mqttUrl);
  const socket = connect({ host: '127.0.0.1', port: Number(port), key, cert, ca: ca ?? room.credentials.ca });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  return socket;
}
function connectPacket(clientId: string, protocolLevel = 4): Buffer {
  const id = Buffer.from(clientId);
  const body = Buffer.concat([
    Buffer.from([0, 4, ...Buffer.from('MQTT'), protocolLevel, 2, 0, 5, ...(protocolLevel === 5 ? [0] : [])]),
    Buffer.from([0, id.length]),
    id,
  ]);
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}
const closed = (socket: TLSSocket) =>
  new Promise<void>((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())));

const parties = ['room', 'node'] as const;
const names = Object.keys(topicRules) as TopicName[];

test.each(names)('%s is heard by whom the contract says, over the wire', async (name) => {
  const rule = topicRules[name];
  const readers: readonly string[] = rule.readers;
  const client = await open(room.credentials);
  const ask = async (who: MqttClient, topic: string) => (await who.subscribeAsync(topic, { qos: 1 }))[0]!.qos;
  const granted = async (who: MqttClient, topic: string) =>
    ask(who, topic).then(
      (qos) => qos < 128,
      () => false,
    );
  const own = { room: [client, room.roomId], node: [fleet.node, fleet.nodeId] } as const;
  for (const party of parties) {
    const [who, id] = own[party];
    expect(await granted(who, topicOf(name, id)), party).toBe(readers.includes(party));
    if (rule.pattern.includes('{id}')) expect(await granted(who, topicOf(name, otherRoom.roomId))).toBe(false);
  }
  expect(await granted(client, '#')).toBe(false);
});

test.each(names.filter((name) => topicRules[name].writer !== 'room'))(
  'a room that says %s is cut off',
  async (name) => {
    const client = await open(room.credentials);
    const ended = nextOf(client, 'close');
    client.publish(topicOf(name, room.roomId), '{}', { qos: 0 });
    await ended;
  },
);

test("a room that writes in another room's place is cut off and changes nothing", async () => {
  const client = await open(room.credentials);
  const ended = nextOf(client, 'close');
  client.publish(topicOf('presence', otherRoom.roomId), presence(true), { qos: 0, retain: true });
  await ended;
  expect((await fleet.roomOf(otherRoom.roomId)).online).toBe(false);
  await expect.poll(() => fleet.log).toMatch(/"code":"forbidden","reason":"publish to/);
});

test('a payload that breaks its schema is answered on the response topic and the connection stays', async () => {
  const client = await open(room.credentials);
  await client.subscribeAsync(topicOf('requestReply', room.roomId), { qos: 1 });
  const answer = nextOf(client, 'message');
  await client.publishAsync(topicOf('state', room.roomId), '{"protocol":"one"}', { qos: 1, retain: true });
  expect(JSON.parse(String((await answer)[1]))).toMatchObject({ name: 'refused', error: { code: 'bad-message' } });
  const large = nextOf(client, 'message');
  await client.publishAsync(topicOf('state', room.roomId), JSON.stringify({ roomName: 'x'.repeat(5000) }), { qos: 1 });
  expect(JSON.parse(String((await large)[1]))).toMatchObject({ name: 'refused', error: { code: 'too-large' } });
  expect(client.connected).toBe(true);
});

test('a projection that only a newer room knows is let go by; the room stays, and reaches no other one by it', async () => {
  const client = await open(room.credentials);
  const topic = (roomId: string): string => topicOf('state', roomId).replace('state', 'subtitles');
  await client.publishAsync(topic(room.roomId), '{"lines":[]}', { qos: 1, retain: true });
  await client.publishAsync(topicOf('presence', room.roomId), presence(true), { qos: 1, retain: true });
  expect(client.connected).toBe(true);
  const closed = nextOf(client, 'close');
  client.publish(topic(otherRoom.roomId), '{"lines":[]}', { qos: 0 });
  await closed;
});

test('a projection that changes more often than it may is refused, and nothing else of the room is', async () => {
  const client = await open(room.credentials);
  const refused: string[] = [];
  client.on('message', (_topic, payload) => refused.push(JSON.parse(String(payload)).error.code));
  await client.subscribeAsync(topicOf('requestReply', room.roomId), { qos: 1 });
  const offer = (): Promise<unknown> =>
    client.publishAsync(topicOf('pairing', room.roomId), '{"codes":[]}', { qos: 1, retain: true });
  const mostAtOnce = 10 * projections.pairing.perSecond;
  await Promise.all(Array.from({ length: mostAtOnce }, offer));
  expect(refused).toEqual([]);
  await Promise.all(Array.from({ length: 20 }, offer));
  await expect.poll(() => refused.length).toBeGreaterThan(5);
  expect(new Set(refused)).toEqual(new Set(['too-many-attempts']));
  const before = refused.length;
  await client.publishAsync(topicOf('presence', room.roomId), presence(true), { qos: 1, retain: true });
  await sleep(1_000);
  await offer();
  await sleep(100);
  expect([refused.length, client.connected]).toEqual([before, true]);
});

test('a second connection of a live identity is refused; the first goes on', async () => {
  const first = await open(room.credentials);
  await expect(open(room.credentials)).rejects.toMatchObject({ code: 5 });
  expect(first.connected).toBe(true);
  await expect.poll(() => fleet.log).toContain('second connection of a live identity');
  first.end(true);
  await sleep(50);
  expect((await open(room.credentials)).connected).toBe(true);
});

test("a client id that is not the certificate's is refused", async () => {
  await expect(open({ ...room.credentials, clientId: otherRoom.credentials.clientId })).rejects.toMatchObject({
    code: 5,
  });
});

test('a will to a denied topic is refused, one to the own presence is said when the room is lost', async () => {
  const will = (topic: string) => ({ will: { topic, payload: Buffer.from(presence(false)), qos: 1, retain: true } });
  await expect(open(room.credentials, will(topicOf('presence', otherRoom.roomId)))).rejects.toMatchObject({ code: 5 });
  const client = await open(room.credentials, will(topicOf('presence', room.roomId)));
  await client.publishAsync(topicOf('presence', room.roomId), presence(true), { qos: 1, retain: true });
  const online = async () => (await fleet.roomOf(room.roomId)).online;
  await expect.poll(online).toBe(true);
  client.stream.destroy();
  await expect.poll(online).toBe(false);
});

test('without a certificate of ours there is no connection', async () => {
  const { port } = new URL(fleet.ready.mqttUrl);
  const socket = connect({ host: '127.0.0.1', port: Number(port), ca: room.credentials.ca });
  socket.on('error', () => {});
  await closed(socket);
  await expect.poll(() => fleet.log).toMatch(/MQTT handshake refused/);
});

test('a packet of 10 MB ends the connection by its header, before it is sent', async () => {
  const socket = await rawSocket(room.credentials);
  socket.write(connectPacket(room.credentials.clientId));
  await once(socket, 'data');
  // PUBLISH, remaining length 10,000,000, and nothing behind it
  socket.write(Buffer.from([0x30, 0x80, 0xad, 0xe2, 0x04]));
  await closed(socket);
  await expect.poll(() => fleet.log).toMatch(/"code":"too-large","reason":"too-large"/);
});

test('MQTT 5 is refused by its number, something else is closed on', async () => {
  const five = await rawSocket(room.credentials);
  five.write(connectPacket(room.credentials.clientId, 5));
  expect((await once(five, 'data'))[0].subarray(0, 4)).toEqual(Buffer.from([0x20, 2, 0, 1]));
  const http = await rawSocket(room.credentials);
  http.write('GET / HTTP/1.1\r\n\r\n');
  await closed(http);
});

test("a flood ends its own connection and nobody else's", async () => {
  const other = await open(otherRoom.credentials);
  const socket = await rawSocket(room.credentials);
  socket.write(connectPacket(room.credentials.clientId));
  await once(socket, 'data');
  socket.resume();
  socket.write(Buffer.concat(Array.from({ length: 5000 }, () => Buffer.from([0xc0, 0]))));
  await closed(socket);
  expect(other.connected).toBe(true);
  await other.publishAsync(topicOf('presence', otherRoom.roomId), presence(true), { qos: 1, retain: true });
});

test("a claim works once; a renewed certificate connects in the former one's place", async () => {
  const { body } = await fleet.api('POST', '/api/v1/rooms', { roomName: 'Room C' }, fleet.admin.cookie);
  const former = await fleet.enrol(body.claimCode, body.roomId);
  await expect(fleet.enrol(body.claimCode, body.roomId)).rejects.toMatchObject({ code: 'claim-code-invalid' });
  const renewed = await renewedBy(former);
  expect((await open({ ...former, ...renewed })).connected).toBe(true);
});

async function renewedBy(former: Credentials): Promise<Pick<Credentials, 'key' | 'cert'>> {
  const { csrPem, keyPem } = await newSigningRequest();
  expect((await fleet.device('/device/v1/renewals', { csrPem })).body.error.code).toBe('forbidden');
  const answer = await fleet.device('/device/v1/renewals', { csrPem }, former);
  expect(answer.status).toBe(200);
  return { key: keyPem, cert: answer.body.certificatePem };
}

test('claim codes are not guessed: wrong ones say so, then the network runs dry', async () => {
  const { csrPem } = await newSigningRequest();
  const guess = async () =>
    (await fleet.device('/device/v1/enrolments', { claimCode: `GUESS-${newId().slice(-8)}`, csrPem })).body.error.code;
  expect(await guess()).toBe('claim-code-invalid');
  const answers = [];
  for (let i = 0; i < 12; i += 1) answers.push(await guess());
  expect(answers.at(-1)).toBe('too-many-attempts');
});
