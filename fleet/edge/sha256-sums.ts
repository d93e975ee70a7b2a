/** The format of `sha256sum`: a line for each file, its hash and its path. Also the hash of one file. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ReleasePath } from '#contract/release.ts';
import { Sha256 } from '#contract/waiting-kiosk.ts';

const MAX_LINES = 25_000;

/** @returns path to hash. @throws Error naming the first line that is none */
export function parseSums(text: string): Map<string, string> {
  const sums = new Map<string, string>();
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length > MAX_LINES) throw new Error('the list of hashes is cut off or too long');
  for (const line of lines) {
    const [, hash, path] = /^(\S+) {2}(.+)$/.exec(line) ?? [];
    if (!Sha256.safeParse(hash).success || !ReleasePath.safeParse(path).success)
      throw new Error(`this is no hash of a file: ${line.slice(0, 120)}`);
    sums.set(path!, hash!);
  }
  return sums;
}

/** @param sums path to hash. Sorted by path, so that equal content gives equal text */
export function formatSums(sums: ReadonlyMap<string, string>): string {
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, hash]) => `${hash}  ${path}\n`)
    .join('');
}

/** @throws Node's error, as ENOENT */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
