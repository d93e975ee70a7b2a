/** The audit log as it is read: filtered, newest first, with the present names of everyone in an entry; page by page or whole. */
import type { AuditParty, AuditRow, auditApi } from '#contract/http/audit-api.ts';
import type { RouteAnswer, RouteOutput } from '#contract/http/route.ts';
import { z } from '#contract/schema.ts';
import { sql } from 'kysely';
import { cursorOf, readCursor } from '../http/paging.ts';
import { type AuthorityStore, hasPart } from '../store/index.ts';

type Query = RouteOutput<typeof auditApi.listAudit, 'query'>;
type AuditFilter = RouteOutput<typeof auditApi.exportAudit, 'query'>;
/** Where a page ended. */
const Position = z.object({ seq: z.number().int() });
type Stored = { seq: number; atMs: number; kind: string; actor: string; subject: string; details: string };
/** `kind` as it is stored: another release may have written it. */
export type ReadAuditRow = Omit<AuditRow, 'kind'> & { kind: string };

const EXPORT_PAGE = 1_000;

export class AuditList {
  readonly #store: AuthorityStore;

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  /** @throws ProtocolError bad-message for a cursor that is not ours */
  async page({ cursor, limit, sort: _, ...filter }: Query): Promise<RouteAnswer<typeof auditApi.listAudit>> {
    const before = cursor === undefined ? null : readCursor(Position, cursor).seq;
    const [stored, total, all] = await Promise.all([
      this.#entries(filter, before, limit + 1),
      this.#count(filter),
      this.#count({}),
    ]);
    const rows = await this.#withNames(stored.slice(0, limit));
    const last = rows.at(-1);
    const nextCursor =
      stored.length > limit && last ? cursorOf({ seq: last.seq } satisfies z.infer<typeof Position>) : null;
    return { rows: rows as AuditRow[], nextCursor, total, counts: { all } };
  }

  /** All of them, a part at a time: a log of years is never in memory as a whole. */
  async *parts(filter: AuditFilter): AsyncGenerator<ReadAuditRow[]> {
    let before: number | null = null;
    for (;;) {
      const stored = await this.#entries(filter, before, EXPORT_PAGE);
      if (stored.length > 0) yield await this.#withNames(stored);
      if (stored.length < EXPORT_PAGE) return;
      before = stored.at(-1)!.seq;
    }
  }

  #matching({ kind, actor, subject, from, to }: AuditFilter) {
    let query = this.#store.read.selectFrom('audit');
    if (kind !== undefined) query = query.where('kind', '=', kind);
    if (from !== undefined) query = query.where('atMs', '>=', from);
    if (to !== undefined) query = query.where('atMs', '<', to);
    if (actor?.trim()) query = query.where(names('actor', actor));
    if (subject?.trim()) query = query.where(names('subject', subject));
    return query;
  }

  #entries(filter: AuditFilter, before: number | null, limit: number): Promise<Stored[]> {
    let query = this.#matching(filter);
    if (before !== null) query = query.where('seq', '<', before);
    return query
      .select(['seq', 'atMs', 'kind', 'actor', 'subject', 'details'])
      .orderBy('seq', 'desc')
      .limit(limit)
      .execute();
  }

  async #count(filter: AuditFilter): Promise<number> {
    const { count } = await this.#matching(filter)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async #withNames(stored: readonly Stored[]): Promise<ReadAuditRow[]> {
    const keys = [...new Set(stored.flatMap(({ actor, subject }) => [actor, subject]))];
    const { rows } = await sql<{ key: string; name: string }>`
      select key, name from (${NAMED}) where key in (${keys.length === 0 ? sql`null` : sql.join(keys)})
    `.execute(this.#store.read);
    const nameOf = new Map(rows.map(({ key, name }) => [key, name]));
    const party = (key: string): AuditParty => ({ key, name: nameOf.get(key) ?? null });
    return stored.map(({ actor, subject, details, ...row }) => ({
      ...row,
      actor: party(actor),
      subject: party(subject),
      details: JSON.parse(details) as AuditRow['details'],
    }));
  }
}

/** Everything that has a name, by its key in the log. */
const NAMED = sql`
  select 'account:' || account_id as key, display_name as name from account
  union all select 'room:' || room_id, room_name from room
  union all select 'place:' || place_id, place_name from place
  union all select 'meeting:' || meeting_id, title from meeting
  union all select 'api-token:' || token_id, token_name from api_token
  union all select 'alert-target:' || target_id, target_name from alert_target
`;

/** The key or the name has this part. */
function names(column: 'actor' | 'subject', text: string) {
  return sql<boolean>`(
    ${hasPart(column, text)} or ${sql.ref(column)} in (select key from (${NAMED}) where ${hasPart('name', text)})
  )`;
}
