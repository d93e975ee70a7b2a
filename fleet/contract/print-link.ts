/**
 * Fleet server and the printer of the program process, over a Unix socket of its own in the data folder: JSON, one message a line. It
 * makes a PDF of a page that the server wrote. Beside the link of programs, as a program process of the previous release, which goes
 * on until nothing runs in it, has no such socket; and a long page delays no message of a broadcast.
 */
import { ProtocolVersion } from './protocol-version.ts';
import { Id, z } from './schema.ts';

/** In the data folder. */
export const PRINT_SOCKET = 'print.sock';
/** UTF-16 units of one page: minutes of 20,000 units, each of them an entity or a line of its own, with room to spare */
export const MAX_PRINT_HTML_UNITS = 600_000;
/** of one message, in UTF-16 units: a page with every unit escaped once more */
export const MAX_PRINT_MESSAGE_UNITS = 2 * MAX_PRINT_HTML_UNITS;
/** of one file; a longer one is `too-large` */
export const MAX_PDF_BYTES = 8 * 1024 * 1024;
/** The file comes in parts of so many bytes. */
export const PDF_PART_BYTES = 192 * 1024;
const MAX_PDF_PARTS = Math.ceil(MAX_PDF_BYTES / PDF_PART_BYTES);

export const ToPrinter = z.discriminatedUnion('name', [
  z.object({ name: z.literal('hello'), protocol: ProtocolVersion }),
  /** One at a time, in their order. The page runs no script and reaches no network. */
  z.object({ name: z.literal('print'), printId: Id, html: z.string().max(MAX_PRINT_HTML_UNITS) }),
]);
export type ToPrinter = z.infer<typeof ToPrinter>;

export const FromPrinter = z.discriminatedUnion('name', [
  z.object({
    name: z.literal('hello'),
    protocol: ProtocolVersion,
    /** why nothing can be printed on this machine, in English, for IT; null: it can */
    whyUnavailable: z.string().max(2_000).nullable(),
  }),
  /** in the order of the parts */
  z.object({
    name: z.literal('printed'),
    printId: Id,
    part: z.number().int().nonnegative().max(MAX_PDF_PARTS),
    partCount: z.number().int().positive().max(MAX_PDF_PARTS),
    /** base64 */
    pdf: z.string().max(Math.ceil(PDF_PART_BYTES / 3) * 4),
  }),
  /** `why`: in English, for the log */
  z.object({ name: z.literal('not-printed'), printId: Id, why: z.string().max(500) }),
]);
export type FromPrinter = z.infer<typeof FromPrinter>;
