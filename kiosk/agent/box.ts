/**
 * Calendar, speakerphone, TV, camera and microphones of one box: starts and stops them, carries their words to the room's
 * authority and the authority's state to them, and tells agenda and equipment to whoever shows them. What a part does is
 * its own folder's; here is only who hears whom.
 */
import type { Logger } from 'pino';
import type { ErrorCode } from '#contract/error-codes.ts';
import { ROOM_STATE_CHANGES_PER_SECOND } from '#contract/limits.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { RoomAgenda } from '#contract/room-agenda.ts';
import type { AgendaCommand, EquipmentCommand, RoomCommand } from '#contract/room-command.ts';
import type { RoomEquipment } from '#contract/room-equipment.ts';
import type { RoomNotice, RoomState } from '#contract/room-state.ts';
import type { ScreenEffect } from '#contract/screen-link.ts';
import type { EquipmentReport } from '../room/room.ts';
import { BoxHealth } from './box-health.ts';
import { Calendar } from './calendar/calendar.ts';
import { Remembered } from './calendar/memory.ts';
import type { StartableBooking } from './grant-requests.ts';
import { Equipment } from './peripherals/media-policy/equipment.ts';
import { RememberedEquipment } from './peripherals/media-policy/equipment-memory.ts';
import { cancelsOwnEcho } from './peripherals/speakerphone/quirks.ts';
import { Speakerphone } from './peripherals/speakerphone/speakerphone.ts';
import { DeviceIdentity } from './peripherals/speakerphone/transport.ts';
import { Tv } from './peripherals/tv/tv.ts';
import { ReachWatch } from './reach-watch.ts';
import { RetainedProjection } from './retained-projection.ts';
import type { Happening } from './room-events.ts';
import type { KioskSettings } from './settings.ts';
import { agendaMemory, equipmentMemory, keptValue } from './store/kept-value.ts';
import type { RoomStore, StorageState } from './store/room-store.ts';

export type BoxOptions = {
  roomId: string;
  epoch: number;
  settings: KioskSettings;
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
  /** at once, for the TV */
  onView: () => void;
  /** at a bounded rate, for everyone else */
  tellAgenda: (agenda: RoomAgenda) => void;
  tellEquipment: (equipment: RoomEquipment) => void;
  onNotices: (notices: readonly RoomNotice[]) => void;
  record: (happening: Happening) => void;
};

export class Box {
  readonly #options: BoxOptions;
  readonly #health: BoxHealth;
  readonly #calendar: Calendar;
  readonly #speakerphone: Speakerphone;
  readonly #tv: Tv;
  readonly #devices: Equipment;
  readonly #reach: ReachWatch;
  readonly #agenda: RetainedProjection<Omit<RoomAgenda, keyof Heading>>;
  readonly #equipment: RetainedProjection<Omit<RoomEquipment, keyof Heading>>;

  constructor(options: BoxOptions) {
    this.#options = options;
    const { settings, store, logger, ask, perform, isFleetOnline, requestGrant, record, roomId, epoch } = options;
    this.#health = new BoxHealth({ onNotices: options.onNotices, onHappening: record });
    const remembered = agendaMemory(store, Remembered);
    this.#calendar = new Calendar({
      logger,
      settings: settings.calendar,
      fleetOrigin: options.fleetOrigin,
      memory: { load: () => remembered.load() ?? { bookings: [] }, save: (value) => remembered.save(value) },
      onAgenda: () => this.#agendaChanged(),
      onEvent: record,
      listenForSound: (forMs) => this.#devices.listenForSound(forMs),
      onSelfTestDue: () => {
        this.#reach.lookNow();
        this.#devices.runSelfTest('booking');
      },
    });
    this.#devices = new Equipment({
      logger,
      settings: settings.devices,
      memory: equipmentMemory(store, RememberedEquipment),
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
        this.#health.tell('speakerphone', status?.state === 'faulty' ? (status.code ?? 'device-gone') : null);
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
        this.#health.tell('tv', control === 'faulty' ? (code ?? 'tv-not-answering') : null);
        this.#equipmentChanged();
      },
      settings: settings.tv,
    });
    const heading = { roomId, epoch, perSecond: ROOM_STATE_CHANGES_PER_SECOND };
    this.#agenda = new RetainedProjection({
      ...heading,
      content: () => this.#calendar.agenda,
      tell: options.tellAgenda,
    });
    this.#equipment = new RetainedProjection({
      ...heading,
      content: () => ({
        ...this.#devices.part,
        speakerphone: this.#speakerphone.status,
        tv: this.#tv.status,
        lanUrl: options.lanUrl(),
      }),
      tell: options.tellEquipment,
    });
  }

  get agenda(): RoomAgenda {
    return this.#agenda.current;
  }

  get equipment(): RoomEquipment {
    return this.#equipment.current;
  }

  start(room: RoomState): void {
    this.#calendar.start();
    this.#devices.start();
    this.#speakerphone.start();
    this.#tv.start();
    this.follow(room);
  }

  async stop(): Promise<void> {
    this.#agenda.stop();
    this.#equipment.stop();
    this.#devices.stop();
    this.#reach.stop();
    await Promise.all([this.#calendar.stop(), this.#speakerphone.stop(), this.#tv.stop()]);
  }

  /** After each change of the room. */
  follow(room: RoomState): void {
    this.#speakerphone.follow(room);
    this.#tv.follow(room);
    this.#devices.follow(room);
    this.#reach.follow(room);
    this.#calendar.follow(room);
  }

  obeyAgenda(command: AgendaCommand): Promise<ErrorCode | null> {
    return this.#calendar.obey(command);
  }

  obeyEquipment(command: EquipmentCommand): Promise<ErrorCode | null> {
    return this.#devices.obey(command);
  }

  bookingOf(bookingId: string): StartableBooking | null {
    return this.#calendar.bookingOf(bookingId);
  }

  /** The broker may have forgotten both. */
  onFleet(online: boolean): void {
    if (!online) return;
    this.#agenda.tellAgain();
    this.#equipment.tellAgain();
  }

  onScreenConnected(): void {
    this.#devices.onScreenConnected();
    this.#reach.onScreenConnected();
  }

  onReport(report: EquipmentReport): void {
    if (report.type === 'reach-probed') this.#reach.onReport(report);
    else this.#devices.onReport(report);
  }

  /** Where this room's calls may run. */
  onMediaNodes(signalingUrls: readonly string[]): void {
    this.#reach.onNodes(signalingUrls);
  }

  onStorage(state: StorageState): void {
    this.#health.tell('storage', state === 'failing' ? 'storage-failed' : null);
  }

  onLanUrl(): void {
    this.#equipmentChanged();
  }

  /** Somebody is in the room: a phone has read the code off the TV, a hand was at a device. */
  onPresence(): void {
    this.#calendar.onPresence();
  }

  #agendaChanged(): void {
    this.#tellNotices();
    this.#agenda.changed();
    this.#options.onView();
  }

  #equipmentChanged(): void {
    this.#tellNotices();
    this.#equipment.changed();
    this.#options.onView();
  }

  #tellNotices(): void {
    const isCalendarFaulty = this.#calendar.agenda.calendar.state === 'faulty';
    const reachFault = this.#reach.fault;
    this.#health.tellOthers([
      ...(reachFault === null ? [] : [reachFault]),
      ...this.#devices.notices,
      ...(isCalendarFaulty ? ['calendar-faulty' as const] : []),
    ]);
  }
}

type Heading = { protocol: unknown; roomId: unknown; epoch: unknown; revision: unknown; asOfMs: unknown };
