/** The large button, by tables: what is due goes first, and nothing foreign becomes a button. */
import { expect, it } from 'vitest';
import type { Booking } from '#contract/room-agenda.ts';
import type { RoomMeeting } from '#contract/room-state.ts';
import { agenda, at, booking, due, inUse, missed } from '#ui/agenda/booking-under-test.ts';
import { roomDay } from '#ui/agenda/room-day.ts';
import { startChoice } from './start-choice.ts';

const meeting = (underWay: boolean): RoomMeeting => ({
  meetingId: '0193a0b0-0000-7000-8000-000000000002',
  title: 'Weekly',
  underWay,
  participantCount: 0,
});
const plan = (over: Partial<Booking>) => booking('plan', '10:00', '11:00', over);
const choice = (bookings: Booking[], time: string, own: RoomMeeting | null = meeting(false)) => {
  const { join, foreign, own: second } = startChoice(roomDay(agenda(bookings), at(time)), own);
  return [join?.title ?? null, foreign?.title ?? null, second];
};

it.each([
  ['free', [plan({})], '09:00', [null, null, 'ready']],
  ['due, ours', [plan(due)], '09:52', ['plan', null, 'ready']],
  ['due, without a link', [plan({ ...due, link: 'none' })], '09:52', ['plan', null, 'ready']],
  ['due, of another system', [plan({ ...due, link: 'foreign' })], '09:52', [null, 'plan', 'ready']],
  ['in use', [plan(inUse)], '10:30', ['plan', null, 'ready']],
  ['released', [plan(missed)], '10:30', [null, null, 'ready']],
] as const)('%s', (_, bookings, time, expected) => expect(choice([...bookings], time)).toEqual(expected));

it('keeps the room’s own meeting as the other choice, as it is', () => {
  expect(choice([plan(due)], '09:52', meeting(true))).toEqual(['plan', null, 'under-way']);
  expect(choice([plan(due)], '09:52', null)).toEqual(['plan', null, 'none']);
  expect(startChoice(null, meeting(true))).toEqual({ join: null, foreign: null, own: 'under-way' });
});
