import { expect, test } from 'vitest';
import { RoomBookings } from './room-bookings.ts';

const heading = { protocol: 2, roomId: '01a20efc-090d-75f0-801d-f262f6422b43', epoch: 1, revision: 1, asOfMs: 1 };
const of = (booking: object) =>
  RoomBookings.parse({
    ...heading,
    untilMs: 9,
    bookings: [{ bookingId: 'a'.repeat(64), title: 'Plan', startMs: 1, endMs: 2, ...booking }],
  }).bookings[0];

test('a title is cleaned again: it becomes a meeting’s, in mails and on pages of others than the room’s', () => {
  expect(of({ title: 'Plan\r\nBcc: a@b.example \u202Efdp.exe\u202C' })?.title).toBe('Plan Bcc: a@b.example fdp.exe');
  expect(of({ title: '\u200B' })?.title).toBe('');
});

test('a room of a newer release says more, one of an older less', () => {
  expect(of({ colour: 'red' })).toEqual({
    ...{ bookingId: 'a'.repeat(64), title: 'Plan', startMs: 1, endMs: 2 },
    ...{ uid: null, seriesKey: null, organizer: null, attendees: [] },
  });
});
