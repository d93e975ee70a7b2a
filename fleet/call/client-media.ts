/**
 * The media of a call over all its set-ups: replaces one by the next without the pictures going out, keeps
 * consumers as the node has them, and hands each track to its stream.
 */
import type { IceServer } from '#contract/grants.ts';
import type { ConsumerParameters, MediaSetup, SignalingNotification } from '#contract/signaling.ts';
import { type BlockedMedia, blockedBy } from './media-path.ts';
import type { MediaWay } from './media-way.ts';
import type { SendRequest, CreateMedia, Media, MediaOptions } from './media-session.ts';
import { RemoteStreams, type StreamsByPeer } from './remote-streams.ts';

/** The former receiving transport stays until the new one shows something, so that the last picture stands. */
const RETIRE_MS = 4_000;

type Dependencies = {
  createMedia: CreateMedia;
  createStream: () => MediaStream;
  ask: SendRequest;
  iceServers: () => readonly IceServer[];
  onChange: () => void;
  onProducerRefused: MediaOptions['onProducerRefused'];
};

export class ClientMedia {
  readonly #dependencies: Dependencies;
  readonly #streams: RemoteStreams;
  readonly #retired = new Map<Media, ReturnType<typeof setTimeout>>();
  #current: Media | null = null;
  /** false: consumers are paused at the node, no picture is expected */
  #flows = false;
  #snapshot: StreamsByPeer = new Map();
  #blocked: BlockedMedia | null = null;
  #way: MediaWay | null = null;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
    this.#streams = new RemoteStreams(dependencies.createStream);
  }

  get current(): Media | null {
    return this.#current;
  }
  /** null: it gets through, as far as is known yet */
  get blocked(): BlockedMedia | null {
    return this.#blocked;
  }
  /** null: not known yet */
  get way(): MediaWay | null {
    return this.#way;
  }
  get streams(): StreamsByPeer {
    return this.#snapshot;
  }

  start(setup: MediaSetup): Media {
    this.#retire();
    const { createMedia, ask, iceServers, onProducerRefused } = this.#dependencies;
    const media: Media = createMedia({
      setup,
      iceServers: iceServers(),
      // requests of a former set-up are not sent
      ask: (method, data) => (this.#current === media ? ask(method, data) : new Promise(() => {})),
      // a refusal for a former set-up does not concern the producers that we have now
      onProducerRefused: (source, error) => {
        if (this.#current === media) onProducerRefused(source, error);
      },
      onBlocked: (blocked) => {
        if (this.#current !== media) return;
        this.#blocked = blocked ? blockedBy(setup) : null;
        this.#dependencies.onChange();
      },
      onWay: (way) => {
        if (this.#current !== media) return;
        this.#way = way;
        this.#dependencies.onChange();
      },
    });
    this.#current = media;
    return media;
  }

  /** Consumers as the node has them now: new ones are set up in one negotiation, those it no longer has are closed. */
  reconcile(consumers: ConsumerParameters[], peerIds: ReadonlySet<string>): Promise<unknown> {
    const media = this.#current;
    if (!media) return Promise.resolve();
    this.#flows = true;
    this.#streams.keepPeers(peerIds);
    const wanted = new Map(consumers.map((consumer) => [consumer.consumerId, consumer]));
    const known = new Set(media.consumerIds());
    for (const consumerId of known) if (!wanted.has(consumerId)) this.#closeConsumer(consumerId);
    const setUp = consumers.map((consumer) => {
      if (known.has(consumer.consumerId)) this.#streams.setPaused(consumer.consumerId, consumer.paused);
      const made = known.has(consumer.consumerId) ? null : this.#consume(media, consumer);
      expectFrameOf(media, consumer);
      return made;
    });
    this.#publish();
    return Promise.all(setUp);
  }

  /** Negotiated before we are in: `reconcile` finds them there. */
  expect(consumers: ConsumerParameters[]): void {
    const media = this.#current;
    if (!media) return;
    const known = new Set(media.consumerIds());
    for (const consumer of consumers) if (!known.has(consumer.consumerId)) void this.#consume(media, consumer);
  }

  follow(notification: SignalingNotification): void {
    switch (notification.event) {
      case 'consumer-added':
        if (this.#current) {
          void this.#consume(this.#current, notification.data);
          if (this.#flows) expectFrameOf(this.#current, notification.data);
        }
        break;
      case 'consumer-closed':
        this.#closeConsumer(notification.data.consumerId);
        break;
      case 'consumer-paused':
        this.#streams.setPaused(notification.data.consumerId, true);
        break;
      case 'consumer-resumed':
        this.#streams.setPaused(notification.data.consumerId, false);
        break;
      case 'participant-left':
        this.#streams.removePeer(notification.data.peerId);
        break;
      default:
        return;
    }
    this.#publish();
  }

  close(): void {
    this.#flows = false;
    this.#blocked = null;
    this.#way = null;
    this.#current?.close();
    this.#current = null;
    for (const [media, timer] of this.#retired) {
      clearTimeout(timer);
      media.close();
    }
    this.#retired.clear();
    this.#streams.clear();
    this.#publish();
  }

  async #consume(media: Media, parameters: ConsumerParameters): Promise<void> {
    this.#streams.announce(parameters);
    try {
      const track = await media.consume(parameters);
      if (media !== this.#current) return;
      this.#streams.attach(parameters.consumerId, track);
      this.#publish();
    } catch (error) {
      if (media === this.#current) console.warn('call: cannot receive', parameters.source, error);
    }
  }

  #closeConsumer(consumerId: string): void {
    this.#current?.closeConsumer(consumerId);
    this.#streams.detach(consumerId);
  }

  #retire(): void {
    const former = this.#current;
    if (!former) return;
    this.#current = null;
    this.#blocked = null;
    // an encoder for nobody costs as much as the next one's
    former.retire();
    const timer = setTimeout(() => {
      this.#retired.delete(former);
      former.close();
    }, RETIRE_MS);
    this.#retired.set(former, timer);
    this.#streams.detachAll();
    this.#publish();
  }

  #publish(): void {
    this.#snapshot = this.#streams.snapshot();
    this.#dependencies.onChange();
  }
}

function expectFrameOf(media: Media, { consumerId, kind, paused }: ConsumerParameters): void {
  if (kind === 'video' && !paused) media.expectFrame(consumerId);
}
