/** The sign at the door, by tables: colour and words for each state of the room. */
import { describe, expect, it } from 'vitest';
import type { Booking } from '#contract/room-agenda.ts';
import type { RoomPhase, RoomState } from '#contract/room-state.ts';
import { roomDay } from '#ui/agenda/room-day.ts';
import { agenda, allDay, at, booking, due, inUse, missed } from '#ui/agenda/booking-under-test.ts';
import { doorSign } from './door-sign.ts';
import type { RemoteView } from './projection.ts';

const plan = (over: Partial<Booking> = {}) => booking('plan', '10:00', '11:00', over);
function viewAt(time: string, bookings: Booking[] | null, phase: RoomPhase['name'] = 'idle'): RemoteView {
  const nowMs = at(time);
  const day = bookings === null ? null : roomDay(agenda(bookings), nowMs);
  return { screen: phase, day, nowMs, state: {} as RoomState } as RemoteView;
}
const sign = (...of: Parameters<typeof viewAt>) => doorSign(viewAt(...of));

describe('the sign', () => {
  const table: [string, Parameters<typeof viewAt>, object][] = [
    ['no calendar', ['09:00', null], { tone: 'free', headline: { key: 'available' } }],
    ['no calendar, a call', ['09:00', null, 'in-call'], { tone: 'busy', headline: { key: 'inUse' }, booking: null }],
    ['an empty day', ['09:00', []], { tone: 'free', headline: { key: 'availableToday' } }],
    ['free', ['09:00', [plan()]], { tone: 'free', headline: { key: 'availableUntil', atMs: at('10:00') } }],
    ['eleven minutes before', ['09:49', [plan()]], { tone: 'free' }],
    ['ten minutes before', ['09:50', [plan()]], { tone: 'soon', headline: { key: 'startsIn', minutes: 10 } }],
    ['expected', ['09:52', [plan(due)]], { tone: 'soon', headline: { key: 'startsIn', minutes: 8 } }],
    ['expected, just now', ['10:00', [plan(due)]], { tone: 'soon', headline: { key: 'startsNow' } }],
    ['late', ['10:04', [plan(due)]], { tone: 'soon', headline: { key: 'startedAt', atMs: at('10:00') } }],
    ['in use', ['10:20', [plan(inUse)]], { tone: 'busy', headline: { key: 'inUseUntil', atMs: at('11:00') } }],
    ['released', ['10:12', [plan(missed)]], { tone: 'free', headline: { key: 'availableToday' } }],
    ['a whole day', ['10:12', [allDay('fair')]], { tone: 'busy', headline: { key: 'inUseToday' } }],
    ['a call without a booking', ['09:00', [plan()], 'in-call'], { tone: 'busy', headline: { key: 'inUse' } }],
    ['a call of the booking', ['10:20', [plan(inUse)], 'in-call'], { tone: 'busy', headline: { key: 'inUseUntil' } }],
    ['a call while others are expected', ['10:02', [plan(due)], 'in-call'], { tone: 'busy', checkIn: null }],
    ['a call that connects', ['09:00', [], 'starting'], { tone: 'busy' }],
  ];
  it.each(table)('%s', (_, of, expected) => expect(sign(...of)).toMatchObject(expected));

  it('is grey where the room does not answer, whatever was known of it', () => {
    for (const view of [
      { screen: 'loading', roomName: null },
      { screen: 'gone', why: 'room', roomName: 'Maple', sinceMs: 1 },
    ] as RemoteView[])
      expect(doorSign(view)).toMatchObject({ tone: 'unknown', headline: { key: 'unknown' }, next: [] });
  });

  it('lets people check in while that is awaited, and nothing else', () => {
    expect(sign('09:52', [plan(due)]).checkIn).toMatchObject({ untilMs: at('10:10') });
    expect(sign('09:52', [plan()]).checkIn).toBeNull();
    expect(sign('10:20', [plan(inUse)]).checkIn).toBeNull();
  });

  it('tells who comes next, three at most, and not whom it tells already', () => {
    const more = ['12', '13', '14', '15'].map((hour) => booking(hour, `${hour}:00`, `${hour}:30`));
    const titles = (time: string, first: Booking) => sign(time, [first, ...more]).next.map(({ title }) => title);
    expect(titles('09:00', plan())).toEqual(['plan', '12', '13']);
    expect(titles('09:52', plan())).toEqual(['12', '13']);
    expect(titles('09:52', plan(due))).toEqual(['12', '13', '14']);
  });
});
