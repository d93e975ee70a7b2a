/** What the speakerphone machine knows, receives and asks for. Types and the first state; the steps are speakerphone-machine.ts's. */
import type { RoomCommand } from '#contract/room-command.ts';
import type { RoomState } from '#contract/room-state.ts';
import type { Controls, Lamps, Values } from './controls.ts';
import type { Quirks, Style } from './quirks.ts';

/** The room as far as a speakerphone shows it. */
export type RoomView = {
  /** nobody hears the room, whatever the reason */
  muted: boolean;
  /** from the start on, until the call is left */
  inCall: boolean;
  /** the room is idle, and its meeting is under way elsewhere */
  ringing: boolean;
  volumePercent: number;
};

export type Device = {
  hook: Style | null;
  phoneMute: Style | null;
  volumeBounceMs: number;
};

export type Asked = {
  call: boolean | null;
  muted: boolean | null;
  volumePercent: number | null;
};

/** Of a control that reports its state: where it is. */
export type ControlPosition = {
  on: boolean;
  /** it was said since the lamps were last written */
  told: boolean;
  /** it was never said: the device kept quiet, and is taken to have followed its lamp */
  assumed: boolean;
};

export type MutePress = {
  atMs: number;
  /** the device's answer to its lamp, not a person's press */
  isAnswer: boolean;
  /** the room was muted: it opens when the button is let go */
  opens: boolean;
};

export type Machine = {
  room: RoomView;
  device: Device | null;
  /** as last reported */
  values: Values;
  hook: ControlPosition | null;
  mute: ControlPosition | null;
  /** what a mute button was seen to send: presses, or the device's state */
  muteReports: 'unknown' | 'presses' | 'state';
  /** the mute button went down and is not up yet */
  mutePress: MutePress | null;
  /** wishes that the room has not followed yet */
  asked: Asked;
  awakeAtMs: number;
  lampsWrittenAtMs: number;
  /** what a control reports before this is the device's answer to its lamp */
  echoUntilMs: { hook: number; mute: number };
  hookPressedAtMs: number;
  /** of each key: two keys in quick succession are two presses */
  volumePressedAtMs: { up: number; down: number };
  volumeRepeats: number;
  /** the device has said something since they were written, or may have missed them: written once more when all is quiet */
  owesLamps: boolean;
  mends: number;
  /** wishes for call and mute since it was last quiet */
  streak: number;
  wishes: { sinceMs: number; count: number };
};

export type SpeakerphoneTimer = 'settled' | 'hang-up' | 'volume-repeat';

export type SpeakerphoneEvent =
  | { type: 'attached'; device: Device }
  | { type: 'detached' }
  | { type: 'room'; room: RoomView }
  /** one report: every control that is in it */
  | { type: 'report'; values: Values }
  | { type: 'timer'; name: SpeakerphoneTimer };

export type SpeakerphoneEffect =
  | { type: 'ask'; command: RoomCommand }
  | { type: 'lamps'; lamps: Lamps }
  | { type: 'set-timer'; name: SpeakerphoneTimer; delayMs: number }
  | { type: 'clear-timer'; name: SpeakerphoneTimer }
  /** device and room disagreed; the lamp was set to this again */
  | { type: 'mute-mended'; lamp: 'muted' | 'open' }
  /** they still do, after that was tried often enough */
  | { type: 'mute-not-mended' }
  /** more wishes than any person has */
  | { type: 'flooded' };

export type SpeakerphoneStep = { machine: Machine; effects: SpeakerphoneEffect[] };

export const nothingAsked: Asked = { call: null, muted: null, volumePercent: null };

export function firstMachine(room: RoomView): Machine {
  return {
    room,
    device: null,
    values: {},
    hook: null,
    mute: null,
    muteReports: 'unknown',
    mutePress: null,
    asked: nothingAsked,
    awakeAtMs: Number.NEGATIVE_INFINITY,
    lampsWrittenAtMs: Number.NEGATIVE_INFINITY,
    echoUntilMs: { hook: Number.NEGATIVE_INFINITY, mute: Number.NEGATIVE_INFINITY },
    hookPressedAtMs: Number.NEGATIVE_INFINITY,
    volumePressedAtMs: { up: Number.NEGATIVE_INFINITY, down: Number.NEGATIVE_INFINITY },
    volumeRepeats: 0,
    owesLamps: false,
    mends: 0,
    streak: 0,
    wishes: { sinceMs: Number.NEGATIVE_INFINITY, count: 0 },
  };
}

export function speakerphoneViewOf({ phase, microphone, meeting, volumePercent }: RoomState): RoomView {
  const inCall = phase.name === 'starting' || phase.name === 'in-call';
  return {
    muted: microphone === 'muted' || (inCall && microphone === 'absent'),
    inCall,
    ringing: phase.name === 'idle' && meeting?.underWay === true,
    volumePercent,
  };
}

export const lampsOf = ({ muted, inCall, ringing }: RoomView): Lamps => ({
  mute: muted,
  offHook: inCall,
  ring: ringing,
  speaker: inCall,
});

export function deviceOf({ hookStyle, muteStyle }: Controls, { volumeBounceMs }: Quirks): Device {
  return { hook: hookStyle, phoneMute: muteStyle, volumeBounceMs: volumeBounceMs ?? 0 };
}
