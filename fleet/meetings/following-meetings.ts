/**
 * One of meetings that repeat is changed, and those after it with it. A later one changes as far as it is as this one was: what somebody
 * has changed in it alone stays.
 */
import { InvalidStateError, ProtocolError } from '#contract/error-codes.ts';
import type { FollowingConflict } from '#contract/http/meetings-api.ts';
import type { Reach } from '#contract/http/permissions.ts';
import type { Booking } from '#contract/room-agenda.ts';
import type { ChangedOfRepetition, LeavingPerson, MeetingMails } from '../mail/index.ts';
import type { AuthorityWrite } from '../store/index.ts';
import type { LeavingPeer } from './entries.ts';
import { followingPeople, followingTimes } from './following.ts';
import {
  changeableMeeting,
  isSameRooms,
  type MeetingRow,
  roomIdsOf,
  type WantedMeeting,
  writeChange,
} from './meeting-changes.ts';
import { type CheckedDraft, peopleChange, roomsFor, timesOf } from './meeting-draft.ts';
import { roleIn } from './meeting-people.ts';
import { meetingPolicyIn } from './meeting-policies.ts';
import { isHost } from './meeting-views.ts';
import { inviteTogether } from './repetitions.ts';
import { conflictsOf } from './room-conflicts.ts';

/** Nothing is written. */
export class RoomsBusy extends InvalidStateError {
  readonly conflicts: FollowingConflict[];
  constructor(conflicts: FollowingConflict[]) {
    super('not-possible-now', 'rooms are busy');
    this.conflicts = conflicts;
  }
}

type Change = CheckedDraft & { sequence: number; requestId?: string | undefined };
type Context = {
  accountId: string;
  reach: Reach;
  mails: MeetingMails | null;
  bookingsOf: (roomId: string) => readonly Booking[];
};
type Planned = { former: MeetingRow; formerRooms: string[]; makesHosts: boolean; wanted: WantedMeeting };

/**
 * @returns the meetings that were changed: none where the request was answered before
 * @throws RoomsBusy; InvalidStateError meeting-changed, not-possible-now: made alone, or cancelled; ProtocolError bad-message: without a time;
 *   and as `writeChange` does
 */
export async function changeFollowing(
  trx: AuthorityWrite,
  meetingId: string,
  change: Change,
  context: Context,
): Promise<{ meetingIds: string[]; leaving: LeavingPeer[] }> {
  const { accountId, mails } = context;
  const { sequence, requestId = null } = change;
  const actor = `account:${accountId}`;
  const first = await changeableMeeting(trx, meetingId);
  if (requestId !== null && first.changeRequestId === requestId) return { meetingIds: [], leaving: [] };
  if (first.sequence !== sequence) throw new InvalidStateError('meeting-changed');
  const { repetitionId } = first;
  if (repetitionId === null) throw new InvalidStateError('not-possible-now', 'it was made alone');
  if (change.startsAtMs === null) throw new ProtocolError('bad-message', 'what repeats has a time');
  const all = await plannedChanges(trx, first, change, context);
  const known: Set<string>[] = [];
  for (const { former, formerRooms } of all)
    known.push(new Set((await conflictsIn(trx, former, formerRooms, context)).map(keyOfConflict)));
  await trx.updateTable('meeting').set({ changeRequestId: requestId }).where('meetingId', '=', meetingId).execute();

  const changed: ChangedOfRepetition[] = [];
  const removed: LeavingPerson[] = [];
  const leaving: LeavingPeer[] = [];
  const forRemoved = mails && {
    cancelled: async (...args: Parameters<MeetingMails['cancelled']>) => {
      removed.push(...(await mails.leaving(...args)));
    },
  };
  for (const { former, wanted, makesHosts } of all) {
    const written = await writeChange(trx, former, wanted, { actor, mails: forRemoved, makesHosts });
    leaving.push(...written.leaving);
    changed.push({ ...written, meetingId: former.meetingId, former });
  }

  const conflicts: FollowingConflict[] = [];
  for (const [index, { former, wanted }] of all.entries()) {
    const { startsAtMs } = wanted.times;
    const now = await conflictsIn(trx, { ...former, ...wanted.times }, wanted.roomIds, context);
    for (const each of now)
      if (!known[index]!.has(keyOfConflict(each)))
        conflicts.push({ startsAtMs: startsAtMs!, roomName: each.roomName, title: each.title });
  }
  if (conflicts.length > 0) throw new RoomsBusy(conflicts);

  await inviteTogether(
    trx,
    repetitionId,
    changed.flatMap(({ addedIds }) => addedIds),
  );
  await mails?.repetitionChanged(trx, { repetitionId, changed, removed, sender: actor });
  return { meetingIds: changed.map((each) => each.meetingId), leaving };
}

