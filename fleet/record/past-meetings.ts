/** The meetings of an account that are over, the newest first: with a time that has passed, or without one and held before. */
import type { recordApi } from '#contract/http/record-api.ts';
import type { RouteAnswer, RouteOutput } from '#contract/http/route.ts';
import type { MeetingRole } from '#contract/call-order.ts';
import { z } from '#contract/schema.ts';
import { sql } from 'kysely';
import { cursorOf, readCursor } from '../http/paging.ts';
import { summariesOf } from '../meetings/index.ts';
import { type AuthorityStore, hasPart } from '../store/index.ts';

type Query = RouteOutput<typeof recordApi.pastMeetings, 'query'>;
/** Where a page ended. */
const Position = z.object({ atMs: z.number().int(), meetingId: z.string() });

/** @throws ProtocolError bad-message for a cursor that is not ours */
export async function pastMeetings(
  db: AuthorityStore['read'],
  accountId: string,
  { cursor, limit, text = '', sort: _ }: Query,
  nowMs: number,
): Promise<RouteAnswer<typeof recordApi.pastMeetings>> {
  const before = cursor === undefined ? null : readCursor(Position, cursor);
  const past = pastOf(accountId, nowMs);
  const matching = sql`select * from (${past}) where ${hasPart('title', text)}`;
  const behind =
    before === null
      ? sql``
      : sql`where at_ms < ${before.atMs} or (at_ms = ${before.atMs} and meeting_id < ${before.meetingId})`;
  const { rows } = await sql<{ meetingId: string; role: MeetingRole; atMs: number }>`
    select meeting_id, role, at_ms from (${matching}) ${behind} order by at_ms desc, meeting_id desc limit ${limit + 1}
  `.execute(db);
  const count = async (of: ReturnType<typeof sql>): Promise<number> =>
    Number((await sql<{ count: number }>`select count(*) as count from (${of})`.execute(db)).rows[0]!.count);
  const shown = rows.slice(0, limit);
  const summaries = await summariesOf(db, new Map(shown.map(({ meetingId, role }) => [meetingId, role])));
  const atMsOf = new Map(shown.map(({ meetingId, atMs }) => [meetingId, Number(atMs)]));
  const last = shown.at(-1);
  return {
    rows: summaries.map((summary) => ({ ...summary, heldAtMs: atMsOf.get(summary.meetingId)! })),
    nextCursor:
      rows.length > limit && last
        ? cursorOf({ atMs: Number(last.atMs), meetingId: last.meetingId } satisfies z.infer<typeof Position>)
        : null,
    total: await count(matching),
    counts: { all: await count(past) },
  };
}

/** When it was last held, else when it was to be. One that was cancelled before anybody came is none. */
const pastOf = (accountId: string, nowMs: number) => sql`
  select m.meeting_id, m.title,
    case when m.host_account_id = ${accountId} then 'host' else coalesce(p.role, 'member') end as role,
    coalesce((select max(s.joined_at_ms) from stay s where s.meeting_id = m.meeting_id), m.starts_at_ms) as at_ms
  from meeting m left join meeting_person p on p.meeting_id = m.meeting_id and p.account_id = ${accountId}
  where (m.host_account_id = ${accountId} or p.person_id is not null)
    and (m.starts_at_ms is null or m.ends_at_ms <= ${nowMs} or m.cancelled_at_ms is not null)
    and (
      (m.ends_at_ms <= ${nowMs} and m.cancelled_at_ms is null)
      or exists (select 1 from stay s where s.meeting_id = m.meeting_id)
    )
    and not exists (
      select 1 from call c where c.meeting_id = m.meeting_id and c.ended_at_ms is null and c.participant_count > 0
    )
`;
