/**
 * Runs the agent's parts: starts and stops them, hands them what happens, dispatches commands to their owners. A part
 * that fails, at its start, in a handler or in a timer of its own, is stopped, reported, and made again; no other notices.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type ErrorCode, MaruError, toMaruError } from '#contract/error-codes.ts';
import { retryAfterMs } from '#contract/retry-after.ts';
import type { RoomCommand } from '#contract/room-command.ts';
import type { RoomNotice, RoomState } from '#contract/room-state.ts';
import type { SectionName, SectionValues } from '#contract/settings/all-settings.ts';
import type { PartReport } from '../../room/room.ts';
import type { StartableBooking } from '../grant-requests.ts';
import { type Host, type HostServices, LASTING, type Occasion, type Occasions, type Part } from './part.ts';
import type { PartDeclaration } from './part.ts';

const PAUSES = { firstMs: 1_000, longestMs: 60_000 };
/** After so long without trouble, a failure is over. */
const HEALTHY_MS = 30_000;
/** A part that failed may hang when it is stopped. */
const STOPPED_WITHIN_MS = 5_000;
/** Reports of how something is: a part that starts later gets the last one. */
const LASTING_REPORTS: readonly PartReport['type'][] = [
  'media-devices',
  'camera-axes',
  'document',
  'drawing',
  'chat',
  'poll',
  'transcript',
];

export type PartsOptions = {
  list: readonly PartDeclaration[];
  services: HostServices;
  /** null: it is well */
  onFault: (part: string, code: ErrorCode | null) => void;
  onNotices: (part: string, notices: readonly RoomNotice[]) => void;
};

/** A part from one start to its end; what it calls after that reaches nobody. */
type Run = { slot: Slot; part: Part | null; isStarted: boolean; starting: Promise<void> };
type Slot = {
  declaration: PartDeclaration;
  run: Run | null;
  /** of the last run that was made: they are its own while it starts again, too */
  commands: Part['commands'];
  /** of the run before */
  stopped: Promise<void>;
  failures: number;
  failedBy: ErrorCode | null;
  ownFault: ErrorCode | null;
  timer: NodeJS.Timeout | undefined;
};
type Handler = (value: unknown) => unknown;

export class Parts {
  readonly #options: PartsOptions;
  readonly #slots: Slot[];
  /** whose code runs, through timers and promises too */
  readonly #runs = new AsyncLocalStorage<Run>();
  readonly #lastOccasions = new Map<Occasion, Occasions[Occasion]>();
  readonly #lastReports = new Map<PartReport['type'], PartReport>();
  #room: RoomState | null = null;
  #isStopped = false;

