/** A backup's file: written beside its name, synced, and given its name at last, so that what has the name is whole. */
import { existsSync } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BackupFault, whileWriting } from './backup-fault.ts';

const UNFINISHED = '.unfinished';

/**
 * Readable by its owner alone.
 * @returns its size
 * @throws BackupFault cannot-write, no-room; what `chunks` throws. Nothing is left at `path` then, and nothing beside it
 */
export async function writeWholeFile(path: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  if (existsSync(path)) throw new BackupFault('cannot-write', `${path} is there already: choose another name.`);
  const unfinished = path + UNFINISHED;
  const file = await open(unfinished, 'w', 0o600).catch((error: unknown) => {
    throw whileWriting(path, error);
  });
  try {
    let sizeBytes = 0;
    try {
      for await (const chunk of chunks) {
        await file.appendFile(chunk).catch((error: unknown) => {
          throw whileWriting(path, error);
        });
        sizeBytes += chunk.length;
      }
      await file.sync().catch((error: unknown) => {
        throw whileWriting(path, error);
      });
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    await syncFolder(dirname(path));
    return sizeBytes;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** What backups that were killed have left in a folder of backups. */
export async function removeUnfinished(folder: string, isOurs: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder))
    if (name.endsWith(UNFINISHED) && isOurs(basename(name, UNFINISHED))) await rm(join(folder, name), { force: true });
}

/** Shares of other systems have no such thing; the file has its name there all the same. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder
    .sync()
    .catch(() => {})
    .finally(() => folder.close());
}
