/**
 * What lies on the disk of each document: a folder by its id, for the server's user alone, with the original until its
 * pages are made, and the pages. Names that people gave are in no path.
 */
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pageFileName } from '#contract/converter-link.ts';
import { OperationalError } from '#contract/error-codes.ts';
import type { PageSize } from '#contract/http/documents-api.ts';
import { Id } from '#contract/schema.ts';
import { requireDiskRoom } from '#edge/disk-room.ts';

/** What the disk itself reports. */
const OF_THE_DISK = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'ENOMEM']);

export class DocumentFiles {
  readonly #folder: string;

  constructor({ dataDir }: { dataDir: string }) {
    this.#folder = join(dataDir, 'documents');
  }

  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
  }

  originalOf(documentId: string): string {
    return join(this.#folder, documentId, 'original');
  }
  pagesOf(documentId: string): string {
    return join(this.#folder, documentId, 'pages');
  }

  /** Its folders, and an original of no bytes. @throws OperationalError storage-failed */
  async create(documentId: string): Promise<void> {
    await ofTheDisk(async () => {
      await mkdir(this.pagesOf(documentId), { recursive: true, mode: 0o700 });
      await (await open(this.originalOf(documentId), 'w', 0o600)).close();
      // the parts that are synced later have a name to be found by
      for (const folder of [join(this.#folder, documentId), this.#folder]) await syncFolder(folder);
    });
  }

  /** 0 where there is none */
  async originalBytes(documentId: string): Promise<number> {
    return (await stat(this.originalOf(documentId)).catch(() => null))?.size ?? 0;
  }
  async removeOriginal(documentId: string): Promise<void> {
    await rm(this.originalOf(documentId), { force: true });
  }

  /** null: it is not there */
  async openPage(documentId: string, page: number, size: PageSize): Promise<FileHandle | null> {
    const path = join(this.pagesOf(documentId), pageFileName(page, size));
    return open(path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
  }

  /** How many of the first pages are there for the TV. */
  async readyPages(documentId: string): Promise<number> {
    const names = new Set(await readdir(this.pagesOf(documentId)).catch(() => []));
    let pages = 0;
    while (names.has(pageFileName(pages + 1, 'tv'))) pages += 1;
    return pages;
  }

  /** 0 where it is not there */
  async pageBytes(documentId: string, page: number, size: PageSize): Promise<number> {
    const path = join(this.pagesOf(documentId), pageFileName(page, size));
    return (await stat(path).catch(() => null))?.size ?? 0;
  }
  async pagesBytes(documentId: string): Promise<number> {
    const folder = this.pagesOf(documentId);
    let bytes = 0;
    for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size;
    return bytes;
  }

  async remove(documentId: string): Promise<void> {
    // the converter may be writing a page into it until it knows
    await rm(join(this.#folder, documentId), { recursive: true, force: true, maxRetries: 3 });
  }

  /** Of what documents there is a folder. What else lies there is not ours: the folder may be a disk of its own. */
  async documentIds(): Promise<string[]> {
    return (await readdir(this.#folder)).filter((name) => Id.safeParse(name).success);
  }

  /** Room for so many bytes more, beside what is left to the databases. @throws OperationalError storage-failed */
  async requireRoomFor(bytes: number): Promise<void> {
    await requireDiskRoom(this.#folder, bytes);
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

/** @throws OperationalError storage-failed in place of the disk's own errors */
export async function ofTheDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!OF_THE_DISK.has(String((error as NodeJS.ErrnoException).code))) throw error;
    throw new OperationalError('storage-failed', (error as Error).message, { cause: error });
  }
}
