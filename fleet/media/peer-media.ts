/**
 * A peer's two transports on one router, its producers, and the anchor consumer that connects the receiving one ahead
 * of time. Replaced as a whole when the worker dies or the page comes back without its own half.
 */
import { InvalidStateError, OperationalError } from '#contract/error-codes.ts';
import type { IceParameters, RtpCapabilities, RtpParameters } from '#contract/media-parameters.ts';
import type { MediaSetup, RequestOf, TransportParameters } from '#contract/signaling.ts';
import { MEDIA_BLOCKED_AFTER_MS } from '#contract/timing.ts';
import type { CallQuality } from '#contract/kiosk-health.ts';
import type { types } from 'mediasoup';
import type { CallRouter } from './call-routers.ts';
import { qualityOf } from './transport-quality.ts';
import { INITIAL_OUTGOING_BITRATE_BPS, KEY_FRAME_REQUEST_DELAY_MS, MIN_OUTGOING_BITRATE_BPS } from './media-codecs.ts';

export class PeerMedia {
  readonly callRouter: CallRouter;
  readonly recv: types.WebRtcTransport;
  readonly #send: types.WebRtcTransport;
  readonly #anchor: types.Consumer;
  /** by transport: the fingerprints that it was connected with */
  readonly #connected = new Map<string, string>();
  /** null: it gets through, as far as the client has wanted it */
  #downSinceMs: number | null = null;

  private constructor(
    callRouter: CallRouter,
    send: types.WebRtcTransport,
    recv: types.WebRtcTransport,
    anchor: types.Consumer,
  ) {
    this.callRouter = callRouter;
    this.#send = send;
    this.recv = recv;
    this.#anchor = anchor;
    for (const transport of [send, recv])
      for (const change of ['icestatechange', 'dtlsstatechange'] as const)
        transport.on(change, () => this.#lookAtPath());
    const { mediaWorker } = callRouter;
    mediaWorker.peers += 1;
    recv.observer.once('close', () => {
      mediaWorker.peers -= 1;
    });
  }

  /** @throws mediasoup's errors where the worker dies meanwhile */
  static open(callRouter: CallRouter): Promise<PeerMedia> {
    return callRouter.mediaWorker.ask(() => PeerMedia.#open(callRouter));
  }

  static async #open(callRouter: CallRouter): Promise<PeerMedia> {
    const { router, mediaWorker, anchor, anchorCapabilities } = callRouter;
    const openTransport = (): Promise<types.WebRtcTransport> =>
      router.createWebRtcTransport({
        webRtcServer: mediaWorker.webRtcServer,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        initialAvailableOutgoingBitrate: INITIAL_OUTGOING_BITRATE_BPS,
      });
    const opening = [openTransport(), openTransport()] as const;
    try {
      const [send, recv] = await Promise.all(opening);
      const [consumer] = await Promise.all([
        recv.consume({ producerId: anchor.id, rtpCapabilities: anchorCapabilities }),
        recv.setMinOutgoingBitrate(MIN_OUTGOING_BITRATE_BPS),
      ]);
      if (send.closed || recv.closed) throw new OperationalError('media-failed', 'closed while it opened');
      return new PeerMedia(callRouter, send, recv, consumer);
    } catch (error) {
      for (const transport of opening)
        transport.then(
          (opened) => mediaWorker.close(opened),
          () => {},
        );
      throw error;
    }
  }

  get setup(): MediaSetup {
    const { router, anchor } = this.callRouter;
    return {
      routerRtpCapabilities: router.rtpCapabilities as RtpCapabilities,
      send: parametersOf(this.#send),
      recv: parametersOf(this.recv),
      anchor: {
        consumerId: this.#anchor.id,
        producerId: anchor.id,
        rtpParameters: this.#anchor.rtpParameters as RtpParameters,
      },
    };
  }

  /** Whether a page that kept its own half can go on with it. */
  get usable(): boolean {
    return [this.#send, this.recv].every(
      ({ closed, dtlsState }) => !closed && dtlsState !== 'failed' && dtlsState !== 'closed',
    );
  }

  /** Sent again after a drop with the same fingerprints, it is no fault. */
  async connect({ transportId, dtlsParameters }: RequestOf<'connect-transport'>): Promise<void> {
    const transport = this.#transport(transportId);
    const said = JSON.stringify(dtlsParameters.fingerprints);
    const before = this.#connected.get(transportId);
    if (before === said) return;
    if (before !== undefined) throw new InvalidStateError('not-possible-now', 'connected already, to another');
    this.#connected.set(transportId, said);
    this.#lookAtPath();
    try {
      await this.#ask(() => transport.connect({ dtlsParameters }));
    } catch (error) {
      this.#connected.delete(transportId);
      this.#lookAtPath();
      throw error;
    }
  }

  /** The client has begun to connect a transport, and for a while now it is not connected. */
  isBlocked(nowMs: number): boolean {
    return this.#downSinceMs !== null && nowMs - this.#downSinceMs >= MEDIA_BLOCKED_AFTER_MS;
  }

  #lookAtPath(): void {
    const open = [this.#send, this.recv].every(
      ({ id, iceState, dtlsState }) =>
        !this.#connected.has(id) ||
        (dtlsState === 'connected' && (iceState === 'connected' || iceState === 'completed')),
    );
    this.#downSinceMs = open ? null : (this.#downSinceMs ?? performance.now());
  }

  produce({ producerId, kind, rtpParameters, paused }: RequestOf<'produce'>): Promise<types.Producer> {
    return this.#produce({ id: producerId, kind, paused, rtpParameters: rtpParameters as types.RtpParameters });
  }

  isSendingBy(transportId: string): boolean {
    return transportId === this.#send.id;
  }

  async restartIce(transportId: string): Promise<IceParameters> {
    const transport = this.#transport(transportId);
    return this.#ask(() => transport.restartIce());
  }

  async restartBoth(): Promise<{ sendIceParameters: IceParameters; recvIceParameters: IceParameters }> {
    const restarting = () => Promise.all([this.#send.restartIce(), this.recv.restartIce()]);
    const [sendIceParameters, recvIceParameters] = await this.#ask(restarting);
    return { sendIceParameters, recvIceParameters };
  }

  /** null: not connected, or its worker does not answer now */
  async quality(): Promise<CallQuality | null> {
    try {
      const [[fromPeer], [toPeer]] = await this.#ask(() => Promise.all([this.#send.getStats(), this.recv.getStats()]));
      return fromPeer?.iceSelectedTuple && toPeer ? qualityOf(fromPeer, toPeer) : null;
    } catch {
      return null;
    }
  }

  /** Producers and consumers close with their transports. Twice is harmless. */
  close(): void {
    this.callRouter.mediaWorker.close(this.#send, this.recv);
  }

  #produce(options: types.ProducerOptions): Promise<types.Producer> {
    return this.#ask(() => this.#send.produce({ ...options, keyFrameRequestDelay: KEY_FRAME_REQUEST_DELAY_MS }));
  }

  #ask<T>(request: () => Promise<T>): Promise<T> {
    return this.callRouter.mediaWorker.ask(request);
  }

  #transport(transportId: string): types.WebRtcTransport {
    for (const transport of [this.#send, this.recv]) if (transport.id === transportId) return transport;
    // of a set-up that was replaced meanwhile: the client is notified of that
    throw new InvalidStateError('not-possible-now', 'no such transport');
  }
}

function parametersOf({
  id,
  iceParameters,
  iceCandidates,
  dtlsParameters,
}: types.WebRtcTransport): TransportParameters {
  return { transportId: id, iceParameters, iceCandidates, dtlsParameters };
}
