/**
 * Meetings as IT finds them to delete what they left behind: title, host, time, what of each kind is kept and until when. Never a word
 * of chat, notes or any other kind.
 */
import type { recordApi } from '#contract/http/record-api.ts';
import type { RouteAnswer, RouteOutput } from '#contract/http/route.ts';
import { RECORD_KINDS } from '#contract/record-policy.ts';
import { z } from '#contract/schema.ts';
import { sql } from 'kysely';
import { cursorOf, readCursor } from '../http/paging.ts';
import { type AuthorityStore, hasPart } from '../store/index.ts';
import { keptMeetings, PolicyTree, withOwnDays } from './kept-periods.ts';
import { jumpsIn, KEPT_DAY_MS, olderFrom } from './kept-time.ts';
import { notBeforeMs, oldestOf } from './record-keeping.ts';

type Query = RouteOutput<typeof recordApi.keptRecords, 'query'>;
type Answer = RouteAnswer<typeof recordApi.keptRecords>;
type Found = {
  meetingId: string;
  title: string;
  hostName: string | null;
  roomName: string | null;
  atMs: number;
  isRunning: number;
  documentCount: number;
  recordingCount: number;
};
/** Where a page ended. */
const Position = z.object({ atMs: z.number().int(), meetingId: z.string() });

/** @throws ProtocolError bad-message for a cursor that is not ours */
export async function keptRecords(
  db: AuthorityStore['read'],
  { cursor, limit, text = '', from, to, sort: _ }: Query,
): Promise<Answer> {
  const before = cursor === undefined ? null : readCursor(Position, cursor);
  const named = sql.join(
    ['title', 'host_name', 'room_name'].map((column) => hasPart(column, text)),
    sql` or `,
  );
  const matching = sql`select * from (${allMeetings}) where (${named} or meeting_id = ${text.trim().toLowerCase()}) and at_ms >= ${from ?? 0} and at_ms < ${to ?? Number.MAX_SAFE_INTEGER}`;
  const behind =
    before === null
      ? sql``
      : sql`where at_ms < ${before.atMs} or (at_ms = ${before.atMs} and meeting_id < ${before.meetingId})`;
  const { rows } = await sql<Found>`
    select f.*,
      exists (select 1 from call c where c.meeting_id = f.meeting_id and c.ended_at_ms is null and c.participant_count > 0)
        as is_running,
      (select count(*) from document d where d.meeting_id = f.meeting_id) as document_count,
      (select count(*) from broadcast b where b.meeting_id = f.meeting_id and b.recording not in ('none', 'deleted'))
        as recording_count
    from (select * from (${matching}) ${behind} order by at_ms desc, meeting_id desc limit ${limit + 1}) f
    order by at_ms desc, meeting_id desc
  `.execute(db);
  const { rows: counted } = await sql<{ count: number }>`select count(*) as count from (${matching})`.execute(db);
  const shown = rows.slice(0, limit);
  const keptOf = await keptIn(
    db,
    shown.map(({ meetingId }) => meetingId),
  );
  const last = shown.at(-1);
  return {
    rows: shown.map(({ atMs, isRunning, ...row }) => ({
      ...row,
      atMs: Number(atMs),
      isRunning: Number(isRunning) === 1,
      documentCount: Number(row.documentCount),
      recordingCount: Number(row.recordingCount),
      kept: keptOf.get(row.meetingId) ?? [],
    })),
    nextCursor:
      rows.length > limit && last
        ? cursorOf({ atMs: Number(last.atMs), meetingId: last.meetingId } satisfies z.infer<typeof Position>)
        : null,
    total: Number(counted[0]!.count),
    counts: {},
  };
}

/** Of each meeting what there is, and when the first of it goes. */
async function keptIn(
  db: AuthorityStore['read'],
  meetingIds: readonly string[],
): Promise<Map<string, Answer['rows'][number]['kept']>> {
  if (meetingIds.length === 0) return new Map();
  const meetings = await keptMeetings(db).where('meeting.meetingId', 'in', meetingIds).execute();
  const [tree, jumps] = [await PolicyTree.read(db), await jumpsIn(db)];
  const kept = new Map(meetings.map(({ meetingId }) => [meetingId, [] as Answer['rows'][number]['kept']]));
  for (const kind of RECORD_KINDS) {
    const oldest = await oldestOf(db, kind, meetingIds);
    for (const meeting of meetings) {
      const atMs = oldest.get(meeting.meetingId);
      if (atMs === undefined) continue;
      const days = withOwnDays(tree.at(meeting.placeId), meeting.ownDays)[kind];
      const fromMs = Math.max(atMs, notBeforeMs(meeting));
      const dueAtMs = days === null ? null : olderFrom(fromMs, days * KEPT_DAY_MS, jumps);
      kept.get(meeting.meetingId)!.push({ kind, dueAtMs });
    }
  }
  return kept;
}

/** When it was last held, else when it is to begin, else when it was made; a booking is its room's. */
const allMeetings = sql`
  select m.meeting_id, m.title, a.display_name as host_name, coalesce(r.room_name, booked.room_name) as room_name,
    coalesce((select max(s.joined_at_ms) from stay s where s.meeting_id = m.meeting_id), m.starts_at_ms, m.created_at_ms)
      as at_ms
  from meeting m
    left join account a on a.account_id = m.host_account_id
    left join room r on r.room_id = m.room_id
    left join booking_meeting b on b.meeting_id = m.meeting_id
    left join room booked on booked.room_id = b.room_id
`;
