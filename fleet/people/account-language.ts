/** In which language an account's own page was shown last: what is mailed to the person is in it. */
import type { Language } from '#contract/schema.ts';
import type { AuthorityStore } from '../store/index.ts';

/** Writes only what is new. */
export async function rememberLanguage(store: AuthorityStore, accountId: string, language: Language): Promise<void> {
  const known = await store.read
    .selectFrom('account')
    .select('language')
    .where('accountId', '=', accountId)
    .executeTakeFirst();
  if (!known || known.language === language) return;
  await store.write((trx) => trx.updateTable('account').set({ language }).where('accountId', '=', accountId).execute());
}
