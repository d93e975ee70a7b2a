/** What is known of a meeting and of a person who asks to come in, read in one transaction for the function that decides. */
import { CallOrder, OPEN_ORDER } from '#contract/call-order.ts';
import type { GuestRecordRule, MeetingPolicy } from '#contract/meeting-policy.ts';
import type { AuthorityTables, AuthorityWrite } from '../store/index.ts';
import type { Asker, MeetingFacts, PersonFacts } from './admission-decision.ts';
import { ENDED_BY_FLEET, GIVEN_UP, liveCallOf, MOVED } from './call-rows.ts';
import { roomOfPerson } from './entries.ts';
import { roleIn, roomsIn } from './meeting-people.ts';
import { meetingRulesIn } from './meeting-policies.ts';
import type { TicketRow } from './tickets.ts';

type Reader = Pick<AuthorityWrite, 'selectFrom'>;
type InviteRow = AuthorityTables['invite'];

export type KnownMeeting = MeetingFacts & {
  meetingId: string;
  title: string;
  /** a point on each line; '' for none */
  agenda: string;
  hostName: string;
  hostAccountId: string | null;
  policy: MeetingPolicy;
  /** where people may come from; each list holds */
  allowedRanges: string[][];
  /** Its last call that was really over ended then; its people go on in another where a node died or was silent. 0: none */
  runSinceMs: number;
  /** a host has ended a call of it for all; 0: none */
  endedForAllAtMs: number;
  guestRecord: GuestRecordRule;
  /** its guests may see what it leaves behind */
  isForGuestsAfter: boolean;
  /** it is over for now; only asked where guests may see what it leaves behind */
  isAfter: boolean;
};
/** Who would come in, and by which right. */
export type Entrant = {
  meetingId: string;
  person: string;
  inviteId: string | null;
  accountId: string | null;
  roomId: string | null;
};
export type Known = {
  meeting: KnownMeeting;
  person: PersonFacts;
  invite: Pick<InviteRow, 'inviteId' | 'displayName' | 'seats'> | null;
  ticket: TicketRow | null;
};

/** `endReason` of calls whose people may go on in another */
const GOES_ON: readonly string[] = [GIVEN_UP, MOVED, ENDED_BY_FLEET];
const ENDED_FOR_ALL: readonly string[] = ['ended-by-room', 'ended-by-participant'];
const HOSTS = ['host', 'co-host'] as const;

/** null: no such meeting */
export async function meetingKnownIn(db: Reader, meetingId: string): Promise<KnownMeeting | null> {
  const rules = await meetingRulesIn(db, meetingId);
  const row = await db
    .selectFrom('meeting')
    .leftJoin('bookingMeeting', 'bookingMeeting.meetingId', 'meeting.meetingId')
    .leftJoin('room as ownRoom', 'ownRoom.roomId', 'meeting.roomId')
    .leftJoin('room as bookedRoom', 'bookedRoom.roomId', 'bookingMeeting.roomId')
    .leftJoin('account as host', 'host.accountId', 'meeting.hostAccountId')
    .select([
      'meeting.title',
      'meeting.agenda',
      'meeting.endedAtMs',
      'meeting.endsAtMs',
      'meeting.cancelledAtMs',
      'meeting.hostAccountId',
      'ownRoom.roomName as ownRoomName',
      'bookedRoom.roomName as bookedRoomName',
      'host.displayName as hostDisplayName',
    ])
    .where('meeting.meetingId', '=', meetingId)
    .executeTakeFirst();
  if (!row || !rules) return null;
  const live = await liveCallOf(db, meetingId);
  const ended = db
    .selectFrom('call')
    .select((e) => e.fn.max('endedAtMs').as('atMs'))
    .where('meetingId', '=', meetingId);
  const [over, endedForAll] = await Promise.all([
    ended.where('endReason', 'not in', GOES_ON).executeTakeFirst(),
    ended.where('endReason', 'in', ENDED_FOR_ALL).executeTakeFirst(),
  ]);
  const isForGuestsAfter = row.hostAccountId !== null && rules.guestRecord.shows !== 'nothing';
  const isTimeOver = row.endsAtMs === null || row.endsAtMs <= Date.now();
  return {
    meetingId,
    title: row.title,
    agenda: row.agenda,
    hostName: row.hostDisplayName || row.ownRoomName || row.bookedRoomName || row.title,
    hostAccountId: row.hostAccountId,
    ...rules,
    isOver: row.endedAtMs !== null || row.cancelledAtMs !== null,
    isLocked: orderOf(live?.callOrder ?? null).isLocked,
    isHostThere: live !== undefined && (await hasHost(db, live.callId)),
    runSinceMs: over?.atMs ?? 0,
    endedForAllAtMs: endedForAll?.atMs ?? 0,
    isForGuestsAfter,
    isAfter: isForGuestsAfter && !live?.participantCount && (await wasHeld(db, meetingId, isTimeOver)),
  };
}

