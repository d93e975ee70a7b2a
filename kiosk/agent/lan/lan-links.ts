/** The links that stand: how many, whose, and what all of them are told. What one of them says is its session's. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { ErrorCode } from '#contract/error-codes.ts';
import { MAX_ROOM_LINK_MESSAGE_BYTES } from '#contract/limits.ts';
import { ROOM_LINK_PATH, type RoomLinkToController } from '#contract/room-link.ts';
import { AttemptLimit, networkOf } from './attempt-limit.ts';
import { isOurHost, isOurOrigin } from './lan-origin.ts';
import { LanSession, type LanSessionOptions } from './lan-session.ts';
import type { LanSettings } from './lan-settings.ts';

const PING_INTERVAL_MS = 15_000;
const MOST_LINKS = 200;
const MOST_LINKS_OF_NETWORK = 50;

export type LanLinksOptions = Omit<LanSessionOptions, 'socket' | 'network' | 'wrongTokens'> & { settings: LanSettings };

export class LanLinks {
  readonly #options: LanLinksOptions;
  readonly #sessions = new Map<LanSession, string>();
  readonly #wrongTokens = new AttemptLimit({ burst: 20, refillPerMinute: 20 });
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_ROOM_LINK_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });
  #pings: NodeJS.Timeout | undefined;

  constructor(options: LanLinksOptions) {
    this.#options = options;
  }

  start(): void {
    this.#pings = setInterval(() => {
      for (const session of this.#sessions.keys()) session.checkAlive();
    }, PING_INTERVAL_MS);
  }
  stop(): void {
    clearInterval(this.#pings);
    this.endAll();
  }

  get count(): number {
    return this.#sessions.size;
  }

  tell(message: RoomLinkToController): void {
    for (const session of this.#sessions.keys()) session.tell(message);
  }

  /** Of this phone or tablet: its pairing is over. */
  end(pairingId: string): void {
    for (const session of [...this.#sessions.keys()])
      if (session.pairingId === pairingId) session.refuse('pairing-revoked');
  }

  endAll(code: ErrorCode = 'shutting-down'): void {
    for (const session of [...this.#sessions.keys()]) session.refuse(code);
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const network = networkOf(request.socket.remoteAddress);
    const refusal = this.#objectionTo(request, network);
    if (refusal !== null) {
      const { origin, host } = request.headers;
      this.#options.logger.warn({ network, refusal, origin, host }, 'lan: upgrade refused');
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const session = new LanSession({
        ...this.#options,
        socket: webSocket,
        network,
        wrongTokens: this.#wrongTokens,
      });
      this.#sessions.set(session, network);
      webSocket.on('close', () => this.#sessions.delete(session));
      session.start();
    });
  }

  #objectionTo({ url, headers }: IncomingMessage, network: string): string | null {
    const { settings } = this.#options;
    if (url !== ROOM_LINK_PATH) return '404 Not Found';
    if (!isOurHost(settings, headers.host) || !isOurOrigin(settings, headers.origin)) return '403 Forbidden';
    const ofNetwork = [...this.#sessions.values()].filter((each) => each === network).length;
    return this.#sessions.size >= MOST_LINKS || ofNetwork >= MOST_LINKS_OF_NETWORK ? '429 Too Many Requests' : null;
  }
}
