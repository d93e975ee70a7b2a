/** Alerts as they are read: filtered, sorted, page by page, with the present names of their rooms. */
import { type SelectQueryBuilder, sql } from 'kysely';
import { Alert, type AlertCounts, type alertsApi } from '#contract/http/alerts-api.ts';
import { type Reach, reaches } from '#contract/http/permissions.ts';
import type { RouteAnswer, RouteOutput } from '#contract/http/route.ts';
import { Id, z } from '#contract/schema.ts';
import type { PlaceTree } from '../people/index.ts';
import { cursorOf, readCursor } from '../http/paging.ts';
import type { AuthorityStore, AuthorityTables } from '../store/index.ts';
import type { AlertBook, StoredAlert } from './alert-book.ts';

type Query = RouteOutput<typeof alertsApi.listAlerts, 'query'>;
type Alerts = SelectQueryBuilder<AuthorityTables, 'alert', object>;
/** Where a page ended. */
const Position = z.object({ isCritical: z.union([z.literal(0), z.literal(1)]), openedAtMs: z.number(), alertId: Id });
type Position = z.infer<typeof Position>;

export class AlertList {
  readonly #store: AuthorityStore;
  readonly #book: AlertBook;
  readonly #places: Pick<PlaceTree, 'roomsUnder' | 'placesUnder'>;

  constructor({
    store,
    book,
    places,
  }: { store: AuthorityStore; book: AlertBook; places: Pick<PlaceTree, 'roomsUnder' | 'placesUnder'> }) {
    this.#store = store;
    this.#book = book;
    this.#places = places;
  }

  /** @throws ProtocolError bad-message for a cursor that is not ours */
  async page(query: Query, reach: Reach): Promise<RouteAnswer<typeof alertsApi.listAlerts>> {
    const { sort, cursor, limit } = query;
    const after = cursor === undefined ? null : readCursor(Position, cursor);
    let page = this.#matching(query, reach).selectAll('alert').orderBy('openedAtMs', 'desc').orderBy('alertId', 'desc');
    if (sort === 'severity')
      page = page.clearOrderBy().orderBy(CRITICAL, 'desc').orderBy('openedAtMs', 'desc').orderBy('alertId', 'desc');
    if (after)
      page =
        sort === 'severity'
          ? page.where(
              sql<boolean>`(${CRITICAL}, opened_at_ms, alert_id) < (${after.isCritical}, ${after.openedAtMs}, ${after.alertId})`,
            )
          : page.where(sql<boolean>`(opened_at_ms, alert_id) < (${after.openedAtMs}, ${after.alertId})`);
    const [stored, { total }] = await Promise.all([
      page.limit(limit + 1).execute() as Promise<StoredAlert[]>,
      this.#matching(query, reach)
        .select(({ fn }) => fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow() as Promise<{ total: number }>,
    ]);
    const last = stored.length > limit ? stored[limit - 1] : undefined;
    return {
      rows: await this.shown(stored.slice(0, limit)),
      nextCursor: last ? cursorOf(positionOf(last)) : null,
      total: Number(total),
      counts: this.counts(reach),
    };
  }

  /** Of those that are open. */
  counts(reach: Reach): AlertCounts {
    const counts = { open: 0, acknowledged: 0, critical: 0 };
    for (const alert of this.#book.all) {
      if (!this.reaches(reach, alert)) continue;
      counts[alert.acknowledgedBy === null ? 'open' : 'acknowledged'] += 1;
      if (alert.severity === 'critical') counts.critical += 1;
    }
    return counts;
  }

  /** One of a place is seen by those who see a room there, one of the organisation by those who see all rooms. */
  reaches(reach: Reach, { roomId, placeId }: Pick<StoredAlert, 'roomId' | 'placeId'>): boolean {
    if (roomId !== null || reach === 'organisation') return reaches(reach, roomId);
    return placeId !== null && this.#places.roomsUnder(placeId).some((each) => reach.has(each));
  }

  /** As people see them, in the same order. */
  async shown(alerts: readonly StoredAlert[]): Promise<Alert[]> {
    const roomIds = [...new Set(alerts.flatMap(({ roomId }) => roomId ?? []))];
    const rooms = await this.#store.read
      .selectFrom('room')
      .select(['roomId', 'roomName', 'placeId'])
      .where('roomId', 'in', roomIds)
      .execute();
    const nameOf = await this.#namesOf(alerts.flatMap(({ acknowledgedBy }) => acknowledgedBy ?? []));
    const roomOf = new Map(rooms.map((room) => [room.roomId, room]));
    return alerts.map(({ facts, acknowledgedBy, acknowledgedAtMs, acknowledgedNote, ...alert }) => {
      const room = alert.roomId === null ? undefined : roomOf.get(alert.roomId);
      return {
        ...alert,
        roomName: room?.roomName ?? null,
        placeId: alert.placeId ?? room?.placeId ?? null,
        state: alert.closedAtMs !== null ? 'closed' : acknowledgedBy === null ? 'open' : 'acknowledged',
        facts: Alert.shape.facts.parse(JSON.parse(facts)),
        acknowledged:
          acknowledgedBy === null
            ? null
            : { by: nameOf(acknowledgedBy), atMs: acknowledgedAtMs ?? alert.openedAtMs, note: acknowledgedNote ?? '' },
      };
    });
  }

  /** Of accounts the present name; of others what the audit log has. */
  async #namesOf(actors: readonly string[]): Promise<(actor: string) => string> {
    const accountIds = [...new Set(actors)].map((actor) => actor.replace(/^account:/, ''));
    if (accountIds.length === 0) return (actor) => actor;
    const accounts = await this.#store.read
      .selectFrom('account')
      .select(['accountId', 'displayName'])
      .where('accountId', 'in', accountIds)
      .execute();
    const names = new Map(accounts.map(({ accountId, displayName }) => [`account:${accountId}`, displayName]));
    return (actor) => names.get(actor) ?? actor;
  }

