/**
 * What a report of a mute button means (relative flags). Some devices send their state through such a field: 1 muted,
 * 0 open. Both kinds begin alike, so a 1 only ever mutes, and the microphone opens with a 0: when the button is let go,
 * or when the device reports "open".
 */
import type { Machine } from './speakerphone-model.ts';
import { type Draft, isEcho, styleOf, targetOf, wishOf } from './switches.ts';

/** A 0 this soon after its 1 proves a button: nobody presses twice that fast. */
const QUICK_PRESS_MS = 250;
/** A press lasts no longer; a later 0 is a state, unless the device was seen to send presses. */
const LONGEST_PRESS_MS = 800;

/** @returns what the person wants: true muted, false open; null: nothing, or what it is already */
export function muteWishOf(
  draft: Draft,
  value: number,
  before: number | undefined,
  changedBeside: boolean,
): boolean | null {
  const { next } = draft;
  const isDown = value === 1;
  const wasDown = before === 1;
  if (next.device?.phoneMute === 'toggle') {
    if (!isDown && wasDown) learn(draft);
    if (styleOf(next, 'mute') === 'toggle') {
      if (isDown) return pressed(draft, wasDown, changedBeside);
      return wasDown ? released(draft) : stillUp(draft, changedBeside);
    }
    if (isDown && !wasDown) press(draft);
  }
  return wishOf(draft, 'mute', value, before, changedBeside);
}

/** @returns what `pressed` needs to know of it */
function press(draft: Draft): NonNullable<Machine['mutePress']> {
  const isAnswer = isEcho(draft, 'mute');
  const opens = targetOf(draft.next, 'mute') && !isAnswer;
  draft.next.mutePress = { atMs: draft.nowMs, isAnswer, opens };
  return draft.next.mutePress;
}

function pressed(draft: Draft, wasDown: boolean, changedBeside: boolean): boolean | null {
  // still down, beside another key; or "muted" once more, after a phone has opened the room
  if (wasDown && (changedBeside || targetOf(draft.next, 'mute'))) return null;
  const { isAnswer, opens } = press(draft);
  return isAnswer || opens ? null : true;
}

function released(draft: Draft): boolean | null {
  const { next } = draft;
  const opens = next.mutePress?.opens === true && targetOf(next, 'mute');
  next.mutePress = null;
  // a press that has muted, or an "open" that is not understood yet: the lamp answers either
  next.owesLamps = true;
  return opens ? false : null;
}

/** Perhaps an "open" of a device that followed its lamp in silence: one more mute to put right, and no wish. */
function stillUp(draft: Draft, changedBeside: boolean): null {
  const { next } = draft;
  if (changedBeside || !targetOf(next, 'mute') || isEcho(draft, 'mute')) return null;
  next.mute = { on: false, told: true, assumed: false };
  next.owesLamps = true;
  return null;
}

/** At a 0 after a 1. A button may be held for long once; twice in a row it is a state. */
function learn({ next, nowMs }: Draft): void {
  const { mutePress, muteReports } = next;
  const heldMs = nowMs - (mutePress?.atMs ?? Number.NEGATIVE_INFINITY);
  if (heldMs < QUICK_PRESS_MS) {
    if (mutePress?.isAnswer === false) next.muteReports = 'presses';
  } else if (heldMs >= LONGEST_PRESS_MS && muteReports === 'unknown') {
    next.muteReports = 'state';
    next.mute = { on: true, told: true, assumed: false };
  } else if (heldMs >= LONGEST_PRESS_MS && muteReports === 'presses') {
    next.muteReports = 'unknown';
  }
}
