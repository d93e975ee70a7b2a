/** Who asks, and whether a route lets them in: by its declaration, the session and what the account is granted. */
import type { FastifyRequest } from 'fastify';
import type { MeetingRole } from '#contract/call-order.ts';
import { UserError } from '#contract/error-codes.ts';
import type { Account } from '#contract/http/people-api.ts';
import { type Reach, reaches, reachOf } from '#contract/http/permissions.ts';
import type { Access } from '#contract/http/route.ts';
import type { Accounts, Places, Sessions } from '../people/index.ts';
import { readCookie } from './cookies.ts';
import type { DocumentBearer, OpenSession, TicketBearer } from './route.ts';

export type AccessDependencies = {
  accounts: Accounts;
  sessions: Sessions;
  places: Places;
  secure: boolean;
  /** the meeting's room, or those in which its host holds it; empty: no such meeting, or it has none */
  roomsOfMeeting: (meetingId: string) => Promise<readonly string[]>;
  /** null: no such meeting, or the account is none of its people */
  roleInMeeting: (accountId: string, meetingId: string) => Promise<MeetingRole | null>;
  /** @throws UserError token-invalid, token-expired */
  verifyDocumentToken: (token: string) => Promise<DocumentBearer>;
  /** Of who waits to be let into a meeting. @throws UserError token-invalid */
  verifyTicket: (token: string) => Promise<TicketBearer>;
};
/** `meeting`: of the bearer of a token for its documents; `ticket`: of the bearer of a ticket. */
export type Caller = {
  account: Account | null;
  session: OpenSession | null;
  reach: Reach;
  meetingRole: MeetingRole | null;
  meeting: DocumentBearer | null;
  ticket: TicketBearer | null;
};

const NOBODY: Caller = {
  account: null,
  session: null,
  reach: new Set(),
  meetingRole: null,
  meeting: null,
  ticket: null,
};
const HOSTS: readonly (MeetingRole | null)[] = ['host', 'co-host'];

/** @throws UserError not-signed-in, forbidden, sign-in-not-fresh, token-invalid, token-expired */
export async function callerOf(request: FastifyRequest, access: Access, deps: AccessDependencies): Promise<Caller> {
  if (access.to === 'meeting') return { ...NOBODY, meeting: await documentBearerOf(request, access.documents, deps) };
  if (access.to === 'waiting') return { ...NOBODY, ticket: await deps.verifyTicket(bearerOf(request)) };
  const caller = { ...NOBODY, ...(await signedInOf(request, deps)) };
  if (access.to === 'anyone') return caller;
  const { account, session } = caller;
  if (!account || !session) throw new UserError('not-signed-in');
  if (access.to === 'signed-in') return caller;
  if (access.to === 'host' || access.to === 'invited') return inMeeting(request, access, { ...caller, account }, deps);
  const reach = reachOf(account.grants, access.permission, deps.places.roomsUnder);
  if (!(await isReached(reach, access.scope, request, deps))) throw new UserError('forbidden');
  if (account.mustChangePassword) throw new UserError('forbidden', 'change the one-time password first');
  if (access.isFresh && !session.isFresh) throw new UserError('sign-in-not-fresh');
  return { ...caller, reach };
}

async function documentBearerOf(
  request: FastifyRequest,
  right: DocumentBearer['documents'][number],
  { verifyDocumentToken }: AccessDependencies,
): Promise<DocumentBearer> {
  const bearer = await verifyDocumentToken(bearerOf(request));
  if (!bearer.documents.includes(right)) throw new UserError('forbidden');
  return bearer;
}

/** A meeting that there is not is refused like one of others: ids are guessed in vain. */
async function inMeeting(
  request: FastifyRequest,
  { to }: Extract<Access, { to: 'host' | 'invited' }>,
  caller: Caller & { account: Account },
  deps: AccessDependencies,
): Promise<Caller> {
  const { account } = caller;
  const { meetingId } = request.params as { meetingId: string };
  const reach = reachOf(account.grants, 'meetings.manage', deps.places.roomsUnder);
  const [meetingRole, isManaged] = await Promise.all([
    deps.roleInMeeting(account.accountId, meetingId),
    reachesMeeting(reach, meetingId, deps),
  ]);
  const isOne = to === 'host' ? HOSTS.includes(meetingRole) : meetingRole !== null;
  if (!isOne && !isManaged) throw new UserError('forbidden');
  if (account.mustChangePassword) throw new UserError('forbidden', 'change the one-time password first');
  return { ...caller, reach, meetingRole };
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
  deps: AccessDependencies,
): Promise<boolean> {
  if (reach === 'organisation' || reach.size === 0) return reach === 'organisation';
  if (scope === 'each-room') return true;
  if (scope === 'organisation') return false;
  const { roomId, meetingId } = request.params as { roomId?: string; meetingId?: string };
  if (roomId !== undefined) return reaches(reach, roomId);
  return meetingId !== undefined && reachesMeeting(reach, meetingId, deps);
}

/** In one of its rooms. */
async function reachesMeeting(
  reach: Reach,
  meetingId: string,
  { roomsOfMeeting }: AccessDependencies,
): Promise<boolean> {
  if (reach === 'organisation' || reach.size === 0) return reach === 'organisation';
  return (await roomsOfMeeting(meetingId)).some((roomId) => reach.has(roomId));
}

async function signedInOf(
  request: FastifyRequest,
  { accounts, sessions, secure }: AccessDependencies,
): Promise<Pick<Caller, 'account' | 'session'>> {
  const token = readCookie(request, 'session', secure);
  const session = token ? await sessions.of(token) : null;
  const account = session && (await accounts.byId(session.accountId));
  return { account, session: account && session };
}
