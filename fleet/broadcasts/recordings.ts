/**
 * What is kept of broadcasts and recordings: from the packager's `ended` to the MP4 with chapters, served as a replay meanwhile and
 * after, fetched, and deleted by hand or when its time is over. What is on the way is found in the rows after any restart.
 */
import { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Chapter } from '#contract/broadcast.ts';
import { InvalidStateError, OperationalError, ProtocolError, UserError } from '#contract/error-codes.ts';
import type { RecordingPolicy } from '#contract/http/broadcasts-api.ts';
import type { FromPackager } from '#contract/packager-link.ts';
import type { Language } from '#contract/schema.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { appendAudit } from '../audit/index.ts';
import type { Download } from '../http/route.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import { RECORDING_POLICY_SETTING, recordingPolicyIn } from './broadcast-rights.ts';
import {
  broadcastIn,
  chaptersIn,
  presenterIn,
  recordedIn,
  type StoredBroadcast,
  updateBroadcast,
} from './broadcast-rows.ts';
import { KeptCaptions } from './broadcast-captions.ts';
import type { Packaging } from './packaging.ts';
import { RecordingFiles, type Space } from './recording-files.ts';

export type RecordingsDependencies = {
  store: AuthorityStore;
  packaging: Pick<Packaging, 'onEvent' | 'onHello' | 'isOpen'> & {
    link: Pick<Packaging['link'], 'end' | 'finish' | 'serve' | 'forget'>;
  };
  dataDir: string;
  clock: Pick<WallClock, 'settledNowMs'>;
  /** of a room's TV; null: no room */
  languageOf: (roomId: string | null) => Language;
  onChanged: (meetingId: string) => void;
  logger: Logger;
};
type Ended = Extract<FromPackager, { name: 'ended' }>;
/** Who fetches: one line of the audit log for all parts that a browser asks for. */
type Fetcher = { actor: string; key: string };

const LOOK_MS = 3_600_000;
const DAY_MS = 86_400_000;
const SPACE_KNOWN_MS = 30_000;
/** the same person's requests for one recording are one download */
const ONE_DOWNLOAD_MS = 3_600_000;
/** so that 2,000 of them are one message to the packager */
const MAX_CHAPTER_LENGTH = 100;
const HOLD_WORDS: Record<Language, string> = { en: 'Paused', ko: '일시 중지' };

