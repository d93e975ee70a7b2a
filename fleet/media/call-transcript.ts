/**
 * The transcript of one call: whether a host has turned it on, and while it is on the sound of each microphone that is not muted on
 * its way to the node's transcriber. Its words go to everybody in the call as captions, and to the fleet, which keeps them.
 */
import { InvalidStateError, UserError } from '#contract/error-codes.ts';
import type { Language } from '#contract/schema.ts';
import type { RequestOf, SignalingNotification } from '#contract/signaling.ts';
import { type CallTranscript, NO_TRANSCRIPT, type TranscriptSegment } from '#contract/transcript.ts';
import { type BucketRate, TokenBucket } from '#edge/attempt-limit.ts';
import type { types } from 'mediasoup';
import type { Logger } from 'pino';
import type { CallEventDraft } from './call-listener.ts';
import type { CallProducer } from './call-producer.ts';
import { personOf } from './call-roles.ts';
import type { CallRouter } from './call-routers.ts';
import type { Peer } from './peer.ts';
import { rtpContent } from './rtp-packet.ts';
import type { SpeechTrack, SpokenSegment, Transcription } from './transcription.ts';

/** As the fleet has set it for a meeting. */
export type TranscriptRule = { isAllowed: boolean; language: Language };

export type TranscriptInCallOptions = {
  /** null: this node has no engine */
  transcription: Pick<Transcription, 'open' | 'isFailing'> | null;
  /** undefined: the fleet has set nothing, which allows nothing */
  rule: () => TranscriptRule | undefined;
  producers: () => Iterable<CallProducer>;
  peers: ReadonlyMap<string, Peer>;
  onEvent: (draft: CallEventDraft) => void;
  /** to everybody who has their snapshot */
  tell: (notification: SignalingNotification) => void;
  logger: Pick<Logger, 'warn'>;
};

type Microphone = {
  from: CallProducer;
  peer: Peer;
  /** null: it is being made */
  consumer: types.Consumer | null;
  /** null: muted */
  track: SpeechTrack | null;
  isClosed: boolean;
};

const TURNS: BucketRate = { burst: 10, refillPerMinute: 20 };
const RETRY_MS = 500;

