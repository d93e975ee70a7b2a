/** The rollout machine by hand, and public reports of other products' rollouts (research 1.3, by their numbers). */
import { describe, expect, test } from 'vitest';
import type { RolloutPlan } from '#contract/rollout.ts';
import { desiredUpdateOf } from './desired-update.ts';
import { actOn, hurried, newRollout, resumedAfterStart, type RolloutAct, stepRollout } from './rollout-machine.ts';
import { NEW_RELEASE, OLD_RELEASE, planUnderTest } from './rollout-under-test.ts';
import type { KeptRollout, SoftwareFacts } from './rollout-state.ts';

const MINUTE_MS = 60_000;
type Update = NonNullable<SoftwareFacts['update']>;
const idle: Update = {
  running: { releaseId: OLD_RELEASE, version: '1.0.0', isConfirmed: true },
  wanted: null,
  step: 'none',
  waitsFor: null,
  progress: null,
  failed: null,
};
const updated: Update = { ...idle, running: { releaseId: NEW_RELEASE, version: '1.1.0', isConfirmed: true } };
const failedAt = (attempt: number, over: Partial<NonNullable<Update['failed']>> = {}): Update => ({
  ...idle,
  failed: {
    releaseId: NEW_RELEASE,
    attempt,
    failure: 'proof-failed',
    refusal: null,
    check: 'camera',
    detail: '',
    atMs: 1,
    isHeld: true,
    ...over,
  },
});

/** Rooms r0 to rN as facts that a test changes, and a rollout over them. */
class Rehearsal {
  nowMs = 1_000_000;
  readonly facts = new Map<string, SoftwareFacts>();
  rollout!: KeptRollout;
  isOffered = true;
  readonly taken = new Set<string>();

  constructor(rooms = 10) {
    for (let at = 0; at < rooms; at += 1) this.put(`r${at}`, {});
  }
  put(roomId: string, over: Partial<SoftwareFacts>): void {
    const former = this.facts.get(roomId) ?? {
      roomId,
      placeIds: ['site'],
      model: 'N100',
      isInService: true,
      online: true,
      isTooOld: false,
      update: idle,
    };
    this.facts.set(roomId, { ...former, ...over });
  }
  each(over: Partial<SoftwareFacts>, of: (ring: number) => boolean = () => true): void {
    for (const [roomId, { ring }] of this.rollout.rooms) if (of(ring)) this.put(roomId, over);
  }
  begin(over: Partial<RolloutPlan> = {}): this {
    const plan = planUnderTest({ silentAfterMinutes: 30, ...over });
    const release = { releaseId: NEW_RELEASE, role: 'kiosk', version: '1.1.0', commit: null, madeAtMs: 1 } as const;
    this.rollout = newRollout(
      {
        rolloutId: 'rollout',
        release: { ...release, protocol: 2, sizeBytes: 1, fileCount: 1 },
        feed: 'online',
        plan,
        onlyRoomId: null,
        startedBy: 'IT',
        startedAtMs: this.nowMs,
      },
      { facts: this.facts, nowMs: this.nowMs },
    );
    return this.look();
  }
  look(minutes = 0): this {
    this.nowMs += minutes * MINUTE_MS;
    for (;;) {
      // through the store and back each time: what is not kept is not there
      const { rooms, ...head } = this.rollout;
      const kept = JSON.parse(JSON.stringify({ head, rooms: [...rooms] })) as {
        head: KeptRollout;
        rooms: [string, never][];
      };
      const stored = { ...kept.head, rooms: new Map(kept.rooms) };
      const { facts, nowMs, isOffered, taken } = this;
      const step = stepRollout(stored, { facts, nowMs, isOffered, taken });
      if (step.rollout === stored) return this;
      this.rollout = step.rollout;
    }
  }
  act(act: RolloutAct): this {
    const next = actOn(this.rollout, act, this.nowMs);
    expect(next, act).not.toBeNull();
    this.rollout = next!;
    return this.look();
  }
  room(roomId: string) {
    return this.rollout.rooms.get(roomId)!;
  }
  get rings(): string[] {
    return this.rollout.rings.map(({ state }) => state);
  }
  ofRing(ring: number): string[] {
    return [...this.rollout.rooms].flatMap(([roomId, room]) => (room.ring === ring ? roomId : []));
  }
  desired(roomId: string) {
    return desiredUpdateOf({ rollout: this.rollout, roomId, isTooOld: false, nowMs: this.nowMs });
  }
}

