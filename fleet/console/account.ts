/** Who is signed in, for what a page offers; what is allowed the server decides. */
import { createContext, use } from 'react';
import type { Account } from '#contract/http/people-api.ts';
import { type Permission, reaches, reachOf } from '#contract/http/permissions.ts';

export const AccountContext = createContext<Account | null>(null);

/** `roomId` null: for the organisation */
export function useMay(permission: Permission, roomId: string | null = null): boolean {
  const account = use(AccountContext);
  return (
    account !== null &&
    reaches(
      reachOf(account.grants, permission, () => []),
      roomId,
    )
  );
}
