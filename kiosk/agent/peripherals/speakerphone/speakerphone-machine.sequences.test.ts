/**
 * People, phones, cables and devices of several habits, in generated order with a clock: whatever happens, the exchange
 * comes to rest, the lamps show the room, and nothing is asked for that nobody wished.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RoomCommand } from '#contract/room-command.ts';
import type { Lamps, Values } from './controls.ts';
import type { Style } from './quirks.ts';
import { stepSpeakerphone } from './speakerphone-machine.ts';
import {
  firstMachine,
  lampsOf,
  type RoomView,
  type SpeakerphoneEvent,
  type SpeakerphoneTimer,
} from './speakerphone-model.ts';

const firstRoom: RoomView = { muted: false, inCall: false, ringing: false, volumePercent: 50 };
const styles = fc.constantFrom<Style[]>('level', 'toggle', 'step');

type Habits = {
  hook: 'level' | 'toggle';
  /** the last one has the flags of a button, and sends its state */
  mute: 'level' | 'toggle' | 'state-as-button';
  /** takes over the state that a lamp shows */
  follows: boolean;
  /** says so: a switch by a report of its state, a button by a pulse */
  echoes: boolean;
  /** lights its own mute lamp when pressed, before anyone answers */
  lightsItself: boolean;
  /** tells its state as soon as it is plugged in */
  tellsAtFirst: boolean;
  /** from a lamp's report to its light and echo */
  lagMs: number;
};
type Act =
  | { act: 'press-hook' | 'press-mute' | 'press-volume' | 'replug' | 'pull' }
  | { act: 'phone-mutes'; muted: boolean }
  | { act: 'phone-calls'; inCall: boolean }
  | { act: 'wait'; ms: number };

const habitsWith = (lagMs: fc.Arbitrary<number>) =>
  fc.record<Habits>({
    lagMs,
    hook: fc.constantFrom('level', 'toggle'),
    mute: fc.constantFrom('level', 'toggle', 'state-as-button'),
    follows: fc.boolean(),
    echoes: fc.boolean(),
    lightsItself: fc.boolean(),
    tellsAtFirst: fc.boolean(),
  });
const habits = habitsWith(fc.integer({ min: 0, max: 100 }));
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.constantFrom<Act>({ act: 'press-hook' }, { act: 'press-mute' }, { act: 'press-volume' }),
  fc.constantFrom<Act>({ act: 'replug' }, { act: 'pull' }),
  fc.boolean().map((muted): Act => ({ act: 'phone-mutes', muted })),
  fc.boolean().map((inCall): Act => ({ act: 'phone-calls', inCall })),
  fc.integer({ min: 0, max: 3_000 }).map((ms): Act => ({ act: 'wait', ms })),
);

const runs = Number(process.env.MARU_FUZZ_RUNS ?? 2_000);
const seed = Number(process.env.MARU_FUZZ_SEED ?? 20261124);
const timeout = 30_000 + runs * 10;
const LIMIT_EVENTS = 5_000;

