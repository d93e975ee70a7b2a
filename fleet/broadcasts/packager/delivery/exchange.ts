/**
 * One request and its answer, over HTTP/1.1 and HTTP/2 alike: headers for pages of other origins, ranges, and an end for readers that are
 * too slow.
 */
import { createReadStream } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { constants, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { Writable } from 'node:stream';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import type { DeliveredMedia, WrittenPlaylist } from './served-broadcast.ts';

export type DeliveryRequest = IncomingMessage | Http2ServerRequest;
export type DeliveryResponse = ServerResponse | Http2ServerResponse;

/** A reader gets this long, and longer by what it reads at least. */
const PATIENCE_MS = 10_000;
const SLOWEST_BYTES_PER_S = 16 * 1024;
const WRITTEN_AT_ONCE = 64 * 1024;

export const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';

export class Exchange {
  readonly request: DeliveryRequest;
  readonly #response: DeliveryResponse;
  readonly #cors: OutgoingHttpHeaders;
  /** by `performance.now()`; null: it is held */
  #deadlineMs: number | null = null;
  /** the client went away */
  #isClosed = false;

  constructor(request: DeliveryRequest, response: DeliveryResponse, cors: OutgoingHttpHeaders) {
    this.request = request;
    this.#response = response;
    this.#cors = cors;
    response.on('error', () => this.abort());
    response.on('close', () => {
      this.#isClosed = true;
    });
  }

  get isOver(): boolean {
    return this.#isClosed || this.#response.headersSent;
  }
  isLate(nowMs: number): boolean {
    return this.#deadlineMs !== null && nowMs > this.#deadlineMs;
  }
  onClose(listener: () => void): void {
    this.#response.on('close', listener);
  }

  playlist({ plain, gzip }: WrittenPlaylist, cacheControl: string): void {
    const canGzip = /\bgzip\b/.test(String(this.request.headers['accept-encoding'] ?? ''));
    const headers = { 'content-type': PLAYLIST_TYPE, 'cache-control': cacheControl };
    this.#send(200, canGzip ? { ...headers, 'content-encoding': 'gzip' } : headers, canGzip ? gzip : plain);
  }

  json(status: number, body: object, headers: OutgoingHttpHeaders = {}): void {
    const type = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    this.#send(status, { ...type, ...headers }, Buffer.from(JSON.stringify(body)));
  }

  empty(status: number, headers: OutgoingHttpHeaders = {}): void {
    this.#send(status, { 'cache-control': 'no-store', ...headers }, null);
  }

  /** Whatever was thrown; an exchange that is under way ends. */
  refuse(thrown: unknown): void {
    const error: MaruError = toMaruError(thrown);
    if (this.isOver) this.abort();
    else this.json(error.httpStatus, { error: error.toWire() }, retryHeaders(error));
  }

  /** @param fileSizeBytes of the whole file, where it is one */
  media(media: DeliveredMedia, sizeBytes: number): void {
    const headers = {
      'content-type': 'video/mp4',
      // of this viewer alone; what a name stands for never changes
      'cache-control': 'private, max-age=3600, immutable',
      'accept-ranges': 'bytes',
    };
    const range = readRange(this.request.headers.range, sizeBytes);
    if (range === 'unsatisfiable') {
      this.empty(416, { 'content-range': `bytes */${sizeBytes}` });
      return;
    }
    const { start, end } = range ?? { start: 0, end: sizeBytes - 1 };
    const part = range ? { 'content-range': `bytes ${start}-${end}/${sizeBytes}` } : {};
    const length = { 'content-length': end - start + 1 };
    this.#begin(range ? 206 : 200, { ...headers, ...part, ...length }, end - start + 1);
    if (this.request.method === 'HEAD') this.#end(null);
    else if ('chunks' in media) this.#write(cut(media.chunks, start, end));
    else this.#read(media.path, media.offset + start, media.offset + end);
  }

  abort(): void {
    if ('stream' in this.#response) this.#response.stream?.close(constants.NGHTTP2_CANCEL);
    else this.#response.destroy();
  }

  #send(status: number, headers: OutgoingHttpHeaders, body: Buffer | null): void {
    this.#begin(status, { ...headers, ...(body && { 'content-length': body.length }) }, body?.length ?? 0);
    this.#end(this.request.method === 'HEAD' ? null : body);
  }

  #begin(status: number, headers: OutgoingHttpHeaders, sizeBytes: number): void {
    this.#deadlineMs = performance.now() + PATIENCE_MS + (sizeBytes / SLOWEST_BYTES_PER_S) * 1_000;
    const all = { ...SECURITY_HEADERS, ...this.#cors, ...headers };
    if (!('stream' in this.#response)) {
      this.#response.writeHead(status, all);
      return;
    }
    const { stream } = this.#response;
    // all at once: `writeHead` of HTTP/2 copies and checks them one by one
    if (!stream.destroyed && !stream.closed) stream.respond({ ...all, ':status': status });
  }

  get #body(): Writable {
    return 'stream' in this.#response ? this.#response.stream : this.#response;
  }

  /** What has no body was ended with its headers. */
  #end(chunk: Buffer | null): void {
    if (this.#body.writableEnded || this.#body.destroyed) return;
    if (chunk) this.#body.end(chunk);
    else this.#body.end();
  }

  #write(chunks: readonly Buffer[]): void {
    const last = chunks.at(-1);
    for (const chunk of chunks) if (chunk !== last && !this.#body.destroyed) this.#body.write(chunk);
    this.#end(last ?? null);
  }

  #read(path: string, start: number, end: number): void {
    const stream = createReadStream(path, { start, end, highWaterMark: WRITTEN_AT_ONCE });
    // headers are out: what the disk does not give ends the answer short
    stream.on('error', () => this.abort());
    this.#response.on('close', () => stream.destroy());
    stream.pipe(this.#body);
  }
}

const SECURITY_HEADERS: OutgoingHttpHeaders = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-site',
  vary: 'Accept-Encoding, Origin, Authorization, Cookie',
};

const retryHeaders = ({ httpStatus }: MaruError): OutgoingHttpHeaders =>
  httpStatus === 503 || httpStatus === 429 ? { 'retry-after': '1' } : {};

/** Of bytes that lie in several buffers: from `start` to `end`, both in it. */
function cut(chunks: readonly Buffer[], start: number, end: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  for (const chunk of chunks) {
    const [from, to] = [Math.max(0, start - at), Math.min(chunk.length, end + 1 - at)];
    if (to > from) found.push(chunk.subarray(from, to));
    at += chunk.length;
  }
  return found;
}

/** One range; null: the whole, as for what is no single range (RFC 9110, 14.2). */
export function readRange(
  header: string | undefined,
  sizeBytes: number,
): { start: number; end: number } | 'unsatisfiable' | null {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return null;
  if (first === '') {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? 'unsatisfiable' : { start: sizeBytes - length, end: sizeBytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== '' && Number(last) < start) return null;
  return start >= sizeBytes ? 'unsatisfiable' : { start, end };
}
