/** Which meeting the large button of an idle room starts, and which the second one. Pure. */
import type { Booking } from '#contract/room-agenda.ts';
import type { RoomMeeting } from '#contract/room-state.ts';
import { dueBooking, type RoomDay } from '#ui/agenda/room-day.ts';

export type StartChoice = {
  /** the booking that the large button joins; null: it starts the room's own meeting */
  join: Booking | null;
  /** a booking that is due and that Maru cannot join: shown, without a button */
  foreign: Booking | null;
  /** the room's own meeting: others hold it already, nobody does, or it has none */
  own: 'under-way' | 'ready' | 'none';
};

export function startChoice(day: RoomDay | null, meeting: RoomMeeting | null): StartChoice {
  const due = dueBooking(day);
  const isForeign = due?.link === 'foreign';
  return {
    join: isForeign ? null : due,
    foreign: isForeign ? due : null,
    own: meeting === null ? 'none' : meeting.underWay ? 'under-way' : 'ready',
  };
}
