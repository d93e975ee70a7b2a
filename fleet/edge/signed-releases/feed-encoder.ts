/**
 * For a server of feeds: a whole manifest or object as a client can decode it, smallest first: the difference from what the client
 * has, or compressed, or as it is. What was encoded is kept, as a rollout asks for the same again and again.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import { DCZ_MAGIC, DELTA_WINDOW_LOG, type FeedEncoding, MAX_BASE_BYTES } from './feed-encoding.ts';

const compress = promisify(zstdCompress);
/** Measured on bundles of ours: a twentieth of the time of the highest level, for bytes that differ by a few. */
const LEVEL = 9;

export type EncodingHeaders = {
  'accept-encoding'?: string | undefined;
  'available-dictionary'?: string | string[] | undefined;
};
export type EncodedFile = {
  body: Buffer;
  /** null: as it is. The header `content-encoding`; with it goes `vary: accept-encoding, available-dictionary` */
  encoding: FeedEncoding | null;
};

export class FeedEncoder {
  readonly #readBase: (sha256: string) => Promise<Buffer | null>;
  readonly #keptBytes: number;
  /** the oldest first */
  readonly #kept = new Map<string, Promise<EncodedFile>>();
  #sizeBytes = 0;

  /** @param readBase a manifest or an object that this server has under its hash; null where it has none */
  constructor({
    readBase,
    keptBytes = 32 * 1024 * 1024,
  }: { readBase: (sha256: string) => Promise<Buffer | null>; keptBytes?: number }) {
    this.#readBase = readBase;
    this.#keptBytes = keptBytes;
  }

  /** Of a whole file, never of a range. @param sha256 of `bytes` */
  async encode(sha256: string, bytes: Buffer, headers: EncodingHeaders): Promise<EncodedFile> {
    const asItIs: EncodedFile = { body: bytes, encoding: null };
    const accepted = (headers['accept-encoding'] ?? '').split(',').map((one) => one.trim());
    const baseHash = accepted.includes('dcz') ? hashOf(headers['available-dictionary']) : null;
    if (bytes.length > MAX_BASE_BYTES || (baseHash === null && !accepted.includes('zstd'))) return asItIs;
    const key = `${sha256} ${baseHash ?? ''} ${accepted.includes('zstd')}`;
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const made = this.#make(bytes, baseHash, accepted.includes('zstd'));
    this.#kept.set(key, made);
    try {
      this.#keep(await made);
      return await made;
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    }
  }

  async #make(bytes: Buffer, baseHash: string | null, takesZstd: boolean): Promise<EncodedFile> {
    const base = baseHash === null ? null : await this.#readBase(baseHash);
    const made: EncodedFile[] = [{ body: bytes, encoding: null }];
    // what the client calls by that hash must be what we decode with
    if (base && base.length <= MAX_BASE_BYTES && createHash('sha256').update(base).digest('hex') === baseHash) {
      const params = {
        [constants.ZSTD_c_compressionLevel]: LEVEL,
        [constants.ZSTD_c_windowLog]: DELTA_WINDOW_LOG,
        [constants.ZSTD_c_enableLongDistanceMatching]: 1,
      };
      const body = await compress(bytes, { params, dictionary: base });
      made.push({ body: Buffer.concat([DCZ_MAGIC, Buffer.from(baseHash, 'hex'), body]), encoding: 'dcz' });
    } else if (takesZstd)
      made.push({
        body: await compress(bytes, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } }),
        encoding: 'zstd',
      });
    return made.reduce((best, one) => (one.body.length < best.body.length ? one : best));
  }

  #keep(file: EncodedFile): void {
    this.#sizeBytes += file.body.length;
    for (const [key, old] of this.#kept) {
      if (this.#sizeBytes <= this.#keptBytes) break;
      this.#kept.delete(key);
      void old.then(({ body }) => {
        this.#sizeBytes -= body.length;
      });
    }
  }
}

/** RFC 9842, 2.2: a byte sequence of structured fields, `:BASE64:`. */
function hashOf(header: string | string[] | undefined): string | null {
  const [, base64] = /^:([A-Za-z0-9+/]{43}=):$/.exec(String(header ?? '')) ?? [];
  return base64 === undefined ? null : Buffer.from(base64, 'base64').toString('hex');
}
