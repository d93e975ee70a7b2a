/**
 * What rooms last reported, for all who ask or listen: their projections, and whether and when they were last heard, by
 * our clock. Owns presence; the projections themselves are kept by `room-projections.ts`.
 */
import type { Logger } from 'pino';
import { ROOM_ONLINE_MS } from '#contract/timing.ts';
import { type ProjectionName, projections, type ProjectionValue } from '#contract/projections.ts';
import { isReadBy, projectionNames } from '#contract/relayed-projections.ts';
import type { RoomState, RosterUpdate } from '#contract/room-state.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { Broker } from '../broker/index.ts';
import type { TelemetryStore } from '../store/index.ts';
import { RoomProjections, SAVE_INTERVAL_MS } from './room-projections.ts';

export type RoomReport = {
  state: RoomState | null;
  online: boolean;
  /** fleet's clock */
  lastSeenMs: number | null;
};
export type RoomListener = {
  /** as it came */
  onProjection?: (name: ProjectionName, raw: unknown) => void;
  onPresence?: (online: boolean, lastSeenMs: number | null) => void;
  onRoster?: (roster: RosterUpdate) => void;
};
type Known = {
  lastSeenMs: number;
  /** the same by the monotonic clock, by which it is online or not */
  heardAtMs: number;
  online: boolean;
  /** kiosk's clock less ours, by its last presence */
  clockOffsetMs: number;
  unsaved: boolean;
};

export type RoomReportsDependencies = {
  telemetry: TelemetryStore;
  broker: Broker;
  clock: WallClock;
  logger: Logger;
};

