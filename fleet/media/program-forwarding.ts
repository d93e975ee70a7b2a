/**
 * Sends the program of each broadcast of a call to its packager: plain RTP to a port of loopback, sound and picture on one. The
 * newest program peer that sends both counts; another one, other producers or another worker have a transport of their own.
 */
import { PROGRAM_PAYLOAD_TYPES } from '#contract/packager-link.ts';
import type { types } from 'mediasoup';
import type { Logger } from 'pino';
import type { CallProducer } from './call-producer.ts';
import type { Peer } from './peer.ts';

export type ProgramForwardingOptions = {
  /** in the order in which they came */
  peers: () => Iterable<Peer>;
  /** by broadcast */
  ports: () => ReadonlyMap<string, number>;
  logger: Logger;
};

type Sent = {
  port: number;
  sound: CallProducer;
  picture: CallProducer;
  /** null: it is being opened, or could not be */
  transport: types.PlainTransport | null;
};

const LOOPBACK = '127.0.0.1';
const RETRY_MS = 500;

export class ProgramForwarding {
  readonly #options: ProgramForwardingOptions;
  /** by broadcast */
  readonly #sent = new Map<string, Sent>();
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: ProgramForwardingOptions) {
    this.#options = options;
  }

  /** Peers, producers or ports changed. */
  touch(): void {
    if (this.#closed) return;
    const ports = this.#options.ports();
    for (const [broadcastId, sent] of [...this.#sent]) {
      const wanted = this.#wanted(broadcastId);
      const isSame = wanted && wanted.picture === sent.picture && wanted.sound === sent.sound;
      if (!isSame || ports.get(broadcastId) !== sent.port || sent.transport?.closed) this.#stop(broadcastId);
    }
    for (const [broadcastId, port] of ports) {
      const wanted = this.#wanted(broadcastId);
      if (wanted && !this.#sent.has(broadcastId)) void this.#send(broadcastId, { port, ...wanted, transport: null });
    }
  }

  close(): void {
    this.#closed = true;
    if (this.#retry) clearTimeout(this.#retry);
    for (const broadcastId of [...this.#sent.keys()]) this.#stop(broadcastId);
  }

  #wanted(broadcastId: string): Pick<Sent, 'sound' | 'picture'> | null {
    let newest: Pick<Sent, 'sound' | 'picture'> | null = null;
    for (const peer of this.#options.peers()) {
      if (!peer.isProgram || peer.claims.broadcastId !== broadcastId || peer.stage !== 'joined') continue;
      const [sound, picture] = [peer.producerOf('program-sound'), peer.producerOf('program')];
      if (sound && picture) newest = { sound, picture };
    }
    return newest;
  }

  async #send(broadcastId: string, sent: Sent): Promise<void> {
    this.#sent.set(broadcastId, sent);
    const { mediaWorker, router } = sent.picture.callRouter;
    try {
      await mediaWorker.ask(async () => {
        const transport = await router.createPlainTransport({
          listenInfo: { protocol: 'udp', ip: LOOPBACK },
          rtcpMux: true,
          comedia: false,
        });
        sent.transport = transport;
        if (this.#sent.get(broadcastId) !== sent) return mediaWorker.close(transport);
        transport.observer.once('close', () => this.#lost(broadcastId, sent));
        await transport.connect({ ip: LOOPBACK, port: sent.port });
        for (const { producer } of [sent.sound, sent.picture])
          await transport.consume({ producerId: producer.id, rtpCapabilities: plainCapabilities(router) });
      });
    } catch (error) {
      if (this.#sent.get(broadcastId) !== sent) return;
      this.#options.logger.warn({ err: error, broadcastId }, 'the program is not sent to its packager');
      this.#stop(broadcastId);
      this.#retry ??= setTimeout(() => {
        this.#retry = null;
        this.touch();
      }, RETRY_MS);
    }
  }

  /** A worker that died is handled by its peers: they produce elsewhere. */
  #lost(broadcastId: string, sent: Sent): void {
    if (this.#sent.get(broadcastId) === sent) this.#sent.delete(broadcastId);
  }

  #stop(broadcastId: string): void {
    const sent = this.#sent.get(broadcastId);
    this.#sent.delete(broadcastId);
    if (sent?.transport) sent.picture.callRouter.mediaWorker.close(sent.transport);
  }
}

/** Sound and picture of a program, without extensions or repetition: loopback loses nothing. */
function plainCapabilities(router: types.Router): types.RtpCapabilities {
  const payloadTypes: number[] = Object.values(PROGRAM_PAYLOAD_TYPES);
  return {
    codecs: router.rtpCapabilities
      .codecs!.filter(({ preferredPayloadType }) => payloadTypes.includes(preferredPayloadType!))
      .map((codec) => ({ ...codec, rtcpFeedback: [] })),
    headerExtensions: [],
  };
}
