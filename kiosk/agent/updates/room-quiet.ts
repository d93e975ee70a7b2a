/** Whether a room is free for a restart of its screen: pure, from what other parts show of it. */
import type { RoomAgenda } from '#contract/room-agenda.ts';
import type { RoomState } from '#contract/room-state.ts';
import { NO_UPDATE_BEFORE_BOOKING_MS } from '#contract/room-update.ts';

/** A booking is under way and used or awaited, or begins soon. One of the whole day counts once somebody has checked in. */
export function isBooked(agenda: Pick<RoomAgenda, 'bookings'> | null, nowMs: number): boolean {
  return (agenda?.bookings ?? []).some(({ startMs, endMs, isAllDay, state }) => {
    if (state === 'released' || state === 'over' || nowMs >= endMs) return false;
    if (state === 'in-use') return true;
    return !isAllDay && startMs - nowMs <= NO_UPDATE_BEFORE_BOOKING_MS;
  });
}

/** The words after a meeting and a fault's are over within seconds. */
export const isIdle = (room: Pick<RoomState, 'phase'> | null): boolean => room?.phase.name === 'idle';
