/** When an account was in meetings, for its own person alone. */
import type { Interval } from './attended.ts';
import { unionOf } from './attended.ts';
import { deviceStay, staysIn } from './stays.ts';
import type { AuthorityStore } from '../store/index.ts';

const SHOWN_MS = 8 * 7 * 86_400_000;

/** Of the last eight weeks; two meetings at once count once. */
export async function ownTime(db: AuthorityStore['read'], accountId: string, nowMs: number): Promise<Interval[]> {
  const rows = await staysIn(db)
    .where('stay.accountId', '=', accountId)
    .where('stay.joinedAtMs', '>=', nowMs - SHOWN_MS)
    .execute();
  return unionOf(rows.map((row) => deviceStay(row, nowMs)));
}
