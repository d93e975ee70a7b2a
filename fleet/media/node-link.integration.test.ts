/** The node's line to its fleet, against a broker of nobody's: what is retained, what is repeated, what is obeyed. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { CallEvents, NodeRegistration } from '#contract/node-link.ts';
import { type FleetKeys, topicOf } from '#contract/topics.ts';
import { Aedes } from 'aedes';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { MediaNode } from './media-node.ts';
import { RawClient } from './testing/raw-client.ts';
import { TestFleet } from './testing/test-node.ts';

class Broker {
  readonly aedes: Aedes;
  readonly server: Server;
  readonly heard: { topic: string; message: unknown }[] = [];
  port = 0;
  private constructor(aedes: Aedes) {
    this.aedes = aedes;
    this.server = createServer((socket) => aedes.handle(socket));
    aedes.on('publish', ({ topic, payload }, client) => {
      if (client) this.heard.push({ topic, message: JSON.parse(String(payload)) as unknown });
    });
  }
  static async start(port = 0): Promise<Broker> {
    const broker = new Broker(await Aedes.createBroker());
    broker.server.listen(port, '127.0.0.1');
    await once(broker.server, 'listening');
    broker.port = (broker.server.address() as AddressInfo).port;
    return broker;
  }
  tell(topic: string, message: object, retain = false): void {
    this.aedes.publish(
      { cmd: 'publish', topic, payload: Buffer.from(JSON.stringify(message)), qos: 1, retain, dup: false },
      () => {},
    );
  }
  async stop(): Promise<void> {
    this.server.close();
    await new Promise<void>((resolve) => this.aedes.close(() => resolve()));
  }
}

const fleet = new TestFleet();
const registrationTopic = topicOf('registration', fleet.nodeId);
let broker: Broker;
let node: MediaNode;
/** those that the node received last */
let receivedKeys: FleetKeys | null = null;
const newNode = (port: number): MediaNode =>
  new MediaNode({
    nodeId: fleet.nodeId,
    workers: 1,
    listenAddress: '127.0.0.1',
    announcedAddresses: [],
    publicHost: 'maru.example',
    signalingPort: 0,
    mediaPortBase: 0,
    tls: null,
    trustedProxies: [],
    keys: null,
    onKeys: (keys) => {
      receivedKeys = keys;
    },
    settings: { chatReadsEveryMs: 20 },
    logger: pino({ level: 'silent' }),
    fleet: { mqttUrl: `mqtt://127.0.0.1:${port}`, credentials: { nodeId: fleet.nodeId, key: '', cert: '', ca: '' } },
  });
const registrations = (): NodeRegistration[] =>
  broker.heard.filter(({ topic }) => topic === registrationTopic).map(({ message }) => NodeRegistration.parse(message));
/** Each once, however often it was sent. */
const events = () => {
  const sent = broker.heard
    .filter(({ topic }) => topic === topicOf('callEvents', fleet.nodeId))
    .flatMap(({ message }) => CallEvents.parse(message).events);
  return sent.filter(({ eventId }, n) => sent.findIndex((each) => each.eventId === eventId) === n);
};
/** Resolves once the node lets in by them. */
async function publishKeys(keys = fleet.keys): Promise<void> {
  broker.tell(topicOf('keys'), keys, true);
  await expect.poll(() => receivedKeys).toEqual(keys);
}
const openClient = (): Promise<RawClient> => RawClient.open(node.signalingUrl.replace('maru.example', '127.0.0.1'));

beforeAll(async () => {
  broker = await Broker.start();
  node = newNode(broker.port);
  await node.start();
});
afterAll(async () => {
  await node.stop();
  await broker.stop();
});

