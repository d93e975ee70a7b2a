/**
 * Forwarding to one peer: makes its consumers follow the plan, one pass at a time. A consumer that is shown no more is
 * paused at first, so that showing it again costs one key frame, and closed later. Knows no roster; the plan decides.
 */
import type { RtpParameters } from '#contract/media-parameters.ts';
import type { ConsumerParameters } from '#contract/signaling.ts';
import type { types } from 'mediasoup';
import type { Logger } from 'pino';
import type { CallProducer } from './call-producer.ts';
import type { CallRouters } from './call-routers.ts';
import type { PlannedConsumer } from './forwarding-plan.ts';
import type { PeerMedia } from './peer-media.ts';

export type ForwardingEvents = {
  onAdded: (parameters: ConsumerParameters) => void;
  onClosed: (consumerId: string) => void;
  onPaused: (consumerId: string, paused: boolean) => void;
};

export type ForwardingOptions = {
  media: PeerMedia;
  rtpCapabilities: types.RtpCapabilities;
  routers: CallRouters;
  producers: ReadonlyMap<string, CallProducer>;
  plan: () => Map<string, PlannedConsumer>;
  /** false: consumers are made, and stand still */
  mayFlow: () => boolean;
  pauseUnseenAfterMs: number;
  closeUnseenAfterMs: number;
  events: ForwardingEvents;
  logger: Logger;
};

type Forwarded = {
  readonly consumer: types.Consumer;
  readonly from: CallProducer;
  planned: PlannedConsumer;
  unseen: NodeJS.Timeout | null;
};

export class Forwarding {
  readonly #options: ForwardingOptions;
  readonly #forwarded = new Map<string, Forwarded>();
  /** producers with a codec that the client does not have: not tried again */
  readonly #impossible = new Set<string>();
  #pass: Promise<void> = Promise.resolve();
  /** until its last look, not until it has resolved: a change in between needs a pass of its own */
  #isPassing = false;
  #dirty = false;
  #closed = false;

  constructor(options: ForwardingOptions) {
    this.#options = options;
    options.media.recv.observer.once('close', () => this.close());
    // a client on another network path has missed the packets to the former one
    options.media.recv.on('iceselectedtuplechange', () => this.requestKeyFrames());
  }

  /** Something changed: looks again, soon. */
  touch(): void {
    void this.settle();
  }

