/**
 * Looks for feeds at two places, the folder that people put them in and the installed release, and takes in what is new there.
 * A feed that is refused leaves what was offered before, and is a fault with its reason until a feed is taken in, or it is gone.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type FeedRefusal, METADATA_FOLDER, OBJECTS_FOLDER, TARGETS_FOLDER } from '#contract/update-feed.ts';
import { FeedError } from '#edge/signed-releases/feed-error.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { type AlertBook, OF_ORGANISATION } from '../alerts/index.ts';
import { appendAudit } from '../audit/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import type { FeedLibrary } from './feed-library.ts';

export type FeedSourceFolder = {
  name: 'incoming' | 'installed';
  folder: string;
};
export type FeedFault = { refusal: FeedRefusal; detail: string; atMs: number };
type FeedIntakeDependencies = {
  store: AuthorityStore;
  library: FeedLibrary;
  book: Pick<AlertBook, 'raise' | 'clear'>;
  sources: readonly FeedSourceFolder[];
  /** releases that rollouts name */
  named: () => ReadonlySet<string>;
  clock: Pick<WallClock, 'nowMs'>;
  logger: Logger;
  lookEveryMs?: number;
};

/** Faults of what was taken in before. */
const HELD = 'held';
/** A folder that is still being copied into has changed by the next look. */
const LOOK_EVERY_MS = 5_000;
/** of a folder, that are looked at */
const MOST_FILES = 100_000;

export class FeedIntake {
  readonly #deps: FeedIntakeDependencies;
  /** by source: as it was at the last look, and when it was judged; `well`: in short, when it was taken in */
  readonly #stamps = new Map<string, { seen: string; judged: string; well: string }>();
  readonly #faults = new Map<string, FeedFault>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(deps: FeedIntakeDependencies) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { store, library, sources, lookEveryMs = LOOK_EVERY_MS } = this.#deps;
    for (const { name, folder } of sources)
      if (name === 'incoming') await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const { source, stamp, refusal, detail, atMs } of await store.read
      .selectFrom('feedFault')
      .selectAll()
      .execute()) {
      this.#faults.set(source, { refusal, detail, atMs });
      // as it is, it was refused before: nobody is notified of it again
      this.#stamps.set(source, { seen: stamp, judged: stamp, well: '' });
    }
    try {
      const refused = await library.start();
      if (refused) await this.#setFault(HELD, '', refused);
      else await this.#clearFault(HELD);
    } catch (error) {
      await this.#setFault(HELD, '', asFeedError(error));
    }
    this.#timer = setInterval(() => void this.look(), lookEveryMs);
    this.#timer.unref();
  }
  /** What is being taken in is begun anew at the next start. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** The newest; null: none. */
  get fault(): FeedFault | null {
    return [...this.#faults.values()].sort((a, b) => b.atMs - a.atMs)[0] ?? null;
  }

  look(): Promise<void> {
    this.#looking = this.#looking
      .then(() => this.#lookAll())
      .catch((error: unknown) => this.#deps.logger.error({ err: error }, 'feeds not looked at'));
    return this.#looking;
  }

  async #lookAll(): Promise<void> {
    for (const source of this.#deps.sources) {
      const known = this.#stamps.get(source.name) ?? { seen: '', judged: '', well: '' };
      const folder = await realpath(source.folder).catch(() => null);
      const short = folder === null ? '' : await shortStampOf(folder);
      if (folder === null || short === '') {
        // taken away again: with it goes what was wrong with it
        if (known.judged !== '') await this.#clearFault(source.name);
        this.#stamps.delete(source.name);
        continue;
      }
      if (short === known.well) continue;
      const stamp = await stampOf(folder, short);
      const isDue = stamp === known.seen && stamp !== known.judged;
      const well = isDue && (await this.#judge(source, folder, stamp)) ? short : known.well;
      this.#stamps.set(source.name, { seen: stamp, judged: isDue ? stamp : known.judged, well });
    }
    await this.#lookAtHeld();
  }

  /** Nobody has renewed it: rooms would refuse all that is offered. */
  async #lookAtHeld(): Promise<void> {
    const { library, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const expiries = [...library.releases.values()].flatMap(({ feeds }) => [...feeds.values()]);
    if (expiries.length === 0 || expiries.some((expiresAtMs) => expiresAtMs > nowMs) || this.#faults.has(HELD)) return;
    await this.#setFault(
      HELD,
      '',
      new FeedError('expired', 'the feed that the server holds has expired; bring a renewed one'),
    );
  }

  /** @returns whether it is taken in, or nothing is wrong with it */
  async #judge({ name }: FeedSourceFolder, folder: string, stamp: string): Promise<boolean> {
    const { library, logger, named, store } = this.#deps;
    try {
      const isNew = await library.takeIn(folder, named());
      if (isNew) {
        const releases = [...library.releases.keys()].join(' ');
        await store.write((trx) =>
          appendAudit(trx, {
            kind: 'feed-imported',
            actor: 'fleet',
            subject: 'fleet',
            details: { source: name, releases },
          }),
        );
        logger.info({ source: name, releases }, 'releases taken in');
        await this.#clearFault(HELD);
      }
      await this.#clearFault(name);
      return true;
    } catch (thrown) {
      const error = asFeedError(thrown);
      // the server's own release stays installed when a newer feed was brought since
      if (name === 'installed' && error.refusal === 'older') {
        logger.info({ source: name, reason: error.message }, 'the installed releases are older than those held');
        return true;
      }
      await this.#setFault(name, stamp, error);
      return false;
    }
  }

  async #setFault(source: string, stamp: string, { refusal, message }: FeedError): Promise<void> {
    const { store, clock, logger } = this.#deps;
    const former = this.#faults.get(source);
    const detail = message.slice(0, 300);
    if (former?.refusal === refusal && former.detail === detail && stamp === '') return this.#settleAlert();
    const fault = { refusal, detail, atMs: clock.nowMs() };
    await store.write(async (trx) => {
      await trx
        .insertInto('feedFault')
        .values({ source, stamp, ...fault })
        .onConflict((c) => c.column('source').doUpdateSet({ stamp, ...fault }))
        .execute();
      const details = { source, refusal, detail };
      await appendAudit(trx, { kind: 'feed-refused', actor: 'fleet', subject: 'fleet', details });
    });
    logger.warn({ source, refusal, detail }, 'a feed is refused');
    this.#faults.set(source, fault);
    await this.#settleAlert();
  }

  async #clearFault(source: string): Promise<void> {
    if (!this.#faults.has(source)) return;
    await this.#deps.store.write((trx) => trx.deleteFrom('feedFault').where('source', '=', source).execute());
    this.#faults.delete(source);
    await this.#settleAlert();
  }

  async #settleAlert(): Promise<void> {
    const { book } = this.#deps;
    const { fault } = this;
    if (fault) await book.raise('feed-refused', OF_ORGANISATION, { reason: fault.refusal, detail: fault.detail });
    else await book.clear('feed-refused', OF_ORGANISATION);
  }
}

