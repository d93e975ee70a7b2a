/** One document becomes pictures: its first page first, then all pages for the TV and smaller, then all of them in 4K. */
import type { ConversionEvent } from '#contract/converter-link.ts';
import { UserError } from '#contract/error-codes.ts';
import type { PageSize } from '#contract/http/documents-api.ts';
import { MAX_DOCUMENT_PAGES } from '#contract/shared-document.ts';
import type { EngineName } from './inside/engines.ts';
import type { Office, OfficeSource } from './office.ts';
import type { PageMaker } from './page-maker.ts';
import { removeUnfinishedPages, writePage } from './page-files.ts';
import { type Way, ways } from './sources.ts';
import type { Spares } from './spares.ts';
import { trueTypeOf } from './true-type.ts';
import type { Turns, Urgency } from './turns.ts';

type EventOf<Name extends ConversionEvent['name']> = Omit<ConversionEvent & { name: Name }, 'documentId'>;
export type Progress = EventOf<'page-count'> | EventOf<'page'>;
export type Means = {
  offices: Spares<Office>;
  pageMakers: Spares<PageMaker>;
  /** of LibreOffice */
  exports: Turns;
  /** of single pages: a first page waits for no document's hundredth */
  drawings: Turns;
};
export type Conversion = {
  sourcePath: string;
  outputFolder: string;
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
};

const SMALLER: readonly PageSize[] = ['thumbnail', 'phone', 'laptop'];
const [FIRST_PAGE, EVERY_PAGE, IN_4K] = [0, 1, 2] as const satisfies Urgency[];
/** Of one document: 500 pages of photographs need most of it. */
const MAX_OUTPUT_BYTES = 1_500_000_000;

/**
 * Leaves nothing behind but pages: a sandbox serves one document and is ended.
 * @returns how many pages it has
 * @throws UserError for a document that cannot be shown; the signal's reason
 */
export async function convert(conversion: Conversion, means: Means): Promise<number> {
  await removeUnfinishedPages(conversion.outputFolder);
  const way = ways[await trueTypeOf(conversion.sourcePath)];
  try {
    return await convertIn(await means.pageMakers.take(conversion.signal), way, conversion, means);
  } catch (error) {
    // what a sandbox that was ended answers is not why
    conversion.signal.throwIfAborted();
    throw error;
  } finally {
    // for the next one, also where these were never handed out
    if ('office' in way) means.offices.prepare();
    means.pageMakers.prepare();
  }
}

async function convertIn(maker: PageMaker, way: Way, conversion: Conversion, means: Means): Promise<number> {
  const { signal, sourcePath } = conversion;
  const onAbort = (): void => void maker.end();
  signal.addEventListener('abort', onAbort);
  try {
    const pages = new Pages(maker, conversion, means);
    if ('engine' in way) await pages.open(way.engine, await maker.inbox.putFile('source', sourcePath));
    else await means.exports.run(FIRST_PAGE, () => exportByOffice(pages, conversion, way.office, means.offices));
    return await pages.makeAll();
  } finally {
    signal.removeEventListener('abort', onAbort);
    await maker.end();
  }
}

/** Its first page is made while LibreOffice exports the others. */
async function exportByOffice(
  pages: Pages,
  { signal, sourcePath }: Conversion,
  source: OfficeSource,
  offices: Spares<Office>,
): Promise<void> {
  const office = await offices.take(signal);
  const onAbort = (): void => void office.end();
  signal.addEventListener('abort', onAbort);
  try {
    for await (const { pages: which, content } of office.export(sourcePath, source)) {
      const isWhole = which === 'all';
      await pages.openPdf(which, content, isWhole);
      if (!isWhole) await pages.makeFirst();
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    await office.end();
    offices.prepare();
  }
}

/** The pages of one document, in the order in which people need them. */
class Pages {
  readonly #maker: PageMaker;
  readonly #conversion: Conversion;
  readonly #means: Means;
  #pageCount = 0;
  #outputBytes = 0;
  #isFirstMade = false;

  constructor(maker: PageMaker, conversion: Conversion, means: Means) {
    this.#maker = maker;
    this.#conversion = conversion;
    this.#means = means;
  }

  async openPdf(name: string, content: Buffer, isWhole: boolean): Promise<void> {
    await this.open('pdf', await this.#maker.inbox.put(name, content), isWhole);
  }

  /** @param isWhole false: only its first page is there yet */
  async open(engine: EngineName, path: string, isWhole = true): Promise<void> {
    const pageCount = await this.#maker.open(engine, path);
    if (pageCount > MAX_DOCUMENT_PAGES)
      throw new UserError('document-too-long', `${pageCount} pages or more, ${MAX_DOCUMENT_PAGES} at most`);
    if (!isWhole) return;
    this.#pageCount = pageCount;
    this.#conversion.onProgress({ name: 'page-count', pageCount });
  }

  async makeFirst(): Promise<void> {
    if (this.#isFirstMade) return;
    this.#isFirstMade = true;
    // alone: it is on the TV before the smaller ones are made
    await this.#make(FIRST_PAGE, 1, 'tv', ['tv']);
    this.#maker.lowerPriority();
    await this.#make(EVERY_PAGE, 1, 'tv', SMALLER);
  }

  /** @returns how many */
  async makeAll(): Promise<number> {
    await this.makeFirst();
    for (let page = 2; page <= this.#pageCount; page += 1) await this.#make(EVERY_PAGE, page, 'tv', ['tv', ...SMALLER]);
    for (let page = 1; page <= this.#pageCount; page += 1) await this.#make(IN_4K, page, 'tv-4k', ['tv-4k']);
    return this.#pageCount;
  }

  #make(urgency: Urgency, page: number, largest: PageSize, sizes: readonly PageSize[]): Promise<void> {
    return this.#means.drawings.run(urgency, async () => {
      const { outputFolder, onProgress, signal } = this.#conversion;
      signal.throwIfAborted();
      for await (const picture of this.#maker.draw(page, largest, sizes)) {
        this.#outputBytes += picture.content.length;
        if (this.#outputBytes > MAX_OUTPUT_BYTES) throw new UserError('document-too-large', 'its pages are too large');
        await writePage(outputFolder, picture);
        onProgress({ name: 'page', page, size: picture.size });
      }
    });
  }
}
