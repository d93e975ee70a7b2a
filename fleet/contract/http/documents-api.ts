/**
 * Documents of a meeting: uploaded in parts, made into pictures of pages, fetched page by page. Each route wants a token
 * for the meeting's documents (`Authorization: Bearer …`, grants.ts); any other meeting's document is `not-found`.
 */
import { ReportedErrorCode } from '../error-codes.ts';
import { openWord } from '../open-words.ts';
import { EpochMs, Id, ShownTitle, z } from '../schema.ts';
import { MAX_DOCUMENT_PAGES } from '../shared-document.ts';
import { forMeeting, type RouteTable } from './route.ts';

export const MAX_DOCUMENT_BYTES = 200 * 1024 * 1024;
/** One part of an upload. */
export const MAX_UPLOAD_PART_BYTES = 4 * 1024 * 1024;

/** A page's pictures: WebP, as large as fits into so many pixels. */
export const PAGE_SIZES = {
  thumbnail: { width: 320, height: 320 },
  phone: { width: 1080, height: 1080 },
  laptop: { width: 1440, height: 1080 },
  tv: { width: 1920, height: 1080 },
  'tv-4k': { width: 3840, height: 2160 },
} as const;
export const PageSize = z.enum(['thumbnail', 'phone', 'laptop', 'tv', 'tv-4k']);
export type PageSize = z.infer<typeof PageSize>;

/** `converting`: pages come one by one; those that are there can be shown. */
export const DocumentState = z.enum(['uploading', 'waiting', 'converting', 'ready', 'failed']);
export type DocumentState = z.infer<typeof DocumentState>;

export const MeetingDocument = z.object({
  documentId: Id,
  title: ShownTitle,
  state: openWord(DocumentState),
  sizeBytes: z.number().int().nonnegative(),
  /** from here an upload goes on */
  receivedBytes: z.number().int().nonnegative(),
  pageCount: z.number().int().nullable(),
  /** so many pages from the first are there */
  readyPages: z.number().int().nonnegative(),
  /** of a failed one */
  failure: ReportedErrorCode.nullable(),
  /** the caller uploaded it */
  isOwn: z.boolean(),
  /** a room may delete each of its meeting, a guest its own */
  mayDelete: z.boolean(),
  createdAtMs: EpochMs,
});
export type MeetingDocument = z.infer<typeof MeetingDocument>;

const DocumentParams = z.object({ documentId: Id });

export const documentsApi = {
  listDocuments: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/documents',
    access: forMeeting('view'),
    summary: 'Documents of the meeting, the newest first',
    response: z.object({ documents: z.array(MeetingDocument) }),
  },
  documentChanges: {
    kind: 'events',
    method: 'GET',
    path: '/api/v1/document-changes',
    access: forMeeting('view'),
    summary: 'Documents of the meeting: all of them at first, and again when one changes',
    events: { documents: z.object({ documents: z.array(MeetingDocument) }) },
  },
  createDocument: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/documents',
    access: forMeeting('present'),
    summary: 'Announce a document before its content is uploaded',
    body: z.strictObject({ fileName: z.string().min(1).max(1_000), sizeBytes: z.number().int().nonnegative() }),
    response: z.object({ document: MeetingDocument }),
  },
  document: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/documents/:documentId',
    access: forMeeting('view'),
    summary: 'One document; an upload that was cut off goes on at `receivedBytes`',
    params: DocumentParams,
    response: z.object({ document: MeetingDocument }),
  },
  uploadDocument: {
    kind: 'upload',
    method: 'PUT',
    path: '/api/v1/documents/:documentId/content',
    access: forMeeting('present'),
    summary: 'The next part of a document’s content; after the last part it is made into pages',
    contentTypes: ['application/octet-stream'],
    maxBytes: MAX_UPLOAD_PART_BYTES,
    params: DocumentParams,
    /** where the part begins; `upload-offset` where the server has another number of bytes */
    query: z.strictObject({ offset: z.coerce.number().int().nonnegative() }),
    response: z.object({ document: MeetingDocument }),
  },
  deleteDocument: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/documents/:documentId',
    access: forMeeting('present'),
    summary: 'Delete a document, or cancel its upload; no call shows it any more',
    params: DocumentParams,
    response: z.object({}),
  },
  documentPage: {
    kind: 'download',
    method: 'GET',
    path: '/api/v1/documents/:documentId/pages/:page/:size',
    access: forMeeting('view'),
    summary: 'The picture of a page; 202 while it is being made, as before the name that it carries is known',
    comesLater: true,
    contentTypes: ['image/webp'],
    params: DocumentParams.extend({ page: z.coerce.number().int().min(1).max(MAX_DOCUMENT_PAGES), size: PageSize }),
  },
} as const satisfies RouteTable;
