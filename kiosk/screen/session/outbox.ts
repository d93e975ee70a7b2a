/** What is said to the agent: devices once per change, and what an absent agent must not miss is kept for it. */
import type { ScreenToAgent } from '#contract/screen-link.ts';
import { devicesReport, outlastsSilence } from './reports.ts';
import type { DevicesState } from './room-devices.ts';

export class Outbox {
  /** false: the agent is away */
  readonly #send: (message: ScreenToAgent) => boolean;
  #unsaid: ScreenToAgent[] = [];
  #toldDevices = '';

  constructor(send: (message: ScreenToAgent) => boolean) {
    this.#send = send;
  }

  tell(report: ScreenToAgent): void {
    if (!this.#send(report) && outlastsSilence(report)) this.#unsaid.push(report);
  }

  tellDevices(devices: DevicesState): void {
    const report = devicesReport(devices);
    const text = JSON.stringify(report);
    if (text !== this.#toldDevices && this.#send(report)) this.#toldDevices = text;
  }

  /** The agent is (back) there: all that holds, then what it has missed. */
  tellAll(devices: DevicesState, standing: readonly ScreenToAgent[]): void {
    const unsaid = this.#unsaid;
    this.#unsaid = [];
    this.#toldDevices = '';
    this.tellDevices(devices);
    for (const report of [...standing, ...unsaid]) this.tell(report);
  }
}
