/**
 * What is sent into a call: makes, pauses and closes the peers' producers, and keeps what is told of microphone and
 * camera in step with them. A mute has one truth, the producer; only where there is none does the client's word count.
 */
import { v7 as uuidv7 } from 'uuid';
import { InvalidStateError, OperationalError, ProtocolError } from '#contract/error-codes.ts';
import { MediaSource, type MovedMedia, type RequestOf } from '#contract/signaling.ts';
import type { types } from 'mediasoup';
import { type CallProducer, callProducer, kindOf } from './call-producer.ts';
import { fromMediasoup } from './media-errors.ts';
import type { Peer } from './peer.ts';

export type CallProducersOptions = {
  awaitedMs: number;
  /** a producer came or went: everyone's forwarding is to look again */
  onChanged: () => void;
  onPeerChanged: (peer: Peer) => void;
  onMicrophone: (microphone: CallProducer | null) => void;
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
    // said again after a drop
    if (known?.source === source && !known.awaited) return;
    if (kindOf[source] !== kind) throw new ProtocolError('bad-message', `${source} is ${kindOf[source]}`);
    const { media } = peer;
    if (!media) throw new OperationalError('media-failed', 'no media at this moment');
    if (!media.isSendingBy(request.transportId))
      throw new InvalidStateError('not-possible-now', 'not the sending transport');
    if (known?.source === source && isSentAs(known.producer, request)) {
      known.awaited = false;
      return this.setPaused(peer, producerId, request.paused);
    }
    this.#giveWay(peer, request);
    if (peer.producerOf(source)) throw new InvalidStateError('not-possible-now', `there is a ${source} already`);
    if (this.all.has(producerId)) throw new InvalidStateError('not-possible-now', 'there is such a producer already');
    const producer = await media.produce(request).catch((error: unknown) => Promise.reject(fromMediasoup(error)));
    if (peer.media !== media || producer.closed) {
      media.callRouter.mediaWorker.close(producer);
      throw new OperationalError('media-failed', 'the media was replaced meanwhile');
    }
    this.#add(peer, callProducer(producer, peer.peerId, source, media.callRouter));
    this.#options.onPeerChanged(peer);
  }

  /** What the peer sent when its worker died, on its new media. What cannot be made is left to its client. */
  async produceAhead(peer: Peer): Promise<MovedMedia['awaited']> {
    const { media, lost } = peer;
    peer.lost = [];
    if (!media) return [];
    const inOrder = MediaSource.options.flatMap((source) =>
      lost.filter((former) => former.source === source && !isOff(former)),
    );
    const awaited: MovedMedia['awaited'] = [];
    // an m-line's number is right as long as all before it are there
    for (const { producer: former, source } of inOrder) {
      const mid = String(awaited.length);
      const producer = await media.produceAhead(former, uuidv7(), mid).catch(() => null);
      if (producer === null || producer.closed) break;
      const made = callProducer(producer, peer.peerId, source, media.callRouter, true);
      const timer = setTimeout(() => made.awaited && closeProducer(made), this.#options.awaitedMs);
      producer.observer.once('close', () => clearTimeout(timer));
      this.#add(peer, made);
      awaited.push({ source, producerId: producer.id });
    }
    if (peer.producerOf('screen')) this.#options.onPeerChanged(peer);
    return awaited;
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
    await this.#pause(known, paused);
    if (this.#declare(peer)) this.#options.onPeerChanged(peer);
  }

  /** Whoever is sent a layer that has stopped gets the next lower one at once: the worker alone notices after 1.5 s. */
  setSentLayers(peer: Peer, producerId: string, layers: number): void {
    const known = peer.producers.get(producerId);
    if (!known) throw new InvalidStateError('not-possible-now', 'no such producer');
    const sentLayers = Math.min(layers, known.layers);
    if (known.sentLayers === sentLayers) return;
    known.sentLayers = sentLayers;
    this.#options.onChanged();
  }

  /** Where there is a producer, it knows better. */
  declare(peer: Peer, { microphone, camera }: RequestOf<'set-media-state'>): void {
    const before = `${peer.microphone} ${peer.camera}`;
    peer.microphone = microphone;
    peer.camera = camera;
    this.#declare(peer);
    if (before !== `${peer.microphone} ${peer.camera}`) this.#options.onPeerChanged(peer);
  }

  /** By somebody else's right: nothing of it is forwarded from here on. */
  mute(peer: Peer): void {
    const known = peer.producerOf('microphone');
    if (known) this.#pause(known, true).catch(() => {});
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
    producer.once('transportclose', () => peer.lost.push(made));
    producer.observer.once('close', () => this.#gone(peer, made));
    this.#declare(peer);
    if (source === 'microphone') this.#options.onMicrophone(made);
    this.#options.onChanged();
  }

  /** The client sends something else than was awaited: of the same source, or on the m-line of another. */
  #giveWay(peer: Peer, { source, rtpParameters }: RequestOf<'produce'>): void {
    for (const each of [...peer.producers.values()]) {
      const isInTheWay = each.source === source || each.producer.rtpParameters.mid === rtpParameters.mid;
      if (each.awaited && isInTheWay) closeProducer(each);
    }
  }

  async #pause({ producer, callRouter }: CallProducer, paused: boolean): Promise<void> {
    try {
      if (paused === producer.paused) return;
      await callRouter.mediaWorker.ask(() => (paused ? producer.pause() : producer.resume()));
    } catch (error) {
      throw fromMediasoup(error);
    }
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
    if (source === 'screen') this.#options.onPeerChanged(peer);
  }
}

const closeProducer = ({ producer, callRouter }: CallProducer): void => callRouter.mediaWorker.close(producer);

/** A camera that is off has no track, so its client sends nothing of it. */
const isOff = ({ source, producer }: CallProducer): boolean => source === 'camera' && producer.paused;

/** Whether packets sent by these parameters are found to belong to this producer. */
function isSentAs({ rtpParameters }: types.Producer, request: RequestOf<'produce'>): boolean {
  return wireShape(rtpParameters) === wireShape(request.rtpParameters as types.RtpParameters);
}

const wireShape = ({ mid, codecs, headerExtensions = [], encodings = [] }: types.RtpParameters): string =>
  JSON.stringify([
    mid,
    codecs.map(({ mimeType, payloadType }) => [mimeType.toLowerCase(), payloadType]),
    headerExtensions.map(({ uri, id }) => [uri, id]),
    encodings.map(({ rid, scalabilityMode }) => [rid, scalabilityMode]),
  ]);