test('keys come from the fleet, events go to it until acknowledged, also over a broker that forgets, and commands are obeyed', async () => {
  const early = await openClient();
  await expect(early.enter(await fleet.token())).rejects.toMatchObject({ code: 'media-failed' });
  await publishKeys();
  await expect
    .poll(() => registrations().at(-1))
    .toMatchObject({ online: true, peers: 0, signalingUrl: expect.stringContaining('ws://maru.example:') });

  const callId = uuidv7();
  const enter = async (): Promise<RawClient> => {
    const client = await openClient();
    await client.enter(await fleet.token({ callId }));
    return client;
  };
  await expect
    .poll(() =>
      enter().then(
        (client) => client.request('leave-call', {}),
        () => null,
      ),
    )
    .not.toBeNull();
  expect(events()).toEqual([]);
  const [one, two] = [await enter(), await enter()];
  await one.join('Guest 1');
  await two.join('Guest 2');
  await expect
    .poll(() => events().map(({ name }) => name))
    .toEqual(['call-opened', 'participant-joined', 'participant-joined']);
  await expect.poll(() => registrations().at(-1)).toMatchObject({ peers: 2, callIds: [callId] });

  // the first is acknowledged, the broker goes and forgets: the calls do not notice
  broker.tell(topicOf('eventAcks', fleet.nodeId), { eventIds: [events()[0]!.eventId] });
  await expect.poll(() => one.request('ping', {})).toEqual({});
  const { port } = broker;
  await broker.stop();
  await two.request('leave-call', {});
  await one.told('participant-left');
  broker = await Broker.start(port);
  await expect
    .poll(() => events().map((event) => `${event.name} ${'participantCount' in event ? event.participantCount : ''}`), {
      timeout: 4_000,
    })
    .toEqual(['participant-joined 1', 'participant-joined 2', 'participant-left 1']);
  expect(events().map(({ eventId }) => eventId)).toEqual([...events().map(({ eventId }) => eventId)].sort());

  const host = await openClient();
  await host.enter(await fleet.token({ callId, role: 'co-host' }));
  await host.join('Host');
  const rude = await enter();
  await rude.join('Rude');
  const { peerId } = rude.hello!;
  await host.request('remove-participant', { peerId });
  await expect
    .poll(() => events().find(({ name }) => name === 'participant-removed'))
    .toMatchObject({ callId, peerId, byPeerId: host.hello!.peerId });
  await expect.poll(() => registrations().at(-1)?.participantCounts).toEqual({ [callId]: 2 });

  const three = await enter();
  await three.join('Guest 3');
  broker.tell(topicOf('nodeCommand', fleet.nodeId), { name: 'end-call', callId: 'not an id' });
  broker.tell(topicOf('nodeCommand', fleet.nodeId), {
    name: 'remove-participant',
    callId,
    peerId: three.hello!.peerId,
  });
  expect(await three.closed()).toBe(4422);
  broker.tell(topicOf('nodeCommand', fleet.nodeId), { name: 'end-call', callId });
  expect(await one.told('call-ended')).toEqual({ reason: 'ended-by-fleet' });
  await expect.poll(() => events().at(-1)).toMatchObject({ name: 'call-ended', reason: 'ended-by-fleet' });
});

test('what the fleet says of a document counts in the call that shows it', async () => {
  await publishKeys();
  const client = await openClient();
  await client.enter(await fleet.token());
  await client.join('Guest 1');
  const documentId = uuidv7();
  const act = { act: 'show', documentId, title: 'Plan', pageCount: null, page: 9 } as const;
  await client.request('present', { act });
  broker.tell(topicOf('nodeCommand', fleet.nodeId), { name: 'count-pages', documentId, pageCount: 3 });
  await client.told('document-changed', ({ change }) => change === 'counted');
  expect(client.document).toMatchObject({ pageCount: 3, page: 3 });
  broker.tell(topicOf('nodeCommand', fleet.nodeId), { name: 'withdraw-document', documentId });
  await client.told('document-changed', ({ change }) => change === 'withdrawn');
  expect(client.document).toBeNull();
  await client.request('leave-call', {});
});

