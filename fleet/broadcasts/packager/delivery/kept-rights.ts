/**
 * What decides who may watch, on the disk: the fleet's keys, its pages, the viewings that are void. A packager that was started again
 * while the fleet server is away admits by it. It holds no secret that opens anything, and is of nobody but the owner of the data folder.
 */
import { readFileSync } from 'node:fs';
import { ToPackager } from '#contract/packager-link.ts';
import type { z } from '#contract/schema.ts';
import { writeDurably } from '#edge/durable-file.ts';

const [Hello] = ToPackager.options;
const Kept = Hello.pick({ keys: true, origins: true, revokedViewingIds: true });
export type Kept = z.infer<typeof Kept>;

/** Revocations come in bursts. */
const WRITTEN_AFTER_MS = 50;

export class KeptRights {
  readonly #path: string | null;
  readonly #log: (what: string, details: object) => void;
  #pending: Kept | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** @param path null: nothing is kept */
  constructor(path: string | null, log: (what: string, details: object) => void) {
    this.#path = path;
    this.#log = log;
  }

  /** Null: there is none that can be read. */
  read(): Kept | null {
    if (this.#path === null) return null;
    try {
      return Kept.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code !== 'ENOENT') this.#log('who may watch cannot be read', { err });
      return null;
    }
  }

  /** In a moment, in place of what is there. */
  write(kept: Kept): void {
    this.#pending = kept;
    this.#timer ??= setTimeout(() => this.flush(), WRITTEN_AFTER_MS);
  }

  /** Now. A full disk is logged: the fleet server sends it again anyway. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const kept = this.#pending;
    this.#pending = null;
    if (this.#path === null || kept === null) return;
    try {
      writeDurably(this.#path, JSON.stringify(kept));
    } catch (err) {
      this.#log('who may watch cannot be kept', { err });
    }
  }
}