/** Somebody was in a call of it; before its time is over only where a host has ended that call for all, or has sent its minutes. */
async function wasHeld(db: Reader, meetingId: string, isTimeOver: boolean): Promise<boolean> {
  const last = await db
    .selectFrom('call')
    .innerJoin('entry', 'entry.callId', 'call.callId')
    .select('call.endReason')
    .select((e) => e.fn.coalesce('call.openedAtMs', 'call.createdAtMs').as('beganAtMs'))
    .where('call.meetingId', '=', meetingId)
    .where('call.endedAtMs', 'is not', null)
    .where('entry.joinedAtMs', 'is not', null)
    .orderBy('call.endedAtMs', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return false;
  return isTimeOver || ENDED_FOR_ALL.includes(last.endReason ?? '') || hasSentMinutes(db, meetingId, last.beganAtMs);
}

async function hasSentMinutes(db: Reader, meetingId: string, beganAtMs: number): Promise<boolean> {
  const sent = db
    .selectFrom('minutes')
    .select('minutesId')
    .where('meetingId', '=', meetingId)
    .where('sentAtMs', 'is not', null)
    .where('endedAtMs', '>=', beganAtMs);
  return (await sent.executeTakeFirst()) !== undefined;
}

const orderOf = (callOrder: string | null): CallOrder =>
  callOrder === null ? OPEN_ORDER : CallOrder.parse(JSON.parse(callOrder));

async function hasHost(db: Reader, callId: string): Promise<boolean> {
  const entry = await db
    .selectFrom('entry')
    .select('peerId')
    .where('callId', '=', callId)
    .where('role', 'in', HOSTS)
    .where('joinedAtMs', 'is not', null)
    .where('leftAtMs', 'is', null)
    .where('removedAtMs', 'is', null)
    .executeTakeFirst();
  return entry !== undefined;
}

export async function personKnownIn(
  db: Reader,
  meeting: KnownMeeting,
  asking: Entrant,
): Promise<Omit<Known, 'meeting'>> {
  const { meetingId, runSinceMs } = meeting;
  const { person, inviteId } = asking;
  const invite =
    inviteId === null
      ? null
      : ((await db.selectFrom('invite').selectAll().where('inviteId', '=', inviteId).executeTakeFirst()) ?? null);
  const ticket =
    (await db
      .selectFrom('ticket')
      .selectAll()
      .where('meetingId', '=', meetingId)
      .where('person', '=', person)
      .executeTakeFirst()) ?? null;
  const entries = await db
    .selectFrom('entry')
    .innerJoin('call', 'call.callId', 'entry.callId')
    .select(['entry.joinedAtMs', 'entry.removedAtMs'])
    .where('call.meetingId', '=', meetingId)
    .where('entry.person', '=', person)
    .execute();
  const asker = await askerOf(db, asking, invite);
  // a guest's ban lasts as long as the meeting; others are known, and welcome again the next time
  const bannedSinceMs = asker.kind === 'guest' ? 0 : runSinceMs;
  const joined = entries.filter(({ joinedAtMs }) => joinedAtMs !== null);
  return {
    invite,
    ticket,
    person: {
      asker,
      wasRemoved: entries.some(({ removedAtMs }) => removedAtMs !== null && removedAtMs > bannedSinceMs),
      isLetIn: ticket !== null && holdsAdmission(ticket, meeting),
      isReturning: joined.some(({ joinedAtMs }) => joinedAtMs! > runSinceMs),
      isInviteClosed: isClosedTo(invite, ticket, joined.length > 0),
    },
  };
}

/** An admission holds for the meeting as it runs: until its call is really over. The policy may let in at that very moment. */
export const holdsAdmission = ({ state, decidedAtMs }: TicketRow, { runSinceMs }: KnownMeeting): boolean =>
  state === 'admitted' && decidedAtMs !== null && decidedAtMs >= runSinceMs;

/** Not to those who were in, nor to those who knocked before. */
function isClosedTo(invite: InviteRow | null, ticket: TicketRow | null, wasIn: boolean): boolean {
  if (invite === null || invite.closedAtMs === null || wasIn) return false;
  return ticket?.state !== 'waiting' || ticket.createdAtMs > invite.closedAtMs;
}

async function askerOf(
  db: Reader,
  { meetingId, accountId, roomId }: Entrant,
  invite: Pick<InviteRow, 'displayName'> | null,
): Promise<Asker> {
  if (roomId !== null) return { kind: 'room', isOfMeeting: (await roomsIn(db, meetingId)).includes(roomId) };
  if (accountId === null) return { kind: 'guest', isNamed: invite !== null && invite.displayName !== null };
  const role = await roleIn(db, meetingId, accountId);
  return { kind: 'account', role: role === 'guest' ? null : role };
}

/** By which right the holder of a ticket asks. */
export const askingBy = ({ meetingId, person, inviteId, accountId }: TicketRow): Entrant => ({
  meetingId,
  person,
  inviteId,
  accountId,
  roomId: roomOfPerson(person),
});
