/** The notice and the pictures of the idle TV: fetches each picture once, keeps it, and names those that can be shown. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { ProtocolError } from '#contract/error-codes.ts';
import { retryAfterMs } from '#contract/retry-after.ts';
import type { IdleFrame } from '#contract/screen-link.ts';
import type { SectionValues } from '#contract/settings/all-settings.ts';
import { renameDurably } from '#edge/durable-file.ts';

export type IdleShowOptions = {
  dataDir: string;
  /** @throws ProtocolError not-found: the fleet has it no more */
  fetchPicture: (signageKey: string) => Promise<Buffer>;
  onChange: () => void;
  logger: Logger;
  /** tests shorten it */
  pauses?: { firstMs: number; longestMs: number };
};
type Values = SectionValues<'idle'>;

const PAUSES = { firstMs: 2_000, longestMs: 5 * 60_000 };
const fileOf = (signageKey: string): string => `${signageKey}.webp`;
const keyOf = (file: Buffer): string => createHash('sha256').update(file).digest('hex');

export class IdleShow {
  readonly folder: string;
  readonly #options: IdleShowOptions;
  readonly #kept = new Set<string>();
  #values: Values;
  #isFetching = false;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(options: IdleShowOptions, values: Values) {
    this.#options = options;
    this.#values = values;
    this.folder = join(options.dataDir, 'signage');
  }

  /** What was kept is shown at once: only what is whole. */
  start(): void {
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      for (const name of readdirSync(this.folder)) {
        const signageKey = name.replace(/\.webp$/, '');
        if (keyOf(readFileSync(join(this.folder, name))) === signageKey) this.#kept.add(signageKey);
        else this.#remove(join(this.folder, name));
      }
    } catch (error) {
      this.#options.logger.error({ err: error }, 'idle TV: pictures cannot be kept');
    }
    this.apply(this.#values);
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#retry);
  }

  apply(values: Values): void {
    this.#values = values;
    for (const signageKey of this.#kept)
      if (!values.signage.includes(signageKey)) {
        this.#kept.delete(signageKey);
        this.#remove(join(this.folder, fileOf(signageKey)));
      }
    this.#options.onChange();
    this.#fetchSoon();
  }

  onFleet(online: boolean): void {
    if (online) this.#fetchSoon();
  }

  get frame(): IdleFrame {
    const { noticeText, noticeTone, noticeUntilMs, signage, signageSeconds } = this.#values;
    return {
      notice: noticeText === null ? null : { text: noticeText, tone: noticeTone, untilMs: noticeUntilMs },
      pictures: signage.filter((signageKey) => this.#kept.has(signageKey)),
      secondsEach: signageSeconds,
    };
  }

  /** What cannot be removed lies there until the next start. */
  #remove(path: string): void {
    try {
      unlinkSync(path);
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'idle TV: a picture could not be removed');
    }
  }

  #fetchSoon(): void {
    clearTimeout(this.#retry);
    this.#failures = 0;
    void this.#fetchMissing();
  }

  /** One after the other: the room's line may be a thin one. */
  async #fetchMissing(): Promise<void> {
    if (this.#isFetching || this.#isOver) return;
    this.#isFetching = true;
    const gone = new Set<string>();
    const missing = () => this.#values.signage.find((key) => !this.#kept.has(key) && !gone.has(key));
    try {
      for (let signageKey = missing(); signageKey !== undefined && !this.#isOver; signageKey = missing())
        if (!(await this.#fetch(signageKey))) gone.add(signageKey);
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'idle TV: a picture could not be fetched, trying again later');
      const pauseMs = retryAfterMs(this.#failures, this.#options.pauses ?? PAUSES);
      this.#failures += 1;
      if (!this.#isOver) this.#retry = setTimeout(() => void this.#fetchMissing(), pauseMs);
    } finally {
      this.#isFetching = false;
    }
  }

  /** False: there is no such picture for this room. */
  async #fetch(signageKey: string): Promise<boolean> {
    const { fetchPicture, onChange, logger } = this.#options;
    let file: Buffer;
    try {
      file = await fetchPicture(signageKey);
    } catch (error) {
      if (error instanceof ProtocolError && error.code === 'not-found') return false;
      throw error;
    }
    if (keyOf(file) !== signageKey) {
      logger.error({ signageKey }, 'idle TV: what came is another picture');
      return false;
    }
    const path = join(this.folder, fileOf(signageKey));
    await writeFile(`${path}.new`, file, { mode: 0o600 });
    await renameDurably(`${path}.new`, path);
    if (this.#values.signage.includes(signageKey)) {
      this.#kept.add(signageKey);
      onChange();
    } else this.#remove(path);
    return true;
  }
}
