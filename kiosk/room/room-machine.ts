/**
 * The room machine: (room, event) to (room, effects), pure. Owns what the room is doing and when it stops doing it.
 * commands.ts decides which commands are allowed; transitions.ts enters and leaves a call.
 */
import { START_FAILS_MS } from '#contract/timing.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { Participant } from '#contract/room-state.ts';
import type { ResumeTicket } from '#contract/screen-link.ts';
import { onCommand } from './commands.ts';
import type { RoomMachineEffect, PhaseOf, Room, RoomMachineEvent, RoomStep, RoomTimer } from './room.ts';
import {
  ASK_AGAIN_MS,
  ASK_TO_BE_LET_IN_MS,
  ended,
  enterCall,
  failed,
  hasCompany,
  idle,
  laptopGone,
  screen,
  staleGrant,
  startOver,
  still,
  timer,
} from './transitions.ts';

/** @param nowMs the kiosk's clock */
export function stepRoom(room: Room, event: RoomMachineEvent, nowMs: number): RoomStep {
  switch (event.type) {
    case 'command':
      return onCommand(room, event, nowMs);
    case 'meeting':
      return still({ ...room, meeting: event.meeting });
    case 'fleet':
      return onFleet({ ...room, fleetRefuses: event.isRefused ?? false }, event.online);
    case 'box-notices':
      return still({ ...room, boxNotices: event.notices });
    case 'grant':
      return onGrant(room, event.grant);
    case 'grant-refused':
      return onGrantRefused(room, event.code, nowMs);
    case 'screen-connected':
      return onScreenConnected({ ...room, screenPresent: true }, event.inCall, nowMs);
    case 'screen-gone':
      return onScreenGone({ ...room, screenPresent: false });
    case 'screen':
      return onReport(room, event.report, nowMs);
    case 'timer':
      return onTimer(room, event.name, nowMs);
  }
}

function onFleet(before: Room, online: boolean): RoomStep {
  const room = { ...before, fleetOnline: online };
  const { phase } = room;
  // a request that was sent while the fleet was away has reached nobody
  const unheard = online && !before.fleetOnline && phase.name === 'starting' && phase.grant === null;
  if (!unheard) return still(room);
  return { room, effects: [{ type: 'request-grant', endedCallId: null, bookingId: phase.bookingId }] };
}

function onGrant(room: Room, grant: NonNullable<PhaseOf<'starting'>['grant']>): RoomStep {
  const { phase } = room;
  const join = screen({ name: 'join-call', grant });
  if (phase.name === 'starting' && phase.grant === null) {
    const { meetingTitle } = grant;
    const waited = phase.waitsFor === null ? [] : [timer('ask-again', null), timer('start-fails', START_FAILS_MS)];
    return {
      room: { ...room, phase: { ...phase, grant, meetingTitle, waitsFor: null } },
      effects: [...waited, join],
    };
  }
  if (phase.name === 'in-call' && phase.awaitsGrant) {
    return { room: { ...room, phase: { ...phase, awaitsGrant: false } }, effects: [timer('ask-again', null), join] };
  }
  return still(room);
}

function onGrantRefused(room: Room, code: ErrorCode, nowMs: number): RoomStep {
  const { phase } = room;
  // until somebody decides, or its media node is back or given up: minutes, in which nothing fails
  const isToBeLetIn = code === 'waits-to-be-let-in';
  const waits = isToBeLetIn || code === 'call-unreachable';
  const againMs = isToBeLetIn ? ASK_TO_BE_LET_IN_MS : ASK_AGAIN_MS;
  const patience = waits ? [timer('start-fails', START_FAILS_MS)] : [];
  if (phase.name === 'starting' && phase.grant === null) {
    if (!waits) return failed(room, code, nowMs);
    const effects = [timer('ask-again', againMs), ...patience];
    return { room: { ...room, phase: { ...phase, waitsFor: code } }, effects };
  }
  // a call that ran is worth asking again for: the fleet may just be starting
  if (phase.name === 'in-call' && phase.awaitsGrant)
    return { room, effects: [timer('ask-again', againMs), ...patience] };
  return still(room);
}

type InCall = Extract<RoomMachineEvent, { type: 'screen-connected' }>['inCall'];

