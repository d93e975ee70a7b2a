/**
 * The media workers: one per core, each with one WebRtcServer on one port for UDP and TCP. One that dies, or is killed
 * because it cannot be asked any more, is replaced on the same port; `onDied` notifies of it. Knows no calls.
 */
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { OperationalError } from '#contract/error-codes.ts';
import { createWorker, type types } from 'mediasoup';
import type { Logger } from 'pino';
import { findFreePort } from './free-port.ts';
import { candidateAddresses, type ListenAddresses, listenInfos } from './listen-addresses.ts';
import { MediaWorker } from './media-worker.ts';

export type WorkerPoolOptions = {
  count: number;
  listen: ListenAddresses;
  /** worker i uses `portBase + i`; 0: any free one, kept over the worker's deaths */
  portBase: number;
  workerAnswerMs: number;
  logger: Logger;
  /** the machine's own; for tests */
  interfaces?: () => NodeJS.Dict<NetworkInterfaceInfo[]>;
};

const REOPEN_AFTER_MS = [0, 100, 500, 1_000, 3_000];
const PICK_WITHIN_MS = 10_000;
const CHECK_INTERVAL_MS = 2_000;

export class WorkerPool {
  /** called before the replacement is there */
  onDied: (worker: MediaWorker) => void = () => {};
  readonly #options: WorkerPoolOptions;
  readonly #slots: (MediaWorker | null)[];
  readonly #waiting = new Set<() => void>();
  readonly #interfaces: () => NodeJS.Dict<NetworkInterfaceInfo[]>;
  #checks: NodeJS.Timeout | null = null;
  #stopped = false;
  #deaths = 0;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#interfaces = options.interfaces ?? networkInterfaces;
    this.#slots = new Array<MediaWorker | null>(options.count).fill(null);
  }

  /** @throws where a worker cannot be started or its port is in use */
  async start(): Promise<void> {
    const { workerAnswerMs } = this.#options;
    // one after the other, so that two do not find the same free port
    for (const index of this.#slots.keys()) await this.#openFirst(index);
    this.#checks = setInterval(() => {
      this.#followNetwork();
      for (const mediaWorker of this.alive) void mediaWorker.check(workerAnswerMs);
    }, CHECK_INTERVAL_MS);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#checks) clearInterval(this.#checks);
    for (const mediaWorker of this.alive) mediaWorker.end();
    this.#slots.fill(null);
    this.#wake();
  }

  get alive(): MediaWorker[] {
    return this.#slots.filter((slot) => slot !== null);
  }
  get size(): number {
    return this.#slots.length;
  }
  get deaths(): number {
    return this.#deaths;
  }
  get ports(): number[] {
    return this.alive.map(({ port }) => port);
  }

  /** The one with the least load; right after a death, the one that comes. @throws OperationalError media-failed */
  async leastLoaded(): Promise<MediaWorker> {
    const deadlineMs = performance.now() + PICK_WITHIN_MS;
    for (;;) {
      const [best] = this.alive.sort((a, b) => loadOf(a) - loadOf(b));
      if (best) return best;
      const leftMs = deadlineMs - performance.now();
      if (this.#stopped || leftMs <= 0) throw new OperationalError('media-failed', 'no media worker');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#waiting.add(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  async #openFirst(index: number): Promise<void> {
    const { portBase, listen } = this.#options;
    if (portBase > 0) return this.#open(index, portBase + index);
    for (let tries = 1; ; tries++) {
      const port = await findFreePort(listen.listenAddress);
      try {
        return await this.#open(index, port);
      } catch (error) {
        // another process has bound it in between
        if (tries >= 5) throw error;
      }
    }
  }

  async #open(index: number, port: number): Promise<void> {
    const { listen, logger } = this.#options;
    const worker = await createWorker({ logLevel: 'warn' });
    const infos = listenInfos(listen, port, this.#interfaces());
    let webRtcServer: types.WebRtcServer;
    try {
      webRtcServer = await worker.createWebRtcServer({ listenInfos: infos });
    } catch (error) {
      worker.close();
      throw error;
    }
    if (this.#stopped) return worker.close();
    const mediaWorker = new MediaWorker({
      index,
      port,
      addresses: candidateAddresses(infos),
      worker,
      webRtcServer,
      logger,
    });
    worker.on('died', (error) => this.#died(mediaWorker, error));
    if (worker.died) throw new OperationalError('media-failed', 'the worker died at its start');
    this.#slots[index] = mediaWorker;
    logger.info({ worker: index, pid: worker.pid, port }, 'media worker serves');
    this.#wake();
  }

  /**
   * The machine's addresses change: a cable is plugged in, an address is given late, a network goes away. A worker that
   * nobody can reach any more is replaced at once, and its calls move; one that lacks a new address waits until it is empty.
   */
  #followNetwork(): void {
    const { listen } = this.#options;
    const interfaces = this.#interfaces();
    const isUp = Object.values(interfaces).some((addresses) => addresses?.some(({ internal }) => !internal));
    for (const worker of isUp ? this.alive : []) {
      const wanted = candidateAddresses(listenInfos(listen, worker.port, interfaces));
      const kept = [...wanted].filter((address) => worker.addresses.has(address)).length;
      if (kept === wanted.size && kept === worker.addresses.size) continue;
      if (kept === 0 || worker.peers === 0) worker.replace('the addresses of this machine changed');
    }
  }

  #died(mediaWorker: MediaWorker, error: Error): void {
    const { index, port, worker } = mediaWorker;
    this.#deaths += 1;
    this.#options.logger.error({ worker: index, pid: worker.pid, err: error }, 'media worker died');
    if (this.#slots[index] !== mediaWorker) return;
    this.#slots[index] = null;
    if (this.#stopped) return;
    void this.#reopen(index, port);
    this.onDied(mediaWorker);
  }

  async #reopen(index: number, port: number): Promise<void> {
    for (let tries = 0; !this.#stopped; tries++) {
      await delay(REOPEN_AFTER_MS[Math.min(tries, REOPEN_AFTER_MS.length - 1)]);
      if (this.#stopped) return;
      try {
        return await this.#open(index, port);
      } catch (error) {
        this.#options.logger.error({ worker: index, port, err: error }, 'media worker could not be replaced');
      }
    }
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

/** A peer costs about as much as two consumers: its transports and its producers. */
const loadOf = ({ consumers, peers }: MediaWorker): number => consumers + 2 * peers;
