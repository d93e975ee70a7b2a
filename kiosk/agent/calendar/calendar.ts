/**
 * The room's calendar: reads it, applies the rules of agenda.ts to what it says and to what happens in the room, and
 * carries out what follows. Whoever shows the agenda reads `agenda` when told that it has changed.
 */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { CalendarHealth } from '#contract/room-agenda.ts';
import type { AgendaCommand } from '#contract/room-command.ts';
import type { RoomEvent } from '#contract/room-events.ts';
import type { RoomState } from '#contract/room-state.ts';
import type { MeetingOfRoom } from '#contract/room-meetings.ts';
import type { StartableBooking } from '../grant-requests.ts';
import { nextDueMs, stepAgenda } from './agenda.ts';
import {
  type AgendaEffect,
  type AgendaEvent,
  type AgendaState,
  type BookingEvent,
  firstState,
  type PlannedBooking,
} from './agenda-state.ts';
import { type AgendaContent, bookingsInView, startableIn } from './agenda-view.ts';
import type { CalendarSource, CalendarWindow, Reading } from './calendar-source.ts';
import { type Clock, systemClock } from './clock.ts';
import type { AgendaMemory } from './agenda-memory.ts';
import { type BookingsContent, invitedBookings } from './invited-bookings.ts';
import { type EntryMemory, MeetingEntries } from './meeting-entries.ts';
import { entryInCalendar, withOurMeetings } from './our-meetings.ts';
import { Refresh } from './refresh.ts';
import type { CalendarAccount } from '#contract/settings/calendar-settings.ts';
import { ThreadedSource } from './threaded-source.ts';
import { Writes } from './writes.ts';
import { ianaZone, startOfDay, utc, type Zone } from './zones.ts';

type Told<E> = E extends unknown ? Omit<E, 'eventId' | 'sequence' | 'atMs'> : never;
type HealthEvent = Extract<Told<Extract<RoomEvent, { name: 'device-faulty' | 'device-mended' }>>, { device: unknown }>;
/** What is told of bookings and of the calendar; its id, number and time are the outbox's. */
export type CalendarEvent = BookingEvent | HealthEvent;

export type CalendarOptions = {
  logger: Logger;
  /** null: the room has no calendar */
  settings: CalendarAccount | null;
  /** e.g. `https://maru.example.com`; null: not known yet */
  fleetOrigin: () => string | null;
  memory: AgendaMemory;
  /** of the meetings that we wrote into the calendar */
  entryMemory: EntryMemory;
  onAgenda: () => void;
  /** who is invited to the calendar's bookings: whole, each time it is not as it was */
  onInvited?: (bookings: BookingsContent) => void;
  /** whether the room's meetings get into the calendar; null: they do */
  onEntryFault: (code: ErrorCode | null) => void;
  onEvent: (event: CalendarEvent) => void;
  /** 0: no longer */
  listenForSound: (forMs: number) => void;
  /** SELF_TEST_BEFORE_BOOKING_MS before each booking, once; also while the room is in a call, which its receiver knows */
  onSelfTestDue: () => void;
  nowMs?: () => number;
  /** tests only */
  clock?: Clock;
  source?: CalendarSource & { stop?: () => Promise<void> };
};

/** A reading reaches so far ahead: a server that is away over a weekend leaves Monday's bookings on the TV. */
const DAYS_AHEAD = 8;
/** Nothing may be due for hours, but the wall's clock may jump, and midnight comes. */
const MAX_SLEEP_MS = 5_000;
const MIN_SLEEP_MS = 20;
/** A server that is not well answers with an empty calendar too: people's meetings are not cancelled for that. */
const EMPTY_BELIEVED_AFTER_MS = 15 * 60_000;
/** What a person changed is on its way to the calendar for so long before the answer: others have to see it. */
const WRITE_AWAITED_MS = 2_000;

export class Calendar {
  readonly #options: CalendarOptions;
  readonly #clock: Clock;
  readonly #zone: Zone;
  readonly #rules: { noShowRelease: boolean; soundPresence: boolean };
  #state: AgendaState = firstState({ bookings: [] });
  #source: (CalendarSource & { stop?: () => Promise<void> }) | null = null;
  #refresh: Refresh | null = null;
  #writes: Writes | null = null;
  #entries: MeetingEntries | null = null;
  /** until then it is not known what the calendar has */
  #hasRead = false;
  /** as the calendar had them last */
  #fromCalendar: readonly PlannedBooking[] = [];
  /** so far it was read last; null: not all of it could be, or nothing was in it, which is not believed yet */
  #readToMs: number | null = null;
  /** by the machine's count; null: there is something in it */
  #emptySinceMs: number | null = null;
  /** that people made for the room at the fleet server */
  #meetings: readonly MeetingOfRoom[] = [];
  /** before the fleet has said so, none is gone */
  #knowsMeetings = false;
  #isStarted = false;
  #health: CalendarHealth = { state: 'none', code: null, freshAsOfMs: null, unreadCount: 0 };
  #told = '';
  #toldInvited = '';
  #saved = '';
  #wake: (() => void) | null = null;
  #stopped = false;