  constructor(options: PartsOptions) {
    this.#options = options;
    this.#slots = options.list.map((declaration) => ({
      declaration,
      run: null,
      commands: undefined,
      stopped: Promise.resolve(),
      failures: 0,
      failedBy: null,
      ownFault: null,
      timer: undefined,
    }));
  }

  /** In the order of the list; waits for none. */
  start(room: RoomState): void {
    this.#room = room;
    for (const slot of this.#slots) this.#start(slot);
  }

  /** In the opposite order, all of them at once. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(
      this.#slots.toReversed().map(async (slot) => {
        clearTimeout(slot.timer);
        await slot.run?.starting;
        await (slot.run === null ? slot.stopped : this.#end(slot.run));
      }),
    );
  }

  follow(room: RoomState): void {
    this.#room = room;
    for (const { run } of this.#slots) this.#call(run, (part) => part.follow?.(room));
  }

  notify<O extends Occasion>(occasion: O, value: Occasions[O]): void {
    if (LASTING.includes(occasion)) this.#lastOccasions.set(occasion, value);
    for (const { run } of this.#slots) this.#call(run, (part) => part.occasions?.[occasion]?.(value));
  }

  /** Values that are in force already: `host.settings` has them. */
  applySettings(section: SectionName, values: SectionValues<SectionName>): void {
    for (const slot of this.#slots) {
      if (slot.run?.part?.settings?.[section] === 'by-restart') this.#restart(slot);
      else this.#call(slot.run, (part) => handlerOf(part.settings, section)?.(values));
    }
  }

  onReport(report: PartReport): void {
    if (LASTING_REPORTS.includes(report.type)) this.#lastReports.set(report.type, report);
    for (const { run } of this.#slots) this.#call(run, (part) => handlerOf(part.reports, report.type)?.(report));
  }

  /** By its owner. A code where it can't be done: `unknown-command` without an owner. */
  async dispatch(command: RoomCommand): Promise<ErrorCode | null> {
    for (const { commands, run } of this.#slots) {
      if (!handlerOf(commands, command.name)) continue;
      const handler = handlerOf(run?.part?.commands, command.name);
      if (!run?.isStarted || !handler) return 'not-possible-now';
      try {
        return (await this.#runs.run(run, () => handler(command))) as ErrorCode | null;
      } catch (error) {
        if (!(error instanceof MaruError)) this.#fail(run, error);
        throw error;
      }
    }
    return 'unknown-command';
  }

  bookingOf(bookingId: string): StartableBooking | null {
    let booking: StartableBooking | null = null;
    for (const { run } of this.#slots) {
      this.#call(run, (part) => {
        booking ??= part.bookingOf?.(bookingId) ?? null;
      });
    }
    return booking;
  }

  /** For an exception that nobody caught, called by the process's handler. True also for a run that has ended; it is logged. False: no part's. */
  isFailureOfPart(error: unknown): boolean {
    const run = this.#runs.getStore();
    if (run === undefined) return false;
    this.#fail(run, error);
    return true;
  }

  #start(slot: Slot): void {
    const run: Run = { slot, part: null, isStarted: false, starting: Promise.resolve() };
    slot.run = run;
    try {
      const started = this.#runs.run(run, () => {
        run.part = slot.declaration.make(this.#hostOf(run));
        slot.commands = run.part.commands;
        return run.part.start();
      });
      if (started === undefined) this.#started(run);
      else
        run.starting = started.then(
          () => this.#started(run),
          (error: unknown) => this.#fail(run, error),
        );
    } catch (error) {
      this.#fail(run, error);
    }
  }

  #started(run: Run): void {
    const { slot } = run;
    if (slot.run !== run || this.#isStopped) return;
    run.isStarted = true;
    this.#call(run, (part) => {
      if (this.#room !== null) part.follow?.(this.#room);
      for (const [occasion, value] of this.#lastOccasions) handlerOf(part.occasions, occasion)?.(value);
      for (const [type, report] of this.#lastReports) handlerOf(part.reports, type)?.(report);
    });
    if (slot.run !== run || slot.failedBy === null) return;
    slot.timer = setTimeout(() => {
      slot.failures = 0;
      this.#reportFault(slot, { failedBy: null });
    }, HEALTHY_MS);
  }

  #call(run: Run | null, work: (part: Part) => void): void {
    if (!run?.part || !run.isStarted) return;
    const { part } = run;
    try {
      this.#runs.run(run, () => work(part));
    } catch (error) {
      this.#fail(run, error);
    }
  }

  #fail(run: Run, error: unknown): void {
    const { slot } = run;
    const part = slot.declaration.name;
    const { logger } = this.#options.services;
    if (slot.run !== run || this.#isStopped) {
      logger.error({ err: error, part }, 'a part of the agent failed after its end');
      return;
    }
    const retryInMs = retryAfterMs(slot.failures, PAUSES);
    logger.error({ err: error, part, retryInMs }, 'a part of the agent failed: it alone starts again');
    slot.failures += 1;
    slot.run = null;
    clearTimeout(slot.timer);
    slot.stopped = this.#end(run);
    slot.timer = this.#runs.exit(() => setTimeout(() => void this.#startAgain(slot), retryInMs));
    this.#reportFault(slot, { failedBy: toMaruError(error).code, ownFault: null });
  }

  #restart(slot: Slot): void {
    if (slot.run === null || this.#isStopped) return;
    const { run } = slot;
    slot.run = null;
    clearTimeout(slot.timer);
    slot.stopped = run.starting.then(() => this.#end(run));
    void this.#startAgain(slot);
  }

  async #startAgain(slot: Slot): Promise<void> {
    await slot.stopped;
    if (!this.#isStopped && slot.run === null) this.#start(slot);
  }

  /** Never rejects. */
  async #end(run: Run): Promise<void> {
    run.isStarted = false;
    const ended = this.#runs.run(run, async () => run.part?.stop());
    const { promise: late, resolve: giveUp } = Promise.withResolvers<void>();
    const timer = setTimeout(giveUp, STOPPED_WITHIN_MS);
    // when all end, the process's end limits them
    await Promise.race(this.#isStopped ? [ended] : [ended, late]).catch((error: unknown) => {
      const part = run.slot.declaration.name;
      this.#options.services.logger.error({ err: error, part }, 'a part of the agent could not be stopped');
    });
    clearTimeout(timer);
  }

  #reportFault(slot: Slot, change: Partial<Pick<Slot, 'failedBy' | 'ownFault'>>): void {
    Object.assign(slot, change);
    this.#options.onFault(slot.declaration.name, slot.failedBy ?? slot.ownFault);
  }

  #hostOf(run: Run): Host {
    const { slot } = run;
    const { services, onNotices } = this.#options;
    const { name } = slot.declaration;
    /** What the agent does for a part is the agent's own: its timers and errors are not the part's. */
    const outside = <A extends unknown[], R>(work: (...args: A) => R) =>
      ((...args: A) => this.#runs.exit(() => work(...args))) as (...args: A) => R;
    const whileItRuns = <A extends unknown[]>(work: (...args: A) => void) =>
      outside((...args: A) => {
        if (slot.run === run) work(...args);
      });
    return {
      ...services,
      publish: whileItRuns(services.publish) as Host['publish'],
      publishFields: whileItRuns(services.publishFields) as Host['publishFields'],
      requestTestGrant: outside(services.requestTestGrant),
      requestDocumentAccess: outside(services.requestDocumentAccess),
      requestViewing: outside(services.requestViewing),
      ask: whileItRuns((command) => {
        this.notify('presence', null);
        services.ask(command);
      }),
      onLanCommand: whileItRuns(services.onLanCommand),
      perform: outside((effect) => slot.run === run && services.perform(effect)),
      record: whileItRuns(services.record),
      reportFault: whileItRuns((code) => this.#reportFault(slot, { ownFault: code })),
      reportNotices: whileItRuns((notices) => onNotices(name, notices)),
      notify: whileItRuns((occasion: Occasion, value: Occasions[Occasion]) =>
        this.notify(occasion, value),
      ) as Host['notify'],
    };
  }
}

/** A table gives to each name the handler of its own type. */
const handlerOf = (table: object | undefined, name: string): Handler | undefined =>
  (table as Record<string, Handler> | undefined)?.[name];
