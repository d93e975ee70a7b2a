/** Rollouts in the store: read as a whole at the start, and written as far as they changed. */
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import type { KeptRollout, KeptRoom, RolloutHead } from './rollout-state.ts';

const ROWS_AT_ONCE = 200;

/** The oldest first. */
export async function readRollouts(store: AuthorityStore): Promise<KeptRollout[]> {
  const heads = await store.read
    .selectFrom('rollout')
    .selectAll()
    .orderBy('startedAtMs')
    .orderBy('rolloutId')
    .execute();
  const rollouts: KeptRollout[] = [];
  for (const { rolloutId, head } of heads) {
    const rows = await store.read.selectFrom('rolloutRoom').selectAll().where('rolloutId', '=', rolloutId).execute();
    const rooms = new Map(rows.map(({ roomId, kept }) => [roomId, JSON.parse(kept) as KeptRoom]));
    rollouts.push({ ...(JSON.parse(head) as RolloutHead), rooms });
  }
  return rollouts;
}

/** @param former null: it is new */
export async function writeRollout(
  trx: AuthorityWrite,
  former: KeptRollout | null,
  { rooms, ...head }: KeptRollout,
): Promise<void> {
  const { rolloutId, startedAtMs, endedAtMs } = head;
  const row = { startedAtMs, endedAtMs, head: JSON.stringify(head) };
  await trx
    .insertInto('rollout')
    .values({ rolloutId, ...row })
    .onConflict((c) => c.column('rolloutId').doUpdateSet(row))
    .execute();
  const changed = [...rooms].filter(([roomId, room]) => former?.rooms.get(roomId) !== room);
  for (let from = 0; from < changed.length; from += ROWS_AT_ONCE)
    await trx
      .insertInto('rolloutRoom')
      .values(
        changed
          .slice(from, from + ROWS_AT_ONCE)
          .map(([roomId, room]) => ({ rolloutId, roomId, kept: JSON.stringify(room) })),
      )
      .onConflict((c) => c.columns(['rolloutId', 'roomId']).doUpdateSet((e) => ({ kept: e.ref('excluded.kept') })))
      .execute();
  const gone = [...(former?.rooms.keys() ?? [])].filter((roomId) => !rooms.has(roomId));
  for (const roomId of gone)
    await trx.deleteFrom('rolloutRoom').where('rolloutId', '=', rolloutId).where('roomId', '=', roomId).execute();
}

export async function deleteRollout(trx: AuthorityWrite, rolloutId: string): Promise<void> {
  await trx.deleteFrom('rolloutRoom').where('rolloutId', '=', rolloutId).execute();
  await trx.deleteFrom('rollout').where('rolloutId', '=', rolloutId).execute();
}
