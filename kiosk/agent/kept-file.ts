/**
 * A small JSON file that survives a power cut whole. The agent keeps two of them (its identity, what the room was doing)
 * apart from the store, so that they outlive its loss.
 */
import { readFileSync } from 'node:fs';
import type { z } from '#contract/schema.ts';
import { writeDurably } from '#edge/durable-file.ts';

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
    writeDurably(this.#path, JSON.stringify(value));
  }
}
