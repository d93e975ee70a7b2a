/** Which mails a meeting's changes queue, to whom, and with what calendar part. Called in the transaction of the change. */
import { isForAccounts } from '#contract/http/page-paths.ts';
import { withoutLinks } from '#contract/minutes-markdown.ts';
import { InvalidStateError, ProtocolError, UserError } from '#contract/error-codes.ts';
import { type Language, z } from '#contract/schema.ts';
import type { AuthorityTables, AuthorityWrite } from '../store/index.ts';
import {
  knowingItCancelled,
  mailsLeft,
  queueMail,
  reachedPeople,
  refuseMail,
  repetitionInvitation,
  supersede,
  WHOLE_KINDS,
} from './mail-queue.ts';
import type { MeetingMessage, MinutesMessage, RepetitionFacts } from './message.ts';

type Times = { startsAtMs: number | null; endsAtMs: number | null };
type Person = {
  personId: string;
  inviteId: string | null;
  /** has no account */
  isGuest: boolean;
  name: string;
  address: string;
  invitedAs: string | null;
};
type Meeting = Pick<AuthorityTables['meeting'], 'meetingId' | 'title' | 'startsAtMs' | 'endsAtMs'> & {
  sequence: number;
  hostName: string;
  roomNames: string[];
};
type Repeated = Pick<
  AuthorityTables['meeting'],
  'meetingId' | 'startsAtMs' | 'endsAtMs' | 'occurrenceAtMs' | 'repetitionId'
>;
/** One of meetings that repeat, as it was changed with others. `isOther`: title, time or rooms are */
export type ChangedOfRepetition = {
  meetingId: string;
  former: Repeated;
  addedIds: readonly string[];
  keptIds: readonly string[];
  isOther: boolean;
};
/** Was taken out of one of meetings that repeat, to which one mail has invited them. */
export type LeavingPerson = { meetingId: string; person: Person };
type About = { person: Person; meetingId: string; why: 'added' | 'changed' | 'removed' };
type Whole = Pick<MeetingMessage, 'title' | 'roomNames'> & { repetition: RepetitionFacts };

/** nothing that is queued about one of meetings that repeat is in place of these */
const KEPT: readonly AuthorityTables['mail']['kind'][] = ['meeting-minutes', ...WHOLE_KINDS];

const Address = z.email().max(254);

export class MeetingMails {
  /**
   * People who are new to a meeting; to one that repeats: of its people when it was made, to all that were made with it. Those above the
   * limits get none, and their host sees that.
   */
  async invited(trx: AuthorityWrite, meetingId: string, personIds: readonly string[], sender: string): Promise<void> {
    const people = await peopleIn(trx, meetingId, personIds);
    if (people.length === 0) return;
    const meeting = await meetingIn(trx, meetingId);
    let left = await mailsLeft(trx, sender, meetingId);
    for (const person of people) {
      left -= 1;
      await (left >= 0 ? queueMail : refuseMail)(trx, await invitation(trx, meeting, person, sender));
    }
  }

  /** People who stay in a meeting of which time, title or rooms changed. @param former its times before */
  async changed(
    trx: AuthorityWrite,
    meetingId: string,
    { personIds, former, sender }: { personIds: readonly string[]; former: Times; sender: string },
  ): Promise<void> {
    const people = await peopleIn(trx, meetingId, personIds);
    if (people.length === 0) return;
    const meeting = await meetingIn(trx, meetingId);
    let left = await mailsLeft(trx, sender, null);
    for (const person of people) {
      left -= 1;
      const mail = await request(trx, meeting, person, { about: 'changed', sender });
      // a meeting that has lost its time leaves the calendars
      if (meeting.startsAtMs === null) mail.message.calendar = calendarFor('CANCEL', former);
      await supersede(trx, person, KEPT);
      await (left >= 0 ? queueMail : refuseMail)(trx, { ...mail, kind: 'meeting-change' });
    }
  }

