/**
 * Watches every room: what is wrong there as the fleet sees it (room-causes.ts), how long it lasts (signal-machine.ts), and
 * which sites are cut off as a whole. Shows what is raised to the list of rooms, and settles the alert book by it.
 */
import type { Logger } from 'pino';
import type { RoomSignalState } from '#contract/http/rooms-api.ts';
import type { RoomEvent } from '#contract/room-events.ts';
import type { SectionValues } from '#contract/settings/all-settings.ts';
import type { RefusedSettings } from '#contract/settings/room-settings.ts';
import { KIOSK_HEALTH_EVERY_MS } from '#contract/kiosk-health.ts';
import type { RoomService } from '#contract/room-service.ts';
import { signalOf, type SignalName } from '#contract/signals.ts';
import type { z } from '#contract/schema.ts';
import { ROOM_ONLINE_MS } from '#contract/timing.ts';
import { clientIdOf } from '#contract/topics.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { type AlertBook, ofPlace, ofRoom, type Raised, type WatchedSubject } from '../alerts/index.ts';
import type { Broker } from '../broker/index.ts';
import type { CertificateRegister } from '../devices/index.ts';
import type { Rooms } from '../rooms/index.ts';
import { findingsOf, RESTARTS_WITHIN_MS, ROOM_SIGNALS, type RoomSignal, type WatchedRoom } from './room-causes.ts';
import { signalDueAtMs, isRaised, QUIET, type SignalState, stepSignal } from './signal-machine.ts';
import { type RoomOfSites, sitesOffline } from './site-causes.ts';

export type FleetHealthDependencies = {
  rooms: Pick<Rooms, 'reports' | 'events' | 'registry' | 'list'>;
  broker: Pick<Broker, 'unservedProtocolOf' | 'onPresence' | 'onUnserved'>;
  register: Pick<CertificateRegister, 'isEnrolled'>;
  serviceOf: (roomId: string) => RoomService;
  /** the place of a room and those above it, the nearest first */
  placesOf: (roomId: string) => readonly string[];
  watchOf: (roomId: string) => SectionValues<'watch'>;
  refusedSettingsOf: (roomId: string) => readonly z.output<typeof RefusedSettings>[];
  book: AlertBook;
  clock: WallClock;
  logger: Logger;
};

const TICK_MS = 500;
/** each room is looked at again within this time, whatever it reports: a certificate that ends makes no event */
const ROUND_MS = 30_000;
/** rooms that we knew online have this long to return after our start */
const RETURN_MS = ROOM_ONLINE_MS + 5_000;
const STALE_MS = 3 * KIOSK_HEALTH_EVERY_MS;
/** in one transaction: others wait for it */
const SETTLED_AT_ONCE = 200;
/** before others have their turn */
const EVALUATED_AT_ONCE = 200;
const FORGET_EACH_MS = 86_400_000;
const UNASKED: ReadonlySet<string> = new Set(['reload', 'frozen', 'crashed']);

type SignalStates = Map<RoomSignal, SignalState>;

export class FleetHealth {
  readonly #deps: FleetHealthDependencies;
  /** by room, those that are not quiet */
  readonly #states = new Map<string, SignalStates>();
  readonly #sites = new Map<string, SignalState>();
  readonly #signalDueAtMs = new Map<string, number>();
  readonly #dirty = new Set<string>();
  /** by room, the times of its starts by its own clock */
  readonly #starts = new Map<string, number[]>();
  readonly #offlineSinceMs = new Map<string, number>();
  /** rooms and `place:…` of which the book may differ */
  #unsettled = new Set<string>();
  #isSettling = false;
  #isEvaluating = false;
  #startedAtMs = 0;
  #round: Iterator<string> | null = null;
  /** who is offline, or where a room counts */
  #haveSitesChanged = true;
  #hasReturnEnded = false;
  #timers: NodeJS.Timeout[] = [];

  constructor(deps: FleetHealthDependencies) {
    this.#deps = deps;
  }

