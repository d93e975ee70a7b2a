/**
 * One incarnation of a worker process: its load, and whether it can still be asked. mediasoup writes all requests to a
 * worker into one buffer. One that throws halfway leaves the buffer so that each later one fails too, for everyone. Such a
 * worker is killed, and its calls move as at any worker's death.
 */
import { once } from 'node:events';
import { errors, type types } from 'mediasoup';
import type { Logger } from 'pino';

export type MediaWorkerOptions = {
  index: number;
  port: number;
  /** that clients receive as candidates */
  addresses: ReadonlySet<string>;
  worker: types.Worker;
  webRtcServer: types.WebRtcServer;
  logger: Logger;
};

export class MediaWorker {
  readonly index: number;
  readonly port: number;
  readonly addresses: ReadonlySet<string>;
  readonly worker: types.Worker;
  readonly webRtcServer: types.WebRtcServer;
  /** load, counted by those who make and close them */
  consumers = 0;
  peers = 0;
  readonly #logger: Logger;
  #isCondemned = false;

  constructor({ index, port, addresses, worker, webRtcServer, logger }: MediaWorkerOptions) {
    this.index = index;
    this.port = port;
    this.addresses = addresses;
    this.worker = worker;
    this.webRtcServer = webRtcServer;
    this.#logger = logger.child({ worker: index, pid: worker.pid });
  }

  /**
   * Runs requests to this worker.
   * @throws the request's error; mediasoup's WorkerClosedError, once the worker is gone, where its channel is broken
   */
  async ask<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      if (!(await this.#isBroken())) throw error;
      this.#condemn('channel broken', error);
      if (!this.worker.closed) await once(this.worker.observer as unknown as NodeJS.EventEmitter, 'close');
      throw new errors.WorkerClosedError('the channel to the worker is broken');
    }
  }

  /** Closes objects of this worker, in this order. Never throws: one that cannot be closed goes with the worker. */
  close(...held: { close: () => void }[]): void {
    for (const each of held) {
      if (this.#isCondemned) return;
      try {
        each.close();
      } catch (error) {
        this.#condemn('channel broken', error);
      }
    }
  }

  /** A worker that hangs is worse than a dead one: its calls would wait for ever. */
  async check(withinMs: number): Promise<void> {
    const timer = setTimeout(() => this.#condemn('no answer'), withinMs);
    try {
      await this.ask(() => this.worker.getResourceUsage());
    } catch {
      // it died: the pool handles `died`
    } finally {
      clearTimeout(timer);
    }
  }

  /** Its process is killed, and its calls move as at any worker's death. */
  replace(why: string): void {
    this.#condemn(why);
  }

  /** Its process ends, and with it all that it holds. */
  end(): void {
    try {
      this.worker.close();
    } catch (error) {
      this.#condemn('not closed in order', error);
    }
  }

  /** Writing is enough to know, and fails at once: the worker's answer may be far off. */
  async #isBroken(): Promise<boolean> {
    const written = this.worker.getResourceUsage().then(
      () => false,
      () => !this.worker.closed,
    );
    const writable = new Promise<boolean>((resolve) => {
      setImmediate(resolve, false);
    });
    return this.#isCondemned || Promise.race([written, writable]);
  }

  #condemn(why: string, error?: unknown): void {
    if (this.#isCondemned || this.worker.died) return;
    this.#isCondemned = true;
    this.#logger.error({ why, err: error }, 'media worker is killed');
    try {
      process.kill(this.worker.pid, 'SIGKILL');
    } catch {
      // it died at this moment
    }
  }
}
