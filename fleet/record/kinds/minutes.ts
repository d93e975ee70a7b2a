/** Minutes of the meeting's sittings. They are text once written: a person who is forgotten stays in them by name. */
import { withdrawMinutes } from '../../mail/index.ts';
import type { RecordKind } from './kind.ts';

export const minutesKind: RecordKind = {
  keptAs: 'minutes',
  async read(db, meetingId) {
    const rows = await db
      .selectFrom('minutes')
      .select(['startedAtMs', 'endedAtMs', 'language', 'facts', 'text', 'sentAtMs'])
      .where('meetingId', '=', meetingId)
      .orderBy('endedAtMs')
      .execute();
    return { minutes: rows.map(({ facts, ...row }) => ({ ...row, facts: factsOrText(facts) })) };
  },
  oldest: (db, meetingIds) =>
    db
      .selectFrom('minutes')
      .select('meetingId')
      .select(({ fn }) => fn.min('endedAtMs').as('atMs'))
      .where('meetingId', 'in', meetingIds)
      .groupBy('meetingId')
      .execute(),
  async remove(trx, meetingId, upToMs) {
    if (upToMs === null) await withdrawMinutes(trx, meetingId);
    const of = trx
      .selectFrom('minutes')
      .select(({ fn }) => fn.max('endedAtMs').as('endedAtMs'))
      .where('meetingId', '=', meetingId);
    const last = await (upToMs === null ? of : of.where('endedAtMs', '<=', upToMs)).executeTakeFirst();
    if (last?.endedAtMs == null) return;
    const minutesUpToMs = last.endedAtMs;
    await trx.updateTable('meeting').set({ minutesUpToMs }).where('meetingId', '=', meetingId).execute();
    const deleting = trx.deleteFrom('minutes').where('meetingId', '=', meetingId);
    await deleting.where('endedAtMs', '<=', minutesUpToMs).execute();
  },
};

/** A damaged row keeps nobody from the rest. */
function factsOrText(facts: string): unknown {
  try {
    return JSON.parse(facts);
  } catch {
    return facts;
  }
}
