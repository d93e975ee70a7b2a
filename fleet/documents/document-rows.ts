/** The rows of documents, as the aggregate writes them and as a holder reads them. */
import { UserError } from '#contract/error-codes.ts';
import type { MeetingDocument } from '#contract/http/documents-api.ts';
import type { AuthorityTables, AuthorityWrite } from '../store/index.ts';
import { titleOf } from './document-title.ts';

export type DocumentRow = AuthorityTables['document'];
type Reader = Pick<AuthorityWrite, 'selectFrom'>;

export const MEETING_QUOTA_BYTES = 1024 ** 3;
/** of one meeting, failed ones among them */
const MAX_DOCUMENTS = 100;
/** Of both: all guests of a meeting together keep no room from sharing. */
const GUESTS_PART = 0.5;

/** What somebody can reach: documents of the meeting, and its own, which a meeting that starts may have taken along. */
export async function documentFor(
  db: Reader,
  { meetingId, holder }: { meetingId: string; holder: string },
  documentId: string,
): Promise<DocumentRow | null> {
  const row = db
    .selectFrom('document')
    .selectAll()
    .where('documentId', '=', documentId)
    .where((e) => e.or([e('meetingId', '=', meetingId), e('uploader', '=', holder)]));
  return (await row.executeTakeFirst()) ?? null;
}

/** The newest first. */
export const documentsOf = (db: Reader, meetingId: string): Promise<DocumentRow[]> =>
  db.selectFrom('document').selectAll().where('meetingId', '=', meetingId).orderBy('documentId', 'desc').execute();

/** Under a title that the meeting has not yet. @throws UserError quota-exceeded */
export async function insertDocument(
  trx: AuthorityWrite,
  { documentId, meetingId, uploader, fileName, sizeBytes }: NewDocument,
  quotaBytes: number,
): Promise<DocumentRow> {
  const others = await documentsOf(trx, meetingId);
  if (others.length >= MAX_DOCUMENTS)
    throw new UserError('quota-exceeded', 'the meeting has as many documents as it may have');
  if (isGuest(uploader)) requireGuestsPart(others, sizeBytes);
  await requireQuota(trx, { documentId, meetingId, heldBytes: sizeBytes }, quotaBytes);
  const nowMs = Date.now();
  const row: DocumentRow = {
    documentId,
    meetingId,
    uploader,
    title: titleOf(fileName, new Set(others.map(({ title }) => title))),
    state: 'uploading',
    sizeBytes,
    receivedBytes: 0,
    heldBytes: sizeBytes,
    pageCount: null,
    failure: null,
    createdAtMs: nowMs,
    usedAtMs: nowMs,
  };
  await trx.insertInto('document').values(row).execute();
  return row;
}
export type NewDocument = Pick<DocumentRow, 'documentId' | 'meetingId' | 'uploader' | 'sizeBytes'> & {
  fileName: string;
};

/** Its holder is a PersonKey (`document-access.ts`); that of a room, a phone and an account is one id. */
const isGuest = (uploader: string): boolean => uploader.includes(':');

function requireGuestsPart(others: readonly DocumentRow[], sizeBytes: number): void {
  const byGuests = others.filter(({ uploader }) => isGuest(uploader));
  const heldBytes = byGuests.reduce((sum, each) => sum + each.heldBytes, sizeBytes);
  if (byGuests.length >= MAX_DOCUMENTS * GUESTS_PART || heldBytes > MEETING_QUOTA_BYTES * GUESTS_PART)
    throw new UserError('quota-exceeded', 'guests of the meeting share as much as they may');
}

/** Room for this document beside all others. @throws UserError quota-exceeded */
export async function requireQuota(
  db: Reader,
  { documentId, meetingId, heldBytes }: Pick<DocumentRow, 'documentId' | 'meetingId' | 'heldBytes'>,
  quotaBytes: number,
): Promise<void> {
  const others = db
    .selectFrom('document')
    .select((e) => e.fn.sum<number | null>('heldBytes').as('bytes'))
    .where('documentId', '!=', documentId);
  const bytesOf = async (query: typeof others): Promise<number> =>
    Number((await query.executeTakeFirstOrThrow()).bytes ?? 0) + heldBytes;
  if ((await bytesOf(others.where('meetingId', '=', meetingId))) > MEETING_QUOTA_BYTES)
    throw new UserError('quota-exceeded', 'the documents of the meeting are as large as they may be');
  if ((await bytesOf(others)) > quotaBytes)
    throw new UserError('quota-exceeded', 'the documents of all meetings together are as large as they may be');
}

/** @param readyPages of one that is being converted */
export const asMeetingDocument = (row: DocumentRow, readyPages: number, holder: string): MeetingDocument => ({
  documentId: row.documentId,
  title: row.title,
  state: row.state,
  sizeBytes: row.sizeBytes,
  receivedBytes: row.receivedBytes,
  pageCount: row.pageCount,
  readyPages: row.state === 'ready' ? (row.pageCount ?? 0) : row.state === 'converting' ? readyPages : 0,
  failure: row.failure,
  isOwn: row.uploader === holder,
  mayDelete: !isGuest(holder) || row.uploader === holder,
  createdAtMs: row.createdAtMs,
});
