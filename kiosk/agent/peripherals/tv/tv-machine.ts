/**
 * The TV machine, pure: (TV, event) to (TV, effects). On and to our input when a call starts, off when the room has been
 * idle; never off in a call, and never against a person who has switched it. How a goal is reached is tv-goal.ts's.
 */
import type { TvPower } from './cec-frame.ts';
import {
  afterDone,
  afterPower,
  afterRefusal,
  afterSilence,
  commandOf,
  goalTo,
  isLate,
  isOffBySilence,
  reached,
  tryAgain,
} from './tv-goal.ts';
import {
  type TvTime,
  isCall,
  type TvCommand,
  type TvEffect,
  type TvEvent,
  type TvRules,
  type TvState,
  type TvStep,
} from './tv-state.ts';

/** How it is without being asked for anything: switched by hand, unplugged. */
const LOOK_EACH_MS = 60_000;
/** While it changes, and where one answer may just have been lost. */
const LOOK_AGAIN_MS = 5_000;
const VAIN_LOOKS = 3;
/** When the hours end, somebody may just be leaving. */
const GRACE_MS = 2 * 60_000;

export function stepTv(before: TvState, event: TvEvent, moment: TvTime, rules: TvRules): TvStep {
  const { nowMs } = moment;
  let tv = receive(before, event, nowMs);
  if (tv.adapter === 'absent') return { tv, effects: [{ type: 'wake', atMs: null }] };
  const effects: TvEffect[] = [];
  if (tv.inFlight === null) {
    if (tv.goal && isLate(tv.goal, nowMs))
      tv = isOffBySilence(tv.goal) ? reached({ ...tv, power: 'standby' }) : tryAgain(tv, tv.goal, nowMs);
    if (tv.goal === null && standbyDueMs(tv, moment, rules) <= nowMs) tv = { ...tv, goal: goalTo('standby', nowMs) };
    const command = commandDue(tv, nowMs);
    if (command !== null) {
      tv = sent(tv, command, nowMs);
      effects.push({ type: 'do', command });
    }
  }
  effects.push({ type: 'wake', atMs: wakeAtMs(tv, moment, rules) });
  return { tv, effects };
}

function receive(tv: TvState, event: TvEvent, nowMs: number): TvState {
  switch (event.type) {
    case 'room':
      return onRoom(tv, event.phase, nowMs);
    case 'adapter-found':
      return onAdapter(tv, nowMs);
    case 'adapter-gone':
      return { ...tv, adapter: 'absent', heard: false, goal: null, fault: null, inFlight: null, power: 'unknown' };
    case 'power':
      return onPower({ ...tv, heard: true }, event.power, nowMs);
    case 'source':
      return onSource({ ...tv, heard: true, activeAtMs: nowMs }, event.whose);
    case 'key':
      return busy({ ...tv, heard: true, activeAtMs: nowMs });
    case 'done':
      return onDone({ ...tv, inFlight: null }, event.command, nowMs);
    case 'power-answered':
      return onPower({ ...tv, inFlight: null, heard: true }, event.power, nowMs);
    case 'name-answered':
      return { ...tv, inFlight: null, name: event.name };
    case 'failed':
      return onFailed({ ...tv, inFlight: null }, event, nowMs);
    case 'wake':
      return tv;
  }
}

function onRoom(before: TvState, phase: NonNullable<TvState['phase']>, nowMs: number): TvState {
  // what people have to read is not switched off
  const tv = phase === 'idle' ? { ...before, phase } : busy({ ...before, phase });
  const isWantedNow = before.phase === 'shown-by-itself' && isCall(phase) && phase !== before.phase;
  if (isCall(phase) === isCall(before.phase) && !isWantedNow)
    return before.phase === null ? { ...tv, activeAtMs: nowMs } : tv;
  const changed = { ...tv, activeAtMs: nowMs };
  // somebody shows another device: nobody asked for what comes by itself
  if (phase === 'shown-by-itself' && tv.otherSource) return { ...changed, goal: null };
  if (isCall(phase)) return { ...changed, goal: tv.adapter === 'present' ? goalTo('on', nowMs) : null };
  // a start that was taken back: it may come on, and go off when the room has been idle
  return { ...changed, goal: null };
}

