/** What becomes of a meeting's call while its media node is silent, and when that is back: the rules against a real store, nodes by hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallEvent, NodeCommand, NodeRegistration } from '#contract/node-link.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { type AuthorityStore, authorityStore, newId, type TelemetryStore, telemetryStore } from '../store/index.ts';
import { Calls } from './calls.ts';
import { MediaNodes } from './media-nodes.ts';
import { UNMEASURED_MS } from './node-clocks.ts';

const [first, second] = [newId(), newId()];
const instances = new Map([first, second].map((nodeId) => [nodeId, newId()]));
const MINUTE_MS = 60_000;
let dataDir: string;
let store: AuthorityStore;
let telemetry: TelemetryStore;
let nodes: MediaNodes;
let calls: Calls;
let meetingId: string;
let nowMs = 0;
let commands: (NodeCommand & { nodeId: string })[] = [];
let acknowledged: string[] = [];
let spokenOffMs: number[] = [];

const onFatal = (error: Error): void => {
  throw error;
};
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-calls-'));
  store = authorityStore({ dataDir, onFatal });
  telemetry = telemetryStore({ dataDir, onFatal });
  await Promise.all([store.start(), telemetry.start()]);
  nodes = new MediaNodes({ telemetry, nowMs: () => nowMs });
  await nodes.start();
  commands = [];
  acknowledged = [];
  spokenOffMs = [];
  calls = new Calls({
    store,
    nodes,
    sendToNode: (nodeId, command) => commands.push({ nodeId, ...command }),
    acknowledge: (_, { eventIds }) => acknowledged.push(...eventIds),
    onEvent: async () => {},
    onPrepared: () => {},
    onMeetingChanged: () => {},
    onChatChanged: () => {},
    onSpoken: (_meetingId, _segment, offMs) => spokenOffMs.push(offMs),
    onChatRead: () => {},
    logger: pino({ level: 'silent' }),
  });
  meetingId = newId();
  const meeting = { meetingId, roomId: null, title: 'Meeting', createdAtMs: 1 };
  await store.write((trx) => trx.insertInto('meeting').values(meeting).execute());
});
afterEach(async () => {
  nodes.stop();
  await Promise.all([store.stop(), telemetry.stop()]);
  rmSync(dataDir, { recursive: true });
});

async function register(nodeId: string, changes: Partial<NodeRegistration> = {}): Promise<void> {
  const registration: NodeRegistration = {
    protocol: PROTOCOL_VERSION,
    nodeId,
    online: true,
    instanceId: instances.get(nodeId)!,
    signalingUrl: 'ws://127.0.0.1:7403/signaling',
    transcribes: false,
    workers: 1,
    maxPeers: 300,
    peers: 0,
    callIds: [],
    participantCounts: {},
    blockedCounts: {},
    asOfMs: Date.now(),
    ...changes,
  };
  await nodes.register(registration);
  await calls.reconcile(registration);
}
const carries = (callId: string, count: number) => ({ callIds: [callId], participantCounts: { [callId]: count } });
const silent = (nodeId: string) => register(nodeId, { online: false });
const open = (endedCallId: string | null = null) => calls.openCall(meetingId, endedCallId, 'person');
const callIdOf = async () => (await open()).call.callId;
async function happened(nodeId: string, callId: string, ...events: object[]): Promise<void> {
  const whole = events.map((event) => ({ eventId: newId(), callId, meetingId, atMs: Date.now(), ...event }));
  await calls.takeEvents(nodeId, { events: whole as CallEvent[] });
}
const joined = (participantCount: number) => ({
  name: 'participant-joined',
  peerId: newId(),
  peerKind: 'person',
  displayName: 'Guest',
  participantCount,
});
/** With so many people in it, on the first node. */
async function running(count: number): Promise<string> {
  await register(first);
  const { call } = await open();
  await happened(first, call.callId, { name: 'call-opened' }, joined(count));
  return call.callId;
}
async function later(ms: number): Promise<void> {
  nowMs += ms;
  await calls.sweep();
}
const auditKinds = async () =>
  (await store.read.selectFrom('audit').select('kind').orderBy('seq').execute()).map(({ kind }) => kind);

