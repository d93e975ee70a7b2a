import { describe, expect, it } from 'vitest';
import type { RoomCommand } from '#contract/room-command.ts';
import type { RoomState } from '#contract/room-state.ts';
import type { Values } from './controls.ts';
import type { Style } from './quirks.ts';
import { HANG_UP_MS, MAX_MENDS, MAX_WISHES, SETTLE_MS, stepSpeakerphone } from './speakerphone-machine.ts';
import {
  firstMachine,
  type Machine,
  type RoomView,
  type SpeakerphoneEffect,
  type SpeakerphoneEvent,
  speakerphoneViewOf,
} from './speakerphone-model.ts';

const idle: RoomView = { muted: false, inCall: false, ringing: false, volumePercent: 60 };
const inCall: RoomView = { ...idle, inCall: true };

/** A machine with a clock, told one thing after the other; the room does nothing by itself. */
class Played {
  machine: Machine;
  nowMs = 10_000;
  effects: SpeakerphoneEffect[] = [];

  constructor(room: RoomView, hook: Style | null = 'level', phoneMute: Style | null = 'toggle', volumeBounceMs = 0) {
    this.machine = firstMachine(room);
    this.take({ type: 'attached', device: { hook, phoneMute, volumeBounceMs } });
    this.pass(SETTLE_MS, 'settled');
    this.pass(SETTLE_MS, 'settled');
    this.effects = [];
  }
  take(event: SpeakerphoneEvent): this {
    const done = stepSpeakerphone(this.machine, event, this.nowMs);
    this.machine = done.machine;
    this.effects.push(...done.effects);
    return this;
  }
  report(values: Values): this {
    return this.take({ type: 'report', values });
  }
  room(room: Partial<RoomView>): this {
    return this.take({ type: 'room', room: { ...this.machine.room, ...room } });
  }
  pass(ms: number, ...timers: ('settled' | 'hang-up' | 'volume-repeat')[]): this {
    this.nowMs += ms;
    for (const name of timers) this.take({ type: 'timer', name });
    return this;
  }
  /** What came since the last look. */
  get asked(): RoomCommand[] {
    return this.#taken('ask').map(({ command }) => command);
  }
  get lamps() {
    return this.#taken('lamps').map(({ lamps }) => lamps);
  }
  get mended() {
    return this.#taken('mute-mended').map(({ lamp }) => lamp);
  }
  #taken<T extends SpeakerphoneEffect['type']>(type: T): Extract<SpeakerphoneEffect, { type: T }>[] {
    const isOf = (effect: SpeakerphoneEffect): effect is Extract<SpeakerphoneEffect, { type: T }> =>
      effect.type === type;
    const taken = this.effects.filter(isOf);
    this.effects = this.effects.filter((effect) => !isOf(effect));
    return taken;
  }
}