  /**
   * To people of a meeting that is cancelled, or who are removed from it: before their rows are gone, and after its sequence is raised.
   * Mails that wait are not sent, but minutes to the people of a meeting that is cancelled; only people whom a mail may have reached
   * get another, and none who know that it is cancelled.
   * @param times that calendars have
   * @param isWhole the meeting is cancelled; else the people are removed from it
   */
  async cancelled(
    trx: AuthorityWrite,
    meetingId: string,
    {
      personIds,
      times,
      sender,
      isWhole,
    }: { personIds: readonly string[]; times: Times; sender: string; isWhole: boolean },
  ): Promise<void> {
    for (const personId of personIds) await supersede(trx, { personId }, isWhole ? KEPT : WHOLE_KINDS);
    const reached = await reachedPeople(trx, meetingId);
    // a calendar cancels again what nobody was invited to again
    const know = await knowingItCancelled(trx, meetingId);
    const people = (await peopleIn(trx, meetingId, personIds)).filter(
      ({ personId }) => reached.has(personId) && !know.has(personId),
    );
    if (people.length === 0) return;
    const { startsAtMs, endsAtMs } = times;
    const meeting = { ...(await meetingIn(trx, meetingId)), startsAtMs, endsAtMs };
    for (const person of people) {
      const mail = await request(trx, meeting, person, { about: 'cancelled', sender });
      mail.message.calendar = calendarFor('CANCEL', times);
      await queueMail(trx, { ...mail, kind: 'meeting-cancel' });
    }
  }

  /**
   * Meetings that repeat are cancelled, from one on: one mail to each who was invited to all of them. After they count as cancelled.
   * @param cancelled in their order; at least one
   */
  async repetitionEnded(
    trx: AuthorityWrite,
    { repetitionId, cancelled, sender }: { repetitionId: string; cancelled: readonly Repeated[]; sender: string },
  ): Promise<void> {
    await raiseSequence(trx, repetitionId);
    const together = new Map<string, Person>();
    for (const { meetingId, startsAtMs, endsAtMs } of cancelled) {
      const times = { startsAtMs, endsAtMs };
      const people = await allPeopleIn(trx, meetingId);
      const alone = people.filter(({ invitedAs }) => invitedAs === null).map(({ personId }) => personId);
      await this.cancelled(trx, meetingId, { personIds: alone, times, sender, isWhole: true });
      for (const person of people) {
        if (person.invitedAs === null) continue;
        await supersede(trx, person, KEPT);
        if (!together.has(person.invitedAs)) together.set(person.invitedAs, person);
      }
    }
    const [first] = cancelled;
    if (together.size === 0 || !first) return;
    const meeting = await meetingIn(trx, first.meetingId);
    for (const [invitedAs, person] of together) await ended(trx, meeting, { invitedAs, person, first, sender });
  }

  /**
   * People who are taken out of meetings that repeat, before their rows are gone: who was invited to that one alone gets a mail as of
   * `cancelled`, and of the others one each is sent by `repetitionChanged`.
   */
  async leaving(
    trx: AuthorityWrite,
    meetingId: string,
    { personIds, times, sender }: { personIds: readonly string[]; times: Times; sender: string },
  ): Promise<LeavingPerson[]> {
    const people = await peopleIn(trx, meetingId, personIds);
    const together = people.filter(({ invitedAs }) => invitedAs !== null);
    const others = new Set(personIds);
    for (const { personId } of together) others.delete(personId);
    await this.cancelled(trx, meetingId, { personIds: [...others], times, sender, isWhole: false });
    for (const person of together) await supersede(trx, person, WHOLE_KINDS);
    return together.map((person) => ({ meetingId, person }));
  }

