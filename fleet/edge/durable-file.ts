/** Small files that survive a power cut and a full disk whole: the old content or the new one, never a part. */
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Written beside, synced, renamed, and the rename synced. For files of some kilobytes: it waits for the disk.
 * @throws Node's error, e.g. ENOSPC; the file at `path` is then as it was
 */
export function writeDurably(path: string, content: string, mode = 0o600): void {
  const beside = `${path}.new`;
  const file = openSync(beside, 'w', mode);
  try {
    // the whole of it: a plain write to a disk that runs full writes less, and reports nothing
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
