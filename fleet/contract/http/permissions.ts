/**
 * Rights at the HTTP API: a role is a set of permission names, granted to an account within a scope of the tree of places.
 * Server and pages decide by the same functions; the server's decision is the one that counts.
 */
import { openWord } from '../open-words.ts';
import { Id, z } from '../schema.ts';

export const Permission = z.enum([
  'rooms.view',
  'rooms.create',
  'rooms.manage',
  'kiosks.manage',
  'settings.manage',
  /** brings releases in, begins, pauses and ends rollouts */
  'updates.manage',
  'controllers.manage',
  'documents.manage',
  /** actions from afar, pictures of screens, logs; answers to calls for help */
  'rooms.help',
  /** acknowledges alerts */
  'alerts.manage',
  /** who is notified of alerts */
  'alerts.configure',
  'calls.give-up',
  'metrics.view',
  /** makes meetings, finds people and rooms */
  'meetings.create',
  /** those of others in these rooms: invites, admission, policy */
  'meetings.manage',
  /** puts meetings that it hosts on air, to the whole staff */
  'broadcasts.start',
  /** those of others: ends, deletes, sets how long recordings are kept */
  'broadcasts.manage',
  'people.view',
  /** accounts, their roles, sessions and tokens */
  'people.manage',
  'places.manage',
  'audit.view',
]);
export type Permission = z.infer<typeof Permission>;

/** `broadcaster` is a member who puts meetings on air; `installer` adds rooms and claims their boxes, nothing else; `viewer` looks at rooms. */
export const Role = z.enum(['administrator', 'operator', 'broadcaster', 'installer', 'member', 'viewer']);
export type Role = z.infer<typeof Role>;

const MEMBER: readonly Permission[] = ['meetings.create'];
const BROADCASTER: readonly Permission[] = [...MEMBER, 'broadcasts.start'];
const OPERATOR: readonly Permission[] = [
  ...BROADCASTER,
  'rooms.view',
  'rooms.help',
  'alerts.manage',
  'controllers.manage',
  'documents.manage',
  'calls.give-up',
  'meetings.manage',
  'broadcasts.manage',
  'people.view',
];
const INSTALLER: readonly Permission[] = ['rooms.view', 'rooms.create', 'kiosks.manage'];
const PERMISSIONS: Record<Role, ReadonlySet<Permission>> = {
  viewer: new Set(['rooms.view']),
  member: new Set(MEMBER),
  broadcaster: new Set(BROADCASTER),
  installer: new Set(INSTALLER),
  operator: new Set(OPERATOR),
  administrator: new Set(Permission.options),
};
export const permits = (role: Role, permission: Permission): boolean => PERMISSIONS[role].has(permission);

/** Where a role holds. A place holds for the places and rooms below it. */
export const Scope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('organisation') }),
  z.object({ kind: z.literal('place'), placeId: Id }),
  z.object({ kind: z.literal('room'), roomId: Id }),
]);
export type Scope = z.infer<typeof Scope>;
export const RoleGrant = z.object({ role: Role, scope: Scope });
export type RoleGrant = z.infer<typeof RoleGrant>;

/** The organisation is the tree's root, and no row of it. */
export const PlaceKind = z.enum(['site', 'building', 'floor']);
export type PlaceKind = z.infer<typeof PlaceKind>;
export const Place = z.object({
  placeId: Id,
  /** null: directly below the organisation */
  parentId: Id.nullable(),
  kind: openWord(PlaceKind, 'site'),
  placeName: z.string(),
});
export type Place = z.infer<typeof Place>;

/** The rooms in which somebody has a permission. */
export type Reach = 'organisation' | ReadonlySet<string>;

/** `roomsUnder`: the rooms of a place and of all places below it. */
export function reachOf(
  grants: readonly RoleGrant[],
  permission: Permission,
  roomsUnder: (placeId: string) => readonly string[],
): Reach {
  const rooms = new Set<string>();
  for (const { role, scope } of grants) {
    if (!permits(role, permission)) continue;
    if (scope.kind === 'organisation') return 'organisation';
    if (scope.kind === 'room') rooms.add(scope.roomId);
    else for (const roomId of roomsUnder(scope.placeId)) rooms.add(roomId);
  }
  return rooms;
}

/** `roomId` null: what belongs to no room, which the organisation alone reaches. */
export const reaches = (reach: Reach, roomId: string | null): boolean =>
  reach === 'organisation' || (roomId !== null && reach.has(roomId));

/** Somewhere, however little: what a page offers at all. */
export const hasAnywhere = (grants: readonly RoleGrant[], permission: Permission): boolean =>
  grants.some(({ role }) => permits(role, permission));
