/** Signing in and out, and the own password. */
import { Id, z } from '../schema.ts';
import { RoleGrant } from './permissions.ts';
import { anyone, type RouteTable, signedIn } from './route.ts';

export const Account = z.object({
  accountId: Id,
  userName: z.string(),
  mustChangePassword: z.boolean(),
  grants: z.array(RoleGrant),
});
export type Account = z.infer<typeof Account>;

const Empty = z.object({});

export const peopleApi = {
  signIn: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/sessions',
    access: anyone,
    summary: 'Sign in; the session is a __Host- cookie over TLS',
    body: z.strictObject({ userName: z.string().max(80), password: z.string().max(200) }),
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
  changePassword: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/accounts/current/password',
    access: signedIn,
    summary: 'Change the own password; ends the other sessions',
    body: z.strictObject({ currentPassword: z.string().max(200), newPassword: z.string().min(10).max(200) }),
    response: Empty,
  },
} as const satisfies RouteTable;
