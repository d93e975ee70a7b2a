/** A change of one meeting that people made, as it is written, and what its caller sends about it and to whom. */
import type { Selectable } from 'kysely';
import { InvalidStateError, ProtocolError } from '#contract/error-codes.ts';
import type { MeetingPolicy } from '#contract/meeting-policy.ts';
import { appendAudit } from '../audit/index.ts';
import type { MeetingMails } from '../mail/index.ts';
import type { AuthorityTables, AuthorityWrite } from '../store/index.ts';
import { type LeavingPeer, personOfAccount, personOfRoom } from './entries.ts';
import type { CheckedDraft, MeetingTimes } from './meeting-draft.ts';
import { meetingPolicyIn, setMeetingPolicy } from './meeting-policies.ts';
import { setPeople } from './set-people.ts';

export type MeetingRow = Selectable<AuthorityTables['meeting']>;
export type WantedMeeting = {
  title: string;
  times: MeetingTimes;
  roomIds: readonly string[];
  agenda: string;
  language: MeetingRow['language'];
  people: CheckedDraft['people'];
  /** undefined: as it was */
  policy: MeetingPolicy | undefined;
};
/** `isOther`: title, time or rooms are; `leaving`: have to leave its call */
type WrittenChange = { addedIds: string[]; keptIds: string[]; isOther: boolean; leaving: LeavingPeer[] };

/**
 * Raises its sequence. People who are new, or who stay, are sent nothing yet.
 * @param mails for people who are removed
 * @throws as `setPeople` and `setMeetingPolicy` do
 */
export async function writeChange(
  trx: AuthorityWrite,
  former: MeetingRow,
  { title, times, roomIds, agenda, language, people, policy }: WantedMeeting,
  by: { actor: string; mails: Pick<MeetingMails, 'cancelled'> | null; makesHosts: boolean },
): Promise<WrittenChange> {
  const { meetingId, hostAccountId } = former;
  const before = await roomIdsOf(trx, meetingId);
  await trx
    .updateTable('meeting')
    .set({ title, agenda, language, ...times, sequence: former.sequence + 1 })
    .where('meetingId', '=', meetingId)
    .execute();
  await setRooms(trx, meetingId, roomIds);
  const gone = await setPeople(trx, { meetingId, hostAccountId, ...times }, people, { ...by, former });
  const { startsAtMs } = times;
  const details = meetingAuditOf({ title, startsAtMs, people }, roomIds);
  await appendAudit(trx, { kind: 'meeting-changed', actor: by.actor, subject: `meeting:${meetingId}`, details });
  if (policy) await setPolicyIfNew(trx, meetingId, policy, by.actor);
  const goneRooms = before.filter((roomId) => !roomIds.includes(roomId));
  const leaving = await outOfCall(trx, meetingId, {
    inviteIds: gone.inviteIds,
    persons: [...gone.accountIds.map(personOfAccount), ...goneRooms.map(personOfRoom)],
  });
  const isOther =
    title !== former.title ||
    startsAtMs !== former.startsAtMs ||
    times.endsAtMs !== former.endsAtMs ||
    !isSameRooms(before, roomIds);
  return { addedIds: gone.addedIds, keptIds: gone.keptIds, isOther, leaving };
}

/** In any order. */
export const isSameRooms = (some: readonly string[], others: readonly string[]): boolean =>
  [...some].sort().join() === [...others].sort().join();

export async function roomIdsOf(trx: AuthorityWrite, meetingId: string): Promise<string[]> {
  const rows = await trx.selectFrom('meetingRoom').select('roomId').where('meetingId', '=', meetingId).execute();
  return rows.map(({ roomId }) => roomId);
}

/** A meeting that a person made, and that is not over. @throws ProtocolError not-found; InvalidStateError not-possible-now */
export async function changeableMeeting(trx: AuthorityWrite, meetingId: string): Promise<MeetingRow> {
  const row = await trx.selectFrom('meeting').selectAll().where('meetingId', '=', meetingId).executeTakeFirst();
  if (!row) throw new ProtocolError('not-found', 'no such meeting');
  if (row.hostAccountId === null) throw new InvalidStateError('not-possible-now', 'a room’s own meeting');
  if (row.endedAtMs !== null) throw new InvalidStateError('not-possible-now', 'it is cancelled');
  return row;
}

/** Its time, title and room are those of a room's calendar, which also says when it is cancelled. */
export async function isOfCalendarIn(db: Pick<AuthorityWrite, 'selectFrom'>, meetingId: string): Promise<boolean> {
  const row = await db
    .selectFrom('bookingMeeting')
    .select('meetingId')
    .where('meetingId', '=', meetingId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function setRooms(trx: AuthorityWrite, meetingId: string, roomIds: readonly string[]): Promise<void> {
  await trx.deleteFrom('meetingRoom').where('meetingId', '=', meetingId).execute();
  for (const roomId of roomIds) await trx.insertInto('meetingRoom').values({ meetingId, roomId }).execute();
}

export async function setPolicyIfNew(
  trx: AuthorityWrite,
  meetingId: string,
  policy: MeetingPolicy,
  actor: string,
): Promise<void> {
  const former = await meetingPolicyIn(trx, meetingId);
  // a page sends back what it was shown: the place's default goes on to follow its place
  if (JSON.stringify(former) !== JSON.stringify(policy)) await setMeetingPolicy(trx, meetingId, policy, actor);
}

/** Who came into its running call by these rights: they count as removed, so that they do not return as people who were in. */
async function outOfCall(
  trx: AuthorityWrite,
  meetingId: string,
  { inviteIds, persons }: { inviteIds: readonly string[]; persons: readonly string[] },
): Promise<LeavingPeer[]> {
  const leaving = await trx
    .selectFrom('entry')
    .innerJoin('call', 'call.callId', 'entry.callId')
    .select(['call.nodeId', 'call.callId', 'entry.peerId'])
    .where('call.meetingId', '=', meetingId)
    .where('call.endedAtMs', 'is', null)
    .where((e) => e.or([e('entry.inviteId', 'in', orNone(inviteIds)), e('entry.person', 'in', orNone(persons))]))
    .execute();
  for (const { peerId } of leaving)
    await trx
      .updateTable('entry')
      .set({ removedAtMs: Date.now() })
      .where('peerId', '=', peerId)
      .where('removedAtMs', 'is', null)
      .execute();
  return leaving;
}

/** PostgreSQL knows no empty list; no id is empty. */
const orNone = (ids: readonly string[]): readonly string[] => (ids.length === 0 ? [''] : ids);

/** Ids and times alone: names and addresses of guests do not stand in the log. */
export const meetingAuditOf = (
  { title, startsAtMs, people }: Pick<CheckedDraft, 'title' | 'startsAtMs' | 'people'>,
  roomIds: readonly string[],
) => ({
  title,
  startsAtMs,
  people: people.length,
  rooms: roomIds.join(),
});
