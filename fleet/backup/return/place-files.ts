/**
 * The folder that a backup returns to: empty but for a list of deletions, nobody's, and either as it was or whole. While `returning` is in it, no server
 * starts there. A folder for documents or recordings may be there already: it is a disk of its own.
 */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, rmdir, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lockDataDir } from '#edge/data-dir-lock.ts';
import { RETURNING_FOLDER } from '../../data-dir.ts';
import { ERASURES_FILE } from '../../erasures/index.ts';
import { BackupFault, whileWriting } from '../backup-fault.ts';
import { AUTHORITY_FILE, DOCUMENTS_FOLDER, RECORDINGS_FOLDER } from '../kept-files.ts';
import type { Manifest, ManifestFile } from '../manifest.ts';
import { sizeText } from '../shown-progress.ts';
import type { PlacedFile } from '../read-backup.ts';
import { requireOwner } from '../run-to-end.ts';

/** of their own disks; what is there stays */
const OWN_DISKS = [DOCUMENTS_FOLDER, RECORDINGS_FOLDER];
/** the list of deletions of the fleet that was there: it is newer than the backup */
const HARMLESS = [/\.lock(-journal)?$/, /^lost\+found$/, new RegExp(`^(${RETURNING_FOLDER}|${ERASURES_FILE})$`)];
const HOLDERS = ['fleet', 'fleet-server', 'backup'];
/** left to the databases when everything is there */
const SPARE_BYTES = 64 * 1024 * 1024;

export class ReturnFolder {
  readonly #dataDir: string;
  /** folders that were there: their files go to their place at once, on their disk */
  readonly #ownDisks: string[] = [];
  /** of a document or recording each, below them */
  readonly #placed = new Set<string>();
  readonly #written = new Set<string>();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** Where what is not in place yet lies. */
  get staging(): string {
    return join(this.#dataDir, RETURNING_FOLDER);
  }

  /** Makes it ours for as long as this process lives. @throws BackupFault not-empty, wrong-user; StartRefused: it is in use */
  claim(): void {
    mkdirSync(this.#dataDir, { recursive: true, mode: 0o700 });
    requireOwner(this.#dataDir);
    // a folder that no fleet has used gets no locks of ours
    if (!existsSync(join(this.#dataDir, `${HOLDERS[0]}.lock`))) this.#requireEmpty();
    for (const holder of HOLDERS) lockDataDir({ dataDir: this.#dataDir, holder, waitMs: 0 });
    this.#ownDisks.push(...this.#requireEmpty());
  }

  /** @returns the folders that are disks of their own */
  #requireEmpty(): string[] {
    const others = readdirSync(this.#dataDir).filter((name) => !HARMLESS.some((pattern) => pattern.test(name)));
    const wrong = others.find(
      (name) => !OWN_DISKS.includes(name) || !statSync(join(this.#dataDir, name)).isDirectory(),
    );
    if (wrong !== undefined)
      throw new BackupFault('not-empty', `${this.#dataDir} is not empty: it holds ${wrong}. Choose an empty folder.`);
    return others;
  }

  /** @throws BackupFault not-empty: a disk of its own holds what the backup brings too; no-room */
  async prepare({ files }: Manifest): Promise<void> {
    for (const name of this.#ownDisks) {
      const isBrought = files.some(({ path }) => path.startsWith(`${name}/`));
      const others = readdirSync(join(this.#dataDir, name)).filter((entry) => entry !== 'lost+found');
      if (isBrought && others.length > 0)
        throw new BackupFault(
          'not-empty',
          `${join(this.#dataDir, name)} is not empty, and the backup brings such files.`,
        );
    }
    const neededBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, SPARE_BYTES);
    const { bavail, bsize } = await statfs(this.#dataDir);
    if (this.#ownDisks.length === 0 && bavail * bsize < neededBytes)
      throw new BackupFault('no-room', `${this.#dataDir} has no room for ${sizeText(neededBytes)}.`);
    // of a return that was killed
    await rm(this.staging, { recursive: true, force: true });
    await mkdir(this.staging, { mode: 0o700 });
  }

  /** Synced when it is closed. @throws BackupFault cannot-write, no-room */
  async place({ path }: ManifestFile): Promise<PlacedFile> {
    const isOnOwnDisk = this.#ownDisks.includes(path.split('/')[0]!);
    const target = join(isOnOwnDisk ? this.#dataDir : this.staging, path);
    if (isOnOwnDisk) this.#placed.add(join(this.#dataDir, ...path.split('/').slice(0, 2)));
    this.#written.add(dirname(target));
    const orFault = (error: unknown): never => {
      throw whileWriting(join(this.#dataDir, path), error);
    };
    const opened = async (): Promise<FileHandle> => {
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      return open(target, 'wx', 0o600);
    };
    const file = await opened().catch(orFault);
    return {
      write: (chunk) => file.appendFile(chunk).catch(orFault),
      close: () =>
        file
          .sync()
          .finally(() => file.close())
          .catch(orFault),
    };
  }

  /** The database last of all. A power cut in the middle leaves a folder in which no server starts. */
  async finish(): Promise<void> {
    for (const folder of this.#written) await syncFolder(folder);
    const names = readdirSync(this.staging).sort((a, b) => Number(a === AUTHORITY_FILE) - Number(b === AUTHORITY_FILE));
    for (const name of names) await rename(join(this.staging, name), join(this.#dataDir, name));
    await syncFolder(this.#dataDir);
    await rmdir(this.staging);
    await syncFolder(this.#dataDir);
  }

  /** As if nothing had been tried. */
  async abandon(): Promise<void> {
    await rm(this.staging, { recursive: true, force: true });
    for (const path of this.#placed) await rm(path, { recursive: true, force: true });
  }

  /** Ids of the recordings whose files are there, before `finish`. */
  recordings(): Set<string> {
    const folders = [join(this.staging, RECORDINGS_FOLDER), join(this.#dataDir, RECORDINGS_FOLDER)];
    return new Set(folders.filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder)));
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
