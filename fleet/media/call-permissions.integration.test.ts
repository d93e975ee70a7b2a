/** What a grant does not permit is refused by the node on every path, whatever the client tries. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { RIGHTS } from '#contract/call-order.ts';
import type { JoinTokenClaims } from '#contract/grants.ts';
import { MediaSource } from '#contract/media-source.ts';
import { type SignalingMethod, signalingMethods } from '#contract/signaling.ts';
import { audioParameters, dtlsParameters, type RawClient, Refused, videoParameters } from './testing/raw-client.ts';
import { kindOf } from './call-producer.ts';
import { SOURCES, startTestNode, type TestNode } from './testing/test-node.ts';

const EVERY_SOURCE = MediaSource.options;
const grants = {
  room: { peerKind: 'room', displayName: 'Hall' },
  host: { role: 'host' },
  'co-host': { role: 'co-host' },
  // what a token lists beside its role is no right
  presenter: { role: 'presenter', rights: ['end', 'mute'] },
  guest: { role: 'guest', isGuest: true, documents: ['view'] },
  viewer: { publishes: [], documents: ['view'] },
  listener: { publishes: [], receives: ['microphone'], documents: [] },
  publisher: { publishes: ['camera', 'microphone'], receives: [], documents: ['present'] },
  program: {
    peerKind: 'program',
    displayName: 'Recording',
    publishes: ['screen', 'screen-audio'],
    documents: ['view'],
  },
} satisfies Record<string, Partial<JoinTokenClaims>>;
type GrantName = keyof typeof grants;
type AfterHello = Exclude<SignalingMethod, 'hello'>;

let it: TestNode;
let nothing: Awaited<ReturnType<TestNode['held']>>;
beforeAll(async () => {
  const settings = { emptyCallMs: 60, resumeGraceMs: 300, pauseUnseenAfterMs: 10, closeUnseenAfterMs: 20 };
  it = await startTestNode({ settings });
  nothing = await it.held();
});
afterAll(() => it.stop());

const join = (callId: string, name: GrantName): Promise<RawClient> => it.join({ callId, ...grants[name] }, name);
const callOf = (callId: string) => it.node.registry.calls.get(callId)!;
const peerOf = (callId: string, client: RawClient) => callOf(callId).peers.get(client.hello!.peerId)!;
const producersOf = (callId: string, client: RawClient): string[] =>
  [...callOf(callId).producers.all.values()]
    .filter(({ peerId }) => peerId === client.hello!.peerId)
    .map(({ source }) => source);
const isForbidden = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => false,
    (error: unknown) => error instanceof Refused && error.code === 'forbidden',
  );
const refusals = async (client: RawClient): Promise<boolean[]> => {
  const tried: boolean[] = [];
  for (const source of EVERY_SOURCE) tried.push(await isForbidden(client.produce(source)));
  return tried;
};
async function comeBack(former: RawClient, { reloaded }: { reloaded: boolean }): Promise<RawClient> {
  const client = await it.open();
  const transportId = reloaded ? undefined : former.media.send.transportId;
  const { media } = former;
  const hello = await client.resume(former.hello!, transportId);
  expect(hello.admission.kind).toBe(reloaded ? 'restarted' : 'kept');
  // the page kept its half: the set-up is the former one
  if (!reloaded) client.hello = { ...hello, admission: { kind: 'fresh', media } };
  return client;
}
/** Each of them gets new media on the next worker. */
async function killWorker(...clients: RawClient[]): Promise<void> {
  process.kill(it.node.pool.alive[0]!.worker.pid, 'SIGKILL');
  for (const client of clients) {
    const media = await client.told('media-moved');
    client.hello = { ...client.hello!, admission: { kind: 'fresh', media } };
  }
}

