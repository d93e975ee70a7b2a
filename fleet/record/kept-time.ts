/**
 * How old a thing is, by times that people read and that therefore stay when the wall clock is set. A jump forward is no time that
 * passed: what was written before it is by that much younger than its time looks. A jump back makes things look younger, which
 * deletes nothing too early.
 */
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';

/** The clock showed nothing between `fromMs` and `fromMs + byMs`; in the order of `fromMs`. */
export type ClockJump = { fromMs: number; byMs: number };
export const KEPT_DAY_MS = 86_400_000;
/** NTP corrects less than that */
const SMALLEST_MS = 60_000;

/** What is older than this was written before that time. */
export function writtenBefore(nowMs: number, ageMs: number, jumps: readonly ClockJump[]): number {
  let atMs = nowMs - ageMs;
  for (const { fromMs, byMs } of jumps.toReversed()) if (atMs < fromMs + byMs) atMs -= byMs;
  return atMs;
}

/** When something that was written then is that old. */
export const olderFrom = (atMs: number, ageMs: number, jumps: readonly ClockJump[]): number =>
  jumps.reduce((sum, { fromMs, byMs }) => (atMs <= fromMs ? sum + byMs : sum), atMs + ageMs);

export const jumpsIn = (db: AuthorityStore['read']): Promise<ClockJump[]> =>
  db.selectFrom('clockJump').selectAll().orderBy('fromMs').execute();

/** One back takes jumps forward back, the newest first. @param nowMs after it */
export async function recordClockJump(trx: AuthorityWrite, nowMs: number, byMs: number): Promise<void> {
  if (byMs >= SMALLEST_MS) {
    await trx
      .insertInto('clockJump')
      .values({ fromMs: nowMs - byMs, byMs })
      .execute();
    return;
  }
  let backMs = byMs <= -SMALLEST_MS ? -byMs : 0;
  while (backMs > 0) {
    const last = await trx.selectFrom('clockJump').selectAll().orderBy('fromMs', 'desc').executeTakeFirst();
    if (!last) return;
    const of = { fromMs: last.fromMs, byMs: last.byMs - backMs };
    const row = trx.deleteFrom('clockJump').where('fromMs', '=', last.fromMs).where('byMs', '=', last.byMs);
    await row.execute();
    if (of.byMs >= SMALLEST_MS) await trx.insertInto('clockJump').values(of).execute();
    backMs -= last.byMs;
  }
}
