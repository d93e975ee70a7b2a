/**
 * Documents on their way through the converter. What was not finished is handed over again at our start; how far each is,
 * is in memory and on the disk, how it ended in the store.
 */
import type { Logger } from 'pino';
import type { ConversionEvent } from '#contract/converter-link.ts';
import { type ErrorCode, UserError } from '#contract/error-codes.ts';
import type { AuthorityStore } from '../store/index.ts';
import type { ProcessStatus } from '#edge/process-link.ts';
import type { ConverterLink, ConverterLinkOptions } from './converter/client.ts';
import type { DocumentFiles } from './document-files.ts';
import { type DocumentRow, requireQuota } from './document-rows.ts';

export type Converter = Pick<ConverterLink, 'start' | 'stop' | 'convert' | 'cancel' | 'prepare'>;
export type ConverterHandlers = Required<Pick<ConverterLinkOptions, 'onEvent' | 'onStatus'>>;
export type ConversionsDependencies = {
  store: AuthorityStore;
  files: DocumentFiles;
  newConverter: (handlers: ConverterHandlers) => Converter;
  onChanged: (documentId: string) => void;
  onCounted: (documentId: string, pageCount: number) => void;
  /** of all meetings together */
  quotaBytes: number;
  logger: Logger;
};
const RETRY_MS = 2_000;
/** A converter that starts, or is started again, is there within. */
const AWAY_PATIENCE_MS = 60_000;
const isEnd = ({ name }: ConversionEvent): boolean => name === 'converted' || name === 'failed';

/** `pages` of the TV's size: those below `ready` are all there. `bytes`: of each picture, since it may come again */
type Progress = { pages: Set<number>; ready: number; bytes: Map<string, number> };

type PageEvent = ConversionEvent & { name: 'page' };

export class Conversions {
  readonly #deps: ConversionsDependencies;
  readonly #converter: Converter;
  readonly #progress = new Map<string, Progress>();
  /** by document: its last event under way */
  readonly #work = new Map<string, Promise<void>>();
  #whyUnavailable: string | null = null;
  #away: NodeJS.Timeout | undefined;

