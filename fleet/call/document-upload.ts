/**
 * One file on its way to the fleet server: announced, sent in parts, and after a cut on from where the server has it. Parts
 * grow and shrink with the line, so that progress is seen on a slow one too.
 */
import { type ErrorCode, InvalidStateError, type MaruError, toMaruError } from '#contract/error-codes.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import { documentsApi, MAX_UPLOAD_PART_BYTES, type MeetingDocument } from '#contract/http/documents-api.ts';
import type { JsonRoute, RouteAnswer, UploadRoute } from '#contract/http/route.ts';
import { retryAfterMs } from '#contract/retry-after.ts';
import { askDocuments, type DocumentRequest, type FetchLike, nextTryAfter } from './document-requests.ts';

export const FIRST_PART_BYTES = 256 * 1024;
const SMALLEST_PART_BYTES = 64 * 1024;
/** A part that took less makes the next twice as large; one that took more, half. */
const SHORT_PART_MS = 500;
const LONG_PART_MS = 3_000;
const PART_TIMEOUT_MS = 60_000;
const RETRY = { firstMs: 250, longestMs: 5_000 };

export type UploadState = {
  /** of this page alone; the document's own id is there once the server knows it */
  readonly uploadId: string;
  readonly documentId: string | null;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly sentBytes: number;
  /** `waiting`: for the network, the server or a newer token; it goes on by itself */
  readonly phase: 'sending' | 'waiting' | 'done' | 'failed' | 'cancelled';
  /** of `failed` */
  readonly failure: ErrorCode | null;
};

export type UploadDependencies = {
  file: Blob;
  fileName: string;
  uploadId: string;
  access: () => DocumentAccess | null;
  fetch: FetchLike;
  onChange: (state: UploadState) => void;
};

export class DocumentUpload {
  readonly #dependencies: UploadDependencies;
  readonly #cancelled = new AbortController();
  #state: UploadState;
  #partBytes = FIRST_PART_BYTES;
  /** one after the other, without a byte that the server has kept */
  #lostParts = 0;
  #wake: () => void = () => {};

