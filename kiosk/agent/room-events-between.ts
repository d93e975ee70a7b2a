/** What the fleet has to hear of a change of the room, read off its two ends. Pure: whoever follows the room records it. */
import type { Room } from '../room/room.ts';
import type { RoomEventDraft } from './room-event-outbox.ts';

export function roomEventsBetween({ phase: before }: Room, { phase: now }: Room, nowMs: number): RoomEventDraft[] {
  if (before === now) return [];
  const drafts: RoomEventDraft[] = [];
  if (before.name === 'in-call' && (now.name !== 'in-call' || now.ticket.callId !== before.ticket.callId)) {
    drafts.push({
      name: 'call-left',
      callId: before.ticket.callId,
      reason: now.name === 'ended' ? now.reason : 'left',
      durationMs: now.name === 'ended' ? now.durationMs : Math.max(0, nowMs - before.startedAtMs),
    });
  }
  if (now.name === 'in-call' && (before.name !== 'in-call' || before.ticket.callId !== now.ticket.callId)) {
    const { ticket, meetingTitle, bookingId } = now;
    drafts.push({ name: 'call-joined', callId: ticket.callId, meetingTitle, bookingId });
  }
  if (now.name === 'fault' && before.name !== 'fault') drafts.push({ name: 'start-failed', code: now.code });
  if (now.name === 'ended' && now.feedback !== null && (before.name !== 'ended' || before.feedback !== now.feedback))
    drafts.push({ name: 'feedback-given', callId: now.callId, answer: now.feedback });
  return drafts;
}
