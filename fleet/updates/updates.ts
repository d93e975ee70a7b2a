/**
 * Updates as a whole: the feed that is offered, rollouts of its releases, and what rooms report of their software. Wires the
 * parts, and reads them for the routes.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { RouteAnswer, RouteOutput } from '#contract/http/route.ts';
import type { RolloutPreview, updatesApi } from '#contract/http/updates-api.ts';
import type { Rollout, RolloutPlan, RolloutRoom } from '#contract/rollout.ts';
import { Id, z } from '#contract/schema.ts';
import { PINNED_ROOT_FILE } from '#contract/update-feed.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { AlertBook } from '../alerts/index.ts';
import type { Broker } from '../broker/index.ts';
import type { CertificateRegister } from '../devices/index.ts';
import type { EventFeed } from '../http/route.ts';
import { cursorOf, readCursor } from '../http/paging.ts';
import type { Rooms } from '../rooms/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import { FeedIntake, type FeedSourceFolder } from './feed-intake.ts';
import { FeedLibrary } from './feed-library.ts';
import { RoomsSoftware } from './room-facts.ts';
import { rolloutFeed, type RolloutListener } from './rollout-feed.ts';
import { isRolloutOver, type KeptRollout } from './rollout-state.ts';
import {
  type NamedRoom,
  offeredReleases,
  rolloutPreviewOf,
  rolloutRoomView,
  rolloutView,
  runningVersions,
} from './rollout-views.ts';
import { Rollouts } from './rollouts.ts';
import { ServedFeed } from './served-feed.ts';
import { addToHistory, forgetOldHistory, historyEntryOf, historyOfRoom } from './update-history.ts';

export type UpdatesDependencies = {
  store: AuthorityStore;
  broker: Broker;
  rooms: Rooms;
  register: CertificateRegister;
  placesOf: (roomId: string) => readonly string[];
  hoursOf: ConstructorParameters<typeof RoomsSoftware>[0]['hoursOf'];
  book: AlertBook;
  /** of feed, trust and what people bring */
  folder: string;
  /** of the installed release, whose feed is taken in and whose root is trusted; null: none */
  kioskRelease: string | null;
  clock: WallClock;
  logger: Logger;
};

const LOOK_EVERY_MS = 1_000;
const FORGET_EVERY_MS = 86_400_000;
const SHOWN_ENDED = 10;
/** Where a page ended. */
const Position = z.object({ ring: z.number().int(), roomName: z.string(), roomId: Id });
type Query = RouteOutput<typeof updatesApi.rolloutRooms, 'query'>;
type Page = RouteAnswer<typeof updatesApi.rolloutRooms>;
type Feed = EventFeed<
  { name: 'rollout'; data: Rollout } | { name: 'rooms'; data: { rolloutId: string; rooms: RolloutRoom[] } }
>;

export class Updates {
  readonly rollouts: Rollouts;
  readonly servedFeed: ServedFeed;
  readonly software: RoomsSoftware;
  readonly #deps: UpdatesDependencies;
  readonly #library: FeedLibrary;
  readonly #intake: FeedIntake;
  readonly #followers = new Set<RolloutListener>();
  readonly #names = new Map<string, { roomName: string; placeId: string | null }>();
  #timers: NodeJS.Timeout[] = [];
  #isLooking = false;

