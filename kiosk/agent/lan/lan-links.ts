/** The links that stand: how many, whose, and what all of them are told. What one of them says is its session's. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { ErrorCode } from '#contract/error-codes.ts';
import { MAX_ROOM_LINK_MESSAGE_BYTES } from '#contract/limits.ts';
import { ROOM_LINK_PATH, type RoomLinkToController } from '#contract/room-link.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import { SilentConnections } from '#edge/silent-connections.ts';
import { noProxies } from '#edge/who-is-calling.ts';
import { isOurHost, isOurOrigin } from './lan-origin.ts';
import { LanSession, type LanSessionOptions } from './lan-session.ts';
import type { LanSettings } from './lan-settings.ts';

const PING_INTERVAL_MS = 15_000;
/** links whose token was not checked yet */
const SILENT_LINKS = { mostOfNetwork: 50, most: 200 };
/** a phone has one, and a second one while it reconnects; the oldest makes room */
const MOST_LINKS_OF_PAIRING = 10;

export type LanLinksOptions = Omit<LanSessionOptions, 'socket' | 'network' | 'wrongTokens' | 'onProven'> & {
  settings: LanSettings;
};

export class LanLinks {
  readonly #options: LanLinksOptions;
  readonly #sessions = new Set<LanSession>();
  readonly #silent = new SilentConnections(SILENT_LINKS);
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
      for (const session of this.#sessions) session.checkAlive();
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
    for (const session of this.#sessions) session.tell(message);
  }

  /** Of this phone or tablet: its pairing is over. */
  end(pairingId: string): void {
    for (const session of [...this.#sessions]) if (session.pairingId === pairingId) session.refuse('pairing-revoked');
  }

  endAll(code: ErrorCode = 'shutting-down'): void {
    for (const session of [...this.#sessions]) session.refuse(code);
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const network = noProxies.networkOf(request);
    const refusal = this.#objectionTo(request);
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
        onProven: () => {
          speaks();
          this.#makeRoomBeside(session);
        },
      });
      const speaks = this.#silent.add(network, () => session.refuse('too-many-attempts', 'too many silent links'));
      this.#sessions.add(session);
      webSocket.on('close', () => {
        speaks();
        this.#sessions.delete(session);
      });
      session.start();
    });
  }

  #makeRoomBeside(session: LanSession): void {
    const others = [...this.#sessions].filter((each) => each !== session && each.pairingId === session.pairingId);
    for (const oldest of others.slice(0, Math.max(0, others.length + 1 - MOST_LINKS_OF_PAIRING)))
      oldest.refuse('too-many-attempts', 'too many links of one pairing');
  }

  #objectionTo({ url, headers }: IncomingMessage): string | null {
    const { settings } = this.#options;
    if (url !== ROOM_LINK_PATH) return '404 Not Found';
    return isOurHost(settings, headers.host) && isOurOrigin(settings, headers.origin) ? null : '403 Forbidden';
  }
}
