import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallGrant } from '#contract/grants.ts';
import type { RoomPhase, RoomState } from '#contract/room-state.ts';
import type { ScreenEffect } from '#contract/screen-link.ts';
import { id } from '../../room/room-under-test.ts';
import { ReachWatch } from './reach-watch.ts';
import type { SignalingDiagnosis } from '../signaling-diagnosis.ts';

const NODE = 'wss://10.0.0.1:7403/signaling';
const OTHER = 'wss://10.0.0.2:7403/signaling';
const MINUTE_MS = 60_000;
const grant = { callId: id(70) } as CallGrant;
type Probe = Extract<ScreenEffect, { name: 'probe-reach' }>;
type Media = 'reached' | 'blocked' | null;

type Outcome = SignalingDiagnosis['outcome'];

function room(outcome: Outcome = 'unreachable') {
  const probes: Probe[] = [];
  const lines: string[] = [];
  const faults: (string | null)[] = [];
  const world = { screen: true, grants: 0, outcome };
  const watch: ReachWatch = new ReachWatch({
    logger: pino({}, { write: (line: string) => lines.push(line) }),
    perform: (effect) => {
      if (world.screen) probes.push(effect as Probe);
      return world.screen;
    },
    requestGrant: async () => {
      world.grants += 1;
      return grant;
    },
    caPem: () => 'the CA',
    onChange: () => faults.push(watch.fault),
    diagnose: async (signalingUrl) => ({
      signalingUrl,
      outcome: world.outcome,
      detail: 'as the agent found it',
    }),
  });
  const become = (phase: RoomPhase): void => watch.follow({ phase } as RoomState);
  const pass = (forMs: number) => vi.advanceTimersByTimeAsync(forMs);
  const answer = async (unreachableUrls: string[] = [], media: Media = null): Promise<void> => {
    watch.onReport({ type: 'reach-probed', probeId: probes.at(-1)!.probeId, unreachableUrls, media });
    await pass(0);
  };
  return { watch, probes, lines, faults, world, become, pass, answer };
}
const inCall = (connection: 'connected' | 'reconnecting') => ({ name: 'in-call', connection }) as RoomPhase;

const STARTING: RoomPhase = { name: 'starting', meetingTitle: 'Weekly', sinceMs: 0, cancelOffered: false };

