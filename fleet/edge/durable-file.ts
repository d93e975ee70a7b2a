/** Files that survive a power cut and a full disk whole: the old content or the new one, never a part. */
import { closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
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
  syncFolderOf(path);
}

/** A file that stays away after a power cut, too; one that is not there is no error. @throws Node's error */
export function removeDurably(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  syncFolderOf(path);
}

function syncFolderOf(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * A file of any size that was written at `beside`, in the same folder: synced, renamed, and the rename synced.
 * @throws Node's error
 */
export async function renameDurably(beside: string, path: string): Promise<void> {
  await syncAt(beside);
  await rename(beside, path);
  await syncAt(dirname(path));
}

async function syncAt(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
