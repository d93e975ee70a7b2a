/**
 * The shared notes: one text of all its writers, due as a whole once nobody has changed it for so long. Who wrote which words is not
 * known, so that a person is neither found nor forgotten in them.
 */
import { OperationalError } from '#contract/error-codes.ts';
import { notesChangedIn, writtenNotes } from '../../notes/index.ts';
import type { RecordKind, RecordReader } from './kind.ts';

export const notesKind: RecordKind = {
  keptAs: 'notes',
  read: async (db, meetingId) => ({ notes: await readableNotes(db, meetingId) }),
  oldest: notesChangedIn,
  /** `Notes.erase` does it, around the transaction: pages may have them open */
  remove: async () => {},
  async ofPerson(db, { accountId, displayName }, isOwn) {
    // somebody else may have written it
    if (!isOwn) return {};
    const invited = db.selectFrom('meetingPerson').select('meetingId').where('accountId', '=', accountId);
    const rows = await db
      .selectFrom('meeting')
      .select('meetingId')
      .where((e) => e.or([e('hostAccountId', '=', accountId), e('meetingId', 'in', invited)]))
      .orderBy('meetingId')
      .execute();
    const written = await notesChangedIn(
      db,
      rows.map(({ meetingId }) => meetingId),
    );
    const tasks: object[] = [];
    for (const { meetingId } of written) {
      const { tasks: all = [] } = (await readableNotes(db, meetingId)) ?? {};
      for (const task of all) if (task.person === displayName) tasks.push({ meetingId, ...task });
      // each is a document of its own to read
      await new Promise(setImmediate);
    }
    return { tasks };
  },
};

/** null: a stored row is damaged, which keeps nobody from the rest. */
async function readableNotes(db: RecordReader, meetingId: string) {
  try {
    return await writtenNotes(db, meetingId);
  } catch (error) {
    if (error instanceof OperationalError) throw error;
    return null;
  }
}
