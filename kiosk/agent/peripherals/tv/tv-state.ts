/** What the TV machine knows, hears and asks for. Types, the first state, and how others see it; the rest is tv-machine.ts's. */
import type { TvStatus } from '#contract/room-equipment.ts';
import type { RoomPhase } from '#contract/room-state.ts';
import type { TvPower } from './cec-frame.ts';
import type { HoursNow } from './hours.ts';

export type TvCommand = 'turn-on' | 'make-active-source' | 'standby' | 'ask-power' | 'ask-name';

/** What the TV is being brought to, until it is there or the wish is over. Times are due times. */
export type Goal = {
  to: 'on' | 'standby';
  /** from 1 */
  attempt: number;
  /** `order` it, `claim` its picture, `look` whether it is there, `claim-again` once it is awake */
  next: 'order' | 'claim' | 'look' | 'claim-again';
  dueMs: number;
  /** by then it has to be there, or the order is repeated */
  deadlineMs: number;
  /** what it said last in this attempt; null: nothing */
  last: TvPower | null;
  /** in this attempt it was seen elsewhere than at its goal */
  wasAway: boolean;
  /** the order to go off went out */
  isTaken: boolean;
  /** looks without an answer, in a row */
  silentLooks: number;
};

/** What the room does. Idle, and something is on the TV: a document or a broadcast that a person wanted, or a broadcast by itself. */
export type TvPhase = RoomPhase['name'] | 'shown-by-tap' | 'shown-by-itself';
export type TvState = {
  adapter: 'absent' | 'present';
  /** null: not told yet */
  phase: TvPhase | null;
  /** it has said something since the adapter was found: one that never did has no CEC */
  heard: boolean;
  /** it has answered a question for its power; some refuse it always, some only while they wake up */
  tellsPower: boolean;
  name: string | null;
  nameAsked: boolean;
  power: TvStatus['power'];
  goal: Goal | null;
  /** `silent` ends with its next word; `stubborn` when it does what it is told, be it at the next call */
  fault: 'silent' | 'stubborn' | null;
  /** what is on its way to the TV: one command at a time */
  inFlight: TvCommand | null;
  /** the last sign of a person or of a call */
  activeAtMs: number;
  standbyAtMs: number;
  lookDueMs: number;
  /** looks that told no power, in a row */
  vainLooks: number;
  /** somebody shows another device, or television */
  otherSource: boolean;
};

/** `nowMs` never jumps; `hours` are of the wall clock, told in its terms. */
export type TvTime = { nowMs: number; hours: HoursNow };
export type TvRules = { idleMs: number };

export type TvEvent =
  | { type: 'room'; phase: TvPhase }
  | { type: 'adapter-found' }
  | { type: 'adapter-gone' }
  /** told unasked */
  | { type: 'power'; power: TvPower }
  | { type: 'source'; whose: 'ours' | 'other' }
  | { type: 'key' }
  | { type: 'done'; command: 'turn-on' | 'make-active-source' | 'standby' }
  | { type: 'power-answered'; power: TvPower }
  | { type: 'name-answered'; name: string | null }
  | { type: 'failed'; command: TvCommand; why: 'silent' | 'unsupported' }
  | { type: 'wake' };

/** `wake`: the one timer, set anew by each step. */
export type TvEffect = { type: 'do'; command: TvCommand } | { type: 'wake'; atMs: number | null };
export type TvStep = { tv: TvState; effects: TvEffect[] };

export function firstTv(nowMs: number): TvState {
  return {
    adapter: 'absent',
    phase: null,
    heard: false,
    tellsPower: false,
    name: null,
    nameAsked: false,
    power: 'unknown',
    goal: null,
    fault: null,
    inFlight: null,
    activeAtMs: nowMs,
    standbyAtMs: Number.NEGATIVE_INFINITY,
    lookDueMs: nowMs,
    vainLooks: 0,
    otherSource: false,
  };
}

/** A call, or what people look at without one. */
export const isCall = (phase: TvPhase | null): boolean =>
  phase === 'starting' || phase === 'in-call' || phase === 'shown-by-tap' || phase === 'shown-by-itself';

/** A TV that never said a word is none that can be controlled, and no fault. */
export function tvStatusOf({ adapter, heard, fault, goal, power, name }: TvState): TvStatus {
  if (adapter === 'absent' || !heard) return { control: 'none', power: 'unknown', name: null, code: null };
  if (fault !== null) return { control: 'faulty', power, name, code: 'tv-not-answering' };
  if (goal?.to === 'on' && power !== 'on') return { control: 'cec', power: 'turning-on', name, code: null };
  if (goal?.to === 'standby' && power !== 'standby') return { control: 'cec', power: 'turning-off', name, code: null };
  return { control: 'cec', power, name, code: null };
}
