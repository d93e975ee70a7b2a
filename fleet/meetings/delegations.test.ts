import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DELEGATION_AUDIENCE, DelegationClaims } from '#contract/grants.ts';
import { newId } from '../store/index.ts';
import { Delegations } from './delegations.ts';
import { SigningKeys } from './signing-keys.ts';

const HOUR_MS = 3_600_000;
const newJwk = (): JsonWebKey =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) as JsonWebKey;
const room = { roomId: newId(), roomName: 'Room A', meeting: { meetingId: newId(), title: 'Standing' } };
const node = (peers: number, signalingUrl = `wss://node-${peers}.example:7403/signaling`, online = true) => ({
  nodeId: newId(),
  signalingUrl,
  online,
  peers,
});

let directory: string;
let keys: SigningKeys;
let jwk: JsonWebKey | null;
let nodes: ReturnType<typeof node>[];
let revoked: { identity: string; revokedAtMs: number }[];
let delegations: Delegations;
const due: string[] = [];
let afterSigning: () => void;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: 1_800_000_000_500 });
  directory = mkdtempSync(join(tmpdir(), 'maru-delegations-'));
  keys = new SigningKeys({ directory });
  await keys.start({ isInUse: false });
  [jwk, nodes, revoked] = [newJwk(), [node(3), node(1)], []];
  due.length = 0;
  afterSigning = () => {};
  delegations = new Delegations({
    keys: {
      sign: async (claims) => {
        const token = await keys.sign(claims);
        afterSigning();
        return token;
      },
    },
    nodes: () => nodes,
    register: { keyOf: () => jwk, revokedSince: async (sinceMs) => revoked.filter((r) => r.revokedAtMs > sinceMs) },
  });
  delegations.onDue((roomId) => due.push(roomId));
  await delegations.start();
});
afterEach(() => {
  delegations.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});
const claimsOf = (token: string | null) => DelegationClaims.parse(decodeJwt(token!));

test('says what the room may, for its own key, three days, on the nodes that are there', async () => {
  const token = await delegations.of(room);
  const claims = DelegationClaims.parse(await keys.verify(token!, DELEGATION_AUDIENCE));
  expect(claims).toMatchObject({
    sub: room.roomId,
    meetingId: room.meeting.meetingId,
    meetingTitle: 'Standing',
    displayName: 'Room A',
    publishes: ['microphone', 'camera', 'screen', 'screen-audio'],
    receives: ['microphone', 'camera', 'screen', 'screen-audio'],
    rights: ['end', 'mute', 'remove', 'order', 'admit'],
    nodes: nodes.toReversed().map(({ nodeId, signalingUrl }) => ({ nodeId, signalingUrl })),
  });
  expect(claims.cnf.jwk).toMatchObject({ x: jwk!.x, y: jwk!.y });
  expect(claims.exp - claims.iat).toBe(72 * 3_600);
});

test('the same stands for a day, whatever the load, then another is due', async () => {
  const token = await delegations.of(room);
  nodes = [{ ...nodes[0]!, peers: 0 }, nodes[1]!];
  vi.setSystemTime(Date.now() + 23 * HOUR_MS);
  expect(await delegations.of(room)).toBe(token);
  expect(due).toEqual([]);
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS);
  expect(due).toContain(room.roomId);
  expect(claimsOf(await delegations.of(room)).jti).not.toBe(claimsOf(token).jti);
});

test.each([
  ['another key', { jwk: newJwk() }],
  ['another name', { room: { ...room, roomName: 'Room B' } }],
  ['another title', { room: { ...room, meeting: { ...room.meeting, title: 'Other' } } }],
  ['another node', { added: [node(2)] }],
])('%s is signed at once', async (_what, change: { jwk?: JsonWebKey; room?: typeof room; added?: typeof nodes }) => {
  const token = await delegations.of(room);
  jwk = change.jwk ?? jwk;
  nodes = [...nodes, ...(change.added ?? [])];
  expect(await delegations.of(change.room ?? room)).not.toBe(token);
});

test('a room that has not come has none; one that came before any node gets one with the first', async () => {
  const there = nodes;
  nodes = [node(1, 'wss://gone.example/signaling', false)];
  expect(await delegations.of(room)).toBeNull();
  nodes = there;
  delegations.nodesChanged();
  expect(due).toEqual([room.roomId]);
  const token = await delegations.of(room);
  expect(token).not.toBeNull();
  nodes = [];
  expect(await delegations.of(room)).toBe(token);
  jwk = null;
  expect(await delegations.of(room)).toBeNull();
});

test('of long names and many nodes it says so many as fit into a join token', async () => {
  nodes = Array.from({ length: 12 }, (_, n) => node(n));
  const long = { ...room, roomName: '회'.repeat(80), meeting: { ...room.meeting, title: '의'.repeat(200) } };
  const [short, full] = [await delegations.of(room), await delegations.of(long)];
  expect(claimsOf(short).nodes).toHaveLength(8);
  expect(full!.length).toBeLessThanOrEqual(2_400);
  expect(claimsOf(full).nodes.length).toBeGreaterThan(0);
  expect(claimsOf(full).nodes[0]).toMatchObject({ nodeId: nodes[0]!.nodeId });
});

test('what a revoked box held is void, and the next box of that room, in the same second, gets what is not', async () => {
  const [former] = [await delegations.of(room)];
  revoked = [
    { identity: `room:${room.roomId}`, revokedAtMs: Date.now() + 200 },
    { identity: `node:${newId()}`, revokedAtMs: Date.now() },
    { identity: `room:${newId()}`, revokedAtMs: Date.now() - 80 * HOUR_MS },
  ];
  await delegations.readRevoked();
  expect(delegations.revoked).toEqual([{ roomId: room.roomId, issuedUpTo: 1_800_000_000 }]);
  expect(claimsOf(former).iat).toBeLessThanOrEqual(1_800_000_000);
  expect(due).toEqual([room.roomId]);
  jwk = newJwk();
  expect(claimsOf(await delegations.of(room)).iat).toBe(1_800_000_001);
});

test('a box that is revoked while its delegation is signed is given none; the one that came is given its own', async () => {
  afterSigning = () => {
    jwk = null;
  };
  expect(await delegations.of(room)).toBeNull();
  const [former, next] = [newJwk(), newJwk()];
  jwk = former;
  afterSigning = () => {
    jwk = next;
  };
  expect(claimsOf(await delegations.of(room)).cnf.jwk).toMatchObject({ x: next.x });
});
