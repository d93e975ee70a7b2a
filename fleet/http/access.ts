/** Who asks, and whether a route lets them in: by its declaration, the session and what the account is granted. */
import type { FastifyRequest } from 'fastify';
import { UserError } from '#contract/error-codes.ts';
import type { Account } from '#contract/http/people-api.ts';
import { type Reach, reaches, reachOf } from '#contract/http/permissions.ts';
import type { Access } from '#contract/http/route.ts';
import type { Accounts, Sessions } from '../people/index.ts';
import { readCookie } from './cookies.ts';
import type { DocumentBearer } from './route.ts';

export type AccessDependencies = {
  accounts: Accounts;
  sessions: Sessions;
  secure: boolean;
  /** null: no such meeting, or it is no room's */
  roomOfMeeting: (meetingId: string) => Promise<string | null>;
  /** @throws UserError token-invalid, token-expired */
  verifyDocumentToken: (token: string) => Promise<DocumentBearer>;
};
/** `meeting`: of the bearer of a token for its documents */
export type Caller = { account: Account | null; reach: Reach; meeting: DocumentBearer | null };

const NOWHERE: Reach = new Set();

/** @throws UserError not-signed-in, forbidden, token-invalid, token-expired */
export async function callerOf(request: FastifyRequest, access: Access, deps: AccessDependencies): Promise<Caller> {
  if (access.to === 'meeting') {
    const meeting = await deps.verifyDocumentToken(bearerOf(request));
    if (!meeting.documents.includes(access.documents)) throw new UserError('forbidden');
    return { account: null, reach: NOWHERE, meeting };
  }
  const account = await accountOf(request, deps);
  if (access.to === 'anyone') return { account, reach: NOWHERE, meeting: null };
  if (!account) throw new UserError('not-signed-in');
  if (access.to === 'signed-in') return { account, reach: NOWHERE, meeting: null };
  const reach = reachOf(account.grants, access.permission);
  if (!(await isReached(reach, access.scope, request, deps))) throw new UserError('forbidden');
  if (account.mustChangePassword) throw new UserError('forbidden', 'change the one-time password first');
  return { account, reach, meeting: null };
}

/** @throws UserError token-invalid */
function bearerOf({ headers }: FastifyRequest): string {
  const token = /^Bearer ([\w.-]{1,4096})$/.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) throw new UserError('token-invalid', 'a bearer token is needed');
  return token;
}

async function isReached(
  reach: Reach,
  scope: Extract<Access, { to: 'permitted' }>['scope'],
  request: FastifyRequest,
  { roomOfMeeting }: AccessDependencies,
): Promise<boolean> {
  if (reach === 'organisation' || reach.size === 0) return reach === 'organisation';
  if (scope === 'each-room') return true;
  if (scope === 'organisation') return false;
  const { roomId, meetingId } = request.params as { roomId?: string; meetingId?: string };
  return reaches(reach, roomId ?? (meetingId === undefined ? null : await roomOfMeeting(meetingId)));
}

/** The signed-in account, or null. */
export async function accountOf(
  request: FastifyRequest,
  { accounts, sessions, secure }: Pick<AccessDependencies, 'accounts' | 'sessions' | 'secure'>,
): Promise<Account | null> {
  const token = readCookie(request, 'session', secure);
  const accountId = token && (await sessions.accountOf(token));
  return accountId ? accounts.byId(accountId) : null;
}
