/**
 * Fleet server and document converter, over a Unix socket in the data folder: JSON, one message a line. Both lie on one
 * machine and belong to one user; paths are of this machine. The server sends `convert` again for what was not finished when
 * either side was started again: pages that are there are reported again, or made again.
 */
import { ErrorCode } from './error-codes.ts';
import { PageSize } from './http/documents-api.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { Id, z } from './schema.ts';
import { MAX_DOCUMENT_PAGES } from './shared-document.ts';

/** In the data folder. */
export const CONVERTER_SOCKET = 'converter.sock';
export const MAX_CONVERTER_MESSAGE_BYTES = 16 * 1024;

const Path = z.string().min(1).max(4_000);
const PageNumber = z.number().int().min(1).max(MAX_DOCUMENT_PAGES);
const PageCount = z.number().int().min(1).max(MAX_DOCUMENT_PAGES);

/** The picture of a page, in the document's output folder. */
export const pageFileName = (page: number, size: PageSize): string => `${page}-${size}.webp`;

export const ToConverter = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('hello'), protocol: ProtocolVersion }),
  z.strictObject({
    name: z.literal('convert'),
    documentId: Id,
    sourcePath: Path,
    /** exists, and holds nothing but this document's pages */
    outputFolder: Path,
  }),
  /** also of one that is not known */
  z.strictObject({ name: z.literal('cancel'), documentId: Id }),
  /** a document is about to come: somebody chose a file */
  z.strictObject({ name: z.literal('prepare') }),
]);
export type ToConverter = z.infer<typeof ToConverter>;

export const FromConverter = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('hello'),
    protocol: ProtocolVersion,
    /** why no document can be converted on this machine, in English, for IT; null: all can */
    whyUnavailable: z.string().max(2_000).nullable(),
  }),
  z.strictObject({ name: z.literal('page-count'), documentId: Id, pageCount: PageCount }),
  /** the file is there, whole; the first page comes first, of each page `tv` first, `tv-4k` of all pages last */
  z.strictObject({ name: z.literal('page'), documentId: Id, page: PageNumber, size: PageSize }),
  /** every page in every size */
  z.strictObject({ name: z.literal('converted'), documentId: Id, pageCount: PageCount }),
  z.strictObject({ name: z.literal('failed'), documentId: Id, code: ErrorCode, message: z.string().max(500) }),
]);
export type FromConverter = z.infer<typeof FromConverter>;
/** What happens to a document. */
export type ConversionEvent = Exclude<FromConverter, { name: 'hello' }>;
