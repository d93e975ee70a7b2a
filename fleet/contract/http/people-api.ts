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
  /** its person asked for it: nothing of it can be changed any more */
  isForgotten: z.boolean().optional(),
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

/** What is wrong with a line of a list of accounts; the line is left out of the import. */
export const ImportProblem = z.enum([
  /** a quote that is never closed, or text behind a closing one */
  'line-unreadable',
  'too-many-fields',
  'user-name-missing',
  'user-name-invalid',
  /** an earlier line has it */
  'user-name-twice',
  'name-invalid',
  'email-invalid',
  'place-unknown',
  /** several places are called so: the path is needed, `Seoul / Tower / 3` */
  'place-ambiguous',
  'role-unknown',
  /** administrators are made one by one */
  'role-not-imported',
]);
export type ImportProblem = z.infer<typeof ImportProblem>;
export const ImportedLine = z.object({
  /** as a text editor counts, from 1 */
  line: z.number().int().positive(),
  userName: z.string(),
  problems: z.array(openWord(ImportProblem, 'line-unreadable')).min(1),
});
export type ImportedLine = z.infer<typeof ImportedLine>;
const ImportCounts = {
  created: z.number().int().nonnegative(),
  /** exist already, with another name, address or place; their roles stay */
  changed: z.number().int().nonnegative(),
  unchanged: z.number().int().nonnegative(),
  /** every one of them */
  bad: z.array(ImportedLine),
};
export const ACCOUNT_LIST_MAX_BYTES = 4_000_000;
export const ACCOUNT_LIST_MAX_LINES = 20_000;
const AccountList = {
  kind: 'upload',
  method: 'POST',
  /** Excel names its own type for a .csv */
  contentTypes: ['text/csv', 'application/vnd.ms-excel'],
  maxBytes: ACCOUNT_LIST_MAX_BYTES,
} as const;

const Empty = z.object({});
const AccountParams = z.object({ accountId: Id });
/** Of a local account: what its person types to sign in. */
export const UserName = z
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
  account: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/accounts/:accountId',
    access: permitted('people.view', 'organisation'),
    summary: 'One account',
    params: AccountParams,
    response: z.object({ account: AccountRow }),
  },
  previewAccountImport: {
    ...AccountList,
    path: '/api/v1/account-imports/previews',
    access: permitted('people.manage', 'organisation'),
    summary: 'What an import of a CSV list would do, and each line that is wrong; nothing is changed',
    response: z.object(ImportCounts),
  },
  importAccounts: {
    ...AccountList,
    path: '/api/v1/account-imports',
    access: freshly('people.manage', 'organisation'),
    summary:
      'Make the local accounts of a CSV list (user name, name, e-mail, place, role) but for its wrong lines; again: nothing new',
    response: z.object({
      ...ImportCounts,
      /** of the new accounts that no mail is sent to: shown once */
      invites: z.array(z.object({ userName: z.string(), displayName: z.string(), inviteUrl: z.url() })),
    }),
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
  endAccountSession: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/accounts/:accountId/sessions/:sessionId',
    access: freshly('people.manage', 'organisation'),
    summary: 'End one session of an account',
    params: AccountParams.extend({ sessionId: Id }),
    response: Empty,
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
