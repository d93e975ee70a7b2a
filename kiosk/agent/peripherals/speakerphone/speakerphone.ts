/**
 * The speakerphone of the room: chosen, opened, lost and found again. Feeds the machine with what happens and performs
 * its effects; what any of it means is the machine's. Whatever a device does, nothing is thrown out of here.
 */
import type { Logger } from 'pino';
import { type ErrorCode, toMaruError } from '#contract/error-codes.ts';
import type { RoomCommand } from '#contract/room-command.ts';
import type { SpeakerphoneStatus } from '#contract/room-equipment.ts';
import type { RoomState } from '#contract/room-state.ts';
import { type Controls, controlsOf, lampReports, readReport } from './controls.ts';
import { type Candidate, chooseDevice, identityOf } from './device-choice.ts';
import { FaultBook } from './fault-book.ts';
import { NodeHidTransport } from './hid-transport.ts';
import { quirksOf } from './quirks.ts';
import { parseReportDescriptor } from './report-descriptor.ts';
import { ReportWriter, withTimeout } from './report-writer.ts';
import { type OuterEffect, RunningMachine } from './running-machine.ts';
import { deviceOf, speakerphoneViewOf } from './speakerphone-model.ts';
import type { DeviceIdentity, FoundDevice, HidConnection, HidTransport } from './transport.ts';

/** Beside the watch on /dev, which may miss one. */
const LOOK_EACH_MS = 1_000;
/** Long: a box that is starting up itself is busy. */
const OPEN_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 1_000;
/** After so long without trouble, former trouble counts no more. */
const HEALTHY_MS = 30_000;

export type SpeakerphoneOptions = {
  logger: Logger;
  /** a wish of a person at the device; nobody waits for the answer */
  ask: (command: RoomCommand) => void;
  /** `status` has changed */
  onStatus: () => void;
  /** device and room disagreed, and the lamp was set to this again */
  onMuteMended: (lamp: 'muted' | 'open') => void;
  /** which one the room had before this agent was started, and which one it has now; absent: remembered by nobody */
  memory?: { load: () => DeviceIdentity | null; save: (device: DeviceIdentity) => void };
  /** node-hid, but for tests */
  transport?: HidTransport;
};

/** A device from the moment it is opened; one that is over receives and reports nothing more. */
type Session = {
  device: FoundDevice;
  controls: Controls;
  connection: HidConnection | null;
  writer: ReportWriter | null;
  openedAtMs: number;
};

export class Speakerphone {
  readonly #options: SpeakerphoneOptions;
  readonly #transport: HidTransport;
  readonly #logger: Logger;
  readonly #faults = new FaultBook();
  readonly #machine = new RunningMachine((effect) => this.#perform(effect));
  #session: Session | null = null;
  #former: DeviceIdentity | null = null;
  #formerGoneAtMs = 0;
  #stopWatching: (() => void) | null = null;
  #lookTimer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | null = null;
  #lookAgain = false;
  #told: string | null = null;

  constructor(options: SpeakerphoneOptions) {
    this.#options = options;
    this.#logger = options.logger.child({ part: 'speakerphone' });
    this.#transport = options.transport ?? new NodeHidTransport({ logger: this.#logger });
  }