  /**
   * Several of meetings that repeat are changed: one mail to each who was invited to them together, with all that the person is invited to
   * now. After all is written, with their people.
   * @param changed in their order; at least one
   */
  async repetitionChanged(
    trx: AuthorityWrite,
    {
      repetitionId,
      changed,
      removed,
      sender,
    }: {
      repetitionId: string;
      changed: readonly ChangedOfRepetition[];
      removed: readonly LeavingPerson[];
      sender: string;
    },
  ): Promise<void> {
    await raiseSequence(trx, repetitionId);
    const together = new Map<string, About>();
    for (const { meetingId, former, addedIds, keptIds, isOther } of changed) {
      const added = new Set(addedIds);
      const people = await peopleIn(trx, meetingId, [...addedIds, ...(isOther ? keptIds : [])]);
      const alone = people.filter(({ invitedAs }) => invitedAs === null).map(({ personId }) => personId);
      const [comes, stays] = [alone.filter((each) => added.has(each)), alone.filter((each) => !added.has(each))];
      await this.changed(trx, meetingId, { personIds: stays, former, sender });
      await this.invited(trx, meetingId, comes, sender);
      for (const person of people) {
        if (person.invitedAs === null) continue;
        const why = added.has(person.personId) ? 'added' : 'changed';
        await supersede(trx, person, KEPT);
        const before = together.get(person.invitedAs);
        if (!before) together.set(person.invitedAs, { person, meetingId, why });
        else if (why === 'added') before.why = why;
      }
    }
    for (const { meetingId, person } of removed)
      if (!together.has(person.invitedAs!)) together.set(person.invitedAs!, { person, meetingId, why: 'removed' });
    const [{ former: first }] = changed as [ChangedOfRepetition];
    const invitationsLeft = await mailsLeft(trx, sender, first.meetingId);
    const counts = { invitation: invitationsLeft, change: await mailsLeft(trx, sender, null) };
    for (const [invitedAs, { person, meetingId, why }] of together) {
      const meeting = await meetingIn(trx, meetingId);
      if (why === 'removed') {
        const { former } = changed.find((each) => each.meetingId === meetingId)!;
        await ended(trx, meeting, { invitedAs, person, first: former, sender });
        continue;
      }
      const isInvited = why === 'added' || (await repetitionInvitation(trx, invitedAs)) === 'waits';
      await supersede(trx, { personId: invitedAs }, ['meeting-minutes']);
      counts.change -= 1;
      if (isInvited) {
        counts.invitation -= 1;
        const left = Math.min(counts.invitation, counts.change);
        await (left >= 0 ? queueMail : refuseMail)(trx, await invitation(trx, meeting, person, sender));
        continue;
      }
      const mail = await request(trx, meeting, person, { about: 'changed', sender });
      const whole = await repetitionFor(trx, invitedAs);
      if (whole !== null) {
        mail.message.calendar = calendarFor('REQUEST', await plannedTimes(trx, repetitionId, first));
        Object.assign(mail.message, await wholeEntry(trx, repetitionId), whole);
      }
      const kind = 'repetition-change' as const;
      await (counts.change >= 0 ? queueMail : refuseMail)(trx, { ...mail, kind, personId: invitedAs });
    }
  }

  /** The minutes, to host and people of the meeting with an address. Those above the sender's limit get none. */
  async minutes(
    trx: AuthorityWrite,
    meetingId: string,
    { text, language, sender }: { text: string; language: Language; sender: string },
  ): Promise<void> {
    const rows = await trx.selectFrom('meetingPerson').select('personId').where('meetingId', '=', meetingId).execute();
    const people = await peopleIn(
      trx,
      meetingId,
      rows.map(({ personId }) => personId),
    );
    const host = await hostIn(trx, meetingId);
    const recipients = [
      ...(host === null ? [] : [{ ...host, personId: null, isGuest: false }]),
      ...people.map(({ personId, name, address, isGuest }) => ({ personId, accountId: null, name, address, isGuest })),
    ];
    if (recipients.length === 0) return;
    const { title, hostName } = await meetingIn(trx, meetingId);
    let left = await mailsLeft(trx, sender, null);
    const textForGuests = withoutLinks(text, isForAccounts);
    for (const { personId, accountId, name, address, isGuest } of recipients) {
      left -= 1;
      const own = { language, text: isGuest ? textForGuests : text };
      const message: MinutesMessage = { about: 'minutes', to: { name, address }, title, hostName, ...own };
      const mail = { kind: 'meeting-minutes' as const, meetingId, personId, accountId, sender, message };
      await (left >= 0 ? queueMail : refuseMail)(trx, mail);
    }
  }

