/** What an idle TV says of its update at a moment: pure. Nothing, most of the time. */
import type { RoomUpdate } from '#contract/room-update.ts';

export type UpdateNews = 'countdown' | 'checks' | 'updated' | 'wentBack';

/** So long its end stands there for people who saw the screen go dark. */
const SHOWN_AFTER_END_MS = 3 * 60_000;

export function updateNews(update: RoomUpdate, nowMs: number): UpdateNews | null {
  const { step, restartsAtMs, failed, confirmed, running } = update;
  if (restartsAtMs !== null) return 'countdown';
  if (step === 'prove' || step === 'confirm') return 'checks';
  const isRecent = (atMs: number): boolean => nowMs >= atMs - SHOWN_AFTER_END_MS && nowMs - atMs < SHOWN_AFTER_END_MS;
  if (failed !== null && hasGoneDark(failed.failure) && isRecent(failed.atMs)) return 'wentBack';
  if (confirmed !== null && confirmed.releaseId === running.releaseId && isRecent(confirmed.atMs)) return 'updated';
  return null;
}

/** What is refused or not placed never touched the screen. */
const hasGoneDark = (failure: NonNullable<RoomUpdate['failed']>['failure']): boolean =>
  failure === 'proof-failed' || failure === 'not-proven-in-time' || failure === 'interrupted';
