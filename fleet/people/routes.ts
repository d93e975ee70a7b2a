/** Signing in and out, the own account and its tokens; accounts and places for administrators. */
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import { peopleApi } from '#contract/http/people-api.ts';
import { placesApi } from '#contract/http/places-api.ts';
import { tokensApi } from '#contract/http/tokens-api.ts';
import { actorOf, type ServedRoute, serve } from '../http/route.ts';
import type { Organisation } from './organisation.ts';

export function peopleRoutes(people: Organisation): ServedRoute[] {
  return [...accountRoutes(people), ...tokenRoutes(people), ...placeRoutes(people)];
}

function accountRoutes(people: Organisation): ServedRoute[] {
  const { changes, imports, invites, list, passwords, sessions, signIn } = people;
  return serve(peopleApi, {
    signInWays: async () => ({ openid: people.openid() }),
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
    confirmSession: async ({ body, network, session }) => {
      await signIn.confirmSession(session.current, body.password, network);
      return {};
    },
    listSessions: async ({ account, session }) => ({
      sessions: await sessions.listOf(account.accountId, session.current.sessionId),
    }),
    endSession: async (context) => {
      found(await sessions.end(context.params.sessionId, context.account.accountId, actorOf(context)));
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
    useAccountInvite: async ({ body, network, browser, session, device }) => {
      const { account, token } = await invites.use(body.code, body.newPassword, { network, browser });
      session.begin(token);
      device.remember(await signIn.deviceTokenFor(account.accountId, device.token));
      return { account };
    },
    listAccounts: async ({ query }) => list.page(query),
    account: async ({ params }) => ({ account: await list.one(params.accountId) }),
    createAccount: async (context) => {
      const { accountId, ...invite } = await changes.create(context.body, actorOf(context));
      return { account: await list.one(accountId), ...invite };
    },
    inviteAccountAgain: async (context) => invites.makeAgain(context.params.accountId, actorOf(context)),
    changeAccount: async (context) => {
      const { accountId } = context.params;
      await changes.change(accountId, context.body, actorOf(context));
      return { account: await list.one(accountId) };
    },
    previewAccountImport: async ({ body }) => imports.preview(await bytesOf(body.stream)),
    importAccounts: async (context) => imports.run(await bytesOf(context.body.stream), actorOf(context)),
    listAccountSessions: async ({ params, session }) => ({
      sessions: await sessions.listOf((await list.one(params.accountId)).accountId, session.current?.sessionId ?? null),
    }),
    endAccountSession: async (context) => {
      const { accountId, sessionId } = context.params;
      found(await sessions.end(sessionId, accountId, actorOf(context)));
      return {};
    },
    endAccountSessions: async (context) => ({
      endedCount: await changes.endSessions(context.params.accountId, actorOf(context)),
    }),
  });
}

function tokenRoutes({ apiTokens, list }: Organisation): ServedRoute[] {
  return serve(tokensApi, {
    listTokens: async ({ account }) => ({ tokens: await apiTokens.listOf(account.accountId) }),
    createToken: async ({ account, body }) => apiTokens.create(account, body),
    revokeToken: async (context) => {
      await apiTokens.revoke(context.account.accountId, context.params.tokenId, actorOf(context));
      return {};
    },
    listAccountTokens: async ({ params }) => ({
      tokens: await apiTokens.listOf((await list.one(params.accountId)).accountId),
    }),
    revokeAccountToken: async (context) => {
      const { accountId, tokenId } = context.params;
      await apiTokens.revoke(accountId, tokenId, actorOf(context));
      return {};
    },
  });
}

function placeRoutes({ placeChanges }: Organisation): ServedRoute[] {
  return serve(placesApi, {
    listPlaces: async () => placeChanges.list(),
    createPlace: async (context) => ({ placeId: await placeChanges.create(context.body, actorOf(context)) }),
    changePlace: async (context) => {
      await placeChanges.change(context.params.placeId, context.body, actorOf(context));
      return {};
    },
    removePlace: async (context) => {
      await placeChanges.remove(context.params.placeId, actorOf(context));
      return {};
    },
    setPlaceDefaults: async (context) => {
      await placeChanges.setDefaults(context.params.placeId, context.body, actorOf(context));
      return {};
    },
    setOrganisationDefaults: async (context) => {
      await placeChanges.setDefaults(null, context.body, actorOf(context));
      return {};
    },
  });
}

/** @throws ProtocolError not-found */
function found(isFound: boolean): void {
  if (!isFound) throw new ProtocolError('not-found', 'no such session');
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
