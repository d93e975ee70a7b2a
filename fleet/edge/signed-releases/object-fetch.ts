/**
 * One try at one object: goes on with the part that is there, and ends with the whole object under its hash, a part that can be
 * gone on with, or nothing.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OBJECTS_FOLDER } from '#contract/update-feed.ts';
import { renameDurably } from '../durable-file.ts';
import { codeOf, diskError, FeedError } from './feed-error.ts';
import type { DeltaBase, FeedSource } from './feed-source.ts';

export type WantedObject = { path: string; sha256: string; sizeBytes: number };

type ObjectFetchOptions = {
  wanted: WantedObject;
  folder: string;
  /** by how many bytes it came nearer to the whole; less than none when it is begun anew */
  move: (bytes: number) => void;
  signal: AbortSignal | undefined;
};

export class ObjectFetch {
  readonly #wanted: WantedObject;
  readonly #name: string;
  readonly #part: string;
  readonly #whole: string;
  readonly #move: (bytes: number) => void;
  readonly #signal: AbortSignal | undefined;
  #moved = 0;
  /** it went on with a part of a former try */
  resumed = false;
  /** the source was offered a former version, and may have answered the difference from it */
  hadBase = false;
  /** of the source */
  readBytes = 0;

  constructor({ wanted, folder, move, signal }: ObjectFetchOptions) {
    this.#wanted = wanted;
    this.#name = `${OBJECTS_FOLDER}/${wanted.sha256}`;
    this.#part = join(folder, `${wanted.sha256}.part`);
    this.#whole = join(folder, wanted.sha256);
    this.#move = move;
    this.#signal = signal;
  }

  /** @throws FeedError; or the signal's reason */
  async run(source: FeedSource, base: DeltaBase | null): Promise<void> {
    try {
      const hash = createHash('sha256');
      const fromByte = await this.#hashPart(hash);
      this.resumed = fromByte > 0;
      this.#count(fromByte);
      if (fromByte < this.#wanted.sizeBytes) await this.#writeRest(source, { hash, fromByte, base });
      else if (this.#wanted.sizeBytes === 0) await (await this.#openPart('w')).close();
      if (hash.digest('hex') !== this.#wanted.sha256)
        throw new FeedError('damaged', `${this.#name} is not what its hash says`);
      await this.#place();
    } catch (error) {
      // a part that ends half way is kept; one that cannot be right is not
      if (error instanceof FeedError && error.refusal !== 'unreachable' && error.refusal !== 'disk')
        await rm(this.#part, { force: true });
      this.#move(-this.#moved);
      throw error;
    }
  }

  async #writeRest(
    source: FeedSource,
    { hash, fromByte, base }: { hash: Hash; fromByte: number; base: DeltaBase | null },
  ): Promise<void> {
    const { sizeBytes } = this.#wanted;
    this.hadBase = base !== null;
    const file = await this.#openPart(fromByte > 0 ? 'r+' : 'w');
    try {
      let atByte = fromByte;
      const rest = await source.read(this.#name, { maxBytes: sizeBytes, fromByte, ...(base ? { base } : {}) });
      for await (const bytes of rest as AsyncIterable<Buffer>) {
        this.#signal?.throwIfAborted();
        this.readBytes += bytes.length;
        if (atByte + bytes.length > sizeBytes) throw new FeedError('too-large', `${this.#name} is larger than stated`);
        await writeAll(file, bytes, atByte);
        hash.update(bytes);
        atByte += bytes.length;
        this.#count(bytes.length);
      }
      if (atByte < sizeBytes) throw new FeedError('incomplete', `${this.#name} is shorter than stated`);
    } finally {
      await file.close();
    }
  }

  async #openPart(flags: 'w' | 'r+'): Promise<FileHandle> {
    try {
      return await open(this.#part, flags, 0o600);
    } catch (error) {
      throw diskError(error, 'an object cannot be written');
    }
  }

  async #place(): Promise<void> {
    try {
      // what is there under this name was looked at before, and is not this object
      await rm(this.#whole, { force: true, recursive: true });
      await renameDurably(this.#part, this.#whole);
    } catch (error) {
      throw diskError(error, 'an object cannot be placed');
    }
  }

  #count(bytes: number): void {
    this.#moved += bytes;
    this.#move(bytes);
  }

  /** @returns how much of it is there; more than the whole is thrown away */
  async #hashPart(hash: Hash): Promise<number> {
    let sizeBytes = 0;
    try {
      const found = await stat(this.#part);
      if (!found.isFile() || found.size > this.#wanted.sizeBytes) {
        await rm(this.#part, { force: true, recursive: true });
        return 0;
      }
      for await (const bytes of createReadStream(this.#part) as AsyncIterable<Buffer>) {
        hash.update(bytes);
        sizeBytes += bytes.length;
      }
      return sizeBytes;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return 0;
      throw diskError(error, 'a part of an object cannot be read');
    }
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, atByte: number): Promise<void> {
  try {
    for (let written = 0; written < bytes.length; )
      written += (await file.write(bytes, written, bytes.length - written, atByte + written)).bytesWritten;
  } catch (error) {
    throw diskError(error, 'an object cannot be written');
  }
}
