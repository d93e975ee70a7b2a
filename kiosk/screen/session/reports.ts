/**
 * The reports to the agent about a call, from one of its states to the next. Pure: the session sends them, and the
 * present state again to an agent that has come back.
 */
import type { CallPhase, CallState } from '#call/call-state.ts';
import { CHAT_MESSAGES_IN_ROOM } from '#contract/chat.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { ResumeTicket, ScreenToAgent } from '#contract/screen-link.ts';
import type { CameraAxes } from '#contract/room-equipment.ts';
import { CAPTIONS_IN_ROOM } from '#contract/transcript.ts';
import type { RoomTracks } from './room-tracks.ts';

type Joined = Extract<CallPhase, { name: 'joined' }>;
export type ReportedCall = {
  call: CallState;
  ticket: ResumeTicket | null;
  /** on the stage the document is before a shared screen */
  documentIsNewest: boolean;
  /** the TV shows captions, where there are any */
  showsCaptions: boolean;
};

export function reportsOf(before: ReportedCall, now: ReportedCall): ScreenToAgent[] {
  const reports: ScreenToAgent[] = [];
  const { phase } = now.call;
  if (phase.name === 'joined' && now.ticket !== null) {
    const newPlace =
      before.call.phase.name !== 'joined' ||
      before.ticket?.resumeSecret !== now.ticket.resumeSecret ||
      before.ticket.peerId !== now.ticket.peerId ||
      before.call.phase.callId !== phase.callId;
    if (newPlace) reports.push(joinedReport(phase, now.ticket));
    const connection = connectionReport(phase, now.call);
    const told = before.call.phase.name === 'joined' ? connectionReport(before.call.phase, before.call) : null;
    if (JSON.stringify(connection) !== JSON.stringify(told)) reports.push(connection);
    if (newPlace || before.call.participants !== now.call.participants)
      reports.push(rosterReport(phase.callId, now.call));
    if (newPlace || before.call.order !== now.call.order) reports.push(orderReport(phase.callId, now.call));
    if (newPlace || before.call.air !== now.call.air) reports.push(airReport(phase.callId, now.call));
    if (newPlace || before.call.chat !== now.call.chat) reports.push(chatReport(phase.callId, now.call));
    if (newPlace || before.call.polls !== now.call.polls) reports.push(pollReport(phase.callId, now.call));
    const sameTranscript =
      before.call.transcript === now.call.transcript &&
      before.call.captions === now.call.captions &&
      before.showsCaptions === now.showsCaptions;
    if (newPlace || !sameTranscript) reports.push(transcriptReport(phase.callId, now));
    const sameDocument =
      before.call.document === now.call.document &&
      before.call.withdrawn === now.call.withdrawn &&
      before.documentIsNewest === now.documentIsNewest;
    if (newPlace || !sameDocument) reports.push(documentReport(now.ticket, now));
  }
  const wasIn = before.call.phase.name === 'joined' || before.call.phase.name === 'joining';
  if (phase.name === 'ended' && wasIn) {
    reports.push({ type: 'call-ended', callId: phase.callId, reason: phase.reason });
  }
  return reports;
}

/** The state for an agent that was away. Of the call too: it may be a newer one than in `hello`. */
export function standingReports(now: ReportedCall): ScreenToAgent[] {
  const { call, ticket } = now;
  const { phase } = call;
  if (phase.name !== 'joined' || ticket === null) return [];
  return [
    joinedReport(phase, ticket),
    connectionReport(phase, call),
    rosterReport(phase.callId, call),
    orderReport(phase.callId, call),
    airReport(phase.callId, call),
    chatReport(phase.callId, call),
    pollReport(phase.callId, call),
    transcriptReport(phase.callId, now),
    documentReport(ticket, now),
  ];
}

export function inCallOf({ call, ticket }: ReportedCall): Extract<ScreenToAgent, { type: 'hello' }>['inCall'] {
  const { phase } = call;
  if (phase.name !== 'joined' || ticket === null) return null;
  return { ticket, meetingTitle: phase.meetingTitle, startedAtMs: phase.startedAtMs };
}

/** The state of the devices: tracks, list, motors. The list is reported once the browser has given it. */
export function deviceReports(
  { state, listed, openIds }: Pick<RoomTracks, 'state' | 'listed' | 'openIds'>,
  { axes, inputId }: { axes: CameraAxes | null; inputId: string | null },
): ScreenToAgent[] {
  const { microphone, camera, microphoneProblem, cameraProblem } = state;
  const tracks: ScreenToAgent = { type: 'track-state', microphone, camera, microphoneProblem, cameraProblem };
  if (listed === null) return [tracks];
  return [
    tracks,
    { type: 'media-devices', devices: [...listed], inUse: { ...openIds, inputId } },
    { type: 'camera-axes', axes },
  ];
}

/** A call that failed before it was joined, or after. */
export function failureReport(code: ErrorCode, callId: string, wasIn: boolean): ScreenToAgent {
  return wasIn ? { type: 'lost', callId, code } : { type: 'join-failed', callId, code };
}

/** Kept for an agent that is away; for all else the state of that time is sent. */
export const outlastsSilence = ({ type }: ScreenToAgent): boolean =>
  type === 'call-ended' ||
  type === 'join-failed' ||
  type === 'lost' ||
  type === 'effect-failed' ||
  type === 'broadcast-ended';

function joinedReport(phase: Joined, ticket: ResumeTicket): ScreenToAgent {
  return { type: 'call-joined', ticket, meetingTitle: phase.meetingTitle, startedAtMs: phase.startedAtMs };
}

function connectionReport({ connection }: Joined, { blocked }: CallState): ScreenToAgent {
  return { type: 'connection', connection, mediaBlocked: blocked !== null };
}

function rosterReport(callId: string, { participants }: CallState): ScreenToAgent {
  return { type: 'roster', callId, participants: [...participants] };
}

function orderReport(callId: string, { order }: CallState): ScreenToAgent {
  return { type: 'call-order', callId, order };
}

function airReport(callId: string, { air }: CallState): ScreenToAgent {
  return { type: 'call-air', callId, air };
}

function chatReport(callId: string, { chat }: CallState): ScreenToAgent {
  return { type: 'chat', callId, messages: chat.slice(-CHAT_MESSAGES_IN_ROOM) };
}

function pollReport(callId: string, { polls }: CallState): ScreenToAgent {
  const poll = polls.at(-1) ?? null;
  return { type: 'poll', callId, poll: poll?.result && !poll.isShown ? null : poll };
}

function transcriptReport(callId: string, { call, showsCaptions }: ReportedCall): ScreenToAgent {
  const captions = call.captions.slice(-CAPTIONS_IN_ROOM);
  return { type: 'transcript', callId, transcript: call.transcript, captions, areCaptionsShown: showsCaptions };
}

function documentReport({ callId, peerId }: ResumeTicket, { call, documentIsNewest }: ReportedCall): ScreenToAgent {
  const { document, withdrawn } = call;
  const wasOurs = withdrawn?.presenterPeerId === peerId;
  return {
    type: 'document',
    callId,
    document,
    isNewest: documentIsNewest,
    withdrawn: wasOurs ? withdrawn.reason : null,
  };
}
