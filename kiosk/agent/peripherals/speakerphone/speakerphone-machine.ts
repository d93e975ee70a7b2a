/**
 * The speakerphone machine: (machine, event) to (machine, effects), pure. Owns whose word counts: the room's state is
 * the only truth of call and mute. What a device reports is a wish where a person meant it, and no wish where it only
 * repeats what its lamps were set to.
 */
import type { RoomCommand } from '#contract/room-command.ts';
import type { LampName, Values } from './controls.ts';
import { muteWishOf } from './mute-button.ts';
import {
  firstMachine,
  lampsOf,
  type Machine,
  nothingAsked,
  type RoomView,
  type SpeakerphoneEvent,
  type SpeakerphoneStep,
  type SpeakerphoneTimer,
} from './speakerphone-model.ts';
import { AWAKE_MS, type Draft, ECHO_MS, expectEcho, settledAt, styleOf, targetOf, wishOf } from './switches.ts';

/** Room and device get this long to follow a wish, a lamp; Jabra's give up on an unanswered signal after 2 s. */
export const SETTLE_MS = 1_000;
/** A call is left this long after the hook reports it: a cable pulled in the middle of a press ends nothing. */
export const HANG_UP_MS = 200;
export const MAX_MENDS = 3;
export const VOLUME_STEP_PERCENT = 5;
const VOLUME_HELD_MS = 500;
const VOLUME_REPEAT_MS = 200;
/** A key that is stuck turns the volume no further than a thumb would. */
const MAX_VOLUME_REPEATS = 20;
/** So many in a row without a second's pause: device and room answer each other, or a child plays. It may pause first. */
const MAX_STREAK = 6;
const WISHES_WINDOW_MS = 5_000;
export const MAX_WISHES = 40;

const TIMERS: readonly SpeakerphoneTimer[] = ['settled', 'hang-up', 'volume-repeat'];

/** @param nowMs any clock that does not go back */
export function stepSpeakerphone(machine: Machine, event: SpeakerphoneEvent, nowMs: number): SpeakerphoneStep {
  const draft: Draft = { next: { ...machine }, effects: [], nowMs };
  switch (event.type) {
    case 'attached':
      attach(draft, event.device);
      break;
    case 'detached':
      forget(draft);
      draft.next.device = null;
      for (const name of TIMERS) draft.effects.push({ type: 'clear-timer', name });
      break;
    case 'room':
      follow(draft, event.room);
      break;
    case 'report':
      if (machine.device !== null) onReport(draft, event.values);
      break;
    case 'timer':
      if (machine.device !== null) onTimer(draft, event.name);
      break;
  }
  return { machine: draft.next, effects: draft.effects };
}

function attach(draft: Draft, device: Machine['device']): void {
  const { next, nowMs } = draft;
  forget(draft);
  next.device = device;
  expectEcho(draft, 'hook', 'mute');
  next.awakeAtMs = nowMs + AWAKE_MS;
  writeLamps(draft);
  next.owesLamps = next.room.inCall;
}

/** Nothing of one device is held against the next, nor against the same after it was plugged in again. */
function forget({ next }: Draft): void {
  const { values, hook, mute, muteReports, mutePress, asked, mends, owesLamps } = firstMachine(next.room);
  Object.assign(next, { values, hook, mute, muteReports, mutePress, asked, mends, owesLamps });
}

function follow(draft: Draft, room: RoomView): void {
  const { next } = draft;
  const before = next.room;
  const { asked } = next;
  next.room = room;
  if (asked.call === false && !room.inCall) clearTimer(draft, 'hang-up');
  next.asked = {
    call: asked.call === room.inCall ? null : asked.call,
    muted: asked.muted === room.muted ? null : asked.muted,
    volumePercent: asked.volumePercent === room.volumePercent ? null : asked.volumePercent,
  };
  if (before.muted !== room.muted) {
    expectEcho(draft, 'mute');
    next.mends = 0;
  }
  if (before.inCall !== room.inCall) expectEcho(draft, 'hook');
  const [shown, toShow] = [lampsOf(before), lampsOf(room)];
  const isSame = (Object.keys(toShow) as LampName[]).every((name) => shown[name] === toShow[name]);
  if (!isSame) writeLamps(draft);
  // a device that was on-hook may have missed them: once more when all is quiet
  if (room.inCall && !before.inCall) next.owesLamps = true;
}

