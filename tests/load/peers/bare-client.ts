/** The page's half of the bare harness: mediasoup-client and a WebSocket, nothing else. Runs in Chromium. */
import { Device, type types } from 'mediasoup-client';

// biome-ignore lint/suspicious/noExplicitAny: bare on purpose, nothing is parsed
type Answer = Record<string, any>;

export class BareClient {
  #socket!: WebSocket;
  #nextId = 1;
  #waiting = new Map<number, (answer: Answer) => void>();
  #device = new Device();
  #send!: types.Transport;
  #recv!: types.Transport;
  #ahead: MediaStreamTrack[] | null = null;
  onTap: () => void = () => {};

  /**
   * Everything that may be prepared ahead: socket, device, transports, the receiving one connected; for who will send too,
   * the sending one as well, and what there is to see consumed, paused.
   */
  async prepare(url: string, role: 'source' | 'viewer' | 'tv' | 'phone', { ahead = false } = {}): Promise<void> {
    this.#socket = new WebSocket(url.replace('http', 'ws'));
    await new Promise((resolve, reject) => {
      this.#socket.onopen = resolve;
      this.#socket.onerror = reject;
    });
    this.#socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.event === 'tap') this.onTap();
      else this.#waiting.get(message.id)?.(message);
    };
    const hello = await this.ask('hello', { role });
    if (role === 'phone') return;
    await this.#device.load({ routerRtpCapabilities: hello.routerRtpCapabilities });
    this.#send = this.#device.createSendTransport(hello.send);
    this.#recv = this.#device.createRecvTransport(hello.recv);
    for (const transport of [this.#send, this.#recv]) {
      transport.on('connect', ({ dtlsParameters }, done) => {
        void this.ask('connect', { transportId: transport.id, dtlsParameters });
        done();
      });
    }
    this.#send.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      if (appData.silent) return done({ id: 'silent' });
      this.ask('produce', { transportId: this.#send.id, kind, rtpParameters }).then(
        (a) => done({ id: a.producerId }),
        failed,
      );
    });
    const { track } = await this.#recv.consume(hello.anchor);
    const silent = { encodings: [{ active: false }], stopTracks: false, appData: { silent: true } };
    if (!ahead) return;
    await this.#send.produce({ track, ...silent });
    const { consumers } = await this.ask('consume', {
      rtpCapabilities: this.#device.recvRtpCapabilities,
      paused: true,
    });
    this.#ahead = await this.#consume(consumers);
  }

  produce(
    track: MediaStreamTrack,
    encodings: RTCRtpEncodingParameters[],
    codecOptions: types.ProducerCodecOptions = {},
  ): Promise<types.Producer> {
    return this.#send.produce({
      track,
      encodings: track.kind === 'video' ? encodings : undefined,
      codecOptions,
      stopTracks: false,
    });
  }

  /** Resolves with the tracks that the others send. */
  async join(): Promise<MediaStreamTrack[]> {
    if (this.#ahead !== null) {
      await this.ask('resume', {});
      return this.#ahead;
    }
    const { consumers } = await this.ask('consume', { rtpCapabilities: this.#device.recvRtpCapabilities });
    return this.#consume(consumers);
  }

  async #consume(consumers: types.ConsumerOptions[]): Promise<MediaStreamTrack[]> {
    const made = await Promise.all(consumers.map((options) => this.#recv.consume(options)));
    return made.map((consumer) => consumer.track);
  }

  /** True once the receiving transport's ICE and DTLS are up. */
  get connected(): boolean {
    return this.#recv.connectionState === 'connected';
  }

  ask(method: string, data: object): Promise<Answer> {
    const id = this.#nextId++;
    this.#socket.send(JSON.stringify({ id, method, ...data }));
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  close(): void {
    this.#send?.close();
    this.#recv?.close();
    this.#socket.close();
  }
}
