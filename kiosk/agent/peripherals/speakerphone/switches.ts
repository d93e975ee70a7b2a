/**
 * What a report of hook or mute means: a person's wish, or the device's answer to its own lamp, or no more than where it
 * stands. The only place that knows the styles of an on/off control; mute-button.ts adds what a mute button needs.
 */
import type { Style } from './quirks.ts';
import type { ControlPosition, Machine, SpeakerphoneEffect } from './speakerphone-model.ts';

/** A pulse or state this soon after its lamp was set is the device's echo. */
export const ECHO_MS = 150;
/** What a device reports of its state so soon after it was plugged in is where it woke up, not what anybody wants. */
export const AWAKE_MS = 500;
const HOOK_BOUNCE_MS = 300;

export type Switch = 'hook' | 'mute';

/** A step under way: the copy that becomes the next machine. Nested objects are replaced, never changed. */
export type Draft = { next: Machine; effects: SpeakerphoneEffect[]; nowMs: number };

/** @returns what the person wants hook or mute to be; null: nothing, or what it is already */
export function wishOf(
  draft: Draft,
  control: Switch,
  value: number,
  before: number | undefined,
  changedBeside: boolean,
): boolean | null {
  const { next, nowMs } = draft;
  const target = targetOf(next, control);
  switch (styleOf(next, control)) {
    case null:
      return null;
    case 'toggle': {
      const isPressed = value === 1 && before !== 1;
      if (!isPressed) return null;
      if (isEcho(draft, control)) return null;
      if (nowMs - next.hookPressedAtMs < HOOK_BOUNCE_MS) return null;
      next.hookPressedAtMs = nowMs;
      return !target;
    }
    case 'step':
      if (value === before || value === 0) return null;
      return value > 0 === target ? null : value > 0;
    case 'level': {
      const last = next[control];
      const on = value !== 0;
      next[control] = { on, told: true, assumed: false };
      // what the lamp was set to comes back; a device just attached reports where it stands
      if (on === target || last === null || last.on === on || nowMs < next.awakeAtMs) return null;
      if (isEcho(draft, control) && !(control === 'hook' && next.asked.call === false)) return null;
      // it did not follow the lamp, as was assumed, and this report is another button's
      if (last.assumed && changedBeside) return null;
      return on;
    }
  }
}

/** Or else a person was that quick, and device and room differ: the lamps are said again when all is quiet. */
export function isEcho({ next, nowMs }: Draft, control: Switch): boolean {
  if (nowMs >= next.echoUntilMs[control]) return false;
  next.owesLamps = true;
  return true;
}

/** Of mute: as its reports have shown it, where its flags describe a button. */
export function styleOf({ device, muteReports }: Machine, control: Switch): Style | null {
  if (device === null) return null;
  if (control === 'hook') return device.hook;
  return device.phoneMute === 'toggle' && muteReports === 'state' ? 'level' : device.phoneMute;
}

/** What is already asked for counts as done: a second press means its opposite. */
export function targetOf({ asked, room }: Machine, control: Switch): boolean {
  return control === 'hook' ? (asked.call ?? room.inCall) : (asked.muted ?? room.muted);
}

export function expectEcho({ next, nowMs }: Draft, ...controls: Switch[]): void {
  for (const control of controls) next.echoUntilMs = { ...next.echoUntilMs, [control]: nowMs + ECHO_MS };
}

/** What a switch is taken to be at when all is quiet: where it said, or else where its lamp is. */
export function settledAt(style: Style | null, level: ControlPosition | null, truth: boolean): ControlPosition | null {
  if (style !== 'level') return null;
  if (level === null || (!level.told && level.on !== truth)) return { on: truth, told: false, assumed: true };
  return level;
}
