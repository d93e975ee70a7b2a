/** Who is invited to a meeting, set to what is wanted: those who stay, who come, and who are gone with their invites and knocks. */
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import { appendAudit } from '../audit/index.ts';
import type { MeetingMails } from '../mail/index.ts';
import { type AuthorityTables, type AuthorityWrite, newId } from '../store/index.ts';
import { personOfAccount, recordRoleInMeeting } from './entries.ts';
import { insertInvite } from './invites.ts';
import { changesHosts, type CheckedDraft, type MeetingTimes, peopleChange } from './meeting-draft.ts';
import { endTicketsOfInvite } from './tickets.ts';

/** a guest may come back after the end, and a meeting overruns */
const INVITE_OUTLIVES_MS = 24 * 3_600_000;
/** of a meeting without a time */
const UNTIMED_INVITE_MS = 90 * 24 * 3_600_000;

type PeopleOfMeeting = MeetingTimes & { meetingId: string; hostAccountId: string | null };
/** `accountIds`, `inviteIds`: of those who are gone */
type SetPeople = { accountIds: string[]; inviteIds: string[]; addedIds: string[]; keptIds: string[] };

/**
 * Who is gone has no invite any more, and no knock that is answered.
 * @throws ProtocolError not-found: an account; UserError forbidden: other hosts than before, by somebody who makes none
 */
export async function setPeople(
  trx: AuthorityWrite,
  { meetingId, hostAccountId, startsAtMs, endsAtMs }: PeopleOfMeeting,
  wanted: CheckedDraft['people'],
  {
    actor,
    mails,
    former: times,
    makesHosts,
  }: { actor: string; mails: Pick<MeetingMails, 'cancelled'> | null; former: MeetingTimes; makesHosts: boolean },
): Promise<SetPeople> {
  const former = await trx.selectFrom('meetingPerson').selectAll().where('meetingId', '=', meetingId).execute();
  const people = peopleChange(wanted, former, hostAccountId);
  if (!makesHosts && changesHosts(people)) throw new UserError('forbidden', 'only a host makes or removes a host');
  const { kept, added, removed } = people;
  const nowMs = Date.now();
  const expiresAtMs =
    startsAtMs === null || endsAtMs === null
      ? nowMs + UNTIMED_INVITE_MS
      : Math.max(nowMs, endsAtMs) + INVITE_OUTLIVES_MS;
  for (const { row, role } of kept) {
    await trx.updateTable('meetingPerson').set({ role }).where('personId', '=', row.personId).execute();
    if (row.accountId !== null && role !== row.role)
      await recordRoleInMeeting(trx, { meetingId, accountId: row.accountId, role });
    if (row.inviteId !== null)
      await trx.updateTable('invite').set({ expiresAtMs }).where('inviteId', '=', row.inviteId).execute();
  }
  const addedIds: string[] = [];
  for (const person of added) {
    if ('accountId' in person) {
      await welcomeBack(trx, meetingId, person.accountId);
      await recordRoleInMeeting(trx, { meetingId, accountId: person.accountId, role: person.role });
    }
    const who =
      'accountId' in person
        ? { ...(await invitable(trx, person.accountId)), role: person.role, inviteId: null }
        : {
            accountId: null,
            ...person,
            role: 'guest' as const,
            inviteId: (
              await insertInvite(trx, { meetingId, displayName: person.displayName, seats: 1, expiresAtMs }, actor)
            ).inviteId,
          };
    const personId = newId();
    addedIds.push(personId);
    await trx
      .insertInto('meetingPerson')
      .values({ personId, meetingId, ...who, addedAtMs: nowMs })
      .execute();
  }
  const inviteIds = removed.flatMap(({ inviteId }) => inviteId ?? []);
  const accountIds = removed.flatMap(({ accountId }) => accountId ?? []);
  const personIds = removed.map(({ personId }) => personId);
  await mails?.cancelled(trx, meetingId, { personIds, times, sender: actor, isWhole: false });
  for (const personId of personIds) await trx.deleteFrom('meetingPerson').where('personId', '=', personId).execute();
  for (const inviteId of inviteIds) {
    await trx.updateTable('invite').set({ revokedAtMs: nowMs }).where('inviteId', '=', inviteId).execute();
    await endTicketsOfInvite(trx, inviteId, actor);
    await appendAudit(trx, { kind: 'invite-revoked', actor, subject: `invite:${inviteId}` });
  }
  for (const accountId of accountIds)
    await trx
      .updateTable('ticket')
      .set({ state: 'declined', decidedBy: actor, decidedAtMs: nowMs })
      .where('meetingId', '=', meetingId)
      .where('accountId', '=', accountId)
      .where('state', 'in', ['waiting', 'admitted'])
      .execute();
  return { accountIds, inviteIds, addedIds, keptIds: kept.map(({ row }) => row.personId) };
}

/** A person who was removed from a meeting and is invited again may come in, also into the same call. */
async function welcomeBack(trx: AuthorityWrite, meetingId: string, accountId: string): Promise<void> {
  await trx
    .updateTable('entry')
    .set({ removedAtMs: null, joinedAtMs: null })
    .where('person', '=', personOfAccount(accountId))
    .where('callId', 'in', trx.selectFrom('call').select('callId').where('meetingId', '=', meetingId))
    .where('removedAtMs', 'is not', null)
    .execute();
}

async function invitable(
  trx: AuthorityWrite,
  accountId: string,
): Promise<Pick<AuthorityTables['meetingPerson'], 'accountId' | 'displayName' | 'email'>> {
  const account = await trx
    .selectFrom('account')
    .select(['accountId', 'displayName', 'email'])
    .where('accountId', '=', accountId)
    .where('disabledAtMs', 'is', null)
    .executeTakeFirst();
  if (!account) throw new ProtocolError('not-found', 'no such account');
  return account;
}
