/**
 * What goes on in a simulated room: meetings with people who come and go, and faults that last a while and are mended.
 * All by one seeded order of chance, so that two runs of a seed do the same.
 */
import { v7 } from 'uuid';
import type { Random } from '../seeded-random.ts';
import { HEALTH_FAULTS, type HealthFault, healthAfter, healthWith, qualityOf } from './simulated-health.ts';
import type { SimulatedRoom } from './simulated-room.ts';
import { callOf } from './simulated-state.ts';

const MINUTE_MS = 60_000;
const IDLE_MS = [MINUTE_MS, 15 * MINUTE_MS] as const;
const CALL_MS = [MINUTE_MS, 12 * MINUTE_MS] as const;
const PEOPLE_CHANGE_MS = [10_000, 50_000] as const;
const MOST_PEOPLE = 12;
/** of the rooms, at any moment of the day */
const MEETING_SHARE = 0.45;
const SOON_MS = 10_000;
const FAULT_LASTS_MS = [40_000, 3 * MINUTE_MS] as const;
const GONE_MS = [1_000, 60_000] as const;

/** `line-cut`: the network is gone for a while; `agent-killed`: it begins anew; `help-called`: a person calls IT. */
export const ROOM_FAULTS = [
  ...HEALTH_FAULTS,
  'speakerphone-faulty',
  'line-cut',
  'agent-killed',
  'help-called',
] as const;
export type RoomFault = (typeof ROOM_FAULTS)[number];

export class RoomLife {
  readonly room: SimulatedRoom;
  readonly #random: Random;
  #next: NodeJS.Timeout | undefined;
  #mending: NodeJS.Timeout | undefined;
  #callEndsAtMs = 0;
  /** what is wrong at this moment; null: nothing */
  fault: RoomFault | null = null;

  constructor(room: SimulatedRoom, random: Random) {
    this.room = room;
    this.#random = random;
  }

  get isInCall(): boolean {
    return this.room.state.phase.name === 'in-call';
  }

  /** Begins at any moment of its day. */
  begin(): void {
    const isMeeting = this.#random.next() < MEETING_SHARE;
    this.#next = setTimeout(() => this.#step(), this.#random.between(0, isMeeting ? SOON_MS : IDLE_MS[1]));
  }

  end(): void {
    clearTimeout(this.#next);
    clearTimeout(this.#mending);
  }

  /** One at a time. @param lastsMs null: until the life ends */
  fail(fault: RoomFault, lastsMs: number | null = this.#random.between(...FAULT_LASTS_MS)): void {
    const { room } = this;
    if (this.fault !== null) return;
    const goneMs = this.#random.between(...GONE_MS);
    this.fault = fault;
    let mend = (): void => {};
    if (fault === 'line-cut') {
      room.line.cut(goneMs);
    } else if (fault === 'agent-killed') {
      this.#leaveCall();
      room.restart(goneMs);
    } else if (fault === 'speakerphone-faulty') {
      room.change({ notices: ['speakerphone-faulty'] });
      room.record({ name: 'device-faulty', device: 'speakerphone', code: 'device-gone' });
      mend = () => {
        room.change({ notices: [] });
        room.record({ name: 'device-mended', device: 'speakerphone' });
      };
    } else if (fault === 'help-called') {
      const helpId = v7();
      room.record({ name: 'help-called', helpId, topic: 'other', text: 'A simulated call for help' });
      mend = () => room.record({ name: 'help-withdrawn', helpId });
    } else {
      const ofHealth: HealthFault = fault;
      room.setHealth(healthWith(ofHealth, room.health, Date.now()));
      mend = () => room.setHealth(healthAfter(ofHealth, room.health, Date.now()));
    }
    const over = (): void => {
      this.fault = null;
      mend();
    };
    const isShort = fault === 'line-cut' || fault === 'agent-killed';
    if (isShort || lastsMs !== null) this.#mending = setTimeout(over, isShort ? goneMs : lastsMs!);
  }

  #step(): void {
    const nowMs = Date.now();
    if (!this.isInCall) {
      this.#join(nowMs);
    } else if (nowMs >= this.#callEndsAtMs) {
      this.#leaveCall();
      this.#next = setTimeout(() => this.#step(), this.#random.between(...IDLE_MS));
      return;
    } else {
      const { phase } = this.room.state;
      if (phase.name !== 'in-call') return;
      const by = this.#random.next() < 0.6 ? 1 : -1;
      const participantCount = Math.min(MOST_PEOPLE, Math.max(1, phase.participantCount + by));
      this.room.change({ phase: { ...phase, participantCount } });
    }
    const untilEndMs = Math.max(1_000, this.#callEndsAtMs - nowMs);
    this.#next = setTimeout(() => this.#step(), Math.min(untilEndMs, this.#random.between(...PEOPLE_CHANGE_MS)));
  }

  #join(nowMs: number): void {
    const { room } = this;
    this.#callEndsAtMs = nowMs + this.#random.between(...CALL_MS);
    const phase = callOf(room.state, null, nowMs);
    if (phase.name !== 'in-call') return;
    room.change({ phase });
    const seen = { sight: 'well', sinceMs: nowMs } as const;
    const open = this.fault === null ? { camera: seen, microphone: seen } : {};
    room.setHealth({ ...open, callQuality: qualityOf(this.#random) });
    const { callId, meetingTitle } = phase;
    room.record({ name: 'call-joined', callId, meetingTitle: meetingTitle || room.state.roomName, bookingId: null });
  }

  #leaveCall(): void {
    const { room } = this;
    const { phase } = room.state;
    if (phase.name !== 'in-call') return;
    const nowMs = Date.now();
    room.change({ phase: { name: 'idle' } });
    const closed = { sight: 'not-open', sinceMs: nowMs } as const;
    const shut = this.fault === null ? { camera: closed, microphone: closed } : {};
    room.setHealth({ ...shut, callQuality: null });
    const durationMs = Math.max(0, nowMs - phase.startedAtMs);
    room.record({ name: 'call-left', callId: phase.callId, reason: 'left', durationMs });
  }
}
