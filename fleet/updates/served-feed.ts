/** The feed as rooms fetch it: only files that are part of it, so many at once to a room and over all, and in parts. */
import { open, readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { OperationalError, ProtocolError } from '#contract/error-codes.ts';
import { OBJECTS_FOLDER, TARGETS_FOLDER } from '#contract/update-feed.ts';
import { type EncodedFile, type EncodingHeaders, FeedEncoder } from '#edge/signed-releases/feed-encoder.ts';
import { MAX_BASE_BYTES } from '#edge/signed-releases/feed-encoding.ts';
import type { FeedLibrary } from './feed-library.ts';
import { SendingPlaces } from './sending-places.ts';

/** a box fetches two at once; a third is one whose former connection is not known to be gone */
const AT_ONCE_FOR_A_ROOM = 4;
const AT_ONCE = 64;

/** A manifest or an object. */
const NAMED_BY_HASH = new RegExp(`^(?:${TARGETS_FOLDER}|${OBJECTS_FOLDER})/([0-9a-f]{64})(?:\\.|$)`);

export type ServedFile = {
  sizeBytes: number;
  /** its SHA-256, which its name states; null: its content changes, as that of metadata does */
  sha256: string | null;
  /** of these very bytes, quoted */
  etag: string;
  /** called once, or `close` is: the place is free when the stream is closed */
  open: (range: { start: number; end: number }) => Readable;
  close: () => Promise<void>;
};

export class ServedFeed {
  readonly #library: Pick<FeedLibrary, 'has' | 'fileOf' | 'manifestPath'>;
  readonly #encoder: FeedEncoder;
  readonly #places = new SendingPlaces({ ofOne: AT_ONCE_FOR_A_ROOM, ofAll: AT_ONCE });

  constructor({ library }: { library: Pick<FeedLibrary, 'has' | 'fileOf' | 'manifestPath'> }) {
    this.#library = library;
    this.#encoder = new FeedEncoder({ readBase: (sha256) => this.#read(sha256) });
  }

  /**
   * Of a file that is asked for whole: as small as its reader can decode it.
   * @returns null: as it is
   */
  async encoded({ sha256, sizeBytes }: ServedFile, headers: EncodingHeaders): Promise<EncodedFile | null> {
    if (sha256 === null || sizeBytes > MAX_BASE_BYTES) return null;
    const bytes = await this.#read(sha256);
    const encoded = bytes && (await this.#encoder.encode(sha256, bytes, headers));
    return encoded?.encoding ? encoded : null;
  }

  /** @throws ProtocolError not-found, UserError too-many-attempts, OperationalError storage-failed */
  async open(path: string, roomId: string): Promise<ServedFile> {
    if (!this.#library.has(path)) throw new ProtocolError('not-found', 'no such file of the feed');
    const leave = this.#places.enter(roomId);
    try {
      const file = await open(this.#library.fileOf(path));
      const { size, mtimeMs } = await file.stat();
      // what has its hash as its name does not change
      const sha256 = NAMED_BY_HASH.exec(path)?.[1] ?? null;
      const etag = sha256 ?? `${size}-${mtimeMs}`;
      return {
        sizeBytes: size,
        sha256,
        etag: `"${etag}"`,
        open(range) {
          const stream = file.createReadStream(range);
          stream.once('close', leave);
          return stream;
        },
        async close() {
          leave();
          await file.close();
        },
      };
    } catch (cause) {
      leave();
      throw new OperationalError('storage-failed', `${path} of the feed cannot be read`, { cause });
    }
  }

  /** @returns null: not of this feed, or not readable */
  async #read(sha256: string): Promise<Buffer | null> {
    const object = `${OBJECTS_FOLDER}/${sha256}`;
    const path = this.#library.has(object) ? object : this.#library.manifestPath(sha256);
    return path === null ? null : readFile(this.#library.fileOf(path)).catch(() => null);
  }
}