export class Recordings {
  readonly #deps: RecordingsDependencies;
  readonly #files: RecordingFiles;
  readonly #captions = new KeptCaptions();
  /** by broadcast: downloads under way */
  readonly #fetched = new Map<string, Set<Readable>>();
  /** by recording and fetcher, by performance.now() */
  readonly #audited = new Map<string, number>();
  #space: { of: Promise<Space>; atMs: number } | null = null;
  #looking: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: RecordingsDependencies) {
    this.#deps = deps;
    this.#files = new RecordingFiles(deps);
  }

  async start(): Promise<void> {
    const { packaging } = this.#deps;
    await this.#files.start();
    packaging.onEvent((event) => {
      if (event.name === 'ended') this.#do('the end of a recording is not kept', () => this.#onEnded(event));
      if (event.name === 'finished' || event.name === 'finish-failed')
        this.#do('a recording is not kept as finished', () => this.#onFinished(event));
    });
    packaging.onHello(() => this.#do('recordings not ended', () => this.#endInterrupted()));
    await this.#serveAll();
    this.#timer = setInterval(() => void this.look(), LOOK_MS);
    this.#timer.unref();
    void this.look();
  }
  stop(): void {
    clearInterval(this.#timer);
  }

  async policy(): Promise<RecordingPolicy> {
    return recordingPolicyIn(this.#deps.store);
  }

  /** What is due by it goes with the next look, within the hour. */
  async setPolicy(policy: RecordingPolicy, by: string): Promise<void> {
    await this.#deps.store.write(async (trx) => {
      const value = JSON.stringify(policy);
      await trx
        .insertInto('setting')
        .values({ name: RECORDING_POLICY_SETTING, value })
        .onConflict((c) => c.column('name').doUpdateSet({ value }))
        .execute();
      const details = { ...policy };
      await appendAudit(trx, { kind: 'recording-policy-changed', actor: by, subject: 'organisation', details });
    });
  }

  /** Measured again after half a minute. */
  async space(): Promise<Space> {
    const nowMs = performance.now();
    if (!this.#space || nowMs - this.#space.atMs > SPACE_KNOWN_MS) {
      const of = this.#files.space();
      this.#space = { of, atMs: nowMs };
      // not kept for those who ask later
      of.catch(() => {
        this.#space = null;
      });
    }
    return this.#space.of;
  }

  /**
   * @returns null: it is being made
   * @throws UserError recording-not-allowed; ProtocolError not-found: it was deleted; InvalidStateError not-possible-now: it has
   * not ended; OperationalError recording-failed
   */
  async open(broadcast: StoredBroadcast, mayDownload: boolean, fetcher: Fetcher): Promise<Download | null> {
    const { broadcastId, recording, phase } = broadcast;
    if (recording === 'none' || recording === 'deleted') throw gone();
    if (!mayDownload) throw new UserError('recording-not-allowed');
    if (phase !== 'ended') throw new InvalidStateError('not-possible-now', 'it has not ended');
    if (recording === 'failed') throw new OperationalError('recording-failed', 'its file could not be made');
    if (recording !== 'ready') return null;
    const opened = await this.#files.openFinal(broadcastId);
    if (!opened) throw new OperationalError('recording-failed', 'its file is not there');
    const { file, sizeBytes } = opened;
    try {
      await this.#auditDownload(broadcast, fetcher);
    } catch (error) {
      await file.close();
      throw error;
    }
    return {
      contentType: 'video/mp4',
      fileName: fileNameOf(broadcast, 'mp4'),
      sizeBytes,
      etag: `"${broadcastId}-${sizeBytes}"`,
      open: (range) => this.#streaming(broadcastId, file.createReadStream(range)),
      close: () => file.close(),
    };
  }

  /** For who watches it. @throws ProtocolError not-found: nobody can watch it yet, or nothing is kept of it */
  async captions(broadcast: StoredBroadcast): Promise<Download> {
    const recorded = broadcast.phase === 'ended' ? await this.#files.recorded(broadcast.broadcastId) : null;
    if (broadcast.phase === 'ended' && recorded === null) throw gone();
    const text = await this.#captions.of(this.#deps.store.read, broadcast, recorded);
    return {
      stream: Readable.from([text]),
      contentType: 'text/vtt; charset=utf-8',
      fileName: fileNameOf(broadcast, 'vtt'),
      sizeBytes: Buffer.byteLength(text),
    };
  }

  /**
   * Files gone, who replays or fetches it is out at once; its row stays.
   * @throws ProtocolError not-found: nothing is kept; InvalidStateError not-possible-now: it has not ended
   */
  async delete(broadcastId: string, by: string): Promise<void> {
    const { store, packaging } = this.#deps;
    const deleted = await store.write(async (trx) => {
      const before = await broadcastIn(trx, broadcastId);
      if (!before || before.recording === 'none' || before.recording === 'deleted') throw gone();
      if (before.phase !== 'ended' || before.recording === 'growing')
        throw new InvalidStateError('not-possible-now', 'it has not ended');
      await updateBroadcast(trx, broadcastId, { recording: 'deleted', deletedAtMs: Date.now() });
      await audit(trx, before, 'recording-deleted', by);
      return before;
    });
    packaging.link.forget(broadcastId);
    for (const stream of this.#fetched.get(broadcastId) ?? []) stream.destroy();
    this.#deps.onChanged(deleted.meetingId);
    await this.#files.remove(broadcastId);
    this.#space = null;
  }

  /**
   * What is kept of a meeting that is not on air, with its chapters. @param upToMs what was made later stays; null: all of it
   * @throws as `delete`
   */
  async deleteAllOf(meetingId: string, by: string, upToMs: number | null): Promise<void> {
    const latestMs = upToMs ?? Number.MAX_SAFE_INTEGER;
    const { store } = this.#deps;
    const kept = await store.read
      .selectFrom('broadcast')
      .select('broadcastId')
      .where('meetingId', '=', meetingId)
      .where('recording', 'in', ['finishing', 'ready', 'failed'])
      .where('createdAtMs', '<=', latestMs)
      .execute();
    for (const { broadcastId } of kept)
      await this.delete(broadcastId, by).catch((error: unknown) => {
        // somebody else deletes it too
        if (!(error instanceof ProtocolError) || error.code !== 'not-found') throw error;
      });
    await store.write((trx) =>
      trx
        .deleteFrom('chapter')
        .where('broadcastId', 'in', (e) =>
          e
            .selectFrom('broadcast')
            .select('broadcastId')
            .where('meetingId', '=', meetingId)
            .where('recording', 'in', ['none', 'deleted'])
            .where('phase', 'in', ['ended', 'cancelled'])
            .where('createdAtMs', '<=', latestMs),
        )
        .execute(),
    );
  }

  /** Deletes what is due, and what nobody knows; tries again what could not be finished. Never throws. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      try {
        await this.#deleteDue();
        await this.#removeOrphans();
        for (const broadcast of await recordedIn(this.#deps.store.read, ['failed'])) await this.#finish(broadcast);
      } catch (error) {
        this.#deps.logger.error({ err: error }, 'recordings not looked after');
      }
    });
    return this.#looking;
  }

  async #deleteDue(): Promise<void> {
    const { store, clock, logger } = this.#deps;
    const { keptDays } = await this.policy();
    if (keptDays === null) return;
    // before the rows are read: a jump moves their times
    const nowMs = await clock.settledNowMs();
    const ended = await recordedIn(store.read, ['finishing', 'ready', 'failed']);
    for (const { broadcastId, keptSinceMs } of ended) {
      if (keptSinceMs === null || nowMs < keptSinceMs + keptDays * DAY_MS) continue;
      logger.info({ broadcastId, keptDays }, 'a recording is due');
      await this.delete(broadcastId, 'fleet');
    }
  }

  /** Folders without a row that needs one: we ended before they were removed. */
  async #removeOrphans(): Promise<void> {
    for (const broadcastId of await this.#files.broadcastIds()) {
      const broadcast = await broadcastIn(this.#deps.store.read, broadcastId);
      if (broadcast && isKept(broadcast)) continue;
      this.#deps.logger.info({ broadcastId }, 'a folder of no recording is removed');
      await this.#files.remove(broadcastId);
    }
  }

  /** Those that ended before this process started, without an answer of the packager. */
  async #endInterrupted(): Promise<void> {
    const { store, packaging } = this.#deps;
    for (const { broadcastId } of await recordedIn(store.read, ['growing']))
      if (!packaging.isOpen(broadcastId)) packaging.link.end(broadcastId);
  }

  /** Its link asks each packager for it again. */
  async #serveAll(): Promise<void> {
    for (const broadcast of await recordedIn(this.#deps.store.read, ['finishing', 'ready', 'failed'])) {
      this.#serve(broadcast.broadcastId);
      if (broadcast.recording === 'finishing') await this.#finish(broadcast);
    }
  }

  #serve(broadcastId: string): void {
    this.#deps.packaging.link.serve({ broadcastId, folder: this.#files.folderOf(broadcastId) });
  }

  async #finish(broadcast: StoredBroadcast): Promise<void> {
    const { broadcastId, title } = broadcast;
    const folder = this.#files.folderOf(broadcastId);
    const chapters = await this.#chaptersOf(broadcast);
    this.#deps.packaging.link.finish({ broadcastId, folder, title, chapters });
  }

  async #chaptersOf({ broadcastId, meetingId }: StoredBroadcast): Promise<Chapter[]> {
    const { store, languageOf } = this.#deps;
    const { roomId } = await presenterIn(store.read, meetingId);
    const language = languageOf(roomId);
    const chapters = await chaptersIn(store.read, broadcastId);
    return chapters.map((chapter) => ({
      ...chapter,
      title: chapter.kind === 'hold' ? HOLD_WORDS[language] : [...chapter.title].slice(0, MAX_CHAPTER_LENGTH).join(''),
    }));
  }

  async #onEnded({ broadcastId, durationMs, sizeBytes }: Ended): Promise<void> {
    const ended = await this.#deps.store.write(async (trx) => {
      const before = await broadcastIn(trx, broadcastId);
      if (before?.recording !== 'growing') return before;
      const recording = sizeBytes > 0 ? ('finishing' as const) : ('none' as const);
      const change = { recording, durationMs, sizeBytes, keptSinceMs: Date.now() };
      await updateBroadcast(trx, broadcastId, change);
      return { ...before, ...change };
    });
    if (!ended) return;
    if (ended.recording === 'finishing') {
      this.#serve(broadcastId);
      await this.#finish(ended);
    }
    this.#space = null;
    this.#deps.onChanged(ended.meetingId);
  }

  async #onFinished(event: Extract<FromPackager, { name: 'finished' | 'finish-failed' }>): Promise<void> {
    const { store, logger, onChanged } = this.#deps;
    const { broadcastId } = event;
    if (event.name === 'finish-failed')
      logger.error({ broadcastId, code: event.code, reason: event.message }, 'a recording could not be finished');
    const sizeBytes = await this.#files.sizeOf(broadcastId);
    const changed = await store.write(async (trx) => {
      const before = await broadcastIn(trx, broadcastId);
      if (before?.recording !== 'finishing' && before?.recording !== 'failed') return null;
      const recording = event.name === 'finished' ? 'ready' : 'failed';
      await updateBroadcast(trx, broadcastId, { recording, sizeBytes });
      return before;
    });
    this.#space = null;
    if (changed) onChanged(changed.meetingId);
  }

  async #auditDownload(broadcast: StoredBroadcast, { actor, key }: Fetcher): Promise<void> {
    const nowMs = performance.now();
    for (const [known, atMs] of this.#audited) if (nowMs - atMs > ONE_DOWNLOAD_MS) this.#audited.delete(known);
    const one = `${broadcast.broadcastId} ${key}`;
    if (this.#audited.has(one)) return;
    await this.#deps.store.write((trx) => audit(trx, broadcast, 'recording-downloaded', actor));
    this.#audited.set(one, nowMs);
  }

  #streaming(broadcastId: string, stream: Readable): Readable {
    const streams = this.#fetched.get(broadcastId) ?? new Set();
    this.#fetched.set(broadcastId, streams.add(stream));
    stream.on('close', () => {
      streams.delete(stream);
      if (streams.size === 0 && this.#fetched.get(broadcastId) === streams) this.#fetched.delete(broadcastId);
    });
    return stream;
  }

  #do(failed: string, work: () => Promise<void>): void {
    void work().catch((error: unknown) => this.#deps.logger.error({ err: error }, failed));
  }
}

const gone = (): ProtocolError => new ProtocolError('not-found', 'nothing is kept of it');

/** It has a folder, or may get one. */
const isKept = ({ phase, recording }: StoredBroadcast): boolean =>
  phase !== 'cancelled' && recording !== 'deleted' && (phase !== 'ended' || recording !== 'none');

/** As a person's folder shows it. */
function fileNameOf({ title, liveAtMs }: StoredBroadcast, extension: string): string {
  // the one calendar that sorts as it is written
  const day = new Date(liveAtMs ?? Date.now()).toLocaleDateString('sv-SE');
  return `${title} ${day}.${extension}`;
}

async function audit(
  trx: AuthorityWrite,
  { broadcastId, meetingId }: StoredBroadcast,
  kind: 'recording-deleted' | 'recording-downloaded',
  actor: string,
): Promise<void> {
  await appendAudit(trx, { kind, actor, subject: `meeting:${meetingId}`, details: { broadcastId } });
}
