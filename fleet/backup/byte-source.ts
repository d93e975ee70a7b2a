/** Bytes that come in chunks of any size, read in the portions that a format has. Holds one chunk. */
import { BackupFault } from './backup-fault.ts';

export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** For small portions: they are gathered in memory. @throws BackupFault backup-damaged: it ends before */
  async exactly(bytes: number): Promise<Uint8Array> {
    const gathered = new Uint8Array(bytes);
    let at = 0;
    for await (const part of this.portions(bytes)) {
      gathered.set(part, at);
      at += part.length;
    }
    return gathered;
  }

  /** As it comes. @throws BackupFault backup-damaged: it ends before */
  async *portions(bytes: number): AsyncGenerator<Uint8Array> {
    let left = bytes;
    while (left > 0) {
      if (!(await this.#fill())) throw new BackupFault('backup-damaged', 'The backup is damaged: its end is missing.');
      const part = this.#chunk.subarray(0, left);
      this.#chunk = this.#chunk.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  /** Nothing more comes. */
  async isAtEnd(): Promise<boolean> {
    return !(await this.#fill());
  }

  async #fill(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return false;
      this.#chunk = value;
    }
    return true;
  }
}
