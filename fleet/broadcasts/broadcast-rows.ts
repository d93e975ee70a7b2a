/** Broadcasts and recordings as the store keeps them. */
import type { Selectable } from 'kysely';
import {
  Audience,
  type BroadcastKind,
  BroadcastQuality,
  type Chapter,
  ChapterKind,
  DEFAULT_QUALITY,
  ProgramStage,
  WHOLE_STAFF,
} from '#contract/broadcast.ts';
import { ProtocolError } from '#contract/error-codes.ts';
import type { z } from '#contract/schema.ts';
import { type AuthorityTables, type AuthorityWrite, newId } from '../store/index.ts';

type Reader = Pick<AuthorityWrite, 'selectFrom'>;
type Row = Selectable<AuthorityTables['broadcast']>;
export type StoredBroadcast = Omit<Row, 'audience' | 'quality' | 'stage'> & {
  audience: Audience;
  quality: BroadcastQuality;
  stage: ProgramStage;
};
export type NewBroadcast = Pick<StoredBroadcast, 'meetingId' | 'kind' | 'createdBy'> &
  Partial<Pick<StoredBroadcast, 'title' | 'startsAtMs' | 'audience' | 'quality'>>;

/** of one recording, and one message to the packager */
export const MOST_CHAPTERS = 2_000;

export const stored = (row: Row): StoredBroadcast => ({
  ...row,
  audience: Audience.parse(JSON.parse(row.audience)),
  quality: BroadcastQuality.parse(JSON.parse(row.quality)),
  stage: ProgramStage.parse(JSON.parse(row.stage)),
});

export async function broadcastIn(db: Reader, broadcastId: string): Promise<StoredBroadcast | null> {
  const row = await db.selectFrom('broadcast').selectAll().where('broadcastId', '=', broadcastId).executeTakeFirst();
  return row ? stored(row) : null;
}

/** The one that is planned or runs; null: none. A meeting has one of each kind at a time. */
export async function currentIn(db: Reader, meetingId: string, kind: BroadcastKind): Promise<StoredBroadcast | null> {
  const row = await db
    .selectFrom('broadcast')
    .selectAll()
    .where('meetingId', '=', meetingId)
    .where('kind', '=', kind)
    .where('phase', 'not in', ['ended', 'cancelled'])
    .executeTakeFirst();
  return row ? stored(row) : null;
}

/** In any of these phases. */
export async function inPhases(db: Reader, phases: readonly Row['phase'][]): Promise<StoredBroadcast[]> {
  const rows = await db
    .selectFrom('broadcast')
    .selectAll()
    .where('phase', 'in', [...phases])
    .execute();
  return rows.map(stored);
}

/** That have ended, and whose recording is in any of these states. */
export async function recordedIn(db: Reader, states: readonly Row['recording'][]): Promise<StoredBroadcast[]> {
  const rows = await db
    .selectFrom('broadcast')
    .selectAll()
    .where('phase', '=', 'ended')
    .where('recording', 'in', [...states])
    .execute();
  return rows.map(stored);
}

export async function ofMeetingIn(db: Reader, meetingId: string): Promise<StoredBroadcast[]> {
  const rows = await db
    .selectFrom('broadcast')
    .selectAll()
    .where('meetingId', '=', meetingId)
    .where('kind', '=', 'broadcast')
    .orderBy('createdAtMs', 'desc')
    .limit(100)
    .execute();
  return rows.map(stored);
}

/** Planned, with the meeting's title unless given. @throws ProtocolError not-found: no such meeting, or it is over */
export async function insertBroadcast(trx: AuthorityWrite, wanted: NewBroadcast): Promise<StoredBroadcast> {
  const { meetingId, kind, createdBy } = wanted;
  const meeting = await trx
    .selectFrom('meeting')
    .select('title')
    .where('meetingId', '=', meetingId)
    .where('endedAtMs', 'is', null)
    .where('cancelledAtMs', 'is', null)
    .executeTakeFirst();
  if (!meeting) throw new ProtocolError('not-found', 'no such meeting');
  const everyone: ProgramStage = { kind: 'everyone' };
  const row: Row = {
    broadcastId: newId(),
    meetingId,
    kind,
    title: wanted.title ?? meeting.title,
    phase: 'planned',
    audience: JSON.stringify(wanted.audience ?? WHOLE_STAFF),
    quality: JSON.stringify(wanted.quality ?? DEFAULT_QUALITY),
    stage: JSON.stringify(everyone),
    createdBy,
    createdAtMs: Date.now(),
    startsAtMs: wanted.startsAtMs ?? null,
    liveAtMs: null,
    greenRoomClosedAtMs: null,
    endedAtMs: null,
    peakWatching: 0,
    recording: 'none',
    durationMs: null,
    sizeBytes: null,
    keptSinceMs: null,
    deletedAtMs: null,
  };
  await trx.insertInto('broadcast').values(row).execute();
  return stored(row);
}