/** Also where they stay as they are: several devices take a signal back that nobody answers. */
function writeLamps(draft: Draft): void {
  const { next } = draft;
  if (next.device === null) return;
  draft.effects.push({ type: 'lamps', lamps: lampsOf(next.room) });
  next.lampsWrittenAtMs = draft.nowMs;
  next.owesLamps = false;
  // a device that has lit its lamp at the press sees it put out again, for the moment until the room has followed
  if (next.asked.muted !== null) expectEcho(draft, 'mute');
  next.hook = next.hook && { ...next.hook, told: false };
  next.mute = next.mute && { ...next.mute, told: false };
  setTimer(draft, 'settled', SETTLE_MS);
}

function onReport(draft: Draft, values: Values): void {
  const { next } = draft;
  const before = next.values;
  const owedLamps = next.owesLamps;
  next.values = { ...before, ...values };
  const isPressed = (name: keyof Values) => values[name] === 1 && before[name] !== 1;
  const changedBeside = (name: keyof Values) =>
    Object.entries(values).some(([other, value]) => other !== name && value !== (before[other as keyof Values] ?? 0));

  if (values.hook !== undefined) {
    const wish = wishOf(draft, 'hook', values.hook, before.hook, changedBeside('hook'));
    if (wish !== null) wishCall(draft, wish);
  }
  if (isPressed('drop')) wishCall(draft, false);
  if (isPressed('redial')) wishCall(draft, true);
  if (values.phoneMute !== undefined) {
    const wish = muteWishOf(draft, values.phoneMute, before.phoneMute, changedBeside('phoneMute'));
    if (wish !== null) wishMuted(draft, wish);
  }
  if (next.owesLamps && !owedLamps) setTimer(draft, 'settled', SETTLE_MS);
  for (const [name, direction] of [
    ['volumeUp', 1],
    ['volumeDown', -1],
  ] as const) {
    if (isPressed(name)) pressVolume(draft, direction);
    else if (values[name] === 0 && before[name] === 1) clearTimer(draft, 'volume-repeat');
  }
}

function wishCall(draft: Draft, on: boolean): void {
  const { next } = draft;
  if (on === targetOf(next, 'hook') || isTooMuch(draft)) return;
  if (on) {
    clearTimer(draft, 'hang-up');
    const isTakenBack = next.room.inCall;
    next.asked = { ...next.asked, call: isTakenBack ? null : true };
    if (!isTakenBack) ask(draft, { name: 'join-call' });
  } else {
    next.asked = { ...next.asked, call: false };
    setTimer(draft, 'hang-up', HANG_UP_MS);
  }
  next.owesLamps = true;
  setTimer(draft, 'settled', SETTLE_MS);
}

function wishMuted(draft: Draft, muted: boolean): void {
  if (isTooMuch(draft)) return;
  const { next, nowMs } = draft;
  // lamps on their way to the device put its own back, until the room has followed
  if (nowMs - next.lampsWrittenAtMs < ECHO_MS) expectEcho(draft, 'mute');
  next.asked = { ...next.asked, muted };
  next.owesLamps = true;
  ask(draft, { name: 'set-microphone', on: !muted });
  setTimer(draft, 'settled', SETTLE_MS);
}

/** What is not heard is answered by the lamps once all is quiet. */
function isTooMuch(draft: Draft): boolean {
  const { next } = draft;
  next.streak += 1;
  if (next.streak <= MAX_STREAK) return false;
  next.owesLamps = true;
  setTimer(draft, 'settled', SETTLE_MS);
  return true;
}

