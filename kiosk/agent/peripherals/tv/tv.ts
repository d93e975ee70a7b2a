/**
 * A room's TV: runs the machine, performs its effects on whatever CEC adapter the box has, hands the remote control's
 * keys on as the room's commands, and the room's volume to the TV where it is the TV that sounds.
 */
import type { Logger } from 'pino';
import { toMaruError } from '#contract/error-codes.ts';
import type { RoomCommand } from '#contract/room-command.ts';
import type { TvStatus } from '#contract/room-equipment.ts';
import type { RoomState } from '#contract/room-state.ts';
import { AdapterKeeper } from './adapter-keeper.ts';
import type { CecAdapter, CecKey } from './cec-adapter.ts';
import { findAdapter } from './find-adapter.ts';
import { hoursAt } from './hours.ts';
import { firstRemote, onKey } from './remote-keys.ts';
import { stepTv } from './tv-machine.ts';
import type { TvSettings } from '#contract/settings/tv-settings.ts';
import { firstTv, type TvTime, type TvCommand, type TvEvent, type TvPhase, tvStatusOf } from './tv-state.ts';
import { TvVolume } from './tv-volume.ts';

export type TvClock = {
  /** never jumps */
  nowMs: () => number;
  /** of the wall */
  epochMs: () => number;
};
const boxClock: TvClock = { nowMs: () => performance.now(), epochMs: () => Date.now() };
/** setTimeout knows no longer ones. */
const LONGEST_SLEEP_MS = 3_600_000;

export type TvOptions = {
  logger: Logger;
  /** a wish of the remote control; nobody waits for the answer */
  ask: (command: RoomCommand) => void;
  onStatus: () => void;
  settings: TvSettings;
  /** instead of the one that is found */
  adapter?: CecAdapter;
  clock?: TvClock;
};

export class Tv {
  readonly #options: TvOptions;
  readonly #clock: TvClock;
  readonly #keeper: AdapterKeeper;
  #volume: TvVolume | null;
  #settings: TvSettings;
  #tv: ReturnType<typeof firstTv>;
  #remote = firstRemote;
  #room: RoomState | null = null;
  #showsDocument = false;
  #broadcast: 'by-tap' | 'by-itself' | null = null;
  #adapter: CecAdapter | null = null;
  /** counts the adapters: what an earlier one answers is too late */
  #session = 0;
  #timer: NodeJS.Timeout | undefined;
  /** one search after the other: two settings may follow each other closely */
  #finding: Promise<void> = Promise.resolve();
  #told: string;
  #stopped = true;

