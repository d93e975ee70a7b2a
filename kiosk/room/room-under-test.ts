/**
 * The room machine put to work without agent and screen: its clock, the timers as the agent would keep them, and each
 * effect as a short line, so that a table of them can be read. Rooms in every phase to begin with.
 */
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { CallCommand } from '#contract/room-command.ts';
import type { EndReason, Participant } from '#contract/room-state.ts';
import type { ResumeTicket } from '#contract/screen-link.ts';
import {
  type RoomMachineEffect,
  firstRoom,
  type Phase,
  type PhaseOf,
  type Room,
  type RoomMachineEvent,
  type RoomTimer,
} from './room.ts';
import { stepRoom } from './room-machine.ts';

export const NOW_MS = 1_700_000_000_000;
export const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const CALLS = { A: id(1), B: id(2), C: id(3) } as const;
export type CallLetter = keyof typeof CALLS;
export const BOOKING = 'b'.repeat(64);

/** Each grant has a peer of its own. */
const ROOMS_PEERS = { A: id(10), B: id(12), C: id(13) } as const;
const ROOMS_PEER = ROOMS_PEERS.A;
const GUESTS_PEER = id(11);
export const guest = participantUnderTest({ peerId: GUESTS_PEER, displayName: 'Guest 1', camera: 'off' });
export const ownPlace: Participant = { ...guest, peerId: ROOMS_PEER, displayName: 'Maple', peerKind: 'room' };

/** The room itself among them, not at their head; names as long as they may be, in letters of three bytes. */
export const manyPeople = (count: number): Participant[] =>
  Array.from({ length: count }, (_, index) =>
    index === count - 1 ? ownPlace : { ...guest, peerId: id(100 + index), displayName: '가나다라마'.repeat(16) },
  );

export const ticketOf = (call: CallLetter, secret = 'secret'): ResumeTicket => ({
  callId: CALLS[call],
  peerId: ROOMS_PEERS[call],
  signalingUrl: 'ws://127.0.0.1:7403/signaling',
  resumeSecret: secret,
});
export const callOf = (call: CallLetter, secret?: string) => ({
  ticket: ticketOf(call, secret),
  meetingTitle: 'Weekly',
  startedAtMs: NOW_MS - 60_000,
});
export const grantOf = (call: CallLetter, over: Partial<CallGrant> = {}): CallGrant => ({
  callId: CALLS[call],
  meetingId: id(20),
  meetingTitle: 'Weekly',
  peerId: ROOMS_PEERS[call],
  signalingUrl: 'ws://127.0.0.1:7403/signaling',
  joinToken: 'token',
  expiresAtMs: NOW_MS + 60_000,
  documents: null,
  iceServers: [],
  ...over,
});

const asked: PhaseOf<'starting'> = {
  name: 'starting',
  meetingTitle: 'Weekly',
  bookingId: null,
  sinceMs: NOW_MS - 1_000,
  cancelOffered: false,
  grant: null,
  failedGrants: 0,
  waitsFor: null,
  forLaptop: false,
};
const inCall: PhaseOf<'in-call'> = {
  name: 'in-call',
  ...callOf('A'),
  bookingId: null,
  connection: 'connected',
  mediaBlocked: false,
  participants: [guest, ownPlace],
  order: OPEN_ORDER,
  air: OFF_AIR,
  awaitsGrant: false,
  forLaptop: false,
};
/** One room per phase; of `starting` and `in-call` the halves that behave differently. */
export const phases = {
  idle: { name: 'idle' },
  asked,
  granted: { ...asked, grant: grantOf('A') },
  'in-call': inCall,
  lost: { ...inCall, connection: 'reconnecting', awaitsGrant: true },
  ended: {
    name: 'ended',
    meetingTitle: 'Weekly',
    durationMs: 60_000,
    reason: 'left',
    callId: CALLS.A,
    feedback: null,
  },
  fault: { name: 'fault', code: 'media-failed', sinceMs: NOW_MS, meetingTitle: 'Weekly' },
} as const satisfies Record<string, Phase>;
export type PhaseKey = keyof typeof phases;

/** With screen, devices and fleet as they should be. */
export const roomIn = (phase: PhaseKey, over: Partial<Room> = {}, phaseOver: object = {}): Room => ({
  ...firstRoom(null),
  screenPresent: true,
  fleetOnline: true,
  microphone: 'on',
  camera: 'on',
  ...over,
  phase: { ...phases[phase], ...phaseOver } as Phase,
});

