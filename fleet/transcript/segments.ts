/** The rows of what was spoken in a meeting: each segment once, numbered in the order in which it is kept. */
import { sql } from 'kysely';
import { SPOKEN_AT_ONCE, type SpokenText } from '#contract/http/transcript-api.ts';
import type { KnownCallEvent } from '#contract/node-link.ts';
import { cutText, shownText } from '#contract/shown-text.ts';
import { MAX_SEGMENT_LETTERS } from '#contract/transcript.ts';
import { appendAudit } from '../audit/index.ts';
import type { AuthorityTables, AuthorityWrite } from '../store/index.ts';

type Row = AuthorityTables['transcript'];
type Reader = Pick<AuthorityWrite, 'selectFrom'>;
type SegmentName = Pick<Row, 'meetingId' | 'callId' | 'segmentId'>;

export type TranscriptEvent = Extract<
  KnownCallEvent,
  { name: 'transcript-turned' | 'transcript-stopped' | 'transcript-segment' }
>;
export const isTranscriptEvent = (event: KnownCallEvent): event is TranscriptEvent =>
  event.name === 'transcript-turned' || event.name === 'transcript-stopped' || event.name === 'transcript-segment';

/**
 * As a node reports it of its own call, in the transaction of the event. The same segment again changes nothing, also once it is
 * deleted. @param offMs its times may be off by so much @returns false: nothing of the transcript is as it was not
 */
export async function recordTranscriptEvent(
  trx: AuthorityWrite,
  event: TranscriptEvent,
  offMs: number,
): Promise<boolean> {
  if (event.name === 'transcript-segment') return insertSegment(trx, event, offMs);
  const { callId, meetingId } = event;
  if (event.name === 'transcript-stopped') {
    const details = { callId, turned: 'off', because: event.because };
    await appendAudit(trx, { kind: 'transcript-turned', actor: 'fleet', subject: `meeting:${meetingId}`, details });
    return false;
  }
  const { isOn, byPeerId } = event;
  const details = { callId, turned: isOn ? 'on' : 'off' };
  const actor = await actorOfPeer(trx, byPeerId);
  await appendAudit(trx, { kind: 'transcript-turned', actor, subject: `meeting:${meetingId}`, details });
  return false;
}