describe('reports of other rollouts', () => {
  test('#1 and #9: a box that is back on its old image does not count as updated, and its ring does not go on', () => {
    const run = new Rehearsal().begin({ haltAtFailedPercent: 100 });
    const [roomId] = run.ofRing(0);
    run.put(roomId!, { update: { ...idle, step: 'prove', running: { ...updated.running, isConfirmed: false } } });
    run.look(1);
    expect(run.room(roomId!).state).toBe('under-way');
    // killed before the proof: the old one runs, and nothing else is reported
    run.put(roomId!, { update: idle });
    run.look(5);
    expect(run.room(roomId!).state).toBe('under-way');
    expect(run.rings).toEqual(['running', 'waiting', 'waiting']);
    run.look(60);
    expect(run.room(roomId!).state).toBe('silent');
    // it is compared with what runs, not with what was wanted
    run.put(roomId!, {
      update: { ...idle, wanted: { releaseId: NEW_RELEASE, version: '1.1.0', rolloutId: null, attempt: 0 } },
    });
    run.look();
    expect(run.room(roomId!).state).not.toBe('updated');
  });

  test('#2: a box that never reports back counts as failed after its time, and the rollout halts', () => {
    const run = new Rehearsal().begin();
    const [roomId] = run.ofRing(0);
    run.put(roomId!, { online: false, update: { ...idle, step: 'switch' } });
    run.look(29);
    expect([run.room(roomId!).state, run.rollout.state]).toEqual(['under-way', 'running']);
    run.look(31);
    expect(run.room(roomId!).state).toBe('silent');
    expect(run.rollout).toMatchObject({ state: 'halted', halt: { reason: 'silent-rooms' } });
    expect(run.rings).toEqual(['running', 'waiting', 'waiting']);
  });

  test('#4: power that is pulled in the fetch neither fails the room nor counts it as updated; it goes on when it moves', () => {
    const run = new Rehearsal().begin();
    const [roomId] = run.ofRing(0);
    const fetching = (doneBytes: number): Update => ({
      ...idle,
      step: 'fetch',
      progress: { doneBytes, totalBytes: 100 },
    });
    run.put(roomId!, { update: fetching(10) });
    run.look(1);
    run.put(roomId!, { online: false });
    expect(run.look(10).room(roomId!).state).toBe('offline');
    run.put(roomId!, { online: true, update: fetching(20) });
    expect(run.look(10).room(roomId!).state).toBe('under-way');
    run.put(roomId!, { update: failedAt(0, { failure: 'interrupted', isHeld: false }) });
    expect(run.look(1).room(roomId!).state).toBe('under-way');
    run.put(roomId!, { update: updated });
    expect(run.look(1).room(roomId!).state).toBe('updated');
  });

  test('#8: a room that reports the same step for ever is no update that goes on for ever', () => {
    const run = new Rehearsal().begin();
    const [roomId] = run.ofRing(0);
    run.put(roomId!, { update: { ...idle, step: 'verify' } });
    run.look(1).look(31);
    expect(run.room(roomId!).state).toBe('silent');
    expect(run.rollout.state).toBe('halted');
  });
});