/** Machine, room and device with one queue of what is to happen when. */
function play(habitsOf: Habits, roomRefusesMute: boolean, acts: Act[]) {
  let machine = firstMachine(firstRoom);
  let room: RoomView = machine.room;
  let nowMs = 1_000;
  let pluggedIn = 0;
  const device = { hook: false, mute: false, lamps: lampsOf(room) };
  const asked: RoomCommand[] = [];
  /** reports of "muted" that opened the microphone */
  const openedByMuted: Values[] = [];
  const hasMuteState = habitsOf.mute !== 'toggle';
  const presses = { hook: 0, mute: 0 };
  const queue: { atMs: number; what: () => void; timer?: string; plug?: number }[] = [];
  let events = 0;

  const later = (ms: number, what: () => void, more: { timer?: string; plug?: number } = {}) =>
    queue.push({ atMs: nowMs + ms, what, ...more });
  const drop = (timer: string) => {
    const at = queue.findIndex((each) => each.timer === timer);
    if (at >= 0) queue.splice(at, 1);
  };
  const set = (change: Partial<RoomView>) => {
    room = { ...room, ...change };
    take({ type: 'room', room });
  };
  const report = (values: Values, inMs = 2) => {
    const plug = pluggedIn;
    later(inMs, () => plug === pluggedIn && take({ type: 'report', values }));
  };
  const pulse = (name: 'hook' | 'phoneMute') => {
    report({ [name]: 1 }, 2);
    report({ [name]: 0 }, 12);
  };
  const take = (event: SpeakerphoneEvent) => {
    const done = stepSpeakerphone(machine, event, nowMs);
    machine = done.machine;
    for (const effect of done.effects) {
      if (effect.type === 'ask') {
        if (event.type === 'report' && event.values.phoneMute === 1 && opens(effect.command))
          openedByMuted.push(event.values);
        obey(effect.command);
      } else if (effect.type === 'lamps') show(effect.lamps);
      else if (effect.type === 'clear-timer') drop(effect.name);
      else if (effect.type === 'set-timer') {
        const { name } = effect;
        drop(name);
        later(effect.delayMs, () => take({ type: 'timer', name }), { timer: name });
      }
    }
  };
  const obey = (command: RoomCommand) => {
    asked.push(command);
    if (command.name === 'join-call') later(1, () => set({ inCall: true }));
    else if (command.name === 'leave-call') later(1, () => set({ inCall: false }));
    else if (command.name === 'set-volume') later(1, () => set({ volumePercent: command.percent }));
    else if (command.name === 'set-microphone' && !roomRefusesMute) later(60, () => set({ muted: !command.on }));
  };
  const show = (lamps: Lamps) => {
    const plug = pluggedIn;
    later(habitsOf.lagMs, () => {
      if (plug !== pluggedIn || plug === 0) return;
      const muteChanged = device.lamps.mute !== lamps.mute;
      device.lamps = lamps;
      if (!habitsOf.follows) return;
      const hookChanged = device.hook !== lamps.offHook;
      device.hook = lamps.offHook;
      device.mute = lamps.mute;
      if (!habitsOf.echoes) return;
      if (hookChanged && habitsOf.hook === 'level') report({ hook: device.hook ? 1 : 0 });
      if (muteChanged && hasMuteState) report({ phoneMute: device.mute ? 1 : 0 });
      if (muteChanged && !hasMuteState) pulse('phoneMute');
    });
  };
  const plugIn = () => {
    pluggedIn += 1;
    Object.assign(device, {
      hook: false,
      mute: false,
      lamps: lampsOf({ ...room, muted: false, inCall: false, ringing: false }),
    });
    const phoneMute = habitsOf.mute === 'level' ? 'level' : 'toggle';
    take({ type: 'attached', device: { hook: habitsOf.hook, phoneMute, volumeBounceMs: 0 } });
    if (!habitsOf.tellsAtFirst) return;
    report({ ...(habitsOf.hook === 'level' && { hook: 0 }), ...(hasMuteState && { phoneMute: 0 }) }, 5);
  };
  const run = (untilMs: number) => {
    for (;;) {
      const next = queue.reduce<(typeof queue)[number] | null>((a, b) => (a && a.atMs <= b.atMs ? a : b), null);
      if (next === null || next.atMs > untilMs) break;
      queue.splice(queue.indexOf(next), 1);
      nowMs = next.atMs;
      events += 1;
      if (events > LIMIT_EVENTS) throw new Error('the exchange does not come to rest');
      next.what();
    }
    nowMs = Math.max(nowMs, Number.isFinite(untilMs) ? untilMs : nowMs);
  };

  plugIn();
  let isIn = true;
  for (const each of acts) {
    run(nowMs + 25);
    switch (each.act) {
      case 'press-hook':
        if (!isIn) break;
        presses.hook += 1;
        device.hook = !device.hook;
        if (habitsOf.hook === 'toggle') pulse('hook');
        else report({ hook: device.hook ? 1 : 0 });
        break;
      case 'press-mute':
        if (!isIn) break;
        presses.mute += 1;
        device.mute = !device.mute;
        if (habitsOf.lightsItself) {
          const mute = hasMuteState ? device.mute : !device.lamps.mute;
          device.lamps = { ...device.lamps, mute };
        }
        if (!hasMuteState) pulse('phoneMute');
        else report({ phoneMute: device.mute ? 1 : 0 });
        break;
      case 'press-volume':
        if (!isIn) break;
        // all keys in one report, as half of the devices have it
        report({ volumeUp: 1, ...(habitsOf.hook === 'level' && { hook: device.hook ? 1 : 0 }) });
        report({ volumeUp: 0, ...(habitsOf.hook === 'level' && { hook: device.hook ? 1 : 0 }) }, 9);
        break;
      case 'pull':
      case 'replug':
        if (isIn) take({ type: 'detached' });
        isIn = each.act === 'replug';
        if (isIn) plugIn();
        else pluggedIn += 1;
        break;
      case 'phone-mutes':
        set({ muted: each.muted });
        break;
      case 'phone-calls':
        set({ inCall: each.inCall });
        break;
      case 'wait':
        run(nowMs + each.ms);
    }
  }
  run(Number.POSITIVE_INFINITY);
  return { room, device, isIn, asked, presses, openedByMuted };
}

const opens = (command: RoomCommand) => command.name === 'set-microphone' && command.on;

const callWishes = (asked: RoomCommand[]) =>
  asked.filter(({ name }) => name === 'join-call' || name === 'leave-call').length;