/** Perhaps another TV: nothing is known of it. A call that runs is shown on it. */
function onAdapter(tv: TvState, nowMs: number): TvState {
  return {
    ...tv,
    adapter: 'present',
    heard: false,
    tellsPower: false,
    name: null,
    nameAsked: false,
    power: 'unknown',
    goal: isCall(tv.phase) ? goalTo('on', nowMs) : null,
    fault: null,
    inFlight: null,
    lookDueMs: nowMs,
    vainLooks: 0,
    otherSource: false,
  };
}

function onPower(before: TvState, power: TvPower, nowMs: number): TvState {
  const isTransition = power === 'turning-on' || power === 'turning-off';
  const tv: TvState = {
    ...before,
    power,
    tellsPower: true,
    fault: before.fault === 'silent' ? null : before.fault,
    lookDueMs: nowMs + (isTransition ? LOOK_AGAIN_MS : LOOK_EACH_MS),
    vainLooks: 0,
    otherSource: power === 'standby' ? false : before.otherSource,
  };
  if (tv.goal) return afterPower(tv, tv.goal, power, nowMs);
  // nobody but a person does this
  return !isOn(before.power) && isOn(power) ? { ...tv, activeAtMs: nowMs } : tv;
}

function onSource(tv: TvState, whose: 'ours' | 'other'): TvState {
  return busy({ ...tv, otherSource: whose === 'other' });
}

/** Somebody is there: it does not go off under their hands. */
const busy = (tv: TvState): TvState => (tv.goal?.to === 'standby' ? { ...tv, goal: null } : tv);

function onDone(tv: TvState, command: TvCommand, nowMs: number): TvState {
  const shown = command === 'make-active-source' ? { ...tv, otherSource: false } : tv;
  if (tv.goal === null || commandOf(tv.goal) !== command) return shown;
  return afterDone(shown, tv.goal, nowMs);
}

function onFailed(tv: TvState, { command, why }: Extract<TvEvent, { type: 'failed' }>, nowMs: number): TvState {
  // a refusal is an answer
  const known = why === 'unsupported' ? { ...tv, heard: true } : tv;
  if (known.goal && commandOf(known.goal) === command) {
    return (why === 'unsupported' ? afterRefusal : afterSilence)(known, known.goal, nowMs);
  }
  if (command !== 'ask-power') return known;
  const vainLooks = known.vainLooks + 1;
  const isLost = vainLooks >= VAIN_LOOKS;
  // unplugged perhaps, which is nobody's fault while nothing is asked of it
  // off by its silence it stays so, as far as anybody knows
  const power = isLost && why === 'silent' && known.power !== 'standby' ? 'unknown' : known.power;
  return { ...known, power, vainLooks, lookDueMs: nowMs + (isLost ? LOOK_EACH_MS : LOOK_AGAIN_MS) };
}

const isOn = (power: TvState['power']): boolean => power === 'on' || power === 'turning-on';

/** When an idle TV goes off; never, where somebody needs it or it is not on. */
function standbyDueMs(tv: TvState, { hours }: TvTime, { idleMs }: TvRules): number {
  if (tv.phase !== 'idle' || tv.otherSource || !isOn(tv.power)) return Number.POSITIVE_INFINITY;
  const idleOverMs = tv.activeAtMs + idleMs;
  // who was active after the hours' end wanted it so
  const endMs = hours.inside ? hours.untilMs : hours.sinceMs;
  return endMs <= tv.activeAtMs ? idleOverMs : Math.min(idleOverMs, Math.max(endMs, tv.activeAtMs + GRACE_MS));
}

function commandDue(tv: TvState, nowMs: number): TvCommand | null {
  if (tv.goal) return tv.goal.dueMs <= nowMs ? commandOf(tv.goal) : null;
  if (tv.heard && !tv.nameAsked) return 'ask-name';
  return tv.lookDueMs <= nowMs ? 'ask-power' : null;
}

function sent(tv: TvState, command: TvCommand, nowMs: number): TvState {
  return {
    ...tv,
    inFlight: command,
    nameAsked: tv.nameAsked || command === 'ask-name',
    standbyAtMs: command === 'standby' ? nowMs : tv.standbyAtMs,
  };
}

function wakeAtMs(tv: TvState, moment: TvTime, rules: TvRules): number | null {
  // what is on its way ends by itself, within a deadline
  if (tv.inFlight !== null) return null;
  return tv.goal ? tv.goal.dueMs : Math.min(tv.lookDueMs, standbyDueMs(tv, moment, rules));
}