/** A page is there, and the fleet has named its nodes. */
async function begun(outcome?: Outcome) {
  const begun = room(outcome);
  begun.watch.onNodes([NODE]);
  begun.watch.onScreenConnected();
  await begun.pass(1_000);
  return begun;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('whether the page reaches the media nodes', () => {
  it('is asked soon after the page came, and every few minutes', async () => {
    const { probes, answer, pass, faults, watch } = await begun();
    expect(probes.map(({ signalingUrls, grant: given }) => [signalingUrls, given])).toEqual([[[NODE], null]]);
    await answer();
    for (let minute = 0; minute < 10; minute += 1) {
      await pass(MINUTE_MS);
      await answer([], 'reached');
    }
    expect(probes.length).toBeGreaterThanOrEqual(3);
    expect(probes.length).toBeLessThanOrEqual(6);
    expect([faults, watch.fault]).toEqual([[], null]);
  });

  it('is asked again when the fleet names other nodes, and not when it names the same', async () => {
    const { watch, probes, answer, pass } = await begun();
    await answer();
    watch.onNodes([NODE]);
    await pass(2_000);
    expect(probes).toHaveLength(1);
    watch.onNodes([OTHER, NODE]);
    await pass(2_000);
    expect(probes.at(-1)!.signalingUrls).toEqual([OTHER, NODE]);
  });

  it('is asked before a booking at once', async () => {
    const { watch, probes, answer, pass } = await begun();
    await answer();
    watch.lookNow();
    await pass(1_000);
    expect(probes).toHaveLength(2);
  });

  it('is no fault when it fails once: a node may be starting again', async () => {
    const { probes, answer, pass, faults } = await begun();
    await answer([NODE]);
    expect(faults).toEqual([]);
    await pass(4_000);
    expect(probes).toHaveLength(2);
    await answer();
    expect(faults).toEqual([]);
  });

  it.each<[Outcome, string]>([
    ['unreachable', 'unreachable'],
    ['untrusted', 'untrusted'],
    // the agent gets through: the browser does not trust what the agent trusts
    ['reached', 'untrusted'],
  ])('is said when it stays so, and taken back when it is mended; the agent found it %s', async (outcome, reason) => {
    const { answer, pass, faults, lines } = await begun(outcome);
    await answer([NODE]);
    await pass(4_000);
    await answer([NODE]);
    expect(faults).toEqual([`signaling-${reason}`]);
    expect(lines.at(-1)).toContain('as the agent found it');
    expect(lines.at(-1)).toContain(NODE);
    await pass(21_000);
    await answer([NODE]);
    expect([faults.length, lines.length]).toEqual([1, 1]);
    await pass(21_000);
    await answer();
    expect(faults).toEqual([`signaling-${reason}`, null]);
  });

  it('is looked at by the agent alone while a start takes long, and by the page after it', async () => {
    const { probes, answer, become, pass, faults, world } = await begun('reached');
    await answer();
    become(STARTING);
    await pass(60_000);
    expect([probes.length, faults]).toEqual([1, []]);
    become({ name: 'idle' });
    await pass(1_000);
    expect(probes).toHaveLength(2);
    await answer();
    world.outcome = 'unreachable';
    become(STARTING);
    await pass(4_000);
    expect(faults).toEqual([]);
    await pass(2_000);
    expect([probes.length, faults]).toEqual([2, ['signaling-unreachable']]);
    become(inCall('connected'));
    expect(faults).toEqual(['signaling-unreachable', null]);
  });

  it('is proven by a call, and not looked at while one runs or reconnects', async () => {
    const { probes, answer, become, pass, faults } = await begun();
    await answer([NODE]);
    await pass(4_000);
    await answer([NODE]);
    become(inCall('connected'));
    expect(faults).toEqual(['signaling-unreachable', null]);
    const before = probes.length;
    await pass(30 * MINUTE_MS);
    become(inCall('reconnecting'));
    await pass(5 * MINUTE_MS);
    expect(probes).toHaveLength(before);
    become({ name: 'idle' });
    await pass(4 * MINUTE_MS);
    expect(probes.length).toBeGreaterThan(before);
  });

  it('of a page that does not answer, or of a former probe, says nothing', async () => {
    const { watch, probes, pass, faults } = await begun();
    await pass(31_000);
    expect(probes).toHaveLength(2);
    const [former] = probes;
    for (let times = 0; times < 3; times += 1)
      watch.onReport({ type: 'reach-probed', probeId: former!.probeId, unreachableUrls: [NODE], media: null });
    await pass(0);
    expect(faults).toEqual([]);
  });

  it('is not asked without nodes, and asked as soon as a screen is there', async () => {
    const { watch, probes, world, pass } = room();
    watch.onScreenConnected();
    await pass(MINUTE_MS);
    expect(probes).toEqual([]);
    world.screen = false;
    watch.onNodes([NODE]);
    await pass(5_000);
    expect(probes).toEqual([]);
    world.screen = true;
    watch.onScreenConnected();
    await pass(1_000);
    expect(probes).toHaveLength(1);
  });
});

describe('whether media gets through', () => {
  it('is tried in the first minute, then seldom, with a grant of its own', async () => {
    const { probes, answer, pass, world } = await begun();
    await answer();
    await pass(25_000);
    expect(probes.at(-1)!.grant).toEqual(grant);
    await answer([], 'reached');
    for (let minute = 0; minute < 29; minute += 1) {
      await pass(MINUTE_MS);
      await answer();
    }
    expect(world.grants).toBe(1);
    await pass(MINUTE_MS);
    await answer([], 'reached');
    await pass(MINUTE_MS);
    expect(world.grants).toBe(2);
  });

  it('is said when both ports stay closed, until it was tried again', async () => {
    const { probes, answer, pass, faults } = await begun();
    await answer();
    await pass(25_000);
    await answer([], 'blocked');
    expect(faults).toEqual([]);
    await pass(4_000);
    expect(probes.at(-1)!.grant).toEqual(grant);
    await answer([], 'blocked');
    expect(faults).toEqual(['media-blocked']);
    await pass(21_000);
    await answer([], null);
    expect(faults).toEqual(['media-blocked']);
    await pass(61_000);
    await answer([], 'reached');
    expect(faults).toEqual(['media-blocked', null]);
  });

  it('is not proven by a call that signalling alone holds, and not tried until some minutes after one', async () => {
    const { answer, become, pass, world, faults } = await begun();
    await answer();
    await pass(25_000);
    await answer([], 'blocked');
    await pass(4_000);
    await answer([], 'blocked');
    expect(faults).toEqual(['media-blocked']);
    const { grants } = world;
    become(inCall('connected'));
    await pass(10 * MINUTE_MS);
    become({ name: 'idle' });
    await pass(2 * MINUTE_MS);
    expect([faults, world.grants]).toEqual([['media-blocked'], grants]);
    await pass(2 * MINUTE_MS);
    expect(world.grants).toBe(grants + 1);
    await answer([], 'reached');
    expect(faults).toEqual(['media-blocked', null]);
  });

  it('is not tried while a start is under way', async () => {
    const { probes, answer, become, pass } = await begun();
    await answer();
    become(STARTING);
    await pass(60_000);
    expect(probes).toHaveLength(1);
  });
});