describe('the hook', () => {
  it.each<{ style: Style; press: Values[] }>([
    { style: 'level', press: [{ hook: 1 }] },
    { style: 'toggle', press: [{ hook: 1 }, { hook: 0 }] },
    { style: 'step', press: [{ hook: 1 }, { hook: 0 }] },
  ])('starts the meeting in an idle room, once for a press ($style)', ({ style, press }) => {
    const played = new Played(idle, style);
    for (const values of press) played.report(values);
    expect(played.asked).toEqual([{ name: 'join-call' }]);
  });

  it.each<{ style: Style; press: Values[] }>([
    { style: 'level', press: [{ hook: 0 }] },
    { style: 'toggle', press: [{ hook: 1 }, { hook: 0 }] },
    { style: 'step', press: [{ hook: -1 }, { hook: 0 }] },
  ])('leaves the call, a moment later ($style)', ({ style, press }) => {
    const played = new Played(inCall, style);
    for (const values of press) played.report(values);
    expect(played.asked).toEqual([]);
    played.pass(HANG_UP_MS, 'hang-up');
    expect(played.asked).toEqual([{ name: 'leave-call' }]);
  });

  it.each<{ style: Style; press: Values[] }>([
    { style: 'level', press: [{ hook: 0 }] },
    { style: 'toggle', press: [{ hook: 1 }, { hook: 0 }] },
    { style: 'step', press: [{ hook: -1 }, { hook: 0 }] },
  ])('cancels a start that is stuck, whoever began it ($style)', ({ style, press }) => {
    const stuck = { name: 'starting', meetingTitle: '', sinceMs: 0, cancelOffered: true } as const;
    const room = speakerphoneViewOf({
      phase: stuck,
      microphone: 'on',
      meeting: null,
      volumePercent: 60,
    } as unknown as RoomState);
    const played = new Played(idle, style).room(room).pass(SETTLE_MS, 'settled').pass(SETTLE_MS, 'settled');
    for (const values of press) played.report(values);
    expect(played.pass(HANG_UP_MS, 'hang-up').asked).toEqual([{ name: 'leave-call' }]);
  });

  it('answers while the meeting rings', () => {
    expect(new Played({ ...idle, ringing: true }).report({ hook: 1 }).asked).toEqual([{ name: 'join-call' }]);
  });

  it('that only repeats its lamp is no wish', () => {
    const played = new Played(idle);
    played.room({ inCall: true }).report({ hook: 1 });
    played.pass(SETTLE_MS, 'settled').room({ inCall: false }).report({ hook: 0 });
    expect(played.pass(HANG_UP_MS, 'hang-up').asked).toEqual([]);
  });

  it('that did not follow its lamp is not taken for a wish when another key is pressed', () => {
    // a call begun on a phone: the device says nothing of its hook until its volume key is pressed
    const played = new Played(idle).room({ inCall: true }).pass(SETTLE_MS, 'settled');
    played.report({ hook: 0, volumeUp: 1 }).report({ hook: 0, volumeUp: 0 });
    expect(played.pass(HANG_UP_MS, 'hang-up').asked).toEqual([{ name: 'set-volume', percent: 65 }]);
  });

  it('of a device that followed in silence works at the first press', () => {
    const played = new Played(idle).report({ hook: 1 }).room({ inCall: true });
    played.pass(SETTLE_MS, 'settled').room({ inCall: false }).pass(SETTLE_MS, 'settled');
    expect(played.asked).toEqual([{ name: 'join-call' }]);
    expect(played.report({ hook: 1 }).asked).toEqual([{ name: 'join-call' }]);
  });

  it('put down and lifted again at once changes nothing', () => {
    const played = new Played(inCall).report({ hook: 0 }).pass(50).report({ hook: 1 });
    expect(played.pass(HANG_UP_MS, 'hang-up').asked).toEqual([]);
  });

  it('pressed again before the room has followed takes the start back', () => {
    const played = new Played(idle).report({ hook: 1 }).pass(50).report({ hook: 0 });
    played.room({ inCall: true }).pass(HANG_UP_MS, 'hang-up');
    expect(played.asked).toEqual([{ name: 'join-call' }, { name: 'leave-call' }]);
  });

  it('that bounces is one press', () => {
    const played = new Played(idle, 'toggle');
    for (const hook of [1, 0, 1, 0]) played.report({ hook }).pass(20);
    expect(played.pass(HANG_UP_MS, 'hang-up').asked).toEqual([{ name: 'join-call' }]);
  });

  it('drops and redials', () => {
    expect(new Played(inCall).report({ drop: 1 }).pass(HANG_UP_MS, 'hang-up').asked).toEqual([{ name: 'leave-call' }]);
    expect(new Played(idle).report({ redial: 1 }).asked).toEqual([{ name: 'join-call' }]);
    expect(new Played(idle).report({ drop: 1 }).pass(HANG_UP_MS, 'hang-up').asked).toEqual([]);
    expect(new Played(inCall).report({ redial: 1 }).asked).toEqual([]);
  });
});

describe('a cable', () => {
  it('pulled in the middle of a press does not end the call', () => {
    const played = new Played(inCall).report({ hook: 0 }).take({ type: 'detached' });
    played.pass(HANG_UP_MS, 'hang-up');
    expect(played.asked).toEqual([]);
  });

  it('plugged in again shows the call, and what the device says of itself at first is no wish', () => {
    const played = new Played(inCall).take({ type: 'detached' });
    played.take({ type: 'attached', device: { hook: 'level', phoneMute: 'level', volumeBounceMs: 0 } });
    expect(played.lamps).toEqual([{ mute: false, offHook: true, ring: false, speaker: true }]);
    played.report({ hook: 0, phoneMute: 1 }).pass(HANG_UP_MS, 'hang-up').pass(SETTLE_MS, 'settled');
    expect(played.asked).toEqual([]);
    // muted by itself, while the room is heard: put right
    expect(played.mended).toEqual(['open']);
  });

  it('plugged in starts nothing, however the device finds its state', () => {
    const played = new Played(idle).take({ type: 'detached' });
    played.take({ type: 'attached', device: { hook: 'level', phoneMute: 'level', volumeBounceMs: 0 } });
    played.pass(200).report({ hook: 0, phoneMute: 0 }).pass(100).report({ hook: 1, phoneMute: 1 });
    played.pass(100).report({ hook: 0, phoneMute: 0 }).pass(SETTLE_MS, 'settled');
    expect(played.asked).toEqual([]);
  });

  it('that was out has made everything forgotten that was asked before', () => {
    const played = new Played(inCall).report({ phoneMute: 1 }).take({ type: 'detached' });
    played.take({ type: 'attached', device: { hook: 'level', phoneMute: 'toggle', volumeBounceMs: 0 } });
    played.pass(500).report({ phoneMute: 1 });
    const mute = { name: 'set-microphone', on: false };
    expect(played.asked).toEqual([mute, mute]);
  });

  it('that is out hears and says nothing', () => {
    const played = new Played(idle).take({ type: 'detached' });
    played.effects = [];
    played.report({ hook: 1 }).room({ muted: true }).pass(SETTLE_MS, 'settled');
    expect(played.effects).toEqual([]);
  });
});

