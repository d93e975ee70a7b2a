/**
 * API tokens, for programs: `Authorization: Bearer maru_…`. A token may do what it was given and its maker may do at that
 * moment, nothing more, until its end. It opens routes that need a permission, but none that wants a fresh sign-in.
 */
import { EpochMs, Id, RoomName, z } from '../schema.ts';
import { Permission, Scope } from './permissions.ts';
import { freshly, permitted, type RouteTable, settledFreshly, signedIn } from './route.ts';

export const API_TOKEN_PREFIX = 'maru_';
export const API_TOKEN_MAX_DAYS = 366;

export const ApiToken = z.object({
  tokenId: Id,
  tokenName: z.string(),
  permissions: z.array(Permission),
  scope: Scope,
  createdAtMs: EpochMs,
  expiresAtMs: EpochMs,
  /** to some minutes; null: never used */
  lastUsedAtMs: EpochMs.nullable(),
});
export type ApiToken = z.infer<typeof ApiToken>;

const TokenParams = z.object({ tokenId: Id });
const AccountParams = z.object({ accountId: Id });
const Tokens = z.object({ tokens: z.array(ApiToken) });
const Empty = z.object({});

export const tokensApi = {
  listTokens: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/accounts/current/tokens',
    access: signedIn,
    summary: 'The own API tokens that are good',
    response: Tokens,
  },
  createToken: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/accounts/current/tokens',
    access: settledFreshly,
    summary: 'Make an API token with permissions that its maker has in that scope; it is shown once',
    body: z.strictObject({
      tokenName: RoomName,
      permissions: z.array(Permission).min(1).max(Permission.options.length),
      scope: Scope,
      expiresInDays: z.number().int().min(1).max(API_TOKEN_MAX_DAYS),
    }),
    response: z.object({ token: ApiToken, secret: z.string() }),
  },
  revokeToken: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/accounts/current/tokens/:tokenId',
    access: signedIn,
    summary: 'End one of the own API tokens',
    params: TokenParams,
    response: Empty,
  },
  listAccountTokens: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/accounts/:accountId/tokens',
    access: permitted('people.manage', 'organisation'),
    summary: 'The API tokens of an account that are good',
    params: AccountParams,
    response: Tokens,
  },
  revokeAccountToken: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/accounts/:accountId/tokens/:tokenId',
    access: freshly('people.manage', 'organisation'),
    summary: 'End an API token of an account',
    params: AccountParams.extend({ tokenId: Id }),
    response: Empty,
  },
} as const satisfies RouteTable;