describe('while the node is silent', () => {
  it('its call goes on, and no second one is opened beside it', async () => {
    const callId = await running(2);
    await silent(first);
    await register(second);
    await later(4.9 * MINUTE_MS);
    await expect(open()).rejects.toMatchObject({ code: 'call-unreachable' });
    expect(await calls.currentOf(meetingId)).toMatchObject({ callId, state: 'open', participantCount: 2 });
    await register(first, carries(callId, 2));
    expect(await callIdOf()).toBe(callId);
    expect(commands).toEqual([]);
  }, 10_000);

  it('nobody proves by his word that it has ended', async () => {
    const callId = await running(2);
    await silent(first);
    await register(second);
    await expect(open(callId)).rejects.toMatchObject({ code: 'call-unreachable' });
  }, 10_000);

  it('after five minutes the next who comes opens another', async () => {
    const callId = await running(2);
    await silent(first);
    await later(5 * MINUTE_MS);
    expect(await calls.currentOf(meetingId)).toBeNull();
    await register(second);
    const next = await open();
    expect(next).toMatchObject({ node: { nodeId: second } });
    expect(next.call.callId).not.toBe(callId);
    expect(await auditKinds()).toContain('call-given-up');
  });

  it('so it is by IT’s act, which does nothing to a call that can be reached', async () => {
    const callId = await running(2);
    const { call } = await open();
    expect(await calls.giveUp([call], 'account:it')).toBe(0);
    await silent(first);
    expect(await calls.unreachable()).toMatchObject([{ callId }]);
    expect(await calls.giveUp([call], 'account:it')).toBe(1);
    expect(await calls.giveUp([call], 'account:it')).toBe(0);
    await register(second);
    expect(await callIdOf()).not.toBe(callId);
  });

  it('one in which nobody has been waits for nothing', async () => {
    await register(first);
    const callId = await callIdOf();
    await silent(first);
    await register(second);
    expect(await callIdOf()).not.toBe(callId);
  }, 10_000);
});

describe('when the node is back', () => {
  it('as another process, its calls are over', async () => {
    const callId = await running(2);
    await silent(first);
    await register(first, { instanceId: newId() });
    expect(await callIdOf()).not.toBe(callId);
    expect(await auditKinds()).toContain('call-ended');
  });

  it('and nobody has opened another call, its own is the meeting’s again', async () => {
    const callId = await running(2);
    await silent(first);
    await later(5 * MINUTE_MS);
    await register(first, carries(callId, 3));
    expect(await calls.currentOf(meetingId)).toMatchObject({ callId, state: 'open', participantCount: 3 });
    expect(commands).toEqual([]);
    expect(await auditKinds()).toContain('call-returned');
  });

  it('and its meeting is over by then, the call ends', async () => {
    const callId = await running(2);
    await silent(first);
    await later(5 * MINUTE_MS);
    const { apply } = await store.write((trx) => calls.endOf(trx, [meetingId]));
    apply();
    await register(first, carries(callId, 2));
    expect(commands).toEqual([{ nodeId: first, name: 'end-call', callId }]);
    expect(await calls.currentOf(meetingId)).toBeNull();
  });

  it('without the call, its event says how that ended', async () => {
    const callId = await running(2);
    await silent(first);
    await register(first);
    await happened(first, callId, { name: 'call-ended', reason: 'ended-by-room' });
    expect(await calls.currentOf(meetingId)).toBeNull();
  });

  it.each([
    { old: 1, next: 0, wins: 'old' },
    { old: 2, next: 1, wins: 'old' },
    { old: 1, next: 1, wins: 'next' },
    { old: 0, next: 0, wins: 'next' },
    { old: 1, next: 4, wins: 'next' },
  ])(
    '$old in the old call, $next in the next: the $wins one wins, the others are moved',
    async ({ old, next, wins }) => {
      const oldId = await running(2);
      await silent(first);
      await later(5 * MINUTE_MS);
      await register(second);
      const nextId = await callIdOf();
      if (next > 0) await happened(second, nextId, { name: 'call-opened' }, joined(next));
      await register(first, carries(oldId, old));
      const loser =
        wins === 'old'
          ? { nodeId: second, name: 'move-call', callId: nextId }
          : { nodeId: first, name: 'move-call', callId: oldId };
      expect(commands).toEqual([loser]);
      expect(await callIdOf()).toBe(wins === 'old' ? oldId : nextId);
      // what was asked of it is asked again while it still carries the loser
      await register(loser.nodeId, carries(loser.callId, 1));
      expect(commands).toEqual([loser, loser]);
      // and what its people still do there changes nothing
      await happened(loser.nodeId, loser.callId, { name: 'call-ended', reason: 'ended-by-fleet' });
      expect(await callIdOf()).toBe(wins === 'old' ? oldId : nextId);
    },
  );

  it('and that its call is moved cannot be written, nobody is moved, and it is tried again', async () => {
    const oldId = await running(1);
    await silent(first);
    await later(5 * MINUTE_MS);
    await register(second);
    const nextId = await callIdOf();
    await happened(second, nextId, { name: 'call-opened' }, joined(2));
    await store.write((trx) =>
      sql`create trigger broken before update on call begin select raise(abort, 'no'); end`.execute(trx),
    );
    await expect(register(first, carries(oldId, 1))).rejects.toThrow('no');
    expect(commands).toEqual([]);
    await store.write((trx) => sql`drop trigger broken`.execute(trx));
    await register(first, carries(oldId, 1));
    expect(commands).toEqual([{ nodeId: first, name: 'move-call', callId: oldId }]);
  });

  it('and the next call is out of reach by then, its own is the meeting’s; the other may come back too', async () => {
    const oldId = await running(2);
    await silent(first);
    await later(5 * MINUTE_MS);
    await register(second);
    const nextId = await callIdOf();
    await happened(second, nextId, { name: 'call-opened' }, joined(5));
    await silent(second);
    await register(first, carries(oldId, 1));
    expect(await callIdOf()).toBe(oldId);
    await register(second, carries(nextId, 5));
    expect(await callIdOf()).toBe(nextId);
    expect(commands.at(-1)).toEqual({ nodeId: first, name: 'move-call', callId: oldId });
  });
});