describe('mute', () => {
  const mute: RoomCommand = { name: 'set-microphone', on: false };
  const open: RoomCommand = { name: 'set-microphone', on: true };

  it('asks for the opposite of the room at each press of a button; it opens when the button is let go', () => {
    const played = new Played(inCall).report({ phoneMute: 1 });
    expect(played.asked).toEqual([mute]);
    played.pass(100).report({ phoneMute: 0 });
    expect(played.asked).toEqual([]);
    played.room({ muted: true }).pass(SETTLE_MS, 'settled').report({ phoneMute: 1 });
    expect(played.asked).toEqual([]);
    expect(played.pass(100).report({ phoneMute: 0 }).asked).toEqual([open]);
  });

  it('held for long is one press, where the device was seen to send presses', () => {
    const played = new Played(inCall);
    for (const muted of [true, false]) {
      played.report({ phoneMute: 1 }).pass(100).report({ phoneMute: 0 });
      played.room({ muted }).pass(SETTLE_MS, 'settled');
    }
    expect(played.asked).toEqual([mute, open]);
    played.report({ phoneMute: 1 }).room({ muted: true }).pass(3_000, 'settled').report({ phoneMute: 0 });
    expect(played.pass(SETTLE_MS, 'settled').asked).toEqual([mute]);
    // and the lamp answers
    expect(played.lamps.at(-1)).toMatchObject({ mute: true });
  });

  it('asks for what a switch says', () => {
    const played = new Played(inCall, 'level', 'level').report({ phoneMute: 1 });
    expect(played.asked).toEqual([{ name: 'set-microphone', on: false }]);
    played.room({ muted: true }).report({ phoneMute: 1 }).pass(SETTLE_MS, 'settled').report({ phoneMute: 0 });
    expect(played.asked).toEqual([{ name: 'set-microphone', on: true }]);
  });

  it('lights the lamp whoever muted, and its echo comes back as no wish', () => {
    const played = new Played(inCall).room({ muted: true });
    expect(played.lamps).toEqual([{ mute: true, offHook: true, ring: false, speaker: true }]);
    played.pass(20).report({ phoneMute: 1 }).report({ phoneMute: 0 });
    expect(played.asked).toEqual([]);
  });

  it('pressed twice before the room has followed ends as it was', () => {
    const played = new Played(inCall).report({ phoneMute: 1 }).report({ phoneMute: 0 });
    played.report({ phoneMute: 1 }).report({ phoneMute: 0 });
    expect(played.asked.map((command) => 'on' in command && command.on)).toEqual([false, true]);
  });

  it('that the room does not follow is put right on the device, and told', () => {
    const played = new Played(inCall).report({ phoneMute: 1 }).pass(SETTLE_MS, 'settled');
    expect(played.lamps).toEqual([{ mute: false, offHook: true, ring: false, speaker: true }]);
    expect(played.mended).toEqual(['open']);
    expect(played.pass(SETTLE_MS, 'settled').mended).toEqual([]);
  });

  it('that a device insists on is mended so often and no more', () => {
    const played = new Played({ ...inCall, muted: true }, 'level', 'level').report({ phoneMute: 1 });
    for (let i = 0; i < 10; i += 1) {
      // a lamp written, a report that it is open: not a person's wish, it said so before
      played.machine = { ...played.machine, mute: { on: false, told: true, assumed: false } };
      played.report({ phoneMute: 0 }).pass(SETTLE_MS, 'settled');
    }
    expect(played.mended).toEqual(Array(MAX_MENDS).fill('muted'));
    expect(played.effects.filter(({ type }) => type === 'mute-not-mended')).toHaveLength(1);
    expect(played.asked).toEqual([]);
    // a new word of the room begins anew
    played.room({ muted: false }).room({ muted: true });
    played.machine = { ...played.machine, mute: { on: false, told: true, assumed: false } };
    expect(played.pass(SETTLE_MS, 'settled').mended).toEqual(['muted']);
  });
});

