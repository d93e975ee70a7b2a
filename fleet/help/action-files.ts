/**
 * Files that actions bring: the bundle of logs, the newest picture of a screen. In a folder of the data directory for the
 * server's user alone, each by its action's id, for an hour. Names that people gave are in no path.
 */
import { createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ProtocolError } from '#contract/error-codes.ts';
import { Id } from '#contract/schema.ts';
import { requireDiskRoom } from '#edge/disk-room.ts';

export const FILE_KEPT_MS = 3_600_000;
/** How a file of each type begins. */
const BEGINS: Record<string, readonly number[]> = {
  'application/gzip': [0x1f, 0x8b],
  'image/jpeg': [0xff, 0xd8, 0xff],
};

export class ActionFiles {
  readonly #folder: string;

  constructor({ dataDir }: { dataDir: string }) {
    this.#folder = join(dataDir, 'action-files');
  }

  /** What a former server had begun to write is removed. */
  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#folder)) if (!Id.safeParse(name).success) await this.#remove(name);
  }

  /**
   * In place of the former one, once it is whole.
   * @throws ProtocolError too-large, bad-message; OperationalError storage-failed
   */
  async receive(actionId: string, file: { stream: Readable; contentType: string; maxBytes: number }): Promise<void> {
    const { stream, contentType, maxBytes } = file;
    await requireDiskRoom(this.#folder, maxBytes);
    const partName = `${actionId}.${process.hrtime.bigint()}.part`;
    const path = join(this.#folder, partName);
    let sizeBytes = 0;
    let head = Buffer.alloc(0);
    try {
      await pipeline(
        stream,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            sizeBytes += chunk.length;
            if (sizeBytes > maxBytes) throw new ProtocolError('too-large', `more than ${maxBytes} bytes`);
            if (head.length < 4) head = Buffer.concat([head, chunk]).subarray(0, 4);
            yield chunk;
          }
        },
        createWriteStream(path, { mode: 0o600, flags: 'wx' }),
      );
      const begins = BEGINS[contentType];
      if (!begins?.every((byte, at) => head[at] === byte))
        throw new ProtocolError('bad-message', `what came is no ${contentType}`);
      await rename(path, join(this.#folder, actionId));
    } catch (error) {
      await this.#remove(partName);
      throw error;
    }
  }

  /** null: it is not there (any more) */
  async open(actionId: string): Promise<{ handle: FileHandle; sizeBytes: number } | null> {
    const handle = await open(join(this.#folder, actionId), 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    return handle && { handle, sizeBytes: (await handle.stat()).size };
  }

  async remove(actionId: string): Promise<void> {
    await this.#remove(actionId);
  }

  /** @returns whose file is gone, because it was kept for long enough */
  async removeOld(nowMs: number): Promise<string[]> {
    const gone: string[] = [];
    for (const name of await readdir(this.#folder)) {
      const { mtimeMs } = (await stat(join(this.#folder, name)).catch(() => null)) ?? { mtimeMs: nowMs };
      if (Math.abs(nowMs - mtimeMs) < FILE_KEPT_MS) continue;
      await this.#remove(name);
      if (Id.safeParse(name).success) gone.push(name);
    }
    return gone;
  }

  async #remove(name: string): Promise<void> {
    await rm(join(this.#folder, name), { force: true });
  }
}
