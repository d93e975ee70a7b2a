/** Signing in and out, and the own password. */
import { UserError } from '#contract/error-codes.ts';
import type { Accounts } from './accounts.ts';
import type { RouteHandlers } from './route-context.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

type Dependencies = { accounts: Accounts; sessions: Sessions; signIn: SignIn };

export function peopleRoutes({
  accounts,
  sessions,
  signIn,
}: Dependencies): RouteHandlers<'signIn' | 'currentSession' | 'signOut' | 'changePassword'> {
  return {
    signIn: async ({ body, network, session }) => {
      const { account, token } = await signIn.signIn(body.userName, body.password, network);
      session.begin(token);
      return { account };
    },
    currentSession: async ({ account }) => ({ account: account! }),
    signOut: async ({ session }) => {
      await sessions.close(session.token!);
      session.end();
      return {};
    },
    changePassword: async ({ account, body, network, session }) => {
      const provenHash = await signIn.confirm(account!, body.currentPassword, network);
      if (body.newPassword === body.currentPassword)
        throw new UserError('password-too-weak', 'the same password again');
      await accounts.changePassword(account!, body.newPassword, {
        provenHash,
        within: (trx) => sessions.closeOthers(trx, account!.accountId, session.token!),
      });
      return {};
    },
  };
}