  start(): void {
    if (this.#stopWatching !== null) return;
    this.#former ??= this.#options.memory?.load() ?? null;
    this.#formerGoneAtMs = performance.now();
    this.#stopWatching = this.#transport.watch(() => this.#look());
    this.#look();
  }

  /** Puts the lamps out: a red light on the table would outlive the agent. */
  async stop(): Promise<void> {
    this.#stopWatching?.();
    this.#stopWatching = null;
    clearTimeout(this.#lookTimer);
    await withTimeout(this.#looking ?? Promise.resolve(), OPEN_TIMEOUT_MS + 1_000, 'looking').catch(() => {});
    const session = this.#session;
    this.#session = null;
    if (session !== null) {
      session.writer?.write(
        lampReports(session.controls, { mute: false, offHook: false, ring: false, speaker: false }),
      );
      await withTimeout(session.writer?.flushed() ?? Promise.resolve(), CLOSE_TIMEOUT_MS, 'lamps').catch(() => {});
      await this.#close(session);
    }
    this.#machine.handle({ type: 'detached' });
  }

  /** The room has changed, or is told for the first time. */
  follow(state: RoomState): void {
    this.#machine.handle({ type: 'room', room: speakerphoneViewOf(state) });
  }

  /** null: the room has none, and never had. */
  get status(): SpeakerphoneStatus | null {
    if (this.#session?.connection) return { name: this.#session.device.name, state: 'ready', code: null };
    const fault = this.#faults.first;
    if (fault !== null) return { name: fault.name, state: 'faulty', code: fault.code };
    if (this.#former !== null) return { name: this.#former.name, state: 'faulty', code: 'device-gone' };
    return null;
  }

  get #isStopped(): boolean {
    return this.#stopWatching === null;
  }

  /** One look at a time; what happens during one is looked at after it. */
  #look(): void {
    this.#lookAgain = true;
    this.#looking ??= this.#lookOn().finally(() => {
      this.#looking = null;
    });
  }

  async #lookOn(): Promise<void> {
    while (this.#lookAgain && !this.#isStopped) {
      this.#lookAgain = false;
      try {
        await this.#lookOnce();
      } catch (error) {
        this.#logger.error({ err: error }, 'looking for devices failed');
      }
    }
    if (this.#isStopped) return;
    clearTimeout(this.#lookTimer);
    const untilRetryMs = this.#session ? LOOK_EACH_MS : this.#faults.nextRetryAtMs - performance.now();
    this.#lookTimer = setTimeout(() => this.#look(), Math.max(20, Math.min(LOOK_EACH_MS, untilRetryMs)));
    this.#tellStatus();
  }

  async #lookOnce(): Promise<void> {
    const found = await this.#transport.list();
    if (this.#isStopped) return;
    const session = this.#session;
    if (session !== null) {
      if (found.some(({ instance }) => instance === session.device.instance)) return;
      this.#lose(session, 'it is not listed any more');
    }
    this.#faults.keepOnly(found);
    const candidates = found.flatMap((device) => this.#candidateOf(device) ?? []);
    const chosen = chooseDevice(candidates, this.#former, performance.now() - this.#formerGoneAtMs);
    if (chosen !== null) await this.#open(chosen);
  }

  /** null: it can't be used, for good or for now. */
  #candidateOf(device: FoundDevice): Candidate | null {
    if (!this.#faults.mayTry(device, performance.now())) return null;
    if (device.problem !== null) return this.#note(device, device.problem.code, device.problem.why);
    try {
      const controls = controlsOf(
        parseReportDescriptor(device.descriptor),
        quirksOf(device.vendorId, device.productId),
      );
      return controls && { device, controls };
    } catch (error) {
      const { code, message } = toMaruError(error);
      return this.#note(device, code, message);
    }
  }

  async #open({ device, controls }: Candidate): Promise<void> {
    const session: Session = { device, controls, connection: null, writer: null, openedAtMs: performance.now() };
    this.#session = session;
    const opening = this.#transport.open(device, {
      report: (report) => this.#onReport(session, report),
      gone: (why) => this.#lose(session, why),
    });
    try {
      session.connection = await withTimeout(opening, OPEN_TIMEOUT_MS, 'opening it takes too long');
    } catch (error) {
      // should it open after all, then for nobody
      void opening.then((late) => late.close()).catch(() => {});
      if (this.#session === session) this.#session = null;
      this.#note(device, 'device-gone', String(error));
      return;
    }
    if (this.#session !== session) {
      await this.#close(session);
      return;
    }
    const { connection } = session;
    session.writer = new ReportWriter({
      write: (report) => connection.write(report),
      onFailed: (why) => this.#lose(session, why),
    });
    this.#former = identityOf(device);
    this.#logger.info(
      { device: device.name, hook: controls.hookStyle, mute: controls.muteStyle },
      'speakerphone ready',
    );
    this.#machine.handle({ type: 'attached', device: deviceOf(controls, quirksOf(device.vendorId, device.productId)) });
    this.#options.memory?.save(this.#former);
  }

  #onReport(session: Session, report: Uint8Array): void {
    if (this.#session !== session) return;
    const values = readReport(session.controls, report);
    if (values === null) this.#fail(session, `a report of ${report.length} bytes is too short`);
    else if (Object.keys(values).length > 0) this.#machine.handle({ type: 'report', values });
  }

  /** What it reports can not be trusted: closed, and tried again later. */
  #fail(session: Session, why: string): void {
    if (this.#session !== session) return;
    this.#end(session);
    this.#note(session.device, 'device-malformed', why);
    this.#look();
  }

  #lose(session: Session, why: string): void {
    if (this.#session !== session) return;
    this.#end(session);
    // unplugged, mostly, and then the note goes with it; a device that is still there is not opened in a circle
    this.#faults.note(session.device, 'device-gone', performance.now());
    this.#logger.info({ device: session.device.name, why }, 'speakerphone gone');
    this.#look();
  }

  #end(session: Session): void {
    this.#session = null;
    this.#formerGoneAtMs = performance.now();
    if (performance.now() - session.openedAtMs > HEALTHY_MS) this.#faults.forget(session.device);
    void this.#close(session);
    this.#machine.handle({ type: 'detached' });
    this.#tellStatus();
  }

  async #close({ writer, connection }: Session): Promise<void> {
    void writer?.stop();
    if (connection === null) return;
    // node-hid closes only after a write that hangs
    await withTimeout(connection.close(), CLOSE_TIMEOUT_MS, 'closing it takes too long').catch((error: unknown) => {
      this.#logger.debug({ why: String(error) }, 'closing');
    });
  }

  #note(device: FoundDevice, code: ErrorCode, why: string): null {
    const { count, retryAtMs } = this.#faults.note(device, code, performance.now());
    const retryInMs = Math.round(retryAtMs - performance.now());
    this.#logger.warn({ device: device.name, code, why, count, retryInMs }, 'speakerphone faulty');
    return null;
  }

  #tellStatus(): void {
    const status = JSON.stringify(this.status);
    if (status === this.#told || this.#isStopped) return;
    this.#told = status;
    this.#options.onStatus();
  }

  /** The room's own code is among what is called here: its errors end here, and are told. */
  #perform(effect: OuterEffect): void {
    try {
      this.#do(effect);
    } catch (error) {
      this.#logger.error({ err: error, effect: effect.type }, 'an effect failed');
    }
  }

  #do(effect: OuterEffect): void {
    const session = this.#session;
    switch (effect.type) {
      case 'ask':
        this.#options.ask(effect.command);
        return;
      case 'lamps':
        if (session !== null) session.writer?.write(lampReports(session.controls, effect.lamps));
        return;
      case 'mute-mended':
        this.#logger.warn({ lamp: effect.lamp }, 'room and speakerphone disagreed on mute: the lamp was set again');
        this.#options.onMuteMended(effect.lamp);
        return;
      case 'mute-not-mended':
        this.#logger.error('room and speakerphone still disagree on mute');
        return;
      case 'flooded':
        if (session !== null) this.#fail(session, 'it asks for more than a person can');
        return;
    }
  }
}