/** A request that would do nothing to anybody else, so that only the refusal counts. */
function attempt(client: RawClient, method: AfterHello, source: MediaSource): Promise<unknown> {
  const { media } = client;
  const view = { kind: 'auto', maxTiles: 3, tileHeightPx: 360 } as const;
  const isSound = kindOf[source] === 'audio';
  const requests: Record<AfterHello, object> = {
    'prepare-call': { rtpCapabilities: media.routerRtpCapabilities, view },
    'join-call': {
      displayName: 'Again',
      rtpCapabilities: media.routerRtpCapabilities,
      microphone: 'absent',
      camera: 'absent',
      view,
    },
    'connect-transport': { transportId: media.recv.transportId, dtlsParameters },
    produce: {
      transportId: media.send.transportId,
      producerId: uuidv7(),
      source,
      kind: isSound ? 'audio' : 'video',
      rtpParameters: isSound ? audioParameters() : videoParameters(1),
      paused: false,
    },
    'close-producer': { producerId: uuidv7() },
    'pause-producer': { producerId: uuidv7() },
    'resume-producer': { producerId: uuidv7() },
    'set-sent-layers': { producerId: uuidv7(), layers: 1 },
    'set-media-state': { microphone: 'muted', camera: 'off' },
    show: { view },
    'request-key-frame': { consumerId: uuidv7() },
    'restart-ice': { transportId: media.recv.transportId },
    'mute-participant': { peerId: uuidv7() },
    'mute-all': {},
    'set-order': {},
    'set-role': { peerId: uuidv7(), role: 'member' },
    'let-speak': { peerId: uuidv7() },
    'raise-hand': { isUp: false },
    'lower-hand': { peerId: uuidv7() },
    'send-chat': { messageId: uuidv7(), text: 'Hello' },
    'recall-chat': { messageId: uuidv7() },
    'mark-chat-read': { messageId: uuidv7() },
    'list-chat-readers': { messageId: uuidv7() },
    'read-chat': { beforeNumber: 0 },
    'start-poll': {
      pollId: uuidv7(),
      draft: { question: 'Where?', choices: ['Here', 'There'], isMultiple: false, isSecret: false, rightChoice: null },
    },
    'answer-poll': { pollId: uuidv7(), choices: [0] },
    'end-poll': { pollId: uuidv7() },
    'hide-poll': { pollId: uuidv7() },
    'set-transcript': { isOn: false, language: 'ko' },
    'confirm-transcript': {},
    'remove-participant': { peerId: uuidv7() },
    'end-call': {},
    'leave-call': {},
    present: { act: { act: 'take' } },
    ping: {},
  };
  return (client.request as (method: string, data: object) => Promise<unknown>)(method, requests[method]);
}

const methods = Object.keys(signalingMethods).filter((method) => method !== 'hello') as AfterHello[];
const attempts = methods.flatMap((method): { method: AfterHello; source: MediaSource }[] =>
  (method === 'produce' ? EVERY_SOURCE : (['camera'] as const)).map((source) => ({ method, source })),
);
/** All that is refused, by grant; every other method is permitted to it. */
const OVER_OTHERS = [
  'mute-participant',
  'mute-all',
  'set-order',
  'set-role',
  'let-speak',
  'lower-hand',
  'start-poll',
  'end-poll',
  'hide-poll',
  'set-transcript',
  'remove-participant',
  'end-call',
];
const OF_PROGRAMS = ['program', 'program-sound'];
const forbidden: Record<GrantName, string[]> = {
  room: [...OF_PROGRAMS, 'set-role'],
  host: OF_PROGRAMS,
  'co-host': [...OF_PROGRAMS, 'set-role'],
  presenter: [...OF_PROGRAMS, ...OVER_OTHERS],
  guest: [...OF_PROGRAMS, ...OVER_OTHERS, 'present'],
  viewer: [...EVERY_SOURCE, ...OVER_OTHERS, 'present'],
  listener: [...EVERY_SOURCE, ...OVER_OTHERS, 'present'],
  publisher: ['screen', 'screen-audio', ...OF_PROGRAMS, ...OVER_OTHERS],
  program: ['microphone', 'camera', ...OF_PROGRAMS, ...OVER_OTHERS, 'present'],
};