  constructor(deps: UpdatesDependencies) {
    const { store, broker, folder, kioskRelease, book, clock, logger } = deps;
    this.#deps = deps;
    const rootFile = kioskRelease === null ? null : join(kioskRelease, PINNED_ROOT_FILE);
    this.#library = new FeedLibrary({
      folder: join(folder, 'library'),
      pinnedRoot: async () => (rootFile === null ? null : readFile(rootFile).catch(() => null)),
    });
    this.software = new RoomsSoftware(deps);
    this.rollouts = new Rollouts({
      store,
      facts: () => this.software.all(),
      isTooOld: (roomId) => this.software.isTooOld(roomId),
      releases: () => this.#library.releases,
      publish: (roomId, desired) => broker.publish('desiredUpdate', roomId, desired),
      book,
      clock,
      logger,
    });
    const sources: FeedSourceFolder[] = [
      ...(kioskRelease === null ? [] : [{ name: 'installed' as const, folder: kioskRelease }]),
      { name: 'incoming', folder: join(folder, 'incoming') },
    ];
    this.#intake = new FeedIntake({
      store,
      library: this.#library,
      book,
      sources,
      named: () => this.rollouts.named(),
      clock,
      logger,
    });
    this.servedFeed = new ServedFeed({ library: this.#library });
  }

  /** Once rooms, places, settings and the alert book have started, and before the broker listens. */
  async start(): Promise<void> {
    const { store, rooms, broker, clock, logger } = this.#deps;
    for (const { roomId, roomName, placeId } of await rooms.registry.all())
      this.#names.set(roomId, { roomName, placeId });
    await this.#intake.start();
    await this.rollouts.start();
    rooms.events.onReceiving((roomId, events) => this.#receive(roomId, events));
    rooms.registry.onChanged(({ kind, roomId, roomName, placeId }) => {
      if (kind === 'removed') this.#names.delete(roomId);
      else this.#names.set(roomId, { roomName, placeId });
      if (kind === 'created') this.rollouts.publish(roomId);
      if (kind === 'removed')
        void store
          .write((trx) => trx.deleteFrom('updateHistory').where('roomId', '=', roomId).execute())
          .catch((error: unknown) => logger.error({ err: error, roomId }, 'history of a removed room not forgotten'));
    });
    rooms.reports.onChanged((roomId) => this.#roomChanged(roomId));
    broker.onUnserved(({ party, id }) => {
      if (party === 'room') this.rollouts.publish(id);
    });
    broker.onPresence((who, connected) => {
      if (connected && who.party === 'room') this.rollouts.publish(who.id);
    });
    clock.onJump((byMs) =>
      this.rollouts
        .clockJumped(byMs)
        .catch((error: unknown) => logger.error({ err: error }, 'times of rollouts not moved')),
    );
    this.rollouts.onChanged((rolloutId, roomIds) => this.#notify(rolloutId, roomIds));
    const forget = (): void =>
      void forgetOldHistory(store, clock.nowMs()).catch((error: unknown) =>
        logger.error({ err: error }, 'old history of updates not deleted'),
      );
    forget();
    this.#timers = [setInterval(() => void this.#look(), LOOK_EVERY_MS), setInterval(forget, FORGET_EVERY_MS)];
    for (const timer of this.#timers) timer.unref();
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#intake.stop();
    await this.rollouts.stop();
  }

  isRoom(roomId: string): boolean {
    return this.#names.has(roomId);
  }

  overview(): RouteAnswer<typeof updatesApi.updatesOverview> {
    const facts = this.software.all();
    const newestFirst = this.rollouts.all.toReversed();
    return {
      releases: offeredReleases(this.#library.releases, facts, this.#deps.clock.nowMs()),
      running: runningVersions(facts),
      rollouts: newestFirst.filter((each) => !isRolloutOver(each)).map(rolloutView),
      ended: newestFirst.filter(isRolloutOver).slice(0, SHOWN_ENDED).map(rolloutView),
      feedFault: this.#intake.fault,
    };
  }

  preview(plan: RolloutPlan): RolloutPreview {
    return rolloutPreviewOf(plan, this.software.all());
  }

  view(rollout: KeptRollout): Rollout {
    return rolloutView(rollout);
  }

  history(roomId: string): ReturnType<typeof historyOfRoom> {
    return historyOfRoom(this.#deps.store, roomId);
  }

  /** @throws ProtocolError not-found; bad-message for a cursor that is not ours */
  page(rolloutId: string, { ring, state, sort, cursor, limit }: Query): Page {
    const rollout = this.rollouts.byId(rolloutId);
    const after = cursor === undefined ? null : readCursor(Position, cursor);
    const compare = (a: z.infer<typeof Position>, b: z.infer<typeof Position>): number =>
      (sort === 'ring' ? a.ring - b.ring : 0) ||
      a.roomName.localeCompare(b.roomName) ||
      (a.roomId < b.roomId ? -1 : a.roomId > b.roomId ? 1 : 0);
    const matching = [...rollout.rooms]
      .filter(([, room]) => (ring === undefined || room.ring === ring) && (state === undefined || room.state === state))
      .map(([roomId, room]) => ({ roomId, ring: room.ring, roomName: this.#named(roomId).roomName }))
      .sort(compare);
    const rest = after === null ? matching : matching.filter((each) => compare(each, after) > 0);
    const shown = rest.slice(0, limit);
    return {
      rows: this.#rooms(rollout, new Set(shown.map(({ roomId }) => roomId))),
      nextCursor: rest.length > limit ? cursorOf(shown.at(-1)!) : null,
      total: matching.length,
      counts: {},
    };
  }

  feed(): (wake: () => void) => Feed {
    return (wake) =>
      rolloutFeed(
        {
          openIds: () => this.rollouts.all.filter((each) => !isRolloutOver(each)).map(({ rolloutId }) => rolloutId),
          rollout: (rolloutId) => this.#find(rolloutId, rolloutView) ?? null,
          rooms: (rolloutId, roomIds) => this.#find(rolloutId, (rollout) => this.#rooms(rollout, roomIds)) ?? [],
          onChanged: (handler) => {
            this.#followers.add(handler);
            return () => void this.#followers.delete(handler);
          },
        },
        wake,
      );
  }

  #find<T>(rolloutId: string, map: (rollout: KeptRollout) => T): T | undefined {
    const found = this.rollouts.all.find((each) => each.rolloutId === rolloutId);
    return found && map(found);
  }

  /** In their order. */
  #rooms({ rooms }: KeptRollout, roomIds: ReadonlySet<string>): RolloutRoom[] {
    const context = { software: this.software, nowMs: this.#deps.clock.nowMs() };
    return [...roomIds].flatMap((roomId) => {
      const room = rooms.get(roomId);
      return room ? rolloutRoomView(roomId, room, this.#named(roomId), context) : [];
    });
  }

  #named(roomId: string): NamedRoom {
    const model = this.#deps.rooms.reports.projections.get(roomId, 'health')?.model ?? null;
    return { roomName: '', placeId: null, ...this.#names.get(roomId), model };
  }

  #roomChanged(roomId: string): void {
    if (this.#followers.size === 0) return;
    for (const { rolloutId, rooms, ...rollout } of this.rollouts.all)
      if (!isRolloutOver(rollout) && rooms.has(roomId)) this.#notify(rolloutId, [roomId]);
  }

  #notify(rolloutId: string, roomIds: readonly string[]): void {
    for (const handler of this.#followers) handler(rolloutId, roomIds);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      await this.rollouts.look();
    } catch (error) {
      this.#deps.logger.error({ err: error }, 'rollouts not moved on');
    } finally {
      this.#isLooking = false;
    }
  }

  /** Before the events are acknowledged: what the store refuses comes again. */
  async #receive(roomId: string, events: Parameters<Parameters<Rooms['events']['onReceiving']>[0]>[1]): Promise<void> {
    const { store, rooms, clock } = this.#deps;
    const at = { nowMs: clock.nowMs(), clockOffsetMs: rooms.reports.clockOffsetOf(roomId) };
    const entries = events.flatMap((event) => historyEntryOf(roomId, event, at) ?? []);
    if (entries.length > 0) await store.write((trx) => addToHistory(trx, entries));
  }
}
