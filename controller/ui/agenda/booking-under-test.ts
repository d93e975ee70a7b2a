/** Bookings for the tests of this folder: one day, by the minute, times in UTC. */
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { Booking, RoomAgenda } from '#contract/room-agenda.ts';

export const at = (time: string): number => Date.parse(`2026-11-24T${time}:00Z`);

/** `name` is title and, padded, id. */
export function booking(name: string, start: string, end: string, over: Partial<Booking> = {}): Booking {
  return {
    bookingId: name,
    title: name,
    isPrivate: false,
    organizer: null,
    startMs: at(start),
    endMs: at(end),
    isAllDay: false,
    link: 'ours',
    state: 'upcoming',
    releasedBecause: null,
    checkInUntilMs: null,
    ...over,
  };
}
export const allDay = (name: string, over: Partial<Booking> = {}): Booking =>
  booking(name, '00:00', '23:59', { isAllDay: true, ...over });
export const due = { state: 'check-in-open', checkInUntilMs: at('10:10') } as const;
export const inUse = { state: 'in-use' } as const;
export const missed = { state: 'released', releasedBecause: 'no-show' } as const;
export const givenBack = { state: 'released', releasedBecause: 'given-back' } as const;

export function agenda(bookings: Booking[], over: Partial<RoomAgenda> = {}): RoomAgenda {
  return {
    protocol: PROTOCOL_VERSION,
    roomId: '0193a0b0-0000-7000-8000-000000000001',
    epoch: 1,
    revision: 1,
    asOfMs: at('06:00'),
    timeZone: 'Asia/Seoul',
    calendar: { state: 'fresh', code: null, freshAsOfMs: at('06:00'), unreadCount: 0 },
    bookings,
    moreCount: 0,
    ...over,
  };
}
