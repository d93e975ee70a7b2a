/** The fleet over time as it is read: series of a room, its calls with their quality, the use of rooms. */
import { sql } from 'kysely';
import { ProtocolError } from '#contract/error-codes.ts';
import type { CallOfRoom, HealthSeries, PlaceUsage, QualitySeries, RoomUsage } from '#contract/http/fleet-api.ts';
import { type Reach, reaches } from '#contract/http/permissions.ts';
import { CallQuality } from '#contract/kiosk-health.ts';
import { RoomEvent } from '#contract/room-events.ts';
import { z } from '#contract/schema.ts';
import type { PlaceTree } from '../people/index.ts';
import type { Rooms } from '../rooms/index.ts';
import type { TelemetryStore } from '../store/index.ts';
import { DAY_MS, SPANS } from './fleet-history.ts';
import { seriesOf } from './health-points.ts';

type Period = { fromMs: number; toMs: number };
type Quality = { atMs: number; end: 'room' | 'server'; quality: CallQuality };
type HistoryReaderDependencies = {
  telemetry: TelemetryStore;
  rooms: Pick<Rooms, 'registry'>;
  places: Pick<PlaceTree, 'roomsUnder'>;
  nowMs: () => number;
};

const Point = z.array(z.number().nullable());
const MOST_CALLS = 100;
const MOST_DAYS = 92;
const QUALITY_DAYS = 31;
/** a chart has no room for more */
const QUALITY_POINTS = 400;
/** both ends report within this time */
const QUALITY_MIN_SPAN_MS = 30_000;

export class HistoryReader {
  readonly #deps: HistoryReaderDependencies;

  constructor(deps: HistoryReaderDependencies) {
    this.#deps = deps;
  }

  async series(roomId: string, period: Period): Promise<HealthSeries> {
    check(period);
    const ageMs = this.#deps.nowMs() - period.fromMs;
    const { spanMs } = Object.values(SPANS).find(({ keptMs }) => ageMs <= keptMs) ?? SPANS.month;
    const stored = await this.#deps.telemetry.read
      .selectFrom('healthPoint')
      .select(['atMs', 'value'])
      .where('roomId', '=', roomId)
      .where('spanMs', '=', spanMs)
      .where('atMs', '>=', period.fromMs)
      .where('atMs', '<', period.toMs)
      .orderBy('atMs')
      .execute();
    return seriesOf(
      stored.map(({ atMs, value }) => ({ atMs, point: Point.parse(JSON.parse(value)) })),
      spanMs,
    );
  }

  /** @throws ProtocolError bad-message: of more than QUALITY_DAYS */
  async qualitySeries(roomId: string, period: Period): Promise<QualitySeries> {
    check(period);
    const { fromMs, toMs } = period;
    if (toMs - fromMs > QUALITY_DAYS * DAY_MS)
      throw new ProtocolError('bad-message', `a period of ${QUALITY_DAYS} days at most`);
    const spanMs = Math.max(QUALITY_MIN_SPAN_MS, Math.ceil((toMs - fromMs) / QUALITY_POINTS));
    const worst = (one: string, other: string) => sql<number | null>`max(max(
      coalesce(json_extract(value, ${one}), json_extract(value, ${other})),
      coalesce(json_extract(value, ${other}), json_extract(value, ${one}))))`;
    const rows = await this.#deps.telemetry.read
      .selectFrom('callQuality')
      .select([
        sql<number>`cast((at_ms - ${fromMs}) / ${spanMs} as integer)`.as('span'),
        worst('$.sent.lossPercent', '$.received.lossPercent').as('lossPercent'),
        worst('$.roundTripMs', '$.roundTripMs').as('roundTripMs'),
      ])
      .where('roomId', '=', roomId)
      .where('atMs', '>=', fromMs)
      .where('atMs', '<', toMs)
      .groupBy('span')
      .orderBy('span')
      .execute();
    const series: QualitySeries = { atMs: [], lossPercent: [], roundTripMs: [] };
    const add = (span: number, loss: number | null, roundTripMs: number | null): void => {
      series.atMs.push(Math.round(fromMs + (span + 0.5) * spanMs));
      series.lossPercent.push(loss);
      series.roundTripMs.push(roundTripMs);
    };
    let next: number | null = null;
    for (const { span, lossPercent, roundTripMs } of rows) {
      if (next !== null && span > next) add(next, null, null);
      add(span, lossPercent, roundTripMs);
      next = span + 1;
    }
    return series;
  }

