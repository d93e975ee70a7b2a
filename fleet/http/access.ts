/** Who asks, and whether a route lets them in: by its declaration, the session and what the account is granted. */
import type { FastifyRequest } from 'fastify';
import type { MeetingRole } from '#contract/call-order.ts';
import { UserError } from '#contract/error-codes.ts';
import type { Account } from '#contract/http/people-api.ts';
import { hasAnywhere, type Permission, type Reach, reaches, reachOf } from '#contract/http/permissions.ts';
import type { Access } from '#contract/http/route.ts';
import { API_TOKEN_PREFIX } from '#contract/http/tokens-api.ts';
import type { Accounts, ApiTokens, PlaceTree, Sessions, TokenBearer } from '../people/index.ts';
import { readCookie } from './cookies.ts';
import type { DocumentBearer, OpenSession, TicketBearer } from './route.ts';

export type AccessDependencies = {
  accounts: Accounts;
  sessions: Sessions;
  places: PlaceTree;
  apiTokens: ApiTokens;
  secure: boolean;
  /** the meeting's room, or those in which its host holds it; empty: no such meeting, or it has none */
  roomsOfMeeting: (meetingId: string) => Promise<readonly string[]>;
  /** null: no such meeting, or the account is none of its people */
  roleInMeeting: (accountId: string, meetingId: string) => Promise<MeetingRole | null>;
  /** null: the account is in no call of it now */
  roleInCall: (accountId: string, meetingId: string) => Promise<MeetingRole | null>;
  /** @throws UserError token-invalid, token-expired */
  verifyDocumentToken: (token: string) => Promise<DocumentBearer>;
  /** Of who waits to be let into a meeting. @throws UserError token-invalid */
  verifyTicket: (token: string) => Promise<TicketBearer>;
};
/** `meeting`: of the bearer of a token for its documents; `ticket`: of the bearer of a ticket. */
export type Caller = {
  account: Account | null;
  session: OpenSession | null;
  /** by which the account's rights are narrowed; null: it came by its session */
  token: TokenBearer | null;
  reach: Reach;
  meetingRole: MeetingRole | null;
  meeting: DocumentBearer | null;
  ticket: TicketBearer | null;
};

const NOBODY: Caller = {
  account: null,
  session: null,
  token: null,
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
  const caller = { ...NOBODY, ...((await byToken(request, deps)) ?? (await bySession(request, deps))) };
  if (access.to === 'anyone') return caller;
  const { account, session, token } = caller;
  if (!account) throw new UserError('not-signed-in');
  if (access.to === 'signed-in') {
    if (token) throw new UserError('forbidden', 'not by a token');
  } else {
    Object.assign(caller, await rightsIn(request, access, { ...caller, account }, deps));
  }
  if (account.mustChangePassword && (access.to !== 'signed-in' || access.isSettled))
    throw new UserError('forbidden', 'change the one-time password first');
  if ('isFresh' in access && access.isFresh && !session?.isFresh) throw new UserError('sign-in-not-fresh');
  return caller;
}

type AccountCaller = Caller & { account: Account };

/** @throws UserError forbidden */
async function rightsIn(
  request: FastifyRequest,
  access: Extract<Access, { to: 'permitted' | 'host' | 'invited' }>,
  caller: AccountCaller,
  deps: AccessDependencies,
): Promise<Pick<Caller, 'reach' | 'meetingRole'>> {
  if (access.to !== 'permitted') return inMeeting(request, access, caller, deps);
  const reach = reachBy(caller, access.permission, deps);
  if (!(await isAllowed(request, access, { ...caller, reach }, deps))) throw new UserError('forbidden');
  return { reach, meetingRole: null };
}

/** The rooms in which the account has a permission now, and its token besides. Nobody has one anywhere. */
export function reachBy(
  { account, token }: Pick<Caller, 'account' | 'token'>,
  permission: Permission,
  { places }: Pick<AccessDependencies, 'places'>,
): Reach {
  if (!account) return NOBODY.reach;
  const own = reachOf(account.grants, permission, places.roomsUnder);
  if (!token) return own;
  if (!token.permissions.includes(permission)) return new Set();
  const { scope } = token;
  if (scope.kind === 'organisation') return own;
  const given = scope.kind === 'room' ? [scope.roomId] : places.roomsUnder(scope.placeId);
  return new Set(given.filter((roomId) => reaches(own, roomId)));
}

