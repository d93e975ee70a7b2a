/** Which former version of a file is worth a difference: the one at the same path, or at the same but for the hash that bundlers write. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReleaseFile, ReleaseManifest } from '#contract/release.ts';
import { MAX_BASE_BYTES } from './feed-encoding.ts';
import type { DeltaBase } from './feed-source.ts';

/** `shared-log-DtqVaJmo.js` and `shared-log-Kq2_x9aB.js` are two versions of one file. */
const nameAsWritten = (path: string): string => path.replace(/-[\w-]{8}(?=\.\w+$)/, '');

/**
 * @param former what runs now
 * @param folder where its files are, by their paths
 */
export function deltaBases(
  former: ReleaseManifest,
  folder: string,
): (wanted: { path: string }) => Promise<DeltaBase | null> {
  const byPath = new Map(former.files.map((file) => [file.path, file]));
  const byName = new Map(former.files.map((file) => [nameAsWritten(file.path), file]));
  return async ({ path }) => {
    const file = byPath.get(path) ?? byName.get(nameAsWritten(path));
    return file === undefined ? null : baseAt(join(folder, file.path), file);
  };
}

async function baseAt(path: string, { sha256, sizeBytes }: ReleaseFile): Promise<DeltaBase | null> {
  try {
    if (sizeBytes > MAX_BASE_BYTES || (await stat(path)).size !== sizeBytes) return null;
    const bytes = await readFile(path);
    return createHash('sha256').update(bytes).digest('hex') === sha256 ? { sha256, bytes } : null;
  } catch {
    return null;
  }
}
