/**
 * The producers of a call: creates, pauses and closes the peers' producers, and keeps the roster's microphone, camera
 * and share in step with them. A mute is decided by the producer; the client's own report counts only without one.
 */
import { InvalidStateError, OperationalError, ProtocolError, UserError } from '#contract/error-codes.ts';
import type { RequestOf } from '#contract/signaling.ts';
import { type CallProducer, callProducer, kindOf } from './call-producer.ts';
import { fromMediasoup } from './media-errors.ts';
import type { Peer } from './peer.ts';

export type CallProducersOptions = {
  /** see MediaSettings */
  shareBackMs: number;
  /** a producer came or went: everyone's forwarding is to look again */
  onChanged: () => void;
  onPeerChanged: (peer: Peer) => void;
  onMicrophone: (microphone: CallProducer | null) => void;
  /** its client has sent sound that is not let through */
  onKeptMuted: (peer: Peer) => void;
};

export class CallProducers {
  readonly all = new Map<string, CallProducer>();
  readonly #options: CallProducersOptions;

  constructor(options: CallProducersOptions) {
    this.#options = options;
  }

  async produce(peer: Peer, request: RequestOf<'produce'>): Promise<void> {
    const { producerId, source, kind } = request;
    const known = peer.producers.get(producerId);
    // sent again after a drop
    if (known?.source === source) return;
    if (kindOf[source] !== kind) throw new ProtocolError('bad-message', `${source} is ${kindOf[source]}`);
    const { media } = peer;
    if (!media) throw new OperationalError('media-failed', 'no media at this moment');
    if (!media.isSendingBy(request.transportId))
      throw new InvalidStateError('not-possible-now', 'not the sending transport');
    if (peer.producerOf(source)) throw new InvalidStateError('not-possible-now', `there is a ${source} already`);
    if (this.all.has(producerId)) throw new InvalidStateError('not-possible-now', 'there is such a producer already');
    // paused before the worker makes it: not a packet gets through
    const isKeptMuted = (): boolean => peer.staysMuted && kind === 'audio';
    const paused = request.paused || isKeptMuted();
    const producer = await media
      .produce({ ...request, paused })
      .catch((error: unknown) => Promise.reject(fromMediasoup(error)));
    if (peer.media !== media || producer.closed) {
      media.callRouter.mediaWorker.close(producer);
      throw new OperationalError('media-failed', 'the media was replaced meanwhile');
    }
    if (!peer.permissions.publishes.includes(source)) {
      media.callRouter.mediaWorker.close(producer);
      throw new UserError('forbidden', `${source} is not permitted any more`);
    }
    const made = callProducer(producer, peer.peerId, source, media.callRouter);
    this.#add(peer, made);
    if (isKeptMuted() && !paused) this.#silence(peer, made);
    if (isKeptMuted() && !request.paused) this.#options.onKeptMuted(peer);
    this.#options.onPeerChanged(peer);
  }

  /** One that is not there is closed already. */
  close(peer: Peer, producerId: string): void {
    const known = peer.producers.get(producerId);
    if (!known) return;
    closeProducer(known);
    if (known.source === 'microphone') peer.microphone = 'muted';
    if (known.source === 'camera') peer.camera = 'off';
    this.#options.onPeerChanged(peer);
  }

