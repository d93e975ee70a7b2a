/** One document becomes pictures: its first page first, then all pages for the TV and smaller, then all of them in 4K. */
import type { ConversionEvent } from '#contract/converter-link.ts';
import { UserError } from '#contract/error-codes.ts';
import type { PageSize } from '#contract/http/documents-api.ts';
import { MAX_DOCUMENT_PAGES } from '#contract/shared-document.ts';
import type { Office, OfficeSource } from './office.ts';
import type { PageMaker } from './page-maker.ts';
import { writePage } from './page-files.ts';
import type { Spares } from './spares.ts';
import type { Way } from './sources.ts';

export type Progress = { name: 'page-count'; pageCount: number } | { name: 'page'; page: number; size: PageSize };
export type Document = { sourcePath: string; outputFolder: string };
export type Conversion = {
  offices: Spares<Office>;
  pageMakers: Spares<PageMaker>;
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
};

const SMALLER: readonly PageSize[] = ['thumbnail', 'phone', 'laptop'];
/** Everything; 500 pages of a slow document would need longer. */
const DEADLINE_MS = 30 * 60_000;
