/**
 * The fleet over time, written to telemetry as it happens: how boxes were, how calls were from both ends, how much rooms were used
 * each day. Written in a few statements for all rooms; what is too old is deleted.
 */
import type { Logger } from 'pino';
import type { CallQuality } from '#contract/kiosk-health.ts';
import type { RoomEvent } from '#contract/room-events.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { Broker } from '../broker/index.ts';
import type { Rooms } from '../rooms/index.ts';
import type { TelemetryStore } from '../store/index.ts';
import { type HealthPoint, meanOf, pointOf } from './health-points.ts';

export type FleetHistoryDependencies = {
  telemetry: TelemetryStore;
  rooms: Pick<Rooms, 'reports' | 'events' | 'list'>;
  broker: Pick<Broker, 'on'>;
  /** people count on it, and no meeting can be held there */
  isInTrouble: (roomId: string) => boolean;
  clock: WallClock;
  logger: Logger;
};

/** `short` holds each point, the others means. A mean is begun anew with the server. */
export const SPANS = {
  short: { spanMs: 30_000, keptMs: 3_600_000 },
  week: { spanMs: 600_000, keptMs: 8 * 86_400_000 },
  month: { spanMs: 7_200_000, keptMs: 32 * 86_400_000 },
} as const;
export const DAY_MS = 86_400_000;
const QUALITY_KEPT_MS = 30 * DAY_MS;
const DAYS_KEPT = 400;
const MINUTE_MS = 60_000;
const DELETE_EACH_MS = 600_000;
const ROWS_IN_STATEMENT = 200;
const MOST_QUALITIES = 10_000;

type QualityRow = { roomId: string; callId: string; atMs: number; end: 'room' | 'server'; value: string };
type Day = { callCount: number; callMs: number; bookedMs: number; noShowCount: number; faultMs: number };

/** Of each room the points of a span that runs. */
class MeanOfSpan {
  readonly spanMs: number;
  readonly #points = new Map<string, HealthPoint[]>();
  #begunAtMs = 0;

  constructor(name: 'week' | 'month') {
    this.spanMs = SPANS[name].spanMs;
  }
  begin(atMs: number): void {
    this.#begunAtMs = atMs;
  }
  add(roomId: string, point: HealthPoint): void {
    const points = this.#points.get(roomId);
    if (points) points.push(point);
    else this.#points.set(roomId, [point]);
  }
  /** The mean of each room, once the span is over. */
  takeAt(atMs: number): [roomId: string, mean: HealthPoint][] {
    if (atMs - this.#begunAtMs < this.spanMs) return [];
    this.#begunAtMs = atMs;
    const means = [...this.#points].map(([roomId, points]): [string, HealthPoint] => [roomId, meanOf(points)]);
    this.#points.clear();
    return means;
  }
}

export class FleetHistory {
  readonly #deps: FleetHistoryDependencies;
  /** a mean of each room is written when its span is over; that of a month is of those of the week */
  readonly #means = [new MeanOfSpan('week'), new MeanOfSpan('month')] as const;
  /** by room and day, not written yet */
  readonly #days = new Map<string, { roomId: string; day: number } & Day>();
  /** by room, the last that was kept of its own end */
  readonly #lastQuality = new Map<string, CallQuality>();
  #qualities: QualityRow[] = [];
  #timers: NodeJS.Timeout[] = [];

  constructor(deps: FleetHistoryDependencies) {
    this.#deps = deps;
  }

  start(): void {
    const { rooms, broker, clock } = this.#deps;
    for (const mean of this.#means) mean.begin(clock.nowMs());
    rooms.reports.onChanged((roomId) => this.#keepOwnQuality(roomId));
    rooms.events.onReceived((roomId, events) => {
      for (const event of events) this.#count(roomId, event);
    });
    broker.on('callQualities', (_nodeId, { peers }) => {
      const roomOf = this.#roomsByPeer();
      for (const { callId, peerId, quality } of peers) {
        const roomId = roomOf.get(`${callId}/${peerId}`);
        if (roomId) this.#keepQuality({ roomId, callId, end: 'server' }, quality);
      }
    });
    const each = (everyMs: number, work: () => Promise<unknown>) => setInterval(() => this.#attempt(work), everyMs);
    this.#timers = [
      each(SPANS.short.spanMs, () => this.#writePoints()),
      each(MINUTE_MS, () => this.#writeDays()),
      each(10_000, () => this.#writeQualities()),
      each(DELETE_EACH_MS, () => this.#deleteOld()),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([this.#writeUnsavedDays(), this.#writeQualities()]).catch(() => {});
  }

  #attempt(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => this.#deps.logger.error({ err: error }, 'history not written'));
  }

  async #writePoints(): Promise<void> {
    const { rooms, clock } = this.#deps;
    const { reports, list } = rooms;
    const atMs = clock.nowMs();
    const rows: { roomId: string; spanMs: number; atMs: number; value: string }[] = list.roomIds.map((roomId) => {
      const { online } = reports.of(roomId);
      const point = pointOf(online, reports.projections.get(roomId, 'health'));
      this.#means[0].add(roomId, point);
      return { roomId, spanMs: SPANS.short.spanMs, atMs, value: JSON.stringify(point) };
    });
    const [week, month] = this.#means;
    for (const mean of [week, month])
      for (const [roomId, point] of mean.takeAt(atMs)) {
        if (mean === week) month.add(roomId, point);
        rows.push({ roomId, spanMs: mean.spanMs, atMs, value: JSON.stringify(point) });
      }
    for (let from = 0; from < rows.length; from += ROWS_IN_STATEMENT)
      await this.#deps.telemetry.write((trx) =>
        trx
          .insertInto('healthPoint')
          .values(rows.slice(from, from + ROWS_IN_STATEMENT))
          .onConflict((c) => c.columns(['roomId', 'spanMs', 'atMs']).doNothing())
          .execute(),
      );
  }

  #keepOwnQuality(roomId: string): void {
    const { projections } = this.#deps.rooms.reports;
    const phase = projections.get(roomId, 'state')?.phase;
    const quality = projections.get(roomId, 'health')?.callQuality ?? null;
    if (quality === null || phase?.name !== 'in-call') {
      this.#lastQuality.delete(roomId);
      return;
    }
    // each reading is an object of its own, the same one until the next comes
    if (this.#lastQuality.get(roomId) === quality) return;
    this.#lastQuality.set(roomId, quality);
    this.#keepQuality({ roomId, callId: phase.callId, end: 'room' }, quality);
  }

  #keepQuality(of: Pick<QualityRow, 'roomId' | 'callId' | 'end'>, quality: CallQuality): void {
    if (this.#qualities.length >= MOST_QUALITIES) return;
    this.#qualities.push({ ...of, atMs: this.#deps.clock.nowMs(), value: JSON.stringify(quality) });
  }

  async #writeQualities(): Promise<void> {
    const rows = this.#qualities.splice(0);
    for (let from = 0; from < rows.length; from += ROWS_IN_STATEMENT)
      await this.#deps.telemetry.write((trx) =>
        trx
          .insertInto('callQuality')
          .values(rows.slice(from, from + ROWS_IN_STATEMENT))
          .onConflict((c) => c.columns(['roomId', 'callId', 'end', 'atMs']).doNothing())
          .execute(),
      );
  }

  #roomsByPeer(): Map<string, string> {
    const { list, reports } = this.#deps.rooms;
    const found = new Map<string, string>();
    for (const roomId of list.roomIds) {
      const phase = reports.projections.get(roomId, 'state')?.phase;
      if (phase?.name === 'in-call') found.set(`${phase.callId}/${phase.peerId}`, roomId);
    }
    return found;
  }

  #count(roomId: string, event: RoomEvent): void {
    if (event.name === 'call-left') this.#add(roomId, event.atMs, { callCount: 1, callMs: event.durationMs });
    if (event.name === 'booking-released' && event.because === 'no-show')
      this.#add(roomId, event.atMs, { noShowCount: 1 });
  }

  #add(roomId: string, atMs: number, more: Partial<Day>): void {
    const day = Math.floor(atMs / DAY_MS);
    const key = `${roomId} ${day}`;
    const known = this.#days.get(key) ?? {
      roomId,
      day,
      callCount: 0,
      callMs: 0,
      bookedMs: 0,
      noShowCount: 0,
      faultMs: 0,
    };
    this.#days.set(key, known);
    for (const [name, by] of Object.entries(more) as [keyof Day, number][]) known[name] += by;
  }

