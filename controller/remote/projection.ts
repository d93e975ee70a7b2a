/**
 * The remote's view, as a pure function of the link's state and the time. Every screen has only its own data.
 * Nothing here remembers anything: a reloaded phone is right at once.
 */
import type { MeetingRole } from '#contract/call-order.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { ProjectionValues } from '#contract/projections.ts';
import { isCutOff, type Participant, type RoomNotice, type RoomPhase, type RoomState } from '#contract/room-state.ts';
import { type CallTime, callTime } from '#ui/agenda/call-time.ts';
import { type RoomDay, roomDay } from '#ui/agenda/room-day.ts';
import type { LinkSnapshot } from '../link/room-link.ts';

/** A line that breaks is mended before this in all but bad networks; until then the last state stays on show. */
export const LINE_GONE_AFTER_MS = 12_000;
/** Shorter breaks than this are not mentioned. */
export const RECONNECTING_SHOWN_AFTER_MS = 700;
const MINUTE_MS = 60_000;

type Phase<N extends RoomPhase['name']> = Extract<RoomPhase, { name: N }>;
type InRoom = {
  roomName: string;
  state: RoomState;
  notices: readonly RoomNotice[];
  /** no meeting can be started here, with or without a booking */
  cutOff: boolean;
  reconnecting: boolean;
  /** null: the room has no calendar, or nothing is known of it */
  day: RoomDay | null;
  /** the clock of the bookings */
  nowMs: number;
};

export type RemoteView =
  | { screen: 'loading'; roomName: string | null }
  | { screen: 'refused'; code: ErrorCode }
  | { screen: 'gone'; why: 'room' | 'line' | 'never'; roomName: string | null /** own clock */; sinceMs: number | null }
  | ({ screen: 'idle' } & InRoom)
  | ({ screen: 'starting'; phase: Phase<'starting'> } & InRoom)
  | ({ screen: 'in-call'; phase: Phase<'in-call'>; callTime: CallTime | null } & InRoom)
  | ({ screen: 'ended'; phase: Phase<'ended'> } & InRoom)
  | ({ screen: 'fault'; phase: Phase<'fault'> } & InRoom)
  /** a newer room is in a phase that this page does not know */
  | ({ screen: 'unknown' } & InRoom);

/** `nowMs` and `sinceMs` are this device's clock. */
export function project(link: LinkSnapshot, nowMs: number): RemoteView {
  if (link.refusedBy !== null) return { screen: 'refused', code: link.refusedBy };
  const lostForMs = link.lostAtMs === null ? 0 : nowMs - link.lostAtMs;
  if (link.lostAtMs !== null && lostForMs >= LINE_GONE_AFTER_MS) {
    return { screen: 'gone', why: 'line', roomName: link.roomName, sinceMs: link.lostAtMs };
  }
  if (link.roomId === null) return { screen: 'loading', roomName: link.roomName };
  const lastSeenMs = link.lastSeenMs === null ? null : link.lastSeenMs - link.clockOffsetMs;
  const { state } = link.projections;
  if (!link.online) {
    const never = state === undefined && lastSeenMs === null;
    return { screen: 'gone', why: never ? 'never' : 'room', roomName: link.roomName, sinceMs: lastSeenMs };
  }
  if (state === undefined) return { screen: 'loading', roomName: link.roomName };
  return inRoom(link.projections, state, { nowMs: nowMs + link.clockOffsetMs, lostForMs });
}

function inRoom(
  { agenda }: ProjectionValues,
  state: RoomState,
  { nowMs, lostForMs }: { nowMs: number; lostForMs: number },
): RemoteView {
  const common: InRoom = {
    roomName: state.roomName,
    state,
    notices: state.notices,
    cutOff: isCutOff(state.notices),
    reconnecting: lostForMs >= RECONNECTING_SHOWN_AFTER_MS,
    day: roomDay(agenda, nowMs),
    nowMs,
  };
  const { phase } = state;
  switch (phase.name) {
    case 'idle':
      return { screen: 'idle', ...common };
    case 'starting':
      return { screen: 'starting', phase, ...common };
    case 'in-call':
      return { screen: 'in-call', phase, callTime: callTime(agenda, phase.bookingId, nowMs), ...common };
    case 'ended':
      return { screen: 'ended', phase, ...common };
    case 'fault':
      return { screen: 'fault', phase, ...common };
    case 'unknown':
      return { screen: 'unknown', ...common };
  }
}

/** When the same link would give another view by the passing of time alone; null: never. */
export function nextChangeAtMs(link: LinkSnapshot, nowMs: number): number | null {
  const moments =
    link.lostAtMs === null
      ? []
      : [link.lostAtMs + RECONNECTING_SHOWN_AFTER_MS, link.lostAtMs + LINE_GONE_AFTER_MS].filter((at) => at > nowMs);
  // bookings begin and end on the minute of the fleet's clock, and are shown in minutes
  if (link.projections.agenda) moments.push(nowMs + MINUTE_MS - ((nowMs + link.clockOffsetMs) % MINUTE_MS));
  return moments.length === 0 ? null : Math.min(...moments);
}

/** The people to list: all where the whole roster is known, else those that the state names. The room first, then raised hands. */
export function peopleOf(phase: Phase<'in-call'>, roster: LinkSnapshot['roster']): readonly Participant[] {
  const all = roster !== null && roster.callId === phase.callId ? roster.participants : phase.participants;
  const own = all.filter((participant) => participant.peerId === phase.peerId);
  const others = all.filter((participant) => participant.peerId !== phase.peerId);
  const handUpAt = ({ handRaisedAtMs }: Participant) => handRaisedAtMs ?? Number.MAX_VALUE;
  return [...own, ...others.toSorted((one, other) => handUpAt(one) - handUpAt(other))];
}

/** How many people are not in the list. A program may be in it, and is nobody. */
export const unlistedPeople = ({ participantCount }: Phase<'in-call'>, listed: readonly Participant[]): number =>
  Math.max(0, participantCount - listed.filter(({ peerKind }) => peerKind !== 'program').length);

/** Of the room itself in the call. Until it is listed: as rooms of a meeting are. */
export function ownRole({ participants, peerId }: Phase<'in-call'>): MeetingRole {
  return participants.find((participant) => participant.peerId === peerId)?.role ?? 'co-host';
}
