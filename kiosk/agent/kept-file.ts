/**
 * A small JSON file that survives a power cut whole: written beside, synced, renamed. The agent keeps two of them (its
 * identity, what the room was doing); a database comes with the events that must be delivered later.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from '#contract/schema.ts';

export class KeptFile<S extends z.ZodType> {
  readonly #path: string;
  readonly #schema: S;

  constructor(path: string, schema: S) {
    this.#path = path;
    this.#schema = schema;
  }

  /** null: never written, or not readable as what it should be (the caller starts afresh). */
  read(): z.output<S> | null {
    try {
      return this.#schema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch {
      return null;
    }
  }

  /** @throws where the disk is full or read-only; the caller goes on without */
  write(value: z.input<S>): void {
    const beside = `${this.#path}.new`;
    const file = openSync(beside, 'w', 0o600);
    try {
      // the whole of it: a plain write to a disk that runs full writes less, and says nothing
      writeFileSync(file, JSON.stringify(value));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, this.#path);
    const folder = openSync(dirname(this.#path), 'r');
    fsyncSync(folder);
    closeSync(folder);
  }
}
