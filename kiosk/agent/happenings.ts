/** Which events follow from one state of the room to the next. Pure: the outbox numbers, keeps and delivers them. */
import type { RoomEvent as Happened } from '#contract/room-events.ts';
import type { Room } from '../room/room.ts';

type Unnumbered<E> = E extends unknown ? Omit<E, 'eventId' | 'sequence' | 'atMs'> : never;
/** What somebody tells the outbox: it adds id, number and time. */
export type Happening = Unnumbered<Happened>;

export function happeningsOf(before: Room, now: Room): Happening[] {
  const happened: Happening[] = [];
  const [from, to] = [before.phase, now.phase];
  const was = from.name === 'in-call' ? from.ticket.callId : null;
  const is = to.name === 'in-call' ? to.ticket.callId : null;
  if (was !== null && was !== is) {
    // another call without an end in between: the former was over before the room knew
    const { reason, durationMs } =
      to.name === 'ended' ? to : ({ reason: 'ended-by-participant', durationMs: 0 } as const);
    happened.push({ name: 'call-left', callId: was, reason, durationMs });
  }
  if (to.name === 'in-call' && was !== is)
    happened.push({
      name: 'call-entered',
      callId: to.ticket.callId,
      meetingTitle: to.meetingTitle,
      bookingId: to.bookingId,
    });
  if (to.name === 'fault' && from.name === 'starting') happened.push({ name: 'start-failed', code: to.code });
  if (to.name === 'ended' && to.feedback !== null && (from.name !== 'ended' || from.feedback !== to.feedback))
    happened.push({ name: 'feedback-given', callId: to.callId, answer: to.feedback });
  return happened;
}
