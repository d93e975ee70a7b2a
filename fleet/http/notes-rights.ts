/** What the bearer of a session's cookie may do with the notes of a meeting: its people write, nobody else gets them, as its chat. */
import { UserError } from '#contract/error-codes.ts';
import type { NotesRights } from '../notes/index.ts';
import type { AccessDependencies } from './access.ts';

/** @param sessionToken null: no cookie came. Of one connection. It reads `RIGHTS_COLUMNS` of `notes/notes.ts` and no others: with them it changes. */
export function notesRightsOf(sessionToken: string | null, deps: AccessDependencies): NotesRights {
  const { accounts, sessions, roleInMeeting } = deps;
  return async (meetingId) => {
    const session = sessionToken === null ? null : await sessions.of(sessionToken);
    const account = session && (await accounts.byId(session.accountId));
    if (!account) throw new UserError('not-signed-in');
    if (account.mustChangePassword) throw new UserError('forbidden', 'change the one-time password first');
    const { accountId } = account;
    const { expiresAtMs } = session;
    if ((await roleInMeeting(accountId, meetingId)) !== null) return { accountId, access: 'write', expiresAtMs };
    throw new UserError('forbidden');
  };
}
