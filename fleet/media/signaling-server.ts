/**
 * The node's own HTTP(S) port: signalling by WebSocket, the beacons of pages that are being closed, `/healthz`,
 * and `/metrics` for processes of this machine. Owns sockets and their limits; the sessions handle messages.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { MAX_SIGNALING_MESSAGE_BYTES } from '#contract/limits.ts';
import { Leaving } from '#contract/leaving.ts';
import { parse } from '#contract/schema.ts';
import { SIGNALING_PATH } from '#contract/signaling.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import { refuseUpgrade } from '#edge/refuse-upgrade.ts';
import { SilentConnections } from '#edge/silent-connections.ts';
import type { TlsPair } from '#edge/tls-files.ts';
import type { TrustedProxies } from '#edge/who-is-calling.ts';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { CallRegistry } from './call-registry.ts';
import type { MediaSettings } from './media-settings.ts';
import { SignalingSession } from './signaling-session.ts';
import type { TokenAdmission } from './token-admission.ts';

const MAX_LEAVING_CHARACTERS = 1_024;

export type SignalingServerOptions = {
  listenAddress: string;
  /** 0: any free one */
  port: number;
  tls: TlsPair | null;
  proxies: TrustedProxies;
  registry: CallRegistry;
  admission: TokenAdmission;
  settings: MediaSettings;
  healthy: () => boolean;
  /** faults that need attention though it still serves; one line each */
  complaints: () => string[];
  metrics: () => Promise<string>;
  logger: Logger;
};

export class SignalingServer {
  readonly #options: SignalingServerOptions;
  readonly #wrongHellos: AttemptLimit;
  readonly #silent: SilentConnections;
  readonly #sessions = new Set<SignalingSession>();
  readonly #server: Server;
  // a larger one is refused by its announced length, before it is buffered; nothing here is worth compressing
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_SIGNALING_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: true,
  });
  #pulse: NodeJS.Timeout | null = null;

  constructor(options: SignalingServerOptions) {
    this.#options = options;
    const { failedHellosPerMinute, waitingForHelloPerNetwork, waitingForHello } = options.settings;
    this.#wrongHellos = new AttemptLimit({ burst: failedHellosPerMinute, refillPerMinute: failedHellosPerMinute });
    this.#silent = new SilentConnections({ mostOfNetwork: waitingForHelloPerNetwork, most: waitingForHello });
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

  /** For the connections that come; those that stand go on. */
  renewTls(tls: TlsPair): void {
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(tls);
  }

  /** Sockets that were closed with a code get a moment to receive it. */
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
      refuseUpgrade(stream, '404 Not Found');
      return;
    }
    this.#sockets.handleUpgrade(request, stream, head, (socket) => this.#open(request, socket));
  }

  #open(request: IncomingMessage, socket: WebSocket): void {
    const { registry, admission, settings, proxies } = this.#options;
    const network = proxies.networkOf(request);
    const address = proxies.addressOf(request);
    const logger = this.#options.logger.child({ client: address });
    const session = new SignalingSession({
      socket,
      network,
      address,
      registry,
      admission,
      settings,
      logger,
      onHello: () => speaks(),
      // The token was verified first: other people's wrong hellos never refuse a right one.
      mayFail: () => this.#wrongHellos.take(network),
      onClosed: () => {
        speaks();
        this.#sessions.delete(session);
      },
    });
    const speaks = this.#silent.add(network, () => session.refuse('too-many-attempts'));
    this.#sessions.add(session);
    session.start();
  }

  /** The same answer to everybody; the secret is too long to guess, so that guesses need no limit. */
  async #leaving(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (body !== null) this.#options.registry.leave(body);
    response.writeHead(204, { 'cache-control': 'no-store' }).end();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { healthy, complaints, metrics, proxies, logger } = this.#options;
    const say = (status: number, text: string): void => {
      response
        .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
        .end(text);
    };
    try {
      if (request.method === 'POST' && request.url === SIGNALING_PATH) return await this.#leaving(request, response);
      if (request.method !== 'GET') return say(405, 'GET only\n');
      if (request.url === '/healthz') {
        const lines = [healthy() ? 'ok' : 'no media worker', ...complaints()];
        return say(healthy() ? 200 : 503, `${lines.join('\n')}\n`);
      }
      if (request.url === '/metrics' && proxies.isOfThisMachine(request)) return say(200, await metrics());
      say(404, 'not here\n');
    } catch (error) {
      logger.error({ err: error }, 'request failed: our bug');
      say(500, 'internal\n');
    }
  }
}

/** null: too large, broken off, or no such message */
async function readBody(request: IncomingMessage): Promise<Leaving | null> {
  let text = '';
  try {
    for await (const chunk of request) {
      text += String(chunk);
      if (text.length > MAX_LEAVING_CHARACTERS) return null;
    }
    return parse(Leaving, JSON.parse(text));
  } catch {
    return null;
  }
}
