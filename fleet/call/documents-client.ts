/**
 * The documents of a meeting for a page that shares them: the list as the fleet server has it, followed, and this page's
 * own uploads. Pictures of pages: document-pages.ts. What is shown in the call: call-client.ts.
 */
import { type ErrorCode, fromWire, InvalidStateError, toMaruError } from '#contract/error-codes.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import { HttpRefusal, NoServer } from '#contract/http/answer.ts';
import { documentsApi, type MeetingDocument } from '#contract/http/documents-api.ts';
import { EVENT_BEAT_MS } from '#contract/http/route.ts';
import { retryAfterMs } from '#contract/retry-after.ts';
import { askDocuments, type FetchLike, nextTryAfter, requestDocuments } from './document-requests.ts';
import { DocumentUpload, type UploadState } from './document-upload.ts';
import { Observable } from './observable.ts';
import { serverSentEvents } from './server-sent-events.ts';

const RETRY = { firstMs: 250, longestMs: 2_000 };
/** a stream that shows no sign of life this long is opened anew */
const SILENT_MS = EVENT_BEAT_MS * 3;
const REQUEST_TIMEOUT_MS = 10_000;

export type DocumentsState = {
  /** the newest first; null: not known yet, or without access */
  readonly documents: readonly MeetingDocument[] | null;
  /** false: the list may be old; it is asked for again by itself */
  readonly isConnected: boolean;
  /** why there is no list, until a newer token comes; null: there is one, or it is asked for */
  readonly refusal: ErrorCode | null;
  /** of this page, the newest first; a finished one stands in `documents` instead, a failed one stays until it is dismissed */
  readonly uploads: readonly UploadState[];
};

export class DocumentsClient {
  readonly #fetch: FetchLike;
  readonly #store = new Observable<DocumentsState>({
    documents: null,
    isConnected: false,
    refusal: null,
    uploads: [],
  });
  readonly #uploads = new Map<string, DocumentUpload>();
  #access: DocumentAccess | null = null;
  #following = new AbortController();
  #closed = false;

  constructor({ fetch = (url, init) => globalThis.fetch(url, init) }: { fetch?: FetchLike } = {}) {
    this.#fetch = fetch;
    globalThis.addEventListener?.('online', this.#onOnline);
  }

  readonly getSnapshot = (): DocumentsState => this.#store.getSnapshot();
  readonly subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener);

  /** The list is followed with it from now on, and uploads go on. null: neither. Another meeting's starts anew. */
  setAccess(access: DocumentAccess | null): void {
    const former = this.#access;
    if (this.#closed || (former?.token === access?.token && former?.url === access?.url)) return;
    this.#access = access;
    this.#following.abort();
    if (former && access?.meetingId !== former.meetingId) {
      for (const upload of this.#uploads.values()) upload.cancel();
      this.#set({ documents: null });
    }
    this.#set({ isConnected: false, refusal: null });
    if (!access) return;
    this.#following = new AbortController();
    void this.#follow(access, this.#following.signal);
    for (const upload of this.#uploads.values()) upload.tryNow();
  }

  /**
   * Its progress stands in `uploads`. Resolves once all of it is at the server, where it is made into pages.
   * @throws MaruError the server's refusal (`quota-exceeded`, `document-too-large` …); `not-possible-now`: cancelled
   */
  async upload(file: Blob, fileName: string): Promise<MeetingDocument> {
    const upload = new DocumentUpload({
      file,
      fileName,
      uploadId: crypto.randomUUID(),
      access: () => this.#access,
      fetch: this.#fetch,
      onChange: () => this.#showUploads(),
    });
    const { uploadId } = upload.state;
    this.#uploads.set(uploadId, upload);
    this.#showUploads();
    try {
      const document = await upload.run();
      // its own answer may come before the list's event
      const { documents } = this.getSnapshot();
      if (documents?.every(({ documentId }) => documentId !== document.documentId))
        this.#set({ documents: [document, ...documents] });
      return document;
    } finally {
      if (upload.state.phase !== 'failed') this.dismissUpload(uploadId);
    }
  }

  cancelUpload(uploadId: string): void {
    this.#uploads.get(uploadId)?.cancel();
  }

  /** A failed one leaves the list. */
  dismissUpload(uploadId: string): void {
    this.#uploads.delete(uploadId);
    this.#showUploads();
  }

  /** @throws MaruError the server's refusal, or NoServer */
  async delete(documentId: string): Promise<void> {
    if (!this.#access) throw new InvalidStateError('token-expired', 'no access to documents now');
    const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    try {
      await askDocuments(documentsApi.deleteDocument, this.#access, {
        params: { documentId },
        signal,
        fetch: this.#fetch,
      });
    } catch (error) {
      if (signal.aborted) throw new NoServer('internal', 'no answer from the server', { cause: error });
      if (toMaruError(error).code !== 'not-found') throw error;
    }
    const documents = this.getSnapshot().documents?.filter((each) => each.documentId !== documentId) ?? null;
    this.#set({ documents });
  }

  /** Cancels this page's uploads. Twice is harmless. */
  close(): void {
    this.#closed = true;
    globalThis.removeEventListener?.('online', this.#onOnline);
    this.#following.abort();
    for (const upload of this.#uploads.values()) upload.cancel();
  }

  readonly #onOnline = (): void => {
    for (const upload of this.#uploads.values()) upload.tryNow();
  };

  async #follow(access: DocumentAccess, signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.#readStream(access, signal, () => {
          failures = 0;
        });
      } catch (error) {
        if (signal.aborted) return;
        if (nextTryAfter(error) !== 'again') {
          this.#set({ isConnected: false, refusal: toMaruError(error).code });
          return;
        }
      }
      if (signal.aborted) return;
      this.#set({ isConnected: false });
      await new Promise((resolve) => setTimeout(resolve, retryAfterMs(failures, RETRY)));
    }
  }

  /** Resolves as the stream ends. @throws the server's refusal; NoServer also after silence */
  async #readStream(access: DocumentAccess, ended: AbortSignal, onEvent: () => void): Promise<void> {
    const silence = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const alive = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(new NoServer('internal', 'no sign of life')), SILENT_MS);
    };
    alive();
    try {
      const signal = AbortSignal.any([ended, silence.signal]);
      const route = documentsApi.documentChanges;
      const response = await requestDocuments(route, access, { signal, fetch: this.#fetch });
      if (!response.body) throw new NoServer('internal', 'a stream without a body');
      for await (const { name, data } of serverSentEvents(response.body)) {
        ended.throwIfAborted();
        alive();
        onEvent();
        if (name === 'refused') {
          const refusal = HttpRefusal.safeParse(JSON.parse(data));
          throw refusal.success ? fromWire(refusal.data.error) : new NoServer('internal', 'stream refused');
        }
        if (name !== 'documents') continue;
        const { documents } = route.events.documents.parse(JSON.parse(data));
        this.#set({ documents, isConnected: true, refusal: null });
      }
    } catch (error) {
      ended.throwIfAborted();
      // a body that breaks off rejects with an error of the browser's
      throw error instanceof TypeError || error instanceof DOMException
        ? new NoServer('internal', 'the stream broke off', { cause: error })
        : error;
    } finally {
      clearTimeout(timer);
    }
  }

  #showUploads(): void {
    this.#set({ uploads: [...this.#uploads.values()].map(({ state }) => state).reverse() });
  }

  #set(change: Partial<DocumentsState>): void {
    this.#store.set({ ...this.#store.getSnapshot(), ...change });
  }
}
