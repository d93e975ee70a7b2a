/**
 * The routers of one call: one as long as it fits a worker, more when it outgrows it. Producers are piped to another
 * router when somebody there consumes them, and the pipe is closed with the last of these. Knows no peers.
 */
import type { types } from 'mediasoup';
import { anchorCapabilities, anchorRtpParameters, routerCodecs } from './media-codecs.ts';
import type { MediaWorker } from './media-worker.ts';
import type { WorkerPool } from './worker-pool.ts';

export type CallRouter = {
  readonly mediaWorker: MediaWorker;
  readonly router: types.Router;
  /** never sends; consumed so that receiving transports connect ahead of time */
  readonly anchor: types.Producer;
  readonly anchorCapabilities: types.RtpCapabilities;
  readonly levels: types.AudioLevelObserver;
  readonly speaker: types.ActiveSpeakerObserver;
};

export type CallRoutersOptions = {
  pool: WorkerPool;
  consumersPerWorker: number;
  levelIntervalMs: number;
  onOpened: (callRouter: CallRouter) => void;
};

type Pipe = { users: number; opened: Promise<types.Producer> };

const LEVEL_ENTRIES = 20;
const LEVEL_THRESHOLD_DBOV = -65;

export class CallRouters {
  readonly #options: CallRoutersOptions;
  readonly #opening = new Map<MediaWorker, Promise<CallRouter>>();
  readonly #routers = new Map<MediaWorker, CallRouter>();
  readonly #pipes = new Map<string, Pipe>();
  #closed = false;

  constructor(options: CallRoutersOptions) {
    this.#options = options;
  }

  get all(): CallRouter[] {
    return [...this.#routers.values()];
  }
  get pipeCount(): number {
    return this.#pipes.size;
  }

  /** Where the next peer goes. */
  async place(): Promise<CallRouter> {
    const { pool, consumersPerWorker } = this.#options;
    const mine = [...this.#opening.keys()].sort((a, b) => a.consumers - b.consumers);
    const roomiest = mine[0];
    if (roomiest && roomiest.consumers < consumersPerWorker) return this.#opening.get(roomiest)!;
    const best = await pool.leastLoaded();
    // all are full alike: another router would cost pipes and win nothing
    const outgrown = !roomiest || best.consumers < consumersPerWorker;
    return this.#on(outgrown ? best : roomiest);
  }

  /** Makes the producer consumable on `to`; each call wants one `release` later. */
  async reach(producer: types.Producer, from: CallRouter, to: CallRouter): Promise<void> {
    if (from === to) return;
    const key = pipeKey(producer.id, to);
    let pipe = this.#pipes.get(key);
    if (!pipe) {
      const piping = (): Promise<types.PipeToRouterResult> =>
        from.router.pipeToRouter({ producerId: producer.id, router: to.router, enableSctp: false });
      const opened = from.mediaWorker.ask(() => to.mediaWorker.ask(piping)).then(({ pipeProducer }) => pipeProducer!);
      const made: Pipe = { users: 0, opened };
      pipe = made;
      this.#pipes.set(key, made);
      const forget = (): void => {
        if (this.#pipes.get(key) === made) this.#pipes.delete(key);
      };
      opened.then((pipeProducer) => {
        pipeProducer.observer.on('close', forget);
        if (made.users === 0 || pipeProducer.closed) {
          forget();
          to.mediaWorker.close(pipeProducer);
        }
      }, forget);
    }
    pipe.users += 1;
    await pipe.opened;
  }

  release(producerId: string, from: CallRouter, to: CallRouter): void {
    if (from === to) return;
    const key = pipeKey(producerId, to);
    const pipe = this.#pipes.get(key);
    if (!pipe) return;
    pipe.users -= 1;
    if (pipe.users > 0) return;
    this.#pipes.delete(key);
    pipe.opened.then(
      (pipeProducer) => to.mediaWorker.close(pipeProducer),
      () => {},
    );
  }

  /** The worker is dead, and its router with it. */
  forget(mediaWorker: MediaWorker): boolean {
    this.#routers.delete(mediaWorker);
    return this.#opening.delete(mediaWorker);
  }

  /** Twice is harmless. */
  close(): void {
    this.#closed = true;
    for (const { router, mediaWorker } of this.#routers.values()) mediaWorker.close(router);
    this.#routers.clear();
    this.#opening.clear();
    this.#pipes.clear();
  }

  #on(mediaWorker: MediaWorker): Promise<CallRouter> {
    const known = this.#opening.get(mediaWorker);
    if (known) return known;
    const opening = mediaWorker.ask(() => this.#open(mediaWorker));
    this.#opening.set(mediaWorker, opening);
    opening.catch(() => {
      if (this.#opening.get(mediaWorker) === opening) this.#opening.delete(mediaWorker);
    });
    return opening;
  }

  async #open(mediaWorker: MediaWorker): Promise<CallRouter> {
    const { levelIntervalMs, onOpened } = this.#options;
    const router = await mediaWorker.worker.createRouter({ mediaCodecs: routerCodecs });
    try {
      const [direct, levels, speaker] = await Promise.all([
        router.createDirectTransport(),
        router.createAudioLevelObserver({
          maxEntries: LEVEL_ENTRIES,
          threshold: LEVEL_THRESHOLD_DBOV,
          interval: levelIntervalMs,
        }),
        router.createActiveSpeakerObserver({ interval: 300 }),
      ]);
      const anchor = await direct.produce({ kind: 'audio', rtpParameters: anchorRtpParameters });
      const callRouter: CallRouter = {
        mediaWorker,
        router,
        anchor,
        levels,
        speaker,
        anchorCapabilities: anchorCapabilities(router.rtpCapabilities),
      };
      if (this.#closed || router.closed) throw new Error('closed while it opened');
      this.#routers.set(mediaWorker, callRouter);
      onOpened(callRouter);
      return callRouter;
    } catch (error) {
      mediaWorker.close(router);
      throw error;
    }
  }
}

const pipeKey = (producerId: string, to: CallRouter): string => `${producerId} ${to.router.id}`;
