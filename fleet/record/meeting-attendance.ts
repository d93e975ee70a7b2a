/** The attendance of a meeting's calls, as pages and files show it. */
import { type CallAttendance, MAX_ATTENDED_CALLS } from '#contract/http/record-api.ts';
import { CSV_MARK, csvLine } from '#edge/csv-line.ts';
import type { AuthorityStore } from '../store/index.ts';
import { attendeesOf } from './attended.ts';
import { deviceStay, staysIn } from './stays.ts';

const MINUTE_MS = 60_000;

/** Its newest calls, the newest first. */
export async function attendanceOf(
  db: AuthorityStore['read'],
  meetingId: string,
  nowMs: number,
): Promise<CallAttendance[]> {
  const calls = await db
    .selectFrom('stay')
    .innerJoin('call', 'call.callId', 'stay.callId')
    .select(['stay.callId', 'call.endedAtMs'])
    .select(({ fn }) => fn.min('stay.joinedAtMs').as('startedAtMs'))
    .where('stay.meetingId', '=', meetingId)
    .groupBy(['stay.callId', 'call.endedAtMs'])
    .orderBy('startedAtMs', 'desc')
    .limit(MAX_ATTENDED_CALLS)
    .execute();
  if (calls.length === 0) return [];
  const rows = await staysIn(db)
    .where(
      'stay.callId',
      'in',
      calls.map(({ callId }) => callId),
    )
    .orderBy('stay.stayId')
    .execute();
  const byCall = Map.groupBy(rows, ({ callId }) => callId);
  return calls.map(({ callId, endedAtMs, startedAtMs }) => {
    const stays = byCall.get(callId)!.map((row) => deviceStay(row, nowMs));
    return {
      callId,
      startedAtMs,
      // as its people left it: its row ends when we learnt that
      endedAtMs: endedAtMs === null ? null : Math.max(...stays.map(({ untilMs }) => untilMs)),
      attendees: attendeesOf(stays),
    };
  });
}

/** A line for each person and call, in UTF-8 with a mark, by which Excel reads Korean. Times in UTC. */
export function attendanceFile(calls: readonly CallAttendance[]): string {
  const lines = calls.flatMap(({ startedAtMs, attendees }) =>
    attendees.map(({ displayName, kind, joinedAtMs, leftAtMs, presentMs }) => [
      new Date(startedAtMs).toISOString(),
      displayName,
      kind,
      new Date(joinedAtMs).toISOString(),
      leftAtMs === null ? '' : new Date(leftAtMs).toISOString(),
      (presentMs / MINUTE_MS).toFixed(1),
    ]),
  );
  const headings = ['call', 'name', 'kind', 'joined', 'left', 'minutes present'];
  return CSV_MARK + [headings, ...lines].map(csvLine).join('');
}