export class RoomReports {
  readonly projections: RoomProjections;
  readonly #deps: RoomReportsDependencies;
  readonly #rooms = new Map<string, Known>();
  readonly #listeners = new Map<string, Set<RoomListener>>();
  readonly #changedHandlers: ((roomId: string) => void)[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: RoomReportsDependencies) {
    this.#deps = deps;
    this.projections = new RoomProjections(deps);
  }

  async start(): Promise<void> {
    const { telemetry, broker, clock } = this.#deps;
    await this.projections.start();
    const [nowMs, steadyNowMs] = [clock.nowMs(), performance.now()];
    for (const row of await telemetry.read.selectFrom('roomReport').selectAll().execute()) {
      const agoMs = Math.max(0, nowMs - row.lastSeenMs);
      const known = { ...row, online: agoMs < ROOM_ONLINE_MS, heardAtMs: steadyNowMs - agoMs };
      this.#rooms.set(row.roomId, { ...known, clockOffsetMs: 0, unsaved: false });
    }
    // The offset is between two clocks, and ours was set.
    clock.onJump((byMs) => {
      for (const known of this.#rooms.values()) known.clockOffsetMs -= byMs;
    });
    for (const name of projectionNames)
      broker.on(name, (roomId, value, raw) => this.#receive(roomId, name, value, raw));
    broker.on('presence', (roomId, presence) => {
      // the will of a room that was removed, or of a former life of its agent, which a broker may deliver late
      const epoch = this.projections.get(roomId, 'state')?.epoch ?? 0;
      if (!presence.online && (!this.#rooms.has(roomId) || presence.epoch < epoch)) return;
      this.#known(roomId).clockOffsetMs = presence.asOfMs - clock.nowMs();
      this.#heard(roomId, presence.online);
    });
    broker.on('roster', (roomId, roster) => {
      for (const listener of this.#listenersOf(roomId)) listener.onRoster?.(roster);
    });
    for (const name of ['commandReply', 'request', 'roomEvents'] as const)
      broker.on(name, (roomId: string) => this.#heard(roomId, true));
    this.#timer = setInterval(() => this.#check(), SAVE_INTERVAL_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await Promise.all([this.#save(), this.projections.saved()]);
  }

  of(roomId: string): RoomReport {
    const known = this.#rooms.get(roomId);
    return {
      state: this.projections.get(roomId, 'state'),
      online: known?.online ?? false,
      lastSeenMs: known?.lastSeenMs || null,
    };
  }

  get onlineCount(): number {
    return [...this.#rooms.values()].filter((known) => known.online).length;
  }
  /** What to add to our clock to have the kiosk's. */
  clockOffsetOf(roomId: string): number {
    return this.#rooms.get(roomId)?.clockOffsetMs ?? 0;
  }

  /** Presence of any room, or what the console shows of it. */
  onChanged(handler: (roomId: string) => void): void {
    this.#changedHandlers.push(handler);
  }

  /** Until the function that comes back is called. */
  listen(roomId: string, listener: RoomListener): () => void {
    const listeners = this.#listeners.get(roomId) ?? new Set();
    this.#listeners.set(roomId, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(roomId);
    };
  }

  /** The box that stood there does so no more; another counts from the start. */
  forget(roomId: string): void {
    const known = this.#known(roomId);
    this.projections.forget(roomId);
    if (known.online) this.#setOnline(roomId, known, false);
    this.#changed(roomId);
  }

  /** The room itself is no more. */
  remove(roomId: string): void {
    this.#rooms.delete(roomId);
    this.projections.forget(roomId);
  }

  #receive(roomId: string, name: ProjectionName, value: ProjectionValue<ProjectionName>, raw: unknown): void {
    const isKept = projections[name].readers.length > 0;
    const nowMs = this.#deps.clock.nowMs();
    const outcome = isKept ? this.projections.receive(roomId, name, { raw, value, nowMs }) : 'overtaken';
    if (typeof outcome === 'object') {
      const { code, reason } = outcome;
      this.#deps.logger.warn({ roomId, name, code, reason }, 'projection refused');
      const error = { code, message: reason };
      this.#deps.broker.publish('requestReply', roomId, { name: 'refused', id: null, error });
      return;
    }
    this.#heard(roomId, true);
    if (outcome !== 'news') return;
    for (const listener of this.#listenersOf(roomId)) listener.onProjection?.(name, raw);
    if (isReadBy('console', name)) this.#changed(roomId);
  }

  #heard(roomId: string, online: boolean): void {
    const known = this.#known(roomId);
    if (online) Object.assign(known, { lastSeenMs: this.#deps.clock.nowMs(), heardAtMs: performance.now() });
    known.unsaved = true;
    if (known.online !== online) this.#setOnline(roomId, known, online);
  }

  #check(): void {
    const nowMs = performance.now();
    for (const [roomId, known] of this.#rooms) {
      if (known.online && nowMs - known.heardAtMs >= ROOM_ONLINE_MS) this.#setOnline(roomId, known, false);
    }
    this.projections.save();
    void this.#save().catch((error: unknown) => this.#deps.logger.error({ err: error }, 'reports not saved'));
  }

  #setOnline(roomId: string, known: Known, online: boolean): void {
    known.online = online;
    this.#deps.logger.info({ roomId, online }, 'room presence');
    for (const listener of this.#listenersOf(roomId)) listener.onPresence?.(online, known.lastSeenMs || null);
    this.#changed(roomId);
  }

  #changed(roomId: string): void {
    for (const handler of this.#changedHandlers) handler(roomId);
  }

  #listenersOf(roomId: string): Iterable<RoomListener> {
    return this.#listeners.get(roomId) ?? [];
  }

  #known(roomId: string): Known {
    let known = this.#rooms.get(roomId);
    if (!known) {
      known = {
        lastSeenMs: 0,
        heardAtMs: Number.NEGATIVE_INFINITY,
        online: false,
        clockOffsetMs: 0,
        unsaved: false,
      };
      this.#rooms.set(roomId, known);
    }
    return known;
  }

  async #save(): Promise<void> {
    const unsaved = [...this.#rooms].filter(([, known]) => known.unsaved);
    if (unsaved.length === 0) return;
    for (const [, known] of unsaved) known.unsaved = false;
    const written = this.#deps.telemetry.write(async (trx) => {
      for (const [roomId, { lastSeenMs }] of unsaved) {
        const report = { lastSeenMs };
        await trx
          .insertInto('roomReport')
          .values({ roomId, ...report })
          .onConflict((c) => c.column('roomId').doUpdateSet(report))
          .execute();
      }
    });
    await written.catch((error: unknown) => {
      for (const [, known] of unsaved) known.unsaved = true;
      throw error;
    });
  }
}
