/** What the server knows of rooms as far as their software is concerned: read anew each time, from what rooms report. */
import type { RoomUpdate } from '#contract/room-update.ts';
import type { SectionValues } from '#contract/settings/all-settings.ts';
import type { ServiceState } from '#contract/room-service.ts';
import { clientIdOf } from '#contract/topics.ts';
import { nextOpeningMs } from '#edge/update-hours.ts';
import type { Broker } from '../broker/index.ts';
import type { CertificateRegister } from '../devices/index.ts';
import type { Rooms } from '../rooms/index.ts';
import type { SoftwareFacts } from './rollout-state.ts';

export type RoomFactsDependencies = {
  rooms: Pick<Rooms, 'list' | 'reports' | 'services'>;
  broker: Pick<Broker, 'unservedProtocolOf'>;
  register: Pick<CertificateRegister, 'isEnrolled'>;
  /** the place of a room and those above it */
  placesOf: (roomId: string) => readonly string[];
  hoursOf: (roomId: string) => SectionValues<'updates'>['windowHours'];
};

/** Nobody counts on the room, and its box is not to change. */
const OUT_OF_SERVICE: ReadonlySet<ServiceState> = new Set(['maintenance', 'retired']);

const OPENING_KEPT_MS = 30_000;

export class RoomsSoftware {
  readonly #deps: RoomFactsDependencies;
  readonly #openings = new Map<string, { asOfMs: number; openingMs: number | null }>();

  constructor(deps: RoomFactsDependencies) {
    this.#deps = deps;
  }

  all(): ReadonlyMap<string, SoftwareFacts> {
    return new Map(this.#deps.rooms.list.roomIds.map((roomId) => [roomId, this.#of(roomId)]));
  }

  isTooOld(roomId: string): boolean {
    return this.#deps.broker.unservedProtocolOf({ party: 'room', id: roomId }) !== null;
  }

  /** As the room reported it last; null: never. */
  reportOf(roomId: string): RoomUpdate | null {
    return this.#deps.rooms.reports.projections.get(roomId, 'update');
  }

  /** By the room's own calendar, in which its zone stands. null: not known */
  timeZoneOf(roomId: string): string | null {
    return this.#deps.rooms.reports.projections.get(roomId, 'agenda')?.timeZone ?? null;
  }

  /** When the room's hours begin next. null: they are now, or it is not known */
  nextWindowMs(roomId: string, nowMs: number): number | null {
    const zone = this.timeZoneOf(roomId);
    if (zone === null) return null;
    const hours = this.#deps.hoursOf(roomId);
    const key = `${zone} ${JSON.stringify(hours)}`;
    const known = this.#openings.get(key);
    // thousands of rooms have the same few hours and zones, and an answer costs a fraction of a millisecond
    if (known && known.asOfMs <= nowMs && nowMs < known.asOfMs + OPENING_KEPT_MS) return known.openingMs;
    const openingMs = openingOf(hours, zone, nowMs);
    this.#openings.set(key, { asOfMs: nowMs, openingMs });
    return openingMs;
  }

  #of(roomId: string): SoftwareFacts {
    const { rooms, register, placesOf } = this.#deps;
    return {
      roomId,
      placeIds: placesOf(roomId),
      model: rooms.reports.projections.get(roomId, 'health')?.model ?? null,
      isInService:
        register.isEnrolled(clientIdOf('room', roomId)) && !OUT_OF_SERVICE.has(rooms.services.of(roomId).state),
      online: rooms.reports.of(roomId).online,
      isTooOld: this.isTooOld(roomId),
      update: this.reportOf(roomId),
    };
  }
}

function openingOf(hours: SectionValues<'updates'>['windowHours'], zone: string, nowMs: number): number | null {
  try {
    return nextOpeningMs(hours, zone, nowMs);
  } catch {
    // a zone that this release of Node does not know
    return null;
  }
}
