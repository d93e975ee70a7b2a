/** The port: HTTP/2 and HTTP/1.1 over TLS with files that somebody renews, or plain HTTP/1.1; with limits on those who send nothing. */
import { createServer, type Server } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { WatchedTlsFiles } from '#edge/tls-files.ts';
import type { DeliveryOptions } from '../stream.ts';
import type { DeliveryRequest, DeliveryResponse } from './exchange.ts';

const HEADERS_WITHIN_MS = 10_000;
/** nginx keeps its connections for 60 s. */
const IDLE_MS = 65_000;
const HANDSHAKE_MS = 10_000;
const STOPS_WITHIN_MS = 300;
const LIMITS = { headersTimeout: HEADERS_WITHIN_MS, requestTimeout: HEADERS_WITHIN_MS, keepAliveTimeout: IDLE_MS };

export type HttpListenerOptions = Pick<DeliveryOptions, 'listenAt' | 'tls' | 'log'> & {
  handle: (request: DeliveryRequest, response: DeliveryResponse) => void;
};

export class HttpListener {
  readonly #options: HttpListenerOptions;
  readonly #sockets = new Set<Socket>();
  #server: Server | Http2SecureServer | null = null;
  #files: WatchedTlsFiles | null = null;
  #port: number;

  constructor(options: HttpListenerOptions) {
    this.#options = options;
    this.#port = options.listenAt.port;
  }

  get port(): number {
    return this.#port;
  }

  /** @throws Node's error where the port is taken; Error where the certificate is not good */
  async start(): Promise<void> {
    const { listenAt, tls, handle } = this.#options;
    const server = tls ? this.#secureServer(tls) : createServer(LIMITS);
    this.#server = server;
    (server as Server).on('request', handle);
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('clientError', (_error: Error, socket: Socket) => socket.destroy());
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(listenAt.port, listenAt.host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#files?.stop();
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const impatient = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, STOPS_WITHIN_MS);
    await closed;
    clearTimeout(impatient);
  }

  #secureServer(tls: { certFile: string; keyFile: string }): Http2SecureServer {
    const { log } = this.#options;
    this.#files = new WatchedTlsFiles({
      files: tls,
      onRenewed: (pair, fingerprint) => {
        log('renewed certificate in use', { fingerprint });
        server.setSecureContext(pair);
      },
      onProblem: (problem, reason) =>
        log('certificate not good', { certFile: tls.certFile, problem, err: new Error(reason) }),
    });
    const pair = this.#files.start();
    if (!pair) throw new Error(`${tls.certFile}: ${this.#files.problem}`);
    const server = createSecureServer({
      ...pair,
      allowHTTP1: true,
      handshakeTimeout: HANDSHAKE_MS,
      settings: { maxConcurrentStreams: 100 },
    });
    Object.assign(server, LIMITS);
    server.on('session', (session) => {
      session.setTimeout(IDLE_MS, () => session.close());
      // of one connection: what it sent was no HTTP/2
      session.on('error', () => session.destroy());
    });
    server.on('sessionError', () => {});
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }
}
