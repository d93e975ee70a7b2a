/** Where the parts of a feed come from, none of them trusted: a folder or a server. What is read is judged by others. */
import type { Readable } from 'node:stream';
import { FeedError } from './feed-error.ts';

export type FeedReadOptions = {
  /** of the whole file; what is larger is refused as `too-large`, before or while it is read */
  maxBytes: number;
  /** of the file, when its begin is there already */
  fromByte?: number;
  /** a former version, by which a server may answer the difference alone */
  base?: DeltaBase;
};

/** `bytes` is what `sha256` says, in lower-case hex. */
export type DeltaBase = { sha256: string; bytes: Buffer };

export interface FeedSource {
  /**
   * A file of the feed by its path, as `metadata/3.root.json`. The stream, too, fails with a FeedError only, or with the
   * reason of the signal that ended it.
   * @throws FeedError incomplete: there is no such file; unreachable, too-large, malformed (a path that no feed has)
   */
  read(path: string, options: FeedReadOptions): Promise<Readable>;
}

const FEED_PATH = /^(metadata|targets|objects)\/([0-9A-Za-z][0-9A-Za-z.+_-]{0,160})$/;

/** @throws FeedError malformed */
export function splitFeedPath(path: string): { folder: string; name: string } {
  const [, folder, name] = FEED_PATH.exec(path) ?? [];
  if (folder === undefined || name === undefined) throw new FeedError('malformed', 'a path that no feed has');
  return { folder, name };
}

/** @throws FeedError as the source */
export async function readWhole(source: FeedSource, path: string, maxBytes: number, base?: DeltaBase): Promise<Buffer> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  const options = base === undefined ? { maxBytes } : { maxBytes, base };
  for await (const part of (await source.read(path, options)) as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    // a source of another maker may not keep to the limit
    if (sizeBytes > maxBytes) throw new FeedError('too-large', `${path} is larger than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
