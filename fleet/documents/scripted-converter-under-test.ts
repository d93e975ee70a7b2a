/** For integration tests: a scripted converter on the fleet's socket. It makes no pictures, only files that are told apart. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CONVERTER_SOCKET,
  type FromConverter,
  MAX_CONVERTER_MESSAGE_BYTES,
  pageFileName,
  ToConverter,
} from '#contract/converter-link.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { PageSize } from '#contract/http/documents-api.ts';
import { ProcessLinkServer } from '#edge/process-link-server.ts';

type ToConvert = Extract<ToConverter, { name: 'convert' }>;

export class ScriptedConverter {
  readonly asked: ToConvert[] = [];
  readonly cancelled: string[] = [];
  /** what it found in each original, when it was asked */
  readonly originals: Buffer[] = [];
  /** as this machine is at its next connection */
  whyUnavailable: string | null = null;
  /** what it does with a document */
  onConvert: (document: ToConvert) => void = (document) => this.convert(document, 3);
  readonly #server: ProcessLinkServer<ToConverter, FromConverter>;

  constructor(dataDir: string) {
    this.#server = new ProcessLinkServer({
      socketName: CONVERTER_SOCKET,
      maxMessageLength: MAX_CONVERTER_MESSAGE_BYTES,
      parse: (raw) => ToConverter.parse(raw),
      dataDir,
      hello: () => ({ whyUnavailable: this.whyUnavailable }),
      onMessage: (message) => {
        if (message.name === 'cancel') this.cancelled.push(message.documentId);
        if (message.name !== 'convert') return;
        this.asked.push(message);
        this.originals.push(readFileSync(message.sourcePath));
        this.onConvert(message);
      },
      onRefused: () => {},
    });
  }

  async start(): Promise<this> {
    await this.#server.start();
    return this;
  }

  convert(document: ToConvert, pageCount: number): void {
    this.count(document, pageCount);
    for (let page = 1; page <= pageCount; page += 1)
      for (const size of ['tv', 'thumbnail', 'phone', 'laptop', 'tv-4k'] as const) this.make(document, page, size);
    this.#server.send({ name: 'converted', documentId: document.documentId, pageCount });
  }
  count({ documentId }: ToConvert, pageCount: number): void {
    this.#server.send({ name: 'page-count', documentId, pageCount });
  }
  make({ documentId, outputFolder }: ToConvert, page: number, size: PageSize): void {
    writeFileSync(join(outputFolder, pageFileName(page, size)), pictureOf(page, size), { mode: 0o600 });
    this.#server.send({ name: 'page', documentId, page, size });
  }
  fail({ documentId }: ToConvert, code: ErrorCode): void {
    this.#server.send({ name: 'failed', documentId, code, message: 'scripted' });
  }
}

export const pictureOf = (page: number, size: PageSize): string => `page ${page} for ${size}`;
