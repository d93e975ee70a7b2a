/**
 * One set-up of media with one router: device, the two transports, consumers and producers. Lives as long as the
 * transports do; a worker's death replaces it by another. Knows neither roster nor tracks' owners.
 */
import { InvalidStateError } from '#contract/error-codes.ts';
import type { IceServer } from '#contract/grants.ts';
import type { IceParameters, RtpCapabilities } from '#contract/media-parameters.ts';
import type { MediaSource } from '#contract/media-source.ts';
import type {
  ConsumerParameters,
  MediaSetup,
  RequestOf,
  ResponseOf,
  SignalingMethod,
  TransportParameters,
} from '#contract/signaling.ts';
import type { types } from 'mediasoup-client';
import { v7 as uuidv7 } from 'uuid';
import { sendOptions } from './encodings.ts';
import { type MediaWay, mediaWayOf } from './media-way.ts';
import { MediaPath } from './media-path.ts';
import { loadDevice } from './rtc-device.ts';
import { reportSentLayers } from './sent-layers.ts';

/** After these, a picture without a frame asks for a key frame again: the first may have come before its receiver. */
const FIRST_FRAME_CHECKS_MS = [150, 400, 1_000];
const ICE_CHECK_INTERVAL_MS = 500;
/** An ICE restart gets this long before the next. */
const ICE_RESTART_MS = 2_000;
const ICE_CONNECT_MS = 6_000;
/** No pair of candidates after these: the browser found no network as it gathered, and gathers again in a restart alone. */
const ICE_GATHER_MS = 1_500;

export type SendRequest = <M extends SignalingMethod>(method: M, data: RequestOf<M>) => Promise<ResponseOf<M>>;
export type MediaOptions = {
  setup: MediaSetup;
  /** TURN, for people behind firewalls */
  iceServers: readonly IceServer[];
  ask: SendRequest;
  onProducerRefused: (source: MediaSource, error: Error) => void;
  /** media does not get through, or does again */
  onBlocked: (blocked: boolean) => void;
  /** each time that it is connected anew */
  onWay: (way: MediaWay) => void;
};

/** The part that `call-client.ts` needs; its tests replace it. */
export type Media = {
  /** the node's name of the sending one */
  readonly transportId: string;
  rtpCapabilities(): Promise<RtpCapabilities>;
  connectAhead(): void;
  consume(parameters: ConsumerParameters): Promise<MediaStreamTrack>;
  /** it flows from now on: without a picture soon, a key frame is asked for */
  expectFrame(consumerId: string): void;
  closeConsumer(consumerId: string): void;
  consumerIds(): string[];
  produce(source: MediaSource, track: MediaStreamTrack, producerId: string): Promise<LocalProducer>;
  /** after a kept resume: new ICE parameters, and the messages that may have been lost at the drop */
  resume(send: IceParameters, recv: IceParameters): void;
  /** as the browser counts since the start of each transport */
  statistics(): Promise<MediaStatistics>;
  /** sends and requests nothing any more; received tracks stay until `close` */
  retire(): void;
  close(): void;
};
/** The browser's reports, each with its `type`. */
export type MediaStatistics = { sent: RTCStatsReport; received: RTCStatsReport };
export type CreateMedia = (options: MediaOptions) => Media;

/** A producer of ours. It never sets `track.enabled`: `CaptureDevice` does. */
export type LocalProducer = {
  readonly producerId: string;
  /** once the node has answered: a request in flight at a drop may be lost */
  readonly confirmed: boolean;
  /** as sent with `produce` */
  readonly announcedPaused: boolean;
  readonly track: MediaStreamTrack | null;
  /** null: closed */
  readonly sender: RTCRtpSender | null;
  replaceTrack(track: MediaStreamTrack | null): Promise<void>;
  close(): void;
};

type Transports = { device: types.Device; send: types.Transport; recv: types.Transport };
/** Travels with mediasoup-client's producer from `produce()` to its event. */
type SendData = {
  producerId: string;
  source: MediaSource | 'anchor';
  track: MediaStreamTrack;
  announcedPaused?: boolean;
};

export class MediaSession implements Media {
  readonly #options: MediaOptions;
  readonly #ready: Promise<Transports>;
  readonly #consumers = new Map<string, types.Consumer | null>();
  /** asked for while their consumers are being made */
  readonly #expected = new Set<string>();
  readonly #unconfirmedConnects = new Map<string, RequestOf<'connect-transport'>>();
  readonly #confirmedProducers = new Set<string>();
  readonly #iceSince = new Map<types.Transport, { state: string; sinceMs: number; restartedAtMs: number }>();
  readonly #path = new MediaPath();
  #blocked = false;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #anchorTrack: Promise<MediaStreamTrack> | null = null;
  #iceTimer: ReturnType<typeof setInterval> | undefined;
  #retired = false;
  #closed = false;

