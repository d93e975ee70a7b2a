/** What the fleet has to hear of a change of the room, read off its two ends. Pure: whoever follows the room records it. */
import type { Room } from '../room/room.ts';
import type { Happening } from './room-events.ts';

export function happeningsOf({ phase: before }: Room, { phase: now }: Room, nowMs: number): Happening[] {
  if (before === now) return [];
  const happenings: Happening[] = [];
  if (before.name === 'in-call' && (now.name !== 'in-call' || now.ticket.callId !== before.ticket.callId)) {
    happenings.push({
      name: 'call-left',
      callId: before.ticket.callId,
      reason: now.name === 'ended' ? now.reason : 'left',
      durationMs: now.name === 'ended' ? now.durationMs : Math.max(0, nowMs - before.startedAtMs),
    });
  }
  if (now.name === 'in-call' && (before.name !== 'in-call' || before.ticket.callId !== now.ticket.callId)) {
    const { ticket, meetingTitle, bookingId } = now;
    happenings.push({ name: 'call-entered', callId: ticket.callId, meetingTitle, bookingId });
  }
  if (now.name === 'fault' && before.name !== 'fault') happenings.push({ name: 'start-failed', code: now.code });
  if (now.name === 'ended' && now.feedback !== null && (before.name !== 'ended' || before.feedback !== now.feedback))
    happenings.push({ name: 'feedback-given', callId: now.callId, answer: now.feedback });
  return happenings;
}
