/** The ways between phases, each with the timers that it ends: a timer never outlives the phase that set it. */
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import { ENDED_SHOWN_MS } from '#contract/limits.ts';
import { START_CANCEL_OFFERED_MS, START_FAILS_MS } from '#contract/timing.ts';
import type { Participant, ReportedEndReason } from '#contract/room-state.ts';
import type { ResumeTicket, ScreenEffect } from '#contract/screen-link.ts';
import type { RoomMachineEffect, PhaseOf, Room, RoomStep, RoomTimer } from './room.ts';

export const ASK_AGAIN_MS = 2_000;
/** while it waits to be let in: the fleet takes thirty questions a minute */
export const ASK_TO_BE_LET_IN_MS = 5_000;
const SCREEN_AWAITED_MS = 5_000;
const FAULT_SHOWN_MS = 30_000;
/** it joins once its room is asked to, beside the room's own way in */
const LAPTOP_AWAITED_MS = 15_000;
const MAX_FAILED_GRANTS = 3;

export const still = (room: Room): RoomStep => ({ room, effects: [] });
export const screen = (effect: ScreenEffect): RoomMachineEffect => ({ type: 'screen', effect });
/** `null` clears it. */
export const timer = (name: RoomTimer, delayMs: number | null): RoomMachineEffect =>
  delayMs === null ? { type: 'clear-timer', name } : { type: 'set-timer', name, delayMs };

const TIMERS_OF = {
  idle: [],
  starting: ['offer-cancel', 'start-fails', 'screen-awaited', 'ask-again'],
  'in-call': ['ask-again', 'start-fails', 'end-awaited', 'laptop-awaited'],
  ended: ['thanks-over'],
  fault: ['fault-over'],
} as const satisfies Record<Room['phase']['name'], RoomTimer[]>;

const clearTimers = ({ phase }: Room): RoomMachineEffect[] => TIMERS_OF[phase.name].map((name) => timer(name, null));

/** A grant that led nowhere, though another may: it was used up, too old, or of a call that is over. */
export const staleGrant = (code: ErrorCode): boolean =>
  code === 'call-ended' ||
  code === 'call-moved' ||
  code === 'token-expired' ||
  code === 'token-used' ||
  code === 'token-invalid' ||
  code === 'peer-unknown';

export type Start = { grant: CallGrant | null; bookingId: string | null; title: string | null; forLaptop: boolean };

export function starting(room: Room, { grant, bookingId, title, forLaptop }: Start, nowMs: number): RoomStep {
  return {
    room: {
      ...room,
      stagePage: 0,
      phase: {
        name: 'starting',
        meetingTitle: title ?? grant?.meetingTitle ?? room.meeting?.title ?? '',
        bookingId,
        sinceMs: nowMs,
        cancelOffered: false,
        grant,
        failedGrants: 0,
        waitsFor: null,
        forLaptop,
      },
    },
    effects: [
      grant === null ? { type: 'request-grant', endedCallId: null, bookingId } : screen({ name: 'join-call', grant }),
      ...clearTimers(room),
      timer('offer-cancel', START_CANCEL_OFFERED_MS),
      timer('start-fails', START_FAILS_MS),
      ...(room.screenPresent ? [] : [timer('screen-awaited', SCREEN_AWAITED_MS)]),
    ],
  };
}

/** Still the same start, with another grant; a few times only. */
export function startOver(room: Room, phase: PhaseOf<'starting'>, endedCallId: string | null, nowMs: number): RoomStep {
  const failedGrants = phase.failedGrants + 1;
  if (failedGrants > MAX_FAILED_GRANTS) return failed(room, 'media-failed', nowMs);
  return {
    room: { ...room, phase: { ...phase, grant: null, failedGrants } },
    effects: [{ type: 'request-grant', endedCallId, bookingId: phase.bookingId }],
  };
}

export function enterCall(
  room: Room,
  call: { ticket: ResumeTicket; meetingTitle: string; startedAtMs: number },
): RoomStep {
  const { ticket, meetingTitle, startedAtMs } = call;
  const before = room.phase.name === 'in-call' ? room.phase : null;
  const bookingId = before?.bookingId ?? (room.phase.name === 'starting' ? room.phase.bookingId : null);
  const forLaptop = before?.forLaptop ?? (room.phase.name === 'starting' && room.phase.forLaptop);
  const same = before?.ticket.callId === ticket.callId ? before : null;
  const participants = same?.participants ?? [];
  const awaited = forLaptop && !hasCompany(ticket, participants) ? [timer('laptop-awaited', LAPTOP_AWAITED_MS)] : [];
  return {
    room: {
      ...room,
      phase: {
        name: 'in-call',
        ticket,
        meetingTitle,
        bookingId,
        startedAtMs,
        connection: 'connected',
        mediaBlocked: false,
        participants,
        order: same?.order ?? OPEN_ORDER,
        air: same?.air ?? OFF_AIR,
        awaitsGrant: false,
        forLaptop,
      },
    },
    effects: [...(before ? [timer('ask-again', null), timer('start-fails', null)] : clearTimers(room)), ...awaited],
  };
}

/** Somebody else than the room; what records or broadcasts is nobody. */
export const hasCompany = ({ peerId }: ResumeTicket, participants: readonly Participant[]): boolean =>
  participants.some((each) => each.peerId !== peerId && each.peerKind !== 'program');

/** The laptop that the call was for is gone, and nobody else is in: no meeting that anybody is thanked for. */
export function laptopGone(room: Room): RoomStep {
  const { room: gone, effects } = idle({ ...room, layout: 'auto', stagePage: 0 });
  return { room: gone, effects: [screen({ name: 'leave-call' }), ...effects] };
}

export function ended(room: Room, phase: PhaseOf<'in-call'>, reason: ReportedEndReason, nowMs: number): RoomStep {
  const { meetingTitle, startedAtMs, ticket } = phase;
  const endedForAll = reason !== 'left' && reason !== 'removed';
  return {
    room: {
      ...room,
      // while offline, the fleet cannot clear the ended meeting, so it is cleared here
      meeting:
        room.meeting && endedForAll && !room.fleetOnline
          ? { ...room.meeting, underWay: false, participantCount: 0 }
          : room.meeting,
      layout: 'auto',
      stagePage: 0,
      phase: {
        name: 'ended',
        meetingTitle,
        reason,
        callId: ticket.callId,
        feedback: null,
        // the node's clock against ours: never below nothing
        durationMs: Math.max(0, nowMs - startedAtMs),
      },
    },
    effects: [...clearTimers(room), timer('thanks-over', ENDED_SHOWN_MS)],
  };
}

/** The screen receives `leave-call`, so that it stops any attempt of its own. */
export function failed(room: Room, code: ErrorCode, nowMs: number): RoomStep {
  const meetingTitle = room.phase.name === 'starting' || room.phase.name === 'in-call' ? room.phase.meetingTitle : null;
  return {
    room: { ...room, phase: { name: 'fault', code, sinceMs: nowMs, meetingTitle } },
    effects: [...clearTimers(room), screen({ name: 'leave-call' }), timer('fault-over', FAULT_SHOWN_MS)],
  };
}

export function idle(room: Room): RoomStep {
  return { room: { ...room, phase: { name: 'idle' } }, effects: clearTimers(room) };
}
