/**
 * Meetings that people make: with a host, people, rooms and perhaps a time. Each change is one transaction, so that a
 * person who is removed from a meeting has lost invite and access when the change is answered.
 */
import type { MeetingRole } from '#contract/call-order.ts';
import { InvalidStateError, ProtocolError, UserError } from '#contract/error-codes.ts';
import type { FollowingConflict, MeetingDetail } from '#contract/http/meetings-api.ts';
import type { Account } from '#contract/http/people-api.ts';
import type { Reach } from '#contract/http/permissions.ts';
import type { MeetingPolicy } from '#contract/meeting-policy.ts';
import { MAX_REPEATED_INVITATIONS } from '#contract/meeting-repetition.ts';
import type { Booking } from '#contract/room-agenda.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import { appendAudit } from '../audit/index.ts';
import type { MeetingMails } from '../mail/index.ts';
import { type AuthorityStore, type AuthorityWrite, newId } from '../store/index.ts';
import { usableInvite } from './entries.ts';
import { changeFollowing, RoomsBusy } from './following-meetings.ts';
import {
  changeableMeeting,
  isOfCalendarIn,
  meetingAuditOf,
  type MeetingRow,
  roomIdsOf,
  setPolicyIfNew,
  setRooms,
  writeChange,
} from './meeting-changes.ts';
import { type CheckedDraft, type CheckedNewMeeting, occurrenceTimesOf, roomsFor, timesOf } from './meeting-draft.ts';
import { meetingRulesIn } from './meeting-policies.ts';
import { roleIn } from './meeting-people.ts';
import { isHost, peopleOfMeeting, summariesOf } from './meeting-views.ts';
import type { Meetings } from './meetings.ts';
import { conflictsOf } from './room-conflicts.ts';
import { inviteAs, newRepetition, repetitionOf, sizeOfFollowing } from './repetitions.ts';
import { seriesToContinue } from './series.ts';
import { setPeople } from './set-people.ts';

/** `reach`: the rooms that the account may ask for. */
export type Organizer = { account: Account; reach: Reach };
export type PeopleMeetingsDependencies = {
  store: AuthorityStore;
  meetings: Meetings;
  /** of a room, as it last reported them */
  bookingsOf: (roomId: string) => readonly Booking[];
  /** null: no mail is sent, and links are handed over */
  mails: MeetingMails | null;
};

/** as many meetings and people of one request count as one */
const ROWS_OF_ONE = 50;

export class PeopleMeetings {
  readonly #deps: PeopleMeetingsDependencies;
  readonly #madeByAccount = new AttemptLimit({ burst: 100, refillPerMinute: 30 });
  /** the large one that is written at present, and those that wait */
  #large: Promise<unknown> = Promise.resolve();

  constructor(deps: PeopleMeetingsDependencies) {
    this.#deps = deps;
  }

