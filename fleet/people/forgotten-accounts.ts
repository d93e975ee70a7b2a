/** An account whose person asks to be forgotten: it stays for what refers to it, without anything that tells who it was. */
import type { Language } from '#contract/schema.ts';
import type { AuthorityWrite } from '../store/index.ts';

export const FORMER_MEMBER: Record<Language, string> = { en: 'A former member', ko: '이전 구성원' };

const formerName = (accountId: string): string => `former-${accountId}`;

export const isForgottenAccount = ({ accountId, userName }: { accountId: string; userName: string }): boolean =>
  userName === formerName(accountId);

/** Those of them whose person was forgotten. */
export async function forgottenAmong(
  db: Pick<AuthorityWrite, 'selectFrom'>,
  accountIds: readonly string[],
): Promise<Set<string>> {
  if (accountIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('account')
    .select(['accountId', 'userName'])
    .where('accountId', 'in', [...new Set(accountIds)])
    .execute();
  return new Set(rows.filter(isForgottenAccount).map(({ accountId }) => accountId));
}

/** One that is disabled. What its directory calls it stays, so that a sign-in does not make it anew. */
export async function forgetAccount(trx: AuthorityWrite, accountId: string, language: Language): Promise<void> {
  for (const table of ['password', 'accountInvite', 'knownNetwork', 'roleGrant'] as const)
    await trx.deleteFrom(table).where('accountId', '=', accountId).execute();
  await trx.updateTable('apiToken').set({ tokenName: '' }).where('accountId', '=', accountId).execute();
  const displayName = FORMER_MEMBER[language];
  const emptied = { email: null, placeId: null, groups: '[]', lastSignedInAtMs: null };
  await trx
    .updateTable('account')
    .set({ userName: formerName(accountId), displayName, ...emptied })
    .where('accountId', '=', accountId)
    .execute();
}
