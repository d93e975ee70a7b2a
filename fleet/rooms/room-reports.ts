/**
 * What rooms last said of themselves: state, and when they were last heard by our clock. Takes a state in only from
 * its one writer (an epoch that is not lower). Kept in telemetry, so that a phone sees the truth after our restart.
 */
import type { Logger } from 'pino';
import type { ErrorCode } from '#contract/error-codes.ts';
import { ROOM_ONLINE_MS } from '#contract/timing.ts';
import { negotiate } from '#contract/protocol-version.ts';
import { RoomState, type RosterUpdate } from '#contract/room-state.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { Broker } from '../broker/index.ts';
import type { TelemetryStore } from '../store/index.ts';

export type RoomReport = {
  state: RoomState | null;
  online: boolean;
  /** fleet's clock */
  lastSeenMs: number | null;
};
export type RoomListener = {
  onState?: (state: RoomState) => void;
  onPresence?: (online: boolean, lastSeenMs: number | null) => void;
  onRoster?: (roster: RosterUpdate) => void;
};
type Known = {
  state: RoomState | null;
  epoch: number;
  revision: number;
  lastSeenMs: number;
  /** the same by the monotonic clock, by which it is online or not */
  heardAtMs: number;
  online: boolean;
  /** kiosk's clock less ours, by its last presence */
  clockOffsetMs: number;
  unsaved: boolean;
};

const CHECK_INTERVAL_MS = 1_000;

export type RoomReportsDependencies = {
  telemetry: TelemetryStore;
  broker: Broker;
  clock: WallClock;
  logger: Logger;
};

export class RoomReports {
  readonly #deps: RoomReportsDependencies;
  readonly #rooms = new Map<string, Known>();
  readonly #listeners = new Map<string, Set<RoomListener>>();
  readonly #changedHandlers: ((roomId: string) => void)[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: RoomReportsDependencies) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { telemetry, broker, clock } = this.#deps;
    const [nowMs, steadyNowMs] = [clock.nowMs(), performance.now()];
    for (const row of await telemetry.read.selectFrom('roomReport').selectAll().execute()) {
      const state = row.state === null ? null : (RoomState.safeParse(JSON.parse(row.state)).data ?? null);
      const agoMs = Math.max(0, nowMs - row.lastSeenMs);
      const known = { ...row, state, online: agoMs < ROOM_ONLINE_MS, heardAtMs: steadyNowMs - agoMs };
      this.#rooms.set(row.roomId, { ...known, clockOffsetMs: 0, unsaved: false });
    }
    // The offset is between two clocks, and ours was set.
    clock.onJump((byMs) => {
      for (const known of this.#rooms.values()) known.clockOffsetMs -= byMs;
    });
    broker.on('state', (roomId, state) => this.#takeState(roomId, state));
    broker.on('presence', (roomId, presence) => {
      // the will of a room that was removed
      if (!presence.online && !this.#rooms.has(roomId)) return;
      this.#known(roomId).clockOffsetMs = presence.asOfMs - clock.nowMs();
      this.#heard(roomId, presence.online);
    });
    broker.on('roster', (roomId, roster) => {
      for (const listener of this.#listenersOf(roomId)) listener.onRoster?.(roster);
    });
    for (const name of ['commandReply', 'request', 'pairing', 'agenda', 'equipment', 'roomEvents'] as const)
      broker.on(name, (roomId: string) => this.#heard(roomId, true));
    this.#timer = setInterval(() => this.#check(), CHECK_INTERVAL_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#save();
  }

  of(roomId: string): RoomReport {
    const known = this.#rooms.get(roomId);
    return known
      ? { state: known.state, online: known.online, lastSeenMs: known.lastSeenMs || null }
      : { state: null, online: false, lastSeenMs: null };
  }
  get onlineCount(): number {
    return [...this.#rooms.values()].filter((known) => known.online).length;
  }
  /** What to add to our clock to have the kiosk's. */
  clockOffsetOf(roomId: string): number {
    return this.#rooms.get(roomId)?.clockOffsetMs ?? 0;
  }

  /** State or presence of any room. */
  onChanged(handler: (roomId: string) => void): void {
    this.#changedHandlers.push(handler);
  }

  /** Until the function that comes back is called. `'+'`: all rooms. */
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
    Object.assign(known, { state: null, epoch: 0, revision: -1, unsaved: true });
    if (known.online) this.#setOnline(roomId, known, false);
    this.#changed(roomId);
  }

  /** The room itself is no more. */
  remove(roomId: string): void {
    this.#rooms.delete(roomId);
  }

  #takeState(roomId: string, state: RoomState): void {
    const known = this.#known(roomId);
    const objection = objectionTo(state, roomId, known.epoch);
    if (objection) {
      this.#refuse(roomId, objection.code, objection.reason);
      return;
    }
    this.#heard(roomId, true);
    // delivered twice, or overtaken: the newer one stands
    if (state.epoch === known.epoch && state.revision < known.revision) return;
    Object.assign(known, { state, epoch: state.epoch, revision: state.revision, unsaved: true });
    for (const listener of this.#listenersOf(roomId)) listener.onState?.(state);
    this.#changed(roomId);
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

  #refuse(roomId: string, code: ErrorCode, reason: string): void {
    this.#deps.logger.warn({ roomId, code, reason }, 'room state refused');
    this.#deps.broker.publish('requestReply', roomId, { name: 'refused', id: null, error: { code, message: reason } });
  }

  *#listenersOf(roomId: string): Generator<RoomListener> {
    yield* this.#listeners.get(roomId) ?? [];
    yield* this.#listeners.get('+') ?? [];
  }

  #known(roomId: string): Known {
    let known = this.#rooms.get(roomId);
    if (!known) {
      known = {
        state: null,
        epoch: 0,
        revision: -1,
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
      for (const [roomId, { state, epoch, revision, lastSeenMs }] of unsaved) {
        const report = { state: state && JSON.stringify(state), epoch, revision, lastSeenMs };
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

function objectionTo(state: RoomState, roomId: string, epoch: number): { code: ErrorCode; reason: string } | null {
  const negotiated = negotiate(state.protocol);
  if (negotiated !== 'accepted') return { code: negotiated, reason: `protocol ${state.protocol}` };
  if (state.roomId !== roomId) return { code: 'wrong-room', reason: 'state of another room' };
  if (state.epoch < epoch) return { code: 'second-writer', reason: `epoch ${state.epoch} after ${epoch}` };
  return null;
}