test('what is written in a call is reported, and what the fleet posts into it everybody gets, once', async () => {
  await publishKeys();
  const client = await openClient();
  const callId = uuidv7();
  await client.enter(await fleet.token({ callId, person: 'account:1' }));
  await client.join('Guest 1');
  await client.request('send-chat', { messageId: uuidv7(), text: 'Written in the call' });
  const message = await client.told('chat-message');
  await expect
    .poll(() => events().find(({ name }) => name === 'chat-posted'))
    .toMatchObject({ callId, person: 'account:1', message });
  const post = {
    name: 'post-chat',
    callId,
    messageId: uuidv7(),
    person: 'account:2',
    displayName: 'Mina',
    text: 'From the page',
    atMs: 5,
  };
  for (const _ of [1, 2]) broker.tell(topicOf('nodeCommand', fleet.nodeId), post);
  expect(await client.told('chat-message', ({ text }) => text === 'From the page')).toMatchObject({
    messageId: post.messageId,
    displayName: 'Mina',
    isGuest: false,
    number: 1,
    atMs: 5,
  });
  await client.request('send-chat', { messageId: uuidv7(), text: 'Next' });
  expect((await client.told('chat-message', ({ text }) => text === 'Next')).number).toBe(2);
  const reader = { person: 'account:3', displayName: 'Sora', messageId: message.messageId };
  broker.tell(topicOf('nodeCommand', fleet.nodeId), { name: 'mark-chat-read', callId, ...reader });
  expect(await client.told('chat-read')).toEqual({ reads: [{ messageId: message.messageId, count: 1 }] });
  expect(await client.request('list-chat-readers', { messageId: message.messageId })).toEqual({ names: ['Sora'] });
  await client.request('mark-chat-read', { messageId: post.messageId });
  const read = { person: 'account:1', messageId: post.messageId };
  await expect.poll(() => events().find(({ name }) => name === 'chat-read')).toMatchObject({ callId, reads: [read] });
  broker.tell(topicOf('nodeCommand', fleet.nodeId), { name: 'recall-chat', callId, messageId: post.messageId });
  expect(await client.told('chat-recalled')).toEqual({ messageId: post.messageId });
  await client.request('recall-chat', { messageId: message.messageId });
  await expect
    .poll(() => events().filter(({ name }) => name === 'chat-recalled'))
    .toMatchObject([{ callId, messageId: message.messageId, byPeerId: client.hello!.peerId }]);
  // the fleet has it
  expect(events().filter(({ name }) => name === 'chat-posted').length).toBeLessThanOrEqual(2);
  await client.request('leave-call', {});
});

test('a room whose kiosk is revoked is out of its call as soon as the keys say so, the others stay', async () => {
  const [roomId, callId] = [uuidv7(), uuidv7()];
  await publishKeys();
  const join = async (claims: object): Promise<RawClient> => {
    const client = await openClient();
    await client.enter(await fleet.token({ callId, ...claims }));
    await client.join('Guest 1');
    return client;
  };
  const [room, guest] = [await join({ peerKind: 'room', roomId }), await join({ person: 'account:mina' })];
  const joined = () => events().filter((event) => event.name === 'participant-joined' && event.callId === callId);
  await expect.poll(joined).toMatchObject([{ roomId }, { person: 'account:mina' }]);
  expect(joined()[1]).not.toHaveProperty('roomId');
  const issuedUpTo = Math.floor(Date.now() / 1_000);
  const revokedRooms = [{ roomId, issuedUpTo }];
  await publishKeys({ ...fleet.keys, revokedRooms });
  expect(await room.closed()).toBe(4422);
  await guest.told('participant-left');
  await expect(guest.request('leave-call', {})).resolves.toEqual({});
  // issued in the second of the revocation, whatever second it is by now
  await expect(join({ peerKind: 'room', roomId, iat: issuedUpTo })).rejects.toMatchObject({ code: 'token-invalid' });
});

test('who ends says goodbye, who is cut off leaves the will', async () => {
  const cut = { nodeId: fleet.nodeId };
  await node.stop();
  await expect.poll(() => registrations().at(-1)).toMatchObject({ online: false, callIds: [], ...cut });
  node = newNode(broker.port);
  await node.start();
  await expect.poll(() => registrations().at(-1)?.online).toBe(true);
  const instances = new Set(registrations().map(({ instanceId }) => instanceId));
  expect(instances.size).toBe(2);
  // the broker publishes the will of one whose socket just ends
  const wills: unknown[] = [];
  await broker.aedes.subscribe(
    registrationTopic,
    ({ payload }, done) => {
      wills.push((JSON.parse(String(payload)) as NodeRegistration).online);
      done();
    },
    () => {},
  );
  for (const client of Object.values(
    (broker.aedes as unknown as { clients: Record<string, { conn: { destroy: () => void } }> }).clients,
  ))
    client.conn.destroy();
  await expect.poll(() => wills.includes(false), { timeout: 5_000 }).toBe(true);
  await expect.poll(() => wills.at(-1), { timeout: 5_000 }).toBe(true);
});
