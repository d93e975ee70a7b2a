/** The sandbox in which LibreOffice makes a PDF of one document: office.py connects it to us. */
import { MAX_DOCUMENT_PAGES } from '#contract/shared-document.ts';
import { DocumentSandbox } from './document-sandbox.ts';
import type { Scratch } from './scratch.ts';

/** As LibreOffice names its import filters. */
export type OfficeSource = { kind: 'presentation' | 'text' | 'spreadsheet'; filter: string };

const SYSTEM = [
  ...['/usr/share/libreoffice', '/usr/share/liblangtag', '/usr/share/mime'],
  ...['/usr/share/zoneinfo', '/etc/libreoffice', '/var/lib/libreoffice', '/etc/passwd'],
];
const LIMITS = {
  addressSpaceBytes: 4_000_000_000,
  residentBytes: 1_500_000_000,
  cpuSeconds: 180,
  threads: 120,
  scratchBytes: 500_000_000,
};
/** Seven seconds of processor time on a machine that may be busy. */
const READY_WITHIN_MS = 120_000;
const EXPORT_WITHIN_MS = 120_000;
const MAX_PDF_BYTES = 300_000_000;
/** Enough for a slide of 13 inches in 4K. */
const DOTS_PER_INCH = 300;

export type ExportedPdf = { pages: 'first' | 'all'; content: Buffer };

export class Office extends DocumentSandbox {
  /** Starts at once, and waits for its document. */
  constructor(scratch: Scratch) {
    super(scratch, {
      command: ['/usr/bin/python3', '/maru/inside/office.py'],
      readOnly: Object.fromEntries(SYSTEM.map((path) => [path, path])),
      environment: { SAL_USE_VCLPLUGIN: 'svp' },
      limits: LIMITS,
      maxBodyBytes: MAX_PDF_BYTES,
      readyWithinMs: READY_WITHIN_MS,
    });
  }

  /**
   * Once: the sandbox serves one document. First its first page, then all pages; one page more than may be shown, where
   * there are too many.
   * @throws UserError
   */
  async *export(sourcePath: string, source: OfficeSource): AsyncGenerator<ExportedPdf, void> {
    const path = await this.inbox.putFile('source', sourcePath);
    const request = { path, ...source, mostPages: MAX_DOCUMENT_PAGES + 1, dotsPerInch: DOTS_PER_INCH };
    for await (const { answer, body } of this.ask(request, 'exported', EXPORT_WITHIN_MS))
      if (answer.is === 'pdf') yield { pages: answer.pages, content: body };
  }
}
