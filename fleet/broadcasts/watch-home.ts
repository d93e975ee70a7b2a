/**
 * What the watch page shows first: what is live, what comes and what can be replayed, for each caller what they may watch. Changes
 * are gathered; all pages read one copy of the rows. Captions of what is live go the same way.
 */
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isOnAir } from '#contract/broadcast.ts';
import type { broadcastsApi, RecordingPolicy, WatchedBroadcast, WatchHome } from '#contract/http/broadcasts-api.ts';
import type { RouteEvent } from '#contract/http/route.ts';
import type { EventFeed } from '../http/route.ts';
import type { AuthorityStore } from '../store/index.ts';
import { AirCaptions } from './air-captions.ts';
import { isOfAudience, isWatchedFrom, type Watcher } from './audience.ts';
import { captionedIn } from './broadcast-captions.ts';
import { presenterIn, type StoredBroadcast, storedIn } from './broadcast-rows.ts';
import { recordingPolicyIn } from './broadcast-rights.ts';

type Feed = EventFeed<RouteEvent<typeof broadcastsApi.watchHome>>;
type Listed = { broadcast: StoredBroadcast; presenterName: string; hasCaptions: boolean };
type Page = {
  watcherOf: () => Promise<Watcher | null>;
  /** where it came from */
  address: string;
  watcher: Watcher | null;
  readAtMs: number;
  sent: string;
  /** the list is to be looked at again */
  isDue: boolean;
  /** of the captions */
  sentNumber: number;
  wake: () => void;
};
export type WatchHomesDependencies = {
  store: AuthorityStore;
  watchingOf: (broadcastId: string) => number;
  /** of a meeting: its broadcast that runs; null: none does */
  runningOf: (meetingId: string) => StoredBroadcast | null;
  logger: Logger;
};

const GATHER_MS = 500;
/** what is spoken is read in time with the picture, which is behind by more */
const GATHER_CAPTIONS_MS = 250;
/** counts of viewers, and what changes without an event */
const WHOLE_MS = 5_000;
/** groups, places and meetings of somebody who looks */
const WATCHER_READ_MS = 30_000;
/** the same before captions that are not for everybody: who may watch no more reads no more, as they see no more */
const LISTENER_READ_MS = 2_000;
/** a plan whose time has passed without a broadcast is shown no longer */
const MISSED_MS = 3_600_000;
const MOST_READ = 500;
const DAY_MS = 86_400_000;

