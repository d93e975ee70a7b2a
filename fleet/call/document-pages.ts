/**
 * Pictures of pages for whatever draws them: fetched in the order in which they are needed, neighbours ahead of time, decoded
 * before they count as there, kept within a bound of bytes. A page already here stays while the server is away. Whether pages
 * carry our name is a matter of the access: once that changes they are fetched again.
 */
import { type ErrorCode, toMaruError } from '#contract/error-codes.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import { NoServer } from '#contract/http/answer.ts';
import { documentsApi, PAGE_SIZES, type PageSize } from '#contract/http/documents-api.ts';
import { retryAfterMs } from '#contract/retry-after.ts';
import { MAX_DOCUMENT_PAGES } from '#contract/shared-document.ts';
import { type FetchLike, nextTryAfter, requestDocuments } from './document-requests.ts';

/** The next page is the likeliest to follow. */
const NEIGHBOURS = [1, 2, -1];
/** Of the six connections that a browser opens to one host over HTTP/1.1. */
const MAX_RUNNING = 3;
const FETCH_TIMEOUT_MS = 30_000;
const MAX_KEPT_BYTES = 64 * 1024 * 1024;
const RETRY_NOT_READY = { firstMs: 200, longestMs: 1_000 };
const RETRY_NO_SERVER = { firstMs: 250, longestMs: 3_000 };

export type PageKey = { readonly documentId: string; readonly page: number; readonly size: PageSize };
export type PageWish = PageKey & {
  /** null: not counted yet. Neighbours beyond it are not asked for */
  readonly pageCount: number | null;
  /** the pages next to it are fetched too */
  readonly withNeighbours?: boolean;
};

/** The same object until it changes. */
export type PagePicture = {
  /** an object URL, decoded: in the size asked for, or in another one until that is there; null: none yet */
  readonly url: string | null;
  /** of what `url` names; 0: none yet */
  readonly widthPx: number;
  readonly heightPx: number;
  /**
   * `ready`: `url` has the size asked for. `not-ready`: the server still makes it. `no-server`: it does not answer. Both are
   * tried again. `refused`: a newer token is needed. `failed`: there is no such picture.
   */
  readonly status: 'loading' | 'ready' | 'not-ready' | 'no-server' | 'refused' | 'failed';
  /** of `refused` and `failed` */
  readonly code: ErrorCode | null;
};

/** @returns its size in pixels once it can be drawn without delay; `hold` is referenced as long as the picture is kept */
export type DecodePicture = (url: string) => Promise<{ widthPx: number; heightPx: number; hold?: unknown }>;

type Entry = {
  readonly key: PageKey;
  status: PagePicture['status'];
  code: ErrorCode | null;
  /** made by other rules than hold now: drawn until the next is there, and not kept for later */
  isOutdated: boolean;
  picture: { url: string; widthPx: number; heightPx: number; bytes: number; hold: unknown } | null;
  failures: number;
  /** while it waits for its next try */
  retry: ReturnType<typeof setTimeout> | null;
  running: AbortController | null;
};

const NOTHING: PagePicture = { url: null, widthPx: 0, heightPx: 0, status: 'loading', code: null };

export class DocumentPages {
  readonly #fetch: FetchLike;
  readonly #decode: DecodePicture;
  readonly #maxBytes: number;
  readonly #listeners = new Set<() => void>();
  /** in the order of their last use, the oldest first */
  readonly #entries = new Map<string, Entry>();
  readonly #composed = new Map<string, PagePicture>();
  readonly #wishes = new Set<PageWish>();
  #access: DocumentAccess | null = null;
  /** by the latest access; null: there was none yet */
  #isUnmarked: boolean | null = null;
  #closed = false;

