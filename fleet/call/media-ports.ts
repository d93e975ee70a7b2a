/**
 * Whether this page reaches a node's media ports, tried apart: one transport is given UDP candidates alone, the other TCP
 * alone. A place is prepared by a grant and left again; nothing is produced or received, and nobody joins.
 */
import type { CallGrant } from '#contract/grants.ts';
import type { MediaSetup, TransportParameters } from '#contract/signaling.ts';
import type { types } from 'mediasoup-client';
import { v7 as uuidv7 } from 'uuid';
import { transportOptions } from './media-session.ts';
import type { OpenSocket } from './open-socket.ts';
import { loadDevice } from './rtc-device.ts';
import { ResumableConnection } from './resumable-connection.ts';

export type MediaProtocol = 'udp' | 'tcp';
type Ports = Record<MediaProtocol, Promise<boolean>>;

/** Signalling, and then ICE with DTLS: both are a matter of a second where nothing is in the way. */
const ENTER_WITHIN_MS = 4_000;
const CONNECT_WITHIN_MS = 6_000;

export class MediaPorts {
  readonly #grant: CallGrant;
  readonly #connection: ResumableConnection;
  readonly #ends = new AbortController();
  readonly #transports: types.Transport[] = [];
  #ports: Promise<Ports> | null = null;

  constructor({ grant, openSocket }: { grant: CallGrant; openSocket?: OpenSocket }) {
    this.#grant = grant;
    this.#connection = new ResumableConnection({
      openSocket: openSocket ?? ((url) => new WebSocket(url)),
      onNotification: () => {},
      onDropped: () => {},
    });
  }

  /** @throws the node's refusal of the grant; false where nobody answers */
  async reaches(protocol: MediaProtocol): Promise<boolean> {
    // a grant lets in once: both ports are tried over one place
    this.#ports ??= this.#enter();
    return (await this.#ports)[protocol];
  }

  /** Twice is harmless. */
  close(): void {
    this.#ends.abort();
    for (const transport of this.#transports.splice(0)) transport.close();
    this.#connection.ask('leave-call', {}).catch(() => {});
    this.#connection.close();
  }

  async #enter(): Promise<Ports> {
    const nobody = { udp: Promise.resolve(false), tcp: Promise.resolve(false) };
    const patience = setTimeout(() => this.#ends.abort(), ENTER_WITHIN_MS);
    try {
      const { admission } = await this.#connection.enter(this.#grant, this.#ends.signal);
      clearTimeout(patience);
      return admission.kind === 'fresh' ? await this.#connect(admission.media) : nobody;
    } catch (error) {
      if (this.#ends.signal.aborted) return nobody;
      throw error;
    } finally {
      clearTimeout(patience);
    }
  }

  /** The receiving one goes by UDP, the sending one by TCP: both carry their m-line and no media. */
  async #connect({ routerRtpCapabilities, recv, send, anchor }: MediaSetup): Promise<Ports> {
    const device = await loadDevice(routerRtpCapabilities as types.RtpCapabilities);
    this.#ends.signal.throwIfAborted();
    const receiving = device.createRecvTransport(transportOptions(only('udp', recv)));
    const sending = device.createSendTransport(transportOptions(only('tcp', send)));
    const ports: Ports = { udp: this.#connected(receiving), tcp: this.#connected(sending) };
    const consumer = await receiving.consume({
      id: anchor.consumerId,
      producerId: anchor.producerId,
      kind: 'audio',
      rtpParameters: anchor.rtpParameters as types.RtpParameters,
    });
    // the node receives no request for a producer
    sending.on('produce', (_, done) => done({ id: uuidv7() }));
    await sending.produce({
      track: consumer.track,
      encodings: [{ active: false }],
      stopTracks: false,
      disableTrackOnPause: false,
    });
    return ports;
  }

  #connected(transport: types.Transport): Promise<boolean> {
    this.#transports.push(transport);
    transport.on('connect', ({ dtlsParameters }, done) => {
      this.#connection.ask('connect-transport', { transportId: transport.id, dtlsParameters }).catch(() => {});
      done();
    });
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(false), CONNECT_WITHIN_MS);
      const settle = (reached: boolean): void => {
        clearTimeout(late);
        resolve(reached);
      };
      transport.on('connectionstatechange', (state) => {
        if (state === 'connected') settle(true);
        if (state === 'failed' || state === 'closed') settle(false);
      });
      this.#ends.signal.addEventListener('abort', () => settle(false));
    });
  }
}

function only(protocol: MediaProtocol, parameters: TransportParameters): TransportParameters {
  const iceCandidates = parameters.iceCandidates.filter((candidate) => candidate.protocol === protocol);
  return { ...parameters, iceCandidates };
}
