/**
 * A TV over a CEC bus: turns orders into frames, and frames into events. Answers what a TV asks of every device: some TVs
 * send the keys of their remote control only to devices that answer.
 */
import { MaruError, OperationalError, ProtocolError } from '#contract/error-codes.ts';
import type { CecAdapter, CecEvents } from './cec-adapter.ts';
import type { CecBus } from './cec-bus.ts';
import {
  AUDIO_SYSTEM,
  type AudioStatus,
  audioStatusOf,
  type CecFrame,
  type CecOrder,
  EVERYONE,
  KEY,
  OPCODE,
  order,
  osdNameOf,
  physicalAddressOf,
  powerOf,
  TV,
  type TvPower,
  vendorOf,
} from './cec-frame.ts';
import { reachVolume } from './reach-volume.ts';

/** A TV tells its volume after a key, if it does, within so long. */
const REPORT_AWAITED_MS = 400;
const MENU_ACTIVATED = 0;
const POWER_ON = 0;

export class CecTv implements CecAdapter {
  readonly #bus: CecBus;
  #events: CecEvents | null = null;
  /** whose keys change the volume; found at the first need */
  #audioDevice: number | null = null;
  #audio: { status: AudioStatus; count: number } | null = null;
  #wanted: number | null = null;
  #shown: 'ours' | 'other' | null = null;

  constructor(bus: CecBus) {
    this.#bus = bus;
  }

  async start(events: CecEvents): Promise<void> {
    this.#events = events;
    // another TV may hang at it by now
    this.#audioDevice = null;
    this.#audio = null;
    this.#wanted = null;
    this.#shown = null;
    await this.#bus.start({ onFrame: (frame) => this.#receive(frame), onGone: (why) => this.#events?.onGone(why) });
  }

  async stop(): Promise<void> {
    this.#events = null;
    await this.#bus.stop();
  }

  async turnOn(): Promise<void> {
    await this.#bus.send([order(TV, OPCODE.imageViewOn)]);
  }

  async makeActiveSource(): Promise<void> {
    const claim = this.#claim();
    if (claim === null) throw new OperationalError('tv-not-answering', 'no TV is plugged in');
    await this.#bus.send([claim]);
    this.#shown = 'ours';
  }

  async standby(): Promise<void> {
    await this.#bus.send([order(TV, OPCODE.standby)]);
  }

  async powerStatus(): Promise<TvPower> {
    const answer = await this.#bus.ask(order(TV, OPCODE.giveDevicePowerStatus), OPCODE.reportPowerStatus);
    return powerOf(answer) ?? malformed(answer);
  }

