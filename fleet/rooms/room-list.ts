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
  type RoomRow,
  type roomsApi,
  type RoomOverview,
} from '#contract/http/rooms-api.ts';
import { Id, type Language, z } from '#contract/schema.ts';
import { clientIdOf } from '#contract/topics.ts';
import { type Broker, parseClientIdentity } from '../broker/index.ts';
import type { CertificateRegister, Enrolment } from '../devices/index.ts';
import { cursorOf, readCursor } from '../http/paging.ts';
import type { EventFeed } from '../http/route.ts';
import type { Meetings } from '../meetings/index.ts';
import { RoomChanges } from './room-changes.ts';
import { healthOf } from './room-health.ts';
import { compareNames, nameAsRead, SharedNames } from './room-names.ts';
import type { RoomRegistry } from './room-registry.ts';
import type { RoomReports } from './room-reports.ts';

type Query = RouteOutput<typeof roomsApi.listRooms, 'query'>;
type ListedRoom = { roomId: string; roomName: string; nameAsRead: string; row: RoomRow };
/** What the order of a list depends on. */
const Place = z.object({ health: HealthState, roomName: z.string(), roomId: Id });
type Place = z.infer<typeof Place>;
export type RoomListDependencies = {
  registry: RoomRegistry;
  reports: RoomReports;
  register: CertificateRegister;
  enrolment: Pick<Enrolment, 'onEnrolled'>;
  meetings: Pick<Meetings, 'nodes' | 'unreachable' | 'ofRoom'>;
  broker: Pick<Broker, 'unservedProtocolOf' | 'onUnserved' | 'onPresence'>;
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
    const { registry, reports, register, enrolment, broker } = this.#deps;
    const rooms = await registry.all();
    for (const { roomId, roomName } of rooms) this.#names.add(roomId, roomName);
    for (const { roomId, roomName } of rooms) this.#rooms.set(roomId, this.#listed(roomId, roomName));
    for (const language of LANGUAGES)
      this.#byName.set(
        language,
        [...this.#rooms.values()].sort((a, b) => compareByName(language, a, b)),
      );
    registry.onChanged(({ kind, roomId, roomName }) => {
      this.#leave(roomId);
      if (kind === 'removed') this.#changes.removed(roomId);
      else this.#enter(roomId, roomName);
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
  }

  /** @throws ProtocolError bad-message for a cursor that is not ours */
  page(query: Query, reach: Reach): RouteAnswer<typeof roomsApi.listRooms> {
    this.#flush();
    const { text, name, health, sort, language, cursor, limit } = query;
    const [part, whole] = [text && nameAsRead(text), name === undefined ? undefined : nameAsRead(name)];
    const counts = noRooms();
    const byHealth = new Map<HealthState, ListedRoom[]>(HealthState.options.map((each) => [each, []]));
    const byName: ListedRoom[] = [];
    for (const room of this.#byName.get(language)!) {
      if (!reaches(reach, room.roomId)) continue;
      counts[room.row.health] += 1;
      if (health !== undefined && room.row.health !== health) continue;
      if (part && !room.nameAsRead.includes(part)) continue;
      if (whole !== undefined && room.nameAsRead !== whole) continue;
      (sort === 'health' ? byHealth.get(room.row.health)! : byName).push(room);
    }
    const all = sort === 'health' ? [...byHealth.values()].flat() : byName;
    const after = cursor === undefined ? null : readCursor(Place, cursor);
    const compare = (a: Place, b: Place): number =>
      (sort === 'health' ? healthRank(a) - healthRank(b) : 0) || compareByName(language, a, b);
    const from = after === null ? 0 : indexAfter(all, (room) => compare(placeOf(room), after) <= 0);
    const rooms = all.slice(from, from + limit);
    return {
      rows: rooms.map((room) => this.#shown(room)),
      nextCursor: from + limit < all.length ? cursorOf(placeOf(rooms.at(-1)!)) : null,
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
      projections: reports.projections.relayedTo('console', roomId),
      blockedCount: this.#blockedCount(roomId),
      unreachableCall: unreachable.get(roomId) ?? null,
    };
  }

  changes(
    reach: Reach,
    lastEventId: string | null,
  ): (wake: () => void) => EventFeed<RouteEvent<typeof roomsApi.roomChanges>> {
    const counts = (): HealthCounts => {
      const counted = noRooms();
      for (const { roomId, row } of this.#rooms.values()) if (reaches(reach, roomId)) counted[row.health] += 1;
      return counted;
    };
    const rowOf = (roomId: string): RoomRow | null => {
      const room = this.#rooms.get(roomId);
      return room ? this.#shown(room) : null;
    };
    return (wake) => this.#changes.open({ reach, lastEventId, rowOf, counts, wake });
  }

  #enter(roomId: string, roomName: string): void {
    const alike = this.#names.add(roomId, roomName);
    const room = this.#listed(roomId, roomName);
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
      room.row = this.#rowOf(roomId, room.roomName);
      if (isNews(former, room.row)) this.#changes.changed(roomId);
    }
    this.#dirty.clear();
    this.#changes.notify();
  }

  #listed(roomId: string, roomName: string): ListedRoom {
    return { roomId, roomName, nameAsRead: nameAsRead(roomName), row: this.#rowOf(roomId, roomName) };
  }

  #rowOf(roomId: string, roomName: string): RoomRow {
    const { reports, register, broker } = this.#deps;
    const { state, online, lastSeenMs } = reports.of(roomId);
    const enrolled = register.isEnrolled(clientIdOf('room', roomId));
    const phase = state?.phase;
    return {
      roomId,
      roomName,
      hasSameName: this.#names.isShared(roomName),
      enrolled,
      online,
      lastSeenMs,
      ...healthOf({
        enrolled,
        online,
        state,
        blockedCount: this.#blockedCount(roomId),
        unservedProtocol: broker.unservedProtocolOf({ party: 'room', id: roomId }),
      }),
      call:
        online && phase?.name === 'in-call'
          ? { meetingTitle: phase.meetingTitle, participantCount: phase.participantCount }
          : null,
      hasUnreachableCall: this.#unreachable.has(roomId),
    };
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

const noRooms = (): HealthCounts => ({ trouble: 0, limited: 0, 'in-call': 0, starting: 0, ready: 0 });
const placeOf = ({ roomId, roomName, row: { health } }: ListedRoom): Place => ({ health, roomName, roomId });
const healthRank = ({ health }: Place): number => HealthState.options.indexOf(health);

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