  /**
   * Of one that repeats: all of them, and the first is answered. A request of the account that was answered before makes nothing.
   * @param follows the meeting whose series it continues; null: none
   * @throws UserError meeting-in-past, too-many-attempts; ProtocolError not-found: a room or an account, or the meeting that it
   *   follows; bad-message: it repeats at no time, too rarely or too often, or with too many people; InvalidStateError not-possible-now: that one is a room's own
   */
  async create(draft: CheckedNewMeeting, by: Organizer, follows: string | null = null): Promise<MeetingDetail> {
    const { account, reach } = by;
    if (!this.#madeByAccount.take(account.accountId)) throw new UserError('too-many-attempts');
    const viewer = { role: 'host' as const, accountId: account.accountId };
    const actor = `account:${account.accountId}`;
    const { requestId = null, repeats = null } = draft;
    const madeAlready = (db: Pick<AuthorityWrite, 'selectFrom'>) =>
      requestId === null ? null : madeBefore(db, account.accountId, requestId);
    const answered = await madeAlready(this.#deps.store.read);
    if (answered !== null) return this.detail(answered, viewer);
    const occurrences = repeats === null ? [timesOf(draft, null)] : occurrenceTimesOf(draft, repeats);
    if (occurrences.length > 1 && occurrences.length * draft.people.length > MAX_REPEATED_INVITATIONS)
      throw new ProtocolError('bad-message', 'too many people for so many meetings');
    const rows = occurrences.length * (draft.people.length + 1);
    const made = await this.#write(account.accountId, rows, async (trx) => {
      const before = await madeAlready(trx);
      if (before !== null) return { meetingIds: [before], isNew: false };
      const roomIds = await roomsFor(trx, draft.roomIds, reach, []);
      const continued = follows === null ? null : await seriesToContinue(trx, follows);
      const repetitionId = repeats === null ? null : await newRepetition(trx, repeats, draft.durationMinutes);
      const seriesId = continued ?? (repeats === null ? null : newId());
      const meetingIds: string[] = [];
      let firstPersonIds: string[] | null = null;
      for (const times of occurrences) {
        const meetingId = newId();
        await trx
          .insertInto('meeting')
          .values({
            meetingId,
            roomId: null,
            title: draft.title,
            createdAtMs: Date.now(),
            hostAccountId: account.accountId,
            agenda: draft.agenda ?? '',
            language: draft.language ?? 'ko',
            seriesId,
            requestId: meetingIds.length === 0 ? requestId : null,
            repetitionId,
            occurrenceAtMs: repetitionId === null ? null : times.startsAtMs,
            ...times,
          })
          .execute();
        meetingIds.push(meetingId);
        await setRooms(trx, meetingId, roomIds);
        const meeting = { meetingId, hostAccountId: account.accountId, ...times };
        const { addedIds } = await setPeople(trx, meeting, draft.people, {
          actor,
          mails: this.#deps.mails,
          former: times,
          makesHosts: true,
        });
        if (repetitionId !== null) await inviteAs(trx, addedIds, firstPersonIds ?? addedIds);
        firstPersonIds ??= addedIds;
        const subject = `meeting:${meetingId}`;
        const details = {
          ...meetingAuditOf(draft, roomIds),
          startsAtMs: times.startsAtMs,
          ...(follows !== null && { follows }),
          ...(repetitionId !== null && { repetitionId }),
        };
        await appendAudit(trx, { kind: 'meeting-created', actor, subject, details });
        if (draft.policy) await setPolicyIfNew(trx, meetingId, draft.policy, actor);
      }
      await this.#deps.mails?.invited(trx, meetingIds[0]!, firstPersonIds ?? [], actor);
      return { meetingIds, isNew: true };
    });
    if (made.isNew) {
      for (const meetingId of made.meetingIds) this.#deps.meetings.changed(meetingId);
      if (follows !== null) this.#deps.meetings.changed(follows);
    }
    return this.detail(made.meetingIds[0]!, viewer);
  }