  constructor(options: MediaOptions) {
    this.#options = options;
    this.#ready = this.#start();
    this.#ready.catch((error) => console.error('call: media could not start', error));
  }

  async #start(): Promise<Transports> {
    const { setup, iceServers } = this.#options;
    const device = await loadDevice(setup.routerRtpCapabilities as types.RtpCapabilities);
    if (this.#retired) throw new InvalidStateError('not-possible-now', 'closed');
    const send = device.createSendTransport(transportOptions(setup.send, iceServers));
    const recv = device.createRecvTransport(transportOptions(setup.recv, iceServers));
    for (const transport of [send, recv]) {
      // pipelined: nothing waits for the node's answer
      transport.on('connect', ({ dtlsParameters }, done) => {
        this.#connect({ transportId: transport.id, dtlsParameters });
        // a browser without candidates leaves it at `new`
        if (transport.connectionState === 'new') this.#setIce(transport, 'gathering');
        done();
      });
      this.#iceSince.set(transport, { state: 'new', sinceMs: performance.now(), restartedAtMs: 0 });
      transport.on('connectionstatechange', (state) => {
        this.#setIce(transport, state);
        this.#checkIce();
        if (state === 'connected') void this.#reportWay(transport);
      });
    }
    send.on('produce', ({ kind, rtpParameters, appData }, done) => {
      const data = appData as SendData;
      const { producerId, source } = data;
      done({ id: producerId });
      if (source === 'anchor') return;
      data.announcedPaused = !data.track.enabled;
      const request = { transportId: send.id, producerId, kind, source, rtpParameters, paused: data.announcedPaused };
      this.#options.ask('produce', request as RequestOf<'produce'>).then(
        () => this.#confirmedProducers.add(producerId),
        (error) => this.#options.onProducerRefused(source, error),
      );
    });
    const { anchor } = setup;
    this.#anchorTrack = recv
      .consume({
        id: anchor.consumerId,
        producerId: anchor.producerId,
        kind: 'audio',
        rtpParameters: anchor.rtpParameters as types.RtpParameters,
        streamId: 'anchor',
      })
      .then((consumer) => consumer.track);
    this.#anchorTrack.catch(() => {});
    this.#iceTimer = setInterval(() => this.#checkIce(), ICE_CHECK_INTERVAL_MS);
    return { device, send, recv };
  }

  get transportId(): string {
    return this.#options.setup.send.transportId;
  }

  async rtpCapabilities(): Promise<RtpCapabilities> {
    const { device } = await this.#ready;
    return device.recvRtpCapabilities as RtpCapabilities;
  }

  /**
   * Connects the sending transport before there is anything to send: an m-line without RTP (encoding inactive, never
   * announced to the node), so that ICE and DTLS are done when the person joins.
   */
  connectAhead(): void {
    void (async () => {
      const { send } = await this.#ready;
      const track = await this.#anchorTrack!;
      const appData: SendData = { producerId: uuidv7(), source: 'anchor', track };
      await send.produce({
        track,
        encodings: [{ active: false }],
        stopTracks: false,
        disableTrackOnPause: false,
        appData,
      });
    })().catch(() => {});
  }

  /** Several in one tick are negotiated at once: mediasoup-client batches them. */
  async consume(parameters: ConsumerParameters): Promise<MediaStreamTrack> {
    const { consumerId, producerId, kind, peerId, source } = parameters;
    this.#consumers.set(consumerId, null);
    const { recv } = await this.#ready;
    // voice and face are kept in step by their stream's id; a shared screen keeps its own time
    const streamId = source === 'microphone' || source === 'camera' ? peerId : `${peerId}-screen`;
    const consumer = await recv.consume({
      id: consumerId,
      producerId,
      kind,
      streamId,
      rtpParameters: parameters.rtpParameters as types.RtpParameters,
    });
    if (!this.#consumers.has(consumerId)) consumer.close();
    else this.#consumers.set(consumerId, consumer);
    if (this.#expected.delete(consumerId)) this.#checkFrame(consumer, 0);
    return consumer.track;
  }

  expectFrame(consumerId: string): void {
    const consumer = this.#consumers.get(consumerId);
    if (consumer) this.#checkFrame(consumer, 0);
    else this.#expected.add(consumerId);
  }

  closeConsumer(consumerId: string): void {
    const consumer = this.#consumers.get(consumerId);
    this.#consumers.delete(consumerId);
    consumer?.close();
  }

  consumerIds(): string[] {
    return [...this.#consumers.keys()];
  }

  async produce(source: MediaSource, track: MediaStreamTrack, producerId: string): Promise<LocalProducer> {
    const { device, send } = await this.#ready;
    const options = sendOptions(source, track, device.sendRtpCapabilities);
    const appData: SendData = { producerId, source, track };
    const producer = await send.produce({ track, ...options, stopTracks: false, disableTrackOnPause: false, appData });
    const confirmed = (): boolean => this.#confirmedProducers.has(producerId);
    reportSentLayers({
      sender: producer,
      count: options.encodings?.length ?? 1,
      mayTell: confirmed,
      tell: (layers) => this.#options.ask('set-sent-layers', { producerId, layers }),
    });
    return {
      producerId,
      get confirmed() {
        return confirmed();
      },
      get track() {
        return producer.track;
      },
      get sender() {
        return producer.closed ? null : (producer.rtpSender ?? null);
      },
      announcedPaused: appData.announcedPaused ?? false,
      replaceTrack: (next) => producer.replaceTrack({ track: next }),
      close: () => producer.close(),
    };
  }

  resume(sendIce: IceParameters, recvIce: IceParameters): void {
    void (async () => {
      const { send, recv } = await this.#ready;
      this.#path.startAnew();
      for (const request of this.#unconfirmedConnects.values()) this.#connect(request);
      for (const [transport, iceParameters] of [
        [send, sendIce],
        [recv, recvIce],
      ] as const) {
        this.#iceSince.get(transport)!.restartedAtMs = performance.now();
        await transport.restartIce({ iceParameters });
      }
    })().catch((error) => console.warn('call: ICE restart failed', error));
  }

  async statistics(): Promise<MediaStatistics> {
    const { send, recv } = await this.#ready;
    const [sent, received] = await Promise.all([send.getStats(), recv.getStats()]);
    return { sent, received };
  }

  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    clearInterval(this.#iceTimer);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#ready.then(
      ({ send }) => send.close(),
      () => {},
    );
  }

  close(): void {
    if (this.#closed) return;
    this.retire();
    this.#closed = true;
    this.#consumers.clear();
    this.#ready.then(
      ({ recv }) => recv.close(),
      () => {},
    );
  }

  #connect(request: RequestOf<'connect-transport'>): void {
    this.#unconfirmedConnects.set(request.transportId, request);
    this.#options
      .ask('connect-transport', request)
      .then(() => this.#unconfirmedConnects.delete(request.transportId))
      .catch((error) => console.warn('call: transport not connected', error));
  }

  #setIce(transport: types.Transport, state: string): void {
    Object.assign(this.#iceSince.get(transport)!, { state, sinceMs: performance.now() });
  }

  /** A network that changed under living signalling: the node gives new ICE parameters. */
  #checkIce(): void {
    if (this.#retired) return;
    const nowMs = performance.now();
    this.#checkPath(nowMs);
    for (const [transport, ice] of this.#iceSince) {
      const limitMs = { gathering: ICE_GATHER_MS, connecting: ICE_CONNECT_MS }[ice.state];
      const stuck = limitMs !== undefined && nowMs - ice.sinceMs > limitMs;
      if (ice.state !== 'disconnected' && ice.state !== 'failed' && !stuck) continue;
      if (nowMs - ice.restartedAtMs < ICE_RESTART_MS) continue;
      ice.restartedAtMs = nowMs;
      this.#options
        .ask('restart-ice', { transportId: transport.id })
        .then(({ iceParameters }) => transport.restartIce({ iceParameters }))
        .catch(() => {}); // tried again by the timer, or by the reconnect
    }
  }

  #checkPath(nowMs: number): void {
    const states = [...this.#iceSince].map(([{ id }, { state }]) => [id, state] as const);
    const blocked = this.#path.isBlocked(states, nowMs);
    if (blocked === this.#blocked) return;
    this.#blocked = blocked;
    this.#options.onBlocked(blocked);
  }

  async #reportWay(transport: types.Transport): Promise<void> {
    const way = await transport.getStats().then(mediaWayOf, () => null);
    if (way !== null && !this.#retired) this.#options.onWay(way);
  }

  #checkFrame(consumer: types.Consumer, check: number): void {
    const waitMs = FIRST_FRAME_CHECKS_MS[check];
    if (waitMs === undefined || this.#retired) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (consumer.closed) return;
      void consumer.getStats().then(
        (stats) => {
          for (const report of stats.values()) if (report.type === 'inbound-rtp' && report.framesDecoded > 0) return;
          this.#options.ask('request-key-frame', { consumerId: consumer.id }).catch(() => {});
          this.#checkFrame(consumer, check + 1);
        },
        () => {},
      );
    }, waitMs);
    this.#timers.add(timer);
  }
}

export function transportOptions(
  parameters: TransportParameters,
  iceServers: readonly IceServer[] = [],
): types.TransportOptions {
  const { transportId, iceParameters, iceCandidates, dtlsParameters } = parameters;
  return { id: transportId, iceParameters, iceCandidates, dtlsParameters, iceServers: [...iceServers] };
}
