/**
 * The fleet server's half of the converter's link. A document that was handed over is handed over again, whichever side was
 * started again, until it is converted, has failed or is cancelled.
 */
import { connect, type Socket } from 'node:net';
import { type ConversionEvent, FromConverter, type ToConverter } from '#contract/converter-link.ts';
import { ProtocolError } from '#contract/error-codes.ts';
import { negotiateAsClient, PROTOCOL_VERSION, protocolOf } from '#contract/protocol-version.ts';
import { retryAfterMs } from '#contract/retry-after.ts';
import { readJsonLines, writeJsonLine } from './json-lines.ts';
import { socketPath } from './socket-path.ts';

export type ConverterStatus =
  /** not connected: it starts, or has ended and is started again */
  | { is: 'away' }
  | { is: 'there' }
  /** `reason` in English, for IT */
  | { is: 'unavailable'; reason: string };

export type ConverterLinkOptions = {
  dataDir: string;
  /** Pages that were reported before may be reported again. */
  onEvent: (event: ConversionEvent) => void;
  onStatus?: (status: ConverterStatus) => void;
  log: (what: string, details: { err?: unknown; [detail: string]: unknown }) => void;
};
export type DocumentToConvert = Omit<ToConverter & { name: 'convert' }, 'name'>;

const PAUSES = { firstMs: 100, longestMs: 2_000 };

export class ConverterLink {
  readonly #options: ConverterLinkOptions;
  readonly #open = new Map<string, DocumentToConvert>();
  #connecting: Socket | null = null;
  /** once both have said hello */
  #socket: Socket | null = null;
  #status: ConverterStatus = { is: 'away' };
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #isPrepared = false;

  constructor(options: ConverterLinkOptions) {
    this.#options = options;
  }

  get status(): ConverterStatus {
    return this.#status;
  }

  start(): void {
    const socket = connect(socketPath(this.#options.dataDir));
    this.#timer = undefined;
    socket.on('connect', () => writeJsonLine(socket, { name: 'hello', protocol: PROTOCOL_VERSION }));
    // its `close` follows
    socket.on('error', () => {});
    socket.on('close', () => this.#onClose());
    readJsonLines(
      socket,
      (message) => this.#onMessage(socket, message),
      (error) => this.#options.log('the converter sent what is no message', { err: error }),
    );
    this.#connecting = socket;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#connecting?.destroy();
  }

  /** Ends with `converted` or `failed`, sooner or later. The output folder exists. */
  convert(document: DocumentToConvert): void {
    this.#open.set(document.documentId, document);
    this.#send({ name: 'convert', ...document });
  }

  /** No event of it comes any more. Its folders may be removed at once. */
  cancel(documentId: string): void {
    if (this.#open.delete(documentId)) this.#send({ name: 'cancel', documentId });
  }

  /** Somebody is about to share a document: what it needs is started now, and kept ready, after a new start too. */
  prepare(): void {
    this.#isPrepared = true;
    this.#send({ name: 'prepare' });
  }

  #send(message: ToConverter): void {
    if (this.#socket) writeJsonLine(this.#socket, message);
  }

  #onMessage(socket: Socket, raw: unknown): void {
    if (this.#socket !== socket) {
      this.#onHello(socket, raw);
      return;
    }
    const event = FromConverter.parse(raw);
    if (event.name === 'hello') throw new ProtocolError('bad-message', 'a second hello');
    if (!this.#open.has(event.documentId)) return;
    if (event.name === 'converted' || event.name === 'failed') this.#open.delete(event.documentId);
    this.#options.onEvent(event);
  }

  #onHello(socket: Socket, raw: unknown): void {
    const protocol = protocolOf(raw);
    if (protocol === null) throw new ProtocolError('hello-expected');
    const negotiated = negotiateAsClient(protocol);
    if (negotiated !== 'accepted') throw new ProtocolError(negotiated);
    const hello = FromConverter.parse(raw);
    if (hello.name !== 'hello') throw new ProtocolError('hello-expected');
    this.#socket = socket;
    this.#failures = 0;
    const { whyUnavailable } = hello;
    this.#setStatus(whyUnavailable === null ? { is: 'there' } : { is: 'unavailable', reason: whyUnavailable });
    if (this.#isPrepared) this.#send({ name: 'prepare' });
    for (const document of this.#open.values()) this.#send({ name: 'convert', ...document });
  }

  #onClose(): void {
    this.#socket = null;
    if (this.#isStopped) return;
    if (this.#status.is !== 'away') this.#setStatus({ is: 'away' });
    this.#timer = setTimeout(() => this.start(), retryAfterMs(this.#failures, PAUSES));
    this.#failures += 1;
  }

  #setStatus(status: ConverterStatus): void {
    this.#status = status;
    this.#options.onStatus?.(status);
  }
}
