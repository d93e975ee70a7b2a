/** The fleet server's hold on the packager: its link, shared by live broadcasts and recordings, and the last health of each. */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { BROADCASTS_FOLDER } from '#contract/packager-link.ts';
import type { ProcessStatus } from '#edge/process-link.ts';
import type { StoredBroadcast } from './broadcast-rows.ts';
import { type PackagerEvent, type PackagerHello, PackagerLink } from './packager/client.ts';

export type PackagerHealth = Omit<Extract<PackagerEvent, { name: 'health' }>, 'name' | 'broadcastId'>;
export type PackagingDependencies = {
  dataDir: string;
  hello: () => Promise<PackagerHello>;
  logger: Logger;
};

/** nginx, which may serve the files, is of our group where IT has made it so */
const FOLDER_MODE = 0o750;
const REVOKED_AT_ONCE = 1_000;

export class Packaging {
  readonly link: PackagerLink;
  readonly #root: string;
  readonly #logger: Logger;
  /** not ended yet */
  readonly #open = new Map<string, { isLive: boolean; isEnding: boolean }>();
  readonly #healths = new Map<string, PackagerHealth>();
  readonly #helloHandlers: (() => void)[] = [];
  readonly #eventHandlers: ((event: PackagerEvent) => void)[] = [];
  readonly #statusHandlers: (() => void)[] = [];

  constructor({ dataDir, hello, logger }: PackagingDependencies) {
    this.#root = join(dataDir, BROADCASTS_FOLDER);
    this.#logger = logger;
    this.link = new PackagerLink({
      dataDir,
      hello,
      onEvent: (event) => this.#onEvent(event),
      onStatus: (status, port) => {
        logger.info({ status, port }, 'packager');
        // what it saw is no news any more
        if (status.is === 'away') this.#healths.clear();
        else for (const handler of this.#helloHandlers) handler();
        for (const handler of this.#statusHandlers) handler();
      },
      log: (what, details) => logger.error(details, what),
    });
  }

  start(): void {
    this.link.start();
  }
  stop(): void {
    this.link.stop();
  }

  get status(): ProcessStatus {
    return this.link.status;
  }
  /** null: it is away, or has seen nothing yet */
  healthOf(broadcastId: string): PackagerHealth | null {
    return this.#healths.get(broadcastId) ?? null;
  }
  folderOf(broadcastId: string): string {
    return join(this.#root, broadcastId);
  }

  /** It was opened in this process, and has not reported its end. */
  isOpen(broadcastId: string): boolean {
    return this.#open.has(broadcastId);
  }

  /** It has connected: what was open is opened again after this. */
  onHello(handler: () => void): void {
    this.#helloHandlers.push(handler);
  }
  onEvent(handler: (event: PackagerEvent) => void): void {
    this.#eventHandlers.push(handler);
  }
  onStatus(handler: () => void): void {
    this.#statusHandlers.push(handler);
  }

  /** Until `end` or `drop`. Again: nothing. */
  open({ broadcastId, kind, quality, phase, liveAtMs }: StoredBroadcast): void {
    if (this.#open.has(broadcastId)) return;
    const folder = this.folderOf(broadcastId);
    this.#makeFolder(folder);
    const wasLive = phase !== 'green-room' && phase !== 'countdown';
    this.#open.set(broadcastId, { isLive: wasLive, isEnding: false });
    this.link.open({ broadcastId, kind, folder, quality, wentLiveAtMs: wasLive ? liveAtMs : null });
  }

  goLive(broadcastId: string, liveAtMs: number): void {
    const open = this.#open.get(broadcastId);
    if (!open || open.isLive) return;
    open.isLive = true;
    this.link.goLive(broadcastId, liveAtMs);
  }

  /** Until it has reported `ended`. */
  end(broadcastId: string): void {
    const open = this.#open.get(broadcastId);
    if (!open || open.isEnding) return;
    open.isEnding = true;
    this.link.end(broadcastId);
  }

  /** It never went live: nothing is kept. */
  drop(broadcastId: string): void {
    if (!this.#open.delete(broadcastId)) return;
    this.#healths.delete(broadcastId);
    this.link.drop(broadcastId);
  }

  revoke(viewingIds: readonly string[]): void {
    for (let from = 0; from < viewingIds.length; from += REVOKED_AT_ONCE)
      this.link.revoke(viewingIds.slice(from, from + REVOKED_AT_ONCE));
  }

  /** A full disk keeps nobody from going live: the packager delivers without it, and reports so. */
  #makeFolder(folder: string): void {
    try {
      for (const each of [this.#root, folder]) {
        mkdirSync(each, { recursive: true });
        chmodSync(each, FOLDER_MODE);
      }
    } catch (error) {
      this.#logger.error({ err: error, folder }, 'no folder for a broadcast');
    }
  }

  #onEvent(event: PackagerEvent): void {
    if (event.name === 'health' && this.#open.has(event.broadcastId)) {
      const { name: _, broadcastId, ...health } = event;
      this.#healths.set(broadcastId, health);
    }
    if (event.name === 'ended') {
      this.#open.delete(event.broadcastId);
      this.#healths.delete(event.broadcastId);
    }
    for (const handler of this.#eventHandlers) handler(event);
  }
}