  constructor(dependencies: UploadDependencies) {
    this.#dependencies = dependencies;
    const { uploadId, fileName, file } = dependencies;
    this.#state = {
      uploadId,
      documentId: null,
      fileName,
      sizeBytes: file.size,
      sentBytes: 0,
      phase: 'sending',
      failure: null,
    };
  }

  get state(): UploadState {
    return this.#state;
  }

  /** @returns the document once all of it is at the server. @throws MaruError why it failed or was cancelled */
  async run(): Promise<MeetingDocument> {
    try {
      let document = await this.#announce();
      this.#set({ documentId: document.documentId, sentBytes: document.receivedBytes });
      while (document.state === 'uploading') document = await this.#sendPart(document);
      this.#set({ phase: 'done', sentBytes: this.#state.sizeBytes });
      return document;
    } catch (thrown) {
      const error = this.#cancelled.signal.aborted ? (this.#cancelled.signal.reason as MaruError) : toMaruError(thrown);
      this.#set(this.#cancelled.signal.aborted ? { phase: 'cancelled' } : { phase: 'failed', failure: error.code });
      throw error;
    }
  }

  /** What is at the server already is deleted there. Twice is harmless. */
  cancel(): void {
    const { phase, documentId } = this.#state;
    if (this.#cancelled.signal.aborted || (phase !== 'sending' && phase !== 'waiting')) return;
    this.#cancelled.abort(new InvalidStateError('not-possible-now', 'cancelled'));
    if (documentId) this.#discard(documentId);
  }

  /** The network or the access is back: a wait ends at once. */
  tryNow(): void {
    this.#wake();
  }

  /** A try whose answer was lost leaves an empty announcement, which the server lets expire. */
  async #announce(): Promise<MeetingDocument> {
    const { fileName, file } = this.#dependencies;
    const body = { fileName, sizeBytes: file.size };
    const { document } = await this.#persist(documentsApi.createDocument, () => ({ body }));
    if (this.#cancelled.signal.aborted) this.#discard(document.documentId);
    this.#cancelled.signal.throwIfAborted();
    return document;
  }

  async #sendPart({ documentId, receivedBytes }: MeetingDocument): Promise<MeetingDocument> {
    const { file } = this.#dependencies;
    const params = { documentId };
    try {
      const startedAtMs = performance.now();
      const body = file.slice(receivedBytes, receivedBytes + this.#partBytes);
      const { document } = await this.#ask(documentsApi.uploadDocument, {
        params,
        query: { offset: receivedBytes },
        body,
      });
      this.#adapt(performance.now() - startedAtMs);
      this.#lostParts = 0;
      this.#set({ sentBytes: document.receivedBytes, phase: 'sending' });
      return document;
    } catch (error) {
      this.#cancelled.signal.throwIfAborted();
      const isBehind = toMaruError(error).code === 'upload-offset';
      if (!isBehind && nextTryAfter(error) === 'never') throw error;
      if (!isBehind) this.#partBytes = Math.max(SMALLEST_PART_BYTES, this.#partBytes / 2);
      if (!isBehind) await this.#pause(this.#lostParts++);
      const { document } = await this.#persist(documentsApi.document, () => ({ params }));
      if (document.receivedBytes > receivedBytes) this.#lostParts = 0;
      // the part before is still being written
      if (isBehind && document.receivedBytes === receivedBytes) await this.#pause(this.#lostParts++);
      this.#set({ sentBytes: document.receivedBytes, phase: 'sending' });
      return document;
    }
  }

  #adapt(tookMs: number): void {
    if (tookMs < SHORT_PART_MS) this.#partBytes = Math.min(MAX_UPLOAD_PART_BYTES, this.#partBytes * 2);
    else if (tookMs > LONG_PART_MS) this.#partBytes = Math.max(SMALLEST_PART_BYTES, this.#partBytes / 2);
  }

  /** Until it is answered, or refused for good. */
  async #persist<R extends JsonRoute>(
    route: R,
    request: () => Pick<DocumentRequest<R>, 'params' | 'body'>,
  ): Promise<RouteAnswer<R>> {
    for (let failures = 0; ; failures++) {
      try {
        return await this.#ask(route, request());
      } catch (error) {
        this.#cancelled.signal.throwIfAborted();
        if (nextTryAfter(error) === 'never') throw error;
        await this.#pause(failures);
      }
    }
  }

  #ask<R extends JsonRoute | UploadRoute>(
    route: R,
    request: Pick<DocumentRequest<R>, 'params' | 'query' | 'body'>,
  ): Promise<RouteAnswer<R>> {
    const { access, fetch } = this.#dependencies;
    const current = access();
    if (!current) return Promise.reject(new InvalidStateError('token-expired', 'no access to documents now'));
    const signal = AbortSignal.any([this.#cancelled.signal, AbortSignal.timeout(PART_TIMEOUT_MS)]);
    return askDocuments(route, current, { ...request, signal, fetch } as DocumentRequest<R>);
  }

  async #pause(failures: number): Promise<void> {
    this.#set({ phase: 'waiting' });
    const { signal } = this.#cancelled;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, retryAfterMs(failures, RETRY));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener('abort', this.#wake, { once: true });
    });
    this.#wake = () => {};
    signal.throwIfAborted();
  }

  #discard(documentId: string): void {
    const { access, fetch } = this.#dependencies;
    const current = access();
    if (!current) return;
    const signal = AbortSignal.timeout(PART_TIMEOUT_MS);
    // once: what stays is deleted with the meeting
    askDocuments(documentsApi.deleteDocument, current, { params: { documentId }, signal, fetch }).catch(() => {});
  }

  #set(change: Partial<UploadState>): void {
    this.#state = { ...this.#state, ...change };
    this.#dependencies.onChange(this.#state);
  }
}
