/**
 * The transcript of a call through a real worker: RTP of Opus goes in, reaches a scripted transcriber, and its words come out as
 * captions and events. While it is off, not a packet of anybody reaches it.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { types } from 'mediasoup';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { OFF_AIR } from '#contract/broadcast.ts';
import type { JoinTokenClaims } from '#contract/grants.ts';
import type { FromTranscriber, ToTranscriber } from '#contract/transcriber-link.ts';
import { NO_TRANSCRIPT } from '#contract/transcript.ts';
import type { CallEventDraft } from './call-listener.ts';
import { audioParameters, type RawClient, type Refused } from './testing/raw-client.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';

/** what a transcriber gets, and what it answers, by hand */
class ScriptedTranscriber {
  sent: ToTranscriber[] = [];
  answer!: (message: FromTranscriber) => void;
  die!: () => void;
  tracks(): string[] {
    return this.sent.filter(({ name }) => name === 'track').map(({ trackId }) => trackId);
  }
  open(): string[] {
    const ended = new Set(this.sent.filter(({ name }) => name === 'end-track').map(({ trackId }) => trackId));
    return this.tracks().filter((trackId) => !ended.has(trackId));
  }
  sounds(trackId?: string) {
    return this.sent.filter(
      (each): each is Extract<ToTranscriber, { name: 'sound' }> =>
        each.name === 'sound' && (trackId === undefined || each.trackId === trackId),
    );
  }
  say(trackId: string, text: string, atMs = Date.now()): void {
    this.answer({ name: 'segment', trackId, segmentId: uuidv7(), text, fromMs: atMs - 20, untilMs: atMs });
  }
}

let it: TestNode;
let nothing: Awaited<ReturnType<TestNode['held']>>;
const engine = new ScriptedTranscriber();
type LoggedEvent = CallEventDraft & { callId: string };
const log: string[] = [];
const events: LoggedEvent[] = [];
beforeAll(async () => {
  it = await startTestNode({
    workers: 2,
    settings: { emptyCallMs: 60, resumeGraceMs: 20_000 },
    logger: pino({ level: 'info' }, { write: (line: string) => void log.push(line) }),
    startTranscriber: ({ onMessage, onGone }) => {
      [engine.answer, engine.die] = [onMessage, onGone];
      return { send: (message) => void engine.sent.push(message), stop: () => {} };
    },
    onEvent: (event) => void events.push(event as LoggedEvent),
  });
  nothing = await it.held();
});
afterAll(() => it.stop());

const meetingId = uuidv7();
let callId: string;
let talking: NodeJS.Timeout[] = [];
const allow = (isAllowed: boolean) =>
  it.node.registry.perform({ name: 'allow-transcript', meetingId, isAllowed, language: 'ko' });
beforeEach(() => {
  callId = uuidv7();
  engine.sent = [];
  engine.answer({ name: 'ready' });
  events.length = 0;
  allow(true);
});
afterEach(async () => {
  for (const timer of talking) clearInterval(timer);
  talking = [];
  it.node.registry.calls.get(callId)?.end('ended-by-fleet');
  await expect.poll(() => it.held()).toEqual(nothing);
});

const join = (name: string, claims: Partial<JoinTokenClaims> = {}) =>
  it.join({ callId, meetingId, displayName: name, person: `account:${name}`, ...claims }, name);
const call = () => it.node.registry.calls.get(callId)!;
const turn = (by: RawClient, isOn: boolean, language: 'ko' | 'en' = 'ko') =>
  by.request('set-transcript', { isOn, language });
const codeOf = (asked: Promise<unknown>) => asked.then(() => 'done').catch((error: Refused) => error.code);

/** A microphone whose packets are made here: its producer is the call's, on a transport of this process. */
async function speak(client: RawClient, first = 0) {
  const { media } = call().peers.get(client.hello!.peerId)!;
  const direct = await media!.callRouter.router.createDirectTransport();
  const rtpParameters = audioParameters();
  let producer: types.Producer | undefined;
  media!.produce = async ({ producerId, kind, paused }) => {
    producer = await direct.produce({
      id: producerId,
      kind,
      paused,
      rtpParameters: rtpParameters as types.RtpParameters,
    });
    return producer;
  };
  const producerId = await client.produce('microphone');
  let sequence = first;
  const timer = setInterval(() => {
    sequence += 1;
    if (!producer!.closed) producer!.send(opusPacket(rtpParameters.encodings![0]!.ssrc!, sequence));
  }, 20);
  talking.push(timer);
  return { producerId, now: () => sequence };
}

