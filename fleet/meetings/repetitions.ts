/** Meetings that repeat: rows that were made together, each a meeting of its own afterwards. */
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import type { MeetingRepetition, RepetitionRhythm } from '#contract/meeting-repetition.ts';
import { type AuthorityWrite, newId } from '../store/index.ts';

type Reader = Pick<AuthorityWrite, 'selectFrom'>;

/** @returns its id, which is the UID of its entry in calendars */
export async function newRepetition(
  trx: AuthorityWrite,
  { every, timeZone }: MeetingRepetition,
  durationMinutes: number,
): Promise<string> {
  const repetitionId = newId();
  await trx.insertInto('repetition').values({ repetitionId, every, timeZone, durationMinutes }).execute();
  return repetitionId;
}

/**
 * Ties the people of one of them to those of the first: one mail invites each to all.
 * @param asIds of the first meeting, in the same order
 */
export async function inviteAs(
  trx: AuthorityWrite,
  personIds: readonly string[],
  asIds: readonly string[],
): Promise<void> {
  for (const [index, personId] of personIds.entries())
    await trx.updateTable('meetingPerson').set({ invitedAs: asIds[index]! }).where('personId', '=', personId).execute();
}

/** How each repeats, by its id. */
export async function rhythmsOf(db: Reader, repetitionIds: readonly string[]): Promise<Map<string, RepetitionRhythm>> {
  if (repetitionIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('repetition')
    .select(['repetitionId', 'every'])
    .where('repetitionId', 'in', [...new Set(repetitionIds)])
    .execute();
  return new Map(rows.map(({ repetitionId, every }) => [repetitionId, every]));
}

/** null: it was made alone */
export async function repetitionOf(
  db: Reader,
  meetingId: string,
): Promise<NonNullable<MeetingDetail['repeats']> | null> {
  const row = await db
    .selectFrom('meeting')
    .innerJoin('repetition', 'repetition.repetitionId', 'meeting.repetitionId')
    .select(['repetition.repetitionId', 'repetition.every', 'meeting.occurrenceAtMs'])
    .where('meetingId', '=', meetingId)
    .executeTakeFirst();
  if (!row) return null;
  const { count } = await db
    .selectFrom('meeting')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('repetitionId', '=', row.repetitionId)
    .where('occurrenceAtMs', '>', row.occurrenceAtMs)
    .where('cancelledAtMs', 'is', null)
    .executeTakeFirstOrThrow();
  return { every: row.every, laterCount: Number(count) };
}