/** Of calls their letter, of people their first: `join-call A`, `leave-call`, `start-fails in 60 s`, `ask`, `accepted`, `refused: …`. */
export function lineOf(effect: RoomMachineEffect): string {
  switch (effect.type) {
    case 'screen': {
      const { name, ...rest } = effect.effect;
      return [name, ...Object.values(rest).map(shortOf)].join(' ');
    }
    case 'reply':
      return effect.error === null ? 'accepted' : `refused: ${effect.error}`;
    case 'request-grant': {
      const forWhat = effect.bookingId === null ? 'ask' : 'ask for the booking';
      return effect.endedCallId === null ? forWhat : `${forWhat}, ${shortOf(effect.endedCallId)} is over`;
    }
    case 'set-timer':
      return `${effect.name} in ${effect.delayMs / 1000} s`;
    case 'clear-timer':
      return `no ${effect.name}`;
    case 'watch-roster':
      return 'watch-roster';
  }
}

const KNOWN = { ...CALLS, guest: GUESTS_PEER };
function shortOf(value: unknown): string {
  const known = typeof value === 'object' && value !== null && 'callId' in value ? value.callId : value;
  return Object.entries(KNOWN).find(([, knownId]) => knownId === known)?.[0] ?? String(value);
}

/** One step from there: `in-call: ask; ask-again in 2 s`. Without the clearing of timers, which sequences watch over. */
export function outcomeOf(from: PhaseKey | Room, event: RoomMachineEvent): string {
  const it = new RoomUnderTest(typeof from === 'string' ? roomIn(from) : from);
  const lines = it.take(event).filter(({ type }) => type !== 'clear-timer');
  return [`${it.room.phase.name}:`, lines.map(lineOf).join('; ')].join(' ').trim();
}
export const roomAfter = (from: PhaseKey | Room, event: RoomMachineEvent): Room =>
  stepRoom(typeof from === 'string' ? roomIn(from) : from, event, NOW_MS).room;

type Report = Extract<RoomMachineEvent, { type: 'screen' }>['report'];
export const told = (report: Report): RoomMachineEvent => ({ type: 'screen', report });
export const joined = (call: CallLetter, secret?: string): RoomMachineEvent =>
  told({ type: 'call-joined', ...callOf(call, secret) });
export const joinFailed = (call: CallLetter, code: ErrorCode): RoomMachineEvent =>
  told({ type: 'join-failed', callId: CALLS[call], code });
export const lost = (call: CallLetter, code: ErrorCode): RoomMachineEvent =>
  told({ type: 'lost', callId: CALLS[call], code });
export const callEnded = (call: CallLetter, reason: EndReason = 'ended-by-participant'): RoomMachineEvent =>
  told({ type: 'call-ended', callId: CALLS[call], reason });
export const effectFailed = (name: string): RoomMachineEvent =>
  told({ type: 'effect-failed', name, code: 'media-failed' });
export const granted = (call: CallLetter): RoomMachineEvent => ({ type: 'grant', grant: grantOf(call) });
export const refused = (code: ErrorCode): RoomMachineEvent => ({ type: 'grant-refused', code });
export const fleet = (online: boolean): RoomMachineEvent => ({ type: 'fleet', online });
export const timer = (name: RoomTimer): RoomMachineEvent => ({ type: 'timer', name });
export const screenComes = (call: CallLetter | null = null): RoomMachineEvent => ({
  type: 'screen-connected',
  inCall: call && callOf(call),
});
type CommandEvent = Extract<RoomMachineEvent, { type: 'command' }>;
export const given = (
  name: CallCommand['name'],
  fields: object = {},
  over: Partial<Pick<CommandEvent, 'grant' | 'bookingTitle'>> = {},
): CommandEvent => ({
  type: 'command',
  id: id(90),
  command: { name, ...fields } as CallCommand,
  grant: null,
  bookingTitle: null,
  ...over,
});

export class RoomUnderTest {
  room: Room;
  nowMs = NOW_MS;
  /** when each is due */
  readonly timers = new Map<RoomTimer, number>();

  constructor(room: Room) {
    this.room = room;
  }

  take(event: RoomMachineEvent): RoomMachineEffect[] {
    const { room, effects } = stepRoom(this.room, event, this.nowMs);
    this.room = room;
    for (const effect of effects) {
      if (effect.type === 'set-timer') this.timers.set(effect.name, this.nowMs + effect.delayMs);
      if (effect.type === 'clear-timer') this.timers.delete(effect.name);
    }
    return effects;
  }

  /** @returns the timer that is due first within the time; without one, the time has passed */
  nextTimer(withinMs: number): RoomTimer | null {
    const untilMs = this.nowMs + withinMs;
    const [next] = [...this.timers].filter(([, dueMs]) => dueMs <= untilMs).sort(([, one], [, other]) => one - other);
    this.nowMs = next?.[1] ?? untilMs;
    if (next) this.timers.delete(next[0]);
    return next?.[0] ?? null;
  }
}