  constructor(options: CalendarOptions) {
    this.#options = options;
    const { settings, nowMs, clock } = options;
    this.#clock = clock ?? systemClock(nowMs);
    const ownZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    this.#zone = ianaZone(settings?.timeZone ?? ownZone) ?? utc;
    this.#rules = { noShowRelease: settings?.noShowRelease ?? true, soundPresence: settings?.soundPresence ?? true };
  }

  start(): void {
    const { settings } = this.#options;
    this.#isStarted = true;
    this.#load();
    if (settings) this.#read(settings);
    else this.#plan();
    this.#take({ type: 'time' });
  }

  #read(settings: CalendarAccount): void {
    const { logger } = this.#options;
    const source = this.#options.source ?? new ThreadedSource({ settings, timeZone: this.#zone.name, logger });
    this.#source = source;
    this.#writes = new Writes({
      source,
      logger,
      occurrenceOf: (bookingId) => this.#state.planned.find((each) => each.bookingId === bookingId) ?? null,
      onDone: (bookingId, write) => {
        if (write.name === 'take-back') this.#take({ type: 'taken-back', bookingId });
        // what it refused is read-only from now on, and is told so
        this.#refresh?.now();
      },
    });
    if (source.writes)
      this.#entries = new MeetingEntries({
        writes: source.writes,
        calendar: `${settings.kind} ${settings.url}`,
        memory: this.#options.entryMemory,
        nowMs: () => this.#clock.now().nowMs,
        onWritten: () => this.#refresh?.now(),
        onFault: this.#options.onEntryFault,
        logger,
      });
    this.#refresh = new Refresh({
      source,
      clock: this.#clock,
      logger,
      refreshMs: settings.refreshSeconds * 1000,
      window: () => this.#window(),
      onReading: (reading) => this.#onReading(reading),
      onHealth: (health) => this.#onHealth(health),
    });
    this.#health = this.#refresh.health;
    if (settings.kind === 'caldav' && settings.url.startsWith('http:'))
      logger.warn("the calendar's password goes over the network in the open: use https");
    this.#plan();
    this.#tellAgenda();
    this.#refresh.start();
  }

  /** All of them, as the fleet server has them now. */
  setMeetings(meetings: readonly MeetingOfRoom[]): void {
    this.#meetings = meetings;
    this.#knowsMeetings = true;
    if (this.#isStarted) this.#plan();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    const ended = [this.#refresh?.stop(), this.#writes?.stop(), this.#entries?.stop()];
    await this.#source?.stop?.();
    await Promise.all(ended);
  }

  /** Null: done. Resolves within the time that a person waits, though the calendar may hear of it later. */
  async handle(command: AgendaCommand): Promise<ErrorCode | null> {
    const refusal = this.#take({ type: 'command', command });
    if (refusal === null && this.#writes)
      await Promise.race([
        this.#writes.done,
        new Promise<void>((resolve) => setTimeout(resolve, WRITE_AWAITED_MS).unref()),
      ]);
    return refusal;
  }

  bookingOf(bookingId: string): StartableBooking | null {
    return startableIn(this.#state, bookingId, {
      nowMs: this.#clock.now().nowMs,
      fleetOrigin: this.#options.fleetOrigin(),
    });
  }

  follow({ phase }: RoomState): void {
    const call = phase.name === 'in-call' || phase.name === 'starting' ? { bookingId: phase.bookingId ?? null } : null;
    const former = this.#state.call;
    if (call === former || (call && former && call.bookingId === former.bookingId)) return;
    this.#take({ type: 'call', call });
  }

  /** Somebody is there: a phone was paired, the speakerphone touched. */
  onPresence(): void {
    this.#take({ type: 'presence' });
  }

  onSoundHeard(): void {
    this.#take({ type: 'sound-heard' });
  }

  get agenda(): AgendaContent {
    const { nowMs } = this.#clock.now();
    const view = { nowMs, zone: this.#zone, fleetOrigin: this.#options.fleetOrigin(), rules: this.#rules };
    return { timeZone: this.#zone.name, calendar: this.#health, ...bookingsInView(this.#state, view) };
  }

  /** What the calendar would be read for: from yesterday, whose meetings may still run. Whole days, so that it stays the same. */
  #window(): CalendarWindow {
    const { nowMs } = this.#clock.now();
    return { fromMs: startOfDay(this.#zone, nowMs, -1), toMs: startOfDay(this.#zone, nowMs, DAYS_AHEAD) };
  }

  #onReading({ occurrences, leftOut }: Reading): void {
    const calendar = this.#calendar;
    const { steadyMs } = this.#clock.now();
    this.#emptySinceMs = occurrences.length > 0 ? null : (this.#emptySinceMs ?? steadyMs);
    const isBelieved = this.#emptySinceMs === null || steadyMs - this.#emptySinceMs >= EMPTY_BELIEVED_AFTER_MS;
    this.#readToMs = leftOut === 0 && isBelieved ? this.#window().toMs : null;
    this.#fromCalendar = occurrences.map((each) => {
      const bookingId = bookingIdOf(calendar, each);
      return { ...each, bookingId, place: this.#writes?.isRefused(bookingId) ? null : each.place };
    });
    this.#hasRead = true;
    this.#plan();
    this.#writes?.work();
  }

  #plan(): void {
    const fleetOrigin = this.#options.fleetOrigin();
    const planned = withOurMeetings(this.#fromCalendar, this.#meetings, fleetOrigin);
    this.#take({ type: 'reading', planned });
    if (!this.#hasRead || !this.#knowsMeetings) return;
    this.#tellInvited(planned, fleetOrigin);
    this.#entries?.update(this.#meetings, (each) => entryInCalendar(this.#fromCalendar, each, fleetOrigin));
  }

  /** Not before it is known which of them lead to meetings at the fleet server. */
  #tellInvited(planned: readonly PlannedBooking[], fleetOrigin: string | null): void {
    const { onInvited, settings } = this.#options;
    if (!onInvited || fleetOrigin === null) return;
    const bookings = invitedBookings(planned, {
      calendar: this.#calendar,
      nowMs: this.#clock.now().nowMs,
      toMs: this.#readToMs,
      fleetOrigin,
      namesPeople: settings?.peopleOfBookings ?? false,
    });
    const text = JSON.stringify(bookings);
    if (text === this.#toldInvited) return;
    this.#toldInvited = text;
    onInvited(bookings);
  }

  /** By which bookings and series are told from those of another calendar. */
  get #calendar(): string {
    const { settings } = this.#options;
    return settings ? `${settings.kind} ${settings.url}` : '';
  }

  #onHealth(health: CalendarHealth): void {
    const before = this.#health.code;
    this.#health = health;
    if (health.code !== null && health.code !== before)
      this.#options.onEvent({ name: 'device-faulty', device: 'calendar', code: health.code });
    if (health.code === null && before !== null) this.#options.onEvent({ name: 'device-mended', device: 'calendar' });
    this.#tellAgenda();
  }

  #take(event: AgendaEvent): ErrorCode | null {
    if (this.#stopped) return 'shutting-down';
    const moment = this.#clock.now();
    const { state, effects, refusal } = stepAgenda(this.#state, event, moment, this.#rules);
    this.#state = state;
    this.#save();
    for (const effect of effects) this.#perform(effect);
    this.#tellAgenda();
    this.#sleep();
    return refusal;
  }

  #perform(effect: AgendaEffect): void {
    switch (effect.type) {
      case 'tell':
        this.#options.logger.info({ event: effect.event.name, bookingId: effect.event.bookingId }, 'booking');
        this.#options.onEvent(effect.event);
        return;
      case 'write':
        this.#writes?.add(effect.bookingId, effect.write);
        return;
      case 'listen':
        this.#options.listenForSound(effect.forMs);
        return;
      case 'self-test':
        this.#options.onSelfTestDue();
        return;
    }
  }

  #sleep(): void {
    this.#wake?.();
    if (!this.#isStarted) return;
    const dueMs = nextDueMs(this.#state, this.#clock.now()) ?? MAX_SLEEP_MS;
    const delayMs = Math.min(MAX_SLEEP_MS, Math.max(MIN_SLEEP_MS, dueMs));
    this.#wake = this.#clock.after(delayMs, () => this.#take({ type: 'time' }));
  }

  /** Only what has changed: the time of a reading alone is told with the next change. */
  #tellAgenda(): void {
    const agenda = this.agenda;
    const text = JSON.stringify({ ...agenda, calendar: { ...agenda.calendar, freshAsOfMs: null } });
    if (text === this.#told) return;
    this.#told = text;
    this.#options.onAgenda();
  }

  #load(): void {
    const { memory, logger } = this.#options;
    try {
      this.#state = { ...firstState(memory.load()), call: this.#state.call };
      this.#saved = this.#toSave();
    } catch (error) {
      logger.error({ err: error }, 'what the room remembered of its bookings is lost');
    }
  }

  #save(): void {
    const text = this.#toSave();
    if (text === this.#saved) return;
    this.#saved = text;
    try {
      this.#options.memory.save(JSON.parse(text));
    } catch (error) {
      // a full or read-only disk costs the memory of a restart, nothing else
      this.#options.logger.error({ err: error }, 'bookings could not be remembered');
    }
  }

  #toSave(): string {
    return JSON.stringify({ bookings: [...this.#state.remembered.values()] });
  }
}

/** The same booking has the same id after each reading, and tells nothing of the calendar's address. */
const bookingIdOf = (calendar: string, { uid, recurrenceId }: { uid: string; recurrenceId: string }): string =>
  createHash('sha256')
    .update(JSON.stringify([calendar, uid, recurrenceId]))
    .digest('hex');