/** Its flags describe a button, and it sends its state: 1 muted, 0 open. */
describe('mute of a device that sends its state as if it were a button', () => {
  const mute: RoomCommand = { name: 'set-microphone', on: false };
  const open: RoomCommand = { name: 'set-microphone', on: true };
  /** The room does as asked, a moment later. */
  const obey = (played: Played) => {
    const { asked } = played;
    for (const command of asked) if (command.name === 'set-microphone') played.room({ muted: !command.on });
    played.pass(SETTLE_MS, 'settled').pass(SETTLE_MS, 'settled');
    return asked;
  };

  it('is followed press by press, seconds apart', () => {
    const played = new Played(inCall);
    const asked = [1, 0, 1, 0, 1].map((phoneMute) => obey(played.report({ phoneMute })));
    expect(asked).toEqual([[mute], [open], [mute], [open], [mute]]);
  });

  it('asks for nothing where the room is muted already, and opens at the device\'s "open"', () => {
    const played = new Played({ ...inCall, muted: true });
    const asked = [1, 0, 1, 0].map((phoneMute) => obey(played.report({ phoneMute })));
    expect(asked).toEqual([[], [open], [mute], [open]]);
  });

  it('mutes once more after a phone has opened the room, whether or not the device followed in words', () => {
    const silent = new Played(inCall);
    expect(obey(silent.report({ phoneMute: 1 }))).toEqual([mute]);
    silent.room({ muted: false }).pass(SETTLE_MS, 'settled').pass(SETTLE_MS, 'settled');
    expect(obey(silent.report({ phoneMute: 1 }))).toEqual([mute]);
    const told = new Played(inCall);
    expect(obey(told.report({ phoneMute: 1 }))).toEqual([mute]);
    told.room({ muted: false }).pass(20).report({ phoneMute: 0 }).pass(SETTLE_MS, 'settled');
    expect(obey(told.report({ phoneMute: 1 }))).toEqual([mute]);
  });

  it('is answered by the lamp where its "open" is not understood yet: it was muted by the lamp, and silently', () => {
    const played = new Played(inCall).room({ muted: true }).pass(SETTLE_MS, 'settled').pass(SETTLE_MS, 'settled');
    played.effects = [];
    expect(obey(played.report({ phoneMute: 0 }))).toEqual([]);
    expect(played.lamps.at(-1)).toMatchObject({ mute: true });
  });

  it('is followed after two quick presses that looked like a button', () => {
    const played = new Played(inCall);
    played.report({ phoneMute: 1 }).pass(100).report({ phoneMute: 0 });
    const asked = [obey(played), ...[1, 0, 1, 0].map((phoneMute) => obey(played.report({ phoneMute })))];
    expect(asked).toEqual([[mute], [], [open], [mute], [open]]);
  });
});

describe('lamps', () => {
  it('are written at each change of what they show, and not at others', () => {
    const played = new Played(idle);
    played.room({ ringing: true }).room({ inCall: true, ringing: false }).room({}).room({ muted: true });
    expect(played.lamps).toEqual([
      { mute: false, offHook: false, ring: true, speaker: false },
      { mute: false, offHook: true, ring: false, speaker: true },
      { mute: true, offHook: true, ring: false, speaker: true },
    ]);
  });

  it('are said once more after the call has begun, for a device that was asleep', () => {
    const played = new Played(idle).room({ inCall: true });
    expect(played.lamps).toHaveLength(1);
    expect(played.pass(SETTLE_MS, 'settled').lamps).toHaveLength(1);
    expect(played.pass(SETTLE_MS, 'settled').lamps).toHaveLength(0);
  });

  it('answer a press that the room refused', () => {
    const played = new Played(idle).report({ hook: 1 });
    expect(played.lamps).toEqual([]);
    expect(played.pass(SETTLE_MS, 'settled').lamps).toEqual([
      { mute: false, offHook: false, ring: false, speaker: false },
    ]);
  });
});