  #matching({ state, severity, signal, roomId, placeId, inhibited }: Query, reach: Reach): Alerts {
    let query = this.#store.read.selectFrom('alert') as Alerts;
    if (state === 'closed') query = query.where('closedAtMs', 'is not', null);
    else if (state)
      query = query.where('closedAtMs', 'is', null).where('acknowledgedBy', state === 'open' ? 'is' : 'is not', null);
    if (severity) query = query.where('severity', '=', severity);
    if (signal) query = query.where('signal', '=', signal);
    if (roomId) query = query.where('roomId', '=', roomId);
    if (!inhibited) query = query.where('inhibitedBy', 'is', null);
    if (placeId) query = query.where(this.#about(this.#places.roomsUnder(placeId), this.#places.placesUnder(placeId)));
    if (reach !== 'organisation') query = query.where(this.#about([...reach], this.#placesWith(reach)));
    return query;
  }

  /** Of these rooms or places. */
  #about(roomIds: readonly string[], placeIds: readonly string[]) {
    const among = (ids: readonly string[]) => sql`(select value from json_each(${JSON.stringify(ids)}))`;
    return sql<boolean>`(room_id in ${among(roomIds)} or place_id in ${among(placeIds)})`;
  }

  #placesWith(reach: ReadonlySet<string>): string[] {
    const open = this.#book.all.flatMap(({ placeId }) => placeId ?? []);
    return open.filter((placeId) => this.#places.roomsUnder(placeId).some((each) => reach.has(each)));
  }
}

const CRITICAL = sql<number>`(severity = 'critical')`;
const positionOf = ({ severity, openedAtMs, alertId }: StoredAlert): Position => ({
  isCritical: severity === 'critical' ? 1 : 0,
  openedAtMs,
  alertId,
});