  /**
   * Of a booking's meeting title, time and room stay as its calendar has them.
   * @param sequence of the meeting as the change was made on it
   * @throws InvalidStateError meeting-changed, not-possible-now: a room's own, or cancelled; UserError forbidden: other hosts
   *   than before; and as `create` does
   */
  async change(
    meetingId: string,
    { sequence, ...draft }: CheckedDraft & { sequence: number },
    by: Organizer & { role: MeetingRole /** a co-host does not */; makesHosts: boolean },
  ): Promise<MeetingDetail> {
    const { account, reach, role, makesHosts } = by;
    if (!this.#madeByAccount.take(account.accountId)) throw new UserError('too-many-attempts');
    const actor = `account:${account.accountId}`;
    const leaving = await this.#write(account.accountId, draft.people.length + 1, async (trx) => {
      const former = await changeableMeeting(trx, meetingId);
      if (former.sequence !== sequence) throw new InvalidStateError('meeting-changed');
      const isOfCalendar = await isOfCalendarIn(trx, meetingId);
      const { startsAtMs, endsAtMs } = former;
      const before = await roomIdsOf(trx, meetingId);
      const wanted = {
        title: isOfCalendar ? former.title : draft.title,
        times: isOfCalendar ? { startsAtMs, endsAtMs } : timesOf(draft, former),
        roomIds: isOfCalendar ? before : await roomsFor(trx, draft.roomIds, reach, before),
        agenda: draft.agenda ?? former.agenda,
        language: draft.language ?? former.language,
        people: draft.people,
        policy: draft.policy,
      };
      const { mails } = this.#deps;
      const written = await writeChange(trx, former, wanted, { actor, mails, makesHosts });
      if (written.isOther) await mails?.changed(trx, meetingId, { personIds: written.keptIds, former, sender: actor });
      await mails?.invited(trx, meetingId, written.addedIds, actor);
      return written.leaving;
    });
    this.#deps.meetings.removePeers(leaving);
    await this.#deps.meetings.sendRoles(meetingId);
    this.#deps.meetings.changed(meetingId);
    return this.detail(meetingId, { role, accountId: account.accountId });
  }

  /**
   * One that repeats, and those after it that the account hosts, as far as they are as this one was. A request that was answered before
   * changes nothing.
   * @returns `conflicts` of its rooms that the change would make: where there are any, nothing was changed
   * @throws as `change` does; ProtocolError bad-message: no time, or too many people; InvalidStateError not-possible-now: it was made alone
   */
  async changeFollowing(
    meetingId: string,
    change: CheckedDraft & { sequence: number; requestId?: string | undefined },
    by: Organizer & { role: MeetingRole },
  ): Promise<{ meeting: MeetingDetail; conflicts: FollowingConflict[] }> {
    const { account, reach, role } = by;
    const { accountId } = account;
    const { meetings, mails, bookingsOf, store } = this.#deps;
    if (!this.#madeByAccount.take(accountId)) throw new UserError('too-many-attempts');
    const detail = () => this.detail(meetingId, { role, accountId });
    const { meetingCount, personCount } = await sizeOfFollowing(store.read, meetingId);
    if (meetingCount * change.people.length > MAX_REPEATED_INVITATIONS)
      throw new ProtocolError('bad-message', 'too many people for so many meetings');
    const rows = meetingCount * (change.people.length + 1) + personCount;
    try {
      const changed = await this.#write(accountId, rows, (trx) =>
        changeFollowing(trx, meetingId, change, { accountId, reach, mails, bookingsOf }),
      );
      meetings.removePeers(changed.leaving);
      for (const each of changed.meetingIds) {
        await meetings.sendRoles(each);
        meetings.changed(each);
      }
    } catch (error) {
      if (!(error instanceof RoomsBusy)) throw error;
      return { meeting: await detail(), conflicts: error.conflicts };
    }
    return { meeting: await detail(), conflicts: [] };
  }

  /** @throws InvalidStateError not-possible-now: a room's own, of a room's calendar, or cancelled before; ProtocolError not-found */
  async cancel(meetingId: string, actor: string): Promise<void> {
    const { store, meetings } = this.#deps;
    const ended = await store.write(async (trx) => {
      const { sequence, ...times } = await changeableMeeting(trx, meetingId);
      if (await isOfCalendarIn(trx, meetingId))
        throw new InvalidStateError('not-possible-now', 'it is cancelled in the calendar of its room');
      await trx
        .updateTable('meeting')
        .set({ cancelledAtMs: Date.now(), sequence: sequence + 1 })
        .where('meetingId', '=', meetingId)
        .execute();
      const people = await trx
        .selectFrom('meetingPerson')
        .select('personId')
        .where('meetingId', '=', meetingId)
        .execute();
      const personIds = people.map(({ personId }) => personId);
      await this.#deps.mails?.cancelled(trx, meetingId, { personIds, times, sender: actor, isWhole: true });
      await appendAudit(trx, { kind: 'meeting-cancelled', actor, subject: `meeting:${meetingId}` });
      return meetings.endOf(trx, [meetingId]);
    });
    ended.apply();
    meetings.changed(meetingId);
  }

  /**
   * One that repeats and those that were made with it, from that one on. Those that the account does not host stay, as do those that are over.
   * @throws InvalidStateError not-possible-now: it was made alone, or cancelled before; ProtocolError not-found
   */
  async cancelFollowing(meetingId: string, accountId: string): Promise<void> {
    const { store, meetings, mails } = this.#deps;
    const actor = `account:${accountId}`;
    const { ended, meetingIds } = await store.write(async (trx) => {
      const { repetitionId, occurrenceAtMs } = await changeableMeeting(trx, meetingId);
      if (repetitionId === null || occurrenceAtMs === null)
        throw new InvalidStateError('not-possible-now', 'it was made alone');
      const later = await trx
        .selectFrom('meeting')
        .selectAll()
        .where('repetitionId', '=', repetitionId)
        .where('occurrenceAtMs', '>=', occurrenceAtMs)
        .where('endedAtMs', 'is', null)
        .where((e) => e.or([e('endsAtMs', '>', Date.now()), e('endsAtMs', 'is', null), e('meetingId', '=', meetingId)]))
        .orderBy('occurrenceAtMs')
        .execute();
      const cancelled: MeetingRow[] = [];
      for (const row of later) {
        const role = await roleIn(trx, row.meetingId, accountId);
        if (role === null || !isHost(role)) continue;
        await trx
          .updateTable('meeting')
          .set({ cancelledAtMs: Date.now(), sequence: row.sequence + 1 })
          .where('meetingId', '=', row.meetingId)
          .execute();
        await appendAudit(trx, { kind: 'meeting-cancelled', actor, subject: `meeting:${row.meetingId}` });
        cancelled.push(row);
      }
      await mails?.repetitionEnded(trx, { repetitionId, cancelled, sender: actor });
      const ids = cancelled.map((row) => row.meetingId);
      return { ended: await meetings.endOf(trx, ids), meetingIds: ids };
    });
    ended.apply();
    for (const each of meetingIds) meetings.changed(each);
  }

  /**
   * The mail of one person again.
   * @throws ProtocolError not-found; InvalidStateError not-possible-now: no mail server, no address, a room's own, or cancelled;
   *   UserError mail-limit; invite-invalid, invite-expired: the link was revoked or is over
   */
  async resend(meetingId: string, personId: string, actor: string): Promise<void> {
    const { store, mails, meetings } = this.#deps;
    await store.write(async (trx) => {
      await changeableMeeting(trx, meetingId);
      if (!mails) throw new InvalidStateError('not-possible-now', 'no mail server is set up');
      const person = await trx
        .selectFrom('meetingPerson')
        .select('inviteId')
        .where('meetingId', '=', meetingId)
        .where('personId', '=', personId)
        .executeTakeFirst();
      if (!person) throw new ProtocolError('not-found', 'no such person');
      if (person.inviteId !== null) await usableInvite(trx, { jti: person.inviteId, meetingId });
      await mails.resend(trx, meetingId, personId, actor);
      const subject = `meeting:${meetingId}`;
      await appendAudit(trx, { kind: 'invite-mailed-again', actor, subject, details: { personId } });
    });
    meetings.changed(meetingId);
  }

  /**
   * Large ones one after another: in one commit they would keep everybody's writes waiting, until the disk counts as failing.
   * @throws UserError too-many-attempts: it weighs as much as several small ones; what `work` throws
   */
  async #write<T>(accountId: string, rows: number, work: (trx: AuthorityWrite) => Promise<T>): Promise<T> {
    const { store } = this.#deps;
    const more = Math.ceil(rows / ROWS_OF_ONE) - 1;
    if (more === 0) return store.write(work);
    if (!this.#madeByAccount.takeSeveral(accountId, more)) throw new UserError('too-many-attempts');
    const written = this.#large.then(() => store.write(work));
    this.#large = written.catch(() => {});
    return written;
  }

  /** @throws ProtocolError not-found */
  async setPolicy(meetingId: string, policy: MeetingPolicy, actor: string): Promise<void> {
    const { meetings } = this.#deps;
    await meetings.policies.set(meetingId, policy, actor);
    meetings.changed(meetingId);
  }

  /** @throws ProtocolError not-found */
  async detail(meetingId: string, viewer: { role: MeetingRole; accountId: string }): Promise<MeetingDetail> {
    const { store, meetings, bookingsOf } = this.#deps;
    const { role, accountId } = viewer;
    const [summary] = await summariesOf(store.read, new Map([[meetingId, role]]));
    const row = await store.read
      .selectFrom('meeting')
      .select(['sequence', 'agenda', 'hostAccountId'])
      .where('meetingId', '=', meetingId)
      .executeTakeFirst();
    if (!summary || !row) throw new ProtocolError('not-found', 'no such meeting');
    const [people, rules, waiting, conflicts, repeats, isOfCalendar] = await Promise.all([
      peopleOfMeeting(store.read, meetingId, role),
      meetingRulesIn(store.read, meetingId),
      isHost(role) ? meetings.waitingRoom.listOf(meetingId) : null,
      summary.isCancelled ? [] : conflictsOf(store.read, summary, { accountId, bookingsOf }),
      repetitionOf(store.read, meetingId),
      isOfCalendarIn(store.read, meetingId),
    ]);
    const waitingCount = waiting?.count ?? 0;
    const { sequence, agenda, hostAccountId } = row;
    const host = hostAccountId !== null && { hostAccountId };
    const { policy, isTranscriptPermitted, guestRecordOfPlace } = rules!;
    const meeting = {
      ...summary,
      ...host,
      policy,
      isTranscriptPermitted,
      guestRecordOfPlace,
      sequence,
      agenda,
      ...(repeats && { repeats }),
      ...(isOfCalendar && { isOfCalendar: true as const }),
    };
    return { ...meeting, waitingCount, people, conflicts };
  }
}

/** null: the account has asked for none by this id */
async function madeBefore(
  db: Pick<AuthorityWrite, 'selectFrom'>,
  hostAccountId: string,
  requestId: string,
): Promise<string | null> {
  const row = await db
    .selectFrom('meeting')
    .select('meetingId')
    .where('hostAccountId', '=', hostAccountId)
    .where('requestId', '=', requestId)
    .executeTakeFirst();
  return row?.meetingId ?? null;
}
