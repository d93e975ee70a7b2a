/**
 * The node's own HTTP(S) port: signalling by WebSocket, the last word of pages that are being closed, `/healthz`,
 * and `/metrics` for who asks on this machine. Owns sockets and their limits; what is said on them is the sessions'.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { MAX_SIGNALING_MESSAGE_BYTES } from '#contract/limits.ts';
import { UserError } from '#contract/error-codes.ts';
import { Leaving } from '#contract/leaving.ts';
import { parse } from '#contract/schema.ts';
import { SIGNALING_PATH } from '#contract/signaling.ts';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { CallRegistry } from './call-registry.ts';
import { clientAddress, isLoopback } from './client-address.ts';
import { AddressLimits } from './flood-limits.ts';
import type { MediaSettings } from './media-settings.ts';
import { SignalingSession } from './signaling-session.ts';
import type { TokenAdmission } from './token-admission.ts';

const MAX_LEAVING_CHARACTERS = 1_024;

export type SignalingServerOptions = {
  listenAddress: string;
  /** 0: any free one */
  port: number;
  tls: { key: string | Buffer; cert: string | Buffer } | null;
  trustedProxies: ReadonlySet<string>;
  registry: CallRegistry;
  admission: TokenAdmission;
  settings: MediaSettings;
  healthy: () => boolean;
  metrics: () => Promise<string>;
  logger: Logger;
};

export class SignalingServer {
  readonly #options: SignalingServerOptions;
  readonly #limits: AddressLimits;
  readonly #sessions = new Set<SignalingSession>();
  readonly #server: Server;
  // what is larger is refused by its announced length, before it is buffered; nothing here is worth compressing
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_SIGNALING_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: true,
  });
  #pulse: NodeJS.Timeout | null = null;

  constructor(options: SignalingServerOptions) {
    this.#options = options;
    this.#limits = new AddressLimits(options.settings);
    const limits = { headersTimeout: 5_000, requestTimeout: 10_000 };
    const answer = (request: IncomingMessage, response: ServerResponse): void => void this.#answer(request, response);
    this.#server = options.tls
      ? createTlsServer({ ...limits, ...options.tls, minVersion: 'TLSv1.2' }, answer)
      : createServer(limits, answer);
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on('clientError', (_error, socket) => socket.destroy());
    this.#server.on('tlsClientError', (error) => options.logger.debug({ err: error }, 'TLS refused'));
  }

  /** @returns the port it listens on */
  async start(): Promise<number> {
    const { listenAddress, port, settings } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, listenAddress, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#pulse = setInterval(() => {
      const nowMs = performance.now();
      for (const session of this.#sessions) session.checkPulse(nowMs);
      this.#options.registry.checkMedia(nowMs);
    }, settings.pingIntervalMs);
    return (this.#server.address() as AddressInfo).port;
  }

  /** Sockets that have been told why get a moment to take it in. */
  async stop(): Promise<void> {
    if (this.#pulse) clearInterval(this.#pulse);
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const session of this.#sessions) session.close('shutting-down');
    const impatient = setTimeout(() => {
      for (const socket of this.#sockets.clients) socket.terminate();
      this.#server.closeAllConnections();
    }, 500);
    await closed;
    clearTimeout(impatient);
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', () => stream.destroy());
    // a query names nothing here: tokens never stand in addresses
    if (request.url !== SIGNALING_PATH) {
      stream.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, stream, head, (socket) => this.#open(request, socket));
  }

  #open(request: IncomingMessage, socket: WebSocket): void {
    const { registry, admission, settings, trustedProxies } = this.#options;
    const address = clientAddress(request, trustedProxies);
    const logger = this.#options.logger.child({ client: address });
    if (!this.#limits.admits(address, performance.now())) {
      const error = new UserError('too-many-attempts');
      logger.warn({ code: error.code }, 'refused');
      socket.on('error', () => {});
      socket.send(JSON.stringify({ id: null, ok: false, error: error.toWire() }));
      socket.close(error.closeCode, error.code);
      return;
    }
    const greeted = this.#limits.waits(address);
    const session = new SignalingSession({
      socket,
      network: address,
      registry,
      admission,
      settings,
      logger,
      onHello: (guessed) => {
        greeted();
        if (guessed) this.#limits.failed(address, performance.now());
      },
      onClosed: () => {
        greeted();
        this.#sessions.delete(session);
      },
    });
    this.#sessions.add(session);
    session.start();
  }

  /** The same answer to everybody: it proves nothing to who guesses. */
  async #leaving(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { registry, trustedProxies } = this.#options;
    const address = clientAddress(request, trustedProxies);
    const body = await readBody(request);
    if (this.#limits.admits(address, performance.now()) && !(body !== null && registry.leave(body)))
      this.#limits.failed(address, performance.now());
    response.writeHead(204, { 'cache-control': 'no-store' }).end();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { healthy, metrics, trustedProxies, logger } = this.#options;
    const say = (status: number, text: string): void => {
      response
        .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
        .end(text);
    };
    try {
      if (request.method === 'POST' && request.url === SIGNALING_PATH) return await this.#leaving(request, response);
      if (request.method !== 'GET') return say(405, 'GET only\n');
      if (request.url === '/healthz') return say(healthy() ? 200 : 503, healthy() ? 'ok\n' : 'no media worker\n');
      if (request.url === '/metrics' && isLoopback(clientAddress(request, trustedProxies)))
        return say(200, await metrics());
      say(404, 'not here\n');
    } catch (error) {
      logger.error({ err: error }, 'metrics failed');
      say(500, 'internal\n');
    }
  }
}

/** null: too large, or no such message */
async function readBody(request: IncomingMessage): Promise<Leaving | null> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_LEAVING_CHARACTERS) return null;
  }
  try {
    return parse(Leaving, JSON.parse(text));
  } catch {
    return null;
  }
}
