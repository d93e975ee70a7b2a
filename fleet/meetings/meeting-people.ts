/** Who is what in a meeting, and which rooms are its: what access to it and admission ask. */
import type { MeetingRole } from '#contract/call-order.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';

export class MeetingPeople {
  readonly #store: AuthorityStore;

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  /** null: no person of the meeting, or the account is disabled. Also of a meeting that is over. */
  async roleOf(meetingId: string, accountId: string): Promise<MeetingRole | null> {
    return roleIn(this.#store.read, meetingId, accountId);
  }

  /** The room whose standing meeting or whose booking's it is, and the rooms that its host asked for. None was removed. */
  async roomsOf(meetingId: string): Promise<string[]> {
    return roomsIn(this.#store.read, meetingId);
  }
}

export async function roleIn(
  db: Pick<AuthorityWrite, 'selectFrom'>,
  meetingId: string,
  accountId: string,
): Promise<MeetingRole | null> {
  const account = db.selectFrom('account').select('accountId').where('disabledAtMs', 'is', null);
  const hosted = await db
    .selectFrom('meeting')
    .select('meetingId')
    .where('meetingId', '=', meetingId)
    .where('hostAccountId', '=', accountId)
    .where('hostAccountId', 'in', account)
    .executeTakeFirst();
  if (hosted) return 'host';
  const person = await db
    .selectFrom('meetingPerson')
    .select('role')
    .where('meetingId', '=', meetingId)
    .where('accountId', '=', accountId)
    .where('accountId', 'in', account)
    .executeTakeFirst();
  return person?.role ?? null;
}

export async function roomsIn(db: Pick<AuthorityWrite, 'selectFrom'>, meetingId: string): Promise<string[]> {
  const own = db.selectFrom('meeting').select('roomId').where('meetingId', '=', meetingId);
  const booked = db.selectFrom('bookingMeeting').select('roomId').where('meetingId', '=', meetingId);
  const asked = db.selectFrom('meetingRoom').select('roomId').where('meetingId', '=', meetingId);
  const rows = await db
    .selectFrom('room')
    .select('roomId')
    .where('roomId', 'in', asked.union(booked).union(own.$castTo<{ roomId: string }>()))
    .where('removedAtMs', 'is', null)
    .orderBy('roomId')
    .execute();
  return rows.map(({ roomId }) => roomId);
}

/**
 * Of an account, by meeting: those that end after `fromMs`, by their start, then those without a time, the newest first.
 * `most`: of all together.
 */
export async function rolesFrom(
  db: Pick<AuthorityWrite, 'selectFrom'>,
  accountId: string,
  fromMs: number,
  { most, mostUntimed }: { most: number; mostUntimed: number },
): Promise<Map<string, MeetingRole>> {
  const invited = db.selectFrom('meetingPerson').select('meetingId').where('accountId', '=', accountId);
  const hosted = db.selectFrom('meeting').select('meetingId').where('hostAccountId', '=', accountId);
  const own = db
    .selectFrom('meeting')
    .leftJoin('meetingPerson', (join) =>
      join.onRef('meetingPerson.meetingId', '=', 'meeting.meetingId').on('meetingPerson.accountId', '=', accountId),
    )
    .select(['meeting.meetingId', 'meeting.hostAccountId', 'meetingPerson.role'])
    .where('meeting.meetingId', 'in', invited.union(hosted));
  const untimed = await own
    .where('startsAtMs', 'is', null)
    .where('endedAtMs', 'is', null)
    .orderBy('createdAtMs', 'desc')
    .limit(mostUntimed)
    .execute();
  const timed = await own
    .where('endsAtMs', '>', fromMs)
    .orderBy('startsAtMs')
    .orderBy('meeting.meetingId')
    .limit(most - untimed.length)
    .execute();
  return new Map(
    [...timed, ...untimed].map(({ meetingId, hostAccountId, role }) => [
      meetingId,
      hostAccountId === accountId ? 'host' : (role ?? 'member'),
    ]),
  );
}
