/**
 * A new password for a local administrator who lost the own one, where nobody is left to make a one-time link in the console. It is
 * good until the first sign-in, which asks for another. What the account had open ends with it.
 */
import { hash } from '@node-rs/argon2';
import { LOCAL_ISSUER } from '#contract/http/people-api.ts';
import { appendAudit } from '../../audit/index.ts';
import type { AuthorityStore } from '../../store/index.ts';
import { voidInvites } from '../account-invites.ts';
import { newOneTimePassword } from '../accounts.ts';
import { setPassword } from '../passwords.ts';
import { endSessionsOf } from '../sessions.ts';

/** `startedBy`: the user of the machine, for the audit log. */
export type ResetRequest = { userName: string | null; startedBy: string };
export type PasswordReset = { userName: string; oneTimePassword: string; endedSessionCount: number };

/** @param request `userName` null: the one administrator that there is. @throws Error naming what to do */
export async function resetAdministratorPassword(
  store: AuthorityStore,
  { userName: wanted, startedBy }: ResetRequest,
): Promise<PasswordReset> {
  const { accountId, userName } = choose(await localAdministrators(store), wanted?.toLowerCase() ?? null);
  const oneTimePassword = newOneTimePassword();
  const passwordHash = await hash(oneTimePassword);
  const endedSessionCount = await store.write(async (trx) => {
    await setPassword(trx, accountId, { passwordHash, mustChange: true });
    // a link that somebody still holds would choose a password, too
    await voidInvites(trx, accountId);
    const count = await endSessionsOf(trx, accountId);
    const subject = `account:${accountId}`;
    await appendAudit(trx, { kind: 'password-reset', actor: 'fleet', subject, details: { startedBy, count } });
    return count;
  });
  return { userName, oneTimePassword, endedSessionCount };
}

type Administrator = { accountId: string; userName: string };

/** Who can sign in without a directory, and may do everything. */
function localAdministrators(store: AuthorityStore): Promise<Administrator[]> {
  return store.read
    .selectFrom('account')
    .innerJoin('roleGrant', 'roleGrant.accountId', 'account.accountId')
    .select(['account.accountId', 'userName'])
    .where('issuer', '=', LOCAL_ISSUER)
    .where('disabledAtMs', 'is', null)
    .where('role', '=', 'administrator')
    .where('scopeKind', '=', 'organisation')
    .orderBy('userName')
    .execute();
}

function choose(administrators: readonly Administrator[], wanted: string | null): Administrator {
  const names = administrators.map(({ userName }) => userName).join(', ');
  if (administrators.length === 0) throw new Error('there is no local administrator who is not disabled');
  if (wanted === null && administrators.length > 1)
    throw new Error(`which administrator? --user NAME, one of: ${names}`);
  const found = wanted === null ? administrators[0] : administrators.find(({ userName }) => userName === wanted);
  if (!found)
    throw new Error(`"${wanted}" is no local administrator of the organisation who can sign in. There is: ${names}`);
  return found;
}
