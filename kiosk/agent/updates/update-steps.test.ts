/** The next step of a room's update, from every state that box, room and wish can be in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoomUpdateDesired } from '#contract/room-update.ts';
import type { BoxFacts } from './box-facts.ts';
import { type KeptUpdates, NOTHING_KEPT } from './kept-updates.ts';
import { countdownLeft, isHeld, mayPutOff, type NextStep, nextStep, type UpdateFacts } from './update-steps.ts';

const [OLD, NEW, OTHER] = ['1.0.0', '2.0.0', '3.0.0'].map((version, n) => `${version}-${String(n).repeat(16)}`) as [
  string,
  string,
  string,
];
const NOW = Date.UTC(2026, 10, 29, 2);
const MINUTE_MS = 60_000;
const ORDER_ID = '0193a0b0-0000-4000-8000-000000000001';
const release = { releaseId: NEW, version: '2.0.0', target: `kiosk-${NEW}.json`, feed: 'online' as const };
const desired = (over: Partial<RoomUpdateDesired> = {}): RoomUpdateDesired => ({
  protocol: 1,
  roomId: '0193a0b0-0000-7000-8000-000000000001',
  release,
  rolloutId: null,
  mayInstall: true,
  isUrgent: false,
  deadlineMs: null,
  attempt: 0,
  nowMs: NOW,
  ...over,
});
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
const free = { isIdle: true, isTvInUse: false, isBooked: false, isWithinHours: true };
const kept = (over: Partial<KeptUpdates> = {}): KeptUpdates => ({ ...NOTHING_KEPT, ...over });
const placed = kept({ ready: { releaseId: NEW, stage: 'placed' } });
const facts = (over: Partial<UpdateFacts> = {}): UpdateFacts => ({
  desired: desired(),
  box: box(),
  room: free,
  kept: placed,
  countdownLeftMs: null,
  isLookedAt: false,
  nowMs: NOW,
  fleetNowMs: NOW,
  ...over,
});
const trial = { newId: NEW, oldId: OLD, attempt: 0 };
const said = (next: NextStep): string =>
  [next.step, 'waitsFor' in next ? next.waitsFor : '', 'isOrdered' in next && next.isOrdered ? 'ordered' : '']
    .filter(Boolean)
    .join(' ') + ('isPaused' in next && next.isPaused ? ' paused' : '');
const order = (which: 'place' | 'switch', over: object = {}) =>
  ({ orderId: ORDER_ID, order: which, releaseId: NEW, atMs: NOW - MINUTE_MS, bootId: 'boot-1', ...over }) as const;

describe('what comes next', () => {
  const failed = {
    releaseId: NEW,
    attempt: 1,
    failure: 'proof-failed',
    refusal: null,
    check: 'camera',
    detail: '',
    atMs: NOW - MINUTE_MS,
    isHeld: true,
  } as const;
  const pause = { releaseId: NEW, attempt: 0, tries: 1, untilMs: NOW + MINUTE_MS };
  const looked = { countdownLeftMs: 0, isLookedAt: true };
  const cases: [why: string, over: Partial<UpdateFacts>, next: string][] = [
    ['nothing is wanted', { desired: null }, 'none'],
    ['the room stays with what it runs', { desired: desired({ release: null }) }, 'none'],
    ['it runs already', { box: box({ runningId: NEW }) }, 'none'],
    ['the box takes no updates', { box: box({ takesUpdates: false }) }, 'none'],
    ['it is new', { kept: kept() }, 'fetch'],
    ['another one was fetched', { kept: kept({ ready: { releaseId: OTHER, stage: 'placed' } }) }, 'fetch'],
    ['the server did not answer', { kept: kept({ pause }) }, 'fetch paused'],
    ['the pause is over', { kept: kept({ pause: { ...pause, untilMs: NOW } }) }, 'fetch'],
    ['the pause is of another attempt', { kept: kept({ pause }), desired: desired({ attempt: 1 }) }, 'fetch'],
    ['the clock was set back by a day', { kept: kept({ pause: { ...pause, untilMs: NOW + 86_400_000 } }) }, 'fetch'],
    ['it is fetched', { kept: kept({ ready: { releaseId: NEW, stage: 'fetched' } }) }, 'verify'],
    ['it is verified', { kept: kept({ ready: { releaseId: NEW, stage: 'verified' } }) }, 'place'],
    [
      'root is at it',
      { kept: kept({ ready: { releaseId: NEW, stage: 'verified' }, order: order('place') }) },
      'place ordered',
    ],
    [
      'power was cut while root was at it',
      { kept: kept({ ready: { releaseId: NEW, stage: 'verified' }, order: order('place', { bootId: 'boot-0' }) }) },
      'place',
    ],
    [
      'root does not answer',
      {
        kept: kept({
          ready: { releaseId: NEW, stage: 'verified' },
          order: order('place', { atMs: NOW - 21 * MINUTE_MS }),
        }),
      },
      'place',
    ],
    ['its ring has not begun', { desired: desired({ mayInstall: false }) }, 'wait go'],
    ['people meet', { room: { ...free, isIdle: false } }, 'wait meeting'],
    ['the TV shows something', { room: { ...free, isTvInUse: true } }, 'wait broadcast'],
    ['a booking is near', { room: { ...free, isBooked: true } }, 'wait booking'],
    ['it is day', { room: { ...free, isWithinHours: false } }, 'wait hours'],
    [
      'it is day, and urgent',
      { room: { ...free, isWithinHours: false }, desired: desired({ isUrgent: true }) },
      'wait countdown',
    ],
    [
      'urgent, and people meet',
      { room: { ...free, isIdle: false }, desired: desired({ isUrgent: true }) },
      'wait meeting',
    ],
    [
      'people said not now',
      { kept: { ...placed, notNow: { releaseId: NEW, untilMs: NOW + MINUTE_MS } } },
      'wait not-now',
    ],
    ['not now is over', { kept: { ...placed, notNow: { releaseId: NEW, untilMs: NOW } } }, 'wait countdown'],
    [
      'not now was said of another release',
      { kept: { ...placed, notNow: { releaseId: OTHER, untilMs: NOW + MINUTE_MS } } },
      'wait countdown',
    ],
    [
      'the deadline is past, by the clock of the fleet',
      {
        kept: { ...placed, notNow: { releaseId: NEW, untilMs: NOW + MINUTE_MS } },
        desired: desired({ deadlineMs: NOW + 10 * MINUTE_MS }),
        fleetNowMs: NOW + 10 * MINUTE_MS,
      },
      'wait countdown',
    ],
    ['the room is free', {}, 'wait countdown'],
    ['it counts down', { countdownLeftMs: 1, isLookedAt: true }, 'wait countdown'],
    ['the room is still being looked at', { countdownLeftMs: 0 }, 'wait countdown'],
    ['the countdown is over', looked, 'switch'],
    ['a meeting begins in its last second', { ...looked, room: { ...free, isIdle: false } }, 'wait meeting'],
    ['root switches', { ...looked, kept: { ...placed, order: order('switch') } }, 'switch ordered'],
    [
      'root does not switch',
      { kept: { ...placed, order: order('switch', { atMs: NOW - 4 * MINUTE_MS }) } },
      'wait countdown',
    ],
    ['the trial began, and this is the former release', { box: box({ trial }) }, 'switch ordered'],
    ['this is the release on trial', { box: box({ trial, runningId: NEW }) }, 'prove'],
    [
      'the proof is written',
      { box: box({ trial, runningId: NEW, proof: { releaseId: NEW, isPassed: true } }) },
      'confirm',
    ],
    [
      'the proof failed, and the guard goes back',
      { box: box({ trial, runningId: NEW, proof: { releaseId: NEW, isPassed: false } }) },
      'prove',
    ],
    [
      'the proof is of another release',
      { box: box({ trial, runningId: NEW, proof: { releaseId: OLD, isPassed: true } }) },
      'prove',
    ],
    [
      'the guard has taken the proof, and is about to end the trial',
      { box: box({ trial, runningId: NEW, confirmed: { releaseId: NEW, atMs: NOW } }) },
      'confirm',
    ],
    ['on trial for a wish that is gone', { desired: null, box: box({ trial, runningId: NEW }) }, 'prove'],
    ['on trial while people meet', { box: box({ trial, runningId: NEW }), room: { ...free, isIdle: false } }, 'prove'],
    ['it failed here', { kept: kept({ failed }), desired: desired({ attempt: 1 }) }, 'none'],
    ['it failed here, and is tried again', { kept: kept({ failed }), desired: desired({ attempt: 2 }) }, 'fetch'],
    ['it failed here, but is not held', { kept: kept({ failed: { ...failed, isHeld: false } }) }, 'fetch'],
    ['another one failed here', { kept: kept({ failed: { ...failed, releaseId: OTHER } }) }, 'fetch'],
  ];
  it.each(cases)('%s', (_, over, next) => {
    const one = facts({
      ...over,
      ...(over.box?.trial && {
        kept: { ...placed, ...over.kept, switching: { release, rolloutId: null, attempt: 0 } },
      }),
    });
    expect(said(nextStep(one))).toBe(next);
  });
});

describe('"not now"', () => {
  const counting = facts({ countdownLeftMs: 30_000 });
  it('is offered while it counts down, once for a release, and not past the deadline', () => {
    expect(mayPutOff(counting, true)).toBe(true);
    expect(mayPutOff(counting, false)).toBe(false);
    expect(mayPutOff(facts(), true)).toBe(false);
    expect(mayPutOff({ ...counting, kept: { ...placed, notNow: { releaseId: NEW, untilMs: NOW - 1 } } }, true)).toBe(
      false,
    );
    expect(mayPutOff({ ...counting, kept: { ...placed, notNow: { releaseId: OTHER, untilMs: NOW } } }, true)).toBe(
      true,
    );
    expect(mayPutOff({ ...counting, desired: desired({ deadlineMs: NOW }) }, true)).toBe(false);
  });
});

it('counts down by a clock that nobody sets', () => {
  expect(countdownLeft(1_000, 1_000)).toBe(60_000);
  expect(countdownLeft(1_000, 61_000)).toBe(0);
  expect(countdownLeft(1_000, 1e9)).toBe(0);
});

describe('whatever the state is', () => {
  const someId = fc.constantFrom(OLD, NEW, OTHER);
  const someMs = fc.integer({ min: NOW - 7_200_000, max: NOW + 7_200_000 });
  const anyFacts: fc.Arbitrary<UpdateFacts> = fc.record({
    desired: fc
      .option(
        fc.record({
          wanted: fc.option(someId),
          mayInstall: fc.boolean(),
          isUrgent: fc.boolean(),
          deadlineMs: fc.option(someMs),
          attempt: fc.nat(3),
        }),
      )
      .map((wish) => {
        if (wish === null) return null;
        const { wanted, ...rest } = wish;
        const named = wanted === null ? null : { ...release, releaseId: wanted, target: `kiosk-${wanted}.json` };
        return desired({ ...rest, release: named });
      }),
    box: fc.record({
      isConfirmed: fc.boolean(),
      takesUpdates: fc.boolean(),
      runningId: fc.option(someId),
      bootId: fc.constantFrom('boot-0', 'boot-1', null),
      trial: fc.option(fc.record({ newId: someId, oldId: someId, attempt: fc.nat(3) })),
      confirmed: fc.constant(null),
      returned: fc.constant(null),
      proof: fc.option(fc.record({ releaseId: someId, isPassed: fc.boolean() })),
    }),
    room: fc.record({
      isIdle: fc.boolean(),
      isTvInUse: fc.boolean(),
      isBooked: fc.boolean(),
      isWithinHours: fc.boolean(),
    }),
    kept: fc
      .record({
        ready: fc.option(
          fc.record({
            releaseId: someId,
            stage: fc.constantFrom('fetched' as const, 'verified' as const, 'placed' as const),
          }),
        ),
        order: fc.option(
          fc.record({
            order: fc.constantFrom('place' as const, 'switch' as const),
            releaseId: someId,
            atMs: someMs,
            bootId: fc.constantFrom('boot-0', 'boot-1', null),
          }),
        ),
        failed: fc.option(fc.record({ releaseId: someId, attempt: fc.nat(3), isHeld: fc.boolean() })),
        pause: fc.option(fc.record({ releaseId: someId, attempt: fc.nat(3), tries: fc.nat(9), untilMs: someMs })),
        notNow: fc.option(fc.record({ releaseId: someId, untilMs: someMs })),
      })
      .map(({ order: one, failed, ...rest }) =>
        kept({
          ...rest,
          order: one && { orderId: ORDER_ID, ...one },
          failed: failed && { failure: 'proof-failed', refusal: null, check: null, detail: '', atMs: NOW, ...failed },
        }),
      ),
    countdownLeftMs: fc.option(fc.integer({ min: 0, max: 60_000 })),
    isLookedAt: fc.boolean(),
    nowMs: fc.constant(NOW),
    fleetNowMs: someMs,
  });

  it('switches in an idle room alone, after a whole countdown, and never to what is held or runs', () => {
    fc.assert(
      fc.property(anyFacts, (one) => {
        const next = nextStep(one);
        if (next.step !== 'switch' || next.isOrdered || next.isPaused) return;
        const { room, kept: memory, desired: wish, box: now } = one;
        expect(room).toMatchObject({ isIdle: true, isTvInUse: false, isBooked: false });
        expect(room.isWithinHours || wish!.isUrgent).toBe(true);
        expect(wish!.mayInstall).toBe(true);
        expect(one.countdownLeftMs).toBe(0);
        expect(one.isLookedAt).toBe(true);
        expect(memory.ready).toEqual({ releaseId: wish!.release!.releaseId, stage: 'placed' });
        expect(now).toMatchObject({ trial: null, takesUpdates: true });
        expect(next.release.releaseId).not.toBe(now.runningId);
        expect(isHeld(memory.failed, next.release.releaseId, wish!.attempt)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('begins nothing while a release is on trial', () => {
    fc.assert(
      fc.property(anyFacts, (one) => {
        if (one.box.trial === null) return;
        const next = nextStep(one);
        const begins = 'isPaused' in next && !('isOrdered' in next && next.isOrdered);
        expect(begins || next.step === 'wait').toBe(false);
      }),
    );
  });
});