  async #writeDays(): Promise<void> {
    const { rooms, isInTrouble, clock } = this.#deps;
    const nowMs = clock.nowMs();
    for (const roomId of rooms.list.roomIds) {
      if (isInTrouble(roomId)) this.#add(roomId, nowMs, { faultMs: MINUTE_MS });
      const bookings = rooms.reports.projections.get(roomId, 'agenda')?.bookings ?? [];
      const isBooked = bookings.some(
        ({ startMs, endMs, isAllDay, state }) => startMs <= nowMs && nowMs < endMs && !isAllDay && state !== 'released',
      );
      if (isBooked) this.#add(roomId, nowMs, { bookedMs: MINUTE_MS });
    }
    await this.#writeUnsavedDays();
  }

  async #writeUnsavedDays(): Promise<void> {
    const rows = [...this.#days.values()];
    this.#days.clear();
    for (let from = 0; from < rows.length; from += ROWS_IN_STATEMENT)
      await this.#deps.telemetry.write((trx) =>
        trx
          .insertInto('roomDay')
          .values(rows.slice(from, from + ROWS_IN_STATEMENT))
          .onConflict((c) =>
            c.columns(['roomId', 'day']).doUpdateSet((e) => ({
              callCount: e('roomDay.callCount', '+', e.ref('excluded.callCount')),
              callMs: e('roomDay.callMs', '+', e.ref('excluded.callMs')),
              bookedMs: e('roomDay.bookedMs', '+', e.ref('excluded.bookedMs')),
              noShowCount: e('roomDay.noShowCount', '+', e.ref('excluded.noShowCount')),
              faultMs: e('roomDay.faultMs', '+', e.ref('excluded.faultMs')),
            })),
          )
          .execute(),
      );
  }

  async #deleteOld(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    await this.#deps.telemetry.write(async (trx) => {
      for (const { spanMs, keptMs } of Object.values(SPANS))
        await trx
          .deleteFrom('healthPoint')
          .where('spanMs', '=', spanMs)
          .where('atMs', '<', nowMs - keptMs)
          .execute();
      await trx
        .deleteFrom('callQuality')
        .where('atMs', '<', nowMs - QUALITY_KEPT_MS)
        .execute();
      await trx
        .deleteFrom('roomDay')
        .where('day', '<', Math.floor(nowMs / DAY_MS) - DAYS_KEPT)
        .execute();
    });
  }
}
