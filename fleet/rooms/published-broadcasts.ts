/**
 * Publishes to each room the broadcasts that its TV is offered: at our start, when the room connects, when a broadcast changes, and
 * as time passes. What a room has already is not sent again.
 */
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { Broadcasts } from '../broadcasts/index.ts';
import type { Broker } from '../broker/index.ts';
import type { RoomRegistry } from './room-registry.ts';

export type PublishedBroadcastsDependencies = {
  registry: Pick<RoomRegistry, 'all'>;
  broadcasts: Pick<Broadcasts, 'offers' | 'onOffersChanged'>;
  broker: Pick<Broker, 'publish' | 'onPresence'>;
  clock: Pick<WallClock, 'nowMs' | 'onJump'>;
  logger: Logger;
};

const PUBLISHED_IN_A_ROW = 50;
/** several acts in a row are one message */
const GATHER_MS = 100;
/** planned ones come near, rooms move to another place */
const WHOLE_MS = 15_000;

export class PublishedBroadcasts {
  readonly #deps: PublishedBroadcastsDependencies;
  /** by room: what it was sent last */
  readonly #sent = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor(deps: PublishedBroadcastsDependencies) {
    this.#deps = deps;
  }

  start(): Promise<void> {
    const { broadcasts, broker, clock } = this.#deps;
    broadcasts.onOffersChanged(() => this.#gather());
    broker.onPresence((who, connected) => {
      if (!connected || who.party !== 'room') return;
      // it may have lost its line while something was on the way
      this.#sent.delete(who.id);
      this.#gather();
    });
    clock.onJump(() => this.#gather());
    this.#timer = setInterval(() => this.#gather(), WHOLE_MS);
    this.#timer.unref();
    return this.#publishAll();
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.#gathering) clearTimeout(this.#gathering);
  }

  #gather(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null;
      void this.#publishAll();
    }, GATHER_MS);
  }

  /** One after the other. Never rejects. */
  #publishAll(): Promise<void> {
    const { registry, broadcasts, broker, clock, logger } = this.#deps;
    this.#work = this.#work
      .then(async () => {
        const offersFor = await broadcasts.offers(clock.nowMs());
        for (const [index, { roomId }] of (await registry.all()).entries()) {
          const offered = offersFor(roomId);
          const text = JSON.stringify(offered);
          if (this.#sent.get(roomId) !== text) {
            this.#sent.set(roomId, text);
            broker.publish('offeredBroadcasts', roomId, { protocol: PROTOCOL_VERSION, broadcasts: offered });
          }
          if ((index + 1) % PUBLISHED_IN_A_ROW === 0) await setImmediate();
        }
      })
      .catch((error: unknown) => logger.error({ err: error }, 'offered broadcasts not published'));
    return this.#work;
  }
}
