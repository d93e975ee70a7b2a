/**
 * A feed on a server, over HTTPS. The server may be slow, broken or hostile: no redirect is followed, nothing is waited for
 * without an end, and nothing is read beyond the limit.
 */
import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { METADATA_FOLDER } from '#contract/update-feed.ts';
import { FeedError } from './feed-error.ts';
import { decodedParts, encodingHeaders } from './feed-encoding.ts';
import { type DeltaBase, type FeedReadOptions, type FeedSource, splitFeedPath } from './feed-source.ts';

export type HttpFeedOptions = {
  /** of the feed's folder, as `https://fleet.example:8443/device/v1/updates` */
  url: string;
  /** the client certificate, and which servers are trusted */
  https?: Pick<RequestOptions, 'agent' | 'ca' | 'cert' | 'key' | 'servername'>;
  /** without a byte so long: `unreachable` */
  idleTimeoutMs?: number;
  /** for the whole of one metadata file, so that no server holds us by a byte now and then */
  totalTimeoutMs?: number;
  /** manifests and objects may take long, but not at a lower rate than this */
  leastBytesPerSecond?: number;
  /** the rate is looked at after so much waiting */
  rateWindowMs?: number;
  /** megabits a second for this feed; 0: no limit. Asked again for each part */
  rateLimit?: () => number;
  signal?: AbortSignal;
};

export class HttpFeed implements FeedSource {
  readonly #options: Required<Omit<HttpFeedOptions, 'signal'>> & { signal: AbortSignal | undefined };
  readonly #base: URL;
  /** by performance.now(): when the next part may be taken, shared by everything that is read at once */
  #nextPartAtMs = 0;
  /** of bodies, as they came over the wire */
  receivedBytes = 0;

  /** @throws TypeError for what is no https address */
  constructor(options: HttpFeedOptions) {
    this.#base = new URL(options.url.endsWith('/') ? options.url : `${options.url}/`);
    if (this.#base.protocol !== 'https:') throw new TypeError('a feed is read over https');
    this.#options = {
      url: options.url,
      https: options.https ?? {},
      idleTimeoutMs: options.idleTimeoutMs ?? 20_000,
      totalTimeoutMs: options.totalTimeoutMs ?? 60_000,
      leastBytesPerSecond: options.leastBytesPerSecond ?? 4 * 1024,
      rateWindowMs: options.rateWindowMs ?? 30_000,
      rateLimit: options.rateLimit ?? (() => 0),
      signal: options.signal,
    };
  }

