/** Which broadcast an idle TV shows: what comes first, what ends it, and what comes back by itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BroadcastPhase, isOnAir } from '#contract/broadcast.ts';
import type { Booking } from '#contract/room-agenda.ts';
import type { OfferedBroadcast } from '#contract/room-broadcasts.ts';
import {
  FREE_BEFORE_BOOKING_MS,
  LAST_SECONDS_MS,
  nextChangeMs,
  refusalOfTap,
  stepTuning,
  TRIED_AGAIN_MS,
  type Tuning,
  type TuningEvent,
  UNTUNED,
} from './tuning.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [TOWN_HALL, SPEECH] = [id(1), id(2)];
const NOON = 1_800_000_000_000;
const MINUTE = 60_000;
const offer = (broadcastId: string, phase: BroadcastPhase = 'live'): OfferedBroadcast => ({
  broadcastId,
  title: 'Town hall',
  phase,
  startsAtMs: null,
});
const booking = (over: Partial<Booking>): Booking => ({
  bookingId: 'b'.repeat(64),
  title: 'Others',
  isPrivate: false,
  organizer: null,
  startMs: NOON + 10 * MINUTE,
  endMs: NOON + 60 * MINUTE,
  isAllDay: false,
  link: 'none',
  state: 'upcoming',
  releasedBecause: null,
  checkInUntilMs: null,
  ...over,
});
const tuned = (over: Partial<Tuning> = {}): Tuning =>
  stepTuning(
    { ...UNTUNED, rule: 'by-itself', isFree: true, offered: [offer(TOWN_HALL)], ...over },
    { type: 'time' },
    NOON,
  );
const shown = (tuning: Tuning): string | null => tuning.tunedIn?.broadcastId ?? null;
const steps = (from: Tuning, ...events: [event: TuningEvent, atMs?: number][]): Tuning =>
  events.reduce((tuning, [event, atMs = NOON]) => stepTuning(tuning, event, atMs), from);
const watch = (broadcastId: string | null): TuningEvent => ({ type: 'watch', broadcastId });
const time: TuningEvent = { type: 'time' };

describe('by itself', () => {
  it.each<[BroadcastPhase, boolean]>([
    ['planned', false],
    ['green-room', false],
    ['countdown', true],
    ['live', true],
    ['hold', true],
    ['ended', false],
    ['cancelled', false],
  ])('%s is shown: %s', (phase, isShown) => {
    expect(shown(tuned({ offered: [offer(TOWN_HALL, phase)] }))).toBe(isShown ? TOWN_HALL : null);
  });

  it('not where the room’s rule is another, and not before the room is free', () => {
    expect(shown(tuned({ rule: 'by-tap' }))).toBeNull();
    expect(shown(tuned({ rule: 'never' }))).toBeNull();
    const busy = tuned({ isFree: false });
    expect(shown(busy)).toBeNull();
    expect(shown(steps(busy, [{ type: 'free', isFree: true }]))).toBe(TOWN_HALL);
  });

  it.each<[string, Partial<Booking>, boolean]>([
    ['ten minutes before a booking', {}, true],
    ['a minute before it', { startMs: NOON + FREE_BEFORE_BOOKING_MS }, false],
    ['while it runs', { startMs: NOON - MINUTE }, false],
    ['checked in before it', { state: 'in-use' }, false],
    ['released', { startMs: NOON - MINUTE, state: 'released' }, true],
    ['over', { startMs: NOON - 60 * MINUTE, endMs: NOON, state: 'over' }, true],
    ['of the whole day', { startMs: NOON - MINUTE, isAllDay: true }, true],
  ])('%s: %s', (_, over, isShown) => {
    expect(shown(tuned({ bookings: [booking(over)] }))).toBe(isShown ? TOWN_HALL : null);
  });

  it('comes back after a call, and after the booking that came first', () => {
    const inCall = steps(tuned(), [{ type: 'free', isFree: false }]);
    expect(shown(inCall)).toBeNull();
    expect(shown(steps(inCall, [{ type: 'free', isFree: true }]))).toBe(TOWN_HALL);
    const before = tuned({ bookings: [booking({})] });
    const startMs = NOON + 10 * MINUTE - FREE_BEFORE_BOOKING_MS;
    expect(nextChangeMs(before, NOON)).toBe(startMs);
    expect(shown(steps(before, [time, startMs - 1]))).toBe(TOWN_HALL);
    const came = steps(before, [time, startMs]);
    expect(shown(came)).toBeNull();
    expect(shown(steps(came, [time, NOON + 60 * MINUTE]))).toBe(TOWN_HALL);
  });

  it('stopped by a tap it does not come again; the next broadcast does', () => {
    const stopped = steps(tuned(), [watch(null)], [{ type: 'free', isFree: false }], [{ type: 'free', isFree: true }]);
    expect(shown(stopped)).toBeNull();
    expect(shown(steps(stopped, [{ type: 'offered', offered: [offer(TOWN_HALL), offer(SPEECH)] }]))).toBe(SPEECH);
    expect(shown(steps(stopped, [watch(TOWN_HALL)]))).toBe(TOWN_HALL);
  });

  it('what could not be shown is tried again after a while, what is over is not', () => {
    const failed = steps(tuned(), [{ type: 'ended', broadcastId: TOWN_HALL, code: 'packager-unavailable' }]);
    expect(failed).toMatchObject({ tunedIn: null, refusal: 'packager-unavailable' });
    expect(nextChangeMs(failed, NOON)).toBe(NOON + TRIED_AGAIN_MS);
    expect(steps(failed, [time, NOON + TRIED_AGAIN_MS])).toMatchObject({ refusal: null, tunedIn: { isByTap: false } });
    const over = steps(tuned(), [{ type: 'ended', broadcastId: TOWN_HALL, code: null }]);
    expect(shown(steps(over, [time, NOON + 60 * MINUTE]))).toBeNull();
    expect(shown(steps(tuned(), [{ type: 'ended', broadcastId: SPEECH, code: null }]))).toBe(TOWN_HALL);
  });
});

describe('by a tap', () => {
  const idle = tuned({ rule: 'by-tap' });

  it('is refused where nothing of it is offered, by the rule, and in a room that is not free', () => {
    expect(refusalOfTap(idle, TOWN_HALL)).toBeNull();
    expect(refusalOfTap(idle, SPEECH)).toBe('not-found');
    expect(refusalOfTap({ ...idle, rule: 'never' }, TOWN_HALL)).toBe('not-found');
    expect(refusalOfTap({ ...idle, isFree: false }, TOWN_HALL)).toBe('not-possible-now');
    expect(shown(steps({ ...idle, isFree: false }, [watch(TOWN_HALL)]))).toBeNull();
  });

  it('is shown before it begins, and ends with the rule “never”', () => {
    const planned = steps(tuned({ rule: 'by-tap', offered: [offer(TOWN_HALL, 'planned')] }), [watch(TOWN_HALL)]);
    expect(shown(planned)).toBe(TOWN_HALL);
    expect(shown(steps(planned, [{ type: 'rule', rule: 'by-itself' }]))).toBe(TOWN_HALL);
    expect(shown(steps(planned, [{ type: 'rule', rule: 'never' }]))).toBeNull();
  });

  it('after a call it does not come back: nobody asked for it again', () => {
    const watched = steps(idle, [watch(TOWN_HALL)]);
    expect(shown(steps(watched, [{ type: 'free', isFree: false }], [{ type: 'free', isFree: true }]))).toBeNull();
  });

  it('those who have booked the room may watch in it; the next booking ends that', () => {
    const own = booking({ startMs: NOON - MINUTE, endMs: NOON + 20 * MINUTE, state: 'in-use' });
    const next = booking({ bookingId: 'c'.repeat(64), startMs: NOON + 20 * MINUTE });
    const watched = steps({ ...idle, bookings: [own, next] }, [watch(TOWN_HALL)], [time, NOON + 18 * MINUTE]);
    expect(shown(watched)).toBe(TOWN_HALL);
    expect(shown(steps(watched, [time, NOON + 19 * MINUTE]))).toBeNull();
  });

  it('a check-in of others ends it before their time', () => {
    const watched = steps({ ...idle, bookings: [booking({})] }, [watch(TOWN_HALL)]);
    expect(shown(steps(watched, [{ type: 'agenda', bookings: [booking({ state: 'in-use' })] }]))).toBeNull();
  });

  it('makes that which is on by itself theirs', () => {
    expect(steps(tuned(), [watch(TOWN_HALL)]).tunedIn).toMatchObject({ isByTap: true, sinceMs: NOON });
  });
});

it('the last seconds are shown after the fleet offers it no longer', () => {
  const over = steps(tuned(), [{ type: 'offered', offered: [] }]);
  expect(shown(over)).toBe(TOWN_HALL);
  expect(nextChangeMs(over, NOON)).toBe(NOON + LAST_SECONDS_MS);
  expect(shown(steps(over, [{ type: 'offered', offered: [] }, NOON + 1], [time, NOON + LAST_SECONDS_MS]))).toBeNull();
  expect(shown(steps(over, [{ type: 'offered', offered: [offer(TOWN_HALL)] }], [time, NOON + MINUTE]))).toBe(TOWN_HALL);
});

it('in any order: never in a room that is not free, at a booking, or against a tap', () => {
  const phase = fc.constantFrom<BroadcastPhase>('planned', 'countdown', 'live', 'hold', 'ended');
  const event = fc.oneof(
    fc.record({
      type: fc.constant('rule' as const),
      rule: fc.constantFrom('never' as const, 'by-tap' as const, 'by-itself' as const),
    }),
    fc.record({ type: fc.constant('free' as const), isFree: fc.boolean() }),
    fc.array(fc.tuple(fc.constantFrom(TOWN_HALL, SPEECH), phase), { maxLength: 2 }).map((all) => ({
      type: 'offered' as const,
      offered: [...new Map(all)].map(([broadcastId, at]) => offer(broadcastId, at)),
    })),
    fc
      .array(fc.constantFrom(booking({}), booking({ bookingId: 'c'.repeat(64), state: 'in-use' })), { maxLength: 2 })
      .map((bookings) => ({
        type: 'agenda' as const,
        bookings,
      })),
    fc.constantFrom(TOWN_HALL, SPEECH, null).map(watch),
    fc.record({
      type: fc.constant('ended' as const),
      broadcastId: fc.constantFrom(TOWN_HALL, SPEECH),
      code: fc.constantFrom(null, 'packager-unavailable' as const),
    }),
    fc.constant(time),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(event, fc.integer({ min: 0, max: 5 * MINUTE })), { maxLength: 40 }), (all) => {
      let [tuning, nowMs] = [tuned(), NOON];
      const stopped = new Set<string>();
      for (const [next, laterMs] of all) {
        nowMs += laterMs;
        const before = tuning;
        tuning = stepTuning(tuning, next, nowMs);
        const { tunedIn, isFree, rule, bookings, offered } = tuning;
        if (next.type === 'watch' && next.broadcastId === null && before.tunedIn)
          stopped.add(before.tunedIn.broadcastId);
        if (next.type === 'offered')
          for (const each of stopped) if (!offered.some((o) => o.broadcastId === each)) stopped.delete(each);
        if (tunedIn?.isByTap) stopped.delete(tunedIn.broadcastId);
        if (tunedIn === null) {
          if (rule === 'by-itself' && isFree && bookings.length === 0 && offered.every(({ phase }) => isOnAir(phase)))
            expect(offered.every(({ broadcastId }) => tuning.notBeforeMs.has(broadcastId))).toBe(true);
          continue;
        }
        expect([isFree, rule]).toEqual([true, rule === 'never' ? 'on' : rule]);
        expect(
          bookings.filter(({ state, bookingId }) => state === 'in-use' && !tunedIn.heldBy.includes(bookingId)),
        ).toEqual([]);
        expect(stopped.has(tunedIn.broadcastId)).toBe(false);
        expect(nextChangeMs(tuning, nowMs)).toBeGreaterThan(nowMs);
      }
    }),
  );
});
