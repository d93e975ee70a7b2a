/**
 * Parts of uploads on their way to the disk. What has come of a part counts once it is synced, also of a part that breaks
 * off: the upload goes on from there, after a restart too. One part at a time: a newer one of the same document ends the
 * one before it, whose sender is gone.
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { InvalidStateError, ProtocolError } from '#contract/error-codes.ts';
import type { AuthorityStore } from '../store/index.ts';
import { type DocumentFiles, ofTheDisk } from './document-files.ts';
import { type DocumentRow, documentFor } from './document-rows.ts';

type Running = { stop: (reason: Error) => void; ended: Promise<unknown> };
export type UploadPart = {
  bearer: { meetingId: string; holder: string };
  documentId: string;
  offset: number;
  stream: Readable;
};

export class Uploads {
  readonly #store: AuthorityStore;
  readonly #files: DocumentFiles;
  readonly #running = new Map<string, Running>();

  constructor({ store, files }: { store: AuthorityStore; files: DocumentFiles }) {
    this.#store = store;
    this.#files = files;
  }

  /**
   * @returns the document, `waiting` after its last part
   * @throws InvalidStateError upload-offset: it does not begin where the bytes end that are there;
   *   ProtocolError not-found, bad-message: it broke off, or brings more than was announced; OperationalError storage-failed
   */
  async receive(part: UploadPart): Promise<DocumentRow> {
    const { documentId, stream } = part;
    const former = this.#running.get(documentId);
    const ended = Promise.withResolvers<void>();
    const running: Running = { stop: (reason) => stream.destroy(reason), ended: ended.promise };
    this.#running.set(documentId, running);
    try {
      former?.stop(new InvalidStateError('upload-offset', 'another part came'));
      await former?.ended;
      return await this.#receive(part);
    } finally {
      if (this.#running.get(documentId) === running) this.#running.delete(documentId);
      ended.resolve();
    }
  }

  /** Resolves when nothing of it is written any more. */
  async stop(documentId: string): Promise<void> {
    const running = this.#running.get(documentId);
    running?.stop(new ProtocolError('not-found', 'the document was deleted'));
    await running?.ended;
  }

  async #receive({ bearer, documentId, offset, stream }: UploadPart): Promise<DocumentRow> {
    const row = await documentFor(this.#store.read, bearer, documentId);
    if (!row) throw new ProtocolError('not-found', 'no such document');
    if (row.state !== 'uploading' || offset !== row.receivedBytes)
      throw new InvalidStateError('upload-offset', `${row.receivedBytes} bytes are there`);
    const file = await ofTheDisk(() => open(this.#files.originalOf(documentId), 'r+'));
    try {
      // what was not synced is not counted
      await ofTheDisk(() => file.truncate(offset));
      const { bytes, error } = await this.#write(file, row, stream);
      const updated = bytes === 0 ? row : await this.#keep(file, row, bytes);
      if (error) throw error;
      return updated;
    } finally {
      await file.close();
    }
  }

  /** As many bytes as came, and why there are no more. */
  async #write(file: FileHandle, row: DocumentRow, stream: Readable): Promise<{ bytes: number; error?: unknown }> {
    const { receivedBytes, sizeBytes } = row;
    let bytes = 0;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        if (receivedBytes + bytes + chunk.length > sizeBytes)
          throw new ProtocolError('bad-message', `more than the ${sizeBytes} bytes that were announced`);
        await this.#files.requireRoomFor(chunk.length);
        await ofTheDisk(() => writeWhole(file, chunk, receivedBytes + bytes));
        bytes += chunk.length;
      }
      return { bytes };
    } catch (error) {
      return { bytes, error };
    }
  }

  async #keep(file: FileHandle, row: DocumentRow, bytes: number): Promise<DocumentRow> {
    await ofTheDisk(() => file.sync());
    const receivedBytes = row.receivedBytes + bytes;
    const state = receivedBytes === row.sizeBytes ? 'waiting' : 'uploading';
    const kept = { receivedBytes, state, usedAtMs: Date.now() } as const;
    const { numUpdatedRows } = await this.#store.write((trx) =>
      trx.updateTable('document').set(kept).where('documentId', '=', row.documentId).executeTakeFirst(),
    );
    if (numUpdatedRows === 0n) throw new ProtocolError('not-found', 'no such document');
    return { ...row, ...kept };
  }
}

/** A write to a disk that runs full may write less, and reports nothing. */
async function writeWhole(file: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let done = 0; done < chunk.length; )
    done += (await file.write(chunk, done, chunk.length - done, position + done)).bytesWritten;
}