export class TranscriptInCall {
  readonly #options: TranscriptInCallOptions;
  readonly #turns = new TokenBucket(TURNS);
  readonly #microphones = new Map<CallProducer, Microphone>();
  readonly #transports = new Map<CallRouter, Promise<types.DirectTransport>>();
  #on: { language: Language } | null = null;
  /** whose clients show that it is on: nobody else's sound is forwarded */
  #confirmed = new WeakSet<Peer>();
  #sent: string;
  #retry: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: TranscriptInCallOptions) {
    this.#options = options;
    this.#sent = JSON.stringify(this.state);
  }

  get state(): CallTranscript {
    const { transcription, rule } = this.#options;
    const set = rule();
    return {
      isOn: this.#on !== null,
      isPossible: transcription !== null && set?.isAllowed === true,
      language: this.#on?.language ?? set?.language ?? NO_TRANSCRIPT.language,
      isFailing: this.#on !== null && transcription?.isFailing === true,
    };
  }

  /**
   * By a host. The same again changes nothing.
   * @throws InvalidStateError not-possible-now: no engine, or the meeting's policy; UserError too-many-attempts
   */
  set({ peerId }: Pick<Peer, 'peerId'>, { isOn, language }: RequestOf<'set-transcript'>): void {
    if (isOn ? this.#on?.language === language : this.#on === null) return;
    if (isOn && !this.state.isPossible) throw new InvalidStateError('not-possible-now', 'no transcript is possible');
    if (!this.#turns.take()) throw new UserError('too-many-attempts', 'turned on and off too often');
    const wasOn = this.#on !== null;
    this.#turn(isOn ? { language } : null);
    if (wasOn !== isOn) this.#options.onEvent({ name: 'transcript-turned', isOn, byPeerId: peerId });
  }

  /** The fleet has set the meeting's rule, or the engine fails, or does not any more. */
  touchState(): void {
    if (this.#on && !this.state.isPossible) {
      this.#turn(null);
      this.#options.onEvent({ name: 'transcript-stopped', because: 'not-possible' });
    } else this.#send();
  }

  /** Its client shows that it is on. Twice is harmless. */
  confirm(peer: Peer): void {
    if (!this.#on || this.#confirmed.has(peer)) return;
    this.#confirmed.add(peer);
    this.touch();
  }

  /** Microphones came or went. */
  touch(): void {
    const wanted = new Map(this.#on && !this.#isClosed ? this.#wanted() : []);
    for (const microphone of [...this.#microphones.values()]) if (!wanted.has(microphone.from)) this.#stop(microphone);
    for (const [from, peer] of wanted) if (!this.#microphones.has(from)) void this.#follow(from, peer);
  }

  /** The call is over: what was spoken until now is still answered. Twice is harmless. */
  close(): void {
    this.#isClosed = true;
    if (this.#retry) clearTimeout(this.#retry);
    if (this.#on) this.#options.onEvent({ name: 'transcript-stopped', because: 'call-ended' });
    this.#on = null;
    this.#stopAll();
  }

  #turn(on: { language: Language } | null): void {
    // in the new language from the start of a track
    if (this.#on) this.#stopAll();
    else this.#confirmed = new WeakSet();
    this.#on = on;
    this.touch();
    this.#send();
  }

  #send(): void {
    const { state } = this;
    if (JSON.stringify(state) === this.#sent) return;
    this.#sent = JSON.stringify(state);
    this.#options.tell({ event: 'transcript-changed', data: state });
  }

  *#wanted(): Iterable<[CallProducer, Peer]> {
    for (const from of this.#options.producers()) {
      const peer = this.#options.peers.get(from.peerId);
      if (from.source !== 'microphone' || peer?.stage !== 'joined' || from.producer.closed) continue;
      if (this.#confirmed.has(peer)) yield [from, peer];
    }
  }

  async #follow(from: CallProducer, peer: Peer): Promise<void> {
    const microphone: Microphone = { from, peer, consumer: null, track: null, isClosed: false };
    this.#microphones.set(from, microphone);
    const { mediaWorker } = from.callRouter;
    try {
      await mediaWorker.ask(async () => {
        const transport = await this.#transportOn(from.callRouter);
        const { router } = from.callRouter;
        const consumer = await transport.consume({
          producerId: from.producerId,
          rtpCapabilities: soundCapabilities(router),
        });
        if (microphone.isClosed) return mediaWorker.close(consumer);
        microphone.consumer = consumer;
        mediaWorker.consumers += 1;
        consumer.observer.once('close', () => {
          mediaWorker.consumers -= 1;
          this.#forget(microphone);
        });
        consumer.on('rtp', (packet) => this.#onPacket(microphone, packet));
        consumer.on('producerpause', () => this.#mute(microphone));
        if (!consumer.producerPaused) this.#begin(microphone);
      });
    } catch (error) {
      this.#forget(microphone);
      if (microphone.isClosed || from.producer.closed || this.#isClosed) return;
      this.#options.logger.warn({ err: error, peerId: from.peerId }, 'a microphone does not reach the transcriber');
      this.#retry ??= setTimeout(() => {
        this.#retry = null;
        this.touch();
      }, RETRY_MS);
    }
  }

  #onPacket(microphone: Microphone, packet: Uint8Array): void {
    // unmuted, turned off: the worker's event and its packets come by one channel, and a packet may be behind either
    if (microphone.isClosed || microphone.from.producer.paused) return;
    const content = rtpContent(packet);
    if (!content) return;
    this.#begin(microphone);
    microphone.track?.sound(content);
  }

  #begin(microphone: Microphone): void {
    const { transcription } = this.#options;
    if (!this.#on || !transcription || microphone.isClosed) return;
    const { peer } = microphone;
    microphone.track ??= transcription.open(this.#on.language, (segment) => this.#spoken(peer, segment));
  }

  #mute(microphone: Microphone): void {
    microphone.track?.end();
    microphone.track = null;
  }

  /** Also after it was turned off, and after the call. */
  #spoken({ peerId, displayName, claims }: Peer, spoken: SpokenSegment): void {
    const segment: TranscriptSegment = { ...spoken, peerId, displayName };
    const person = claims.peerKind === 'room' ? null : personOf(claims);
    this.#options.tell({ event: 'caption', data: segment });
    this.#options.onEvent({ name: 'transcript-segment', segment, person });
  }

  #stop(microphone: Microphone): void {
    const { consumer, from } = microphone;
    this.#forget(microphone);
    if (consumer && !consumer.closed) from.callRouter.mediaWorker.close(consumer);
  }

  #stopAll(): void {
    for (const microphone of [...this.#microphones.values()]) this.#stop(microphone);
    for (const [{ mediaWorker }, opening] of this.#transports)
      opening.then(
        (transport) => mediaWorker.close(transport),
        () => {},
      );
    this.#transports.clear();
  }

  #forget(microphone: Microphone): void {
    microphone.isClosed = true;
    this.#mute(microphone);
    if (this.#microphones.get(microphone.from) === microphone) this.#microphones.delete(microphone.from);
  }

  #transportOn(callRouter: CallRouter): Promise<types.DirectTransport> {
    const known = this.#transports.get(callRouter);
    if (known) return known;
    const opening = callRouter.router.createDirectTransport();
    this.#transports.set(callRouter, opening);
    const forget = (): void => {
      if (this.#transports.get(callRouter) === opening) this.#transports.delete(callRouter);
    };
    opening.then((transport) => transport.observer.once('close', forget), forget);
    return opening;
  }
}

/** Opus alone, without extensions or repetition: what is consumed here is on this machine. */
function soundCapabilities(router: types.Router): types.RtpCapabilities {
  const codecs = router.rtpCapabilities.codecs!.filter(({ mimeType }) => mimeType.toLowerCase() === 'audio/opus');
  return { codecs: codecs.map((codec) => ({ ...codec, rtcpFeedback: [] })), headerExtensions: [] };
}
