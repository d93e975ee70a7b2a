/** What the registrations of a media node set off: on real stores, the broker by hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RECALL_WITHIN_MS } from '#contract/chat.ts';
import type { NodeRegistration } from '#contract/node-link.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { type AuthorityStore, authorityStore, newId, type TelemetryStore, telemetryStore } from '../store/index.ts';
import { Meetings } from './meetings.ts';
import { SigningKeys } from './signing-keys.ts';

const [nodeId, instanceId, meetingId, callId, peerId] = [newId(), newId(), newId(), newId(), newId()];
let dataDir: string;
let store: AuthorityStore;
let telemetry: TelemetryStore;
let meetings: Meetings;
const received = new Map<string, (nodeId: string, message: unknown) => void>();
const publish = vi.fn();
const came = vi.fn();
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-meetings-'));
  const onFatal = (error: Error): void => {
    throw error;
  };
  store = authorityStore({ dataDir, onFatal });
  telemetry = telemetryStore({ dataDir, onFatal });
  const keys = new SigningKeys({ directory: join(dataDir, 'keys') });
  await Promise.all([store.start(), telemetry.start(), keys.start({ isInUse: false })]);
  for (const mock of [publish, came]) mock.mockClear();
  meetings = new Meetings({
    store,
    telemetry,
    broker: { publish, on: (name: string, handler: never) => received.set(name, handler) } as never,
    keys,
    register: { keyOf: () => null, revokedSince: async () => [], onRevoked: () => {} } as never,
    fleetUrl: 'https://maru.example',
    iceServersFor: () => [],
    logger: pino({ level: 'silent' }),
  });
  meetings.onNodeCame(came);
  await meetings.start();
  await store.write(async (trx) => {
    await trx.insertInto('meeting').values({ meetingId, roomId: null, title: 'M', createdAtMs: 1 }).execute();
    const never = { endedAtMs: null, endReason: null, callOrder: null };
    const times = { createdAtMs: 1, openedAtMs: 1, ...never };
    await trx
      .insertInto('call')
      .values({ callId, meetingId, nodeId, nodeInstanceId: instanceId, state: 'open', participantCount: 1, ...times })
      .execute();
    const ids = { peerId, callId, inviteId: null, accountId: null, ticketId: null, roleChangeId: null };
    await trx
      .insertInto('entry')
      .values({
        ...ids,
        atMs: 1,
        person: 'p',
        role: 'member',
        joinedAtMs: 1,
        leftAtMs: null,
        removedAtMs: 2,
        displayName: 'P',
      })
      .execute();
  });
});
afterEach(async () => {
  meetings.stop();
  await Promise.all([store.stop(), telemetry.stop()]);
  rmSync(dataDir, { recursive: true });
});

/** Resolves once all that it sets off is done. */
async function register(changes: Partial<NodeRegistration> = {}): Promise<void> {
  received.get('registration')!(nodeId, {
    protocol: PROTOCOL_VERSION,
    nodeId,
    online: true,
    instanceId,
    signalingUrl: 'ws://127.0.0.1:7403/signaling',
    workers: 1,
    maxPeers: 300,
    peers: 0,
    callIds: [callId],
    participantCounts: {},
    blockedCounts: {},
    asOfMs: Date.now(),
    ...changes,
  });
  // its messages are handled one after the other
  received.get('callEvents')!(nodeId, { events: [] });
  await vi.waitFor(() => expect(publish).toHaveBeenCalledWith('eventAcks', nodeId, { eventIds: [] }));
}
function sent(): unknown[] {
  const commands = publish.mock.calls.filter(([name]) => name === 'nodeCommand').map(([, , command]) => command);
  publish.mockClear();
  return commands;
}
const removal = { name: 'remove-participant', callId, peerId };

test('a node is sent who may not be there when it comes and comes back, and not while it is there', async () => {
  await register();
  expect(sent()).toEqual([removal]);
  await register();
  expect(sent()).toEqual([]);
  await register({ online: false });
  expect(sent()).toEqual([]);
  await register();
  expect(sent()).toEqual([removal]);
});

test('a node that was out of reach is sent what was recalled on the page within a day, of the calls that it has', async () => {
  const nowMs = Date.now();
  const post = (callIdOf: string | null, recalledAtMs: number | null, number: number) => ({
    ...{ meetingId, messageId: newId(), number, revision: number + 1, callId: callIdOf, person: 'account:1' },
    ...{ displayName: 'P', isGuest: 0 as const, text: '', atMs: nowMs, recalledAtMs, replyTo: null, mentioned: '[]' },
  });
  const [page, call] = [post(null, nowMs, 0), post(callId, nowMs - RECALL_WITHIN_MS + 60_000, 1)];
  const others = [post(null, null, 2), post(null, nowMs - RECALL_WITHIN_MS - 1, 3), post(newId(), nowMs, 4)];
  await store.write((trx) =>
    trx
      .insertInto('chatPost')
      .values([page, call, ...others])
      .execute(),
  );
  const recalls = [call, page].map(({ messageId }) => ({ name: 'recall-chat', callId, messageId }));
  await register();
  expect(sent()).toEqual([removal, ...recalls]);
  await register();
  expect(sent()).toEqual([]);
  await register({ online: false });
  expect(sent()).toEqual([]);
  await register();
  expect(sent()).toEqual([removal, ...recalls]);
});

test('a node has come where it is there again, or as another process', async () => {
  const counts: number[] = [];
  const other = { instanceId: newId() };
  for (const changes of [{}, {}, { online: false }, { online: false }, {}, other, other]) {
    await register(changes);
    publish.mockClear();
    counts.push(came.mock.calls.length);
  }
  expect(counts).toEqual([1, 1, 1, 1, 2, 3, 3]);
});

test('a registration as another node, or of a protocol that we do not speak, counts for nothing', async () => {
  for (const changes of [{ nodeId: newId() }, { protocol: PROTOCOL_VERSION + 9 }]) {
    await register(changes);
    publish.mockClear();
  }
  expect([meetings.nodes.all, came.mock.calls]).toEqual([[], []]);
});
