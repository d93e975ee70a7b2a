/**
 * All rooms as lists show them, kept in memory: sorted by name, judged by room-health.ts, counted by state. Changes are
 * gathered for a moment, then each room's newest row goes to those who watch; a row that shows nothing new does not.
 */
import type { Logger } from 'pino';
import { type Reach, reaches } from '#contract/http/permissions.ts';
import type { RouteAnswer, RouteEvent, RouteOutput } from '#contract/http/route.ts';
import {
  type HealthCounts,
  HealthState,
  type PlaceHealth,
  type RoomRow,
  type roomsApi,
  type RoomOverview,
  type RoomSignalState,
} from '#contract/http/rooms-api.ts';
import { Id, type Language, z } from '#contract/schema.ts';
import { clientIdOf } from '#contract/topics.ts';
import { type Broker, parseClientIdentity } from '../broker/index.ts';
import type { CertificateRegister, Enrolment } from '../devices/index.ts';
import { cursorOf, readCursor } from '../http/paging.ts';
import type { EventFeed } from '../http/route.ts';
import type { Meetings } from '../meetings/index.ts';
import type { PlaceTree } from '../people/index.ts';
import type { SignalName } from '#contract/signals.ts';
import type { HealthAges } from './health-ages.ts';
import { RoomChanges } from './room-changes.ts';
import { type RoomFacets, facetsOf } from './room-facets.ts';
import { healthOf } from './room-health.ts';
import { compareNames, nameAsRead, SharedNames } from './room-names.ts';
import type { RoomRegistry } from './room-registry.ts';
import type { RoomReports } from './room-reports.ts';
import type { RoomServices } from './room-services.ts';

type Query = RouteOutput<typeof roomsApi.listRooms, 'query'>;
type ListedRoom = { roomId: string; roomName: string; placeId: string | null; nameAsRead: string; row: RoomRow };
/** Where a page ended: what the order of a list depends on. */
const Position = z.object({ rank: z.number().int(), roomName: z.string(), roomId: Id });
type Position = z.infer<typeof Position>;
export type RoomListDependencies = {
  registry: RoomRegistry;
  reports: RoomReports;
  register: CertificateRegister;
  enrolment: Pick<Enrolment, 'onEnrolled'>;
  meetings: Pick<Meetings, 'nodes' | 'unreachable' | 'ofRoom'>;
  broker: Pick<Broker, 'unservedProtocolOf' | 'onUnserved' | 'onPresence'>;
  services: Pick<RoomServices, 'of' | 'onChanged'>;
  ages: HealthAges;
  /** what is raised in a room, and how many alerts are open there */
  signalsOf: (roomId: string) => readonly SignalName[];
  /** also those that are watched or unknown */
  signalStatesOf: (roomId: string) => RoomSignalState[];
  openAlertCountOf: (roomId: string) => number;
  places: Pick<PlaceTree, 'roomsUnder' | 'pathOf'>;
  logger: Logger;
};

const LANGUAGES: readonly Language[] = ['en', 'ko'];
/** how long changes are gathered */
const GATHER_MS = 200;
const CHECK_INTERVAL_MS = 1_000;
/** certificates expire without an event: each room is looked at again within this time */
const ROUND_MS = 60_000;

export class RoomList {
  readonly #deps: RoomListDependencies;
  readonly #rooms = new Map<string, ListedRoom>();
  readonly #byName = new Map<Language, ListedRoom[]>();
  readonly #names = new SharedNames();
  readonly #dirty = new Set<string>();
  readonly #changes = new RoomChanges();
  #unreachable: ReadonlySet<string> = new Set();
  #gathering: NodeJS.Timeout | null = null;
  #timer: NodeJS.Timeout | null = null;
  #round: Iterator<string> | null = null;

