/** The mail to an account that was mentioned in chats. What it names is looked up when it is sent: what is read or recalled is not in it. */
import { z } from '#contract/schema.ts';
import type { AuthorityWrite } from '../store/index.ts';
import { mentionMailsLeft, OVER_LIMIT, queueMail } from './mail-queue.ts';
import type { MentionMessage } from './message.ts';

const Address = z.email().max(254);
/** to one account; what comes meanwhile is in the next */
const ONE_EACH_MS = 3_600_000;

/**
 * @param sender who wrote the newest message, whose limit it counts for
 * @returns false: one was queued a short while ago, so try later. An account without an address, and one whose sender is above the
 *   limit, get none, and need no other try
 */
export async function queueMentionMail(
  trx: AuthorityWrite,
  { accountId, sender }: { accountId: string; sender: string },
): Promise<boolean> {
  const account = await trx
    .selectFrom('account')
    .select(['displayName', 'email', 'language'])
    .where('accountId', '=', accountId)
    .where('disabledAtMs', 'is', null)
    .executeTakeFirst();
  const address = Address.safeParse(account?.email).data;
  if (!account || address === undefined) return true;
  const recent = await trx
    .selectFrom('mail')
    .select('mailId')
    .where('accountId', '=', accountId)
    .where('kind', '=', 'chat-mention')
    .where((e) => e.or([e('failure', 'is', null), e('failure', '<>', OVER_LIMIT)]))
    .where('createdAtMs', '>', Date.now() - ONE_EACH_MS)
    // a clock that was set back
    .where('createdAtMs', '<=', Date.now())
    .executeTakeFirst();
  if (recent) return false;
  if ((await mentionMailsLeft(trx, sender)) <= 0) return true;
  const to = { name: account.displayName, address };
  const message: MentionMessage = { about: 'mention', to, accountId, language: account.language };
  await queueMail(trx, { kind: 'chat-mention', meetingId: null, personId: null, accountId, sender, message });
  return true;
}
