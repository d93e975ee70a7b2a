/**
 * The fleet server's half of the converter's link. A document that was handed over is handed over again, whichever side was
 * started again, until it is converted, has failed or is cancelled.
 */
import {
  type ConversionEvent,
  CONVERTER_SOCKET,
  FromConverter,
  MAX_CONVERTER_MESSAGE_BYTES,
  type ToConverter,
} from '#contract/converter-link.ts';
import { ProcessLink, type ProcessStatus } from '#edge/process-link.ts';

export type ConverterLinkOptions = {
  dataDir: string;
  /** Pages that were reported before may be reported again. */
  onEvent: (event: ConversionEvent) => void;
  onStatus?: (status: ProcessStatus) => void;
  log: (what: string, details: { err?: unknown; [detail: string]: unknown }) => void;
};
export type DocumentToConvert = Omit<ToConverter & { name: 'convert' }, 'name'>;

export class ConverterLink {
  readonly #options: ConverterLinkOptions;
  readonly #open = new Map<string, DocumentToConvert>();
  readonly #link: ProcessLink<FromConverter, ToConverter>;
  #isPrepared = false;

  constructor(options: ConverterLinkOptions) {
    this.#options = options;
    const { dataDir, onStatus, log } = options;
    this.#link = new ProcessLink({
      dataDir,
      socketName: CONVERTER_SOCKET,
      maxMessageLength: MAX_CONVERTER_MESSAGE_BYTES,
      parse: (raw) => FromConverter.parse(raw),
      onHello: () => this.#onHello(),
      onMessage: (event) => this.#onEvent(event),
      ...(onStatus && { onStatus }),
      log,
    });
  }

  get status(): ProcessStatus {
    return this.#link.status;
  }

  start(): void {
    this.#link.start();
  }
  stop(): void {
    this.#link.stop();
  }

  /** Ends with `converted` or `failed`, sooner or later. The output folder exists. */
  convert(document: DocumentToConvert): void {
    this.#open.set(document.documentId, document);
    this.#link.send({ name: 'convert', ...document });
  }

  /** No event of it comes any more. Its folders may be removed at once. */
  cancel(documentId: string): void {
    if (this.#open.delete(documentId)) this.#link.send({ name: 'cancel', documentId });
  }

  /** Somebody is about to share a document: what it needs is started now, and kept ready, after a new start too. */
  prepare(): void {
    this.#isPrepared = true;
    this.#link.send({ name: 'prepare' });
  }

  #onHello(): void {
    if (this.#isPrepared) this.#link.send({ name: 'prepare' });
    for (const document of this.#open.values()) this.#link.send({ name: 'convert', ...document });
  }

  #onEvent(event: ConversionEvent): void {
    if (!this.#open.has(event.documentId)) return;
    if (event.name === 'converted' || event.name === 'failed') this.#open.delete(event.documentId);
    this.#options.onEvent(event);
  }
}
