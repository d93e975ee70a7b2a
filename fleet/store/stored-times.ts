/**
 * Times that stand in the store and mean "so much longer from now": after a jump of the wall clock they are moved with
 * it, so that a clock that was set ends no session, no pairing and no code. What people read (audit, calls, meetings) and
 * what is signed with its time (invites, certificates) stays.
 */
import { sql, type Transaction } from 'kysely';
import type { AuthorityTables } from './schema.ts';

export async function moveStoredTimes(trx: Transaction<AuthorityTables>, byMs: number): Promise<void> {
  const moved = <T>(column: string) => sql<T>`${sql.ref(column)} + ${byMs}`;
  await trx
    .updateTable('session')
    .set({
      createdAtMs: moved('createdAtMs'),
      authenticatedAtMs: moved('authenticatedAtMs'),
      lastUsedAtMs: moved('lastUsedAtMs'),
      expiresAtMs: moved('expiresAtMs'),
    })
    .execute();
  await trx
    .updateTable('pairing')
    .set({ createdAtMs: moved('createdAtMs'), lastUsedAtMs: moved('lastUsedAtMs'), provenAtMs: moved('provenAtMs') })
    .where('revokedAtMs', 'is', null)
    .execute();
  await trx
    .updateTable('account')
    .set({ checkedAtMs: moved('checkedAtMs') })
    .where('checkedAtMs', 'is not', null)
    .execute();
  await trx
    .updateTable('document')
    .set({ usedAtMs: moved('usedAtMs') })
    .execute();
  await trx
    .updateTable('broadcast')
    .set({ keptSinceMs: moved('keptSinceMs') })
    .where('keptSinceMs', 'is not', null)
    .execute();
  await trx
    .updateTable('mail')
    .set({ createdAtMs: moved('createdAtMs'), nextTryAtMs: moved('nextTryAtMs') })
    .execute();
  await trx
    .updateTable('notification')
    .set({ createdAtMs: moved('createdAtMs'), dueAtMs: moved('dueAtMs'), begunAtMs: moved('begunAtMs') })
    .where('sentAtMs', 'is', null)
    .execute();
  await trx
    .updateTable('alertTarget')
    .set({ nextTryAtMs: moved('nextTryAtMs'), formerUntilMs: moved('formerUntilMs') })
    .execute();
  await trx
    .updateTable('roomAction')
    .set({ endsBeforeMs: moved('endsBeforeMs') })
    .where('endedAtMs', 'is', null)
    .execute();
  for (const table of ['claim', 'tabletCode', 'usedPairingCode', 'accountInvite'] as const)
    await trx
      .updateTable(table)
      .set({ expiresAtMs: moved('expiresAtMs') })
      .execute();
}