function onScreenConnected(room: Room, inCall: InCall, nowMs: number): RoomStep {
  const { phase } = room;
  const present = timer('screen-awaited', null);
  // a start has its own call: a page in another call receives `join-call`, and leaves the other by itself
  if (inCall !== null && (phase.name !== 'starting' || leadsTo(phase.grant, inCall.ticket))) {
    // the room left the call while the page was not connected
    if (phase.name === 'ended' && phase.callId === inCall.ticket.callId)
      return { room, effects: [present, screen({ name: 'leave-call' })] };
    const entered = enterCall(room, inCall);
    return { room: entered.room, effects: [present, ...entered.effects] };
  }
  if (phase.name === 'starting') {
    if (phase.grant === null) return { room, effects: [present] };
    if (phase.grant.expiresAtMs > nowMs)
      return { room, effects: [present, screen({ name: 'join-call', grant: phase.grant })] };
    const again = startOver(room, phase, null, nowMs);
    return { room: again.room, effects: [present, ...again.effects] };
  }
  if (phase.name === 'in-call') {
    // a page that came back from a crash: it resumes by the ticket of its welcome, muted as it was
    const kept: RoomMachineEffect[] = [];
    if (room.microphone === 'muted') kept.push(screen({ name: 'set-microphone', on: false }));
    if (room.camera === 'off') kept.push(screen({ name: 'set-camera', on: false }));
    return { room: { ...room, phase: { ...phase, connection: 'reconnecting' } }, effects: [present, ...kept] };
  }
  return { room, effects: [present] };
}

function onScreenGone(room: Room): RoomStep {
  const { phase } = room;
  if (phase.name === 'in-call') return still({ ...room, phase: { ...phase, connection: 'reconnecting' } });
  return still(room);
}

type Report = Extract<RoomMachineEvent, { type: 'screen' }>['report'];
const SPEAKS_OF_A_CALL: ReadonlySet<Report['type']> = new Set([
  'call-joined',
  'lost',
  'connection',
  'roster',
  'call-order',
  'call-air',
] as const);

function onReport(room: Room, report: Report, nowMs: number): RoomStep {
  const { phase } = room;
  const isAway = phase.name !== 'starting' && phase.name !== 'in-call';
  // cancelled or left in the meantime: the page receives `leave-call` again, so that no camera stays on
  if (isAway && SPEAKS_OF_A_CALL.has(report.type)) return { room, effects: [screen({ name: 'leave-call' })] };
  switch (report.type) {
    case 'track-state': {
      const { microphone, camera, microphoneProblem, cameraProblem } = report;
      return still({ ...room, microphone, camera, microphoneProblem, cameraProblem });
    }
    case 'stage':
      return still({
        ...room,
        stagePageCount: report.pageCount,
        stagePage: Math.min(room.stagePage, report.pageCount - 1),
      });
    case 'call-joined':
      if (phase.name === 'starting' && !leadsTo(phase.grant, report.ticket)) return toldAgain(room, phase);
      return enterCall(room, report);
    case 'join-failed':
    case 'lost':
      if (phase.name === 'starting' && phase.grant?.callId !== report.callId) return toldAgain(room, phase);
      if (phase.name === 'starting') return joinFailed(room, phase, report.code, nowMs);
      if (phase.name === 'in-call' && phase.ticket.callId === report.callId)
        return placeLost(room, phase, report.code, nowMs);
      return still(room);
    case 'call-ended':
      if (phase.name === 'in-call' && phase.ticket.callId === report.callId)
        return ended(room, phase, report.reason, nowMs);
      // `left` answers an earlier start: the call goes on
      if (phase.name === 'starting' && phase.grant?.callId === report.callId && report.reason !== 'left')
        return joinFailed(room, phase, 'call-ended', nowMs);
      return still(room);
    case 'connection':
      if (phase.name !== 'in-call') return still(room);
      return still({
        ...room,
        phase: { ...phase, connection: report.connection, mediaBlocked: report.mediaBlocked ?? false },
      });
    case 'roster':
      if (phase.name !== 'in-call' || phase.ticket.callId !== report.callId) return still(room);
      return onRoster(room, phase, report.participants);
    case 'call-order':
      if (phase.name !== 'in-call' || phase.ticket.callId !== report.callId) return still(room);
      return still({ ...room, phase: { ...phase, order: report.order } });
    case 'call-air':
      if (phase.name !== 'in-call' || phase.ticket.callId !== report.callId) return still(room);
      return still({ ...room, phase: { ...phase, air: report.air } });
    case 'effect-failed':
      // the request to end it for all did not reach the media node: at least the room leaves
      if (report.name === 'end-call' && phase.name === 'in-call') return leaveNow(room, phase, nowMs);
      return still(room);
  }
}

