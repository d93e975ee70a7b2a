/** The other meetings of a meeting's series, as one person sees them: those that they are invited to, and what is left to do in those. */
import { sql } from 'kysely';
import type { RouteAnswer, RouteOutput } from '#contract/http/route.ts';
import { MAX_SERIES_TASKS, type SeriesMeeting, type seriesApi } from '#contract/http/series-api.ts';
import { z } from '#contract/schema.ts';
import { cursorOf, readCursor } from '../http/paging.ts';
import { notesStatesOf } from '../notes/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import type { SeriesTasks } from './series-tasks.ts';

type Reader = AuthorityStore['read'];
export type SeriesViewer = { meetingId: string; accountId: string };
/** Where a meeting stands in its series; where a page ended. */
const Position = z.object({ atMs: z.number().int(), meetingId: z.string() });
type Position = z.infer<typeof Position>;
type Place = Position & { seriesId: string; accountId: string };

/** whose notes are looked through for tasks: the newest, and no more than so much of all */
const MOST_READ = 60;
const MOST_READ_BYTES = 6 * 1024 * 1024;

/** @throws what a read of the disk throws */
export async function seriesSeenBy(
  db: Reader,
  viewer: SeriesViewer,
  tasksOf: SeriesTasks,
): Promise<RouteAnswer<typeof seriesApi.meetingSeries>> {
  const place = await placeOf(db, viewer);
  if (place === null) return { next: null, tasks: [], hasMoreTasks: false };
  const next = await meetingsBeside(db, place, 'later').where('meeting.cancelledAtMs', 'is', null).executeTakeFirst();
  const earlier = await meetingsBeside(db, place, 'earlier')
    .limit(MOST_READ + 1)
    .execute();
  const states = await notesStatesOf(
    db,
    earlier.map(({ meetingId }) => meetingId),
  );
  const tasks: RouteAnswer<typeof seriesApi.meetingSeries>['tasks'] = [];
  let hasMoreTasks = earlier.length > MOST_READ;
  let leftBytes = MOST_READ_BYTES;
  for (const row of earlier.slice(0, MOST_READ)) {
    const { meetingId, endedAtMs } = row;
    const state = states.get(meetingId);
    if (!state) continue;
    leftBytes -= state.sizeBytes;
    if (leftBytes < 0 || tasks.length > MAX_SERIES_TASKS) {
      hasMoreTasks = true;
      break;
    }
    const open = await tasksOf.of(db, meetingId, state.stamp);
    tasks.push(...open.map((task) => ({ ...task, mayMark: endedAtMs === null, meeting: shownOf(row) })));
  }
  return {
    next: next ? shownOf(next) : null,
    tasks: tasks.slice(0, MAX_SERIES_TASKS),
    hasMoreTasks: hasMoreTasks || tasks.length > MAX_SERIES_TASKS,
  };
}

/** @throws ProtocolError bad-message for a cursor that is not ours */
export async function earlierMeetings(
  db: Reader,
  viewer: SeriesViewer,
  { cursor, limit }: RouteOutput<typeof seriesApi.earlierMeetings, 'query'>,
): Promise<RouteAnswer<typeof seriesApi.earlierMeetings>> {
  const before = cursor === undefined ? null : readCursor(Position, cursor);
  const place = await placeOf(db, viewer);
  if (place === null) return { rows: [], nextCursor: null, total: 0, counts: {} };
  const rows = await meetingsBeside(db, { ...place, ...before }, 'earlier')
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit).map(shownOf);
  const last = shown.at(-1);
  const { count } = await meetingsBeside(db, place, 'earlier')
    .clearOrderBy()
    .clearSelect()
    .select((e) => e.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return {
    rows: shown,
    nextCursor:
      rows.length > limit && last ? cursorOf({ atMs: last.atMs, meetingId: last.meetingId } satisfies Position) : null,
    total: Number(count),
    counts: {},
  };
}

/**
 * Of a meeting's record: among those that the account is invited to. `title`: of the first of them; `place`: 1 is the first. Cancelled ones count.
 * @returns null: it is of none
 */
export async function seriesPlaceOf(
  db: Reader,
  { meetingId, accountId }: SeriesViewer,
): Promise<{ seriesId: string; title: string; place: number; meetingCount: number } | null> {
  const of = await db.selectFrom('meeting').select('seriesId').where('meetingId', '=', meetingId).executeTakeFirst();
  if (!of || of.seriesId === null) return null;
  const rows = await seenMeetings(db, { seriesId: of.seriesId, accountId })
    .orderBy(AT_MS)
    .orderBy('meetingId')
    .execute();
  const place = rows.findIndex((row) => row.meetingId === meetingId) + 1;
  return { seriesId: of.seriesId, title: rows[0]?.title ?? '', place, meetingCount: rows.length };
}

type Row = { meetingId: string; title: string; cancelledAtMs: number | null; atMs: number };
const shownOf = ({ meetingId, title, cancelledAtMs, atMs }: Row): SeriesMeeting => ({
  meetingId,
  title,
  atMs: Number(atMs),
  isCancelled: cancelledAtMs !== null,
});

const AT_MS = sql<number>`coalesce(meeting.starts_at_ms, meeting.created_at_ms)`;

/** null: it is of no series */
async function placeOf(db: Reader, { meetingId, accountId }: SeriesViewer): Promise<Place | null> {
  const row = await db
    .selectFrom('meeting')
    .select(['seriesId', AT_MS.as('atMs')])
    .where('meetingId', '=', meetingId)
    .executeTakeFirst();
  if (!row || row.seriesId === null) return null;
  return { seriesId: row.seriesId, accountId, meetingId, atMs: Number(row.atMs) };
}

function seenMeetings(db: Reader, { seriesId, accountId }: Pick<Place, 'seriesId' | 'accountId'>) {
  const invited = db.selectFrom('meetingPerson').select('meetingId').where('accountId', '=', accountId);
  return db
    .selectFrom('meeting')
    .select(['meetingId', 'title', 'cancelledAtMs', 'endedAtMs', AT_MS.as('atMs')])
    .where('seriesId', '=', seriesId)
    .where((e) => e.or([e('hostAccountId', '=', accountId), e('meetingId', 'in', invited)]));
}

/** The nearest first. Each meeting's own people are asked for: who came later is not shown what was before. */
function meetingsBeside(db: Reader, { seriesId, accountId, meetingId, atMs }: Place, side: 'earlier' | 'later') {
  const [beyond, order] = side === 'earlier' ? (['<', 'desc'] as const) : (['>', 'asc'] as const);
  return seenMeetings(db, { seriesId, accountId })
    .where((e) =>
      e.or([e(AT_MS, beyond, atMs), e.and([e(AT_MS, '=', atMs), e('meeting.meetingId', beyond, meetingId)])]),
    )
    .orderBy(AT_MS, order)
    .orderBy('meetingId', order);
}
