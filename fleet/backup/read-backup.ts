/**
 * Reads a backup from its first byte to its last, and holds every promise of its manifest against what comes. What is handed on
 * meanwhile counts only once this has returned.
 */
import { createHash } from 'node:crypto';
import { BackupFault } from './backup-fault.ts';
import { ByteSource } from './byte-source.ts';
import { DOCUMENTS_FOLDER, RECORDINGS_FOLDER } from './kept-files.ts';
import {
  END_PATH,
  type Manifest,
  MANIFEST_PATH,
  type ManifestFile,
  MAX_MANIFEST_BYTES,
  readEnd,
  readManifest,
} from './manifest.ts';
import type { ShownProgress } from './shown-progress.ts';
import { openSealed, type OpenBy } from './sealing.ts';
import { paddingBytes, readTarHeader, type TarEntry } from './tar.ts';

export type PlacedFile = { write: (chunk: Uint8Array) => Promise<void>; close: () => Promise<void> };
export type ReadBackup = {
  from: string;
  openBy: OpenBy;
  /** before any file: throws where this machine cannot have it */
  onManifest: (manifest: Manifest) => Promise<void>;
  /** null: it is only verified */
  place: ((file: ManifestFile) => Promise<PlacedFile>) | null;
  progress: Pick<ShownProgress, 'bytes'>;
  signal: AbortSignal;
};
export type WholeBackup = { manifest: Manifest; removedMeanwhile: string[] };

/** @throws BackupFault: everything that can be wrong with it; what `onManifest` and `place` throw */
export async function readBackup(reading: ReadBackup): Promise<WholeBackup> {
  const source = new ByteSource(await openSealed(reading.from, reading.openBy));
  const first = await readTarHeader(source).catch((error: unknown) => {
    // one with a cause is damage that age found; without it the content is sound, and no archive
    if (!(error instanceof BackupFault) || error.cause !== undefined) throw error;
    return null;
  });
  if (first?.path !== MANIFEST_PATH || first.sizeBytes > MAX_MANIFEST_BYTES)
    throw new BackupFault('not-a-backup', 'This file was not made by Maru: npm run backup.');
  const manifest = readManifest(await contentOf(source, first));
  await reading.onManifest(manifest);
  const absent = await readFiles(source, manifest, reading);
  if ((await readTarHeader(source)) !== null) throw damaged('something follows its end');
  // the last chunk of the age format shows that nothing was cut off
  if (!(await source.isAtEnd())) throw damaged('something follows its end');
  return { manifest, removedMeanwhile: absent };
}

/** @returns the paths of the files that went away while the backup was made, as its end names them */
async function readFiles(
  source: ByteSource,
  { files }: Manifest,
  { place, progress, signal }: ReadBackup,
): Promise<string[]> {
  const allBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const absent: string[] = [];
  let doneBytes = 0;
  let next = 0;
  for (;;) {
    const entry = await readTarHeader(source);
    if (!entry) throw damaged('its last entry is missing');
    if (entry.path === END_PATH) {
      for (const { path } of files.slice(next)) absent.push(path);
      requireAllowed(absent, readEnd(await contentOf(source, entry)).removedMeanwhile);
      return absent;
    }
    while (next < files.length && files[next]!.path !== entry.path) absent.push(files[next++]!.path);
    const file = files[next++];
    if (!file) throw damaged('it has a file that its manifest does not name');
    if (file.sizeBytes !== entry.sizeBytes) throw damaged(`${file.path} has another size`);
    const placed = await place?.(file);
    const hash = createHash('sha256');
    try {
      for await (const chunk of source.portions(entry.sizeBytes)) {
        signal.throwIfAborted();
        hash.update(chunk);
        await placed?.write(chunk);
        doneBytes += chunk.length;
        progress.bytes(place ? 'placing' : 'verifying', doneBytes, allBytes);
      }
    } finally {
      await placed?.close();
    }
    await source.exactly(paddingBytes(entry.sizeBytes));
    if (hash.digest('hex') !== file.sha256) throw damaged(`${file.path} has another hash`);
  }
}

function requireAllowed(absent: readonly string[], named: readonly string[]): void {
  const known = new Set(named);
  const wrong = absent.find(
    (path) => !known.has(path) || ![DOCUMENTS_FOLDER, RECORDINGS_FOLDER].includes(path.split('/')[0]!),
  );
  if (wrong !== undefined || absent.length !== known.size) throw damaged(`${wrong ?? 'a file'} is missing`);
}

async function contentOf(source: ByteSource, { sizeBytes }: TarEntry): Promise<Uint8Array> {
  if (sizeBytes > MAX_MANIFEST_BYTES) throw damaged('an entry is too large');
  const content = await source.exactly(sizeBytes);
  await source.exactly(paddingBytes(sizeBytes));
  return content;
}

const damaged = (what: string): BackupFault => new BackupFault('backup-damaged', `The backup is damaged: ${what}.`);
