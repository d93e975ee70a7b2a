/**
 * A broadcast's files: the recording, to which each part is appended and which is synced each second, and small files beside it. Where the
 * disk is nearly full nothing is kept, until there is room again.
 */
import { constants, type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { livePaths } from '#contract/live-delivery.ts';
import { requireDiskRoom } from '#edge/disk-room.ts';
import { UNKEPT, UNKEPT_BYTES, type UnkeptEnd } from './replay.ts';

export type RecorderOptions = {
  folder: string;
  /** the disk is full, or has room again */
  onDisk: (isFull: boolean) => void;
  log: (what: string, details: object) => void;
  /** throws where there is no room for so many bytes; for tests */
  requireRoom?: (folder: string, bytes: number) => Promise<void>;
};

const SYNC_MS = 1_000;
const LOOK_MS = 1_700;
/** Half a minute of a broadcast. */
const ROOM_BYTES = 16 * 1024 * 1024;

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #path: string;
  #file: FileHandle | null = null;
  #unkept: FileHandle | null = null;
  #sizeBytes = 0;
  #initBytes = 0;
  #isFull = false;
  #isAfterHole = false;
  #isDirty = false;
  #last: Promise<unknown> = Promise.resolve();
  #sync: NodeJS.Timeout | undefined;
  #look: NodeJS.Timeout | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#path = join(options.folder, livePaths.recording);
  }

  get isFull(): boolean {
    return this.#isFull;
  }
  /** 0: no part is kept, so there is nothing to play. */
  get sizeBytes(): number {
    return this.#sizeBytes > this.#initBytes ? this.#sizeBytes : 0;
  }

  /** @param wholeBytes of what is there already; what follows is cut off. 0: `init` begins it */
  start(init: Buffer, wholeBytes: number): void {
    this.#sizeBytes = wholeBytes;
    this.#initBytes = init.length;
    void this.#queue(() => this.#open(init));
    this.#sync = setInterval(() => void this.#syncNow(), SYNC_MS);
    this.#look = setInterval(() => this.#queue(() => this.#lookForRoom(init)), LOOK_MS);
  }

  /**
   * @param isSegmentStart after a hole, the recording goes on with a whole segment
   * @returns where it starts in the recording; null: it is not kept
   */
  append(bytes: Buffer, isSegmentStart: boolean): Promise<number | null> {
    return this.#queue(async () => {
      if (isSegmentStart) this.#isAfterHole = false;
      if (this.#isFull || this.#isAfterHole || !this.#file) return null;
      const offset = this.#sizeBytes;
      await this.#write(this.#file, bytes, offset);
      this.#sizeBytes = offset + bytes.length;
      this.#isDirty = true;
      return offset;
    });
  }

  /** Of a part that was not kept: it is on air all the same. In place, and waited for by nobody. */
  noteUnkept(end: UnkeptEnd): void {
    void this.#unkept?.write(JSON.stringify(end).padEnd(UNKEPT_BYTES), 0).catch(() => {});
  }

  /** For nginx, which must find it whole or not at all: missing where the disk was full. */
  writeBeside(name: string, bytes: Buffer): Promise<unknown> {
    return this.#queue(async () => {
      if (this.#isFull) return;
      const path = join(this.#options.folder, name);
      await writeFile(`${path}.new`, bytes, { mode: 0o640 });
      await rename(`${path}.new`, path);
    });
  }

  async removeBeside(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => rm(join(this.#options.folder, name), { force: true }).catch(() => {})));
  }

  /** All that was appended is on the disk. */
  async close(): Promise<void> {
    clearInterval(this.#sync);
    clearInterval(this.#look);
    await this.#last;
    // of a part that there was no room for
    if (this.#isFull) await this.#file?.truncate(this.#sizeBytes).catch(() => {});
    await this.#syncNow();
    await this.#file?.close().catch(() => {});
    await this.#unkept?.close().catch(() => {});
    this.#file = null;
    this.#unkept = null;
  }

  async #open(init: Buffer): Promise<void> {
    this.#file ??= await open(this.#path, this.#sizeBytes === 0 ? 'w+' : 'r+', 0o640);
    await this.#file.truncate(this.#sizeBytes);
    this.#unkept ??= await this.#openUnkept();
    if (this.#sizeBytes > 0) return;
    await this.#write(this.#file, init, 0);
    await writeFile(join(this.#options.folder, livePaths.init), init, { mode: 0o640 });
    this.#sizeBytes = init.length;
    this.#isDirty = true;
  }

  async #openUnkept(): Promise<FileHandle> {
    // what stands in it counts until something newer does
    const file = await open(join(this.#options.folder, UNKEPT), constants.O_RDWR | constants.O_CREAT, 0o640);
    const { size } = await file.stat();
    if (size < UNKEPT_BYTES) await this.#write(file, Buffer.alloc(UNKEPT_BYTES, ' '), 0);
    return file;
  }

  async #write(file: FileHandle, bytes: Buffer, offset: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
      done += bytesWritten;
    }
  }

  async #syncNow(): Promise<void> {
    if (!this.#isDirty || !this.#file) return;
    this.#isDirty = false;
    try {
      await this.#file.datasync();
    } catch (err) {
      this.#options.log('the recording cannot be synced', { err });
    }
  }

  async #lookForRoom(init: Buffer): Promise<void> {
    const requireRoom = this.#options.requireRoom ?? requireDiskRoom;
    const hasRoom = await requireRoom(this.#options.folder, ROOM_BYTES).then(
      () => true,
      () => false,
    );
    if (hasRoom === !this.#isFull) return;
    if (hasRoom) await this.#open(init);
    this.#setFull(!hasRoom);
  }

  #setFull(isFull: boolean, err?: unknown): void {
    if (this.#isFull === isFull) return;
    this.#isFull = isFull;
    this.#isAfterHole = true;
    this.#options.log(isFull ? 'nothing is kept: the disk is full or broken' : 'there is room: it is kept again', {
      err,
    });
    this.#options.onDisk(isFull);
  }

  /** One after the other. What fails is not kept, and neither is what follows until there is room. */
  #queue<T>(work: () => Promise<T>): Promise<T | null> {
    const done = this.#last.then(work).catch(async (err: unknown) => {
      this.#setFull(true, err);
      return null;
    });
    this.#last = done;
    return done;
  }
}
