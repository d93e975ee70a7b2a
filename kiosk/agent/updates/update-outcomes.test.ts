/** What is kept when root, the guard or a fetch came to an end; each end is reported once. */
import { describe, expect, it } from 'vitest';
import type { BoxFacts, UpdaterReport } from './box-facts.ts';
import { type KeptUpdates, NOTHING_KEPT } from './kept-updates.ts';
import { afterOrder, afterTrial, failedAt, pausedAt } from './update-outcomes.ts';

const [OLD, NEW] = [`1.0.0-${'0'.repeat(16)}`, `2.0.0-${'1'.repeat(16)}`];
const NOW = Date.UTC(2026, 10, 29, 2);
const MINUTE_MS = 60_000;
const ORDER_ID = '0193a0b0-0000-4000-8000-000000000001';
const release = { releaseId: NEW, version: '2.0.0', target: `kiosk-${NEW}.json`, feed: 'online' as const };
const box = (over: Partial<BoxFacts> = {}): BoxFacts => ({
  takesUpdates: true,
  runningId: OLD,
  bootId: 'boot-1',
  isConfirmed: true,
  trial: null,
  confirmed: null,
  returned: null,
  proof: null,
  ...over,
});
const kept = (over: Partial<KeptUpdates> = {}): KeptUpdates => ({
  ...NOTHING_KEPT,
  desired: {
    protocol: 1,
    roomId: '0193a0b0-0000-7000-8000-000000000001',
    release,
    rolloutId: null,
    mayInstall: true,
    isUrgent: false,
    deadlineMs: null,
    attempt: 2,
    nowMs: NOW,
  },
  ...over,
});
const switching = { release, rolloutId: null, attempt: 2 };
const returned = {
  releaseId: NEW,
  attempt: 0,
  failure: 'proof-failed',
  check: 'camera',
  detail: 'frozen',
  atMs: NOW,
} as const;

describe('a trial', () => {
  it('that was confirmed is reported once, and forgets what failed before', () => {
    const now = box({ runningId: NEW, confirmed: { releaseId: NEW, atMs: NOW } });
    const before = kept({ switching, failed: { ...returned, refusal: null, isHeld: true } });
    const { kept: after, events } = afterTrial(before, now, '2.0.0');
    expect(events).toEqual([{ name: 'update-confirmed', releaseId: NEW, version: '2.0.0' }]);
    expect(after).toMatchObject({
      confirmed: { releaseId: NEW, atMs: NOW },
      failed: null,
      switching: null,
      ready: null,
    });
    expect(afterTrial(after, now, '2.0.0').events).toEqual([]);
  });

  it('that is under way says nothing yet', () => {
    const trial = { newId: NEW, oldId: OLD, attempt: 0 };
    const now = box({ runningId: NEW, trial, confirmed: { releaseId: NEW, atMs: NOW } });
    expect(afterTrial(kept(), now, '2.0.0').events).toEqual([]);
  });

  it('from which the guard went back is held under the number of the wish, and reported once', () => {
    const { kept: after, events } = afterTrial(kept({ switching }), box({ returned }), '1.0.0');
    const update = { ...returned, attempt: 2, refusal: null, isHeld: true };
    expect(events).toEqual([{ name: 'update-failed', update }]);
    expect(after).toMatchObject({ failed: update, returnedAtMs: NOW, ready: null });
    expect(afterTrial(after, box({ returned }), '1.0.0').events).toEqual([]);
  });

  it('that power ended too often is tried again later', () => {
    const now = box({ returned: { ...returned, failure: 'interrupted', check: null } });
    const { kept: after } = afterTrial(kept({ switching }), now, '1.0.0');
    expect(after.failed).toMatchObject({ failure: 'interrupted', isHeld: false });
    expect(after.pause).toMatchObject({ releaseId: NEW, attempt: 2, untilMs: NOW + 30 * MINUTE_MS });
  });

  it('that is ended a third time is held: a release that restarts its box looks like that', () => {
    let state = kept({ switching });
    const held = [1, 2, 3].map((time) => {
      const now = box({ returned: { ...returned, failure: 'interrupted', check: null, atMs: NOW + time } });
      state = { ...afterTrial(state, now, '1.0.0').kept, switching, pause: null };
      return state.failed?.isHeld;
    });
    expect(held).toEqual([false, false, true]);
  });

  it('that failed before the same release was confirmed is history', () => {
    const now = box({ runningId: NEW, confirmed: { releaseId: NEW, atMs: NOW + 1 }, returned });
    const { kept: after } = afterTrial(kept(), now, '2.0.0');
    expect(afterTrial(after, now, '2.0.0')).toEqual({ kept: after, events: [] });
  });
});