  /** Resolves when the plan is carried out. Never rejects: a producer that can't be forwarded is logged, left out. */
  settle(): Promise<void> {
    this.#dirty = true;
    if (!this.#isPassing) this.#pass = this.#run();
    return this.#pass;
  }

  get parameters(): ConsumerParameters[] {
    return [...this.#forwarded.values()].map(parametersOf);
  }
  get count(): number {
    return this.#forwarded.size;
  }

  async requestKeyFrame(consumerId: string): Promise<void> {
    for (const { consumer } of this.#forwarded.values())
      if (consumer.id === consumerId && consumer.kind === 'video') await consumer.requestKeyFrame();
  }

  requestKeyFrames(): void {
    for (const { consumer } of this.#forwarded.values()) {
      if (consumer.kind === 'video' && !consumer.paused && !consumer.closed)
        this.#attempt(consumer.requestKeyFrame(), 'key frame');
    }
  }

  /** The consumers close with their transport. Twice is harmless. */
  close(): void {
    this.#closed = true;
    for (const { unseen } of this.#forwarded.values()) if (unseen) clearTimeout(unseen);
    this.#forwarded.clear();
  }

  async #run(): Promise<void> {
    this.#isPassing = true;
    try {
      while (this.#dirty && !this.#closed) {
        this.#dirty = false;
        await this.#carryOut(this.#options.plan());
      }
    } finally {
      this.#isPassing = false;
    }
  }

  async #carryOut(plan: Map<string, PlannedConsumer>): Promise<void> {
    for (const [producerId, entry] of this.#forwarded) {
      const planned = plan.get(producerId);
      if (planned) this.#show(entry, planned);
      else this.#hide(producerId, entry);
    }
    const missing = [...plan].filter(
      ([producerId]) => !this.#forwarded.has(producerId) && !this.#impossible.has(producerId),
    );
    await Promise.all(missing.map(([producerId, planned]) => this.#add(producerId, planned)));
  }

  async #add(producerId: string, planned: PlannedConsumer): Promise<void> {
    const { media, routers, producers, rtpCapabilities, mayFlow, logger } = this.#options;
    const from = producers.get(producerId);
    if (!from) return;
    const { callRouter } = media;
    let reached = false;
    try {
      const reaching = routers.reach(from.producer, from.callRouter, callRouter);
      reached = true;
      if (from.callRouter !== callRouter) await reaching;
      if (!callRouter.router.canConsume({ producerId, rtpCapabilities })) {
        this.#impossible.add(producerId);
        throw new Error('the client cannot receive this codec');
      }
      const consuming = (): Promise<types.Consumer> =>
        media.recv.consume({
          producerId,
          rtpCapabilities,
          paused: !mayFlow(),
          ...(planned.spatialLayer !== null && { preferredLayers: { spatialLayer: planned.spatialLayer } }),
        });
      const consumer = await callRouter.mediaWorker.ask(consuming);
      const entry: Forwarded = { consumer, from, planned, unseen: null };
      callRouter.mediaWorker.consumers += 1;
      consumer.observer.once('close', () => {
        callRouter.mediaWorker.consumers -= 1;
        routers.release(producerId, from.callRouter, callRouter);
        if (entry.unseen) clearTimeout(entry.unseen);
        if (this.#forwarded.get(producerId) === entry) this.#forwarded.delete(producerId);
      });
      this.#follow(entry);
      if (this.#closed) return callRouter.mediaWorker.close(consumer);
      this.#forwarded.set(producerId, entry);
      if (consumer.kind === 'video') this.#attempt(consumer.setPriority(planned.priority), 'priority');
      this.#options.events.onAdded(parametersOf(entry));
    } catch (error) {
      if (reached) routers.release(producerId, from.callRouter, callRouter);
      // closed while we made it: the change that closed it has its own pass
      if (!from.producer.closed && !this.#closed)
        logger.warn({ err: error, producerId, source: from.source }, 'cannot be forwarded');
    }
  }

  #follow({ consumer }: Forwarded): void {
    const { events } = this.#options;
    consumer.on('producerclose', () => {
      if (!this.#closed) events.onClosed(consumer.id);
    });
    consumer.on('producerpause', () => events.onPaused(consumer.id, true));
    consumer.on('producerresume', () => events.onPaused(consumer.id, false));
  }

  #show(entry: Forwarded, planned: PlannedConsumer): void {
    const { consumer, planned: before } = entry;
    if (entry.unseen) clearTimeout(entry.unseen);
    entry.unseen = null;
    entry.planned = planned;
    if (planned.spatialLayer !== null && planned.spatialLayer !== before.spatialLayer) {
      this.#attempt(consumer.setPreferredLayers({ spatialLayer: planned.spatialLayer }), 'layers');
    }
    if (consumer.kind === 'video' && planned.priority !== before.priority)
      this.#attempt(consumer.setPriority(planned.priority), 'priority');
    // mediasoup asks the sender for a key frame when a consumer goes on
    if (consumer.paused && this.#options.mayFlow()) this.#attempt(consumer.resume(), 'resume');
  }

  #hide(producerId: string, entry: Forwarded): void {
    if (entry.unseen) return;
    const { pauseUnseenAfterMs, closeUnseenAfterMs, events } = this.#options;
    const { consumer } = entry;
    const pauseAfterMs = consumer.kind === 'audio' ? 0 : pauseUnseenAfterMs;
    entry.unseen = setTimeout(() => {
      this.#attempt(consumer.pause(), 'pause');
      entry.unseen = setTimeout(() => {
        this.#forwarded.delete(producerId);
        this.#options.media.callRouter.mediaWorker.close(consumer);
        events.onClosed(consumer.id);
      }, closeUnseenAfterMs);
    }, pauseAfterMs);
  }

  #attempt(work: Promise<void>, what: string): void {
    work.catch((error: unknown) => {
      if (!this.#closed) this.#options.logger.debug({ err: error, what }, 'consumer closed while it was changed');
    });
  }
}

function parametersOf({ consumer, from }: Forwarded): ConsumerParameters {
  return {
    consumerId: consumer.id,
    producerId: consumer.producerId,
    peerId: from.peerId,
    source: from.source,
    kind: consumer.kind,
    rtpParameters: consumer.rtpParameters as RtpParameters,
    paused: consumer.producerPaused,
  };
}
