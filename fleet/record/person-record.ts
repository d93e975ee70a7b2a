/** What is kept of a person: as one file, for themselves or for IT, and what records of meetings forget of them. */
import { InvalidStateError, ProtocolError } from '#contract/error-codes.ts';
import { forgetInHelp } from '../help/index.ts';
import type { Language } from '#contract/schema.ts';
import { supersede } from '../mail/index.ts';
import { FORMER_MEMBER } from '../people/index.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import type { PersonOfRecord } from './kinds/kind.ts';
import { recordKinds } from './kinds/kinds.ts';

type Reader = AuthorityStore['read'];
type ForgottenPerson = PersonOfRecord & { language: Language };

/**
 * As JSON, times in epoch milliseconds. No secret is in it.
 * @param isOwn for themselves: also what others wrote for them, as titles and tasks; IT has the person's own words alone
 * @throws ProtocolError not-found
 */
export async function personRecord(db: Reader, accountId: string, isOwn: boolean): Promise<string> {
  const account = await db
    .selectFrom('account')
    .leftJoin('place', 'place.placeId', 'account.placeId')
    .select(['accountId', 'issuer', 'subject', 'userName', 'displayName', 'email', 'placeName', 'groups'])
    .select(['account.createdAtMs', 'disabledAtMs', 'lastSignedInAtMs'])
    .where('accountId', '=', accountId)
    .executeTakeFirst();
  if (!account) throw new ProtocolError('not-found', 'no such account');
  const person = { accountId, displayName: account.displayName };
  const whole: Record<string, unknown> = {
    account: { ...account, groups: JSON.parse(account.groups) as unknown },
    ...(await accessOf(db, accountId)),
    meetings: await meetingsOf(db, accountId, isOwn),
    documents: await documentsOf(db, accountId),
  };
  for (const kind of recordKinds) Object.assign(whole, await kind.ofPerson?.(db, person, isOwn));
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/** Roles, where it is signed in, and the names of its API tokens. */
async function accessOf(db: Reader, accountId: string) {
  const roles = await db
    .selectFrom('roleGrant')
    .select(['role', 'scopeKind', 'scopeId', 'grantedAtMs'])
    .where('accountId', '=', accountId)
    .execute();
  const sessions = await db
    .selectFrom('session')
    .select(['method', 'browser', 'network', 'createdAtMs', 'lastUsedAtMs'])
    .where('accountId', '=', accountId)
    .orderBy('createdAtMs')
    .execute();
  const apiTokens = await db
    .selectFrom('apiToken')
    .select(['tokenName', 'permissions', 'createdAtMs', 'expiresAtMs', 'lastUsedAtMs', 'revokedAtMs'])
    .where('accountId', '=', accountId)
    .orderBy('createdAtMs')
    .execute();
  return {
    roles,
    sessions,
    apiTokens: apiTokens.map(({ permissions, ...token }) => ({
      ...token,
      permissions: JSON.parse(permissions) as unknown,
    })),
  };
}

/** Hosted, or invited to. The title is its host's word. */
async function meetingsOf(db: Reader, accountId: string, isOwn: boolean) {
  const rows = await db
    .selectFrom('meeting')
    .leftJoin('meetingPerson', (join) =>
      join.onRef('meetingPerson.meetingId', '=', 'meeting.meetingId').on('meetingPerson.accountId', '=', accountId),
    )
    .select(['meeting.meetingId', 'title', 'hostAccountId', 'role', 'startsAtMs', 'endsAtMs', 'cancelledAtMs'])
    .where((e) => e.or([e('hostAccountId', '=', accountId), e('meetingPerson.accountId', '=', accountId)]))
    .orderBy('meeting.meetingId')
    .execute();
  return rows.map(({ hostAccountId, title, role, ...meeting }) => {
    const isHost = hostAccountId === accountId;
    return { ...meeting, role: isHost ? 'host' : role, ...((isOwn || isHost) && { title }) };
  });
}

const documentsOf = (db: Reader, accountId: string) =>
  db
    .selectFrom('document')
    .select(['documentId', 'meetingId', 'title', 'sizeBytes', 'createdAtMs'])
    .where('uploader', '=', accountId)
    .orderBy('documentId')
    .execute();

/** In the transaction that forgets the account. @throws InvalidStateError not-possible-now: they are in a call that runs */
export async function forgetInRecords(trx: AuthorityWrite, person: ForgottenPerson): Promise<void> {
  const running = await trx
    .selectFrom('stay')
    .innerJoin('call', 'call.callId', 'stay.callId')
    .select('stay.stayId')
    .where('stay.accountId', '=', person.accountId)
    .where('call.endedAtMs', 'is', null)
    .where('call.participantCount', '>', 0)
    .executeTakeFirst();
  if (running) throw new InvalidStateError('not-possible-now', 'a call in which they were runs');
  await forgetInAllRecords(trx, person);
}

/** Also in calls that an older copy of the database has as running. */
export async function forgetInAllRecords(trx: AuthorityWrite, person: ForgottenPerson): Promise<void> {
  const { accountId, language: ownLanguage } = person;
  // attendance is the first kind: others find the person by it
  for (const kind of recordKinds.toReversed()) await kind.forget?.(trx, person, FORMER_MEMBER);
  for (const language of ['en', 'ko'] as const)
    await trx
      .updateTable('meetingPerson')
      .set({ displayName: FORMER_MEMBER[language], email: null })
      .where('accountId', '=', accountId)
      .where('meetingId', 'in', trx.selectFrom('meeting').select('meetingId').where('language', '=', language))
      .execute();
  await forgetInHelp(trx, person, FORMER_MEMBER[ownLanguage]);
  const named = await trx.selectFrom('meetingPerson').select('personId').where('accountId', '=', accountId).execute();
  for (const waiting of [{ accountId }, ...named]) await supersede(trx, waiting);
}