  constructor(options: TvOptions) {
    const { adapter, settings, logger, clock = boxClock } = options;
    this.#options = options;
    this.#settings = settings;
    this.#clock = clock;
    this.#tv = firstTv(clock.nowMs());
    this.#told = JSON.stringify(this.status);
    this.#volume = settings.audio === 'tv' ? new TvVolume({ logger }) : null;
    this.#keeper = new AdapterKeeper({
      logger,
      find: async () => adapter ?? (await findAdapter({ wanted: this.#settings.adapter, logger })),
      events: {
        onKeyPressed: (key) => this.#onKey(key),
        onPower: (power) => this.#take({ type: 'power', power }),
        onActiveSource: (whose) => this.#take({ type: 'source', whose }),
      },
      onFound: (found) => this.#use(found),
      onGone: () => this.#use(null),
    });
  }

  get status(): TvStatus {
    return tvStatusOf(this.#tv);
  }

  start(): void {
    this.#stopped = false;
    const phase = this.#phase;
    if (phase !== null) this.#take({ type: 'room', phase });
    if (this.#settings.adapter !== 'none') this.#keeper.start();
  }

  /** In force at once: the idle time counts from where it began, another adapter is looked for. */
  apply(settings: TvSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    if (settings.audio !== before.audio) this.#soundBy(settings.audio);
    if (settings.adapter !== before.adapter) this.#finding = this.#finding.then(() => this.#findAgain());
    this.#take({ type: 'wake' });
  }

  /** The TV is left as it is: the box may only be starting again. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#adapter = null;
    this.#volume?.use(null);
    await this.#keeper.stop();
  }

  /** Told at each change of the room, and once at the start. */
  follow(state: RoomState): void {
    const before = this.#room;
    this.#change(() => {
      this.#room = state;
    });
    if (state.volumePercent !== before?.volumePercent) this.#volume?.want(state.volumePercent);
  }

  /** Outside of a call: it is switched on for it, and stays on. */
  showDocument(isShown: boolean): void {
    this.#change(() => {
      this.#showsDocument = isShown;
    });
  }

  /** Outside of a call; one by itself leaves another device's picture alone. */
  showBroadcast(shown: 'by-tap' | 'by-itself' | null): void {
    this.#change(() => {
      this.#broadcast = shown;
    });
  }

  #change(change: () => void): void {
    const before = this.#phase;
    change();
    const phase = this.#phase;
    if (phase !== null && phase !== before) this.#take({ type: 'room', phase });
  }

  get #phase(): TvPhase | null {
    const name = this.#room?.phase.name ?? null;
    if (name !== 'idle') return name;
    if (this.#showsDocument || this.#broadcast === 'by-tap') return 'shown-by-tap';
    return this.#broadcast === 'by-itself' ? 'shown-by-itself' : name;
  }

  #soundBy(audio: TvSettings['audio']): void {
    this.#volume?.use(null);
    this.#volume = audio === 'tv' ? new TvVolume({ logger: this.#options.logger }) : null;
    if (this.#room !== null) this.#volume?.want(this.#room.volumePercent);
    if (this.#tv.power === 'on') this.#volume?.use(this.#adapter);
  }

  async #findAgain(): Promise<void> {
    const stopped = this.#keeper.stop();
    if (this.#adapter !== null) this.#use(null);
    this.#volume?.use(null);
    await stopped;
    if (!this.#stopped && this.#settings.adapter !== 'none') this.#keeper.start();
  }

  #use(adapter: CecAdapter | null): void {
    this.#adapter = adapter;
    this.#session += 1;
    this.#take({ type: adapter === null ? 'adapter-gone' : 'adapter-found' });
  }

  #onKey(key: CecKey): void {
    this.#take({ type: 'key' });
    if (this.#room === null) return;
    const { remote, command } = onKey(this.#remote, key, this.#room, this.#clock.nowMs());
    this.#remote = remote;
    if (command !== null) this.#options.ask(command);
  }

  #take(event: TvEvent): void {
    if (this.#stopped) return;
    const wasOn = this.#tv.power === 'on';
    const { tv, effects } = stepTv(this.#tv, event, this.#moment(), {
      idleMs: this.#settings.offAfterIdleMinutes * 60_000,
    });
    this.#tv = tv;
    for (const effect of effects) {
      if (effect.type === 'wake') this.#wakeAt(effect.atMs);
      else if (this.#adapter !== null) void this.#perform(this.#adapter, effect.command);
    }
    const isOn = tv.power === 'on';
    if (isOn !== wasOn) this.#volume?.use(isOn ? this.#adapter : null);
    this.#tell();
  }

  /** The wall clock may jump, a call must not wait for it: only the hours are its. */
  #moment(): TvTime {
    const nowMs = this.#clock.nowMs();
    const epochMs = this.#clock.epochMs();
    const { inside, sinceMs, untilMs } = hoursAt(this.#settings.hours, epochMs);
    return { nowMs, hours: { inside, sinceMs: sinceMs - epochMs + nowMs, untilMs: untilMs - epochMs + nowMs } };
  }

  #wakeAt(atMs: number | null): void {
    clearTimeout(this.#timer);
    if (atMs === null) return;
    const delayMs = Math.min(LONGEST_SLEEP_MS, Math.max(0, atMs - this.#clock.nowMs()));
    this.#timer = setTimeout(() => this.#take({ type: 'wake' }), delayMs);
  }

  async #perform(adapter: CecAdapter, command: TvCommand): Promise<void> {
    const session = this.#session;
    let event: TvEvent;
    try {
      event = await perform(adapter, command);
    } catch (error) {
      const { code, message } = toMaruError(error);
      this.#options.logger.debug({ command, code, detail: message }, 'tv');
      event = { type: 'failed', command, why: code === 'device-unsupported' ? 'unsupported' : 'silent' };
    }
    if (session === this.#session) this.#take(event);
  }

  #tell(): void {
    const { status } = this;
    const told = JSON.stringify(status);
    if (told === this.#told) return;
    this.#told = told;
    this.#options.logger.info(status, 'tv');
    this.#options.onStatus();
  }
}

async function perform(adapter: CecAdapter, command: TvCommand): Promise<TvEvent> {
  switch (command) {
    case 'turn-on':
      await adapter.turnOn();
      return { type: 'done', command };
    case 'make-active-source':
      await adapter.makeActiveSource();
      return { type: 'done', command };
    case 'standby':
      await adapter.standby();
      return { type: 'done', command };
    case 'ask-power':
      return { type: 'power-answered', power: await adapter.powerStatus() };
    case 'ask-name':
      return { type: 'name-answered', name: await adapter.osdName() };
  }
}
