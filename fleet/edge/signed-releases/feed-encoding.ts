/**
 * How a whole file of a feed is encoded on the wire, both sides: by zstd (RFC 8878), or as the difference from a former version
 * that the client has (RFC 9842, compression dictionary transport, `dcz`). Hashes are of what is decoded, so a fault or a fraud
 * here is found as any other; the limits hold for what is decoded too.
 */
import { Readable } from 'node:stream';
import { constants, createZstdDecompress } from 'node:zlib';
import { FeedError } from './feed-error.ts';
import type { DeltaBase } from './feed-source.ts';

export type FeedEncoding = 'zstd' | 'dcz';

/** RFC 9842, 4: a skippable frame of zstd, and the hash of the dictionary. */
export const DCZ_MAGIC = Buffer.from('5e2a4d1820000000', 'hex');
const DCZ_HEADER_BYTES = DCZ_MAGIC.length + 32;
/** 2^23 bytes is what every decoder has to offer; a difference may look back over its base too. */
const WINDOW_LOG = 23;
/** A base is held in memory, on both sides. */
export const MAX_BASE_BYTES = 8 * 1024 * 1024;
export const DELTA_WINDOW_LOG = WINDOW_LOG + 1;

export function encodingHeaders(base: DeltaBase | undefined): Record<string, string> {
  if (base === undefined) return { 'accept-encoding': 'zstd' };
  const dictionary = `:${Buffer.from(base.sha256, 'hex').toString('base64')}:`;
  return { 'accept-encoding': 'dcz, zstd', 'available-dictionary': dictionary };
}

/** @throws FeedError damaged: it cannot be decoded; or as `parts` */
export async function* decodedParts(
  encoding: FeedEncoding,
  parts: AsyncIterable<Buffer>,
  { path, base }: { path: string; base: DeltaBase | undefined },
): AsyncGenerator<Buffer> {
  const isDelta = encoding === 'dcz' && base !== undefined;
  const windowLog = isDelta ? DELTA_WINDOW_LOG : WINDOW_LOG;
  const decoder = createZstdDecompress({
    params: { [constants.ZSTD_d_windowLogMax]: windowLog },
    ...(isDelta ? { dictionary: base.bytes } : {}),
  });
  const encoded = Readable.from(isDelta ? withoutHeader(parts, path, base) : parts, { objectMode: false });
  encoded.on('error', (error) => decoder.destroy(error));
  encoded.pipe(decoder);
  try {
    for await (const part of decoder as AsyncIterable<Buffer>) yield part;
  } catch (error) {
    // of the line, or of the signal: not the encoding's
    if (error instanceof FeedError || !isOfZlib(error)) throw error;
    throw new FeedError('damaged', `${path} cannot be decoded`, { cause: error });
  } finally {
    encoded.destroy();
    decoder.destroy();
  }
}

const isOfZlib = (error: unknown): boolean =>
  error instanceof Error && /^(?:ZSTD_|Z_|ERR_)/.test(String((error as NodeJS.ErrnoException).code));

async function* withoutHeader(
  parts: AsyncIterable<Buffer>,
  path: string,
  { sha256 }: DeltaBase,
): AsyncGenerator<Buffer> {
  const expected = Buffer.concat([DCZ_MAGIC, Buffer.from(sha256, 'hex')]);
  let header = Buffer.alloc(0);
  for await (const part of parts) {
    if (header.length === DCZ_HEADER_BYTES) {
      yield part;
      continue;
    }
    const left = DCZ_HEADER_BYTES - header.length;
    header = Buffer.concat([header, part.subarray(0, left)]);
    if (header.length < DCZ_HEADER_BYTES) continue;
    if (!header.equals(expected)) throw new FeedError('damaged', `${path} is the difference from something else`);
    if (part.length > left) yield part.subarray(left);
  }
}
