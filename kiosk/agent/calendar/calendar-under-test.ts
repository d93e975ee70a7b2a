/** For tests of the calendar: a clock that lets a day pass in seconds, and a room that keeps what its calendar tells. */
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import type { Booking } from '#contract/room-agenda.ts';
import type { RoomPhase, RoomState } from '#contract/room-state.ts';
import type { AgendaTime } from './agenda-state.ts';
import { Calendar, type CalendarEvent } from './calendar.ts';
import type { CalendarSource } from './calendar-source.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { Clock } from './clock.ts';
import type { EntryMemory, KeptEntries } from './meeting-entries.ts';
import type { AgendaMemory, RememberedAgenda } from './agenda-memory.ts';
import type { CalendarAccount } from '#contract/settings/calendar-settings.ts';
import { ThreadedSource, type ThreadedSourceOptions } from './threaded-source.ts';

/** Time passes only when it is told to; what it wakes up may take real time for real work. */
export class DayClock implements Clock {
  #nowMs: number;
  #steadyMs = 1_000_000;
  #timers: { atSteadyMs: number; then: () => void }[] = [];
  /** awaited after each timer */
  settled: () => Promise<void> = async () => {};

  constructor(iso: string) {
    this.#nowMs = Date.parse(iso);
  }
  now(): AgendaTime {
    return { nowMs: this.#nowMs, steadyMs: this.#steadyMs };
  }
  after(delayMs: number, then: () => void): () => void {
    const timer = { atSteadyMs: this.#steadyMs + Math.ceil(delayMs), then };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }
  /** Until the wall's clock shows this. */
  async until(iso: string): Promise<void> {
    const target = this.#steadyMs + Date.parse(iso) - this.#nowMs;
    await this.settled();
    for (;;) {
      const next = this.#timers
        .filter((each) => each.atSteadyMs <= target)
        .sort((a, b) => a.atSteadyMs - b.atSteadyMs)[0];
      this.#pass((next ? Math.max(next.atSteadyMs, this.#steadyMs) : target) - this.#steadyMs);
      if (!next) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      next.then();
      await this.settled();
    }
  }
  /** The wall's clock alone. */
  jump(ms: number): void {
    this.#nowMs += ms;
  }
  #pass(ms: number): void {
    this.#nowMs += ms;
    this.#steadyMs += ms;
  }
}

/** The source as it is, and how much of it is under way. */
class WatchedSource implements CalendarSource {
  readonly writes: CalendarSource['writes'];
  readonly #source: ThreadedSource;
  #underWay = new Set<Promise<unknown>>();
  reads = 0;

  constructor(options: ThreadedSourceOptions) {
    this.#source = new ThreadedSource(options);
    const { writes } = this.#source;
    this.writes = writes && {
      moveEnd: (...args) => this.#watch(writes.moveEnd(...args)),
      giveBack: (...args) => this.#watch(writes.giveBack(...args)),
      takeBack: (...args) => this.#watch(writes.takeBack(...args)),
      putMeeting: (...args) => this.#watch(writes.putMeeting(...args)),
      removeMeeting: (...args) => this.#watch(writes.removeMeeting(...args)),
    };
  }
  read: CalendarSource['read'] = (window, signal) => {
    this.reads += 1;
    return this.#watch(this.#source.read(window, signal));
  };
  stop(): Promise<void> {
    return this.#source.stop();
  }
  async idle(): Promise<void> {
    do {
      await Promise.allSettled(this.#underWay);
      await setImmediate();
    } while (this.#underWay.size > 0);
  }
  #watch<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    const done = (): void => void this.#underWay.delete(work);
    work.then(done, done);
    return work;
  }
}

export type RoomOptions = {
  settings: CalendarAccount;
  clock: DayClock;
  deadlines?: Pick<ThreadedSourceOptions, 'fetchDeadlineMs' | 'expandDeadlineMs'>;
  memory?: AgendaMemory;
  entryMemory?: EntryMemory;
  fleetOrigin?: string;
};

export class RoomUnderTest {
  readonly calendar: Calendar;
  readonly clock: DayClock;
  readonly source: WatchedSource;
  readonly events: CalendarEvent[] = [];
  readonly listened: number[] = [];
  readonly entryFaults: (ErrorCode | null)[] = [];
  selfTests = 0;
  readonly lines: string[] = [];

  constructor({
    settings,
    clock,
    deadlines,
    memory = keptInMemory(),
    entryMemory = entriesInMemory(),
    fleetOrigin = 'https://maru.example.com',
  }: RoomOptions) {
    const logger = pino({ level: 'debug' }, { write: (line: string) => this.lines.push(line) });
    this.clock = clock;
    this.source = new WatchedSource({ settings, timeZone: settings.timeZone ?? 'UTC', logger, ...deadlines });
    this.calendar = new Calendar({
      logger,
      settings,
      clock,
      source: this.source,
      memory,
      fleetOrigin: () => fleetOrigin,
      entryMemory,
      onAgenda: () => {},
      onEntryFault: (code) => this.entryFaults.push(code),
      onEvent: (event) => this.events.push(event),
      listenForSound: (forMs) => this.listened.push(forMs),
      onSelfTestDue: () => {
        this.selfTests += 1;
      },
    });
    clock.settled = () => this.source.idle();
  }

  get log(): string {
    return this.lines.join('');
  }

  async start(): Promise<this> {
    this.calendar.start();
    await this.source.idle();
    return this;
  }
  /** Refreshes as if its time had come. */
  async until(iso: string): Promise<void> {
    await this.clock.until(iso);
  }
  get bookings(): Booking[] {
    return this.calendar.agenda.bookings;
  }
  of(title: string): Booking {
    const found = this.bookings.find((each) => each.title === title);
    if (!found) throw new Error(`no ${title} among ${this.bookings.map((each) => each.title).join(', ') || 'nothing'}`);
    return found;
  }
  /** `title state` of all that is shown */
  get shown(): string[] {
    return this.bookings.map(({ title, state }) => `${title} ${state}`);
  }
  get health() {
    return this.calendar.agenda.calendar;
  }
  inCall(bookingId: string | null): void {
    this.calendar.follow(
      stateIn({
        name: 'in-call',
        callId: '01a20efc-090d-75f0-801d-f262f6422b43',
        peerId: '01a20efc-090d-75f0-801d-f262f6422b44',
        meetingTitle: 'x',
        bookingId,
        startedAtMs: 0,
        connection: 'connected',
        participantCount: 1,
        participants: [],
        sharedBy: null,
        order: OPEN_ORDER,
        air: OFF_AIR,
      }),
    );
  }
  callEnded(): void {
    this.calendar.follow(stateIn({ name: 'idle' }));
  }
}

const stateIn = (phase: RoomPhase): RoomState => ({ phase }) as RoomState;

export function entriesInMemory(): EntryMemory {
  let kept: KeptEntries | null = null;
  return {
    load: () => kept,
    save: (value) => {
      kept = value;
    },
  };
}

export function keptInMemory(
  remembered: RememberedAgenda = { bookings: [] },
): AgendaMemory & { remembered: RememberedAgenda } {
  return {
    remembered,
    load() {
      return this.remembered;
    },
    save(changed) {
      this.remembered = changed;
    },
  };
}

/**
 * How long this thread's loop stood still at most meanwhile, by what the thread itself was doing (a neighbour that takes the
 * processor away is not our lag), and how long it all took.
 */
export async function lagDuring(work: () => Promise<unknown>): Promise<{ lagMs: number; tookMs: number }> {
  const fromMs = performance.now();
  let lagMs = 0;
  let lastMs = busyMs();
  const tick = setInterval(() => {
    const nowMs = busyMs();
    lagMs = Math.max(lagMs, nowMs - lastMs);
    lastMs = nowMs;
  }, 5);
  await work();
  // what was done since the last tick counts
  await sleep(10);
  clearInterval(tick);
  return { lagMs, tookMs: performance.now() - fromMs };
}

/** Of the processor, by this thread, so far. */
function busyMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