  /** @throws ProtocolError not-found; InvalidStateError not-possible-now: no address; UserError mail-limit */
  async resend(trx: AuthorityWrite, meetingId: string, personId: string, sender: string): Promise<void> {
    const known = await trx
      .selectFrom('meetingPerson')
      .select('personId')
      .where('meetingId', '=', meetingId)
      .where('personId', '=', personId)
      .executeTakeFirst();
    if (!known) throw new ProtocolError('not-found', 'no such person');
    const [person] = await peopleIn(trx, meetingId, [personId]);
    if (!person) throw new InvalidStateError('not-possible-now', 'no address is known');
    if ((await mailsLeft(trx, sender, meetingId)) <= 0) throw new UserError('mail-limit');
    await supersede(trx, person, ['meeting-minutes']);
    if (person.invitedAs !== null) await supersede(trx, { personId: person.invitedAs }, ['meeting-minutes']);
    await queueMail(trx, await invitation(trx, await meetingIn(trx, meetingId), person, sender));
  }
}

/** To a meeting, or to all that the person was invited to together. */
async function invitation(trx: AuthorityWrite, meeting: Meeting, person: Person, sender: string) {
  const mail = await request(trx, meeting, person, { about: 'invited', sender });
  if (person.invitedAs === null || mail.message.entry === undefined) return mail;
  const whole = await repetitionFor(trx, person.invitedAs);
  if (whole === null) return mail;
  Object.assign(mail.message, await wholeEntry(trx, mail.message.entry.uid), whole);
  return { ...mail, kind: 'repetition-request' as const, personId: person.invitedAs };
}

async function raiseSequence(trx: AuthorityWrite, repetitionId: string): Promise<void> {
  await trx
    .updateTable('repetition')
    .set((e) => ({ sequence: e('sequence', '+', 1) }))
    .where('repetitionId', '=', repetitionId)
    .execute();
}

/**
 * Of meetings that repeat, a person is in none from one on: once the meetings are cancelled, or the person's rows in them are gone.
 * @param first that the person is not in any more
 */
async function ended(
  trx: AuthorityWrite,
  meeting: Meeting,
  { invitedAs, person, first, sender }: { invitedAs: string; person: Person; first: Repeated; sender: string },
): Promise<void> {
  const repetitionId = first.repetitionId!;
  const invited = await repetitionInvitation(trx, invitedAs);
  if (invited === 'none') return;
  await supersede(trx, { personId: invitedAs }, ['meeting-minutes']);
  const left = await repetitionFor(trx, invitedAs);
  if (invited === 'waits') {
    if (left !== null) await queueMail(trx, await invitation(trx, meeting, person, sender));
    return;
  }
  const mail = await request(trx, meeting, person, { about: left === null ? 'cancelled' : 'ended', sender });
  const planned = await plannedTimes(trx, repetitionId, first);
  mail.message.calendar = calendarFor(left === null ? 'CANCEL' : 'REQUEST', planned);
  Object.assign(mail.message, await wholeEntry(trx, repetitionId), left);
  await queueMail(trx, { ...mail, kind: 'meeting-cancel' });
}

/** What a mail about all of them has in place of one's. */
async function wholeEntry(
  trx: AuthorityWrite,
  repetitionId: string,
): Promise<Pick<MeetingMessage, 'sequence'> & Required<Pick<MeetingMessage, 'entry'>>> {
  const { sequence, timeZone } = await trx
    .selectFrom('repetition')
    .select(['sequence', 'timeZone'])
    .where('repetitionId', '=', repetitionId)
    .executeTakeFirstOrThrow();
  return { sequence, entry: { uid: repetitionId, timeZone, occurrenceAtMs: null } };
}

/** By which calendars know one of them, also where it has lost its time. */
async function plannedTimes(trx: AuthorityWrite, repetitionId: string, { occurrenceAtMs }: Repeated): Promise<Times> {
  const { durationMinutes } = await trx
    .selectFrom('repetition')
    .select('durationMinutes')
    .where('repetitionId', '=', repetitionId)
    .executeTakeFirstOrThrow();
  return { startsAtMs: occurrenceAtMs, endsAtMs: occurrenceAtMs && occurrenceAtMs + durationMinutes * 60_000 };
}