describe('an order', () => {
  const order = { orderId: ORDER_ID, order: 'place', releaseId: NEW, atMs: NOW - MINUTE_MS, bootId: 'boot-1' } as const;
  const report = (over: Partial<UpdaterReport> = {}): UpdaterReport => ({
    orderId: ORDER_ID,
    order: 'place',
    outcome: 'done',
    refusal: null,
    detail: '',
    releaseId: NEW,
    ...over,
  });
  const at = { box: box(), nowMs: NOW };
  const open = kept({ order, ready: { releaseId: NEW, stage: 'verified' } });

  it('that is done makes the release placed', () => {
    expect(afterOrder(open, report(), at).kept).toMatchObject({ ready: { stage: 'placed' }, order: null, pause: null });
  });
  it('of another time is not ours', () => {
    expect(afterOrder(open, report({ orderId: 'other' }), at).kept).toBe(open);
    expect(afterOrder(open, null, at).kept).toBe(open);
  });
  it('that root refused is a refusal; one that is older is held', () => {
    const refused = afterOrder(open, report({ outcome: 'refused', refusal: 'signature', detail: 'none' }), at);
    expect(refused.kept.failed).toMatchObject({ failure: 'refused', refusal: 'signature', isHeld: false, attempt: 2 });
    expect(refused.kept).toMatchObject({ order: null, ready: null });
    expect(refused.events).toHaveLength(1);
    const older = afterOrder(open, report({ outcome: 'refused', refusal: 'older' }), at);
    expect(older.kept.failed).toMatchObject({ refusal: 'older', isHeld: true });
  });
  it('that failed, or that nobody carries out, is not placed', () => {
    const failed = afterOrder(open, report({ outcome: 'failed', detail: 'ENOSPC' }), at);
    expect(failed.kept.failed).toMatchObject({ failure: 'not-placed', refusal: null, detail: 'ENOSPC' });
    const late = afterOrder(open, null, { ...at, nowMs: NOW + 20 * MINUTE_MS });
    expect(late.kept.failed).toMatchObject({ failure: 'not-placed' });
  });
  it('that a power cut ended is nobody’s failure', () => {
    const { kept: after, events } = afterOrder(open, null, { ...at, box: box({ bootId: 'boot-2' }) });
    expect(after).toMatchObject({ order: null, ready: { stage: 'verified' }, failed: null });
    expect(events).toEqual([]);
  });
  it('to switch that was carried out waits for the trial, and not for ever', () => {
    const switches = kept({ order: { ...order, order: 'switch' }, ready: { releaseId: NEW, stage: 'placed' } });
    const done = report({ order: 'switch' });
    expect(afterOrder(switches, done, at).kept).toBe(switches);
    expect(afterOrder(switches, done, { ...at, nowMs: NOW + 5 * MINUTE_MS }).kept.failed).toMatchObject({
      failure: 'not-placed',
    });
  });
});

describe('a failure that repeats', () => {
  const failure = {
    releaseId: NEW,
    failure: 'refused',
    refusal: 'signature',
    detail: 'x'.repeat(400),
    isHeld: false,
  } as const;
  it('is reported once, with longer and longer pauses', () => {
    const first = failedAt(kept(), { ...failure, nowMs: NOW });
    expect(first.events).toHaveLength(1);
    expect(first.kept.failed!.detail).toHaveLength(300);
    expect(first.kept.pause!.untilMs).toBe(NOW + 5 * MINUTE_MS);
    const second = failedAt(first.kept, { ...failure, nowMs: NOW });
    expect(second.events).toEqual([]);
    expect(second.kept.pause!.untilMs).toBe(NOW + 10 * MINUTE_MS);
    expect(failedAt(second.kept, { ...failure, refusal: 'damaged', nowMs: NOW }).events).toHaveLength(1);
  });
  it('waits an hour at most, and a quarter of one for a server that is away', () => {
    let [long, away] = [kept(), kept()];
    for (let n = 0; n < 50; n += 1) {
      long = failedAt(long, { ...failure, nowMs: NOW }).kept;
      away = pausedAt(away, NEW, 'unreachable', NOW);
    }
    expect(long.pause!.untilMs).toBe(NOW + 60 * MINUTE_MS);
    expect(away.pause!.untilMs).toBe(NOW + 15 * MINUTE_MS);
    expect(away.failed).toBe(null);
  });
});
