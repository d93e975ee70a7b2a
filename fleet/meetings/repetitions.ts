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

/** At most what a change of one that repeats and of those after it is about. */
export async function sizeOfFollowing(
  db: Reader,
  meetingId: string,
): Promise<{ meetingCount: number; personCount: number }> {
  const { meetingCount, personCount } = await db
    .selectFrom('meeting as first')
    .innerJoin('meeting', 'meeting.repetitionId', 'first.repetitionId')
    .leftJoin('meetingPerson', 'meetingPerson.meetingId', 'meeting.meetingId')
    .select((e) => [
      e.fn.count<number>('meeting.meetingId').distinct().as('meetingCount'),
      e.fn.count<number>('meetingPerson.personId').as('personCount'),
    ])
    .where('first.meetingId', '=', meetingId)
    .whereRef('meeting.occurrenceAtMs', '>=', 'first.occurrenceAtMs')
    .where('meeting.endedAtMs', 'is', null)
    .executeTakeFirstOrThrow();
  return { meetingCount: Number(meetingCount), personCount: Number(personCount) };
}

/**
 * People who were added to several of one repetition at once: each is invited to them by one mail, together with those of it that the
 * person is in already, so that one entry in the calendar has them all. Who has no address stays as it is.
 * @param addedIds in the order of their meetings
 */
export async function inviteTogether(
  trx: AuthorityWrite,
  repetitionId: string,
  addedIds: readonly string[],
): Promise<void> {
  if (addedIds.length === 0) return;
  const rows = await trx
    .selectFrom('meetingPerson')
    .innerJoin('meeting', 'meeting.meetingId', 'meetingPerson.meetingId')
    .select(['personId', 'accountId', 'displayName', 'email', 'invitedAs', 'meetingPerson.meetingId'])
    .where('meeting.repetitionId', '=', repetitionId)
    .orderBy('meeting.occurrenceAtMs')
    .orderBy('personId')
    .execute();
  const keyOf = ({ accountId, displayName, email }: (typeof rows)[number]) =>
    JSON.stringify(accountId === null ? [displayName, email] : accountId);
  const added = new Set(addedIds);
  const isAdded = ({ personId }: (typeof rows)[number]) => added.has(personId);
  const persons = Map.groupBy(
    rows.filter(({ accountId, email }) => accountId !== null || email !== null),
    keyOf,
  );
  for (const same of persons.values()) {
    const first = same.find(isAdded);
    if (!first) continue;
    const invitedAs = same.find((row) => row.invitedAs !== null)?.invitedAs ?? first.personId;
    const alone = same.filter((row) => row.invitedAs === null);
    // one of each meeting: two guests may have the same name and address
    const there = new Set(same.flatMap((row) => (row.invitedAs === null ? [] : row.meetingId)));
    for (const { personId, meetingId } of alone) {
      if (there.has(meetingId)) continue;
      there.add(meetingId);
      await trx.updateTable('meetingPerson').set({ invitedAs }).where('personId', '=', personId).execute();
    }
  }
}