/**
 * As those are called that nobody has changed; the others have their own title and rooms.
 * @param invitedAs as which the person is in all of them
 * @returns null: none of them is left
 */
async function repetitionFor(trx: AuthorityWrite, invitedAs: string): Promise<Whole | null> {
  const rows = await trx
    .selectFrom('meetingPerson')
    .innerJoin('meeting', 'meeting.meetingId', 'meetingPerson.meetingId')
    .innerJoin('repetition', 'repetition.repetitionId', 'meeting.repetitionId')
    .select(['meeting.meetingId', 'meetingPerson.inviteId', 'meeting.startsAtMs', 'meeting.endsAtMs'])
    .select(['meeting.title', 'meeting.sequence', 'meeting.occurrenceAtMs', 'repetition.repetitionId'])
    .select(['repetition.every', 'repetition.timeZone', 'repetition.durationMinutes'])
    .select('repetition.sequence as wholeSequence')
    .where('meetingPerson.invitedAs', '=', invitedAs)
    .where('meeting.cancelledAtMs', 'is', null)
    .orderBy('meeting.startsAtMs')
    .execute();
  const timed = rows.filter((row) => row.startsAtMs !== null && row.endsAtMs !== null && row.occurrenceAtMs !== null);
  const usual = timed.find(({ sequence }) => sequence === 0) ?? timed[0];
  if (!usual) return null;
  const rooms = await roomNamesOf(
    trx,
    timed.map(({ meetingId }) => meetingId),
  );
  const roomsOf = (meetingId: string): string[] => rooms.get(meetingId) ?? [];
  const [title, roomNames] = [usual.title, roomsOf(usual.meetingId)];
  const occurrences = timed.map((row) => ({
    meetingId: row.meetingId,
    inviteId: row.inviteId,
    plannedMs: row.occurrenceAtMs!,
    startsAtMs: row.startsAtMs!,
    endsAtMs: row.endsAtMs!,
    ...(row.sequence > 0 && { sequence: row.sequence + row.wholeSequence }),
    ...(row.title !== title && { title: row.title }),
    ...(roomsOf(row.meetingId).join('\n') !== roomNames.join('\n') && { roomNames: roomsOf(row.meetingId) }),
  }));
  const lastMs = Math.max(...occurrences.map(({ plannedMs }) => plannedMs));
  const planned = await trx
    .selectFrom('meeting')
    .select('occurrenceAtMs')
    .where('repetitionId', '=', usual.repetitionId)
    .where('occurrenceAtMs', '<=', lastMs)
    .orderBy('occurrenceAtMs')
    .execute();
  const { every, timeZone, durationMinutes } = usual;
  const plannedMs = planned.map((row) => row.occurrenceAtMs!);
  return { title, roomNames, repetition: { every, timeZone, durationMinutes, plannedMs, occurrences } };
}

async function request(
  trx: AuthorityWrite,
  meeting: Meeting,
  { personId, inviteId, name, address, invitedAs }: Person,
  { about, sender }: { about: MeetingMessage['about']; sender: string },
) {
  const repeated = invitedAs === null ? null : await occurrenceOf(trx, meeting.meetingId);
  const message: MeetingMessage = {
    about,
    to: { name, address },
    ...meeting,
    inviteId,
    calendar: calendarFor('REQUEST', meeting),
    ...(repeated && { sequence: meeting.sequence + repeated.sequence, entry: repeated.entry }),
  };
  return {
    kind: 'meeting-request' as AuthorityTables['mail']['kind'],
    meetingId: meeting.meetingId,
    personId,
    accountId: null,
    sender,
    message,
  };
}

async function occurrenceOf(trx: AuthorityWrite, meetingId: string) {
  const row = await trx
    .selectFrom('meeting')
    .innerJoin('repetition', 'repetition.repetitionId', 'meeting.repetitionId')
    .select(['repetition.repetitionId', 'repetition.timeZone', 'repetition.sequence', 'meeting.occurrenceAtMs'])
    .where('meetingId', '=', meetingId)
    .executeTakeFirst();
  if (!row) return null;
  const { repetitionId, timeZone, sequence, occurrenceAtMs } = row;
  return { sequence, entry: { uid: repetitionId, timeZone, occurrenceAtMs } };
}