async function insertSegment(
  trx: AuthorityWrite,
  { callId, meetingId, segment, person }: Extract<TranscriptEvent, { name: 'transcript-segment' }>,
  offMs: number,
): Promise<boolean> {
  const { segmentId, fromMs } = segment;
  const text = cutText(shownText(segment.text), { units: MAX_SEGMENT_LETTERS, bytes: MAX_SEGMENT_LETTERS * 4 });
  if (text === '') return false;
  const last = await trx
    .selectFrom('transcript')
    .select((e) => [e.fn.max('number').as('number'), e.fn.max('revision').as('revision')])
    .where('meetingId', '=', meetingId)
    .executeTakeFirst();
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('transcript')
    .values({
      ...{ callId, segmentId, meetingId, person, text, fromMs, offMs },
      number: (last?.number ?? -1) + 1,
      revision: (last?.revision ?? 0) + 1,
      displayName: cutText(shownText(segment.displayName), { units: 80, bytes: 240 }),
      untilMs: Math.max(segment.untilMs, fromMs),
      deletedAtMs: null,
    })
    .onConflict((c) => c.columns(['callId', 'segmentId']).doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** As audit entries name who did it. */
async function actorOfPeer(db: Reader, peerId: string): Promise<string> {
  const entry = await db
    .selectFrom('entry')
    .select(['person', 'accountId'])
    .where('peerId', '=', peerId)
    .executeTakeFirst();
  if (entry?.accountId) return `account:${entry.accountId}`;
  return entry?.person.startsWith('room:') ? entry.person : `peer:${peerId}`;
}

/**
 * The newest, of those before a number, in the order in which they were spoken.
 * @param beforeNumber null: of all @param text null: any
 */
export async function segmentsBefore(
  db: Reader,
  meetingId: string,
  { beforeNumber, text }: { beforeNumber: number | null; text: string | null },
): Promise<{ rows: Row[]; hasOlder: boolean }> {
  let query = db
    .selectFrom('transcript')
    .selectAll()
    .where('meetingId', '=', meetingId)
    .where('deletedAtMs', 'is', null);
  if (beforeNumber !== null) query = query.where('number', '<', beforeNumber);
  if (text !== null) query = query.where((e) => sql<boolean>`${e.ref('text')} like ${likeWords(text)} escape '!'`);
  const rows = await query
    .orderBy('number', 'desc')
    .limit(SPOKEN_AT_ONCE + 1)
    .execute();
  return { rows: rows.slice(0, SPOKEN_AT_ONCE).toSorted(asSpoken), hasOlder: rows.length > SPOKEN_AT_ONCE };
}

const asSpoken = (a: Row, b: Row): number => a.fromMs - b.fromMs || a.number - b.number;
/** Kept texts are in NFC. */
const likeWords = (text: string): string => `%${text.normalize('NFC').replace(/[!%_]/g, '!$&')}%`;

/** @param person who reads */
export const spokenTextFor = (
  person: string,
  { segmentId, callId, number, displayName, text, fromMs, untilMs, person: speaker }: Row,
): SpokenText => ({ segmentId, callId, number, displayName, isOwn: speaker === person, text, fromMs, untilMs });

/** All that was spoken in a meeting, or in one of its calls, in the order in which it was spoken. */
export async function spokenIn(
  db: Reader,
  of: { meetingId: string; callId?: string },
): Promise<Pick<Row, 'callId' | 'displayName' | 'text' | 'fromMs' | 'untilMs'>[]> {
  let query = db
    .selectFrom('transcript')
    .select(['callId', 'displayName', 'text', 'fromMs', 'untilMs'])
    .where('meetingId', '=', of.meetingId)
    .where('deletedAtMs', 'is', null);
  if (of.callId !== undefined) query = query.where('callId', '=', of.callId);
  return query.orderBy('fromMs').orderBy('number').execute();
}

/** What was begun between two moments, in the order in which it was spoken. */
export async function spokenBetween(
  db: Reader,
  meetingId: string,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): Promise<Pick<Row, 'segmentId' | 'displayName' | 'text' | 'fromMs' | 'untilMs' | 'offMs'>[]> {
  return db
    .selectFrom('transcript')
    .select(['segmentId', 'displayName', 'text', 'fromMs', 'untilMs', 'offMs'])
    .where('meetingId', '=', meetingId)
    .where('deletedAtMs', 'is', null)
    .where('fromMs', '>=', fromMs)
    .where('fromMs', '<=', untilMs)
    .orderBy('fromMs')
    .orderBy('number')
    .execute();
}

/** The place stays, the words are gone for good. The same again changes nothing. @returns false: nothing was deleted now */
export async function deleteSegment(trx: AuthorityWrite, name: SegmentName, actor: string): Promise<boolean> {
  const { meetingId, callId, segmentId } = name;
  const revision = (await transcriptRevisionsOf(trx, [meetingId])).get(meetingId) ?? 0;
  const { numUpdatedRows } = await trx
    .updateTable('transcript')
    .set({ text: '', displayName: '', person: null, deletedAtMs: Date.now(), revision: revision + 1 })
    .where('meetingId', '=', meetingId)
    .where('callId', '=', callId)
    .where('segmentId', '=', segmentId)
    .where('deletedAtMs', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  const details = { callId, segmentId };
  await appendAudit(trx, { kind: 'transcript-deleted', actor, subject: `meeting:${meetingId}`, details });
  return true;
}

/** What was spoken in a meeting, for good. @param upToMs what is newer stays; null: all of it */
export async function deleteTranscript(trx: AuthorityWrite, meetingId: string, upToMs: number | null): Promise<void> {
  const deleting = trx.deleteFrom('transcript').where('meetingId', '=', meetingId);
  await (upToMs === null ? deleting : deleting.where('untilMs', '<=', upToMs)).execute();
}

/** All that an account spoke, in all meetings, for a file. */
export async function spokenByPerson(db: Reader, accountId: string): Promise<object[]> {
  return db
    .selectFrom('transcript')
    .select(['meetingId', 'callId', 'displayName', 'text', 'fromMs', 'untilMs'])
    .where('person', '=', `account:${accountId}`)
    .where('deletedAtMs', 'is', null)
    .orderBy('fromMs')
    .execute();
}

/** The words that an account spoke go, in all meetings; their places stay. */
export async function forgetInTranscript(trx: AuthorityWrite, accountId: string): Promise<void> {
  const person = `account:${accountId}`;
  const meetings = await trx
    .selectFrom('transcript')
    .select('meetingId')
    .distinct()
    .where('person', '=', person)
    .execute();
  for (const { meetingId } of meetings) {
    const revision = (await transcriptRevisionsOf(trx, [meetingId])).get(meetingId) ?? 0;
    await trx
      .updateTable('transcript')
      .set({ text: '', displayName: '', person: null, deletedAtMs: Date.now(), revision: revision + 1 })
      .where('meetingId', '=', meetingId)
      .where('person', '=', person)
      .execute();
  }
}

/** By meeting: it counts up with each segment and each deletion; a meeting without a transcript is left out. */
export async function transcriptRevisionsOf(db: Reader, meetingIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('transcript')
    .select((e) => ['meetingId', e.fn.max('revision').as('revision')])
    .where('meetingId', 'in', [...meetingIds])
    .groupBy('meetingId')
    .execute();
  return new Map(rows.map(({ meetingId, revision }) => [meetingId, revision]));
}
