/**
 * The media side of one call: routers, producers, voices, and each peer's part in it. Opens a peer's media,
 * again elsewhere when a worker dies, and keeps everybody's forwarding in step. Knows no roster.
 */
import { OperationalError } from '#contract/error-codes.ts';
import type { types } from 'mediasoup';
import type { Logger } from 'pino';
import { CallProducers } from './call-producers.ts';
import { CallRouters } from './call-routers.ts';
import { CallSound } from './call-sound.ts';
import { planForwarding } from './forwarding-plan.ts';
import { Forwarding } from './forwarding.ts';
import type { MediaSettings } from './media-settings.ts';
import type { Peer } from './peer.ts';
import { PeerMedia } from './peer-media.ts';
import type { WorkerPool } from './worker-pool.ts';

export type CallMediaOptions = {
  pool: WorkerPool;
  settings: MediaSettings;
  peers: ReadonlyMap<string, Peer>;
  onPeerChanged: (peer: Peer) => void;
  onSpeaker: (peerId: string | null) => void;
  onKeptMuted: (peer: Peer) => void;
  onProducersChanged: () => void;
  logger: Logger;
};

/** A worker may be dying while we ask it: the next one is asked instead. */
const WORKERS_TO_TRY = 3;

export class CallMedia {
  readonly routers: CallRouters;
  readonly producers: CallProducers;
  readonly sound: CallSound;
  readonly #options: CallMediaOptions;

  constructor(options: CallMediaOptions) {
    this.#options = options;
    const { pool, settings, peers, onPeerChanged, onSpeaker, onKeptMuted } = options;
    this.producers = new CallProducers({
      shareBackMs: settings.shareBackMs,
      onChanged: () => {
        this.#touchAll();
        options.onProducersChanged();
      },
      onPeerChanged,
      onKeptMuted,
      onMicrophone: (microphone) => {
        if (microphone) this.sound.watch(microphone).catch(() => {});
        else this.sound.unwatch();
      },
    });
    this.sound = new CallSound({
      producers: this.producers.all,
      audibleCount: settings.audibleCount,
      audibleHoldMs: settings.audibleHoldMs,
      onSpeaker: (peerId) => {
        onSpeaker(peerId);
        for (const { view, forwarding } of peers.values()) if (view.kind === 'auto') forwarding?.touch();
      },
      onAudibleChanged: () => this.#touchAll(),
    });
    this.routers = new CallRouters({
      pool,
      consumersPerWorker: settings.consumersPerWorker,
      levelIntervalMs: settings.levelIntervalMs,
      onOpened: (callRouter) => this.sound.listenTo(callRouter),
    });
  }

  /** @throws OperationalError media-failed; mediasoup's errors */
  async open(peer: Peer): Promise<void> {
    const media = await this.#openSomewhere();
    if (peer.stage === 'closed' || peer.media) {
      media.close();
      throw new OperationalError('media-failed', 'the peer went away meanwhile');
    }
    peer.media = media;
  }

  /** Forwards the peer's view to it, or, before it has joined, sets that up; resolves when done. */
  async forward(peer: Peer): Promise<void> {
    if (!peer.media || !peer.rtpCapabilities) return;
    if (peer.forwarding) return peer.forwarding.settle();
    const { settings, logger } = this.#options;
    const { audibleCount, pauseUnseenAfterMs, closeUnseenAfterMs } = settings;
    const told = (): boolean => peer.live || (peer.stage === 'prepared' && peer.followsAhead);
    peer.forwarding = new Forwarding({
      media: peer.media,
      rtpCapabilities: peer.rtpCapabilities as types.RtpCapabilities,
      routers: this.routers,
      producers: this.producers.all,
      plan: () =>
        planForwarding({
          self: peer.peerId,
          receives: peer.permissions.receives,
          view: peer.view,
          available: [...this.producers.all.values()],
          audible: this.sound.audible,
          audibleCount,
          speakers: this.sound.speakers,
        }),
      mayFlow: () => peer.stage === 'joined',
      pauseUnseenAfterMs,
      closeUnseenAfterMs,
      events: {
        onAdded: (data) => told() && peer.notify({ event: 'consumer-added', data }),
        onClosed: (consumerId) => told() && peer.notify({ event: 'consumer-closed', data: { consumerId } }),
        onPaused: (consumerId, paused) =>
          told() && peer.notify({ event: paused ? 'consumer-paused' : 'consumer-resumed', data: { consumerId } }),
      },
      logger,
    });
    await peer.forwarding.settle();
  }

  /** After the peers: their transports are closed by then. */
  close(): void {
    this.routers.close();
  }

  async #openSomewhere(): Promise<PeerMedia> {
    for (let tries = 1; ; tries++) {
      try {
        return await PeerMedia.open(await this.routers.place());
      } catch (error) {
        if (tries >= WORKERS_TO_TRY || !(error instanceof Error) || error.name !== 'WorkerClosedError') throw error;
      }
    }
  }

  #touchAll(): void {
    for (const { forwarding } of this.#options.peers.values()) forwarding?.touch();
  }
}