/** 20 ms of Opus (RFC 6716: one frame, SILK wideband), of which the second byte names the packet. */
function opusPacket(ssrc: number, sequence: number): Buffer {
  const packet = Buffer.alloc(12 + 8 + 30);
  packet.writeUInt8(0x90, 0);
  packet.writeUInt8(111, 1);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(sequence * 960, 4);
  packet.writeUInt32BE(ssrc, 8);
  packet.writeUInt16BE(0xbede, 12);
  packet.writeUInt16BE(1, 14);
  packet.writeUInt8(10 << 4, 16);
  packet.writeUInt8(0x80 | 20, 17);
  packet.writeUInt8(0x48, 20);
  packet.writeUInt16BE(sequence, 21);
  return packet;
}
const stops = () => events.filter(({ name }) => name === 'transcript-stopped');

test('a host turns it on where it is possible, everybody sees it, also who comes later', async () => {
  const [host, mina] = [await join('Host', { role: 'host' }), await join('Mina')];
  expect(await codeOf(turn(mina, true))).toBe('forbidden');
  allow(false);
  expect(await codeOf(turn(host, true))).toBe('not-possible-now');
  allow(true);
  expect(await mina.told('transcript-changed', ({ isPossible }) => isPossible)).toMatchObject({ isOn: false });
  await turn(host, true, 'en');
  await turn(host, true, 'en');
  const on = { isOn: true, isPossible: true, language: 'en', isFailing: false };
  expect(await mina.told('transcript-changed', ({ isOn }) => isOn)).toEqual(on);
  const late = await it.prepare({ callId, meetingId });
  expect((await late.join('Late')).transcript).toEqual(on);
  allow(false);
  expect(await late.told('transcript-changed')).toMatchObject({ isOn: false, isPossible: false });
  const turned = events.filter(({ name }) => name === 'transcript-turned');
  expect(turned).toMatchObject([{ isOn: true, byPeerId: host.hello!.peerId }]);
  expect(stops()).toMatchObject([{ because: 'not-possible' }]);
});

test('a call that ends while it is on reports so, once, and one where it is off does not', async () => {
  const host = await join('Host', { role: 'host' });
  await turn(host, true);
  call().end('ended-by-fleet');
  expect(stops()).toMatchObject([{ because: 'call-ended' }]);
  expect(events.findIndex(({ name }) => name === 'transcript-stopped')).toBeLessThan(
    events.findIndex(({ name }) => name === 'call-ended'),
  );
  callId = uuidv7();
  const again = await join('Host', { role: 'host' });
  await turn(again, true);
  await turn(again, false);
  call().end('ended-by-fleet');
  expect(stops()).toHaveLength(1);
});

test('who has not joined yet knows that it is on, and as it changes, and gets no words', async () => {
  const host = await join('Host', { role: 'host' });
  await speak(host);
  const reads = await it.prepare({ callId, meetingId });
  expect(reads.hello).toMatchObject({ transcript: { isOn: false }, air: { isRecorded: false } });
  await turn(host, true);
  expect(await reads.told('transcript-changed')).toMatchObject({ isOn: true });
  await expect.poll(() => engine.sounds().length).toBeGreaterThan(2);
  engine.say(engine.open()[0]!, 'For those who are in');
  await host.told('caption');
  it.node.registry.perform({
    name: 'set-air',
    meetingId,
    air: { ...OFF_AIR, isRecorded: true },
  });
  expect(await reads.told('air-changed')).toMatchObject({ isRecorded: true });
  expect(reads.notifications.map(({ event }) => event)).not.toContain('caption');
  expect((await it.prepare({ callId, meetingId })).hello).toMatchObject({
    ...{ transcript: { isOn: true }, air: { isRecorded: true } },
  });
  it.node.registry.perform({ name: 'set-air', meetingId, air: OFF_AIR });
});

test('sound flows while it is on and the microphone is, and only then', async () => {
  const host = await join('Host', { role: 'host' });
  const { producerId } = await speak(host);
  await turn(host, true);
  await expect.poll(() => engine.sounds().length).toBeGreaterThan(5);
  const [first] = engine.tracks();
  const [one, two] = engine.sounds();
  expect(two!.timestamp - one!.timestamp).toBe(960);
  expect([...one!.payload.subarray(0, 1)]).toEqual([0x48]);
  expect(one!.payload).toHaveLength(30);
  await host.request('pause-producer', { producerId });
  expect(engine.open()).toEqual([]);
  const whileMuted = engine.sounds().length;
  await host.request('resume-producer', { producerId });
  await expect.poll(() => engine.open().length).toBe(1);
  const [again] = engine.open();
  expect(again).not.toBe(first);
  await expect.poll(() => engine.sounds(again).length).toBeGreaterThan(2);
  expect(engine.sounds(first).length).toBe(whileMuted);
  await turn(host, false);
  expect(engine.open()).toEqual([]);
  const whenOff = engine.sounds().length;
  await turn(host, true);
  await expect.poll(() => engine.sounds().length).toBeGreaterThan(whenOff);
  const [third] = engine.open();
  expect(engine.sounds().length - engine.sounds(third).length).toBe(whenOff);
});

