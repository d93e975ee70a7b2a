/** One document becomes pictures: its first page first, then all pages for the TV and smaller, then all of them in 4K. */
import type { ConversionEvent } from '#contract/converter-link.ts';
import { UserError } from '#contract/error-codes.ts';
import type { PageSize } from '#contract/http/documents-api.ts';
import { MAX_DOCUMENT_PAGES } from '#contract/shared-document.ts';
import type { EngineName } from './inside/engines.ts';
import type { Office, OfficeSource } from './office.ts';
import type { PageMaker } from './page-maker.ts';
import { writePage } from './page-files.ts';
import { ways } from './sources.ts';
import type { Spares } from './spares.ts';
import { trueTypeOf } from './true-type.ts';

type EventOf<Name extends ConversionEvent['name']> = Omit<ConversionEvent & { name: Name }, 'documentId'>;
export type Progress = EventOf<'page-count'> | EventOf<'page'>;
export type Sandboxes = { offices: Spares<Office>; pageMakers: Spares<PageMaker> };
export type Conversion = {
  sourcePath: string;
  outputFolder: string;
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
};

const SMALLER: readonly PageSize[] = ['thumbnail', 'phone', 'laptop'];

/**
 * Leaves nothing behind but pages: a sandbox serves one document and is ended.
 * @returns how many pages it has
 * @throws UserError for a document that cannot be shown; the signal's reason
 */
export async function convert(conversion: Conversion, sandboxes: Sandboxes): Promise<number> {
  const { signal, sourcePath } = conversion;
  const way = ways[await trueTypeOf(sourcePath)];
  signal.throwIfAborted();
  const maker = await sandboxes.pageMakers.take();
  const onAbort = (): void => void maker.end();
  signal.addEventListener('abort', onAbort);
  try {
    signal.throwIfAborted();
    const pages = new Pages(maker, conversion, () => sandboxes.pageMakers.prepare());
    if ('office' in way) return await convertByOffice(pages, conversion, way.office, sandboxes.offices);
    await pages.open(way.engine, await maker.inbox.putFile('source', sourcePath));
    return await pages.makeAll();
  } catch (error) {
    // what a sandbox that was ended answers is not why
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await maker.end();
    sandboxes.pageMakers.prepare();
  }
}

async function convertByOffice(
  pages: Pages,
  { signal, sourcePath }: Conversion,
  source: OfficeSource,
  offices: Spares<Office>,
): Promise<number> {
  const office = await offices.take();
  const onAbort = (): void => void office.end();
  signal.addEventListener('abort', onAbort);
  try {
    signal.throwIfAborted();
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
  return pages.makeAll();
}

/** The pages of one document, in the order in which people need them. */
class Pages {
  readonly #maker: PageMaker;
  readonly #conversion: Conversion;
  #pageCount = 0;
  readonly #onFirstMade: () => void;
  #isFirstMade = false;

  constructor(maker: PageMaker, conversion: Conversion, onFirstMade: () => void) {
    this.#maker = maker;
    this.#conversion = conversion;
    this.#onFirstMade = onFirstMade;
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
    // alone: nobody waits for the smaller ones before it is on the TV
    await this.#make(1, 'tv', ['tv']);
    await this.#make(1, 'tv', SMALLER);
    this.#onFirstMade();
  }

  /** @returns how many */
  async makeAll(): Promise<number> {
    await this.makeFirst();
    for (let page = 2; page <= this.#pageCount; page += 1) await this.#make(page, 'tv', ['tv', ...SMALLER]);
    for (let page = 1; page <= this.#pageCount; page += 1) await this.#make(page, 'tv-4k', ['tv-4k']);
    return this.#pageCount;
  }

  async #make(page: number, largest: PageSize, sizes: readonly PageSize[]): Promise<void> {
    const { outputFolder, onProgress } = this.#conversion;
    for await (const picture of this.#maker.draw(page, largest, sizes)) {
      await writePage(outputFolder, picture);
      onProgress({ name: 'page', page, size: picture.size });
    }
  }
}