  /** Once rooms, places, settings and the book have started. */
  start(): void {
    const { rooms, broker, book, logger } = this.#deps;
    this.#startedAtMs = performance.now();
    const offsetMs = this.#wallOffsetMs;
    for (const { signal, roomId, placeId, facts, sinceMs } of book.all) {
      const state: SignalState = { phase: 'raised', facts: JSON.parse(facts), sinceMs: sinceMs - offsetMs };
      if (placeId !== null) this.#sites.set(placeId, state);
      else if (roomId !== null && isRoomSignal(signal)) this.#statesOf(roomId).set(signal, state);
    }
    for (const roomId of rooms.list.roomIds) this.#dirty.add(roomId);
    for (const { roomId } of book.all) if (roomId !== null) rooms.list.look(roomId);
    book.onChanged((changes) => {
      for (const { alert } of changes) if (alert.roomId !== null) rooms.list.look(alert.roomId);
    });
    const look = ({ party, id }: { party: string; id: string }): void => {
      if (party === 'room') this.look(id);
    };
    rooms.reports.onChanged((roomId) => this.look(roomId));
    broker.onPresence(look);
    broker.onUnserved(look);
    rooms.events.onReceived((roomId, events) => this.#count(roomId, events));
    rooms.registry.onChanged(({ kind, roomId }) => {
      if (kind === 'removed') this.#forget(roomId);
      else this.roomMoved(roomId);
    });
    const forgetOld = (): void =>
      void book.forgetOld().catch((error: unknown) => logger.error({ err: error }, 'old alerts not deleted'));
    forgetOld();
    this.#timers = [setInterval(() => this.#tick(), TICK_MS), setInterval(forgetOld, FORGET_EACH_MS)];
    for (const timer of this.#timers) timer.unref();
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Something has changed there. */
  look(roomId: string): void {
    this.#dirty.add(roomId);
  }

  /** Into another place, or into or out of service. */
  roomMoved(roomId: string): void {
    this.#haveSitesChanged = true;
    this.look(roomId);
  }

  raisedIn(roomId: string): SignalName[] {
    const raised = [...(this.#states.get(roomId) ?? [])].filter(([, state]) => isRaised(state)).map(([name]) => name);
    return this.#deps.book.openOf(ofRoom(roomId)).has('help-called') ? [...raised, 'help-called'] : raised;
  }

  /** What is raised, watched or unknown there now; what is quiet is left out. */
  statesOf(roomId: string): RoomSignalState[] {
    const nowMs = performance.now();
    const offsetMs = this.#wallOffsetMs;
    const found: RoomSignalState[] = [...(this.#states.get(roomId) ?? [])].flatMap(([signal, state]) =>
      state.phase === 'quiet'
        ? []
        : {
            signal,
            state: state.phase === 'watching' ? 'watching' : 'raised',
            sinceMs: Math.max(0, Math.round(state.sinceMs + offsetMs)),
            facts: state.facts,
          },
    );
    const called = this.#deps.book.openOf(ofRoom(roomId)).get('help-called');
    if (called)
      found.push({ signal: 'help-called', state: 'raised', sinceMs: called.sinceMs, facts: JSON.parse(called.facts) });
    const shown = new Set(found.map(({ signal }) => signal));
    for (const [signal, finding] of Object.entries(findingsOf(this.#roomOf(roomId, nowMs))))
      if (finding === 'unknown' && !shown.has(signal as RoomSignal))
        found.push({ signal: signal as RoomSignal, state: 'unknown', sinceMs: null, facts: {} });
    return found;
  }

  #tick(): void {
    const nowMs = performance.now();
    const { rooms } = this.#deps;
    for (const [roomId, atMs] of this.#signalDueAtMs) if (atMs <= nowMs) this.#dirty.add(roomId);
    for (let left = (rooms.list.roomIds.length * TICK_MS) / ROUND_MS; left > 0; left -= 1) {
      this.#round ??= rooms.list.roomIds[Symbol.iterator]();
      const next = this.#round.next();
      if (next.done) {
        this.#round = null;
        this.#haveSitesChanged = true;
      } else this.#dirty.add(next.value);
    }
    if (!this.#hasReturnEnded && !this.#isReturning(nowMs)) {
      this.#hasReturnEnded = true;
      for (const roomId of rooms.list.roomIds) this.#dirty.add(roomId);
    }
    void this.#evaluateAll();
  }

  /** All that changed, part by part: ten thousand rooms at once would hold up everybody else. */
  async #evaluateAll(): Promise<void> {
    if (this.#isEvaluating) return;
    this.#isEvaluating = true;
    try {
      const dirty = [...this.#dirty];
      this.#dirty.clear();
      for (let from = 0; from < dirty.length; from += EVALUATED_AT_ONCE) {
        if (from > 0) await new Promise((resolve) => setImmediate(resolve));
        const nowMs = performance.now();
        for (const roomId of dirty.slice(from, from + EVALUATED_AT_ONCE)) this.#evaluate(roomId, nowMs);
      }
      this.#evaluateSites(performance.now());
    } finally {
      this.#isEvaluating = false;
    }
    void this.#settle();
  }

  #evaluate(roomId: string, nowMs: number): void {
    const { rooms } = this.#deps;
    const room = this.#roomOf(roomId, nowMs);
    const isOffline = room.enrolled && room.online === false;
    if (isOffline !== this.#offlineSinceMs.has(roomId)) {
      this.#haveSitesChanged = true;
      if (isOffline) this.#offlineSinceMs.set(roomId, nowMs);
      else this.#offlineSinceMs.delete(roomId);
    }
    const states = this.#statesOf(roomId);
    const before = this.raisedIn(roomId).join();
    let due = Number.POSITIVE_INFINITY;
    for (const [signal, finding] of Object.entries(findingsOf(room)) as [
      RoomSignal,
      ReturnType<typeof findingsOf>[RoomSignal],
    ][]) {
      const former = states.get(signal) ?? QUIET;
      if (former.phase === 'quiet' && (finding === null || finding === 'unknown')) continue;
      const state = stepSignal(signalOf(signal), former, finding, nowMs);
      if (state.phase === 'quiet') states.delete(signal);
      else states.set(signal, state);
      due = Math.min(due, signalDueAtMs(state) ?? due);
    }
    if (states.size === 0) this.#states.delete(roomId);
    if (due === Number.POSITIVE_INFINITY) this.#signalDueAtMs.delete(roomId);
    else this.#signalDueAtMs.set(roomId, due);
    this.#unsettled.add(roomId);
    if (this.raisedIn(roomId).join() !== before) rooms.list.look(roomId);
  }

  #roomOf(roomId: string, nowMs: number): WatchedRoom {
    const { rooms, broker, register, watchOf, refusedSettingsOf, clock } = this.#deps;
    const { state, online, lastSeenMs } = rooms.reports.of(roomId);
    const { projections } = rooms.reports;
    const health = projections.get(roomId, 'health');
    const ageMs = clock.nowMs() - (projections.receivedAtMs(roomId, 'health') ?? 0);
    return {
      nowMs: clock.nowMs(),
      enrolled: register.isEnrolled(clientIdOf('room', roomId)),
      online: !online && this.#isReturning(nowMs) ? null : online,
      lastSeenMs,
      unservedProtocol: broker.unservedProtocolOf({ party: 'room', id: roomId }),
      state,
      equipment: projections.get(roomId, 'equipment'),
      health: health !== null && ageMs > STALE_MS ? 'stale' : health,
      update: projections.get(roomId, 'update'),
      refusedSettings: refusedSettingsOf(roomId),
      startCount: this.#startCountOf(roomId),
      watch: watchOf(roomId),
      raised: new Map(
        [...(this.#states.get(roomId) ?? [])].flatMap(([name, each]) => (isRaised(each) ? [[name, each.facts]] : [])),
      ),
    };
  }

  #evaluateSites(nowMs: number): void {
    const { rooms, serviceOf, placesOf } = this.#deps;
    const isDue = [...this.#sites.values()].some(
      (state) => (signalDueAtMs(state) ?? Number.POSITIVE_INFINITY) <= nowMs,
    );
    if (!this.#haveSitesChanged && !isDue) return;
    this.#haveSitesChanged = false;
    const counted: RoomOfSites[] = [];
    for (const roomId of rooms.list.roomIds) {
      if (serviceOf(roomId).state !== 'in-service') continue;
      counted.push({ placeIds: placesOf(roomId), offlineSinceMs: this.#offlineSinceMs.get(roomId) ?? null });
    }
    const open = new Set([...this.#sites].flatMap(([placeId, state]) => (isRaised(state) ? placeId : [])));
    const found = sitesOffline(counted, open);
    const isReturning = this.#isReturning(nowMs);
    for (const placeId of new Set([...found.keys(), ...this.#sites.keys()])) {
      const finding = isReturning ? 'unknown' : (found.get(placeId) ?? null);
      const state = stepSignal(signalOf('site-offline'), this.#sites.get(placeId) ?? QUIET, finding, nowMs);
      if (state.phase === 'quiet') this.#sites.delete(placeId);
      else this.#sites.set(placeId, state);
      this.#unsettled.add(`${PLACE}${placeId}`);
    }
  }

  /** What is raised and what is open are compared, and written where they differ; again after a disk that failed. */
  async #settle(): Promise<void> {
    if (this.#isSettling) return;
    const { book, logger } = this.#deps;
    const differing = [...this.#unsettled].filter((key) => differs(this.#watched(key), book));
    this.#unsettled = new Set(differing);
    if (differing.length === 0) return;
    // sites explain their rooms
    differing.sort((a, b) => Number(b.startsWith(PLACE)) - Number(a.startsWith(PLACE)));
    const part = differing.slice(0, SETTLED_AT_ONCE);
    this.#isSettling = true;
    try {
      await book.settle(part.map((key) => this.#watched(key)));
      for (const key of part) this.#unsettled.delete(key);
    } catch (error) {
      logger.error({ err: error }, 'alerts not written');
    } finally {
      this.#isSettling = false;
    }
  }

  /** As it is now. Of a room that nobody counts on nothing is raised. */
  #watched(key: string): WatchedSubject {
    const offsetMs = this.#wallOffsetMs;
    const raisedBy = ({ facts, sinceMs }: Extract<SignalState, { phase: 'raised' | 'closing' }>): Raised => ({
      facts,
      sinceMs: Math.round(sinceMs + offsetMs),
    });
    if (key.startsWith(PLACE)) {
      const placeId = key.slice(PLACE.length);
      const state = this.#sites.get(placeId) ?? QUIET;
      return {
        subject: ofPlace(placeId),
        raised: new Map(isRaised(state) ? [['site-offline', raisedBy(state)]] : []),
      };
    }
    const isCounted = this.#deps.serviceOf(key).state === 'in-service';
    const states = isCounted ? [...(this.#states.get(key) ?? [])] : [];
    return {
      subject: ofRoom(key),
      raised: new Map(states.flatMap(([name, state]) => (isRaised(state) ? [[name, raisedBy(state)]] : []))),
    };
  }

  #count(roomId: string, events: readonly RoomEvent[]): void {
    const unasked = events.filter(
      (event) => event.name === 'agent-started' || (event.name === 'screen-started' && UNASKED.has(event.because)),
    );
    if (unasked.length === 0) return;
    const starts = [...(this.#starts.get(roomId) ?? []), ...unasked.map(({ atMs }) => atMs)].slice(-20);
    this.#starts.set(roomId, starts);
    this.look(roomId);
  }

  /** By the kiosk's clock, on which its events are. */
  #startCountOf(roomId: string): number {
    const starts = this.#starts.get(roomId);
    if (!starts) return 0;
    const { clock, rooms } = this.#deps;
    const kioskNowMs = clock.nowMs() + rooms.reports.clockOffsetOf(roomId);
    return starts.filter((atMs) => kioskNowMs - atMs < RESTARTS_WITHIN_MS).length;
  }

  #forget(roomId: string): void {
    for (const kept of [this.#states, this.#signalDueAtMs, this.#starts, this.#offlineSinceMs]) kept.delete(roomId);
    this.#unsettled.delete(roomId);
    const { book, logger } = this.#deps;
    void book
      .closeAllOf(ofRoom(roomId))
      .catch((error: unknown) => logger.error({ err: error, roomId }, 'alerts of a removed room not closed'));
  }

  #isReturning(nowMs: number): boolean {
    return nowMs - this.#startedAtMs < RETURN_MS;
  }

  #statesOf(roomId: string): SignalStates {
    const states = this.#states.get(roomId) ?? new Map();
    this.#states.set(roomId, states);
    return states;
  }

  /** What to add to the monotonic clock to have the wall clock. */
  get #wallOffsetMs(): number {
    return this.#deps.clock.nowMs() - performance.now();
  }
}

const PLACE = 'place:';
const isRoomSignal = (name: SignalName): name is RoomSignal => (ROOM_SIGNALS as readonly SignalName[]).includes(name);

function differs({ subject, raised }: WatchedSubject, book: AlertBook): boolean {
  const open = book.openOf(subject);
  for (const [signal, { facts }] of raised) if (open.get(signal)?.facts !== JSON.stringify(facts)) return true;
  for (const signal of open.keys()) if (signal !== 'help-called' && !raised.has(signal)) return true;
  return false;
}