test('who is away while it is turned on is not written before they are back, and who was away for a moment goes on', async () => {
  const [host, mina] = [await join('Host', { role: 'host' }), await join('Mina')];
  await speak(host);
  await speak(mina);
  const isAway = async (peer: RawClient): Promise<void> => {
    peer.drop();
    await expect.poll(() => call().peers.get(peer.hello!.peerId)?.live).toBe(false);
  };
  await isAway(mina);
  await turn(host, true);
  const [first] = engine.tracks();
  await expect.poll(() => engine.sounds(first).length).toBeGreaterThan(5);
  expect(engine.tracks()).toHaveLength(1);
  const back = await it.open();
  const { admission } = await back.resume(mina.hello!);
  expect(admission).toMatchObject({ call: { transcript: { isOn: true } } });
  await speak(back);
  await expect.poll(() => engine.open().length).toBe(2);
  await isAway(back);
  const second = engine.open()[1];
  const whenAway = engine.sounds(second).length;
  await expect.poll(() => engine.sounds(second).length).toBeGreaterThan(whenAway + 2);
});

test('a client that does not say that it shows the sign is not written, and everybody else is', async () => {
  const [host, mina] = [await join('Host', { role: 'host' }), await join('Mina')];
  mina.confirmsTranscript = false;
  await speak(mina);
  await speak(host);
  await turn(host, true);
  expect(await mina.told('transcript-changed', ({ isOn }) => isOn)).toMatchObject({ isOn: true });
  await expect.poll(() => engine.sounds().length).toBeGreaterThan(5);
  expect(engine.tracks()).toHaveLength(1);
  const late = await it.prepare({ callId, meetingId });
  late.confirmsTranscript = false;
  await late.join('Late');
  await speak(late);
  const whenIn = engine.sounds().length;
  await expect.poll(() => engine.sounds().length).toBeGreaterThan(whenIn + 5);
  expect(engine.tracks()).toHaveLength(1);
  // as one that was updated does
  await mina.request('confirm-transcript', {});
  await expect.poll(() => engine.open().length).toBe(2);
  await turn(host, false);
  await mina.request('confirm-transcript', {});
  await turn(host, true);
  await expect.poll(() => engine.open().length).toBe(1);
});

test('a mute by a host ends the track of another', async () => {
  const [host, mina] = [await join('Host', { role: 'host' }), await join('Mina')];
  await speak(mina);
  await turn(host, true);
  await expect.poll(() => engine.sounds().length).toBeGreaterThan(2);
  await host.request('mute-participant', { peerId: mina.hello!.peerId });
  await expect.poll(() => engine.open()).toEqual([]);
});

test('words go to everybody as captions, and to the fleet with who spoke; a room is nobody', async () => {
  const roomId = uuidv7();
  const [host, room] = [
    await join('Host', { role: 'host' }),
    await join('Hall', { peerKind: 'room', roomId, person: undefined, role: 'co-host' }),
  ];
  await speak(host);
  await turn(room, true);
  await expect.poll(() => engine.sounds().length).toBeGreaterThan(2);
  engine.say(engine.open()[0]!, 'We meet on Friday.');
  expect(await room.told('caption')).toMatchObject({ displayName: 'Host', text: 'We meet on Friday.' });
  await speak(room);
  await expect.poll(() => engine.open().length).toBe(2);
  engine.say(engine.open()[1]!, 'Good.');
  expect(await host.told('caption', ({ text }) => text === 'Good.')).toMatchObject({ displayName: 'Hall' });
  const spoken = events.filter((event) => event.name === 'transcript-segment');
  expect(spoken).toMatchObject([
    { person: 'account:Host', segment: { peerId: host.hello!.peerId } },
    { person: null, segment: { peerId: room.hello!.peerId, text: 'Good.' } },
  ]);
  expect(log.join()).not.toMatch(/Friday|Good\./);
});

test('a late answer counts, also after the call, and nothing that was spoken after it was turned off', async () => {
  const host = await join('Host', { role: 'host' });
  await speak(host);
  await turn(host, true);
  await expect.poll(() => engine.sounds().length).toBeGreaterThan(2);
  const [trackId] = engine.open();
  const onAtMs = Date.now();
  await turn(host, false);
  engine.say(trackId!, 'After', Date.now() + 900);
  engine.say(trackId!, 'Before', onAtMs);
  expect(await host.told('caption')).toMatchObject({ text: 'Before' });
  await host.request('leave-call', {});
  await expect.poll(() => it.node.registry.calls.has(callId)).toBe(false);
  engine.say(trackId!, 'Still before', onAtMs);
  const texts = events.flatMap((event) => (event.name === 'transcript-segment' ? [event.segment.text] : []));
  expect(texts).toEqual(['Before', 'Still before']);
});

