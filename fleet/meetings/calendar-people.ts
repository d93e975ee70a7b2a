/**
 * Applies the people of a room's calendar. Those with an account become host and members of the booking's meeting. Bookings
 * that repeat become a series. The calendar comes from outside, so it changes no meeting but those of its own bookings.
 */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { InvitedToBooking, RoomBookings } from '#contract/room-bookings.ts';
import { addressHash } from '#edge/address-hash.ts';
import { AttemptLimit, type BucketRate } from '#edge/attempt-limit.ts';
import { appendAudit } from '../audit/index.ts';
import type { Broker } from '../broker/index.ts';
import type { MeetingMails } from '../mail/index.ts';
import { type AuthorityStore, type AuthorityWrite, newId } from '../store/index.ts';
import { bookingMeetingIn } from './booking-meetings.ts';
import { personOfAccount } from './entries.ts';
import type { CheckedDraft } from './meeting-draft.ts';
import type { Meetings } from './meetings.ts';
import { setPeople } from './set-people.ts';

type Reader = Pick<AuthorityWrite, 'selectFrom'>;
export type CalendarPeopleDependencies = {
  store: AuthorityStore;
  meetings: Pick<Meetings, 'changed' | 'sendRoles'>;
  broker: Pick<Broker, 'on'>;
  /** null: no mail is sent */
  mails: MeetingMails | null;
  logger: Logger;
  retryMs?: number;
  changesOfRoom?: BucketRate;
};
type Report = Pick<RoomBookings, 'bookings' | 'untilMs' | 'asOfMs'>;
type Room = { roomId: string; roomName: string };
/** What a calendar says of a booking, with the accounts of its people. */
type Invited = {
  booking: InvitedToBooking;
  title: string;
  organizer: string | null;
  people: string[];
  reported: string;
};

/** accounts change seldom, and a server that starts hears from all of its rooms at once */
const ACCOUNTS_KEPT_MS = 5_000;
/** a room reports when its calendar changes: what could not be applied would wait for that */
const RETRY_MS = 60_000;
/** a fair, or a week of training; the days that a meeting's words are kept begin at its end */
const LONGEST_MS = 31 * 86_400_000;
/** a week's bookings at once, also of another calendar in place of them; each leaves a line in the audit log, and mails to guests */
const CHANGES_OF_ROOM: BucketRate = { burst: 1_000, refillPerMinute: 10 };

export class CalendarPeople {
  readonly #deps: CalendarPeopleDependencies;
  readonly #changes: AttemptLimit;
  /** by room: the newest report that is not applied yet */
  readonly #waiting = new Map<string, RoomBookings>();
  readonly #working = new Map<string, Promise<void>>();
  /** by room, of a report that was not applied whole */
  readonly #retries = new Map<string, NodeJS.Timeout>();
  #accounts: { byHash: ReadonlyMap<string, string>; readAtMs: number } | null = null;

  constructor(deps: CalendarPeopleDependencies) {
    this.#deps = deps;
    this.#changes = new AttemptLimit(deps.changesOfRoom ?? CHANGES_OF_ROOM);
  }

  start(): void {
    this.#deps.broker.on('bookings', (roomId, bookings) => this.receive(roomId, bookings));
  }

