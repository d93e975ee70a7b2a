/** Which mails a meeting's changes queue, to whom, and with what calendar part. Called in the transaction of the change. */
import { InvalidStateError, ProtocolError, UserError } from '#contract/error-codes.ts';
import { type Language, z } from '#contract/schema.ts';
import type { AuthorityTables, AuthorityWrite } from '../store/index.ts';
import { mailsLeft, queueMail, reachedPeople, refuseMail, supersede } from './mail-queue.ts';
import type { MeetingMessage, MinutesMessage } from './message.ts';

type Times = { startsAtMs: number | null; endsAtMs: number | null };
type Person = { personId: string; inviteId: string | null; name: string; address: string };
type Meeting = Pick<AuthorityTables['meeting'], 'meetingId' | 'title' | 'startsAtMs' | 'endsAtMs'> & {
  sequence: number;
  hostName: string;
  roomNames: string[];
};

const Address = z.email().max(254);

export class MeetingMails {
  /** People who are new to a meeting. Those above the limits get none, and their host sees that. */
  async invited(trx: AuthorityWrite, meetingId: string, personIds: readonly string[], sender: string): Promise<void> {
    const people = await peopleIn(trx, meetingId, personIds);
    if (people.length === 0) return;
    const meeting = await meetingIn(trx, meetingId);
    let left = await mailsLeft(trx, sender, meetingId);
    for (const person of people) {
      left -= 1;
      await (left >= 0 ? queueMail : refuseMail)(trx, request(meeting, person, { about: 'invited', sender }));
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
      const mail = request(meeting, person, { about: 'changed', sender });
      // a meeting that has lost its time leaves the calendars
      if (meeting.startsAtMs === null) mail.message.calendar = calendarFor('CANCEL', former);
      await supersede(trx, person, ['meeting-minutes']);
      await (left >= 0 ? queueMail : refuseMail)(trx, { ...mail, kind: 'meeting-change' });
    }
  }

  /**
   * To people of a meeting that is cancelled, or who are removed from it: before their rows are gone, and after its sequence is raised.
   * Mails that wait are not sent, but minutes to the people of a meeting that is cancelled; only people whom a mail may have reached
   * get another.
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
    for (const personId of personIds) await supersede(trx, { personId }, isWhole ? ['meeting-minutes'] : []);
    const reached = await reachedPeople(trx, meetingId);
    const people = (await peopleIn(trx, meetingId, personIds)).filter(({ personId }) => reached.has(personId));
    if (people.length === 0) return;
    const { startsAtMs, endsAtMs } = times;
    const meeting = { ...(await meetingIn(trx, meetingId)), startsAtMs, endsAtMs };
    for (const person of people) {
      const mail = request(meeting, person, { about: 'cancelled', sender });
      mail.message.calendar = calendarFor('CANCEL', times);
      await queueMail(trx, { ...mail, kind: 'meeting-cancel' });
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
      ...(host === null ? [] : [{ ...host, personId: null }]),
      ...people.map(({ personId, name, address }) => ({ personId, accountId: null, name, address })),
    ];
    if (recipients.length === 0) return;
    const { title, hostName } = await meetingIn(trx, meetingId);
    let left = await mailsLeft(trx, sender, null);
    for (const { personId, accountId, name, address } of recipients) {
      left -= 1;
      const message: MinutesMessage = { about: 'minutes', to: { name, address }, title, hostName, language, text };
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
    await queueMail(trx, request(await meetingIn(trx, meetingId), person, { about: 'invited', sender }));
  }
}

function request(
  meeting: Meeting,
  { personId, inviteId, name, address }: Person,
  { about, sender }: { about: MeetingMessage['about']; sender: string },
) {
  const message: MeetingMessage = {
    about,
    to: { name, address },
    ...meeting,
    inviteId,
    calendar: calendarFor('REQUEST', meeting),
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

const calendarFor = (method: 'REQUEST' | 'CANCEL', { startsAtMs, endsAtMs }: Times): MeetingMessage['calendar'] =>
  startsAtMs === null || endsAtMs === null ? null : { method, startsAtMs, endsAtMs };

/** Those with an address that mail can be sent to, and whose account is not disabled. */
async function peopleIn(trx: AuthorityWrite, meetingId: string, personIds: readonly string[]): Promise<Person[]> {
  const wanted = new Set(personIds);
  if (wanted.size === 0) return [];
  const rows = await trx
    .selectFrom('meetingPerson')
    .leftJoin('account', 'account.accountId', 'meetingPerson.accountId')
    .select([
      'meetingPerson.personId',
      'meetingPerson.inviteId',
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
  return rows.flatMap(({ personId, inviteId, givenName, givenAddress, accountName, accountAddress }) => {
    const address = Address.safeParse(accountAddress ?? givenAddress).data;
    return address === undefined || !wanted.has(personId)
      ? []
      : [{ personId, inviteId, name: accountName ?? givenName, address }];
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
  const rooms = await trx
    .selectFrom('meetingRoom')
    .innerJoin('room', 'room.roomId', 'meetingRoom.roomId')
    .select('room.roomName')
    .where('meetingRoom.meetingId', '=', meetingId)
    .where('room.removedAtMs', 'is', null)
    .orderBy('room.roomName')
    .execute();
  const roomNames = rooms.map(({ roomName }) => roomName);
  return { ...meeting, hostName: meeting.hostName ?? meeting.title, roomNames };
}
