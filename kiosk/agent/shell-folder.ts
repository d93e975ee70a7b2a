/**
 * What the agent leaves for its shell: the key that the screen's page shows at the door, the CA of the fleet, and which picture
 * of the screen is wanted. The
 * folder is the shell's and the agent's alone. It is empty when the box starts; the key stays while the agent restarts, so
 * that the page comes back by itself.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { ScreenKey } from '#contract/screen-link.ts';

const KEY_FILE = 'screen-key';
const CA_FILE = 'fleet-ca.pem';
/** the id of a picture of the screen that is wanted; empty: none is */
const PICTURE_FILE = 'picture-wanted';
const SET_GROUP_ID = 0o2000;

export type ShellFolderOptions = {
  /** made where it is missing, for this user alone */
  path: string;
  logger: Logger;
};

export class ShellFolder {
  readonly #options: ShellFolderOptions;

  constructor(options: ShellFolderOptions) {
    this.#options = options;
  }

  /** @returns the key of this start of the box */
  key(): string {
    const former = ScreenKey.safeParse(this.#read(KEY_FILE));
    if (former.success) return former.data;
    const key = randomBytes(32).toString('base64url');
    this.#leave(KEY_FILE, key);
    return key;
  }

  /** The browser of the TV trusts it from then on. */
  leaveCa(caPem: string): void {
    if (this.#read(CA_FILE) !== caPem) this.#leave(CA_FILE, caPem);
  }

  /** The shell brings the picture of this id (screen-pictures.ts). Null: none is wanted. */
  leavePictureWish(pictureId: string | null): void {
    this.#leave(PICTURE_FILE, pictureId ?? '');
  }

  #read(name: string): string | null {
    try {
      return readFileSync(join(this.#options.path, name), 'utf8');
    } catch {
      return null;
    }
  }

  /** Whole or not at all. Without it the TV says why nothing comes; the room's phones still reach the agent. */
  #leave(name: string, content: string): void {
    const { path, logger } = this.#options;
    const beside = join(path, `${name}.new`);
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      writeFileSync(beside, '', { mode: 0o600 });
      // agent and shell of a box are two users: their folder hands its group on to what is in it
      chmodSync(beside, (statSync(path).mode & SET_GROUP_ID) === 0 ? 0o600 : 0o640);
      writeFileSync(beside, content);
      renameSync(beside, join(path, name));
    } catch (error) {
      logger.error({ err: error, name }, 'the shell could not be given what it needs');
    }
  }
}