export class WatchHomes {
  readonly captions: AirCaptions;
  readonly #deps: WatchHomesDependencies;
  readonly #pages = new Set<Page>();
  #listed: Listed[] | null = null;
  #policy: RecordingPolicy | null = null;
  #gathering: NodeJS.Timeout | null = null;
  #gatheringCaptions: NodeJS.Timeout | null = null;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(deps: WatchHomesDependencies) {
    this.#deps = deps;
    this.captions = new AirCaptions({
      runningOf: deps.runningOf,
      onSpoken: () => this.#pages.size > 0 && this.#gatherCaptions(),
    });
  }

  start(): void {
    this.#timer = setInterval(() => this.#pages.size > 0 && this.#gather(), WHOLE_MS);
    this.#timer.unref();
  }
  stop(): void {
    clearInterval(this.#timer);
    if (this.#gathering) clearTimeout(this.#gathering);
    if (this.#gatheringCaptions) clearTimeout(this.#gatheringCaptions);
  }

  changed(): void {
    if (this.#pages.size > 0) this.#gather();
  }

  open({ watcherOf, address }: Pick<Page, 'watcherOf' | 'address'>): (wake: () => void) => Feed {
    return (wake) => {
      const page: Page = {
        ...{ watcherOf, address, watcher: null, readAtMs: Number.NEGATIVE_INFINITY },
        ...{ sent: '', isDue: true, sentNumber: 0, wake },
      };
      const isFirst = this.#pages.size === 0;
      this.#pages.add(page);
      this.#do(async () => {
        if (isFirst || !this.#listed) await this.#read();
        await this.#readWatcher(page);
        page.wake();
      });
      return { take: () => this.#take(page), close: () => void this.#pages.delete(page) };
    };
  }

  /** One, as a viewer sees it. */
  async viewOf(broadcast: StoredBroadcast, watcher: Watcher): Promise<WatchedBroadcast> {
    const { store } = this.#deps;
    const { meetingId, broadcastId } = broadcast;
    const { name } = await presenterIn(store.read, meetingId);
    const hasCaptions = (await captionedIn(store.read, broadcastId)).has(broadcastId);
    return this.#asWatched({ broadcast, presenterName: name, hasCaptions }, watcher, await recordingPolicyIn(store));
  }

  #take(page: Page): ReturnType<Feed['take']> {
    if (!page.watcher || !this.#listed) return [];
    return [...this.#takeHome(page, page.watcher, this.#listed), ...this.#takeCaptions(page, page.watcher)];
  }

  #takeHome(page: Page, watcher: Watcher, listed: readonly Listed[]): ReturnType<Feed['take']> {
    if (!page.isDue) return [];
    page.isDue = false;
    const data = this.#homeOf(watcher, listed);
    const text = JSON.stringify(data);
    if (text === page.sent) return [];
    page.sent = text;
    return [{ name: 'home', data }];
  }

  #takeCaptions(page: Page, watcher: Watcher): ReturnType<Feed['take']> {
    const mayWatch = (broadcast: StoredBroadcast): boolean =>
      isOfAudience(broadcast, watcher) && isWatchedFrom(broadcast, page.address);
    const { lastNumber, spoken } = this.captions.after(page.sentNumber, mayWatch);
    page.sentNumber = lastNumber;
    return spoken.map((data) => ({ name: 'captions', data }));
  }

  #homeOf(watcher: Watcher, listed: readonly Listed[]): WatchHome {
    const nowMs = Date.now();
    const own = listed.filter(({ broadcast }) => isOfAudience(broadcast, watcher));
    const view = (each: Listed): WatchedBroadcast => this.#asWatched(each, watcher, this.#policy!);
    const isComing = ({ broadcast: { kind, phase, startsAtMs } }: Listed): boolean =>
      kind === 'broadcast' &&
      ((phase === 'planned' && startsAtMs !== null && startsAtMs > nowMs - MISSED_MS) ||
        phase === 'countdown' ||
        (phase === 'green-room' && startsAtMs !== null));
    const at = ({ broadcast: { startsAtMs, liveAtMs } }: Listed): number => startsAtMs ?? liveAtMs ?? 0;
    return {
      live: own
        .filter(({ broadcast: { kind, phase } }) => kind === 'broadcast' && isOnAir(phase))
        .slice(0, 20)
        .map(view),
      coming: own
        .filter(isComing)
        .sort((a, b) => at(a) - at(b))
        .slice(0, 50)
        .map(view),
      replays: own
        .filter(({ broadcast }) => broadcast.phase === 'ended' && hasReplay(broadcast))
        .slice(0, 100)
        .map(view),
    };
  }

  #asWatched(
    { broadcast, presenterName, hasCaptions }: Listed,
    watcher: Watcher,
    policy: RecordingPolicy,
  ): WatchedBroadcast {
    const { broadcastId, meetingId, kind, title, phase, startsAtMs, liveAtMs, endedAtMs, recording } = broadcast;
    const isPresenter = watcher.managesAll || watcher.hosts.has(meetingId);
    const { downloadedBy, keptDays } = policy;
    return {
      broadcastId,
      kind,
      title,
      presenterName,
      phase,
      startsAtMs,
      liveAtMs: phase === 'green-room' ? null : liveAtMs,
      endedAtMs,
      recording,
      durationMs: broadcast.durationMs,
      watching: isOnAir(phase) ? this.#deps.watchingOf(broadcastId) : 0,
      deletedAtMs: deletedAtMsOf(broadcast, keptDays),
      mayDownload: downloadedBy === 'viewers' || (downloadedBy === 'hosts' && isPresenter),
      mayDelete: isPresenter,
      hasCaptions,
    };
  }

  #gather(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null;
      this.#do(() => this.#refresh());
    }, GATHER_MS);
  }

  #gatherCaptions(): void {
    this.#gatheringCaptions ??= setTimeout(() => {
      this.#gatheringCaptions = null;
      this.#do(async () => {
        const areOfSome = this.captions.areOfSome();
        for (const page of [...this.#pages]) {
          if (areOfSome && performance.now() - page.readAtMs > LISTENER_READ_MS) await this.#readWatcher(page);
          page.wake();
          await setImmediate();
        }
      });
    }, GATHER_CAPTIONS_MS);
  }

  async #refresh(): Promise<void> {
    if (this.#pages.size === 0) return;
    await this.#read();
    for (const page of [...this.#pages]) {
      if (performance.now() - page.readAtMs > WATCHER_READ_MS) await this.#readWatcher(page);
      page.isDue = true;
      page.wake();
      // many pages are slow to write
      await setImmediate();
    }
  }

  async #read(): Promise<void> {
    const { store } = this.#deps;
    const broadcasts = await storedIn(store.read, MOST_READ);
    const names = new Map<string, string>();
    for (const { meetingId } of broadcasts)
      if (!names.has(meetingId)) names.set(meetingId, (await presenterIn(store.read, meetingId)).name);
    this.#policy = await recordingPolicyIn(store);
    const captioned = await captionedIn(store.read);
    this.#listed = broadcasts.map((broadcast) => ({
      broadcast,
      presenterName: names.get(broadcast.meetingId)!,
      hasCaptions: captioned.has(broadcast.broadcastId),
    }));
  }

  async #readWatcher(page: Page): Promise<void> {
    page.watcher = await page.watcherOf();
    page.readAtMs = performance.now();
  }

  #do(work: () => Promise<void>): void {
    this.#work = this.#work
      .then(work)
      .catch((error: unknown) => this.#deps.logger.error({ err: error }, 'watch pages not brought up to date'));
  }
}

/** When a recording was or will be deleted; null: not by the policy. */
export function deletedAtMsOf(
  { recording, keptSinceMs, deletedAtMs }: Pick<StoredBroadcast, 'recording' | 'keptSinceMs' | 'deletedAtMs'>,
  keptDays: number | null,
): number | null {
  const isKept = recording !== 'none' && recording !== 'deleted' && keptSinceMs !== null;
  return deletedAtMs ?? (isKept && keptDays !== null ? keptSinceMs + keptDays * DAY_MS : null);
}

const hasReplay = ({ recording }: StoredBroadcast): boolean =>
  recording === 'growing' || recording === 'finishing' || recording === 'ready' || recording === 'failed';
