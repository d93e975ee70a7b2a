/**
 * Where programs lie on a box: a folder for each release, and one link to the release that runs, moved by a single rename. A file
 * that another release on the box has is linked, not brought again. Used by the installer and by the updater.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  chmod,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MANIFEST_FILE, type ReleaseFile, ReleaseManifest } from '#contract/release.ts';
import { sha256OfFile } from '#edge/sha256-sums.ts';

const MAKING = '.making';
const FOLDER_MODE = 0o755;

export type SlotRelease = {
  /** names the folder */
  id: string;
  manifest: ReleaseManifest;
  /** byte for byte: its hash is in the id */
  manifestText: string;
  /** The content of that hash, whole and checked and on the disk, or an error. */
  copyObject(sha256: string, target: string, mode: number): Promise<void>;
};

export class Slots {
  readonly #folder: string;
  readonly #current: string;

  /** @param home `/opt/maru` of the machine */
  constructor(home: string) {
    this.#folder = join(home, 'releases');
    this.#current = join(home, 'current');
  }

  /** By the link, whatever was wanted. @returns null: none yet */
  async running(): Promise<string | null> {
    const target = await readlink(this.#current).catch(() => null);
    return target === null ? null : basename(target);
  }

  path(id: string): string {
    return join(this.#folder, id);
  }

  /**
   * Makes a release's folder whole, without an effect on what runs. One that is whole is not written again. Of one that is damaged,
   * and may be what runs, each damaged file is exchanged by a rename.
   * @returns its path. @throws what `copyObject` throws, and Node's errors
   */
  async place(release: SlotRelease, progress: (done: number, of: number) => void): Promise<string> {
    const slot = this.path(release.id);
    const making = `${slot}${MAKING}`;
    await rm(making, { recursive: true, force: true });
    try {
      if (existsSync(slot)) await this.#repair(slot, making, release, progress);
      else await this.#make(slot, making, release, progress);
    } finally {
      // of what did not come to its end; after a power cut, the next try or `forgetOthers` removes it
      await rm(making, { recursive: true, force: true });
    }
    return slot;
  }

  /** @returns the first of its files that is not what the manifest has; null: it is whole */
  async firstDamaged(id: string, manifest: ReleaseManifest): Promise<string | null> {
    for (const file of manifest.files) if (!(await isAsSaid(join(this.path(id), file.path), file))) return file.path;
    return null;
  }

  /** How much `place` will write, by what is on the box under other names. */
  async bytesToWrite({ id, manifest }: Pick<SlotRelease, 'id' | 'manifest'>): Promise<number> {
    const former = await this.#filesOnBox();
    const slot = this.path(id);
    let bytes = 0;
    for (const { path, sizeBytes, sha256, mode } of manifest.files) {
      const found = await lstat(join(slot, path)).catch(() => null);
      if (found?.size !== sizeBytes && !former.has(`${sha256} ${mode}`)) bytes += sizeBytes;
    }
    return bytes;
  }

  /** From here on this release is the one that units start. */
  async switchTo(id: string): Promise<void> {
    await pointTo(this.#current, join('releases', id));
  }

  /** What is neither what runs nor among these goes, and so does what was begun and not ended. */
  async forgetOthers(kept: readonly string[]): Promise<void> {
    const stay = new Set([...kept, await this.running()]);
    for (const name of await this.#names())
      if (!stay.has(name)) await rm(join(this.#folder, name), { recursive: true, force: true });
  }

  /** The release that ran before this one, by age. @returns null: there is none */
  async former(): Promise<string | null> {
    const current = await this.running();
    const others = (await this.#names()).filter((name) => name !== current && !name.endsWith(MAKING));
    const aged = await Promise.all(
      others.map(async (name) => ({ name, mtimeMs: (await stat(join(this.#folder, name))).mtimeMs })),
    );
    return aged.sort((a, b) => b.mtimeMs - a.mtimeMs)[0]?.name ?? null;
  }

  async #names(): Promise<string[]> {
    return readdir(this.#folder).catch(() => []);
  }

  async #make(
    slot: string,
    making: string,
    { manifest, manifestText, copyObject }: SlotRelease,
    progress: (done: number, of: number) => void,
  ): Promise<void> {
    const former = await this.#filesOnBox();
    await mkdir(making, { recursive: true, mode: FOLDER_MODE });
    const folders = new Set([making]);
    for (const [done, file] of manifest.files.entries()) {
      const target = join(making, file.path);
      for (let folder = dirname(target); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
      await mkdir(dirname(target), { recursive: true, mode: FOLDER_MODE });
      await bring(file, target, former, copyObject);
      progress(done + 1, manifest.files.length);
    }
    await writeFile(join(making, MANIFEST_FILE), manifestText, { flush: true });
    // names are on the disk before the folder has its own
    for (const folder of folders) await syncFolder(folder);
    await rename(making, slot);
    await syncFolder(this.#folder);
  }

  async #repair(
    slot: string,
    making: string,
    { manifest, manifestText, copyObject }: SlotRelease,
    progress: (done: number, of: number) => void,
  ): Promise<void> {
    const former = await this.#filesOnBox(slot);
    for (const [done, file] of manifest.files.entries()) {
      const target = join(slot, file.path);
      if (!(await isAsSaid(target, file))) {
        await mkdir(making, { recursive: true, mode: FOLDER_MODE });
        await bring(file, join(making, file.sha256), former, copyObject);
        await mkdirOver(dirname(target));
        await renameOver(join(making, file.sha256), target);
        await syncFolder(dirname(target));
      }
      progress(done + 1, manifest.files.length);
    }
    const path = join(slot, MANIFEST_FILE);
    if ((await readFile(path, 'utf8').catch(() => null)) !== manifestText) {
      await mkdir(making, { recursive: true, mode: FOLDER_MODE });
      await writeFile(join(making, MANIFEST_FILE), manifestText, { flush: true });
      await renameOver(join(making, MANIFEST_FILE), path);
      await syncFolder(slot);
    }
  }

  /** `SHA256 MODE` to the file that has both, of every release on the box. */
  async #filesOnBox(but?: string): Promise<Map<string, string>> {
    const files = new Map<string, string>();
    for (const name of await this.#names()) {
      if (name.endsWith(MAKING) || this.path(name) === but) continue;
      try {
        const text = await readFile(join(this.#folder, name, MANIFEST_FILE), 'utf8');
        for (const { sha256, mode, path } of ReleaseManifest.parse(JSON.parse(text)).files)
          files.set(`${sha256} ${mode}`, join(this.#folder, name, path));
      } catch {
        // one that nobody can read: its files are brought
      }
    }
    return files;
  }
}

/** The id of a release by its manifest, byte for byte. */
export function slotIdOf({ version }: ReleaseManifest, manifestText: string): string {
  return `${version}-${createHash('sha256').update(manifestText).digest('hex').slice(0, 16)}`;
}

async function bring(
  { sha256, mode }: ReleaseFile,
  target: string,
  former: ReadonlyMap<string, string>,
  copyObject: SlotRelease['copyObject'],
): Promise<void> {
  const bits = Number.parseInt(mode, 8);
  const reused = former.get(`${sha256} ${mode}`);
  if (reused !== undefined && (await linkWhereWhole(reused, target, sha256, bits))) return;
  await copyObject(sha256, target, bits);
  // a mask of the caller's does not count
  await chmod(target, bits);
}

async function isAsSaid(path: string, { sizeBytes, sha256, mode }: ReleaseFile): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  if (!found?.isFile() || found.size !== sizeBytes || (found.mode & 0o7777) !== Number.parseInt(mode, 8)) return false;
  return (await sha256OfFile(path).catch(() => null)) === sha256;
}

/** @returns false where it is not the content that its manifest promised, or lies on another disk */
async function linkWhereWhole(from: string, to: string, sha256: string, bits: number): Promise<boolean> {
  try {
    const found = await lstat(from);
    if (!found.isFile() || (found.mode & 0o7777) !== bits || (await sha256OfFile(from)) !== sha256) return false;
    await link(from, to);
    return true;
  } catch {
    return false;
  }
}

/** Something of another kind may be in its place. */
async function renameOver(from: string, to: string): Promise<void> {
  const found = await lstat(to).catch(() => null);
  if (found?.isDirectory()) await rm(to, { recursive: true });
  await rename(from, to);
}

async function mkdirOver(folder: string): Promise<void> {
  const found = await lstat(folder).catch(() => null);
  if (found && !found.isDirectory()) await unlink(folder);
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
}

/** A symbolic link that is the old one or the new one, never none. */
export async function pointTo(path: string, target: string): Promise<void> {
  if ((await readlink(path).catch(() => null)) === target) return;
  const beside = `${path}.new`;
  await rm(beside, { force: true });
  await symlink(target, beside);
  await rename(beside, path);
  await syncFolder(dirname(path));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