  async setPaused(peer: Peer, producerId: string, paused: boolean): Promise<void> {
    const known = peer.producers.get(producerId);
    if (!known) throw new InvalidStateError('not-possible-now', 'no such producer');
    const staysMuted = (): boolean => peer.staysMuted && kindOf[known.source] === 'audio';
    if (!paused && staysMuted()) throw new UserError('stays-muted');
    await this.#pause(known, paused);
    if (!paused && staysMuted()) throw new UserError('stays-muted');
    if (this.#declare(peer)) this.#options.onPeerChanged(peer);
  }

  /** A receiver of a layer that has stopped gets the next lower one at once: the worker alone notices after 1.5 s. */
  setSentLayers(peer: Peer, producerId: string, layers: number): void {
    const known = peer.producers.get(producerId);
    if (!known) throw new InvalidStateError('not-possible-now', 'no such producer');
    const sentLayers = Math.min(layers, known.layers);
    if (known.sentLayers === sentLayers) return;
    known.sentLayers = sentLayers;
    this.#options.onChanged();
  }

  /** Where there is a producer, it knows better. */
  declare(peer: Peer, reported: RequestOf<'set-media-state'>): void {
    const before = `${peer.microphone} ${peer.camera}`;
    peer.report(reported);
    this.#declare(peer);
    if (before !== `${peer.microphone} ${peer.camera}`) this.#options.onPeerChanged(peer);
  }

  /** What the peer may publish no more is closed, and listed as absent. */
  limit(peer: Peer): void {
    const before = `${peer.microphone} ${peer.camera}`;
    for (const made of [...peer.producers.values()])
      if (!peer.permissions.publishes.includes(made.source)) closeProducer(made);
    peer.report(peer);
    if (before !== `${peer.microphone} ${peer.camera}`) this.#options.onPeerChanged(peer);
  }

  /** By somebody else's right: nothing of it is forwarded from here on. Who stays muted is not heard by a share either. */
  mute(peer: Peer): void {
    for (const known of peer.producers.values())
      if (known.source === 'microphone' || (peer.staysMuted && known.source === 'screen-audio'))
        this.#silence(peer, known);
    if (peer.microphone === 'on') {
      peer.microphone = 'muted';
      this.#options.onPeerChanged(peer);
    }
  }

  /** Its media is closed. A worker that could not be asked to close it has sent no event for its producers. */
  forget(peer: Peer): void {
    for (const made of [...peer.producers.values()]) this.#gone(peer, made);
  }

  #add(peer: Peer, made: CallProducer): void {
    const { producer, producerId, source } = made;
    this.all.set(producerId, made);
    peer.producers.set(producerId, made);
    producer.observer.once('close', () => this.#gone(peer, made));
    this.#declare(peer);
    if (source === 'screen') peer.sharesScreen = true;
    if (source === 'microphone') this.#options.onMicrophone(made);
    this.#options.onChanged();
  }

  /** What cannot be paused is closed. */
  #silence(peer: Peer, known: CallProducer): void {
    const declare = (): void => {
      if (this.#declare(peer)) this.#options.onPeerChanged(peer);
    };
    this.#pause(known, true).then(declare, () => closeProducer(known));
  }

  /** One after the other: a mute that comes while the worker resumes must not be lost. */
  #pause(known: CallProducer, paused: boolean): Promise<void> {
    const { producer, callRouter } = known;
    const done = known.settled.then(async () => {
      if (paused !== producer.paused)
        await callRouter.mediaWorker.ask(() => (paused ? producer.pause() : producer.resume()));
    });
    known.settled = done.catch(() => {});
    return done.catch((error: unknown) => Promise.reject(fromMediasoup(error)));
  }

  #declare(peer: Peer): boolean {
    const before = `${peer.microphone} ${peer.camera}`;
    const microphone = peer.producerOf('microphone');
    const camera = peer.producerOf('camera');
    if (microphone) peer.microphone = microphone.producer.paused ? 'muted' : 'on';
    if (camera) peer.camera = camera.producer.paused ? 'off' : 'on';
    return before !== `${peer.microphone} ${peer.camera}`;
  }

  #gone(peer: Peer, made: CallProducer): void {
    const { producerId, source } = made;
    if (this.all.get(producerId) !== made) return;
    this.all.delete(producerId);
    peer.producers.delete(producerId);
    if (source === 'microphone') this.#options.onMicrophone(null);
    this.#options.onChanged();
    if (source !== 'screen') return;
    // its client sends it again on the next worker: the stage must not drop it for that moment
    if (made.callRouter.mediaWorker.worker.died) setTimeout(() => this.#declareShare(peer), this.#options.shareBackMs);
    else this.#declareShare(peer);
  }

  #declareShare(peer: Peer): void {
    const sharesScreen = peer.producerOf('screen') !== undefined;
    if (sharesScreen === peer.sharesScreen) return;
    peer.sharesScreen = sharesScreen;
    this.#options.onPeerChanged(peer);
  }
}

const closeProducer = ({ producer, callRouter }: CallProducer): void => callRouter.mediaWorker.close(producer);