describe('a call that a room began without us', () => {
  it('is the meeting’s where the one we know is out of reach', async () => {
    await running(2);
    await silent(first);
    await register(second);
    const own = newId();
    await happened(second, own, { name: 'call-opened' }, joined(1));
    expect(await callIdOf()).toBe(own);
  });

  it('is moved where the one we know has people in it', async () => {
    const callId = await running(1);
    await register(second);
    const own = newId();
    await happened(second, own, { name: 'call-opened' }, joined(3));
    expect(commands).toEqual([{ nodeId: second, name: 'move-call', callId: own }]);
    expect(await callIdOf()).toBe(callId);
  });
});

describe('an event', () => {
  const opened = (callId: string): CallEvent => ({
    name: 'call-opened',
    eventId: newId(),
    callId,
    meetingId,
    atMs: Date.now(),
  });
  const take = (...events: CallEvent[]) => calls.takeEvents(first, { events });

  it('is acknowledged once it is committed, and not before', async () => {
    await register(first);
    const event = opened(await callIdOf());
    const write = store.write.bind(store) as AuthorityStore['write'];
    let isCommitted = () => {};
    vi.spyOn(store, 'write').mockImplementationOnce(async (work) => {
      const result = await write(work);
      await new Promise<void>((resolve) => {
        isCommitted = resolve;
      });
      return result;
    });
    const taken = take(event);
    await vi.waitFor(async () => expect(await calls.currentOf(meetingId)).toMatchObject({ state: 'open' }));
    expect(acknowledged).toEqual([]);
    isCommitted();
    await taken;
    expect(acknowledged).toEqual([event.eventId]);
  });

  it('that could not be written is not acknowledged, and counts when it comes again', async () => {
    await register(first);
    const event = opened(await callIdOf());
    vi.spyOn(store, 'write').mockRejectedValueOnce(new Error('disk full'));
    await expect(take(event)).rejects.toThrow('disk full');
    expect(acknowledged).toEqual([]);
    await take(event);
    await take(event);
    expect(acknowledged).toEqual([event.eventId, event.eventId]);
    expect((await auditKinds()).filter((kind) => kind === 'call-opened')).toHaveLength(1);
  });

  it('is remembered for a week, so that it counts once however late it is repeated', async () => {
    await register(first);
    const weekAgoMs = Date.now() - 7 * 86_400_000;
    const event = opened(await callIdOf());
    // by our own clock: a node's may be years off
    vi.useFakeTimers({ toFake: ['Date'], now: weekAgoMs - MINUTE_MS });
    try {
      await take({ ...event, eventId: newId(), atMs: weekAgoMs + MINUTE_MS } as CallEvent);
      vi.setSystemTime(weekAgoMs + MINUTE_MS);
      await take({ ...event, atMs: 1 } as CallEvent);
    } finally {
      vi.useRealTimers();
    }
    await calls.sweep();
    const remembered = await store.read.selectFrom('callEvent').select('eventId').execute();
    expect(remembered).toEqual([{ eventId: event.eventId }]);
  });
});

describe('what is spoken', () => {
  const spoken = (untilMs: number) => ({
    ...{ name: 'transcript-segment', person: null, atMs: untilMs },
    segment: {
      segmentId: newId(),
      peerId: newId(),
      displayName: 'Mina',
      text: 'Words',
      fromMs: untilMs - 500,
      untilMs,
    },
  });

  it('has no margin by a clock that was measured, and the widest by one that was set forward since', async () => {
    const callId = await running(1);
    nodes.clocks.onAsk((nodeId, sentAtMs) => {
      const atMs = Date.now();
      nodes.clocks.answered(nodeId, { sentAtMs, receivedAtMs: atMs }, atMs);
    });
    nodes.clocks.registered(first, { instanceId: instances.get(first)!, asOfMs: Date.now() });
    await happened(first, callId, spoken(Date.now()));
    await happened(first, callId, spoken(Date.now() + 30_000));
    expect(spokenOffMs).toEqual([0, UNMEASURED_MS]);
  });
});