const asFeedError = (error: unknown): FeedError =>
  error instanceof FeedError ? error : new FeedError('disk', String(error), { cause: error });

/** Names, sizes and times of its metadata, and when files came beside it. Empty: no feed. */
async function shortStampOf(folder: string): Promise<string> {
  const metadata = await stampsIn(join(folder, METADATA_FOLDER));
  if (metadata.length === 0) return '';
  const folders = await Promise.all(
    [TARGETS_FOLDER, OBJECTS_FOLDER].map(async (name) => (await stat(join(folder, name)).catch(() => null))?.mtimeMs),
  );
  return digestOf([...metadata, ...folders.map(String)]);
}

/** Also of each of its files: a large one may still be growing. */
async function stampOf(folder: string, short: string): Promise<string> {
  const targets = await stampsIn(join(folder, TARGETS_FOLDER));
  return digestOf([short, ...targets, ...(await stampsIn(join(folder, OBJECTS_FOLDER)))]);
}

async function stampsIn(folder: string): Promise<string[]> {
  const stamps: string[] = [];
  for (const name of (await readdir(folder).catch(() => [])).sort().slice(0, MOST_FILES)) {
    const found = await stat(join(folder, name)).catch(() => null);
    stamps.push(`${name} ${found?.size} ${found?.mtimeMs}`);
  }
  return stamps;
}

const digestOf = (parts: readonly string[]): string => createHash('sha256').update(parts.join('\n')).digest('hex');
