/** Signing in and out, and the own password. */
import { UserError } from '#contract/error-codes.ts';
import { peopleApi } from '#contract/http/people-api.ts';
import { type ServedRoute, serve } from '../http/route.ts';
import type { Accounts } from './accounts.ts';
import type { Passwords } from './passwords.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

type Dependencies = { accounts: Accounts; passwords: Passwords; sessions: Sessions; signIn: SignIn };

export function peopleRoutes({ passwords, sessions, signIn }: Dependencies): ServedRoute[] {
  return serve(peopleApi, {
    signIn: async ({ body, network, browser, session, device }) => {
      const caller = { network, browser, deviceToken: device.token };
      const { account, token, deviceToken } = await signIn.signIn(body.userName, body.password, caller);
      session.begin(token);
      device.remember(deviceToken);
      return { account };
    },
    currentSession: async ({ account }) => ({ account }),
    signOut: async ({ session }) => {
      await sessions.close(session.current);
      session.end();
      return {};
    },
    changePassword: async ({ account, body, network, session }) => {
      const provenHash = await signIn.confirm(session.current, body.currentPassword, network);
      if (body.newPassword === body.currentPassword)
        throw new UserError('password-too-weak', 'the same password again');
      await passwords.change(account, body.newPassword, {
        provenHash,
        within: (trx) => sessions.closeOthers(trx, session.current),
      });
      return {};
    },
  });
}
