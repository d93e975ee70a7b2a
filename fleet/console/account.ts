/** Who is signed in, for what a page offers; what is allowed the server decides. */
import { createContext, use } from 'react';
import type { Account } from '#contract/http/people-api.ts';
import type { RoomOverview } from '#contract/http/rooms-api.ts';
import { hasAnywhere, type Permission, permits, reaches, reachOf } from '#contract/http/permissions.ts';

export const AccountContext = createContext<Account | null>(null);

/** `room` null: for the organisation */
export function useMay(permission: Permission, room: Pick<RoomOverview, 'roomId' | 'placeIds'> | null = null): boolean {
  const account = use(AccountContext);
  if (!account) return false;
  const roomsUnder = (placeId: string): string[] => (room?.placeIds.includes(placeId) ? [room.roomId] : []);
  return reaches(reachOf(account.grants, permission, roomsUnder), room?.roomId ?? null);
}

/** In some room at least. */
export function useMayAnywhere(permission: Permission): boolean {
  const account = use(AccountContext);
  return account !== null && hasAnywhere(account.grants, permission);
}

type PlaceOfTree = { placeId: string; parentId: string | null };
/** For a list of places: whether the permission holds in one, by a role there, above it or for the organisation. */
export function useMayAtPlaces(permission: Permission): (place: PlaceOfTree, all: readonly PlaceOfTree[]) => boolean {
  const account = use(AccountContext);
  const scopes = (account?.grants ?? []).filter(({ role }) => permits(role, permission)).map(({ scope }) => scope);
  const isIn = (place: PlaceOfTree, all: readonly PlaceOfTree[]): boolean => {
    const parent = all.find(({ placeId }) => placeId === place.parentId);
    return (
      scopes.some(
        (scope) => scope.kind === 'organisation' || (scope.kind === 'place' && scope.placeId === place.placeId),
      ) ||
      (parent !== undefined && isIn(parent, all))
    );
  };
  return isIn;
}

/** For the organisation or in some place: what is beyond single rooms. */
export function useMayAbove(permission: Permission): boolean {
  const account = use(AccountContext);
  return (account?.grants ?? []).some(({ role, scope }) => scope.kind !== 'room' && permits(role, permission));
}
