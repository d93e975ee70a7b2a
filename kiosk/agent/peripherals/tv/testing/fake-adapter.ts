/** A TV without a bus: does what it is told at once or later, fails as the test has it, and is used by hand. */
import { OperationalError } from '#contract/error-codes.ts';
import type { CecAdapter, CecEvents } from '../cec-adapter.ts';
import type { AudioStatus, TvPower } from '../cec-frame.ts';

export class FakeAdapter implements CecAdapter {
  power: TvPower = 'standby';
  volume = 50;
  isMuted = false;
  /** nothing is answered at all */
  isSilent = false;
  /** `start` fails */
  isBroken = false;
  readonly calls: string[] = [];
  starts = 0;
  stops = 0;
  #events: CecEvents | null = null;

  async start(events: CecEvents): Promise<void> {
    this.starts += 1;
    if (this.isBroken) throw new OperationalError('device-gone', 'broken');
    this.#events = events;
  }
  async stop(): Promise<void> {
    this.stops += 1;
    this.#events = null;
  }
  /** Of the person in the room. */
  press(key: number): void {
    this.#events?.onKeyPressed({ action: 'pressed', key });
    this.#events?.onKeyPressed({ action: 'released' });
  }
  tell(power: TvPower): void {
    this.power = power;
    this.#events?.onPower(power);
  }
  showOther(): void {
    this.#events?.onActiveSource('other');
  }
  unplug(): void {
    this.#events?.onGone('unplugged');
  }

  async turnOn(): Promise<void> {
    this.#note('turnOn');
    this.power = 'on';
  }
  async makeActiveSource(): Promise<void> {
    this.#note('makeActiveSource');
  }
  async standby(): Promise<void> {
    this.#note('standby');
    this.power = 'standby';
  }
  async powerStatus(): Promise<TvPower> {
    this.#note('powerStatus');
    return this.power;
  }
  async osdName(): Promise<string | null> {
    this.#note('osdName');
    return 'Room TV';
  }
  async audioStatus(): Promise<AudioStatus> {
    return { volumePercent: this.volume, muted: this.isMuted };
  }
  async volumeUp(steps: number): Promise<void> {
    this.volume += steps;
  }
  async volumeDown(steps: number): Promise<void> {
    this.volume -= steps;
  }
  async setVolume(percent: number): Promise<void> {
    this.#note(`setVolume ${percent}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
    this.volume = percent;
  }
  async mute(muted: boolean): Promise<void> {
    this.#note(`mute ${muted}`);
    this.isMuted = muted;
  }

  #note(call: string): void {
    this.calls.push(call);
    if (this.isSilent) throw new OperationalError('tv-not-answering', 'silent');
  }
}
