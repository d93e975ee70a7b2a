/** The speakerphone machine with a clock: keeps its state and timers, and hands out its effects one after the other. */
import { stepSpeakerphone } from './speakerphone-machine.ts';
import {
  firstMachine,
  type Machine,
  type SpeakerphoneEffect,
  type SpeakerphoneEvent,
  type SpeakerphoneTimer,
} from './speakerphone-model.ts';

export type OuterEffect = Exclude<SpeakerphoneEffect, { type: 'set-timer' | 'clear-timer' }>;

export class RunningMachine {
  readonly #perform: (effect: OuterEffect) => void;
  readonly #timers = new Map<SpeakerphoneTimer, NodeJS.Timeout>();
  readonly #waiting: SpeakerphoneEffect[] = [];
  #machine: Machine = firstMachine({ muted: false, inCall: false, ringing: false, volumePercent: 60 });
  #isPerforming = false;

  /** @param perform may bring the next event before it returns; it must not throw */
  constructor(perform: (effect: OuterEffect) => void) {
    this.#perform = perform;
  }

  /** Its effects come after those that are under way. */
  handle(event: SpeakerphoneEvent): void {
    const { machine, effects } = stepSpeakerphone(this.#machine, event, performance.now());
    this.#machine = machine;
    this.#waiting.push(...effects);
    if (this.#isPerforming) return;
    this.#isPerforming = true;
    for (let effect = this.#waiting.shift(); effect !== undefined; effect = this.#waiting.shift()) {
      if (effect.type === 'set-timer') this.#setTimer(effect.name, effect.delayMs);
      else if (effect.type === 'clear-timer') this.#clearTimer(effect.name);
      else this.#perform(effect);
    }
    this.#isPerforming = false;
  }

  #setTimer(name: SpeakerphoneTimer, delayMs: number): void {
    this.#clearTimer(name);
    this.#timers.set(
      name,
      setTimeout(() => this.handle({ type: 'timer', name }), delayMs),
    );
  }

  #clearTimer(name: SpeakerphoneTimer): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}
