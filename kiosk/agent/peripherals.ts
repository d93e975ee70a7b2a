/**
 * Calendar, speakerphone, TV, camera and microphones of one box: starts and stops them, connects them with the room's
 * authority, and publishes agenda and equipment. Each part is a folder of its own; here they only meet.
 */
import type { Logger } from 'pino';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { AgendaCommand, MediaDeviceCommand, RoomCommand } from '#contract/room-command.ts';
import type { RoomNotice, RoomState } from '#contract/room-state.ts';
import type { ScreenEffect } from '#contract/screen-link.ts';
import type { MediaDeviceReport } from '../room/room.ts';
import { PeripheralHealth } from './peripheral-health.ts';
import { Calendar } from './calendar/calendar.ts';
import { RememberedAgenda } from './calendar/agenda-memory.ts';
import type { StartableBooking } from './grant-requests.ts';
import { RoomMediaDevices } from './peripherals/media-devices/room-media-devices.ts';
import { RememberedMediaDevices } from './peripherals/media-devices/media-device-memory.ts';
import { cancelsOwnEcho } from './peripherals/speakerphone/quirks.ts';
import { Speakerphone } from './peripherals/speakerphone/speakerphone.ts';
import { DeviceIdentity } from './peripherals/speakerphone/transport.ts';
import { Tv } from './peripherals/tv/tv.ts';
import { ReachWatch } from './reach-watch.ts';
import type { Projections } from './projections.ts';
import type { RoomEventDraft } from './room-event-outbox.ts';
import { calendarAccountOf } from './settings/calendar-account-of.ts';
import type { KioskSettings } from './settings/kiosk-settings.ts';
import { keptValue } from './store/kept-value.ts';
import type { RoomStore, RoomStorageState } from './store/room-store.ts';

export type PeripheralsOptions = {
  projections: Projections;
  settings: Pick<KioskSettings, 'value' | 'onChange'>;
  /** read when the box starts */
  store: Pick<RoomStore, 'value' | 'keep'>;
  logger: Logger;
  /** a wish of somebody at a device */
  ask: (command: RoomCommand) => void;
  /** false: no screen is there */
  perform: (effect: ScreenEffect) => boolean;
  /** e.g. `https://maru.example.com`; null: not known yet */
  fleetOrigin: () => string | null;
  isFleetOnline: () => boolean;
  /** for a look at the media ports; null: none is to be had */
  requestGrant: () => Promise<CallGrant | null>;
  lanUrl: () => string | null;
  /** PEM */
  fleetCa: () => string;
  onNotices: (notices: readonly RoomNotice[]) => void;
  record: (happening: RoomEventDraft) => void;
};

export class Peripherals {
  readonly #options: PeripheralsOptions;
  readonly #health: PeripheralHealth;
  #calendar: Calendar;
  #room: RoomState | null = null;
  readonly #speakerphone: Speakerphone;
  readonly #tv: Tv;
  readonly #mediaDevices: RoomMediaDevices;
  readonly #reach: ReachWatch;

