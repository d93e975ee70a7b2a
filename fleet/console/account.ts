/** Who is signed in, for what a page offers; what is allowed the server decides. */
import { createContext, use } from 'react';
import type { Account } from '#contract/http/people-api.ts';
import type { RoomOverview } from '#contract/http/rooms-api.ts';
import { type Permission, reaches, reachOf } from '#contract/http/permissions.ts';

export const AccountContext = createContext<Account | null>(null);

/** `room` null: for the organisation */
export function useMay(permission: Permission, room: Pick<RoomOverview, 'roomId' | 'placeIds'> | null = null): boolean {
  const account = use(AccountContext);
  if (!account) return false;
  const roomsUnder = (placeId: string): string[] => (room?.placeIds.includes(placeId) ? [room.roomId] : []);
  return reaches(reachOf(account.grants, permission, roomsUnder), room?.roomId ?? null);
}
