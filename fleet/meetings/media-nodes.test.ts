/** Which media node is there, how long one has been silent, and who waits for one: by hand on a clock, on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeRegistration } from '#contract/node-link.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { newId, type TelemetryStore, telemetryStore } from '../store/index.ts';
import { MediaNodes } from './media-nodes.ts';

const nodeId = newId();
const instanceId = newId();
let dataDir: string;
let telemetry: TelemetryStore;
let nodes: MediaNodes;
let nowMs: number;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-nodes-'));
  telemetry = telemetryStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await telemetry.start();
  // the store has clocks of its own
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  nowMs = 1_000;
  nodes = new MediaNodes({ telemetry, nowMs: () => nowMs });
  await nodes.start();
});
afterEach(async () => {
  nodes.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  await telemetry.stop();
  rmSync(dataDir, { recursive: true });
});
const register = (changes: Partial<NodeRegistration> = {}) =>
  nodes.register({
    protocol: PROTOCOL_VERSION,
    nodeId,
    online: true,
    instanceId,
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
  });
const silent = () => register({ online: false });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const reports = () => telemetry.read.selectFrom('nodeReport').selectAll().execute();
/** as the next start of the server finds them */
async function restart(): Promise<void> {
  nodes.stop();
  nodes = new MediaNodes({ telemetry, nowMs: () => nowMs });
  await nodes.start();
}

describe('silence', () => {
  it('counts from the goodbye or the will, and both of them are one silence', async () => {
    await register();
    expect(nodes.silentMs(nodeId)).toBe(0);
    nowMs += 60_000;
    await silent();
    nowMs += 5_000;
    await silent();
    nowMs += 1_000;
    expect(nodes.silentMs(nodeId)).toBe(6_000);
    await register();
    expect(nodes.silentMs(nodeId)).toBe(0);
    nowMs += 7_000;
    await silent();
    nowMs += 2_000;
    expect(nodes.silentMs(nodeId)).toBe(2_000);
  });

  it('of a node that was never there counts from our start', () => {
    nowMs += 3_000;
    expect(nodes.silentMs(newId())).toBe(3_000);
  });

  it('is at least a moment, so that it is told from being there', async () => {
    await silent();
    expect(nodes.silentMs(nodeId)).toBe(1);
  });
});

describe('after a start of ours', () => {
  it('a former node counts as there for fifteen seconds, and then as silent since the start', async () => {
    await register();
    await restart();
    await pass(14_999);
    expect([nodes.get(nodeId)?.online, nodes.silentMs(nodeId)]).toEqual([true, 0]);
    nowMs += 15_000;
    await pass(1);
    expect([nodes.get(nodeId)?.online, nodes.silentMs(nodeId)]).toEqual([false, 15_000]);
  });

  it('one that registers meanwhile is there from then on', async () => {
    await register();
    await restart();
    await pass(14_000);
    await register();
    await pass(60_000);
    expect([nodes.get(nodeId)?.online, nodes.silentMs(nodeId)]).toEqual([true, 0]);
  });

  it('one that was started anew meanwhile is known by its new process', async () => {
    await register();
    const next = newId();
    await register({ instanceId: next });
    await restart();
    expect(nodes.get(nodeId)).toMatchObject({ instanceId: next, heardAtMs: 0 });
  });

  it('one whose report was not written at first is known all the same', async () => {
    const write = vi.spyOn(telemetry, 'write').mockRejectedValueOnce(new Error('disk full'));
    await expect(register()).rejects.toThrow('disk full');
    await register();
    expect(await reports()).toMatchObject([{ nodeId, instanceId }]);
    await register();
    expect(write).toHaveBeenCalledTimes(2);
  });
});

describe('who waits for a node', () => {
  it('goes on as it comes back, and its patience ends with that', async () => {
    await silent();
    const back = nodes.comesBack(nodeId, 3_000);
    await pass(1_000);
    await register();
    expect(await back).toBe(true);
    // our expectation of former nodes alone
    expect(vi.getTimerCount()).toBe(1);
  });

  it('goes on without it after its time, and not before', async () => {
    await silent();
    let isBack: boolean | null = null;
    void nodes.comesBack(nodeId, 3_000).then((result) => {
      isBack = result;
    });
    await pass(2_999);
    await silent();
    expect(isBack).toBeNull();
    await pass(1);
    expect(isBack).toBe(false);
  });

  it('is given the one with the fewest peers and a place for its kind, once there is one', async () => {
    const [busy, free] = [newId(), newId()];
    const chosen = nodes.choose(3_000, 'person');
    const forRoom = nodes.choose(3_000, 'room');
    await register({ nodeId: busy, maxPeers: 10, maxGuests: 8, peers: 8 });
    expect((await forRoom)?.nodeId).toBe(busy);
    await register({ nodeId: free, maxPeers: 10, maxGuests: 8, peers: 7 });
    expect((await chosen)?.nodeId).toBe(free);
    await register({ nodeId: free, online: false });
    const none = nodes.choose(3_000, 'person');
    await pass(3_000);
    expect(await none).toBeNull();
    expect((await nodes.choose(0, 'room'))?.nodeId).toBe(busy);
  });

  it('that was there before our start is given it once that has registered with us', async () => {
    await register();
    await restart();
    const given = vi.fn();
    void nodes.registered(nodeId).then(given);
    await pass(1);
    await silent();
    await pass(1);
    expect(given).not.toHaveBeenCalled();
    await register({ peers: 7 });
    await pass(1);
    expect(given).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ nodeId, peers: 7 }));
    expect(await nodes.registered(nodeId)).toMatchObject({ peers: 7 });
  });

  it('is let go as the server stops', async () => {
    const chosen = nodes.choose(3_000, 'person');
    nodes.stop();
    expect(await chosen).toBeNull();
  });
});

it('whose media does not get through is counted of the nodes that are there', async () => {
  const other = newId();
  await register({ blockedCounts: { a: 2, b: 1 } });
  await register({ nodeId: other, blockedCounts: { a: 3 } });
  expect([nodes.blockedCountOf('a'), nodes.blockedCountOf('b'), nodes.blockedCount]).toEqual([5, 1, 6]);
  await register({ online: false, blockedCounts: { a: 2, b: 1 } });
  expect([nodes.blockedCountOf('a'), nodes.blockedCountOf('b'), nodes.blockedCount]).toEqual([3, 0, 3]);
});
