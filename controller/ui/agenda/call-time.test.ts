/** When a running call has to hear of time, and that an extension is seen once. */
import { describe, expect, it } from 'vitest';
import type { Booking } from '#contract/room-agenda.ts';
import { agenda, allDay, at, booking, due, inUse, missed } from './booking-under-test.ts';
import { callTime, extendedUntilMs } from './call-time.ts';

const plan = (over: Partial<Booking> = {}) => booking('plan', '10:00', '11:00', { ...inUse, ...over });
const next = (start = '11:00', over: Partial<Booking> = {}) => booking('next', start, '12:00', over);
const says = (bookings: Booking[], bookingId: string | null, time: string) => {
  const told = callTime(agenda(bookings), bookingId, at(time));
  return told && [told.kind, told.next?.title ?? null];
};

describe('a call with a booking', () => {
  const table: [string, Booking[], string, unknown][] = [
    ['six minutes before its end', [plan(), next()], '10:54', null],
    ['five minutes before', [plan()], '10:55', ['ends-soon', null]],
    ['with somebody who waits', [plan(), next()], '10:57', ['ends-soon', 'next']],
    ['with a next that is far', [plan(), next('11:30')], '10:57', ['ends-soon', null]],
    ['with a next that was released', [plan(), next('11:00', missed)], '10:57', ['ends-soon', null]],
    ['after its end', [plan({ state: 'over' })], '11:04', ['over', null]],
    ['after its end, the next has begun', [plan({ state: 'over' }), next('11:00', due)], '11:04', ['over', 'next']],
    ['after its end, the next comes up', [plan({ state: 'over' }), next('11:20')], '11:16', ['over', 'next']],
  ];
  it.each(table)('%s', (_, bookings, time, expected) => expect(says(bookings, 'plan', time)).toEqual(expected));
});

describe('a call without a booking', () => {
  it('hears of a booking that begins, and of none that is far', () => {
    expect(says([next()], null, '10:50')).toBeNull();
    expect(says([next()], null, '10:56')).toEqual(['next-soon', 'next']);
    expect(says([next('11:00', due)], null, '11:03')).toEqual(['next-soon', 'next']);
    expect(says([allDay('fair')], null, '10:56')).toBeNull();
  });
  it('is of the people whose booking is in use', () => {
    expect(says([plan()], null, '10:20')).toBeNull();
    expect(says([plan(), next()], null, '10:56')).toEqual(['ends-soon', 'next']);
  });
  it('says nothing where there is no calendar', () => {
    expect(callTime(null, 'plan', at('10:56'))).toBeNull();
    expect(callTime(undefined, null, at('10:56'))).toBeNull();
  });
});

it('tells an extension once, and of this booking alone', () => {
  const before = agenda([plan(), next('13:00')]);
  const longer = agenda([plan({ endMs: at('11:15') }), next('13:00')]);
  expect(extendedUntilMs(before, longer, 'plan')).toBe(at('11:15'));
  expect(extendedUntilMs(longer, longer, 'plan')).toBeNull();
  expect(extendedUntilMs(longer, before, 'plan')).toBeNull();
  expect(extendedUntilMs(before, longer, 'next')).toBeNull();
  expect(extendedUntilMs(null, longer, 'plan')).toBeNull();
});
