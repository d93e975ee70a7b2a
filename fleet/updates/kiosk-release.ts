/**
 * The kiosks' release as bare boxes fetch it: the files that its list of hashes names, and nothing else of the folder. A file is
 * compared with its hash before it is sent the first time. Anybody may ask, so only so many files are sent at once.
 */
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { OperationalError, ProtocolError } from '#contract/error-codes.ts';
import { BOOTSTRAP_FILE, SUMS_FILE } from '#contract/release.ts';
import { parseSums, sha256OfFile } from '#edge/sha256-sums.ts';
import { SendingPlaces } from './sending-places.ts';

const AT_ONCE = 24;
/** A box fetches up to four; boxes of one branch office may come from one address. */
const AT_ONCE_FOR_A_NETWORK = 8;

export type ReleasedFile = { stream: Readable; sizeBytes: number };

export class KioskRelease {
  readonly #folder: string;
  #sums: { version: string; byPath: ReadonlyMap<string, string> } | null = null;
  /** path to the version of the file that had its hash */
  readonly #checked = new Map<string, string>();
  readonly #places = new SendingPlaces({ ofOne: AT_ONCE_FOR_A_NETWORK, ofAll: AT_ONCE });

  /** @param folder looked at on each request: an installation may put another in its place */
  constructor({ folder }: { folder: string }) {
    this.#folder = folder;
  }

  /**
   * @param network of who asks
   * @returns a stream that frees its place when it is closed
   * @throws ProtocolError not-found, UserError too-many-attempts, OperationalError storage-failed for a damaged file
   */
  async open(path: string, network: string): Promise<ReleasedFile> {
    const sums = await this.#currentSums();
    const sha256 = sums.get(path);
    const isListed = sha256 !== undefined || path === SUMS_FILE || path === BOOTSTRAP_FILE;
    if (!isListed) throw new ProtocolError('not-found', 'the release has no such file');
    const leave = this.#places.enter(network);
    try {
      const file = await open(join(this.#folder, path));
      try {
        const { size } = await this.#check(file, path, sha256);
        const stream = file.createReadStream();
        stream.once('close', leave);
        return { stream, sizeBytes: size };
      } catch (error) {
        await file.close();
        throw error;
      }
    } catch (cause) {
      leave();
      if (cause instanceof OperationalError) throw cause;
      throw new OperationalError('storage-failed', `${path} of the release cannot be read`, { cause });
    }
  }

  async #check(file: FileHandle, path: string, sha256: string | undefined): Promise<{ size: number }> {
    const { size, ino, mtimeMs } = await file.stat();
    const version = `${ino} ${size} ${mtimeMs}`;
    if (sha256 !== undefined && this.#checked.get(path) !== version) {
      if ((await sha256OfFile(join(this.#folder, path))) !== sha256)
        throw new OperationalError('storage-failed', `${path} of the release is damaged on this server`);
      this.#checked.set(path, version);
    }
    return { size };
  }

  async #currentSums(): Promise<ReadonlyMap<string, string>> {
    const file = join(this.#folder, SUMS_FILE);
    try {
      const { ino, mtimeMs } = await stat(file);
      const version = `${ino} ${mtimeMs}`;
      if (this.#sums?.version !== version) {
        this.#sums = { version, byPath: parseSums(await readFile(file, 'utf8')) };
        this.#checked.clear();
      }
      return this.#sums.byPath;
    } catch (cause) {
      throw new ProtocolError('not-found', 'this server has no release for kiosks', { cause });
    }
  }
}