it('comes to rest with lamps that show the room, and asks for nothing that nobody wished', { timeout }, () => {
  fc.assert(
    fc.property(habits, fc.boolean(), fc.array(act, { maxLength: 25 }), (habitsOf, refuses, acts) => {
      const { room, device, isIn, asked, presses, openedByMuted } = play(habitsOf, refuses, acts);
      if (isIn) expect(device.lamps).toEqual(lampsOf(room));
      if (isIn && habitsOf.follows && habitsOf.mute !== 'toggle') expect(device.mute).toBe(room.muted);
      expect(openedByMuted).toEqual([]);
      expect(callWishes(asked)).toBeLessThanOrEqual(presses.hook);
      expect(asked.filter(({ name }) => name === 'set-microphone').length).toBeLessThanOrEqual(presses.mute);
    }),
    { numRuns: runs, seed },
  );
});

it('comes to rest with devices that answer so late that their echo looks like a wish', { timeout }, () => {
  const late = habitsWith(fc.integer({ min: 100, max: 800 }));
  fc.assert(
    fc.property(late, fc.boolean(), fc.array(act, { maxLength: 25 }), (habitsOf, refuses, acts) => {
      const { room, device, isIn, openedByMuted } = play(habitsOf, refuses, acts);
      if (isIn) expect(device.lamps).toEqual(lampsOf(room));
      expect(openedByMuted).toEqual([]);
    }),
    { numRuns: runs, seed },
  );
});

it('agrees with a device that tells its state after each press of its mute, whatever its flags', { timeout }, () => {
  // not at the very moment when the lamps are written once more
  const pausesMs = fc.array(fc.integer({ min: 1_500, max: 9_000 }), { minLength: 1, maxLength: 12 });
  const withState = habits.filter(({ mute }) => mute !== 'toggle');
  fc.assert(
    fc.property(withState, pausesMs, (habitsOf, pauses) => {
      for (let count = 1; count <= pauses.length; count += 1) {
        const acts = pauses.slice(0, count).flatMap((ms): Act[] => [{ act: 'wait', ms }, { act: 'press-mute' }]);
        const { room, device } = play(habitsOf, false, acts);
        expect([device.mute, room.muted]).toEqual([count % 2 === 1, count % 2 === 1]);
      }
    }),
    { numRuns: runs / 10, seed },
  );
});

it('never opens the microphone by "muted", whatever comes in whatever order', { timeout }, () => {
  const bit = fc.constantFrom(0, 1);
  const report = (all: fc.Arbitrary<Values>) => all.map((values): SpeakerphoneEvent => ({ type: 'report', values }));
  const attached = (phoneMute: Style): SpeakerphoneEvent => ({
    type: 'attached',
    device: { hook: 'level', phoneMute, volumeBounceMs: 0 },
  });
  const event: fc.Arbitrary<SpeakerphoneEvent> = fc.oneof(
    report(fc.record({ phoneMute: fc.constant(1) })),
    report(fc.record({ phoneMute: fc.constant(1), hook: bit, volumeUp: bit })),
    report(fc.record({ phoneMute: bit })),
    fc.boolean().map((muted): SpeakerphoneEvent => ({ type: 'room', room: { ...firstRoom, muted, inCall: true } })),
    fc
      .constantFrom<SpeakerphoneTimer>('settled', 'hang-up')
      .map((name): SpeakerphoneEvent => ({ type: 'timer', name })),
    styles.map(attached),
  );
  const events = fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), event), { maxLength: 40 });
  fc.assert(
    fc.property(styles, events, (phoneMute, all) => {
      let machine = firstMachine(firstRoom);
      let nowMs = 0;
      let isOpenTold = false;
      for (const [waitMs, each] of [[0, attached(phoneMute)] as const, ...all]) {
        nowMs += waitMs;
        if (each.type === 'report' && each.values.phoneMute === 0) isOpenTold = true;
        const done = stepSpeakerphone(machine, each, nowMs);
        machine = done.machine;
        const opened = done.effects.some((effect) => effect.type === 'ask' && opens(effect.command));
        // only by a report of "open", and never where the device has sent nothing but "muted"
        if (opened) expect([each, isOpenTold]).toMatchObject([{ type: 'report', values: { phoneMute: 0 } }, true]);
      }
    }),
    { numRuns: runs, seed },
  );
});

it('never leaves a call because a cable was pulled and plugged in again', { timeout }, () => {
  const plugs = fc.array(
    fc.oneof(
      fc.constantFrom<Act>({ act: 'replug' }, { act: 'pull' }, { act: 'press-volume' }),
      fc.integer({ min: 0, max: 2_500 }).map((ms): Act => ({ act: 'wait', ms })),
    ),
    { maxLength: 25 },
  );
  fc.assert(
    fc.property(habits, plugs, (habitsOf, acts) => {
      const { room, asked } = play(habitsOf, false, [{ act: 'phone-calls', inCall: true }, ...acts]);
      expect(room.inCall).toBe(true);
      expect(callWishes(asked)).toBe(0);
    }),
    { numRuns: runs, seed },
  );
});
