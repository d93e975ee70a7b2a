/**
 * What a backup is made of, gathered in two steps: first copies of the databases and the hashes of all files, which the manifest
 * names; then the archive, file by file, as fast as it is read.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { requireDiskRoom } from '#edge/disk-room.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { BackupFault } from './backup-fault.ts';
import {
  ALSO_FOLDER,
  AUTHORITY_FILE,
  DOCUMENTS_FOLDER,
  filesBelow,
  RECORDINGS_FOLDER,
  SCRATCH_FOLDER,
  smallFilesOf,
  TELEMETRY_FILE,
} from './kept-files.ts';
import {
  type BackupPart,
  END_PATH,
  FORMAT_VERSION,
  jsonBytes,
  type Manifest,
  MANIFEST_PATH,
  mayBeArchived,
} from './manifest.ts';
import type { ShownProgress } from './shown-progress.ts';
import { copyDatabase, openSnapshot, type Snapshot, sizeOf } from './snapshot.ts';
import { paddingBytes, TAR_END, tarHeader } from './tar.ts';

export type BackupPlan = {
  dataDir: string;
  parts: ReadonlySet<BackupPart>;
  /** files outside of the data directory that come along */
  also: readonly string[];
  progress: Pick<ShownProgress, 'step' | 'bytes'>;
  signal: AbortSignal;
};
/** `at`: where it lies; `content`: read already. `mayVanish`: a deletion meanwhile is no fault */
type Source = Manifest['files'][number] & { at: string; content: Buffer | null; mayVanish: boolean };

/** read into memory once, so that a file which is renewed meanwhile is the old or the new one */
const SMALL_FILE_BYTES = 1024 * 1024;
const READ_BYTES = 1024 * 1024;
/** without them a fleet does not start; its signing key can be made again */
const NEEDED = [AUTHORITY_FILE, 'ca/ca.crt.pem', 'ca/ca.key.pem'];

/** @throws BackupFault data-incomplete */
export function requireFleet(dataDir: string): void {
  if (sizeOf(join(dataDir, AUTHORITY_FILE)) > 0) return;
  throw new BackupFault('data-incomplete', `${dataDir} is no data directory of a fleet: it has no ${AUTHORITY_FILE}.`);
}

export class BackupBytes {
  readonly #plan: BackupPlan;
  readonly #scratch: string;
  readonly #sources: Source[] = [];
  readonly #removedMeanwhile: string[] = [];
  readonly leftOut: string[] = [];
  #manifest: Manifest | null = null;

  constructor(plan: BackupPlan) {
    this.#plan = plan;
    this.#scratch = join(plan.dataDir, SCRATCH_FOLDER);
  }

