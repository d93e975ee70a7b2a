/** The machine's effects: one after the other, also where an effect brings the next event; and its timers. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type OuterEffect, RunningMachine } from './running-machine.ts';
import type { RoomView, SpeakerphoneEvent } from './speakerphone-model.ts';

const idle: RoomView = { muted: false, inCall: false, ringing: false, volumePercent: 60 };
const attached: SpeakerphoneEvent = {
  type: 'attached',
  device: { hook: 'level', phoneMute: 'toggle', volumeBounceMs: 0 },
};
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

it('an event that an effect brings is taken in at once, and its effects come after that effect', () => {
  const log: string[] = [];
  let isFirst = true;
  const machine = new RunningMachine((effect: OuterEffect) => {
    log.push(`${effect.type} begins`);
    if (isFirst) {
      isFirst = false;
      machine.handle({ type: 'room', room: { ...idle, inCall: true } });
    }
    log.push(`${effect.type} ends`);
  });
  machine.handle(attached);
  expect(log.length).toBeGreaterThan(2);
  expect(log.filter((_, index) => index % 2 === 0).map((line) => line.replace('begins', 'ends'))).toEqual(
    log.filter((_, index) => index % 2 === 1),
  );
  expect(log[1]).toMatch(/ ends$/);
  // and the next one is not held back
  const before = log.length;
  machine.handle({ type: 'room', room: { ...idle, inCall: true, muted: true } });
  expect(log.length).toBeGreaterThan(before);
});

it('a timer that is set again runs once, and one that is cleared not at all', async () => {
  const machine = new RunningMachine(() => {});
  machine.handle(attached);
  const timers = vi.getTimerCount();
  expect(timers).toBeGreaterThan(0);
  machine.handle(attached);
  expect(vi.getTimerCount()).toBe(timers);
  machine.handle({ type: 'detached' });
  expect(vi.getTimerCount()).toBe(0);
});
