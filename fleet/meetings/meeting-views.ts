/** Meetings as people see them: in lists, and one with its people. What only hosts may know is left out for others. */
import type { MeetingRole } from '#contract/call-order.ts';
import type { MeetingPerson, MeetingSummary } from '#contract/http/meetings-api.ts';
import { chatRevisionsOf } from '../chat/index.ts';
import { mailStatesOf } from '../mail/index.ts';
import { transcriptRevisionsOf } from '../transcript/index.ts';
import type { AuthorityTables, AuthorityWrite } from '../store/index.ts';
import { rhythmsOf } from './repetitions.ts';

type Reader = Pick<AuthorityWrite, 'selectFrom'>;
type MeetingRow = Pick<AuthorityTables['meeting'], 'meetingId' | 'hostAccountId' | 'title'>;

const HOSTS: readonly MeetingRole[] = ['host', 'co-host'];
export const isHost = (role: MeetingRole): boolean => HOSTS.includes(role);

/** In the order asked for; `roles`: of who looks, by meeting. Who waits is the waiting room's to count. */
export async function summariesOf(db: Reader, roles: ReadonlyMap<string, MeetingRole>): Promise<MeetingSummary[]> {
  const meetingIds = [...roles.keys()];
  if (meetingIds.length === 0) return [];
  const meetings = await db.selectFrom('meeting').selectAll().where('meetingId', 'in', meetingIds).execute();
  const byId = new Map(meetings.map((meeting) => [meeting.meetingId, meeting]));
  const [rooms, hostNames, participants, chatRevisions, transcriptRevisions, rhythms] = await Promise.all([
    roomsByMeeting(db, meetingIds),
    hostNamesOf(db, meetings),
    participantCounts(db, meetingIds),
    chatRevisionsOf(db, meetingIds),
    transcriptRevisionsOf(db, meetingIds),
    rhythmsOf(
      db,
      meetings.flatMap(({ repetitionId }) => repetitionId ?? []),
    ),
  ]);
  return meetingIds.flatMap((meetingId) => {
    const meeting = byId.get(meetingId);
    if (!meeting) return [];
    const { title, startsAtMs, endsAtMs, cancelledAtMs, repetitionId } = meeting;
    const every = repetitionId === null ? undefined : rhythms.get(repetitionId);
    const role = roles.get(meetingId)!;
    return {
      meetingId,
      title,
      startsAtMs,
      endsAtMs,
      hostName: hostNames.get(meetingId) ?? '',
      rooms: rooms.get(meetingId) ?? [],
      participantCount: participants.get(meetingId) ?? 0,
      waitingCount: 0,
      role,
      isCancelled: cancelledAtMs !== null,
      chatRevision: chatRevisions.get(meetingId),
      transcriptRevision: transcriptRevisions.get(meetingId),
      ...(repetitionId !== null && every !== undefined && { repetition: { repetitionId, every } }),
    };
  });
}

/** By name, without its host. */
export async function peopleOfMeeting(db: Reader, meetingId: string, viewer: MeetingRole): Promise<MeetingPerson[]> {
  const rows = await db
    .selectFrom('meetingPerson')
    .leftJoin('account', 'account.accountId', 'meetingPerson.accountId')
    .select([
      'meetingPerson.personId',
      'meetingPerson.displayName as givenName',
      'meetingPerson.email as givenEmail',
      'meetingPerson.accountId',
      'meetingPerson.role',
      'meetingPerson.inviteId',
      'account.displayName as accountName',
      'account.email as accountEmail',
    ])
    .where('meetingPerson.meetingId', '=', meetingId)
    .orderBy('meetingPerson.addedAtMs')
    .orderBy('meetingPerson.personId')
    .execute();
  const seesAll = isHost(viewer);
  const mails = seesAll ? await mailStatesOf(db, meetingId) : null;
  const came = await cameInto(db, meetingId);
  return rows.map(({ personId, accountId, role, inviteId, ...row }) => ({
    personId,
    displayName: row.accountName ?? row.givenName,
    email: seesAll ? (row.accountEmail ?? row.givenEmail) : null,
    accountId,
    role,
    inviteId: seesAll ? inviteId : null,
    mail: mails?.get(personId) ?? null,
    cameAtMs: came.get(accountId ?? inviteId ?? ''),
  }));
}

/** By account, and by invite of who has none: when each first came into a call of the meeting. */
async function cameInto(db: Reader, meetingId: string): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('entry')
    .innerJoin('call', 'call.callId', 'entry.callId')
    .select(['entry.accountId', 'entry.inviteId', 'entry.joinedAtMs'])
    .where('call.meetingId', '=', meetingId)
    .where('entry.joinedAtMs', 'is not', null)
    .orderBy('entry.joinedAtMs', 'desc')
    .execute();
  return new Map(rows.map(({ accountId, inviteId, joinedAtMs }) => [accountId ?? inviteId ?? '', joinedAtMs!]));
}

async function roomsByMeeting(db: Reader, meetingIds: string[]): Promise<Map<string, MeetingSummary['rooms']>> {
  const asked = db.selectFrom('meetingRoom').select(['meetingId', 'roomId']).where('meetingId', 'in', meetingIds);
  const booked = db.selectFrom('bookingMeeting').select(['meetingId', 'roomId']).where('meetingId', 'in', meetingIds);
  const own = db
    .selectFrom('meeting')
    .select(['meetingId', 'roomId'])
    .where('meetingId', 'in', meetingIds)
    .$castTo<{ meetingId: string; roomId: string }>();
  const rows = await db
    .selectFrom(asked.union(booked).union(own).as('of'))
    .innerJoin('room', 'room.roomId', 'of.roomId')
    .select(['of.meetingId', 'room.roomId', 'room.roomName'])
    .where('room.removedAtMs', 'is', null)
    .orderBy('room.roomName')
    .orderBy('room.roomId')
    .execute();
  const byMeeting = new Map<string, MeetingSummary['rooms']>();
  for (const { meetingId, roomId, roomName } of rows)
    byMeeting.set(meetingId, [...(byMeeting.get(meetingId) ?? []), { roomId, roomName }]);
  return byMeeting;
}

/** A person's name, or of a room's meeting its title, which is the room's name or its booking's. */
async function hostNamesOf(db: Reader, meetings: readonly MeetingRow[]): Promise<Map<string, string>> {
  const accountIds = meetings.flatMap(({ hostAccountId }) => hostAccountId ?? []);
  const accounts =
    accountIds.length === 0
      ? []
      : await db
          .selectFrom('account')
          .select(['accountId', 'displayName'])
          .where('accountId', 'in', [...new Set(accountIds)])
          .execute();
  const names = new Map(accounts.map(({ accountId, displayName }) => [accountId, displayName]));
  return new Map(
    meetings.map(({ meetingId, hostAccountId, title }) => [
      meetingId,
      hostAccountId === null ? title : (names.get(hostAccountId) ?? ''),
    ]),
  );
}

async function participantCounts(db: Reader, meetingIds: string[]): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('call')
    .select(['meetingId', 'participantCount'])
    .where('meetingId', 'in', meetingIds)
    .where('endedAtMs', 'is', null)
    .execute();
  return new Map(rows.map(({ meetingId, participantCount }) => [meetingId, participantCount]));
}