  receive(roomId: string, bookings: RoomBookings): void {
    this.#waiting.set(roomId, bookings);
    if (this.#working.has(roomId)) return;
    const work = this.#work(roomId).finally(() => this.#working.delete(roomId));
    this.#working.set(roomId, work);
  }

  async #work(roomId: string): Promise<void> {
    for (let next = this.#waiting.get(roomId); next; next = this.#waiting.get(roomId)) {
      this.#waiting.delete(roomId);
      clearTimeout(this.#retries.get(roomId));
      const isApplied = await this.apply(roomId, next).catch((error: unknown) => this.#failed(error, roomId));
      if (!isApplied && !this.#waiting.has(roomId)) this.#tryAgain(roomId, next);
    }
  }

  /** Unless a newer report comes before. */
  #tryAgain(roomId: string, bookings: RoomBookings): void {
    const timer = setTimeout(() => this.receive(roomId, bookings), this.#deps.retryMs ?? RETRY_MS);
    timer.unref();
    this.#retries.set(roomId, timer);
  }

  #failed(error: unknown, roomId: string): false {
    this.#deps.logger.error({ err: error, roomId }, 'people of bookings not applied');
    return false;
  }

  /**
   * Each booking in a transaction of its own; nothing is written of those that are as they were.
   * @returns whether all of them are applied: one that fails keeps back none of the others, and more than its pace wait
   */
  async apply(roomId: string, { bookings, untilMs, asOfMs }: Report): Promise<boolean> {
    const { store, mails, meetings } = this.#deps;
    const nowMs = Date.now();
    const room = await store.read
      .selectFrom('room')
      .select(['roomId', 'roomName'])
      .where('roomId', '=', roomId)
      .where('removedAtMs', 'is', null)
      .executeTakeFirst();
    if (!room) return true;
    const accounts = await this.#accountsByHash();
    const known = await knownBookings(store.read, room, bookings, { fromMs: Math.max(nowMs, asOfMs), untilMs });
    const ours = await idsOfOurs(store.read, bookings);
    let isWhole = true;
    const change = async (work: (trx: AuthorityWrite) => Promise<string | null>): Promise<void> => {
      if (!this.#changes.take(roomId)) {
        isWhole = false;
        return;
      }
      try {
        const meetingId = await store.write(work);
        if (meetingId === null) return this.#changes.giveBack(roomId);
        await meetings.sendRoles(meetingId);
        meetings.changed(meetingId);
      } catch (error) {
        isWhole = this.#failed(error, roomId);
      }
    };
    for (const booking of bookings) {
      if (booking.endMs <= nowMs || (booking.uid !== null && ours.has(booking.uid))) continue;
      const row = known.get(booking.bookingId);
      const invited = invitedTo(booking, room, accounts);
      if (row ? row.reported === invited.reported && row.cancelledAtMs === null : invited.people.length === 0) continue;
      await change((trx) => applyBooking(trx, room, invited, mails));
    }
    const named = new Set(bookings.map(({ bookingId }) => bookingId));
    for (const { bookingId, meetingId, cancelledAtMs, reported } of known.values())
      if (!named.has(bookingId) && cancelledAtMs === null && reported !== '')
        await change((trx) => cancelBooking(trx, room, meetingId, mails));
    if (!isWhole)
      this.#deps.logger.warn({ roomId }, 'bookings wait: their room’s calendar changes too often, or one failed');
    return isWhole;
  }

  /** Of those that are not disabled. An address that two accounts have is nobody's. */
  async #accountsByHash(): Promise<ReadonlyMap<string, string>> {
    const nowMs = performance.now();
    if (this.#accounts && nowMs - this.#accounts.readAtMs < ACCOUNTS_KEPT_MS) return this.#accounts.byHash;
    const rows = await this.#deps.store.read
      .selectFrom('account')
      .select(['accountId', 'email'])
      .where('disabledAtMs', 'is', null)
      .where('email', 'is not', null)
      .execute();
    const byHash = new Map<string, string>();
    const twice = new Set<string>();
    for (const { accountId, email } of rows) {
      const hash = addressHash(email!);
      if (byHash.has(hash)) twice.add(hash);
      byHash.set(hash, accountId);
    }
    for (const hash of twice) byHash.delete(hash);
    this.#accounts = { byHash, readAtMs: nowMs };
    return byHash;
  }
}

function invitedTo(booking: InvitedToBooking, { roomName }: Room, accounts: ReadonlyMap<string, string>): Invited {
  const accountOf = (hash: string): string | null => accounts.get(hash) ?? null;
  const organizer = booking.organizer === null ? null : accountOf(booking.organizer);
  const attendees = booking.attendees.flatMap((hash) => accountOf(hash) ?? []);
  const people = [...new Set([...(organizer === null ? [] : [organizer]), ...attendees])];
  const title = booking.title.trim() || roomName;
  const { startMs, endMs, seriesKey } = booking;
  const facts = JSON.stringify([title, startMs, endMs, seriesKey, organizer, people]);
  return { booking, title, organizer, people, reported: createHash('sha256').update(facts).digest('base64url') };
}

type KnownBooking = { bookingId: string; meetingId: string; reported: string; cancelledAtMs: number | null };

/** Those that are named, and those that should be: they begin in what the report covers, and are not over by the room's clock. */
async function knownBookings(
  db: Reader,
  { roomId }: Room,
  bookings: readonly InvitedToBooking[],
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): Promise<Map<string, KnownBooking>> {
  const named = bookings.map(({ bookingId }) => bookingId);
  const rows = await db
    .selectFrom('bookingMeeting')
    .innerJoin('meeting', 'meeting.meetingId', 'bookingMeeting.meetingId')
    .select(['bookingId', 'meeting.meetingId', 'reported', 'cancelledAtMs'])
    .where('bookingMeeting.roomId', '=', roomId)
    .where('meeting.endedAtMs', 'is', null)
    .where((e) =>
      e.or([
        e('bookingId', 'in', ['', ...named]),
        e.and([e('meeting.startsAtMs', '>', fromMs), e('meeting.startsAtMs', '<', untilMs)]),
      ]),
    )
    .execute();
  return new Map(rows.map((row) => [row.bookingId, row]));
}

/** UIDs by which meetings that people made are in the calendar: those have their people already. */
async function idsOfOurs(db: Reader, bookings: readonly InvitedToBooking[]): Promise<Set<string>> {
  const uids = bookings.flatMap(({ uid }) => uid ?? []);
  if (uids.length === 0) return new Set();
  const made = db.selectFrom('meeting').select('meetingId as id').where('meetingId', 'in', uids);
  const repeated = db.selectFrom('repetition').select('repetitionId as id').where('repetitionId', 'in', uids);
  return new Set((await made.union(repeated).execute()).map(({ id }) => id));
}

/** @returns the meeting; null: nothing of it was changed */
async function applyBooking(
  trx: AuthorityWrite,
  { roomId }: Room,
  { booking, title, organizer, people, reported }: Invited,
  mails: MeetingMails | null,
): Promise<string | null> {
  const { bookingId, startMs: startsAtMs, seriesKey } = booking;
  const endsAtMs = Math.max(startsAtMs, Math.min(booking.endMs, startsAtMs + LONGEST_MS));
  const nowMs = Date.now();
  const before = await trx
    .selectFrom('bookingMeeting')
    .innerJoin('meeting', 'meeting.meetingId', 'bookingMeeting.meetingId')
    .select(['meeting.endedAtMs', 'meeting.endsAtMs'])
    .select(['meeting.meetingId', 'meeting.startsAtMs', 'meeting.title'])
    .where('bookingMeeting.roomId', '=', roomId)
    .where('bookingId', '=', bookingId)
    .executeTakeFirst();
  const wasHeld = before !== undefined && (await hasCall(trx, before.meetingId));
  // over: it keeps who was there, whatever becomes of its entry. One of which nobody knows the end is so with its first call
  const isOver =
    wasHeld && (before.endsAtMs === null ? await hasCall(trx, before.meetingId, 'over') : before.endsAtMs <= nowMs);
  if (before && (before.endedAtMs !== null || isOver)) return null;
  const { meetingId } = await bookingMeetingIn(trx, { roomId, bookingId, title });
  const meeting = await trx
    .selectFrom('meeting')
    .innerJoin('bookingMeeting', 'bookingMeeting.meetingId', 'meeting.meetingId')
    .select(['hostAccountId', 'seriesId', 'sequence', 'cancelledAtMs', 'invited'])
    .where('meeting.meetingId', '=', meetingId)
    .executeTakeFirstOrThrow();
  // under way: nobody is taken out of it
  const isFixed = wasHeld || startsAtMs <= nowMs;
  const hostAccountId = isFixed ? (meeting.hostAccountId ?? organizer) : organizer;
  const seriesId = meeting.seriesId ?? (seriesKey === null ? null : await seriesOf(trx, roomId, seriesKey));
  const times = { startsAtMs, endsAtMs };
  const actor = `room:${roomId}`;

  const former = await trx.selectFrom('meetingPerson').selectAll().where('meetingId', '=', meetingId).execute();
  const invited = people.filter((accountId) => accountId !== hostAccountId);
  const invitedBefore = JSON.parse(meeting.invited) as string[];
  // a person whom a host has removed from the meeting or from its call stays removed
  const putOut = await removedFromCalls(trx, meetingId);
  const added = invited.filter(
    (accountId) =>
      !invitedBefore.includes(accountId) &&
      !former.some((row) => row.accountId === accountId) &&
      !putOut.has(personOfAccount(accountId)),
  );
  const kept = former.filter((row) => isFixed || row.isOfCalendar === 0 || invited.includes(row.accountId!));
  const wanted: CheckedDraft['people'] = [
    ...kept.map(({ accountId, role, displayName, email }) =>
      accountId === null || role === 'guest' ? { displayName, email } : { accountId, role },
    ),
    ...added.map((accountId) => ({ accountId, role: 'member' as const })),
  ];
  const isOther = before?.title !== title || before.startsAtMs !== startsAtMs || before.endsAtMs !== endsAtMs;
  const isAnew = before === undefined || meeting.cancelledAtMs !== null;
  await trx
    .updateTable('meeting')
    .set({ ...times, hostAccountId, seriesId, cancelledAtMs: null, sequence: meeting.sequence + (before ? 1 : 0) })
    .where('meetingId', '=', meetingId)
    .execute();
  // the calendar itself has written to its people
  await setPeople(trx, { meetingId, hostAccountId, ...times }, wanted, {
    actor,
    mails: null,
    former: before ?? times,
    makesHosts: true,
  });
  if (added.length > 0)
    await trx
      .updateTable('meetingPerson')
      .set({ isOfCalendar: 1 })
      .where('meetingId', '=', meetingId)
      .where('accountId', 'in', added)
      .execute();
  // those whom a host has added here know of it from us alone
  const personIds = kept.filter((row) => row.isOfCalendar === 0).map(({ personId }) => personId);
  if (before && isAnew) await mails?.invited(trx, meetingId, personIds, actor);
  else if (before && isOther) await mails?.changed(trx, meetingId, { personIds, former: before, sender: actor });
  const known = isFixed ? [...new Set([...invitedBefore, ...invited])] : invited;
  await trx
    .updateTable('bookingMeeting')
    .set({ seriesKey, invited: JSON.stringify(known), reported })
    .where('meetingId', '=', meetingId)
    .execute();
  await appendAudit(trx, {
    kind: before ? 'meeting-changed' : 'meeting-created',
    actor,
    subject: `meeting:${meetingId}`,
    details: { title, startsAtMs, people: wanted.length, bookingId },
  });
  return meetingId;
}

/** It is in the calendar no more, before anybody came: nobody's meeting, until it is there again. */
async function cancelBooking(
  trx: AuthorityWrite,
  { roomId }: Room,
  meetingId: string,
  mails: MeetingMails | null,
): Promise<string | null> {
  if (await hasCall(trx, meetingId)) return null;
  const meeting = await trx
    .selectFrom('meeting')
    .select(['startsAtMs', 'endsAtMs', 'sequence'])
    .where('meetingId', '=', meetingId)
    .where('cancelledAtMs', 'is', null)
    .where('startsAtMs', '>', Date.now())
    .executeTakeFirst();
  if (!meeting) return null;
  const { sequence, ...times } = meeting;
  const actor = `room:${roomId}`;
  await trx
    .updateTable('meeting')
    .set({ cancelledAtMs: Date.now(), sequence: sequence + 1 })
    .where('meetingId', '=', meetingId)
    .execute();
  const rows = await trx
    .selectFrom('meetingPerson')
    .select('personId')
    .where('meetingId', '=', meetingId)
    .where('isOfCalendar', '=', 0)
    .execute();
  const personIds = rows.map(({ personId }) => personId);
  await mails?.cancelled(trx, meetingId, { personIds, times, sender: actor, isWhole: true });
  await appendAudit(trx, { kind: 'meeting-cancelled', actor, subject: `meeting:${meetingId}` });
  return meetingId;
}

/** Of bookings of one room that repeat together. */
async function seriesOf(trx: AuthorityWrite, roomId: string, seriesKey: string): Promise<string> {
  const row = await trx
    .selectFrom('bookingMeeting')
    .innerJoin('meeting', 'meeting.meetingId', 'bookingMeeting.meetingId')
    .select('meeting.seriesId')
    .where('bookingMeeting.roomId', '=', roomId)
    .where('seriesKey', '=', seriesKey)
    .where('meeting.seriesId', 'is not', null)
    .executeTakeFirst();
  return row?.seriesId ?? newId();
}

/** By PersonKey. */
async function removedFromCalls(trx: AuthorityWrite, meetingId: string): Promise<ReadonlySet<string>> {
  const rows = await trx
    .selectFrom('entry')
    .innerJoin('call', 'call.callId', 'entry.callId')
    .select('entry.person')
    .where('call.meetingId', '=', meetingId)
    .where('entry.removedAtMs', 'is not', null)
    .execute();
  return new Set(rows.map(({ person }) => person));
}

/** One into which somebody has come, or that runs; `over`: one into which somebody has come. */
async function hasCall(trx: AuthorityWrite, meetingId: string, which: 'any' | 'over' = 'any'): Promise<boolean> {
  const calls = trx.selectFrom('call').select('callId').where('meetingId', '=', meetingId);
  const found =
    which === 'any'
      ? calls.where((e) => e.or([e('openedAtMs', 'is not', null), e('endedAtMs', 'is', null)]))
      : calls.where('openedAtMs', 'is not', null).where('endedAtMs', 'is not', null);
  return (await found.executeTakeFirst()) !== undefined;
}
