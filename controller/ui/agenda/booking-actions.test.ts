/** What may be done about a booking in each of its states, and how far it can be extended. */
import { describe, expect, it } from 'vitest';
import type { Booking } from '#contract/room-agenda.ts';
import { actionsOf } from './booking-actions.ts';
import { allDay, at, booking, due, givenBack, inUse, missed } from './booking-under-test.ts';

const plan = (over: Partial<Booking> = {}) => booking('plan', '10:00', '11:00', over);
const nothing = { checkIn: false, restore: false, end: null, extendByMinutes: [], blockedBy: null };

describe('actions', () => {
  const table: [string, Booking, object][] = [
    ['upcoming', plan(), nothing],
    ['check-in awaited', plan(due), { ...nothing, checkIn: true, end: 'unused' }],
    [
      'open, and nobody has to check in',
      plan({ state: 'check-in-open' }),
      { ...nothing, end: 'early', extendByMinutes: [15, 30] },
    ],
    ['in use', plan(inUse), { ...nothing, end: 'early', extendByMinutes: [15, 30] }],
    ['released', plan(missed), { ...nothing, restore: true }],
    ['given back', plan(givenBack), { ...nothing, restore: true }],
    ['over', plan({ state: 'over' }), nothing],
    ['a whole day, open', allDay('fair', { state: 'check-in-open' }), nothing],
    ['a whole day in use', allDay('fair', inUse), nothing],
  ];
  it.each(table)('%s', (_, of, expected) => expect(actionsOf(of, [of], false)).toEqual(expected));

  it('do not give the room away from under a call', () => {
    expect(actionsOf(plan(inUse), [plan(inUse)], true)).toEqual({ ...nothing, extendByMinutes: [15, 30] });
    expect(actionsOf(plan(due), [plan(due)], true)).toEqual({ ...nothing, checkIn: true });
  });
});

describe('extending', () => {
  const by = (...others: Booking[]) => {
    const { extendByMinutes, blockedBy } = actionsOf(plan(inUse), [plan(inUse), ...others], false);
    return [extendByMinutes, blockedBy?.title ?? null];
  };
  it('goes as far as the next booking begins, to the minute', () => {
    expect(by(booking('next', '11:30', '12:00'))).toEqual([[15, 30], null]);
    expect(by(booking('next', '11:29', '12:00'))).toEqual([[15], null]);
    expect(by(booking('next', '11:14', '12:00'))).toEqual([[], 'next']);
    expect(by(booking('next', '11:00', '12:00'))).toEqual([[], 'next']);
    expect(by(booking('overlaps', '10:30', '12:00'))).toEqual([[], 'overlaps']);
  });
  it('is not stopped by what was released, by a whole day or by what ends before', () => {
    expect(by(booking('missed', '11:00', '12:00', missed), allDay('fair'), booking('short', '10:00', '10:30'))).toEqual(
      [[15, 30], null],
    );
  });
});

it('needs no list in order', () => {
  const later = booking('later', '12:00', '13:00', { startMs: at('12:00') });
  const next = booking('next', '11:10', '12:00');
  expect(actionsOf(plan(inUse), [later, next], false).blockedBy?.title).toBe('next');
});