/** A grant that the room signed itself names a call of its own making; the node lets its peer into the meeting's. */
function leadsTo(grant: PhaseOf<'starting'>['grant'], { callId, peerId }: ResumeTicket): boolean {
  return grant !== null && (grant.callId === callId || grant.peerId === peerId);
}

/** The page was still busy with an earlier start. Without a grant yet, `join-call` goes out with the grant. */
function toldAgain(room: Room, { grant }: PhaseOf<'starting'>): RoomStep {
  return grant === null ? still(room) : { room, effects: [screen({ name: 'join-call', grant })] };
}

function joinFailed(room: Room, phase: PhaseOf<'starting'>, code: ErrorCode, nowMs: number): RoomStep {
  if (!staleGrant(code)) return failed(room, code, nowMs);
  return startOver(room, phase, code === 'call-ended' ? (phase.grant?.callId ?? null) : null, nowMs);
}

function placeLost(room: Room, phase: PhaseOf<'in-call'>, code: ErrorCode, nowMs: number): RoomStep {
  if (code === 'call-ended' || code === 'removed-from-call') {
    const over = ended(room, phase, code === 'call-ended' ? 'ended-by-participant' : 'removed', nowMs);
    // the page still waits for a grant
    return { room: over.room, effects: [screen({ name: 'leave-call' }), ...over.effects] };
  }
  return {
    room: { ...room, phase: { ...phase, connection: 'reconnecting', awaitsGrant: true } },
    effects: [
      { type: 'request-grant', endedCallId: null, bookingId: phase.bookingId },
      timer('ask-again', ASK_AGAIN_MS),
      timer('start-fails', START_FAILS_MS),
    ],
  };
}

type Asking = PhaseOf<'starting'> | PhaseOf<'in-call'>;
function asksForGrant(phase: Room['phase']): phase is Asking {
  return (
    (phase.name === 'in-call' && phase.awaitsGrant) ||
    (phase.name === 'starting' && phase.grant === null && phase.waitsFor !== null)
  );
}

function leaveNow(room: Room, phase: PhaseOf<'in-call'>, nowMs: number): RoomStep {
  const over = ended(room, phase, 'ended-by-room', nowMs);
  return { room: over.room, effects: [screen({ name: 'leave-call' }), ...over.effects] };
}

function onRoster(room: Room, phase: PhaseOf<'in-call'>, participants: Participant[]): RoomStep {
  const next: Room = { ...room, phase: { ...phase, participants } };
  if (!phase.forLaptop) return still(next);
  if (hasCompany(phase.ticket, participants)) return { room: next, effects: [timer('laptop-awaited', null)] };
  return hasCompany(phase.ticket, phase.participants) ? laptopGone(next) : still(next);
}

function onTimer(room: Room, name: RoomTimer, nowMs: number): RoomStep {
  const { phase } = room;
  switch (name) {
    case 'offer-cancel':
      return phase.name === 'starting' ? still({ ...room, phase: { ...phase, cancelOffered: true } }) : still(room);
    case 'start-fails':
      if (phase.name === 'starting')
        return failed(room, room.fleetOnline ? 'media-failed' : 'room-not-answering', nowMs);
      if (phase.name === 'in-call' && phase.awaitsGrant) return failed(room, 'media-failed', nowMs);
      return still(room);
    case 'screen-awaited':
      return phase.name === 'starting' && !room.screenPresent ? failed(room, 'no-screen', nowMs) : still(room);
    case 'end-awaited':
      return phase.name === 'in-call' ? leaveNow(room, phase, nowMs) : still(room);
    case 'ask-again':
      if (!asksForGrant(phase)) return still(room);
      return {
        room,
        effects: [
          { type: 'request-grant', endedCallId: null, bookingId: phase.bookingId },
          timer('ask-again', ASK_AGAIN_MS),
        ],
      };
    case 'laptop-awaited':
      return phase.name === 'in-call' && phase.forLaptop && !hasCompany(phase.ticket, phase.participants)
        ? laptopGone(room)
        : still(room);
    case 'thanks-over':
      return phase.name === 'ended' ? idle(room) : still(room);
    case 'fault-over':
      return phase.name === 'fault' ? idle(room) : still(room);
  }
}
