/** The mail with the one-time link to an account. */
import { z } from '#contract/schema.ts';
import type { AuthorityWrite } from '../store/index.ts';
import { mailsLeft, queueMail, supersede } from './mail-queue.ts';

const Address = z.email().max(254);

/** In the transaction that makes the link. False: no mail is sent, so the link is handed over. */
export async function queueAccountMail(
  trx: AuthorityWrite,
  mail: { accountId: string; email: string; displayName: string; inviteUrl: string; actor: string },
): Promise<boolean> {
  const { accountId, email, displayName, inviteUrl, actor: sender } = mail;
  await supersede(trx, { accountId }, ['chat-mention', 'meeting-minutes']);
  const address = Address.safeParse(email).data;
  if (address === undefined || (await mailsLeft(trx, sender, null)) <= 0) return false;
  const message = { about: 'account' as const, to: { name: displayName, address }, inviteUrl };
  await queueMail(trx, { kind: 'account-invite', meetingId: null, personId: null, accountId, sender, message });
  return true;
}
