/**
 * A broker as the fleet has one, over TLS with client certificates, that a test may stop, start again where it was, cut
 * off, or let refuse. It keeps nothing over its own restart, as ours may.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { Aedes, type AuthenticateError } from 'aedes';
import { type TopicName, topicOf } from '#contract/topics.ts';
import type { CaUnderTest, Issued } from './certificates-under-test.ts';

export type Heard = { topic: string; message: unknown; retain: boolean; qos: number; isWill: boolean };

export class BrokerUnderTest {
  readonly heard: Heard[] = [];
  /** serial numbers of the certificates that came, in order */
  readonly serials: string[] = [];
  readonly clientIds: string[] = [];
  refusesConnections = false;
  refusesSubscriptions = false;
  port = 0;
  readonly #tls: { key: string; cert: string; ca: string };
  #aedes: Aedes | null = null;
  #server: Server | null = null;
  readonly #sockets = new Set<TLSSocket>();

  constructor(certificate: Issued, { certificatePem }: CaUnderTest) {
    this.#tls = { key: certificate.keyPem, cert: certificate.certificatePem, ca: certificatePem };
  }

  get url(): string {
    return `mqtts://127.0.0.1:${this.port}`;
  }

  /** On the port that it had before, if any. */
  async start(): Promise<void> {
    const aedes = await Aedes.createBroker({
      authenticate: (client, _name, _password, done) => {
        this.clientIds.push(client.id);
        const refusal = Object.assign(new Error('not now'), { returnCode: 5 }) as AuthenticateError;
        done(this.refusesConnections ? refusal : null, !this.refusesConnections);
      },
      authorizeSubscribe: (_client, subscription, done) => done(null, this.refusesSubscriptions ? null : subscription),
    });
    aedes.on('publish', ({ topic, payload, retain, qos }, client) => {
      // what a test tells is nobody's
      if (client === null) return;
      const message: unknown = JSON.parse(String(payload));
      this.heard.push({ topic, message, retain, qos, isWill: client.closed });
    });
    const server = createServer(
      { ...this.#tls, requestCert: true, rejectUnauthorized: true, noDelay: true },
      (socket) => {
        this.serials.push(socket.getPeerCertificate().serialNumber);
        this.#sockets.add(socket);
        socket.on('close', () => this.#sockets.delete(socket));
        aedes.handle(socket);
      },
    );
    // a handshake that fails is the client's to notice
    server.on('tlsClientError', () => {});
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    [this.#aedes, this.#server] = [aedes, server];
  }

  /** As a process that dies: without a word to anybody. */
  async stop(): Promise<void> {
    const [aedes, server] = [this.#aedes, this.#server];
    this.#aedes = this.#server = null;
    if (aedes === null || server === null) return;
    const closed = once(server, 'close');
    server.close();
    this.cut();
    await closed;
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
  }

  /** The lines break, the broker lives on and says their wills. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  tell(name: TopicName, roomId: string, message: unknown, retain = false): void {
    const payload = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
    this.#aedes!.publish(
      { cmd: 'publish', topic: topicOf(name, roomId), payload, qos: 1, retain, dup: false },
      () => {},
    );
  }

  messages<T>(name: TopicName, roomId: string): (Heard & { message: T })[] {
    return this.heard.filter(({ topic }) => topic === topicOf(name, roomId)) as (Heard & { message: T })[];
  }
}