  async read(path: string, { maxBytes, fromByte = 0, base }: FeedReadOptions): Promise<Readable> {
    const { folder } = splitFeedPath(path);
    const { totalTimeoutMs, signal } = this.#options;
    const overall = folder === METADATA_FOLDER ? AbortSignal.timeout(totalTimeoutMs) : null;
    const ends = [signal, overall].filter((one) => one !== null && one !== undefined);
    const end = ends.length > 0 ? AbortSignal.any(ends) : undefined;
    // what a range is of must not depend on who asks: only whole files are encoded
    const isEncodable = folder !== METADATA_FOLDER && fromByte === 0;
    const encodings = isEncodable ? encodingHeaders(base) : { 'accept-encoding': 'identity' };
    const answer = await this.#answer(path, { fromByte, encodings }, end).catch((error) => {
      throw this.#asFeedError(error, path, overall);
    });
    try {
      const skipBytes = firstByteOf(answer, path, fromByte);
      const encoding = encodingOf(answer, path, isEncodable ? base : undefined, isEncodable);
      const statedBytes = Number(answer.headers['content-length'] ?? 0);
      if (encoding === null && statedBytes + fromByte - skipBytes > maxBytes)
        throw new FeedError('too-large', `${path} has more than ${maxBytes} bytes`);
      const wire = this.#wireParts(answer, { path, overall });
      const parts = encoding === null ? wire : decodedParts(encoding, wire, { path, base });
      return Readable.from(limited(parts, { path, leftBytes: maxBytes - fromByte, skipBytes }), { objectMode: false });
    } catch (error) {
      answer.destroy();
      throw error;
    }
  }

  #answer(
    path: string,
    { fromByte, encodings }: { fromByte: number; encodings: Record<string, string> },
    signal: AbortSignal | undefined,
  ): Promise<IncomingMessage> {
    const { https, idleTimeoutMs } = this.#options;
    return new Promise((resolve, reject) => {
      const headers: Record<string, string> = { accept: '*/*', ...encodings };
      if (fromByte > 0) headers.range = `bytes=${fromByte}-`;
      const call = request(new URL(path, this.#base), { ...https, headers, ...(signal ? { signal } : {}) });
      const silent = setTimeout(
        () => call.destroy(new FeedError('unreachable', 'the server does not answer')),
        idleTimeoutMs,
      );
      call.on('response', (answer) => {
        clearTimeout(silent);
        resolve(answer);
      });
      call.on('error', (error) => {
        clearTimeout(silent);
        reject(error);
      });
      call.end();
    });
  }

  async *#wireParts(
    answer: IncomingMessage,
    { path, overall }: { path: string; overall: AbortSignal | null },
  ): AsyncGenerator<Buffer> {
    const { idleTimeoutMs, leastBytesPerSecond, rateWindowMs } = this.#options;
    const parts = answer[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    let window = { waitedMs: 0, bytes: 0 };
    try {
      for (;;) {
        const askedAtMs = performance.now();
        // our own rate limit is no slowness of the server: only the waiting for it counts
        const silent = setTimeout(
          () => answer.destroy(new FeedError('unreachable', `${path}: the server went silent`)),
          idleTimeoutMs,
        );
        const { done, value } = await parts.next().finally(() => clearTimeout(silent));
        if (done) return;
        this.receivedBytes += value.length;
        window.waitedMs += performance.now() - askedAtMs;
        window.bytes += value.length;
        if (window.waitedMs > rateWindowMs) {
          if (window.bytes * 1000 < leastBytesPerSecond * window.waitedMs)
            throw new FeedError('unreachable', `${path}: the server is too slow`);
          window = { waitedMs: 0, bytes: 0 };
        }
        await this.#keepToRate(value.length);
        yield value;
      }
    } catch (error) {
      throw this.#asFeedError(error, path, overall);
    } finally {
      answer.destroy();
    }
  }

  async #keepToRate(bytes: number): Promise<void> {
    const megabits = this.#options.rateLimit();
    if (!(megabits > 0)) return;
    const nowMs = performance.now();
    this.#nextPartAtMs = Math.max(nowMs, this.#nextPartAtMs) + (bytes * 8) / (megabits * 1_000);
    const waitMs = this.#nextPartAtMs - nowMs;
    if (waitMs > 1) await pause(waitMs, undefined, this.#options.signal ? { signal: this.#options.signal } : {});
  }

  #asFeedError(error: unknown, path: string, overall: AbortSignal | null): unknown {
    if (error instanceof FeedError) return error;
    if (this.#options.signal?.aborted) return this.#options.signal.reason;
    if (overall?.aborted) return new FeedError('unreachable', `${path}: the server is too slow`, { cause: error });
    return new FeedError('unreachable', `${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

async function* limited(
  parts: AsyncIterable<Buffer>,
  { path, leftBytes, skipBytes }: { path: string; leftBytes: number; skipBytes: number },
): AsyncGenerator<Buffer> {
  let toSkip = skipBytes;
  let left = leftBytes;
  for await (const whole of parts) {
    const part = whole.subarray(Math.min(toSkip, whole.length));
    toSkip -= whole.length - part.length;
    left -= part.length;
    if (left < 0) throw new FeedError('too-large', `${path} is larger than it may be`);
    if (part.length > 0) yield part;
  }
}

/** @throws FeedError unreachable: one that was not asked for */
function encodingOf(answer: IncomingMessage, path: string, base: DeltaBase | undefined, isEncodable: boolean) {
  const encoding = answer.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return null;
  if (isEncodable && (encoding === 'zstd' || (encoding === 'dcz' && base !== undefined))) return encoding;
  throw new FeedError('unreachable', `${path}: the server encodes it as nobody asked`);
}

/**
 * How much of the answer is before the byte that was asked for: a server without ranges answers from the start.
 * @throws FeedError for every answer without the file
 */
function firstByteOf(answer: IncomingMessage, path: string, fromByte: number): number {
  const status = answer.statusCode ?? 0;
  if (status === 200) return fromByte;
  if (status === 206 && fromByte > 0) {
    const [, start] = /^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '') ?? [];
    if (Number(start) === fromByte) return 0;
    throw new FeedError('mixed', `${path}: the server answered another range`);
  }
  if (status === 404 || status === 410) throw new FeedError('incomplete', `${path} is not there`);
  if (status === 416) throw new FeedError('mixed', `${path} is shorter than what was read of it before`);
  throw new FeedError('unreachable', `${path}: the server answers ${status}`);
}
