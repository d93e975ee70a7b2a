/**
 * The folders through which a sandbox gets its files: each sees its own, read-only. They lie in the data folder, so that a
 * document gets there without being copied. What a killed converter left is removed by the next one.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { constants, copyFile, link, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export class Scratch {
  readonly #folder: string;

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'converter-scratch');
  }

  /** Removes what is there from before. */
  async open(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { mode: 0o700 });
  }

  /** A new one, empty. */
  inbox(): Inbox {
    const path = join(this.#folder, randomUUID());
    mkdirSync(path, { mode: 0o700 });
    return new Inbox(path);
  }
}

/** What one sandbox is given to read. */
export class Inbox {
  /** where the sandbox sees it */
  static readonly inside = '/in';
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** @returns where the sandbox finds it */
  async put(name: string, content: Buffer): Promise<string> {
    await writeFile(join(this.path, name), content, { mode: 0o600 });
    return `${Inbox.inside}/${name}`;
  }

  /** The file itself under another name; a copy where it lies on another disk. */
  async putFile(name: string, source: string): Promise<string> {
    const path = join(this.path, name);
    await link(source, path).catch(() => copyFile(source, path, constants.COPYFILE_FICLONE));
    return `${Inbox.inside}/${name}`;
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