  constructor(deps: RoomListDependencies) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { registry, reports, register, enrolment, broker, services, ages } = this.#deps;
    const rooms = await registry.all();
    await ages.start();
    for (const { roomId, roomName } of rooms) this.#names.add(roomId, roomName);
    for (const { roomId, roomName, placeId } of rooms) this.#rooms.set(roomId, this.#listed(roomId, roomName, placeId));
    for (const language of LANGUAGES)
      this.#byName.set(
        language,
        [...this.#rooms.values()].sort((a, b) => compareByName(language, a, b)),
      );
    services.onChanged((roomId) => this.look(roomId));
    registry.onChanged(({ kind, roomId, roomName, placeId }) => {
      this.#leave(roomId);
      if (kind === 'removed') {
        this.#changes.removed(roomId);
        ages.forget(roomId);
      } else this.#enter(roomId, roomName, placeId);
      this.#gather();
    });
    reports.onChanged((roomId) => this.#touch(roomId));
    const touch = ({ party, id }: { party: string; id: string }): void => {
      if (party === 'room') this.#touch(id);
    };
    broker.onUnserved(touch);
    broker.onPresence(touch);
    enrolment.onEnrolled((roomId) => this.#touch(roomId));
    register.onRevoked((identity) => {
      const who = parseClientIdentity(identity);
      if (who?.party === 'room') this.#touch(who.id);
    });
    this.#timer = setInterval(() => this.#check(), CHECK_INTERVAL_MS);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    if (this.#gathering) clearTimeout(this.#gathering);
    this.#deps.ages.stop();
  }

  get roomIds(): readonly string[] {
    return [...this.#rooms.keys()];
  }

  /** People count on it, and no meeting can be held there. */
  isInTrouble(roomId: string): boolean {
    const room = this.#rooms.get(roomId);
    return room !== undefined && room.row.service.state === 'in-service' && room.row.health === 'trouble';
  }

  /** Something of what its row shows may have changed. */
  look(roomId: string): void {
    this.#touch(roomId);
  }

  /** @throws ProtocolError bad-message for a cursor that is not ours */
  page(query: Query, reach: Reach): RouteAnswer<typeof roomsApi.listRooms> {
    this.#flush();
    const { text, name, health, service, answering, signal, version, model, placeId } = query;
    const { sort, language, cursor, limit } = query;
    const [part, whole] = [text && nameAsRead(text), name === undefined ? undefined : nameAsRead(name)];
    const within = placeId === undefined ? null : new Set(this.#deps.places.roomsUnder(placeId));
    const counts = noRooms();
    const byRank: ListedRoom[][] = COUNTED.map(() => []);
    const byName: ListedRoom[] = [];
    for (const room of this.#byName.get(language)!) {
      if (!reaches(reach, room.roomId)) continue;
      counts[countedAs(room)] += 1;
      if (health !== undefined && countedAs(room) !== health) continue;
      if (service !== undefined && room.row.service.state !== service) continue;
      if (answering !== undefined && isAnswering(room) !== answering) continue;
      if (signal !== undefined && !this.#deps.signalsOf(room.roomId).includes(signal)) continue;
      if (version !== undefined && this.#kioskOf(room.roomId).version !== version) continue;
      if (model !== undefined && this.#kioskOf(room.roomId).model !== model) continue;
      if (within !== null && !within.has(room.roomId)) continue;
      if (part && !room.nameAsRead.includes(part)) continue;
      if (whole !== undefined && room.nameAsRead !== whole) continue;
      (sort === 'health' ? byRank[rankOf(room)]! : byName).push(room);
    }
    const all = sort === 'health' ? byRank.flat() : byName;
    const after = cursor === undefined ? null : readCursor(Position, cursor);
    const compare = (a: Position, b: Position): number =>
      (sort === 'health' ? a.rank - b.rank : 0) || compareByName(language, a, b);
    const from = after === null ? 0 : indexAfter(all, (room) => compare(positionOf(room), after) <= 0);
    const rooms = all.slice(from, from + limit);
    return {
      rows: rooms.map((room) => this.#shown(room)),
      nextCursor: from + limit < all.length ? cursorOf(positionOf(rooms.at(-1)!)) : null,
      total: all.length,
      counts,
    };
  }

  /** null: no such room */
  async view(roomId: string): Promise<Omit<RoomOverview, 'placeIds'> | null> {
    const { reports, meetings } = this.#deps;
    this.#flush();
    const [meeting, unreachable] = await Promise.all([meetings.ofRoom(roomId), meetings.unreachable.byRoom()]);
    const room = this.#rooms.get(roomId);
    if (!room || !meeting) return null;
    return {
      ...this.#shown(room),
      meetingId: meeting.meetingId,
      signals: this.#deps.signalStatesOf(roomId),
      projections: reports.projections.relayedTo('console', roomId),
      blockedCount: this.#blockedCount(roomId),
      unreachableCall: unreachable.get(roomId) ?? null,
    };
  }

  /** Of the rooms that are reached. */
  facets(reach: Reach): RoomFacets {
    const rooms = this.roomIds.filter((roomId) => reaches(reach, roomId));
    return facetsOf(rooms.map((roomId) => ({ ...this.#kioskOf(roomId), signals: this.#deps.signalsOf(roomId) })));
  }

  /** Each place with rooms that are reached, and the organisation. */
  byPlace(reach: Reach): PlaceHealth[] {
    this.#flush();
    const { places, openAlertCountOf } = this.#deps;
    const found = new Map<string | null, PlaceHealth>();
    for (const room of this.#rooms.values()) {
      if (!reaches(reach, room.roomId)) continue;
      const alerts = openAlertCountOf(room.roomId);
      for (const placeId of [null, ...places.pathOf(room.placeId)]) {
        const place = found.get(placeId) ?? { placeId, counts: noRooms(), openAlertCount: 0 };
        found.set(placeId, place);
        place.counts[countedAs(room)] += 1;
        place.openAlertCount += alerts;
      }
    }
    return [...found.values()];
  }

  changes(
    reach: Reach,
    lastEventId: string | null,
  ): (wake: () => void) => EventFeed<RouteEvent<typeof roomsApi.roomChanges>> {
    const counts = (): HealthCounts => {
      const counted = noRooms();
      for (const room of this.#rooms.values()) if (reaches(reach, room.roomId)) counted[countedAs(room)] += 1;
      return counted;
    };
    const rowOf = (roomId: string): RoomRow | null => {
      const room = this.#rooms.get(roomId);
      return room ? this.#shown(room) : null;
    };
    return (wake) => this.#changes.open({ reach, lastEventId, rowOf, counts, wake });
  }

  #enter(roomId: string, roomName: string, placeId: string | null): void {
    const alike = this.#names.add(roomId, roomName);
    const room = this.#listed(roomId, roomName, placeId);
    this.#rooms.set(roomId, room);
    for (const [language, sorted] of this.#byName)
      sorted.splice(
        indexAfter(sorted, (each) => compareByName(language, each, room) < 0),
        0,
        room,
      );
    this.#changes.changed(roomId);
    for (const each of alike) this.#touch(each);
  }

  #leave(roomId: string): void {
    const room = this.#rooms.get(roomId);
    if (!room) return;
    this.#rooms.delete(roomId);
    for (const sorted of this.#byName.values()) sorted.splice(sorted.indexOf(room), 1);
    for (const each of this.#names.remove(roomId, room.roomName)) this.#touch(each);
  }

  #touch(roomId: string): void {
    this.#dirty.add(roomId);
    this.#gather();
  }
  #gather(): void {
    this.#gathering ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  /** What happens without an event of its own: media that is blocked, a silent media node, an expired certificate. */
  #check(): void {
    for (const { roomId, row } of this.#rooms.values()) if (row.call !== null) this.#touch(roomId);
    for (let left = (this.#rooms.size * CHECK_INTERVAL_MS) / ROUND_MS; left > 0; left -= 1) {
      this.#round ??= this.#rooms.keys();
      const next = this.#round.next();
      if (next.done) this.#round = null;
      else this.#touch(next.value);
    }
    if (this.#changes.isWatched) void this.#findUnreachable();
  }

  async #findUnreachable(): Promise<void> {
    try {
      const found = new Set((await this.#deps.meetings.unreachable.byRoom()).keys());
      for (const roomId of [...found, ...this.#unreachable])
        if (found.has(roomId) !== this.#unreachable.has(roomId)) this.#touch(roomId);
      this.#unreachable = found;
    } catch (error) {
      this.#deps.logger.error({ err: error }, 'unreachable calls not found');
    }
  }

  #flush(): void {
    if (this.#gathering) clearTimeout(this.#gathering);
    this.#gathering = null;
    for (const roomId of this.#dirty) {
      const room = this.#rooms.get(roomId);
      if (!room) continue;
      const former = room.row;
      room.row = this.#rowOf(roomId, room.roomName, room.placeId);
      if (isNews(former, room.row)) this.#changes.changed(roomId);
    }
    this.#dirty.clear();
    this.#changes.notify();
  }

  #listed(roomId: string, roomName: string, placeId: string | null): ListedRoom {
    return { roomId, roomName, placeId, nameAsRead: nameAsRead(roomName), row: this.#rowOf(roomId, roomName, placeId) };
  }

  #rowOf(roomId: string, roomName: string, placeId: string | null): RoomRow {
    const { reports, register, broker, services, ages, signalsOf, openAlertCountOf } = this.#deps;
    const { state, online, lastSeenMs } = reports.of(roomId);
    const enrolled = register.isEnrolled(clientIdOf('room', roomId));
    const phase = state?.phase;
    const judged = healthOf({
      enrolled,
      online,
      state,
      blockedCount: this.#blockedCount(roomId),
      unservedProtocol: broker.unservedProtocolOf({ party: 'room', id: roomId }),
      signals: signalsOf(roomId),
    });
    return {
      roomId,
      roomName,
      hasSameName: this.#names.isShared(roomName),
      enrolled,
      online,
      lastSeenMs,
      ...judged,
      healthSinceMs: ages.sinceMs(roomId, judged.health),
      call:
        online && phase?.name === 'in-call'
          ? { meetingTitle: phase.meetingTitle, participantCount: phase.participantCount }
          : null,
      hasUnreachableCall: this.#unreachable.has(roomId),
      service: services.of(roomId),
      placeId,
      openAlertCount: openAlertCountOf(roomId),
    };
  }

  /** As its kiosk reported itself last; null: it has not. */
  #kioskOf(roomId: string): { version: string | null; model: string | null } {
    const health = this.#deps.reports.projections.get(roomId, 'health');
    return { version: health?.versions.maru ?? null, model: health?.model ?? null };
  }

  /** With the newest time of being heard, which makes no news. */
  #shown({ roomId, row }: ListedRoom): RoomRow {
    return { ...row, lastSeenMs: this.#deps.reports.of(roomId).lastSeenMs };
  }

  #blockedCount(roomId: string): number {
    const phase = this.#deps.reports.of(roomId).state?.phase;
    return phase?.name === 'in-call' ? this.#deps.meetings.nodes.blockedCountOf(phase.callId) : 0;
  }
}

/** as they are sorted by health, too */
const COUNTED = [...HealthState.options, 'being-set-up', 'out-of-service'] as const;
const OUT_OF_SERVICE: ReadonlySet<string> = new Set(['maintenance', 'retired']);
function countedAs({ row: { health, service } }: ListedRoom): keyof HealthCounts {
  if (OUT_OF_SERVICE.has(service.state)) return 'out-of-service';
  return service.state === 'new' && health === 'trouble' ? 'being-set-up' : health;
}
const isAnswering = ({ row }: ListedRoom): boolean =>
  !row.reasons.some((why) => why.kind === 'fleet' && (why.reason === 'offline' || why.reason === 'silent'));
const rankOf = (room: ListedRoom): number => COUNTED.indexOf(countedAs(room));
const noRooms = (): HealthCounts => Object.fromEntries(COUNTED.map((each) => [each, 0])) as HealthCounts;
const positionOf = (room: ListedRoom): Position => ({
  rank: rankOf(room),
  roomName: room.roomName,
  roomId: room.roomId,
});

type Named = { roomId: string; roomName: string };
function compareByName(language: Language, a: Named, b: Named): number {
  return compareNames(language, a.roomName, b.roomName) || (a.roomId < b.roomId ? -1 : a.roomId > b.roomId ? 1 : 0);
}

/** Where in a sorted list those end of which `isBefore` holds. */
function indexAfter<T>(sorted: readonly T[], isBefore: (each: T) => boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isBefore(sorted[middle]!)) from = middle + 1;
    else to = middle;
  }
  return from;
}

const isNews = (former: RoomRow, row: RoomRow): boolean =>
  JSON.stringify({ ...former, lastSeenMs: null }) !== JSON.stringify({ ...row, lastSeenMs: null });
