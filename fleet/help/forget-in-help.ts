/** A person in what IT did for rooms: who asked for actions, saw calls for help and answered them. */
import type { AuthorityWrite } from '../store/index.ts';

/**
 * The name is replaced, also in rows of earlier releases, which have names alone: where somebody else had it too, both lose it.
 * @param displayName as the account is called until now
 */
export async function forgetInHelp(
  trx: AuthorityWrite,
  { accountId, displayName }: { accountId: string; displayName: string },
  name: string,
): Promise<void> {
  await trx
    .updateTable('roomAction')
    .set({ askedBy: name, askedByAccountId: null })
    .where((e) =>
      e.or([
        e('askedByAccountId', '=', accountId),
        e.and([e('askedByAccountId', 'is', null), e('askedBy', '=', displayName)]),
      ]),
    )
    .execute();
  await trx
    .updateTable('helpRequest')
    .set({ seenBy: name, seenByAccountId: null })
    .where((e) =>
      e.or([
        e('seenByAccountId', '=', accountId),
        e.and([e('seenByAccountId', 'is', null), e('seenBy', '=', displayName)]),
      ]),
    )
    .execute();
  await trx
    .updateTable('helpMessage')
    .set({ author: name, authorAccountId: null })
    .where('fromWhom', '=', 'it')
    .where((e) =>
      e.or([
        e('authorAccountId', '=', accountId),
        e.and([e('authorAccountId', 'is', null), e('author', '=', displayName)]),
      ]),
    )
    .execute();
}