type Change = Partial<Omit<StoredBroadcast, 'broadcastId' | 'meetingId' | 'kind'>>;
export async function updateBroadcast(trx: AuthorityWrite, broadcastId: string, change: Change): Promise<void> {
  const { audience, quality, stage, ...plain } = change;
  await trx
    .updateTable('broadcast')
    .set({
      ...plain,
      ...(audience && { audience: JSON.stringify(audience) }),
      ...(quality && { quality: JSON.stringify(quality) }),
      ...(stage && { stage: JSON.stringify(stage) }),
    })
    .where('broadcastId', '=', broadcastId)
    .execute();
}

export async function insertChapter(
  trx: AuthorityWrite,
  broadcastId: string,
  { atMs, kind, title }: { atMs: number; kind: z.infer<typeof ChapterKind>; title: string },
): Promise<void> {
  const { count } = await trx
    .selectFrom('chapter')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('broadcastId', '=', broadcastId)
    .executeTakeFirstOrThrow();
  if (Number(count) >= MOST_CHAPTERS) return;
  await trx.insertInto('chapter').values({ broadcastId, atMs, kind, title }).execute();
}

export async function chaptersIn(db: Reader, broadcastId: string): Promise<Chapter[]> {
  const rows = await db
    .selectFrom('chapter')
    .select(['atMs', 'kind', 'title'])
    .where('broadcastId', '=', broadcastId)
    .orderBy('atMs')
    .execute();
  return rows.map((row) => ({ ...row, kind: ChapterKind.catch('page').parse(row.kind) }));
}

/** Whose meeting it is, and the language of its room; empty where nobody has a name. */
export async function presenterIn(db: Reader, meetingId: string): Promise<{ name: string; roomId: string | null }> {
  const row = await db
    .selectFrom('meeting')
    .leftJoin('account', 'account.accountId', 'meeting.hostAccountId')
    .leftJoin('bookingMeeting', 'bookingMeeting.meetingId', 'meeting.meetingId')
    .leftJoin('meetingRoom', 'meetingRoom.meetingId', 'meeting.meetingId')
    .select([
      'account.displayName',
      'meeting.roomId as ownRoomId',
      'bookingMeeting.roomId as bookedRoomId',
      'meetingRoom.roomId as askedRoomId',
    ])
    .where('meeting.meetingId', '=', meetingId)
    .executeTakeFirst();
  const roomId = row?.ownRoomId ?? row?.bookedRoomId ?? row?.askedRoomId ?? null;
  if (row?.displayName || roomId === null) return { name: row?.displayName ?? '', roomId };
  const room = await db.selectFrom('room').select('roomName').where('roomId', '=', roomId).executeTakeFirst();
  return { name: room?.roomName ?? '', roomId };
}

/** Those that somebody may still watch: not cancelled, the recording not deleted; the newest first. */
export async function storedIn(db: Reader, most: number): Promise<StoredBroadcast[]> {
  const rows = await db
    .selectFrom('broadcast')
    .innerJoin('meeting', 'meeting.meetingId', 'broadcast.meetingId')
    .selectAll('broadcast')
    .where('phase', '!=', 'cancelled')
    // of a meeting that is over nothing comes
    .where((e) =>
      e.or([
        e('phase', '!=', 'planned'),
        e.and([e('meeting.endedAtMs', 'is', null), e('meeting.cancelledAtMs', 'is', null)]),
      ]),
    )
    .where((e) => e.or([e('phase', '!=', 'ended'), e('recording', 'not in', ['none', 'deleted'])]))
    .orderBy('broadcast.createdAtMs', 'desc')
    .limit(most)
    .execute();
  return rows.map(stored);
}
