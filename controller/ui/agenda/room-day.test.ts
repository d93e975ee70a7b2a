/** Who has the room, by tables: each state of a booking, overlaps, whole days, calendars that fail. */
import { describe, expect, it } from 'vitest';
import type { Booking, CalendarHealth } from '#contract/room-agenda.ts';
import { agenda, allDay, at, booking, due, givenBack, inUse, missed } from './booking-under-test.ts';
import { dueBooking, type RoomDay, roomDay } from './room-day.ts';

const dayOf = (bookings: Booking[], time: string): RoomDay => roomDay(agenda(bookings), at(time))!;
const names = (bookings: readonly Booking[]) => bookings.map(({ title }) => title);
const plan = (over: Partial<Booking> = {}) => booking('plan', '10:00', '11:00', over);
const sync = (over: Partial<Booking> = {}) => booking('sync', '13:00', '14:00', over);

describe('who has the room', () => {
  const table: [string, Booking[], string, object][] = [
    ['nobody, all day', [], '09:00', { kind: 'free', untilMs: null }],
    ['nobody before a booking', [plan()], '09:00', { kind: 'free', untilMs: at('10:00') }],
    ['somebody is expected soon', [plan(due), sync()], '09:52', { kind: 'due', checkInUntilMs: at('10:10') }],
    ['somebody is expected now', [plan(due)], '10:05', { kind: 'due', checkInUntilMs: at('10:10') }],
    ['it begins soon, and nobody has to check in', [plan({ state: 'check-in-open' })], '09:55', { kind: 'due' }],
    ['it has begun, and nobody has to check in', [plan({ state: 'check-in-open' })], '10:00', { kind: 'booked' }],
    ['the agent is behind the clock', [plan()], '10:01', { kind: 'booked', untilMs: at('11:00') }],
    ['the booking’s people', [plan(inUse)], '10:30', { kind: 'booked', untilMs: at('11:00') }],
    ['people who came early', [plan(inUse)], '09:53', { kind: 'booked' }],
    [
      'nobody came',
      [plan(missed), sync()],
      '10:12',
      { kind: 'released', releasedAtMs: at('10:10'), untilMs: at('13:00') },
    ],
    ['it was given back', [plan(givenBack), sync()], '10:12', { kind: 'free', untilMs: at('13:00') }],
    ['nobody came, and its time is over', [plan(missed)], '11:00', { kind: 'free', untilMs: null }],
    ['nobody came, and the next is due', [plan(missed), booking('b', '10:30', '11:00', due)], '10:21', { kind: 'due' }],
    ['it is over to the millisecond', [plan(inUse)], '11:00', { kind: 'free' }],
    ['it was ended early', [plan({ state: 'over' })], '10:30', { kind: 'free', untilMs: null }],
    ['a whole day', [allDay('fair')], '09:00', { kind: 'booked', untilMs: at('23:59') }],
    ['a whole day that was given back', [allDay('fair', givenBack)], '09:00', { kind: 'free', untilMs: null }],
  ];
  it.each(table)('%s', (_, bookings, time, expected) => expect(dayOf(bookings, time).now).toMatchObject(expected));

  it('is who is there before who is expected, and an hour before a whole day', () => {
    const late = booking('late', '09:00', '10:30', inUse);
    const titleAt = (bookings: Booking[], time: string) => {
      const { now } = dayOf(bookings, time);
      return now.kind === 'due' || now.kind === 'booked' ? now.booking.title : now.kind;
    };
    expect(titleAt([plan(due), late], '10:02')).toBe('late');
    expect(titleAt([allDay('fair', inUse), plan(due)], '10:02')).toBe('plan');
    expect(titleAt([allDay('fair'), plan()], '09:00')).toBe('fair');
  });
});

describe('what comes', () => {
  it('is the next by start, then the rest, whole days last, in whatever order the agenda tells them', () => {
    const day = dayOf([sync(), allDay('fair'), booking('tea', '15:00', '15:30'), plan(inUse)], '10:30');
    expect(day.next?.title).toBe('sync');
    expect(names(day.later)).toEqual(['tea', 'fair']);
    expect(names(day.list)).toEqual(['fair', 'plan', 'sync', 'tea']);
  });
  it('leaves out what was released or is over, but lists a release that can be taken back', () => {
    const day = dayOf([booking('early', '08:00', '09:00'), plan(missed), sync(givenBack)], '10:12');
    expect(day.next).toBeNull();
    expect(names(day.list)).toEqual(['plan', 'sync']);
  });
  it('keeps the count of those that did not fit', () => {
    expect(roomDay(agenda([plan()], { moreCount: 7 }), at('09:00'))?.moreCount).toBe(7);
  });
});

describe('nothing is said', () => {
  const of = (state: CalendarHealth['state'], freshAsOfMs: number | null, bookings: Booking[] = []) =>
    roomDay(agenda(bookings, { calendar: { state, code: null, freshAsOfMs, unreadCount: 0 } }), at('09:00'));
  it('without an agenda, a calendar or a reading', () => {
    for (const none of [null, undefined]) expect(roomDay(none, at('09:00'))).toBeNull();
    expect(of('none', null)).toBeNull();
    expect(of('none', at('08:59'))).toBeNull();
    expect(of('loading', null)).toBeNull();
    expect(of('faulty', null)).toBeNull();
  });
  it('but the meetings that people made for a room without a calendar are shown', () => {
    expect(of('none', null, [plan()])).toMatchObject({ next: { title: 'plan' }, staleSinceMs: null });
  });
  it('of an empty day that was read long ago; of a stale one with bookings, since when', () => {
    const yesterday = at('09:00') - 20 * 3_600_000;
    expect(of('stale', yesterday)).toBeNull();
    expect(of('stale', at('08:00'))).toMatchObject({ now: { kind: 'free' }, staleSinceMs: at('08:00') });
    expect(of('faulty', yesterday, [plan()])).toMatchObject({ staleSinceMs: yesterday });
    expect(of('fresh', at('08:59'))).toMatchObject({ staleSinceMs: null });
  });
});

it('names the booking that one tap joins: expected or running, and no whole day', () => {
  expect(dueBooking(null)).toBeNull();
  expect(dueBooking(dayOf([plan()], '09:00'))).toBeNull();
  expect(dueBooking(dayOf([plan(due)], '09:52'))?.title).toBe('plan');
  expect(dueBooking(dayOf([plan(inUse)], '10:52'))?.title).toBe('plan');
  expect(dueBooking(dayOf([plan(missed)], '10:12'))).toBeNull();
  expect(dueBooking(dayOf([allDay('fair')], '10:12'))).toBeNull();
});
