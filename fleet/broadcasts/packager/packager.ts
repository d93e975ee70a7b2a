/** All broadcasts of this machine: carries out what the fleet server sends, and reports. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MaruError } from '#contract/error-codes.ts';
import { livePaths } from '#contract/live-delivery.ts';
import { BROADCASTS_FOLDER, type FromPackager, type ToPackager } from '#contract/packager-link.ts';
import { Broadcast } from './broadcast.ts';
import { finish } from './finish.ts';
import { isReplayWritten, readClock, recoverReplay, ReplayTimeline, replaySize } from './replay.ts';
import type { Delivery } from './stream.ts';

export type PackagerOptions = {
  dataDir: string;
  delivery: Delivery;
  send: (message: FromPackager) => void;
  log: (what: string, details: object) => void;
  requireRoom?: (folder: string, bytes: number) => Promise<void>;
  /** for tests */
  openedWithinMs?: number;
};
/** A recording that nobody appended to for longer was not on air when its packager was killed. */
const RESUMED_WITHIN_MS = 60_000;
/** The fleet server opens what runs as soon as it is connected: what it does not open has ended. */
const OPENED_WITHIN_MS = 30_000;

type Message = Exclude<ToPackager, { name: 'hello' }>;

export class Packager {
  readonly #options: PackagerOptions;
  /** while it is opened, and then; ended ones stay until they are served or forgotten */
  readonly #broadcasts = new Map<string, { broadcast: Broadcast; opened: Promise<number> }>();
  /** on air since before the start; not opened again yet */
  readonly #resumed = new Set<string>();
  readonly #finishing = new Map<string, AbortController>();
  /** one at a time: calls come first */
  #finished: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: PackagerOptions) {
    this.#options = options;
  }

  /** Nothing is on air, and no recording is being made of what was. */
  get isIdle(): boolean {
    const isOnAir = [...this.#broadcasts.values()].some(({ broadcast }) => broadcast.timeline.phase !== 'ended');
    return !isOnAir && this.#finishing.size === 0;
  }

  /** What was on air when the packager was killed goes on, also while the fleet server is away. */
  resume(): void {
    const folder = join(this.#options.dataDir, BROADCASTS_FOLDER);
    if (!existsSync(folder)) return;
    for (const broadcastId of readdirSync(folder)) {
      const open = onAirIn(join(folder, broadcastId), broadcastId);
      if (!open) continue;
      this.#resumed.add(broadcastId);
      this.#attempt(broadcastId, this.#open(open));
    }
  }

  /** The fleet server is connected. */
  onConnected(): void {
    const { openedWithinMs = OPENED_WITHIN_MS } = this.#options;
    if (this.#resumed.size > 0) setTimeout(() => this.#stopEnded(), openedWithinMs).unref();
  }

  #stopEnded(): void {
    for (const broadcastId of this.#resumed) {
      const { broadcast } = this.#broadcasts.get(broadcastId) ?? {};
      this.#broadcasts.delete(broadcastId);
      this.#options.delivery.forget(broadcastId);
      this.#options.log('nobody opened what was on air', { broadcastId });
      if (broadcast) this.#attempt(broadcastId, broadcast.stop());
    }
    this.#resumed.clear();
  }

  handle(message: Message): void {
    const { log, delivery } = this.#options;
    switch (message.name) {
      case 'open':
        this.#resumed.delete(message.broadcastId);
        this.#attempt(message.broadcastId, this.#open(message));
        return;
      case 'go-live':
        this.#broadcasts.get(message.broadcastId)?.broadcast.goLive();
        return;
      case 'end':
        this.#resumed.delete(message.broadcastId);
        this.#attempt(message.broadcastId, this.#end(message.broadcastId));
        return;
      case 'drop':
        this.#attempt(message.broadcastId, this.#drop(message.broadcastId));
        return;
      case 'finish':
        this.#finish(message);
        return;
      case 'serve':
        // one that has ended in this process is served with what it has in memory
        if (this.#broadcasts.get(message.broadcastId)?.broadcast.timeline.phase === 'ended')
          this.#broadcasts.delete(message.broadcastId);
        if (!this.#broadcasts.has(message.broadcastId)) {
          this.#recover(message.folder);
          delivery.serve(new ReplayTimeline(message.broadcastId, message.folder));
        }
        return;
      case 'forget':
        delivery.forget(message.broadcastId);
        this.#broadcasts.delete(message.broadcastId);
        return;
      case 'revoke':
        delivery.revoke(message.viewingIds);
        return;
      default:
        log('no such message', { message: message satisfies never });
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const aborted of this.#finishing.values()) aborted.abort();
    await Promise.all([...this.#broadcasts.values()].map(({ broadcast }) => broadcast.stop()));
  }

  #attempt(broadcastId: string, work: Promise<void>): void {
    void work.catch((err: unknown) => this.#options.log('a broadcast failed', { err, broadcastId }));
  }

  async #open(open: ToPackager & { name: 'open' }): Promise<void> {
    const { delivery, send, log, requireRoom } = this.#options;
    const { broadcastId, folder } = open;
    if (isReplayWritten(folder)) {
      this.#sendEnded(broadcastId, folder);
      return;
    }
    let opened = this.#broadcasts.get(broadcastId);
    if (!opened) {
      const broadcast = new Broadcast({
        open,
        deliver: (timeline) => delivery.serve(timeline),
        onHealth: (health) =>
          send({ name: 'health', broadcastId, ...health, watching: delivery.watching(broadcastId) }),
        log: (what, details) => log(what, { broadcastId, ...details }),
        ...(requireRoom && { requireRoom }),
      });
      opened = { broadcast, opened: broadcast.start() };
      this.#broadcasts.set(broadcastId, opened);
    }
    const mediaPort = await opened.opened;
    if (open.wentLiveAtMs !== null) opened.broadcast.goLive();
    send({ name: 'opened', broadcastId, mediaPort });
  }

  async #end(broadcastId: string): Promise<void> {
    const opened = this.#broadcasts.get(broadcastId);
    if (!opened) {
      const folder = join(this.#options.dataDir, BROADCASTS_FOLDER, broadcastId);
      this.#recover(folder);
      this.#sendEnded(broadcastId, folder);
      return;
    }
    await opened.opened;
    const ended = await opened.broadcast.end();
    this.#options.send({ name: 'ended', broadcastId, ...ended });
  }

  /** Its packager was killed, and nobody opened it again before its end. */
  #recover(folder: string): void {
    try {
      if (!isReplayWritten(folder)) recoverReplay(folder);
    } catch (err) {
      this.#options.log('a recording has no index', { err });
    }
  }

  #sendEnded(broadcastId: string, folder: string): void {
    const size = replaySize(folder) ?? { durationMs: 0, sizeBytes: 0 };
    this.#options.send({ name: 'ended', broadcastId, ...size });
  }

  async #drop(broadcastId: string): Promise<void> {
    const opened = this.#broadcasts.get(broadcastId);
    if (!opened) return;
    this.#broadcasts.delete(broadcastId);
    this.#options.delivery.forget(broadcastId);
    await opened.opened;
    await opened.broadcast.stop();
    await rm(opened.broadcast.timeline.folder, { recursive: true, force: true });
  }

  #finish({ broadcastId, folder, title, chapters }: ToPackager & { name: 'finish' }): void {
    if (this.#finishing.has(broadcastId)) return;
    const aborted = new AbortController();
    this.#finishing.set(broadcastId, aborted);
    const { send, requireRoom, log } = this.#options;
    this.#finished = this.#finished.then(async () => {
      try {
        const work = { folder, title, chapters, signal: aborted.signal, ...(requireRoom && { requireRoom }) };
        send({ name: 'finished', broadcastId, sizeBytes: await finish(work) });
      } catch (error) {
        if (this.#isStopped) return;
        log('a recording could not be finished', {
          err: error,
          broadcastId,
          isThere: existsSync(join(folder, livePaths.recording)),
        });
        const code = error instanceof MaruError ? error.code : 'recording-failed';
        const text = error instanceof Error ? error.message : String(error);
        send({ name: 'finish-failed', broadcastId, code, message: text.slice(0, 500) });
      } finally {
        this.#finishing.delete(broadcastId);
      }
    });
  }
}

/** Null: it is not on air, as far as its folder shows. */
function onAirIn(folder: string, broadcastId: string): (ToPackager & { name: 'open' }) | null {
  const clock = readClock(folder);
  if (!clock || isReplayWritten(folder)) return null;
  const { mtimeMs } = statSync(join(folder, livePaths.recording), { throwIfNoEntry: false }) ?? { mtimeMs: 0 };
  if (Date.now() - mtimeMs > RESUMED_WITHIN_MS) return null;
  const quality = { height: 720, partMs: clock.partMs } as const;
  return { name: 'open', broadcastId, kind: 'broadcast', folder, quality, wentLiveAtMs: Math.round(clock.epochMs) };
}
