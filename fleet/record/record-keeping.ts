/** What of a meeting is kept how long, and when the next of it goes: for its page, and for the look that deletes. */
import { ProtocolError } from '#contract/error-codes.ts';
import type { RecordKeeping } from '#contract/http/record-api.ts';
import { RECORD_KINDS, type RecordKindName } from '#contract/record-policy.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import { type KeptMeeting, keptMeetings, PolicyTree, withOwnDays } from './kept-periods.ts';
import { KEPT_DAY_MS, jumpsIn, olderFrom } from './kept-time.ts';
import { recordKinds } from './kinds/kinds.ts';

/** By meeting, of the kinds that are kept under this name. */
export async function oldestOf(
  db: Pick<AuthorityWrite, 'selectFrom'>,
  name: RecordKindName,
  meetingIds: readonly string[],
): Promise<Map<string, number>> {
  const oldest = new Map<string, number>();
  if (meetingIds.length === 0) return oldest;
  for (const kind of recordKinds) {
    if (kind.keptAs !== name) continue;
    for (const { meetingId, atMs } of await kind.oldest(db, meetingIds))
      oldest.set(meetingId, Math.min(atMs, oldest.get(meetingId) ?? atMs));
  }
  return oldest;
}

/**
 * No period begins before: what is written for a meeting that is to come stays until then. One that is cancelled is so once in a while by
 * mistake, a calendar's too, and comes back: its periods begin as it is cancelled.
 */
export const notBeforeMs = ({ endsAtMs, cancelledAtMs }: Pick<KeptMeeting, 'endsAtMs' | 'cancelledAtMs'>): number =>
  Math.min(endsAtMs ?? 0, cancelledAtMs ?? Number.POSITIVE_INFINITY);

/** What a meeting's page shows: how long each kind is kept, and when the next of it goes. */
export async function recordKeepingOf(db: AuthorityStore['read'], meetingId: string): Promise<RecordKeeping> {
  const meeting = await keptMeetings(db).where('meeting.meetingId', '=', meetingId).executeTakeFirst();
  if (!meeting) throw new ProtocolError('not-found', 'no such meeting');
  const [tree, jumps] = [await PolicyTree.read(db), await jumpsIn(db)];
  const { ownDays } = meeting;
  const policy = withOwnDays(tree.at(meeting.placeId), ownDays);
  const kinds: RecordKeeping['kinds'] = [];
  for (const kind of RECORD_KINDS) {
    const days = policy[kind];
    const atMs = (await oldestOf(db, kind, [meetingId])).get(meetingId);
    const isDue = days !== null && atMs !== undefined;
    const fromMs = Math.max(atMs ?? 0, notBeforeMs(meeting));
    kinds.push({ kind, days, dueAtMs: isDue ? olderFrom(fromMs, days * KEPT_DAY_MS, jumps) : null });
  }
  return { ownDays, kinds };
}