describe('rings', () => {
  test('begin one after the other, each after its soak, and a person where one is wanted', () => {
    const run = new Rehearsal().begin({
      rings: [
        { name: 'First', roomIds: ['r3'], placeIds: [], upToPercent: 0, soakMinutes: 60, needsGo: true },
        { name: 'All', roomIds: [], placeIds: [], upToPercent: 100, soakMinutes: 60, needsGo: false },
      ],
    });
    expect(run.ofRing(0)).toEqual(['r3']);
    expect(run.desired('r3')).toMatchObject({ release: { releaseId: NEW_RELEASE }, mayInstall: true, attempt: 0 });
    expect(run.desired('r1').release).toBeNull();
    run.put('r3', { update: updated });
    expect(run.look().rings).toEqual(['soaking', 'waiting']);
    expect(run.look(59).rings).toEqual(['soaking', 'waiting']);
    expect(run.look(1).rings).toEqual(['needs-go', 'waiting']);
    expect(run.look(600).rings).toEqual(['needs-go', 'waiting']);
    run.act('go');
    expect(run.rings).toEqual(['done', 'running']);
    expect(run.desired('r1').mayInstall).toBe(true);
    run.each({ update: updated });
    expect(run.look().rollout).toMatchObject({ state: 'done', endedAtMs: run.nowMs });
  });

  test('a ring that soaks begins its soak anew when a room of it falls back', () => {
    const run = new Rehearsal().begin();
    run.each({ update: updated }, (ring) => ring === 0);
    run.look();
    const [roomId] = run.ofRing(0);
    run.put(roomId!, { update: idle });
    expect(run.look(20).rings[0]).toBe('running');
    run.put(roomId!, { update: updated });
    expect(run.look(20).rings[0]).toBe('soaking');
    expect(run.look(29).rings[0]).toBe('soaking');
    expect(run.look(1).rings).toEqual(['done', 'running', 'waiting']);
  });

  test('rooms that are away hold up no ring but the last, and are updated on their return', () => {
    const run = new Rehearsal();
    run.put('r5', { online: false });
    run.begin({ rings: [ring('First', ['r4', 'r5']), ring('All')] });
    run.put('r4', { update: updated });
    run.look().look(60);
    expect(run.rings).toEqual(['done', 'running']);
    run.each({ update: updated }, (at) => at === 1);
    expect(run.look().rollout.state).toBe('done');
    expect(run.room('r5').state).toBe('offline');
  });

  test('a ring with nobody there proves nothing: the next one waits', () => {
    const run = new Rehearsal();
    for (const roomId of ['r4', 'r5']) run.put(roomId, { online: false });
    run.begin({ rings: [ring('First', ['r4', 'r5']), ring('All')] });
    expect(run.look(10_000).rings).toEqual(['running', 'waiting']);
  });

  test('a room that came later is in the last ring; one that moved stays in its own; one that is taken stays out', () => {
    const run = new Rehearsal().begin({ placeIds: ['site'] });
    const [moved] = run.ofRing(0);
    run.put(moved!, { placeIds: ['elsewhere'] });
    run.put('later', {});
    run.put('taken', {});
    run.taken.add('taken');
    run.look();
    expect(run.room('later').ring).toBe(2);
    expect(run.room(moved!).ring).toBe(0);
    expect(run.rollout.rooms.has('taken')).toBe(false);
  });

  test('rooms out of service are left out, and go on when they are back', () => {
    const run = new Rehearsal();
    run.put('r0', { isInService: false });
    run.begin({ rings: [ring('All')] });
    expect(run.room('r0').state).toBe('left-out');
    expect(run.desired('r0').release).toBeNull();
    run.put('r0', { isInService: true });
    expect(run.look().room('r0').state).toBe('under-way');
  });
});