  get manifest(): Manifest {
    if (!this.#manifest) throw new Error('not gathered yet');
    return this.#manifest;
  }
  /** Documents and recordings that were deleted while they were copied, once all bytes are read. */
  get removedMeanwhile(): readonly string[] {
    return this.#removedMeanwhile;
  }

  /** @throws BackupFault; OperationalError storage-failed: the copies would leave the server no room */
  async gather(): Promise<void> {
    const { dataDir, parts } = this.#plan;
    const createdAtMs = Date.now();
    await rm(this.#scratch, { recursive: true, force: true });
    await mkdir(this.#scratch, { mode: 0o700 });
    const authority = await this.#copy(AUTHORITY_FILE);
    try {
      const telemetry = parts.has('telemetry') ? await this.#copy(TELEMETRY_FILE) : null;
      telemetry?.close();
      await this.#addAll(smallFilesOf(dataDir));
      for (const [at, path] of this.#plan.also.entries()) await this.#addOutsider(path, at + 1);
      const missing = NEEDED.find((path) => !this.#sources.some((source) => source.path === path));
      if (missing)
        throw new BackupFault('data-incomplete', `${join(dataDir, missing)} is missing: a fleet without it is lost.`);
      if (parts.has('documents'))
        for (const id of authority.readyDocuments())
          await this.#addAll(filesBelow(dataDir, `${DOCUMENTS_FOLDER}/${id}`), true);
      if (parts.has('recordings'))
        for (const id of authority.readyRecordings())
          await this.#addAll(filesBelow(dataDir, `${RECORDINGS_FOLDER}/${id}`), true);
      this.#manifest = {
        format: 'maru-backup',
        formatVersion: FORMAT_VERSION,
        serverVersion: packageJson.version,
        createdAtMs,
        schemas: { authority: authority.schema, telemetry: telemetry?.schema ?? null },
        parts: [...parts].sort(),
        files: this.#sources.map(({ path, sizeBytes, sha256, from }) => ({
          path,
          sizeBytes,
          sha256,
          ...(from && { from }),
        })),
      };
    } finally {
      authority.close();
    }
  }

  /** The archive. @throws BackupFault data-incomplete: a file changed while it was read */
  async *bytes(): AsyncGenerator<Uint8Array> {
    const { progress, signal } = this.#plan;
    const { createdAtMs } = this.manifest;
    const allBytes = this.#sources.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    let doneBytes = 0;
    yield* whole(MANIFEST_PATH, jsonBytes(this.manifest), createdAtMs);
    for (const source of this.#sources) {
      const content = await contentOf(source);
      if (content === null) {
        this.#removedMeanwhile.push(source.path);
        continue;
      }
      yield tarHeader(source, createdAtMs);
      const hash = createHash('sha256');
      let copiedBytes = 0;
      for await (const chunk of content) {
        signal.throwIfAborted();
        hash.update(chunk);
        copiedBytes += chunk.length;
        doneBytes += chunk.length;
        progress.bytes('writing', doneBytes, allBytes);
        yield chunk;
      }
      if (copiedBytes !== source.sizeBytes || hash.digest('hex') !== source.sha256)
        throw new BackupFault('data-incomplete', `${source.at} changed while it was read. Try again.`);
      yield new Uint8Array(paddingBytes(copiedBytes));
    }
    yield* whole(END_PATH, jsonBytes({ removedMeanwhile: this.#removedMeanwhile }), createdAtMs);
    yield TAR_END;
  }

  /** Removes the copies of the databases. */
  async dispose(): Promise<void> {
    await rm(this.#scratch, { recursive: true, force: true });
  }

  async #copy(name: string): Promise<Snapshot> {
    const { dataDir, progress, signal } = this.#plan;
    const [from, to] = [join(dataDir, name), join(this.#scratch, name)];
    const aboutBytes = sizeOf(from) + sizeOf(`${from}-wal`);
    await requireDiskRoom(dataDir, aboutBytes);
    await copyDatabase({ from, to }, (doneBytes) =>
      progress.bytes(`copying ${name}`, Math.min(doneBytes, aboutBytes), aboutBytes),
    );
    signal.throwIfAborted();
    await this.#add({ path: name, at: to, mayVanish: false });
    return openSnapshot(to);
  }

  async #addAll({ paths, leftOut }: { paths: string[]; leftOut: string[] }, mayVanish = false): Promise<void> {
    this.leftOut.push(...leftOut);
    for (const path of paths) await this.#add({ path, at: join(this.#plan.dataDir, path), mayVanish });
  }

  async #addOutsider(path: string, number: number): Promise<void> {
    const name = basename(path)
      .replace(/[^\w.-]/g, '_')
      .slice(-60);
    await this.#add({ path: `${ALSO_FOLDER}/${number}-${name}`, at: path, mayVanish: false, from: path }).catch(
      (error: unknown) => {
        throw new BackupFault('data-incomplete', `${path} cannot be read: ${(error as Error).message}`, {
          cause: error,
        });
      },
    );
  }

  async #add(found: Pick<Source, 'path' | 'at' | 'mayVanish' | 'from'>): Promise<void> {
    const { progress, signal } = this.#plan;
    if (!mayBeArchived(found.path)) {
      this.leftOut.push(found.path);
      return;
    }
    progress.step(`reading ${found.path}`);
    const hash = createHash('sha256');
    const size = await stat(found.at).then(
      (entry) => entry.size,
      (error: NodeJS.ErrnoException) => {
        // it was deleted since the folder was read
        if (error.code === 'ENOENT' && found.from === undefined) return null;
        throw error;
      },
    );
    if (size === null) return;
    if (!found.mayVanish && size <= SMALL_FILE_BYTES) {
      const content = await readFile(found.at);
      this.#sources.push({ ...found, sizeBytes: content.length, sha256: hash.update(content).digest('hex'), content });
      return;
    }
    let sizeBytes = 0;
    for await (const chunk of createReadStream(found.at, { highWaterMark: READ_BYTES })) {
      signal.throwIfAborted();
      hash.update(chunk as Buffer);
      sizeBytes += (chunk as Buffer).length;
    }
    this.#sources.push({ ...found, sizeBytes, sha256: hash.digest('hex'), content: null });
  }
}

/** null: it was deleted since it was hashed. */
async function contentOf({
  at,
  content,
  mayVanish,
  sizeBytes,
}: Source): Promise<AsyncIterable<Uint8Array> | Uint8Array[] | null> {
  if (content) return [content];
  const stream = createReadStream(at, { highWaterMark: READ_BYTES, end: sizeBytes - 1 });
  try {
    await new Promise<void>((resolve, reject) => stream.once('open', () => resolve()).once('error', reject));
    return stream;
  } catch (error) {
    if (mayVanish && (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function* whole(path: string, content: Uint8Array, mtimeMs: number): Generator<Uint8Array> {
  yield tarHeader({ path, sizeBytes: content.length }, mtimeMs);
  yield content;
  yield new Uint8Array(paddingBytes(content.length));
}