  async calls(roomId: string, period: Period): Promise<CallOfRoom[]> {
    check(period);
    const { telemetry } = this.#deps;
    const rows = await telemetry.read
      .selectFrom('roomEvent')
      .select('event')
      .where('roomId', '=', roomId)
      // of thousands of events these few
      .where((e) => e.or([e('event', 'like', '%"name":"call-%'), e('event', 'like', '%"name":"feedback-given"%')]))
      .orderBy('position')
      .execute();
    const calls = new Map<string, CallOfRoom>();
    for (const { event: text } of rows) {
      const event = RoomEvent.safeParse(JSON.parse(text)).data;
      if (event?.name === 'call-joined') {
        const { callId, meetingTitle, atMs } = event;
        // back in the same call after a drop
        if (!calls.has(callId))
          calls.set(callId, { callId, meetingTitle, fromMs: atMs, toMs: null, worst: null, feedback: null });
      } else if (event?.name === 'call-left') {
        const call = calls.get(event.callId);
        if (call) call.toMs = event.atMs;
      } else if (event?.name === 'feedback-given') {
        const call = calls.get(event.callId);
        if (call && (event.answer === 'good' || event.answer === 'bad')) call.feedback = event.answer;
      }
    }
    const found = [...calls.values()]
      .filter(({ fromMs, toMs }) => fromMs < period.toMs && (toMs ?? Number.POSITIVE_INFINITY) >= period.fromMs)
      .sort((a, b) => b.fromMs - a.fromMs)
      .slice(0, MOST_CALLS);
    for (const call of found) call.worst = worstOf(await this.quality(roomId, call.callId));
    return found;
  }

  async quality(roomId: string, callId: string): Promise<Quality[]> {
    const rows = await this.#deps.telemetry.read
      .selectFrom('callQuality')
      .select(['atMs', 'end', 'value'])
      .where('roomId', '=', roomId)
      .where('callId', '=', callId)
      .orderBy('atMs')
      .execute();
    return rows.map(({ atMs, end, value }) => ({ atMs, end, quality: CallQuality.parse(JSON.parse(value)) }));
  }

  /** Whole days of UTC that the period touches. @throws ProtocolError bad-message: of more than MOST_DAYS */
  async usage({ placeId, ...period }: Period & { placeId?: string | undefined }, reach: Reach): Promise<RoomUsage[]> {
    check(period);
    const [from, to] = [Math.floor(period.fromMs / DAY_MS), Math.ceil(period.toMs / DAY_MS)];
    if (to - from > MOST_DAYS + 1) throw new ProtocolError('bad-message', `a period of ${MOST_DAYS} days at most`);
    const { telemetry, rooms, places } = this.#deps;
    const within = placeId === undefined ? null : new Set(places.roomsUnder(placeId));
    const sums = await telemetry.read
      .selectFrom('roomDay')
      .select(({ fn }) => [
        'roomId',
        fn.sum<number>('callCount').as('callCount'),
        fn.sum<number>('callMs').as('callMs'),
        fn.sum<number>('bookedMs').as('bookedMs'),
        fn.sum<number>('noShowCount').as('noShowCount'),
        fn.sum<number>('faultMs').as('faultMs'),
      ])
      .where('day', '>=', from)
      .where('day', '<', to)
      .groupBy('roomId')
      .execute();
    const sumOf = new Map(sums.map((sum) => [sum.roomId, sum]));
    return (await rooms.registry.all())
      .filter(({ roomId }) => reaches(reach, roomId) && (within === null || within.has(roomId)))
      .map(({ roomId, roomName, placeId: at }) => ({
        ...NOTHING,
        ...sumOf.get(roomId),
        roomId,
        roomName,
        placeId: at,
      }));
  }
}

/** Sums of places over the rooms below them, by their path; places without such a room are left out. */
export function usageByPlace(rooms: readonly RoomUsage[], places: Pick<PlaceTree, 'pathOf' | 'nameOf'>): PlaceUsage[] {
  const found = new Map<string, PlaceUsage>();
  for (const room of rooms)
    for (const placeId of places.pathOf(room.placeId)) {
      const nameOf = (each: string): string => places.nameOf(each) ?? '';
      const path = places.pathOf(placeId).reverse().map(nameOf).join(' / ');
      const sum = found.get(placeId) ?? { placeId, placeName: nameOf(placeId), path, roomCount: 0, ...NOTHING };
      found.set(placeId, sum);
      sum.roomCount += 1;
      for (const name of Object.keys(NOTHING) as (keyof typeof NOTHING)[]) sum[name] += room[name];
    }
  return [...found.values()].sort((a, b) => a.path.localeCompare(b.path));
}

const NOTHING = { callCount: 0, callMs: 0, bookedMs: 0, noShowCount: 0, faultMs: 0 };

/** @throws ProtocolError bad-message */
function check({ fromMs, toMs }: Period): void {
  if (fromMs >= toMs) throw new ProtocolError('bad-message', 'a period ends after its begin');
}

function worstOf(points: readonly Quality[]): CallOfRoom['worst'] {
  if (points.length === 0) return null;
  const most = (values: (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null);
    return known.length > 0 ? Math.max(...known) : null;
  };
  return {
    lossPercent: most(points.flatMap(({ quality: { sent, received } }) => [sent.lossPercent, received.lossPercent])),
    roundTripMs: most(points.map(({ quality }) => quality.roundTripMs)),
  };
}