  constructor({
    fetch = (url, init) => globalThis.fetch(url, init),
    decode = decodeImage,
    maxBytes = MAX_KEPT_BYTES,
  }: { fetch?: FetchLike; decode?: DecodePicture; maxBytes?: number } = {}) {
    this.#fetch = fetch;
    this.#decode = decode;
    this.#maxBytes = maxBytes;
    globalThis.addEventListener?.('online', this.#onOnline);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /** Fetches nothing by itself: `want` does. */
  pictureOf(key: PageKey): PagePicture {
    const name = nameOf(key);
    const entry = this.#entries.get(name);
    const shown = entry?.picture ?? this.#otherSizeOf(key);
    const next: PagePicture = {
      url: shown?.url ?? null,
      widthPx: shown?.widthPx ?? 0,
      heightPx: shown?.heightPx ?? 0,
      status: entry?.status ?? 'loading',
      code: entry?.code ?? null,
    };
    const former = this.#composed.get(name) ?? NOTHING;
    if (isSame(former, next)) return former;
    this.#composed.set(name, next);
    return next;
  }

  /** From now on it is fetched and kept, until the function that comes back is called; the latest wish goes first. */
  want(wish: PageWish): () => void {
    this.#wishes.add(wish);
    this.#pump();
    return () => {
      if (this.#wishes.delete(wish)) this.#pump();
    };
  }

  /** The server refused the token: what is wanted waits for a newer one. */
  get isRefused(): boolean {
    return [...this.#entries.values()].some(({ status }) => status === 'refused');
  }

  /** A newer token, or none for now: what is here stays. Another meeting's drops all. */
  setAccess(access: DocumentAccess | null): void {
    const former = this.#access;
    if (isSameAccess(former, access)) return;
    this.#access = access;
    if (former && access && access.meetingId !== former.meetingId) {
      for (const entry of [...this.#entries.values()]) this.#drop(entry);
    }
    if (access && this.#isUnmarked !== null && this.#isUnmarked !== isUnmarked(access)) {
      for (const entry of this.#entries.values()) {
        this.#reset(entry);
        entry.isOutdated = true;
      }
    }
    if (access) this.#isUnmarked = isUnmarked(access);
    for (const entry of this.#entries.values()) {
      if (entry.status === 'refused' || entry.status === 'failed') this.#reset(entry);
    }
    this.#changed();
    this.#pump();
  }

  /** It is deleted, or its pictures are wanted no more. */
  forget(documentId: string): void {
    for (const entry of [...this.#entries.values()]) if (entry.key.documentId === documentId) this.#drop(entry);
    this.#changed();
    this.#pump();
  }

  /** Twice is harmless. */
  close(): void {
    this.#closed = true;
    globalThis.removeEventListener?.('online', this.#onOnline);
    this.#wishes.clear();
    for (const entry of [...this.#entries.values()]) this.#drop(entry);
    this.#composed.clear();
  }

  readonly #onOnline = (): void => {
    for (const entry of this.#entries.values()) if (entry.status === 'no-server') this.#endPause(entry);
    this.#pump();
  };

  /** What is needed, the most urgent first: wishes by size and age, then neighbours. */
  #needed(): { wishes: PageKey[]; all: PageKey[] } {
    const wishes = [...this.#wishes].reverse().sort((a, b) => rankOf(a.size) - rankOf(b.size));
    const neighbours = wishes.flatMap(({ documentId, page, size, pageCount, withNeighbours }) =>
      withNeighbours
        ? NEIGHBOURS.map((step) => page + step)
            .filter((next) => next >= 1 && next <= (pageCount ?? MAX_DOCUMENT_PAGES))
            .map((next) => ({ documentId, page: next, size }))
        : [],
    );
    return { wishes, all: [...wishes, ...neighbours].flatMap((key) => [key, ...this.#meanwhile(key)]) };
  }

  /** 4K of all pages is made last: until it is there, the TV's size is shown. */
  #meanwhile({ documentId, page, size }: PageKey): PageKey[] {
    const isAwaited = size === 'tv-4k' && this.#entries.get(nameOf({ documentId, page, size }))?.status === 'not-ready';
    return isAwaited ? [{ documentId, page, size: 'tv' }] : [];
  }

  /** Starts what is needed, gives up what is not. Called after every change. */
  #pump(): void {
    if (this.#closed) return;
    const { wishes, all } = this.#needed();
    const needed = new Map(all.toReversed().map((key) => [nameOf(key), key]));
    for (const [name, entry] of [...this.#entries]) {
      if (needed.has(name)) continue;
      if (!entry.picture || entry.isOutdated) this.#drop(entry);
    }
    // the most urgent is the last to be thrown away
    for (const name of needed.keys()) this.#touch(name);
    this.#evict(needed);
    const access = this.#access;
    if (!access) return;
    const waiting = [...needed.entries()].reverse();
    for (const [name, key] of waiting) {
      const entry = this.#entryOf(name, key);
      if ((entry.picture && !entry.isOutdated) || entry.running || entry.retry || entry.code !== null) continue;
      if (this.#running.length >= MAX_RUNNING && wishes.some((wish) => nameOf(wish) === name)) this.#makeRoom(waiting);
      if (this.#running.length >= MAX_RUNNING) return;
      void this.#load(entry, access);
    }
  }

  get #running(): Entry[] {
    return [...this.#entries.values()].filter(({ running }) => running);
  }

  /** A wish does not wait for a neighbour: the least urgent fetch under way is given up. */
  #makeRoom(byUrgency: readonly [string, PageKey][]): void {
    const wished = new Set([...this.#wishes].map(nameOf));
    const last = byUrgency.findLast(([name]) => this.#entries.get(name)?.running && !wished.has(name));
    if (last) this.#reset(this.#entries.get(last[0])!);
  }

  async #load(entry: Entry, access: DocumentAccess): Promise<void> {
    const running = new AbortController();
    entry.running = running;
    const timeout = AbortSignal.timeout(FETCH_TIMEOUT_MS);
    const signal = AbortSignal.any([running.signal, timeout]);
    const { documentId, page, size } = entry.key;
    let url: string | null = null;
    try {
      const route = documentsApi.documentPage;
      const params = { documentId, page, size };
      const response = await requestDocuments(route, access, { params, signal, fetch: this.#fetch });
      const blob = await bodyOf(response);
      signal.throwIfAborted();
      url = URL.createObjectURL(blob);
      const { hold, ...pixels } = await this.#decode(url).catch((error: unknown) => {
        throw new NotAPicture('not a picture', { cause: error });
      });
      running.signal.throwIfAborted();
      if (entry.picture) URL.revokeObjectURL(entry.picture.url);
      entry.picture = { url, ...pixels, bytes: blob.size, hold };
      entry.isOutdated = false;
      url = null;
      entry.status = 'ready';
      entry.failures = 0;
    } catch (error) {
      if (running.signal.aborted) return;
      this.#failed(entry, access, timeout.aborted ? new NoServer('internal', 'too slow') : error);
    } finally {
      if (url) URL.revokeObjectURL(url);
      if (entry.running === running) entry.running = null;
    }
    this.#changed();
    this.#pump();
  }

  #failed(entry: Entry, access: DocumentAccess, error: unknown): void {
    if (error instanceof NotAPicture) {
      entry.status = 'failed';
      entry.code = 'document-broken';
      return;
    }
    const { code } = toMaruError(error);
    const next = nextTryAfter(error);
    if (next === 'again') {
      entry.status = code === 'not-ready' ? 'not-ready' : 'no-server';
      const pauses = code === 'not-ready' ? RETRY_NOT_READY : RETRY_NO_SERVER;
      entry.retry = setTimeout(
        () => {
          entry.retry = null;
          this.#pump();
        },
        retryAfterMs(entry.failures++, pauses),
      );
    } else if (next === 'with-newer-access' && access !== this.#access) {
      // a newer one came meanwhile
      entry.status = 'loading';
    } else {
      entry.status = next === 'never' ? 'failed' : 'refused';
      entry.code = code;
    }
  }

  #entryOf(name: string, key: PageKey): Entry {
    const known = this.#entries.get(name);
    if (known) return known;
    const { documentId, page, size } = key;
    const entry: Entry = {
      key: { documentId, page, size },
      status: 'loading',
      code: null,
      isOutdated: false,
      picture: null,
      failures: 0,
      retry: null,
      running: null,
    };
    this.#entries.set(name, entry);
    return entry;
  }

  #touch(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    this.#entries.delete(name);
    this.#entries.set(name, entry);
  }

  #evict(needed: ReadonlyMap<string, PageKey>): void {
    let bytes = 0;
    for (const { picture } of this.#entries.values()) bytes += picture?.bytes ?? 0;
    for (const [name, entry] of [...this.#entries]) {
      if (bytes <= this.#maxBytes) return;
      if (!entry.picture || needed.has(name)) continue;
      bytes -= entry.picture.bytes;
      this.#drop(entry);
    }
  }

  /** As if it had not been tried. */
  #reset(entry: Entry): void {
    this.#endPause(entry);
    entry.running?.abort();
    entry.running = null;
    entry.status = entry.picture ? 'ready' : 'loading';
    entry.code = null;
    entry.failures = 0;
  }

  #endPause(entry: Entry): void {
    if (entry.retry) clearTimeout(entry.retry);
    entry.retry = null;
  }

  #drop(entry: Entry): void {
    this.#reset(entry);
    if (entry.picture) URL.revokeObjectURL(entry.picture.url);
    const name = nameOf(entry.key);
    this.#entries.delete(name);
    this.#composed.delete(name);
  }

  /** The nearest size that is here, the larger first. */
  #otherSizeOf({ documentId, page, size }: PageKey): Entry['picture'] {
    const width = PAGE_SIZES[size].width;
    let best: Entry | null = null;
    for (const entry of this.#entries.values()) {
      if (!entry.picture || entry.key.documentId !== documentId || entry.key.page !== page) continue;
      if (!best || distance(entry.key.size, width) < distance(best.key.size, width)) best = entry;
    }
    return best?.picture ?? null;
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

class NotAPicture extends Error {}

const nameOf = ({ documentId, page, size }: PageKey): string => `${documentId}/${page}/${size}`;
/** Thumbnails come last. */
const rankOf = (size: PageSize): number => (size === 'thumbnail' ? 1 : 0);
const distance = (size: PageSize, width: number): number => {
  const other = PAGE_SIZES[size].width;
  return other >= width ? other - width : 10_000 + width - other;
};
const isUnmarked = ({ documents }: DocumentAccess): boolean => documents.includes('view-unmarked');
const isSameAccess = (a: DocumentAccess | null, b: DocumentAccess | null): boolean =>
  a === b || (a !== null && b !== null && a.token === b.token && a.url === b.url && isUnmarked(a) === isUnmarked(b));
const isSame = (a: PagePicture, b: PagePicture): boolean =>
  a.url === b.url && a.status === b.status && a.code === b.code && a.widthPx === b.widthPx && a.heightPx === b.heightPx;

/** @throws NoServer where the body breaks off */
async function bodyOf(response: Response): Promise<Blob> {
  try {
    return await response.blob();
  } catch (error) {
    throw new NoServer('internal', 'the picture broke off', { cause: error });
  }
}

/** Held, so that the browser draws it from what it has decoded. */
const decodeImage: DecodePicture = async (url) => {
  const image = new Image();
  image.src = url;
  await image.decode();
  return { widthPx: image.naturalWidth, heightPx: image.naturalHeight, hold: image };
};