test('a transcriber that dies is seen, and its tracks start again', async () => {
  const host = await join('Host', { role: 'host' });
  await speak(host);
  await turn(host, true);
  await expect.poll(() => engine.sounds().length).toBeGreaterThan(2);
  engine.die();
  expect(await host.told('transcript-changed', ({ isFailing }) => isFailing)).toMatchObject({ isOn: true });
  engine.sent = [];
  engine.answer({ name: 'ready' });
  expect(await host.told('transcript-changed', ({ isOn, isFailing }) => isOn && !isFailing)).toBeDefined();
  await expect.poll(() => engine.sounds(engine.open()[0]).length).toBeGreaterThan(2);
  engine.answer({ name: 'engine', isFailing: true });
  expect(await host.told('transcript-changed', ({ isFailing }) => isFailing)).toMatchObject({ isFailing: true });
});

test('a media worker that dies takes no microphone with it', async () => {
  const host = await join('Host', { role: 'host' });
  await speak(host);
  await turn(host, true);
  await expect.poll(() => engine.sounds().length).toBeGreaterThan(2);
  const { callRouter } = call().peers.get(host.hello!.peerId)!.media!;
  process.kill(callRouter.mediaWorker.worker.pid, 'SIGKILL');
  const moved = await host.told('media-moved');
  expect(engine.open()).toEqual([]);
  host.hello = { ...host.hello!, admission: { kind: 'fresh', media: moved } };
  await speak(host, 500);
  await expect.poll(() => engine.sounds(engine.open()[0]).length).toBeGreaterThan(2);
});

test('two who speak have a track each', async () => {
  const [host, mina] = [await join('Host', { role: 'host' }), await join('Mina')];
  await turn(host, true);
  await Promise.all([speak(host), speak(mina, 1_000)]);
  await expect.poll(() => engine.open().length).toBe(2);
  const [one, two] = engine.open();
  await expect.poll(() => Math.min(engine.sounds(one).length, engine.sounds(two).length)).toBeGreaterThan(3);
  const numbers = (trackId: string) => engine.sounds(trackId).map(({ payload }) => payload[1]! * 256 + payload[2]!);
  expect(new Set([...numbers(one!), ...numbers(two!)]).size).toBe(engine.sounds().length);
  await mina.request('leave-call', {});
  await expect.poll(() => engine.open().length).toBe(1);
});

test('who turns it on and off without end is slowed down', async () => {
  const host = await join('Host', { role: 'host' });
  const codes: string[] = [];
  for (let n = 0; n < 15; n++) codes.push(await codeOf(turn(host, n % 2 === 0)));
  expect(codes).toContain('too-many-attempts');
});

test('a node that hears nothing of its fleet stops writing, and starts again only by a host, once the fleet permits it anew', async () => {
  const sent: ToTranscriber[] = [];
  const other = await startTestNode({
    settings: { transcriptSilenceMs: 500 },
    startTranscriber: ({ onMessage }) => {
      queueMicrotask(() => onMessage({ name: 'ready' }));
      return { send: (message) => void sent.push(message), stop: () => {} };
    },
  });
  const { registry } = other.node;
  const fleet = setInterval(() => registry.fleetHeard(), 20);
  try {
    const permit = () => registry.perform({ name: 'allow-transcript', meetingId, isAllowed: true, language: 'ko' });
    permit();
    const host = await other.join({ callId, meetingId, role: 'host', displayName: 'Host' }, 'Host');
    await turn(host, true);
    expect(await host.told('transcript-changed', ({ isOn }) => isOn)).toMatchObject({ isPossible: true });
    await host.produce('microphone');
    await expect.poll(() => sent.filter(({ name }) => name === 'track').length).toBe(1);
    clearInterval(fleet);
    const off = { isOn: false, isPossible: false };
    expect(await host.told('transcript-changed', ({ isOn }) => !isOn)).toMatchObject(off);
    await expect.poll(() => sent.at(-1)?.name).toBe('end-track');
    // the line alone does not say what is permitted now
    registry.fleetHeard();
    expect(await codeOf(turn(host, true))).toBe('not-possible-now');
    permit();
    expect(await host.told('transcript-changed')).toMatchObject({ isOn: false, isPossible: true });
  } finally {
    clearInterval(fleet);
    await other.stop();
  }
});

test('a node without an engine has none', async () => {
  const other = await startTestNode();
  other.node.registry.perform({ name: 'allow-transcript', meetingId, isAllowed: true, language: 'ko' });
  const host = await other.prepare({ callId, meetingId, role: 'host' });
  expect((await host.join('Host')).transcript).toEqual({ ...NO_TRANSCRIPT, isPossible: false });
  expect(await codeOf(turn(host, true))).toBe('not-possible-now');
  await other.stop();
});
