/**
 * A feed in a folder that others write: a medium, a share, or the staging folder of a process with fewer rights. No link
 * is followed and nothing but a regular file is opened, so that neither a device nor a FIFO can hold or harm the reader.
 */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { codeOf, FeedError } from './feed-error.ts';
import { type FeedReadOptions, type FeedSource, splitFeedPath } from './feed-source.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
const PART_BYTES = 256 * 1024;

export class FolderFeed implements FeedSource {
  readonly #folder: string;

  /** @param folder itself no link: resolve what people typed before */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(path: string, { maxBytes, fromByte = 0 }: FeedReadOptions): Promise<Readable> {
    const { folder, name } = splitFeedPath(path);
    const file = await this.#open(folder, name, path);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw new FeedError('malformed', `${path} is no regular file`);
      if (stat.size > maxBytes)
        throw new FeedError('too-large', `${path} has ${stat.size} bytes of ${maxBytes} at most`);
    } catch (error) {
      await file.close();
      throw asFeedError(error, path);
    }
    return Readable.from(partsOf(file, { path, maxBytes, fromByte }), { objectMode: false });
  }

  /**
   * From folder to folder by what is open: with a path, a folder could become a link between the look and the opening.
   * Node has no openat; Linux has the open folder under /proc/self/fd.
   */
  async #open(folder: string, name: string, path: string): Promise<FileHandle> {
    const opened: FileHandle[] = [];
    try {
      opened.push(await open(this.#folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
      opened.push(await open(below(opened[0]!, folder), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
      const place = below(opened[1]!, name);
      // opening a device can do something: look first
      if (!(await lstat(place)).isFile()) throw new FeedError('malformed', `${path} is no regular file`);
      return await open(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      throw asFeedError(error, path);
    } finally {
      for (const one of opened) await one.close();
    }
  }
}

const below = (folder: FileHandle, name: string): string => `/proc/self/fd/${folder.fd}/${name}`;

async function* partsOf(
  file: FileHandle,
  { path, maxBytes, fromByte }: Required<Omit<FeedReadOptions, 'base'>> & { path: string },
) {
  try {
    for (let atByte = fromByte; ; ) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(PART_BYTES), 0, PART_BYTES, atByte);
      if (bytesRead === 0) return;
      atByte += bytesRead;
      // it grows while it is read
      if (atByte > maxBytes) throw new FeedError('too-large', `${path} is larger than ${maxBytes} bytes`);
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    throw asFeedError(error, path);
  } finally {
    await file.close();
  }
}

/** A medium that was pulled out or cannot be read is `incomplete`: there is nothing to wait for. */
function asFeedError(error: unknown, path: string): FeedError {
  if (error instanceof FeedError) return error;
  const code = codeOf(error);
  if (code === 'ENOENT') return new FeedError('incomplete', `${path} is not there`, { cause: error });
  if (code === 'ELOOP' || code === 'ENOTDIR')
    return new FeedError('malformed', `${path} leads over a link, or over no folder`, { cause: error });
  return new FeedError('incomplete', `${path} cannot be read: ${code ?? String(error)}`, { cause: error });
}
