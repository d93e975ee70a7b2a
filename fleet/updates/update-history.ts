/** What happened to each room's software: begins of rollouts, and what rooms reported, each once by its id. */
import type { RoomEvent } from '#contract/room-events.ts';
import type { FailedUpdate } from '#contract/room-update.ts';
import type { UpdateHistoryEntry } from '#contract/http/updates-api.ts';
import type { z } from '#contract/schema.ts';
import type { AuthorityStore, AuthorityTables, AuthorityWrite } from '../store/index.ts';

type Entry = AuthorityTables['updateHistory'];
const SHOWN = 100;
const KEPT_MS = 400 * 86_400_000;

/** Twice is once. */
export async function addToHistory(trx: AuthorityWrite, entries: readonly Entry[]): Promise<void> {
  for (const entry of entries)
    await trx
      .insertInto('updateHistory')
      .values(entry)
      .onConflict((c) => c.column('entryId').doNothing())
      .execute();
}

/** Null: not of a room's software. `clockOffsetMs`: of the room's clock to ours. */
export function historyEntryOf(
  roomId: string,
  event: RoomEvent,
  { nowMs, clockOffsetMs }: { nowMs: number; clockOffsetMs: number },
): Entry | null {
  if (event.name !== 'update-confirmed' && event.name !== 'update-failed' && event.name !== 'update-postponed')
    return null;
  // the box's clock may be off, also by years
  const atMs = Math.max(0, Math.min(nowMs, Math.round(event.atMs - clockOffsetMs)));
  const heading = { entryId: event.eventId, roomId, atMs };
  switch (event.name) {
    case 'update-confirmed':
      return { ...heading, releaseId: event.releaseId, version: event.version, outcome: 'confirmed', detail: '' };
    case 'update-failed': {
      const { releaseId } = event.update;
      const detail = failureInWords(event.update);
      return { ...heading, releaseId, version: versionOf(releaseId), outcome: 'failed', detail };
    }
    case 'update-postponed': {
      const { releaseId } = event;
      return { ...heading, releaseId, version: versionOf(releaseId), outcome: 'postponed', detail: '' };
    }
  }
}

/** For IT, in English. */
export const failureInWords = ({ failure, refusal, check, detail }: FailedUpdate): string =>
  [failure, refusal, check].filter(Boolean).join(' / ') + (detail === '' ? '' : `: ${detail}`);

/** The newest first. */
export async function historyOfRoom(
  store: AuthorityStore,
  roomId: string,
): Promise<z.output<typeof UpdateHistoryEntry>[]> {
  const rows = await store.read
    .selectFrom('updateHistory')
    .select(['atMs', 'releaseId', 'version', 'outcome', 'detail'])
    .where('roomId', '=', roomId)
    .orderBy('atMs', 'desc')
    .orderBy('entryId', 'desc')
    .limit(SHOWN)
    .execute();
  return rows;
}

export async function forgetOldHistory(store: AuthorityStore, nowMs: number): Promise<void> {
  await store.write((trx) =>
    trx
      .deleteFrom('updateHistory')
      .where('atMs', '<', nowMs - KEPT_MS)
      .execute(),
  );
}

/** Of `VERSION-HASH`. */
const versionOf = (releaseId: string): string => releaseId.slice(0, releaseId.lastIndexOf('-'));