  constructor(options: PeripheralsOptions) {
    this.#options = options;
    const { settings, store, logger, ask, perform, isFleetOnline, requestGrant, record } = options;
    this.#health = new PeripheralHealth({ onNotices: options.onNotices, onEvent: record });
    this.#calendar = this.#newCalendar();
    settings.onChange('calendar', () => void this.#restartCalendar());
    settings.onChange('tv', (values) => this.#tv.apply(values));
    settings.onChange('mediaDevices', (values) => this.#mediaDevices.apply(values));
    this.#mediaDevices = new RoomMediaDevices({
      logger,
      settings: settings.value('mediaDevices'),
      memory: keptValue(store, 'equipment', RememberedMediaDevices),
      perform,
      requestGrant,
      fleetOnline: isFleetOnline,
      onChange: () => this.#equipmentChanged(),
      onSelfTestDone: (checks) => record({ name: 'self-test-done', checks: [...checks] }),
      onSoundHeard: () => this.#calendar.onSoundHeard(),
      cancelsOwnEcho,
    });
    this.#reach = new ReachWatch({
      logger,
      perform,
      requestGrant,
      caPem: options.fleetCa,
      onChange: () => this.#tellNotices(),
    });
    const somebodyAsks = (command: RoomCommand): void => {
      this.onPresence();
      ask(command);
    };
    this.#speakerphone = new Speakerphone({
      logger,
      ask: somebodyAsks,
      onStatus: () => {
        const status = this.#speakerphone.status;
        this.#health.report('speakerphone', status?.state === 'faulty' ? (status.code ?? 'device-gone') : null);
        this.#equipmentChanged();
      },
      onMuteMended: (lamp) => record({ name: 'mute-mended', lamp }),
      memory: keptValue(store, 'speakerphone', DeviceIdentity),
    });
    this.#tv = new Tv({
      logger,
      ask: somebodyAsks,
      onStatus: () => {
        const { control, code } = this.#tv.status;
        this.#health.report('tv', control === 'faulty' ? (code ?? 'tv-not-answering') : null);
        this.#equipmentChanged();
      },
      settings: settings.value('tv'),
    });
  }

  start(room: RoomState): void {
    this.#publishAgenda();
    this.#publishEquipment();
    this.#calendar.start();
    this.#mediaDevices.start();
    this.#speakerphone.start();
    this.#tv.start();
    this.follow(room);
  }

  async stop(): Promise<void> {
    this.#mediaDevices.stop();
    this.#reach.stop();
    await Promise.all([this.#calendar.stop(), this.#speakerphone.stop(), this.#tv.stop()]);
  }

  /** After each change of the room. */
  follow(room: RoomState): void {
    this.#room = room;
    this.#speakerphone.follow(room);
    this.#tv.follow(room);
    this.#mediaDevices.follow(room);
    this.#reach.follow(room);
    this.#calendar.follow(room);
  }

  obeyAgenda(command: AgendaCommand): Promise<ErrorCode | null> {
    return this.#calendar.handle(command);
  }

  obeyEquipment(command: MediaDeviceCommand): Promise<ErrorCode | null> {
    return this.#mediaDevices.handle(command);
  }

  bookingOf(bookingId: string): StartableBooking | null {
    return this.#calendar.bookingOf(bookingId);
  }

  onScreenConnected(): void {
    this.#mediaDevices.onScreenConnected();
    this.#reach.onScreenConnected();
  }

  onReport(report: MediaDeviceReport): void {
    if (report.type === 'reach-probed') this.#reach.onReport(report);
    else this.#mediaDevices.onReport(report);
  }

  /** Where this room's calls may run. */
  onMediaNodes(signalingUrls: readonly string[]): void {
    this.#reach.onNodes(signalingUrls);
  }

  onStorage(state: RoomStorageState): void {
    this.#health.report('storage', state === 'failing' ? 'storage-failed' : null);
  }

  onLanUrl(): void {
    this.#equipmentChanged();
  }

  /** Somebody is in the room: a phone has read the code off the TV, a hand was at a device. */
  onPresence(): void {
    this.#calendar.onPresence();
  }

  #newCalendar(): Calendar {
    const { settings, store, logger, fleetOrigin, record } = this.#options;
    const remembered = keptValue(store, 'agenda', RememberedAgenda);
    return new Calendar({
      logger,
      settings: calendarAccountOf(settings.value('calendar')),
      fleetOrigin,
      memory: { load: () => remembered.load() ?? { bookings: [] }, save: (value) => remembered.save(value) },
      onAgenda: () => this.#agendaChanged(),
      onEvent: record,
      listenForSound: (forMs) => this.#mediaDevices.listenForSound(forMs),
      onSelfTestDue: () => {
        this.#reach.lookNow();
        this.#mediaDevices.runSelfTest('booking');
      },
    });
  }

  /** With another account or other rules; what is remembered of bookings stays. */
  async #restartCalendar(): Promise<void> {
    const former = this.#calendar;
    this.#calendar = this.#newCalendar();
    this.#calendar.start();
    if (this.#room !== null) this.#calendar.follow(this.#room);
    this.#agendaChanged();
    await former.stop();
  }

  #agendaChanged(): void {
    this.#tellNotices();
    this.#publishAgenda();
  }
  #publishAgenda(): void {
    this.#options.projections.publish('agenda', this.#calendar.agenda);
  }

  #equipmentChanged(): void {
    this.#tellNotices();
    this.#publishEquipment();
  }
  #publishEquipment(): void {
    const { projections, lanUrl } = this.#options;
    const [speakerphone, tv] = [this.#speakerphone.status, this.#tv.status];
    projections.publish('equipment', { ...this.#mediaDevices.part, speakerphone, tv, lanUrl: lanUrl() });
  }

  #tellNotices(): void {
    const isCalendarFaulty = this.#calendar.agenda.calendar.state === 'faulty';
    const reachFault = this.#reach.fault;
    this.#health.reportOthers([
      ...(reachFault === null ? [] : [reachFault]),
      ...this.#mediaDevices.notices,
      ...(isCalendarFaulty ? ['calendar-faulty' as const] : []),
    ]);
  }
}