describe('volume', () => {
  it('goes by fives from where the room is, and presses add up before it has followed', () => {
    const played = new Played({ ...idle, volumePercent: 62 });
    for (let i = 0; i < 2; i += 1) played.report({ volumeUp: 1 }).report({ volumeUp: 0 });
    played.report({ volumeDown: 1 });
    expect(played.asked.map((command) => 'percent' in command && command.percent)).toEqual([67, 72, 67]);
  });

  it('ends at its ends', () => {
    const played = new Played({ ...idle, volumePercent: 97 });
    played.report({ volumeUp: 1 }).report({ volumeUp: 0 });
    expect(played.asked).toEqual([{ name: 'set-volume', percent: 100 }]);
    expect(played.room({ volumePercent: 100 }).report({ volumeUp: 1 }).asked).toEqual([]);
  });

  it('goes on while the key is held, and stops when it is let go, or stuck', () => {
    const played = new Played({ ...idle, volumePercent: 0 }).report({ volumeUp: 1 });
    played.pass(500, 'volume-repeat').pass(200, 'volume-repeat');
    expect(played.asked).toHaveLength(3);
    played.report({ volumeUp: 0 }).pass(200, 'volume-repeat');
    expect(played.asked).toEqual([]);
    const stuck = new Played({ ...idle, volumePercent: 50 }).report({ volumeUp: 1 });
    for (let i = 0; i < 100; i += 1) stuck.room({ volumePercent: 50 }).pass(200, 'volume-repeat');
    expect(stuck.asked.length).toBeLessThan(25);
  });

  it('is turned once where a device sends each key through two collections', () => {
    const played = new Played(idle, 'level', 'toggle', 5);
    played.report({ volumeUp: 1 }).pass(1).report({ volumeUp: 0 }).pass(1).report({ volumeUp: 1 });
    expect(played.asked).toHaveLength(1);
  });

  it('is turned back by the other key at once, on such a device too', () => {
    const played = new Played(idle, 'level', 'toggle', 5);
    played.report({ volumeUp: 1, volumeDown: 0 }).pass(1).report({ volumeUp: 0, volumeDown: 0 });
    played.pass(1).report({ volumeUp: 0, volumeDown: 1 });
    expect(played.asked.map((command) => 'percent' in command && command.percent)).toEqual([65, 60]);
  });
});

describe('a device gone mad', () => {
  it('is heard again once it pauses', () => {
    const played = new Played(inCall);
    for (let i = 0; i < 500; i += 1) played.report({ phoneMute: 1 }).report({ phoneMute: 0 }).pass(1);
    expect(played.asked).toHaveLength(6);
    played.pass(SETTLE_MS, 'settled').pass(SETTLE_MS, 'settled').report({ phoneMute: 1 });
    expect(played.asked).toHaveLength(1);
  });

  it('is told of when it turns the volume faster than any thumb', () => {
    const played = new Played(inCall);
    for (let i = 0; i < 500; i += 1) {
      played
        .report({ volumeUp: 1 })
        .report({ volumeUp: 0 })
        .report({ volumeDown: 1 })
        .report({ volumeDown: 0 })
        .pass(1);
    }
    expect(played.asked).toHaveLength(MAX_WISHES);
    expect(played.effects.filter(({ type }) => type === 'flooded')).toHaveLength(1);
  });
});

describe('the room, as a speakerphone sees it', () => {
  const state = (phase: RoomState['phase'], rest: Partial<RoomState> = {}) =>
    speakerphoneViewOf({ phase, microphone: 'on', meeting: null, volumePercent: 40, ...rest } as RoomState);
  const meeting = { meetingId: 'm', title: '', underWay: true, participantCount: 2 };
  const starting = { name: 'starting', meetingTitle: '', sinceMs: 0, cancelOffered: false } as const;

  it('rings while it is idle and its meeting is under way elsewhere', () => {
    expect(state({ name: 'idle' }, { meeting }).ringing).toBe(true);
    expect(state({ name: 'idle' }, { meeting: { ...meeting, underWay: false } }).ringing).toBe(false);
    expect(state(starting, { meeting }).ringing).toBe(false);
  });

  it('is in a call from the start on', () => {
    expect(state(starting).inCall).toBe(true);
    expect(state({ name: 'idle' }).inCall).toBe(false);
  });

  it('is muted where nobody hears it: in a call without a microphone too', () => {
    expect(state({ name: 'idle' }, { microphone: 'muted' }).muted).toBe(true);
    expect(state({ name: 'idle' }, { microphone: 'absent' }).muted).toBe(false);
    expect(state(starting, { microphone: 'absent' }).muted).toBe(true);
  });
});
