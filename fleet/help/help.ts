/** Help from afar as a whole: actions on rooms with their files, and the requests of people in rooms. Removes what is old. */
import type { Logger } from 'pino';
import type { WallClock } from '#edge/wall-clock.ts';
import type { AlertBook } from '../alerts/index.ts';
import type { Broker } from '../broker/index.ts';
import type { Rooms } from '../rooms/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import { ActionFiles } from './action-files.ts';
import { HelpRequests } from './help-requests.ts';
import { RoomActions } from './room-actions.ts';

export type HelpDependencies = {
  store: AuthorityStore;
  broker: Broker;
  rooms: Rooms;
  /** the names of signals that are open in a room */
  signalsOf: (roomId: string) => string[];
  book: AlertBook;
  dataDir: string;
  clock: WallClock;
  logger: Logger;
};

const LOOK_EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
const ACTIONS_KEPT_MS = 90 * DAY_MS;
const REQUESTS_KEPT_MS = 365 * DAY_MS;
/** the last of what happened before a call for help */
const RECENT_EVENTS = 20;

export class Help {
  readonly actions: RoomActions;
  readonly requests: HelpRequests;
  readonly #deps: HelpDependencies;
  readonly #files: ActionFiles;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: HelpDependencies) {
    const { store, broker, rooms, signalsOf, book, dataDir, clock, logger } = deps;
    const { reports, registry } = rooms;
    this.#deps = deps;
    this.#files = new ActionFiles({ dataDir });
    this.actions = new RoomActions({
      store,
      broker,
      clock,
      files: this.#files,
      isRoom: async (roomId) => (await registry.byId(roomId)) !== null,
      isOnline: (roomId) => reports.of(roomId).online,
      logger,
    });
    this.requests = new HelpRequests({
      store,
      broker,
      book,
      clock,
      diagnosticsOf: async (roomId) => ({
        health: reports.projections.get(roomId, 'health'),
        signals: signalsOf(roomId),
        phase: reports.of(roomId).state?.phase.name ?? 'unknown',
        recentEvents: (await rooms.events.list(roomId)).slice(-RECENT_EVENTS).map(({ event }) => event),
      }),
      clockOffsetOf: (roomId) => reports.clockOffsetOf(roomId),
      logger,
    });
  }

  /** Before the broker listens: a box may bring its events at once. */
  async start(): Promise<void> {
    const { rooms, logger } = this.#deps;
    await this.#files.start();
    await this.actions.start();
    await this.requests.start();
    rooms.events.onReceiving((roomId, events) => this.requests.receive(roomId, events));
    rooms.registry.onChanged(({ kind, roomId }) => {
      if (kind !== 'removed') return;
      void Promise.all([this.actions.roomRemoved(roomId), this.requests.roomRemoved(roomId)]).catch((error: unknown) =>
        logger.error({ err: error, roomId }, 'help for a removed room not forgotten'),
      );
    });
    this.#timer = setInterval(
      () => void this.#removeOld().catch((error: unknown) => logger.error({ err: error }, 'old files not removed')),
      LOOK_EVERY_MS,
    );
    this.#timer.unref();
    await this.#removeOld();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.actions.stop();
    this.requests.stop();
  }

  async #removeOld(): Promise<void> {
    const { clock, store } = this.#deps;
    const nowMs = clock.nowMs();
    for (const actionId of await this.#files.removeOld(nowMs)) await this.actions.fileGone(actionId);
    const [old, oldest] = [nowMs - ACTIONS_KEPT_MS, nowMs - REQUESTS_KEPT_MS];
    const { some } = await store.read
      .selectNoFrom((e) => [
        e
          .or([
            e.exists(e.selectFrom('roomAction').select('actionId').where('endedAtMs', '<', old)),
            e.exists(e.selectFrom('helpRequest').select('helpId').where('closedAtMs', '<', oldest)),
          ])
          .as('some'),
      ])
      .executeTakeFirstOrThrow();
    if (!some) return;
    await store.write(async (trx) => {
      await trx.deleteFrom('roomAction').where('endedAtMs', '<', old).execute();
      await trx.deleteFrom('helpRequest').where('closedAtMs', '<', oldest).execute();
    });
  }
}