/** Of this one and of each later one that changes, in their order. */
async function plannedChanges(
  trx: AuthorityWrite,
  first: MeetingRow,
  change: Change,
  { accountId, reach }: Context,
): Promise<Planned[]> {
  const { meetingId, agenda, language } = first;
  const before = await roomIdsOf(trx, meetingId);
  const roomIds = await roomsFor(trx, change.roomIds, reach, before);
  const policyBefore = JSON.stringify(await meetingPolicyIn(trx, meetingId));
  const times = timesOf(change, first);
  const people = peopleChange(change.people, await peopleRows(trx, meetingId), first.hostAccountId);
  const repetition = await trx
    .selectFrom('repetition')
    .select(['every', 'timeZone', 'durationMinutes'])
    .where('repetitionId', '=', first.repetitionId)
    .executeTakeFirstOrThrow();
  const own = { title: change.title, agenda: change.agenda ?? agenda, language: change.language ?? language };
  const all: Planned[] = [
    {
      former: first,
      formerRooms: before,
      makesHosts: (await roleIn(trx, meetingId, accountId)) === 'host',
      wanted: { ...own, times, roomIds, people: change.people, policy: change.policy },
    },
  ];
  for (const later of await laterThan(trx, first)) {
    const role = await roleIn(trx, later.meetingId, accountId);
    if (role === null || !isHost(role)) continue;
    const formerRooms = await roomIdsOf(trx, later.meetingId);
    const rows = await peopleRows(trx, later.meetingId);
    const { wantedPeople, isOther } = followingPeople(people, rows);
    const policy = JSON.stringify(await meetingPolicyIn(trx, later.meetingId));
    const newTimes = followingTimes(first, times, later, repetition);
    const wanted: WantedMeeting = {
      title: later.title === first.title ? own.title : later.title,
      agenda: later.agenda === agenda ? own.agenda : later.agenda,
      language: later.language === language ? own.language : later.language,
      times:
        newTimes === null
          ? { startsAtMs: later.startsAtMs, endsAtMs: later.endsAtMs }
          : timesOf({ startsAtMs: newTimes.startsAtMs, durationMinutes: change.durationMinutes }, later),
      roomIds: isSameRooms(formerRooms, before) ? roomIds : formerRooms,
      people: wantedPeople,
      policy: policy === policyBefore ? change.policy : undefined,
    };
    const isChanged =
      isOther ||
      wanted.title !== later.title ||
      wanted.agenda !== later.agenda ||
      wanted.language !== later.language ||
      wanted.times.startsAtMs !== later.startsAtMs ||
      wanted.times.endsAtMs !== later.endsAtMs ||
      !isSameRooms(wanted.roomIds, formerRooms) ||
      (wanted.policy !== undefined && JSON.stringify(wanted.policy) !== policy);
    if (isChanged) all.push({ former: later, formerRooms, makesHosts: role === 'host', wanted });
  }
  return all;
}

/** Those that are neither cancelled nor begun. */
async function laterThan(trx: AuthorityWrite, { repetitionId, occurrenceAtMs }: MeetingRow): Promise<MeetingRow[]> {
  const running = trx.selectFrom('call').select('meetingId').where('endedAtMs', 'is', null);
  return trx
    .selectFrom('meeting')
    .selectAll()
    .where('repetitionId', '=', repetitionId)
    .where('occurrenceAtMs', '>', occurrenceAtMs)
    .where('endedAtMs', 'is', null)
    .where((e) => e.or([e('startsAtMs', '>', Date.now()), e('startsAtMs', 'is', null)]))
    .where('meetingId', 'not in', running)
    .orderBy('occurrenceAtMs')
    .execute();
}

const peopleRows = (trx: AuthorityWrite, meetingId: string) =>
  trx.selectFrom('meetingPerson').selectAll().where('meetingId', '=', meetingId).execute();

type Conflict = Awaited<ReturnType<typeof conflictsOf>>[number];
const keyOfConflict = ({ roomId, title }: Conflict): string => JSON.stringify([roomId, title]);

async function conflictsIn(
  trx: AuthorityWrite,
  meeting: Pick<MeetingRow, 'meetingId' | 'startsAtMs' | 'endsAtMs'>,
  roomIds: readonly string[],
  context: Context,
): Promise<Conflict[]> {
  if (roomIds.length === 0) return [];
  const rooms = await trx.selectFrom('room').select(['roomId', 'roomName']).where('roomId', 'in', roomIds).execute();
  return conflictsOf(trx, { ...meeting, rooms }, context);
}