describe('acts', () => {
  test('pause begins nothing, and what is fetched waits; resume goes on', () => {
    const run = new Rehearsal().begin();
    const [first] = run.ofRing(0);
    run.act('pause');
    expect(run.desired(first!)).toMatchObject({ release: { releaseId: NEW_RELEASE }, mayInstall: false });
    run.each({ update: updated });
    expect(run.look(10_000).rings).toEqual(['running', 'waiting', 'waiting']);
    run.act('resume');
    expect(run.look(10_000).rings[1]).not.toBe('waiting');
  });

  test('resume after a halt does not halt for the same rooms again; retry tries them by a higher attempt', () => {
    const run = new Rehearsal().begin();
    const [first] = run.ofRing(0);
    run.put(first!, { update: failedAt(0) });
    expect(run.look().rollout).toMatchObject({ state: 'halted', halt: { reason: 'failed-rooms' } });
    run.act('resume');
    expect(run.rollout.state).toBe('running');
    run.act('retry');
    expect(run.desired(first!).attempt).toBe(1);
    expect(run.room(first!).state).toBe('under-way');
    run.put(first!, { update: failedAt(1) });
    expect(run.look().rollout.state).toBe('halted');
  });

  test('a release that failed here in a former rollout is tried again, for a person wants it', () => {
    const run = new Rehearsal(1);
    run.put('r0', { update: failedAt(4) });
    run.begin({ rings: [ring('All')] });
    expect(run.desired('r0').attempt).toBe(5);
    expect(run.room('r0').state).toBe('under-way');
  });

  test('abort: nothing is wanted of anybody any more', () => {
    const run = new Rehearsal().begin();
    const [first] = run.ofRing(0);
    run.act('abort');
    expect(run.desired(first!)).toMatchObject({ release: null, mayInstall: false });
    expect(actOn(run.rollout, 'resume', run.nowMs)).toBeNull();
  });

  test('"this room now" begins outside of its ring, urgent, also while the rollout is paused', () => {
    const run = new Rehearsal().begin();
    run.act('pause');
    const [last] = run.ofRing(2);
    run.rollout = hurried(run.rollout, last!, run.nowMs);
    run.look();
    expect(run.desired(last!)).toMatchObject({ isUrgent: true, mayInstall: true, release: { releaseId: NEW_RELEASE } });
  });

  test('a box that is too old for this server begins at once, urgent', () => {
    const run = new Rehearsal();
    run.begin();
    const [last] = run.ofRing(2);
    run.put(last!, { isTooOld: true, online: false, update: null });
    run.look();
    expect(desiredUpdateOf({ rollout: run.rollout, roomId: last!, isTooOld: true, nowMs: 1 })).toMatchObject({
      isUrgent: true,
      release: { releaseId: NEW_RELEASE },
    });
  });

  test('a release that the server lost halts the rollout while somebody still waits for it', () => {
    const run = new Rehearsal().begin();
    run.isOffered = false;
    expect(run.look().rollout).toMatchObject({ state: 'halted', halt: { reason: 'release-gone' } });
  });
});

test('a room that waits for its hours or for people is not silent; one that counts down for ever is', () => {
  const run = new Rehearsal().begin();
  const [first] = run.ofRing(0);
  run.put(first!, { update: { ...idle, step: 'wait', waitsFor: 'hours' } });
  for (let hour = 0; hour < 48; hour += 1) run.look(60);
  expect(run.room(first!).state).toBe('under-way');
  run.put(first!, { update: { ...idle, step: 'wait', waitsFor: 'countdown' } });
  run.look(1).look(31);
  expect(run.room(first!).state).toBe('silent');
});

test('a server that was away for hours counts nobody as silent at its start', () => {
  const run = new Rehearsal().begin();
  const [first] = run.ofRing(0);
  run.put(first!, { online: false, update: { ...idle, step: 'fetch' } });
  run.look(1);
  run.nowMs += 10 * 60 * MINUTE_MS;
  run.rollout = resumedAfterStart(run.rollout, run.nowMs);
  expect(run.look(1).room(first!).state).toBe('offline');
  expect(run.look(29).room(first!).state).toBe('silent');
});

test('the halt counts the rooms of the ring that began', () => {
  const run = new Rehearsal(20).begin({ rings: [ring('All')], haltAtFailedPercent: 10 });
  run.put('r0', { update: failedAt(0) });
  run.put('r1', { update: failedAt(0) });
  expect(run.look().rollout.state).toBe('running');
  run.put('r2', { update: failedAt(0) });
  expect(run.look().rollout.state).toBe('halted');
});

function ring(name: string, roomIds: string[] = []): RolloutPlan['rings'][number] {
  return { name, roomIds, placeIds: [], upToPercent: 0, soakMinutes: 30, needsGo: false };
}