async function isAllowed(
  request: FastifyRequest,
  { permission, scope }: Extract<Access, { to: 'permitted' }>,
  caller: AccountCaller,
  deps: AccessDependencies,
): Promise<boolean> {
  const { account, token, reach } = caller;
  switch (scope) {
    case 'organisation':
      return reach === 'organisation';
    case 'each-room':
      return hasAnywhere(account.grants, permission) && (token?.permissions.includes(permission) ?? true);
    case 'place':
      return isAllowedAtPlace(request, permission, caller, deps);
    case 'room': {
      const { roomId, meetingId } = request.params as { roomId?: string; meetingId?: string };
      if (roomId !== undefined) return reaches(reach, roomId);
      return meetingId === undefined ? reach === 'organisation' : reachesMeeting(reach, meetingId, deps);
    }
  }
}

/** Where the body names the place, and before it is there: whether it is worth reading. */
function isAllowedAtPlace(
  { params, body }: FastifyRequest,
  permission: Permission,
  { account, token }: AccountCaller,
  { places }: AccessDependencies,
): boolean {
  const { grants } = account;
  if (token && !token.permissions.includes(permission)) return false;
  const inPath = (params as { placeId?: string }).placeId;
  if (inPath === undefined && body === undefined) return hasAnywhere(grants, permission);
  const placeId = inPath ?? (body as { placeId?: unknown } | null)?.placeId;
  const at = typeof placeId === 'string' ? placeId : null;
  if (!places.mayAt(grants, permission, at)) return false;
  return !token || places.covers(token.scope, at === null ? { kind: 'organisation' } : { kind: 'place', placeId: at });
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
  access: Extract<Access, { to: 'host' | 'invited' }>,
  caller: AccountCaller,
  deps: AccessDependencies,
): Promise<Pick<Caller, 'reach' | 'meetingRole'>> {
  const { meetingId } = request.params as { meetingId: string };
  if (access.to === 'host' && access.bySession && caller.token) throw new UserError('forbidden', 'not by a token');
  const reach = reachBy(caller, 'meetings.manage', deps);
  const [meetingRole, isManaged] = await Promise.all([
    // a token is no person of a meeting
    caller.token ? null : deps.roleInMeeting(caller.account.accountId, meetingId),
    access.peopleOnly ? false : reachesMeeting(reach, meetingId, deps),
  ]);
  const isOne = access.to === 'host' ? HOSTS.includes(meetingRole) : meetingRole !== null;
  const isInCall = async (): Promise<boolean> =>
    access.to === 'host' &&
    access.inCall === true &&
    !caller.token &&
    HOSTS.includes(await deps.roleInCall(caller.account.accountId, meetingId));
  if (!isOne && !isManaged && !(await isInCall())) throw new UserError('forbidden');
  return { reach, meetingRole };
}

/** @throws UserError token-invalid */
function bearerOf({ headers }: FastifyRequest): string {
  const token = /^Bearer ([\w.-]{1,4096})$/.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) throw new UserError('token-invalid', 'a bearer token is needed');
  return token;
}

/** In one of its rooms. */
export async function reachesMeeting(
  reach: Reach,
  meetingId: string,
  { roomsOfMeeting }: AccessDependencies,
): Promise<boolean> {
  if (reach === 'organisation' || reach.size === 0) return reach === 'organisation';
  return (await roomsOfMeeting(meetingId)).some((roomId) => reach.has(roomId));
}

async function bySession(
  request: FastifyRequest,
  { accounts, sessions, secure }: AccessDependencies,
): Promise<Pick<Caller, 'account' | 'session'>> {
  const cookie = readCookie(request, 'session', secure);
  const session = cookie ? await sessions.of(cookie) : null;
  const account = session && (await accounts.byId(session.accountId));
  return { account, session: account && session };
}

/** null: no API token is presented. @throws UserError token-invalid, token-expired */
async function byToken(
  { headers }: FastifyRequest,
  { accounts, apiTokens }: AccessDependencies,
): Promise<Pick<Caller, 'account' | 'token'> | null> {
  const secret = /^Bearer (\S{1,200})$/.exec(headers.authorization ?? '')?.[1];
  if (!secret?.startsWith(API_TOKEN_PREFIX)) return null;
  const token = await apiTokens.of(secret);
  const account = await accounts.byId(token.accountId);
  if (!account) throw new UserError('token-invalid');
  return { account, token };
}
