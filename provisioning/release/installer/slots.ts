/**
 * Where programs lie on a box: a folder for each release, and one link to the release that runs, moved by a single rename. A file
 * of the former release that is still the same is linked, not brought again.
 */
import { constants, existsSync } from 'node:fs';
import {
  access,
  chmod,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MANIFEST_FILE, type ReleaseFile, ReleaseManifest } from '#contract/release.ts';
import { sha256OfFile } from '#edge/sha256-sums.ts';
import type { ReleaseSource } from './release-source.ts';

const KEPT_BESIDE_THE_CURRENT = 1;

export class Slots {
  readonly #folder: string;
  readonly #current: string;
  readonly #damaged = new Set<string>();

  /** @param home `/opt/maru` of the machine */
  constructor(home: string) {
    this.#folder = join(home, 'releases');
    this.#current = join(home, 'current');
  }

  /**
   * Makes a release's folder whole, without an effect on what runs.
   * @param id names the folder
   * @returns its path. @throws InstallError of the source
   */
  async place(
    id: string,
    manifest: ReleaseManifest,
    source: ReleaseSource,
    progress: (done: number, of: number) => void,
  ): Promise<string> {
    let slot = join(this.#folder, id);
    // one that is damaged may be what runs: another takes its place, and it goes after the switch
    for (let repair = 1; existsSync(slot); repair += 1) {
      if (await isWhole(slot, manifest.files)) return slot;
      this.#damaged.add(basename(slot));
      slot = join(this.#folder, `${id}-repair-${repair}`);
    }
    const making = `${slot}.making`;
    await rm(making, { recursive: true, force: true });
    await mkdir(making, { recursive: true });
    const former = await this.#filesOfCurrent();
    let done = 0;
    for (const file of manifest.files) {
      const target = join(making, file.path);
      await mkdir(dirname(target), { recursive: true });
      const reused = former.get(`${file.sha256} ${file.mode}`);
      if (!(reused && (await linkWhereWhole(reused, target, file.sha256))))
        await source.copy(`objects/${file.sha256}`, target, Number.parseInt(file.mode, 8));
      // a mask of the caller's does not count
      await chmod(target, Number.parseInt(file.mode, 8));
      progress(++done, manifest.files.length);
    }
    await writeFile(join(making, MANIFEST_FILE), `${JSON.stringify(manifest, null, 1)}\n`, { flush: true });
    await rename(making, slot);
    await syncFolder(this.#folder);
    return slot;
  }

  /** From here on this release is the one that units start. */
  async switchTo(slot: string): Promise<void> {
    await pointTo(this.#current, join('releases', basename(slot)));
    await this.#forgetOthers();
  }

  /** The former release stays, for the way back; older ones go, and what was begun and not ended. */
  async #forgetOthers(): Promise<void> {
    const current = basename(await readlink(this.#current));
    const others = (await readdir(this.#folder)).filter((name) => name !== current);
    const aged = await Promise.all(
      others.map(async (name) => ({ name, mtimeMs: (await stat(join(this.#folder, name))).mtimeMs })),
    );
    const whole = aged
      .filter(({ name }) => !name.endsWith('.making') && !this.#damaged.has(name))
      .sort((a, b) => b.mtimeMs - a.mtimeMs);
    const kept = new Set(whole.slice(0, KEPT_BESIDE_THE_CURRENT).map(({ name }) => name));
    for (const { name } of aged)
      if (!kept.has(name)) await rm(join(this.#folder, name), { recursive: true, force: true });
  }

  /** `SHA256 MODE` to the file that has both. */
  async #filesOfCurrent(): Promise<Map<string, string>> {
    try {
      const manifest = ReleaseManifest.parse(JSON.parse(await readFile(join(this.#current, MANIFEST_FILE), 'utf8')));
      return new Map(manifest.files.map(({ sha256, mode, path }) => [`${sha256} ${mode}`, join(this.#current, path)]));
    } catch {
      // none yet, or one that nobody can read: everything is brought
      return new Map();
    }
  }
}

async function isWhole(slot: string, files: readonly ReleaseFile[]): Promise<boolean> {
  for (const { path, sizeBytes, sha256, mode } of files) {
    const file = join(slot, path);
    const found = await stat(file).catch(() => null);
    if (found?.size !== sizeBytes || (found.mode & 0o777) !== Number.parseInt(mode, 8)) return false;
    if ((await sha256OfFile(file)) !== sha256) return false;
  }
  return true;
}

/** @returns false where it is not the content that its manifest promised, or lies on another disk */
async function linkWhereWhole(from: string, to: string, sha256: string): Promise<boolean> {
  try {
    await access(from, constants.R_OK);
    if ((await sha256OfFile(from)) !== sha256) return false;
    await link(from, to);
    return true;
  } catch {
    return false;
  }
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
