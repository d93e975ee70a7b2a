/** Signing in and out, the own account; and accounts, their sessions and roles for those who look after them. */
import { openWord } from '../open-words.ts';
import { EpochMs, Id, PersonName, z } from '../schema.ts';
import { RoleGrant } from './permissions.ts';
import { anyone, freshly, pageRoute, permitted, type RouteTable, signedIn } from './route.ts';

/** What of the organisation's directory or of Maru itself vouches for an account. */
export const LOCAL_ISSUER = 'local';

export const Account = z.object({
  accountId: Id,
  /** of a local account; else what the directory calls it */
  userName: z.string(),
  displayName: z.string(),
  email: z.string().nullable(),
  placeId: Id.nullable(),
  /** LOCAL_ISSUER, or the address of the OpenID provider */
  issuer: z.string(),
  mustChangePassword: z.boolean(),
  grants: z.array(RoleGrant),
});
export type Account = z.infer<typeof Account>;

export const AccountRow = Account.extend({
  isDisabled: z.boolean(),
  /** invited, and the link not used yet */
  isInvited: z.boolean(),
  lastSignedInAtMs: EpochMs.nullable(),
});
export type AccountRow = z.infer<typeof AccountRow>;

export const SignInMethod = z.enum(['password', 'openid', 'link']);
export type SignInMethod = z.infer<typeof SignInMethod>;
export const AccountSession = z.object({
  sessionId: Id,
  method: openWord(SignInMethod, 'password'),
  createdAtMs: EpochMs,
  lastUsedAtMs: EpochMs,
  /** the browser's own words, shortened */
  browser: z.string(),
  network: z.string(),
  isCurrent: z.boolean(),
});
export type AccountSession = z.infer<typeof AccountSession>;

const Empty = z.object({});
const AccountParams = z.object({ accountId: Id });
const UserName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._@+-]{1,79}$/u);
const Password = z.string().max(200);
const NewPassword = z.string().min(10).max(200);

export const peopleApi = {
  signInWays: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/sign-in-ways',
    access: anyone,
    summary: 'How one signs in here',
    response: z.object({
      /** name of the organisation's sign-in; null: local accounts alone. Its page: pagePaths.openidStart, `?to=staff` or `console`, `&fresh=1` */
      openid: z.object({ label: z.string() }).nullable(),
    }),
  },
  signIn: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/sessions',
    access: anyone,
    summary: 'Sign in; the session is a __Host- cookie over TLS',
    body: z.strictObject({ userName: z.string().max(80), password: Password }),
    response: z.object({ account: Account }),
  },
  currentSession: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/sessions/current',
    access: signedIn,
    summary: 'Who is signed in',
    response: z.object({ account: Account }),
  },
  signOut: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/sessions/current',
    access: signedIn,
    summary: 'Sign out',
    response: Empty,
  },
  confirmSession: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/sessions/current/confirmations',
    access: signedIn,
    summary: 'The own password again: for a while the session may do what wants a fresh sign-in',
    body: z.strictObject({ password: Password }),
    response: Empty,
  },
  listSessions: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/accounts/current/sessions',
    access: signedIn,
    summary: 'Where this account is signed in',
    response: z.object({ sessions: z.array(AccountSession) }),
  },
  endSession: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/accounts/current/sessions/:sessionId',
    access: signedIn,
    summary: 'End one of the own sessions',
    params: z.object({ sessionId: Id }),
    response: Empty,
  },
  changePassword: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/accounts/current/password',
    access: signedIn,
    summary: 'Change the own password; ends the other sessions',
    body: z.strictObject({ currentPassword: Password, newPassword: NewPassword }),
    response: Empty,
  },
  useAccountInvite: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/account-invites',
    access: anyone,
    summary: 'Choose a password by a one-time link, and be signed in',
    body: z.strictObject({ code: z.string().max(100), newPassword: NewPassword }),
    response: z.object({ account: Account }),
  },
  listAccounts: {
    ...pageRoute({
      filter: { text: z.string().max(200).optional() },
      sorts: ['name'],
      row: AccountRow,
      counts: z.object({ all: z.number().int(), disabled: z.number().int() }),
    }),
    path: '/api/v1/accounts',
    access: permitted('people.view', 'organisation'),
    summary: 'Accounts, filtered, page by page',
  },
  createAccount: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/accounts',
    access: freshly('people.manage', 'organisation'),
    summary: 'Make a local account; its person chooses a password by a one-time link, which is mailed or handed over',
    body: z.strictObject({
      userName: UserName,
      displayName: PersonName,
      email: z.email().max(254).nullable(),
      placeId: Id.nullable(),
      grants: z.array(RoleGrant).max(50),
    }),
    response: z.object({ account: AccountRow, inviteUrl: z.url(), isMailed: z.boolean() }),
  },
  inviteAccountAgain: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/accounts/:accountId/invites',
    access: freshly('people.manage', 'organisation'),
    summary: 'Another one-time link; earlier ones are void',
    params: AccountParams,
    response: z.object({ inviteUrl: z.url(), isMailed: z.boolean() }),
  },
  changeAccount: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/accounts/:accountId',
    access: freshly('people.manage', 'organisation'),
    summary: 'Change name, place, roles, or disable: effective at once; the last local administrator stays one',
    params: AccountParams,
    body: z.strictObject({
      displayName: PersonName,
      email: z.email().max(254).nullable(),
      placeId: Id.nullable(),
      grants: z.array(RoleGrant).max(50),
      isDisabled: z.boolean(),
    }),
    response: z.object({ account: AccountRow }),
  },
  listAccountSessions: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/accounts/:accountId/sessions',
    access: permitted('people.manage', 'organisation'),
    summary: 'Where an account is signed in',
    params: AccountParams,
    response: z.object({ sessions: z.array(AccountSession) }),
  },
  endAccountSessions: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/accounts/:accountId/sessions',
    access: freshly('people.manage', 'organisation'),
    summary: 'Sign an account out everywhere',
    params: AccountParams,
    response: z.object({ endedCount: z.number().int() }),
  },
} as const satisfies RouteTable;