  async osdName(): Promise<string | null> {
    return (
      (await this.#told(OPCODE.giveOsdName, OPCODE.setOsdName, osdNameOf)) ??
      (await this.#told(OPCODE.giveDeviceVendorId, OPCODE.deviceVendorId, vendorOf))
    );
  }

  async audioStatus(): Promise<AudioStatus> {
    const question = (to: number) => this.#bus.ask(order(to, OPCODE.giveAudioStatus), OPCODE.reportAudioStatus);
    if (this.#audioDevice === null) {
      try {
        const answer = await question(AUDIO_SYSTEM);
        this.#audioDevice = AUDIO_SYSTEM;
        return audioStatusOf(answer) ?? malformed(answer);
      } catch (error) {
        if (!(error instanceof MaruError) || error.code !== 'tv-not-answering') throw error;
        this.#audioDevice = TV;
      }
    }
    const answer = await question(this.#audioDevice);
    return audioStatusOf(answer) ?? malformed(answer);
  }

  async volumeUp(steps: number): Promise<void> {
    await this.#press(KEY.volumeUp, steps);
  }

  async volumeDown(steps: number): Promise<void> {
    await this.#press(KEY.volumeDown, steps);
  }

  async setVolume(percent: number): Promise<void> {
    await reachVolume(percent, {
      before: this.#wanted,
      ask: async () => (await this.audioStatus()).volumePercent,
      press: (steps) => this.#pressAndHear(steps),
    });
    this.#wanted = percent;
  }

  async mute(muted: boolean): Promise<void> {
    await this.#press(muted ? KEY.muteFunction : KEY.restoreVolume, 1);
  }

  async #press(key: number, times: number): Promise<void> {
    const to = this.#audioDevice ?? TV;
    const once = [order(to, OPCODE.keyPressed, key), order(to, OPCODE.keyReleased)];
    await this.#bus.send(Array.from({ length: times }, () => once).flat());
  }

  /** @returns the volume that it tells after the last key; null: it tells none */
  async #pressAndHear(steps: number): Promise<number | null> {
    const before = this.#audio?.count ?? 0;
    await (steps > 0 ? this.volumeUp(steps) : this.volumeDown(-steps));
    await new Promise((resolve) => setTimeout(resolve, REPORT_AWAITED_MS));
    return this.#audio !== null && this.#audio.count > before ? this.#audio.status.volumePercent : null;
  }

  async #told(question: number, answer: number, read: (frame: CecFrame) => string | null): Promise<string | null> {
    try {
      return read(await this.#bus.ask(order(TV, question), answer));
    } catch (error) {
      // most TVs have no name to tell: that is no fault
      if (error instanceof MaruError && error.code !== 'device-gone') return null;
      throw error;
    }
  }

  #receive(frame: CecFrame): void {
    const { from, to, opcode } = frame;
    switch (opcode) {
      case OPCODE.keyPressed: {
        const [key] = frame.operands;
        if (key !== undefined) this.#events?.onKeyPressed({ key, action: 'pressed' });
        return;
      }
      case OPCODE.keyReleased:
        this.#events?.onKeyPressed({ action: 'released' });
        return;
      case OPCODE.reportPowerStatus: {
        const power = powerOf(frame);
        if (from === TV && power !== null) this.#events?.onPower(power);
        return;
      }
      case OPCODE.standby:
        // to everyone: it goes off. To us alone: it wants us to, which a room does not
        if (from === TV && to === EVERYONE) this.#events?.onPower('standby');
        return;
      case OPCODE.reportAudioStatus: {
        const status = audioStatusOf(frame);
        if (status !== null) this.#audio = { status, count: (this.#audio?.count ?? 0) + 1 };
        return;
      }
      case OPCODE.activeSource:
        this.#show(physicalAddressOf(frame, 0));
        return;
      case OPCODE.setStreamPath:
        // CEC 13.2.2: who is switched to says that it is there
        if (this.#show(physicalAddressOf(frame, 0))) this.#answer(this.#claim());
        return;
      case OPCODE.routingChange:
        this.#show(physicalAddressOf(frame, 2));
        return;
      case OPCODE.requestActiveSource:
        if (this.#shown === 'ours') this.#answer(this.#claim());
        return;
      case OPCODE.giveDevicePowerStatus:
        this.#answer(order(from, OPCODE.reportPowerStatus, POWER_ON));
        return;
      case OPCODE.menuRequest:
        this.#answer(order(from, OPCODE.menuStatus, MENU_ACTIVATED));
        return;
    }
  }

  #show(address: number | null): boolean {
    if (address === null) return false;
    const ours = address === this.#bus.physicalAddress;
    this.#shown = ours ? 'ours' : 'other';
    this.#events?.onActiveSource(this.#shown);
    return ours;
  }

  /** null: while no TV is plugged in there is no place to claim */
  #claim(): CecOrder | null {
    const address = this.#bus.physicalAddress;
    return address === null ? null : order(EVERYONE, OPCODE.activeSource, address >> 8, address & 0xff);
  }

  #answer(answer: CecOrder | null): void {
    // a TV that is not answered asks again
    if (answer !== null) void this.#bus.answer(answer).catch(() => {});
  }
}

function malformed({ opcode, operands }: CecFrame): never {
  throw new ProtocolError('device-malformed', `no such answer: ${[opcode, ...operands].join(' ')}`);
}
