/**
 * Rights at the HTTP API: a role is a set of permission names, granted to an account within a scope. Server and console
 * decide by the same functions; the server's decision is the one that counts.
 */
import { Id, z } from '../schema.ts';

export const Permission = z.enum([
  'rooms.view',
  'rooms.create',
  'rooms.manage',
  'kiosks.manage',
  'settings.manage',
  'controllers.manage',
  'invites.manage',
  'documents.manage',
  'calls.give-up',
  'metrics.view',
]);
export type Permission = z.infer<typeof Permission>;

export const Role = z.enum(['admin', 'operator', 'member']);
export type Role = z.infer<typeof Role>;

const OPERATOR: readonly Permission[] = [
  'rooms.view',
  'controllers.manage',
  'invites.manage',
  'documents.manage',
  'calls.give-up',
];
const PERMISSIONS: Record<Role, ReadonlySet<Permission>> = {
  member: new Set(),
  operator: new Set(OPERATOR),
  admin: new Set([...OPERATOR, 'rooms.create', 'rooms.manage', 'kiosks.manage', 'settings.manage', 'metrics.view']),
};

/** Where a role holds. Places join this union when rooms have places. */
export const Scope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('organisation') }),
  z.object({ kind: z.literal('room'), roomId: Id }),
]);
export type Scope = z.infer<typeof Scope>;
export const RoleGrant = z.object({ role: Role, scope: Scope });
export type RoleGrant = z.infer<typeof RoleGrant>;

/** The rooms in which somebody has a permission. */
export type Reach = 'organisation' | ReadonlySet<string>;

export function reachOf(grants: readonly RoleGrant[], permission: Permission): Reach {
  const scopes = grants.filter(({ role }) => PERMISSIONS[role].has(permission)).map(({ scope }) => scope);
  const rooms = scopes.flatMap((scope) => (scope.kind === 'room' ? [scope.roomId] : []));
  return rooms.length < scopes.length ? 'organisation' : new Set(rooms);
}

/** `roomId` null: what belongs to no room, which the organisation alone reaches. */
export const reaches = (reach: Reach, roomId: string | null): boolean =>
  reach === 'organisation' || (roomId !== null && reach.has(roomId));
