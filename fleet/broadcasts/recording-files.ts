/**
 * What lies on the disk of broadcasts and recordings: a folder by the id of each, which the packager fills and this server deletes.
 * Names that people gave are in no path.
 */
import { type FileHandle, mkdir, open, readdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { BROADCASTS_FOLDER, FINAL_FILE, RecordedSegments, REPLAY_INDEX_FILE } from '#contract/packager-link.ts';
import { Id } from '#contract/schema.ts';

export type Space = {
  /** of all files of broadcasts and recordings */
  usedBytes: number;
  /** on the disk that holds them */
  freeBytes: number;
};

export class RecordingFiles {
  readonly #folder: string;

  constructor({ dataDir }: { dataDir: string }) {
    this.#folder = join(dataDir, BROADCASTS_FOLDER);
  }

  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
  }

  folderOf(broadcastId: string): string {
    return join(this.#folder, broadcastId);
  }

  /** The MP4 with chapters; null: it is not there */
  async openFinal(broadcastId: string): Promise<{ file: FileHandle; sizeBytes: number } | null> {
    const file = await open(join(this.folderOf(broadcastId), FINAL_FILE), 'r').catch(orNone);
    return file && { file, sizeBytes: (await file.stat()).size };
  }

  /** As the packager wrote them at the end; null: it has not, or they cannot be read. */
  async recorded(broadcastId: string): Promise<RecordedSegments | null> {
    const text = await readFile(join(this.folderOf(broadcastId), REPLAY_INDEX_FILE), 'utf8').catch(orNone);
    if (text === null) return null;
    try {
      return RecordedSegments.parse(JSON.parse(text));
    } catch {
      return null;
    }
  }

  /** 0 where there is nothing */
  async sizeOf(broadcastId: string): Promise<number> {
    return sizeOfFolder(this.folderOf(broadcastId));
  }

  async remove(broadcastId: string): Promise<void> {
    // the packager may be writing into it until it knows
    await rm(this.folderOf(broadcastId), { recursive: true, force: true, maxRetries: 3 });
  }

  /** Of which broadcasts there is a folder. What else lies there is not ours. */
  async broadcastIds(): Promise<string[]> {
    return (await readdir(this.#folder)).filter((name) => Id.safeParse(name).success);
  }

  async space(): Promise<Space> {
    const { bavail, bsize } = await statfs(this.#folder);
    let usedBytes = 0;
    for (const broadcastId of await this.broadcastIds()) usedBytes += await this.sizeOf(broadcastId);
    return { usedBytes, freeBytes: bavail * bsize };
  }
}

/** Files come and go while it is measured. */
async function sizeOfFolder(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of (await readdir(folder).catch(orNone)) ?? [])
    bytes += (await stat(join(folder, name)).catch(orNone))?.size ?? 0;
  return bytes;
}

function orNone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