describe.each(['prepared', 'joined'] as const)('each method, asked by who has %s', (stage) => {
  test.each(Object.keys(grants) as GrantName[])('on the grant of a %s', async (name) => {
    const refused: string[] = [];
    for (const { method, source } of attempts) {
      const claims = { callId: uuidv7(), ...grants[name] };
      const client = stage === 'joined' ? await it.join(claims, name) : await it.prepare(claims);
      if (await isForbidden(attempt(client, method, source))) refused.push(method === 'produce' ? source : method);
      client.drop();
    }
    expect(refused).toEqual(forbidden[name]);
  });
});

test('hello says what the grant permits', async () => {
  const lists = { publishes: ['screen'], receives: ['microphone'], documents: ['view'] } as const;
  const client = await it.prepare({ ...lists, role: 'co-host' } as unknown as Partial<JoinTokenClaims>);
  expect(client.hello).toMatchObject({ ...lists, role: 'co-host', rights: RIGHTS['co-host'] });
  client.drop();
});

describe('who only receives', () => {
  test('sees and hears all, and sends nothing: not at first, not after a drop, a reload or the death of the worker', async () => {
    const callId = uuidv7();
    const tv = await join(callId, 'room');
    for (const source of SOURCES) await tv.produce(source);
    let viewer = await it.prepare({ callId, ...grants.viewer });
    const snapshot = await viewer.join('Viewer', { microphone: 'on', camera: 'off' });
    expect(snapshot.consumers.map(({ source }) => source).sort()).toEqual([...SOURCES].sort());
    const everySource = EVERY_SOURCE.map(() => true);
    expect(await refusals(viewer)).toEqual(everySource);
    viewer = await comeBack(viewer, { reloaded: false });
    expect(await refusals(viewer)).toEqual(everySource);
    viewer = await comeBack(viewer, { reloaded: true });
    expect(await refusals(viewer)).toEqual(everySource);
    await killWorker(tv, viewer);
    expect(await refusals(viewer)).toEqual(everySource);
    await tv.produce('camera');
    await viewer.told('consumer-added', ({ source }) => source === 'camera');
    expect(producersOf(callId, viewer)).toEqual([]);
    await tv.request('end-call', {});
  });

  test('has no more in the call that its meeting moves to, and no way back into the former', async () => {
    const [callId, next] = [uuidv7(), uuidv7()];
    const viewer = await join(callId, 'viewer');
    it.node.registry.perform({ name: 'move-call', callId });
    expect(await viewer.closed()).toBe(4438);
    await expect((await it.open()).resume(viewer.hello!)).rejects.toMatchObject({ code: 'call-moved' });
    const moved = await it.join({ callId: next, sub: viewer.hello!.peerId, ...grants.viewer });
    expect(await refusals(moved)).toEqual(EVERY_SOURCE.map(() => true));
    await moved.request('leave-call', {});
  });

  test('is replaced by the same peer on another grant, whose limits count from then on', async () => {
    const callId = uuidv7();
    const guest = await join(callId, 'guest');
    await guest.produce('camera');
    const again = await it.join({ callId, sub: guest.hello!.peerId, ...grants.viewer });
    expect(await guest.closed()).toBe(4434);
    expect(await refusals(again)).toEqual(EVERY_SOURCE.map(() => true));
    expect(producersOf(callId, again)).toEqual([]);
    await again.request('leave-call', {});
  });

  test('is listed without devices, whatever its client reports', async () => {
    const callId = uuidv7();
    const tv = await join(callId, 'room');
    const viewer = await it.prepare({ callId, ...grants.viewer });
    await viewer.join('Viewer', { microphone: 'on', camera: 'on' });
    expect((await tv.told('participant-joined')).participant).toMatchObject({ microphone: 'absent', camera: 'absent' });
    await viewer.request('set-media-state', { microphone: 'muted', camera: 'off' });
    await tv.request('mute-all', {});
    expect(peerOf(callId, viewer).participant).toMatchObject({ microphone: 'absent', camera: 'absent' });
    await tv.request('end-call', {});
  });

  test('gets no more than the sources that its grant names', async () => {
    const callId = uuidv7();
    const tv = await join(callId, 'room');
    for (const source of SOURCES) await tv.produce(source);
    const listener = await it.prepare({ callId, ...grants.listener });
    const { consumers } = await listener.join('Listener');
    expect(consumers.map(({ source }) => source)).toEqual(['microphone']);
    await tv.request('end-call', {});
  });
});

