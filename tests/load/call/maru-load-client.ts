/** Our side of the loads, by the contract and mediasoup-client: enters by invite, shows everyone small. Runs in Chromium. */
import { Device, type types } from 'mediasoup-client';
import type { CallGrant } from '#contract/grants.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { ConsumerParameters, RequestOf, ResponseOf, SignalingMethod, View } from '#contract/signaling.ts';
import { v7 } from 'uuid';

const ASK_AFTER_SILENCE_MS = 2_000;

export class MaruLoadClient {
  #socket!: WebSocket;
  #nextId = 1;
  #heardAtMs = performance.now();
  // biome-ignore lint/suspicious/noExplicitAny: each answer is of its method's type; the node is trusted to keep the contract
  #waiting = new Map<number, { done: (data: any) => void; failed: (error: Error) => void }>();
  #device = new Device();
  #send!: types.Transport;
  #recv!: types.Transport;

  /** The grant is asked for by the page's maker: a page of another origin could not read the answer. */
  async enter(
    target: { invite: string },
    displayName: string,
    view: View = { kind: 'auto', maxTiles: 9, tileHeightPx: 180 },
  ): Promise<void> {
    const grant = await (window as unknown as { requestGrant: (invite: string) => Promise<CallGrant> }).requestGrant(
      target.invite,
    );
    this.#socket = new WebSocket(grant.signalingUrl);
    await new Promise((resolve, reject) => {
      this.#socket.onopen = resolve;
      this.#socket.onerror = reject;
    });
    this.#socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    const hello = await this.#ask('hello', {
      protocol: PROTOCOL_VERSION,
      admission: { kind: 'token', token: grant.joinToken },
    });
    if (hello.admission.kind !== 'fresh') throw new Error('a new peer was expected');
    const { media } = hello.admission;
    await this.#device.load({ routerRtpCapabilities: media.routerRtpCapabilities as types.RtpCapabilities });
    const options = ({ transportId, ...rest }: typeof media.send) =>
      ({ id: transportId, ...rest }) as unknown as types.TransportOptions;
    this.#send = this.#device.createSendTransport(options(media.send));
    this.#recv = this.#device.createRecvTransport(options(media.recv));
    for (const transport of [this.#send, this.#recv]) {
      transport.on('connect', ({ dtlsParameters }, done) => {
        void this.#ask('connect-transport', { transportId: transport.id, dtlsParameters: dtlsParameters as never });
        done();
      });
    }
    this.#send.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const producerId = v7();
      const source = appData.source as 'microphone' | 'camera';
      this.#ask('produce', {
        transportId: this.#send.id,
        producerId,
        kind,
        source,
        rtpParameters: rtpParameters as never,
        paused: false,
      }).then(() => done({ id: producerId }), failed);
    });
    const { anchor } = media;
    await this.#recv.consume({
      id: anchor.consumerId,
      producerId: anchor.producerId,
      kind: 'audio',
      rtpParameters: anchor.rtpParameters as never,
    });
    const call = await this.#ask('join-call', {
      displayName,
      rtpCapabilities: this.#device.recvRtpCapabilities as never,
      microphone: 'absent',
      camera: 'absent',
      view,
    });
    await Promise.all(call.consumers.map((consumer) => this.#consume(consumer)));
    // as our pages do
    setInterval(() => {
      if (performance.now() - this.#heardAtMs > ASK_AFTER_SILENCE_MS) void this.#ask('ping', {});
    }, 250);
  }

  async produce(
    track: MediaStreamTrack,
    encodings: RTCRtpEncodingParameters[],
    codecOptions: types.ProducerCodecOptions = {},
  ): Promise<void> {
    const source = track.kind === 'video' ? 'camera' : 'microphone';
    await this.#send.produce({
      track,
      appData: { source },
      codecOptions,
      stopTracks: false,
      ...(track.kind === 'video' ? { encodings } : {}),
    });
  }

  async leave(): Promise<void> {
    await this.#ask('leave-call', {});
    this.close();
  }

  close(): void {
    this.#socket.close();
    this.#send.close();
    this.#recv.close();
  }

  #consume(consumer: ConsumerParameters): Promise<unknown> {
    const { consumerId: id, producerId, kind, rtpParameters } = consumer;
    return this.#recv.consume({ id, producerId, kind, rtpParameters: rtpParameters as never });
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  #receive(message: any): void {
    this.#heardAtMs = performance.now();
    if (message.event === 'consumer-added') void this.#consume(message.data);
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    this.#waiting.delete(message.id);
    if (message.ok) waiting.done(message.data);
    else waiting.failed(new Error(`${message.error.code}: ${message.error.message}`));
  }

  #ask<M extends SignalingMethod>(method: M, data: RequestOf<M>): Promise<ResponseOf<M>> {
    const id = this.#nextId++;
    this.#socket.send(JSON.stringify({ id, method, data }));
    return new Promise((done, failed) => this.#waiting.set(id, { done, failed }));
  }
}
