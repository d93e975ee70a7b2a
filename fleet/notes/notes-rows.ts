/** The notes of a meeting in the store: updates in their order, and one snapshot in place of those before. */
import { sql } from 'kysely';
import * as Y from 'yjs';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';

export type StoredNotes = {
  /** in their order; the snapshot is the first */
  updates: Uint8Array[];
  /** of the last one; 0: there is none */
  lastPosition: number;
  /** how many stand beside the snapshot */
  looseCount: number;
};

const toText = (update: Uint8Array): string => Buffer.from(update).toString('base64');
const fromText = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

/** In one statement: a snapshot that is written meanwhile takes its updates with it. */
export async function readNotes(db: AuthorityStore['read'], meetingId: string): Promise<StoredNotes> {
  const rows = await db
    .selectFrom('notesSnapshot')
    .select(['upToPosition as position', 'content', sql<number>`0`.as('isLoose')])
    .where('meetingId', '=', meetingId)
    .unionAll(
      db
        .selectFrom('notesUpdate')
        .select(['position', 'content', sql<number>`1`.as('isLoose')])
        .where('meetingId', '=', meetingId),
    )
    .execute();
  const inOrder = rows.sort((one, other) => one.isLoose - other.isLoose || one.position - other.position);
  return {
    updates: inOrder.map(({ content }) => fromText(content)),
    lastPosition: inOrder.at(-1)?.position ?? 0,
    looseCount: inOrder.filter(({ isLoose }) => isLoose === 1).length,
  };
}

/** `stamp`: another one after each change. */
type NotesState = { sizeBytes: number; stamp: string };

/** How much each takes on the disk, and whether it is as it was, of those that have notes; without reading them. */
export async function notesStatesOf(
  db: AuthorityStore['read'],
  meetingIds: readonly string[],
): Promise<Map<string, NotesState>> {
  if (meetingIds.length === 0) return new Map();
  // unlike length() it does not read the text
  const sizeBytes = sql<number>`octet_length(content)`.as('sizeBytes');
  const snapshots = db
    .selectFrom('notesSnapshot')
    .select(['meetingId', 'upToPosition as position', 'atMs', sizeBytes])
    .where('meetingId', 'in', [...meetingIds]);
  const updates = db
    .selectFrom('notesUpdate')
    .select(['meetingId', 'position', 'atMs', sizeBytes])
    .where('meetingId', 'in', [...meetingIds]);
  const rows = await db
    .selectFrom(snapshots.unionAll(updates).as('stored'))
    .select(({ fn }) => [
      'stored.meetingId',
      fn.sum<number>('stored.sizeBytes').as('sizeBytes'),
      fn.max('stored.position').as('position'),
      fn.max('stored.atMs').as('atMs'),
    ])
    .groupBy('stored.meetingId')
    .execute();
  return new Map(
    rows.map(({ meetingId, sizeBytes, position, atMs }) => [
      meetingId,
      { sizeBytes: Number(sizeBytes), stamp: `${position}/${atMs}/${sizeBytes}` },
    ]),
  );
}

/** A phone that got no answer sends its line again for less than a day. */
const LINES_KNOWN_MS = 3 * 86_400_000;

/** `lineId`: of the phone's line that it adds; null: it adds none */
export type NewUpdate = { update: Uint8Array; lineId: string | null };

/** `firstPosition`: of the first of them */
export async function addUpdates(
  trx: AuthorityWrite,
  meetingId: string,
  firstPosition: number,
  updates: readonly NewUpdate[],
): Promise<void> {
  const atMs = Date.now();
  const rows = updates.map(({ update }, at) => ({
    meetingId,
    position: firstPosition + at,
    content: toText(update),
    atMs,
  }));
  await trx.insertInto('notesUpdate').values(rows).execute();
  const lines = updates.flatMap(({ lineId }) => (lineId === null ? [] : [{ meetingId, lineId, atMs }]));
  if (lines.length === 0) return;
  await trx
    .deleteFrom('notesLine')
    .where('atMs', '<', atMs - LINES_KNOWN_MS)
    .execute();
  await trx
    .insertInto('notesLine')
    .values(lines)
    .onConflict((conflict) => conflict.columns(['meetingId', 'lineId']).doNothing())
    .execute();
}

/** When the notes of these meetings were last changed; of those that were emptied since then nothing. */
export async function notesChangedIn(
  db: Pick<AuthorityWrite, 'selectFrom'>,
  meetingIds: readonly string[],
): Promise<{ meetingId: string; atMs: number }[]> {
  const written = db
    .selectFrom('notesUpdate')
    .select(['meetingId', 'atMs'])
    .where('meetingId', 'in', meetingIds)
    .unionAll(
      db
        .selectFrom('notesSnapshot')
        .select(['meetingId', 'atMs'])
        .where('meetingId', 'in', meetingIds)
        .where('erasedAtMs', 'is', null),
    );
  return db
    .selectFrom(written.as('written'))
    .select('meetingId')
    .select(({ fn }) => fn.max('atMs').as('atMs'))
    .groupBy('meetingId')
    .execute();
}

/** Each word of them was written after `atMs`. false: or nobody can know, because updates became one document since. */
export async function notesBeganAfter(
  db: Pick<AuthorityWrite, 'selectFrom'>,
  meetingId: string,
  atMs: number,
): Promise<boolean> {
  const older = db
    .selectFrom('notesUpdate')
    .select('meetingId')
    .where('meetingId', '=', meetingId)
    .where('atMs', '<=', atMs)
    .unionAll(
      db
        .selectFrom('notesSnapshot')
        .select('meetingId')
        .where('meetingId', '=', meetingId)
        .where('erasedAtMs', 'is', null),
    );
  return (await older.executeTakeFirst()) === undefined;
}

/** It is on the disk, whether or not its answer arrived. */
export async function hasLine(db: AuthorityStore['read'], meetingId: string, lineId: string): Promise<boolean> {
  const row = await db
    .selectFrom('notesLine')
    .select('lineId')
    .where('meetingId', '=', meetingId)
    .where('lineId', '=', lineId)
    .executeTakeFirst();
  return row !== undefined;
}

/** All of the document up to this position. @param isErased it has no words */
export async function writeSnapshot(
  trx: AuthorityWrite,
  meetingId: string,
  upToPosition: number,
  doc: Uint8Array,
  isErased = false,
): Promise<void> {
  const atMs = Date.now();
  const row = { upToPosition, content: toText(doc), atMs, erasedAtMs: isErased ? atMs : null };
  await trx
    .insertInto('notesSnapshot')
    .values({ meetingId, ...row })
    .onConflict((conflict) => conflict.column('meetingId').doUpdateSet(row))
    .execute();
  await trx
    .deleteFrom('notesUpdate')
    .where('meetingId', '=', meetingId)
    .where('position', '<=', upToPosition)
    .execute();
}

/** All of them. Nobody has the document in memory. */
export async function deleteNotes(trx: AuthorityWrite, meetingId: string): Promise<void> {
  for (const table of ['notesUpdate', 'notesSnapshot', 'notesLine'] as const)
    await trx.deleteFrom(table).where('meetingId', '=', meetingId).execute();
}

/** @throws what yjs throws for a row that is damaged: never a blank document in its place */
export function documentOf({ updates }: StoredNotes): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}