const calendarFor = (method: 'REQUEST' | 'CANCEL', { startsAtMs, endsAtMs }: Times): MeetingMessage['calendar'] =>
  startsAtMs === null || endsAtMs === null ? null : { method, startsAtMs, endsAtMs };

async function peopleIn(trx: AuthorityWrite, meetingId: string, personIds: readonly string[]): Promise<Person[]> {
  const wanted = new Set(personIds);
  if (wanted.size === 0) return [];
  return (await allPeopleIn(trx, meetingId)).filter(({ personId }) => wanted.has(personId));
}

/** Those with an address that mail can be sent to, and whose account is not disabled. */
async function allPeopleIn(trx: AuthorityWrite, meetingId: string): Promise<Person[]> {
  const rows = await trx
    .selectFrom('meetingPerson')
    .leftJoin('account', 'account.accountId', 'meetingPerson.accountId')
    .select([
      'meetingPerson.personId',
      'meetingPerson.accountId',
      'meetingPerson.inviteId',
      'meetingPerson.invitedAs',
      'meetingPerson.displayName as givenName',
      'meetingPerson.email as givenAddress',
      'account.displayName as accountName',
      'account.email as accountAddress',
    ])
    .where('meetingPerson.meetingId', '=', meetingId)
    .where('account.disabledAtMs', 'is', null)
    .orderBy('meetingPerson.addedAtMs')
    .orderBy('meetingPerson.personId')
    .execute();
  return rows.flatMap(({ personId, accountId, inviteId, invitedAs, givenName, accountName, ...given }) => {
    const address = Address.safeParse(given.accountAddress ?? given.givenAddress).data;
    const named = { personId, inviteId, invitedAs, name: accountName ?? givenName, isGuest: accountId === null };
    return address === undefined ? [] : [{ ...named, address }];
  });
}

/** null: none with an address who is not disabled, or one of the people too */
async function hostIn(
  trx: AuthorityWrite,
  meetingId: string,
): Promise<{ accountId: string; name: string; address: string } | null> {
  const row = await trx
    .selectFrom('meeting')
    .innerJoin('account', 'account.accountId', 'meeting.hostAccountId')
    .select(['account.accountId', 'account.displayName', 'account.email'])
    .where('meeting.meetingId', '=', meetingId)
    .where('account.disabledAtMs', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('meetingPerson')
            .select('personId')
            .whereRef('meetingPerson.meetingId', '=', 'meeting.meetingId')
            .whereRef('meetingPerson.accountId', '=', 'account.accountId'),
        ),
      ),
    )
    .executeTakeFirst();
  const address = Address.safeParse(row?.email).data;
  return row === undefined || address === undefined
    ? null
    : { accountId: row.accountId, name: row.displayName, address };
}

async function meetingIn(trx: AuthorityWrite, meetingId: string): Promise<Meeting> {
  const meeting = await trx
    .selectFrom('meeting')
    .leftJoin('account', 'account.accountId', 'meeting.hostAccountId')
    .select(['meetingId', 'title', 'startsAtMs', 'endsAtMs', 'sequence', 'account.displayName as hostName'])
    .where('meetingId', '=', meetingId)
    .executeTakeFirstOrThrow();
  const rooms = await roomNamesOf(trx, [meetingId]);
  return { ...meeting, hostName: meeting.hostName ?? meeting.title, roomNames: rooms.get(meetingId) ?? [] };
}

/** By meeting, of those that have one. */
async function roomNamesOf(trx: AuthorityWrite, meetingIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await trx
    .selectFrom('meetingRoom')
    .innerJoin('room', 'room.roomId', 'meetingRoom.roomId')
    .select(['meetingRoom.meetingId', 'room.roomName'])
    .where('meetingRoom.meetingId', 'in', meetingIds)
    .where('room.removedAtMs', 'is', null)
    .orderBy('room.roomName')
    .execute();
  const names = new Map<string, string[]>();
  for (const { meetingId, roomName } of rows) names.set(meetingId, [...(names.get(meetingId) ?? []), roomName]);
  return names;
}