  constructor(deps: ConversionsDependencies) {
    this.#deps = deps;
    this.#converter = deps.newConverter({
      onEvent: (event) => this.#inOrder(event),
      onStatus: (status) => this.#onStatus(status),
    });
  }

  async start(): Promise<void> {
    const rows = await this.#deps.store.read
      .selectFrom('document')
      .selectAll()
      .where('state', 'in', ['waiting', 'converting'])
      .execute();
    for (const row of rows) await this.begin(row);
    this.#onStatus({ is: 'away' });
    this.#converter.start();
  }
  stop(): void {
    clearTimeout(this.#away);
    this.#converter.stop();
  }

  /** Why nothing can be converted, in English, for IT; null: as far as we know it can. */
  get whyUnavailable(): string | null {
    return this.#whyUnavailable;
  }

  /** Somebody is about to share one. */
  prepare(): void {
    this.#converter.prepare();
  }

  async begin({ documentId }: Pick<DocumentRow, 'documentId'>): Promise<void> {
    const { files } = this.#deps;
    const ready = await files.readyPages(documentId);
    this.#progress.set(documentId, { pages: new Set(), ready, bytes: new Map() });
    const [sourcePath, outputFolder] = [files.originalOf(documentId), files.pagesOf(documentId)];
    this.#converter.convert({ documentId, sourcePath, outputFolder });
  }

  async cancel(documentId: string): Promise<void> {
    this.#converter.cancel(documentId);
    this.#progress.delete(documentId);
    await this.#work.get(documentId);
  }

  /** How many of the first pages can be shown, while they are made. */
  readyPages(documentId: string): number {
    return this.#progress.get(documentId)?.ready ?? 0;
  }

  #inOrder(event: ConversionEvent): void {
    const { documentId } = event;
    const { logger, onChanged } = this.#deps;
    const done = (this.#work.get(documentId) ?? Promise.resolve())
      .then(() => this.#apply(event))
      .then(() => onChanged(documentId))
      .catch((error: unknown) => {
        logger.error({ err: error, documentId, event: event.name }, 'conversion not recorded');
        // the converter reports its end once
        if (isEnd(event)) setTimeout(() => this.#inOrder(event), RETRY_MS).unref();
      })
      .finally(() => {
        if (this.#work.get(documentId) === done) this.#work.delete(documentId);
      });
    this.#work.set(documentId, done);
  }

  async #apply(event: ConversionEvent): Promise<void> {
    const { documentId } = event;
    const progress = this.#progress.get(documentId);
    if (!progress) return;
    switch (event.name) {
      case 'page-count':
        await this.#set(documentId, { state: 'converting', pageCount: event.pageCount });
        return this.#deps.onCounted(documentId, event.pageCount);
      case 'page':
        await this.#countBytes(progress, event);
        if (event.size !== 'tv' || this.#progress.get(documentId) !== progress) return;
        progress.pages.add(event.page);
        while (progress.pages.delete(progress.ready + 1)) progress.ready += 1;
        // the first page may be there before the pages are counted
        if (progress.ready <= 1) await this.#set(documentId, { state: 'converting' });
        return;
      case 'converted':
        return this.#converted(documentId, event.pageCount);
      case 'failed':
        // what a program printed of it may be words of the document
        return this.#failed(documentId, event.code);
    }
  }

  /** Pages of others that are being converted count once they are all there. */
  async #countBytes({ bytes }: Progress, { documentId, page, size }: PageEvent): Promise<void> {
    const { store, files, quotaBytes } = this.#deps;
    bytes.set(`${page} ${size}`, await files.pageBytes(documentId, page, size));
    const row = await store.read
      .selectFrom('document')
      .select(['meetingId', 'sizeBytes'])
      .where('documentId', '=', documentId)
      .executeTakeFirst();
    if (!row) return;
    const held = [...bytes.values()].reduce((sum, each) => sum + each, row.sizeBytes);
    await requireQuota(store.read, { documentId, meetingId: row.meetingId, heldBytes: held }, quotaBytes).catch(
      (error: unknown) => {
        if (!(error instanceof UserError)) throw error;
        return this.#giveUp(documentId, error.code, error.message);
      },
    );
  }

  #onStatus(status: ProcessStatus): void {
    clearTimeout(this.#away);
    this.#whyUnavailable = status.is === 'unavailable' ? status.reason : null;
    if (status.is !== 'away') return;
    this.#away = setTimeout(() => this.#onGone(), AWAY_PATIENCE_MS);
    this.#away.unref();
  }

  #onGone(): void {
    const reason = `the converter does not answer since ${AWAY_PATIENCE_MS / 1000} s`;
    const { logger, onChanged } = this.#deps;
    this.#whyUnavailable = reason;
    logger.error({ reason }, 'no document can be converted');
    for (const documentId of [...this.#progress.keys()])
      void this.#giveUp(documentId, 'converter-unavailable', reason)
        .then(() => onChanged(documentId))
        .catch((error: unknown) => logger.error({ err: error, documentId }, 'conversion not recorded'));
  }

  async #giveUp(documentId: string, code: ErrorCode, reason: string): Promise<void> {
    this.#converter.cancel(documentId);
    await this.#failed(documentId, code, reason);
  }

  async #converted(documentId: string, pageCount: number): Promise<void> {
    const { files } = this.#deps;
    const heldBytes = await files.pagesBytes(documentId);
    await this.#set(documentId, { state: 'ready', pageCount, heldBytes });
    this.#progress.delete(documentId);
    await files.removeOriginal(documentId);
  }

  async #failed(documentId: string, code: ErrorCode, reason: string = code): Promise<void> {
    this.#deps.logger.warn({ documentId, code, reason }, 'document not converted');
    await this.#set(documentId, { state: 'failed', failure: code, heldBytes: 0 });
    this.#progress.delete(documentId);
    await this.#deps.files.remove(documentId);
  }

  async #set(documentId: string, changes: Partial<DocumentRow>): Promise<void> {
    await this.#deps.store.write((trx) =>
      trx.updateTable('document').set(changes).where('documentId', '=', documentId).execute(),
    );
  }
}