function pressVolume(draft: Draft, direction: 1 | -1): void {
  const { next, nowMs } = draft;
  const key = direction === 1 ? 'up' : 'down';
  const sinceLastMs = nowMs - next.volumePressedAtMs[key];
  next.volumePressedAtMs = { ...next.volumePressedAtMs, [key]: nowMs };
  if (sinceLastMs < (next.device?.volumeBounceMs ?? 0)) return;
  next.volumeRepeats = 0;
  if (turnVolume(draft, direction)) setTimer(draft, 'volume-repeat', VOLUME_HELD_MS);
}

/** @returns false at either end */
function turnVolume(draft: Draft, direction: 1 | -1): boolean {
  const { next } = draft;
  const from = next.asked.volumePercent ?? next.room.volumePercent;
  const percent = Math.min(100, Math.max(0, from + direction * VOLUME_STEP_PERCENT));
  if (percent === from) return false;
  next.asked = { ...next.asked, volumePercent: percent };
  ask(draft, { name: 'set-volume', percent });
  setTimer(draft, 'settled', SETTLE_MS);
  return true;
}

function onTimer(draft: Draft, name: SpeakerphoneTimer): void {
  const { next } = draft;
  switch (name) {
    case 'hang-up':
      if (next.asked.call === false && next.room.inCall) ask(draft, { name: 'leave-call' });
      return;
    case 'volume-repeat': {
      const { volumeUp = 0, volumeDown = 0 } = next.values;
      if (volumeUp === volumeDown || next.volumeRepeats >= MAX_VOLUME_REPEATS) return;
      next.volumeRepeats += 1;
      if (turnVolume(draft, volumeUp === 1 ? 1 : -1)) setTimer(draft, 'volume-repeat', VOLUME_REPEAT_MS);
      return;
    }
    case 'settled':
      settle(draft);
      return;
  }
}

/** What should have followed by now has, or is put right; what said nothing is taken to have followed. */
function settle(draft: Draft): void {
  const { next } = draft;
  const { room, asked, mute } = next;
  const isMuteWrong = asked.muted !== null || (mute?.told === true && mute.on !== room.muted);
  next.asked = nothingAsked;
  next.streak = 0;
  if (isMuteWrong && next.mends >= MAX_MENDS) {
    if (next.mends === MAX_MENDS) draft.effects.push({ type: 'mute-not-mended' });
    next.mends = MAX_MENDS + 1;
    return;
  }
  if (isMuteWrong) {
    next.mends += 1;
    draft.effects.push({ type: 'mute-mended', lamp: room.muted ? 'muted' : 'open' });
  } else {
    next.mends = 0;
  }
  next.hook = settledAt(styleOf(next, 'hook'), next.hook, room.inCall);
  next.mute = settledAt(styleOf(next, 'mute'), next.mute, room.muted);
  if (isMuteWrong || next.owesLamps) {
    expectEcho(draft, 'hook', 'mute');
    writeLamps(draft);
  }
}

function ask(draft: Draft, command: RoomCommand): void {
  const { next, nowMs } = draft;
  const isNewWindow = nowMs - next.wishes.sinceMs >= WISHES_WINDOW_MS;
  next.wishes = isNewWindow ? { sinceMs: nowMs, count: 1 } : { ...next.wishes, count: next.wishes.count + 1 };
  if (next.wishes.count <= MAX_WISHES) draft.effects.push({ type: 'ask', command });
  else if (next.wishes.count === MAX_WISHES + 1) draft.effects.push({ type: 'flooded' });
}

const setTimer = ({ effects }: Draft, name: SpeakerphoneTimer, delayMs: number): void => {
  effects.push({ type: 'set-timer', name, delayMs });
};
const clearTimer = ({ effects }: Draft, name: SpeakerphoneTimer): void => {
  effects.push({ type: 'clear-timer', name });
};