describe('who only publishes', () => {
  test('is received by the others and gets no consumer: prepared, in, after a drop, a reload or the death of the worker', async () => {
    const callId = uuidv7();
    const tv = await join(callId, 'room');
    await tv.produce('camera');
    let publisher = await it.prepare({ callId, ...grants.publisher });
    const view = { kind: 'auto', maxTiles: 30, tileHeightPx: 360 } as const;
    const rtpCapabilities = publisher.media.routerRtpCapabilities;
    expect(await publisher.request('prepare-call', { rtpCapabilities, view })).toEqual({ consumers: [] });
    await tv.produce('microphone');
    expect((await publisher.join('Publisher')).consumers).toEqual([]);
    await publisher.request('show', {
      view: { kind: 'exact', tiles: [{ peerId: tv.hello!.peerId, source: 'camera', heightPx: 720 }] },
    });
    await publisher.produce('camera');
    await tv.told('consumer-added', ({ peerId }) => peerId === publisher.hello!.peerId);
    await expect(publisher.produce('screen')).rejects.toMatchObject({ code: 'forbidden' });
    for (const reloaded of [false, true]) {
      const former = publisher;
      publisher = await comeBack(former, { reloaded });
      expect(peerOf(callId, publisher).forwarding!.parameters).toEqual([]);
      expect(former.notifications.map(({ event }) => event)).not.toContain('consumer-added');
    }
    await killWorker(tv, publisher);
    await tv.produce('camera');
    await publisher.produce('camera');
    await tv.told('consumer-added', ({ peerId }) => peerId === publisher.hello!.peerId);
    await peerOf(callId, publisher).forwarding!.settle();
    expect(peerOf(callId, publisher).forwarding!.parameters).toEqual([]);
    expect(publisher.notifications.map(({ event }) => event)).not.toContain('consumer-added');
    await tv.request('end-call', {});
  });
});

describe('a program', () => {
  test('is listed as one, publishes its picture, and is not counted', async () => {
    const callId = uuidv7();
    const tv = await join(callId, 'room');
    const program = await join(callId, 'program');
    expect((await tv.told('participant-joined')).participant).toMatchObject({
      peerKind: 'program',
      displayName: 'Recording',
    });
    await program.produce('screen');
    await tv.told('consumer-added', ({ source }) => source === 'screen');
    await expect(program.produce('camera')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(program.request('mute-all', {})).rejects.toMatchObject({ code: 'forbidden' });
    expect(it.node.registry.participantCounts[callId]).toBe(1);
    await tv.request('end-call', {});
  });

  test('keeps no call going, whether it comes first, last or while nobody is in', async () => {
    const [alone, left] = [uuidv7(), uuidv7()];
    const first = await join(alone, 'program');
    expect(await first.told('call-ended')).toEqual({ reason: 'empty' });
    const [guest, stays] = [await join(left, 'guest'), await join(left, 'program')];
    await guest.request('leave-call', {});
    const late = await join(left, 'program');
    for (const program of [stays, late]) expect(await program.told('call-ended')).toEqual({ reason: 'empty' });
  });

  test('is put out by who may remove others', async () => {
    const callId = uuidv7();
    const [tv, program] = [await join(callId, 'room'), await join(callId, 'program')];
    await tv.request('remove-participant', { peerId: program.hello!.peerId });
    expect(await program.closed()).toBe(4422);
    await tv.request('end-call', {});
  });
});

test('nothing of all that is left', async () => {
  await expect.poll(() => it.held(), { timeout: 5_000 }).toEqual(nothing);
});
