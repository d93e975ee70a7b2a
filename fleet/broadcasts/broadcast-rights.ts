/** Who may put a meeting on air, and who may record it. */
import type { MeetingAir } from '#contract/broadcast.ts';
import { DEFAULT_RECORDING_POLICY, RecordingPolicy } from '#contract/http/broadcasts-api.ts';
import { hasAnywhere, type Permission, type Reach, reaches } from '#contract/http/permissions.ts';
import type { Account } from '#contract/http/people-api.ts';
import type { AuthorityStore } from '../store/index.ts';

export type BroadcastRights = Pick<MeetingAir, 'mayBroadcast' | 'mayRecord'>;
/** As a route's context has them, of one who hosts the meeting or manages it. */
export type PresentingAccount = {
  account: Account;
  /** null: by a session */
  tokenId: string | null;
  reachOf: (permission: Permission) => Reach;
};

export const RECORDING_POLICY_SETTING = 'recording-policy';

export async function recordingPolicyIn({ read }: AuthorityStore): Promise<RecordingPolicy> {
  const row = await read
    .selectFrom('setting')
    .select('value')
    .where('name', '=', RECORDING_POLICY_SETTING)
    .executeTakeFirst();
  return row ? RecordingPolicy.parse(JSON.parse(row.value)) : DEFAULT_RECORDING_POLICY;
}

/**
 * `broadcasts.start` in one of the meeting's rooms; of a meeting without rooms anywhere, but for a token. Who manages broadcasts may
 * too.
 */
export function mayBroadcastAs({ account, tokenId, reachOf }: PresentingAccount, roomIds: readonly string[]): boolean {
  return (['broadcasts.start', 'broadcasts.manage'] as const).some((permission) => {
    const reach = reachOf(permission);
    if (roomIds.some((roomId) => reaches(reach, roomId)) || reach === 'organisation') return true;
    return roomIds.length === 0 && tokenId === null && hasAnywhere(account.grants, permission);
  });
}
