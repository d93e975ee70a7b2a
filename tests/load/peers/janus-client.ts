/** The page's half of the Janus peer: the JSON API of the videoroom plugin, one session a connection. Runs in Chromium. */
// biome-ignore lint/suspicious/noExplicitAny: a foreign server's answers, read by the bench alone
type Json = Record<string, any>;

export class JanusClient {
  #socket!: WebSocket;
  #session = 0;
  #handle = 0;
  #transactions = new Map<string, (message: Json) => void>();
  #keepAlive: ReturnType<typeof setInterval> | undefined;
  #peer = new RTCPeerConnection();
  #webrtcUp!: () => void;
  /** Janus knows a feed only from here on. */
  #up = new Promise<void>((resolve) => (this.#webrtcUp = resolve));

  async open(url: string): Promise<void> {
    this.#socket = new WebSocket(url, 'janus-protocol');
    await new Promise((resolve, reject) => {
      this.#socket.onopen = resolve;
      this.#socket.onerror = reject;
    });
    this.#socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.janus === 'webrtcup') this.#webrtcUp();
      // an `ack` only says that the request was taken; the event with the same transaction is the answer
      if (message.janus !== 'ack') this.#transactions.get(message.transaction)?.(message);
    };
    this.#session = (await this.#ask({ janus: 'create' })).data.id;
    this.#handle = (await this.#ask({ janus: 'attach', plugin: 'janus.plugin.videoroom' })).data.id;
    this.#keepAlive = setInterval(() => void this.#ask({ janus: 'keepalive' }), 20_000);
  }

  /** @returns the feed's id */
  async publish(tracks: MediaStreamTrack[], room: number, encoding: RTCRtpEncodingParameters): Promise<number> {
    const joined = await this.#message({ request: 'join', ptype: 'publisher', room });
    for (const track of tracks) {
      this.#peer.addTransceiver(track, {
        direction: 'sendonly',
        ...(track.kind === 'video' ? { sendEncodings: [encoding] } : {}),
      });
    }
    await this.#peer.setLocalDescription();
    await this.#gathered();
    const answer = await this.#message({ request: 'configure' }, this.#peer.localDescription!);
    await this.#peer.setRemoteDescription(answer.jsep);
    await this.#up;
    return joined.plugindata.data.id;
  }

  async subscribe(feed: number, room: number): Promise<RTCPeerConnection> {
    const offer = await this.#message({ request: 'join', ptype: 'subscriber', room, streams: [{ feed }] });
    await this.#peer.setRemoteDescription(offer.jsep);
    await this.#peer.setLocalDescription();
    await this.#gathered();
    await this.#message({ request: 'start', room }, this.#peer.localDescription!);
    return this.#peer;
  }

  close(): void {
    clearInterval(this.#keepAlive);
    this.#peer.close();
    this.#socket.close();
  }

  async #gathered(): Promise<void> {
    if (this.#peer.iceGatheringState === 'complete') return;
    await new Promise((resolve) => this.#peer.addEventListener('icegatheringstatechange', resolve, { once: true }));
    await this.#gathered();
  }

  async #message(body: Json, jsep?: RTCSessionDescription): Promise<Json> {
    const answer = await this.#ask({ janus: 'message', body, ...(jsep === undefined ? {} : { jsep }) });
    const error = answer.plugindata?.data?.error ?? answer.error?.reason;
    if (error !== undefined) throw new Error(`Janus: ${error}`);
    return answer;
  }

  #ask(message: Json): Promise<Json> {
    const transaction = crypto.randomUUID();
    const ids = {
      ...(this.#session === 0 ? {} : { session_id: this.#session }),
      ...(this.#handle === 0 ? {} : { handle_id: this.#handle }),
    };
    this.#socket.send(JSON.stringify({ ...message, ...ids, transaction }));
    return new Promise((resolve) => this.#transactions.set(transaction, resolve));
  }
}
