/**
 * What is on air while the program is away: a few pictures that the program's own encoder made while it showed its title card, so that
 * they fit into its stream. Kept beside the recording, for a packager that was started again.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '#edge/durable-file.ts';
import type { CodedPicture } from './cutter.ts';

const FILE = 'slate.json';
/** A second of the program. */
const MOST_PICTURES = 30;
/** The page draws its card by then. */
const SETTLED_AFTER_MS = 3_000;

export class SlateRecorder {
  #under: CodedPicture[] | null = null;
  #firstKeyAtMs: number | null = null;
  #kept: readonly CodedPicture[] = [];
  #isSettled = false;
  #isFrozen = false;

  /** From an IDR on; empty: none has come. */
  get pictures(): readonly CodedPicture[] {
    return this.#kept.length > 0 ? this.#kept : (this.#under ?? []);
  }

  /** What comes from now on is the meeting. */
  freeze(): void {
    if (this.#kept.length > 0) this.#isFrozen = true;
  }

  /** The stream's parameters changed: what is kept does not fit any more. */
  clear(): void {
    this.#kept = [];
    this.#under = null;
    this.#isSettled = false;
  }

  /** @param isGood what arrives is no black picture, as far as is known */
  add(picture: CodedPicture, nowMs: number, isGood: boolean): void {
    if (this.#isFrozen || this.#isSettled) return;
    if (picture.isKey) {
      this.#firstKeyAtMs ??= nowMs;
      if (this.#under && isGood) this.#keep(this.#under, nowMs);
      this.#under = [];
    }
    if (this.#under && this.#under.length < MOST_PICTURES) this.#under.push(picture);
  }

  /** A picture was lost: what came before it still fits together. */
  cut(nowMs: number): void {
    if (this.#under && this.#under.length > 0 && this.#kept.length === 0) this.#keep(this.#under, nowMs);
    this.#under = null;
  }

  #keep(pictures: readonly CodedPicture[], nowMs: number): void {
    this.#kept = pictures;
    if (nowMs - (this.#firstKeyAtMs ?? nowMs) >= SETTLED_AFTER_MS) this.#isSettled = true;
  }

  /** @throws Node's error, e.g. ENOSPC */
  write(folder: string): void {
    const pictures = this.pictures.map(({ bytes, isKey }) => ({ bytes: bytes.toString('base64'), isKey }));
    writeDurably(join(folder, FILE), JSON.stringify(pictures));
  }

  /** Nothing where there is none. */
  read(folder: string): void {
    try {
      const pictures = JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as { bytes: string; isKey: boolean }[];
      this.#kept = pictures.map(({ bytes, isKey }) => ({ bytes: Buffer.from(bytes, 'base64'), isKey }));
      this.#isFrozen = this.#kept.length > 0;
    } catch {
      // it never went live, or its disk was full: the program's first pictures are used
      this.#kept = [];
    }
  }
}
