/** Messages to the agent: each state once per change; an event that an absent agent must not miss is kept for it. */
import type { ScreenToAgent } from '#contract/screen-link.ts';
import { outlastsSilence } from './reports.ts';

export class Outbox {
  /** false: the agent is away */
  readonly #send: (message: ScreenToAgent) => boolean;
  readonly #toldStates = new Map<ScreenToAgent['type'], string>();
  #unsaid: ScreenToAgent[] = [];

  constructor(send: (message: ScreenToAgent) => boolean) {
    this.#send = send;
  }

  send(report: ScreenToAgent): void {
    if (!this.#send(report) && outlastsSilence(report)) this.#unsaid.push(report);
  }

  /** One state of each type: sent when it differs from the last. */
  sendStates(states: readonly ScreenToAgent[]): void {
    for (const state of states) {
      const text = JSON.stringify(state);
      if (text !== this.#toldStates.get(state.type) && this.#send(state)) this.#toldStates.set(state.type, text);
    }
  }

  /** The agent is (back) there: sends every state, then the events that it has missed. */
  sendAll(states: readonly ScreenToAgent[], standing: readonly ScreenToAgent[]): void {
    const unsaid = this.#unsaid;
    this.#unsaid = [];
    this.#toldStates.clear();
    this.sendStates(states);
    for (const report of [...standing, ...unsaid]) this.send(report);
  }
}
