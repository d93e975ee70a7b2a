/** What the bearer of a session's cookie may do with the notes of a meeting: its people write, those who manage it read. */
import { UserError } from '#contract/error-codes.ts';
import type { NotesRights } from '../notes/index.ts';
import { type AccessDependencies, reachBy, reachesMeeting } from './access.ts';

/** @param sessionToken null: no cookie came. Of one connection; asked again at each use, so that what changed counts at once. */
export function notesRightsOf(sessionToken: string | null, deps: AccessDependencies): NotesRights {
  const { accounts, sessions, roleInMeeting } = deps;
  return async (meetingId) => {
    const session = sessionToken === null ? null : await sessions.of(sessionToken);
    const account = session && (await accounts.byId(session.accountId));
    if (!account) throw new UserError('not-signed-in');
    if (account.mustChangePassword) throw new UserError('forbidden', 'change the one-time password first');
    const { accountId } = account;
    if ((await roleInMeeting(accountId, meetingId)) !== null) return { accountId, access: 'write' };
    const reach = reachBy({ account, token: null }, 'meetings.manage', deps);
    if (!(await reachesMeeting(reach, meetingId, deps))) throw new UserError('forbidden');
    return { accountId, access: 'read' };
  };
}
