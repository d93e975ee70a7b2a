/**
 * The room links of one server: their WebSockets, how many there may be, and the pings that find the dead ones. A link
 * is refused before its messages are buffered, and always with a reason. The session of each link handles its messages.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { ErrorCode } from '#contract/error-codes.ts';
import { MAX_ROOM_LINK_MESSAGE_BYTES } from '#contract/limits.ts';
import type { RoomLinkToController } from '#contract/room-link.ts';
import { AttemptLimit } from './attempt-limit.ts';
import { type RoomLinkHost, RoomLinkSession } from './room-link-session.ts';
import { SilentConnections, type SilentConnectionsOptions } from './silent-connections.ts';

const PING_INTERVAL_MS = 15_000;
/** a phone has one, and a second one while it reconnects; the oldest makes room */
const MAX_LINKS_OF_PAIRING = 10;

export type RoomLinksOptions<Admitted extends { pairingId: string }> = {
  host: RoomLinkHost<Admitted>;
  /** links whose token was not checked yet */
  silentLinks: SilentConnectionsOptions;
  logger: Logger;
};

export class RoomLinks<Admitted extends { pairingId: string }> {
  readonly #options: RoomLinksOptions<Admitted>;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_ROOM_LINK_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #sessions = new Set<RoomLinkSession<Admitted>>();
  readonly #silent: SilentConnections;
  readonly #wrongTokens = new AttemptLimit({ burst: 20, refillPerMinute: 20 });
  #pings: NodeJS.Timeout | undefined;

  constructor(options: RoomLinksOptions<Admitted>) {
    this.#options = options;
    this.#silent = new SilentConnections(options.silentLinks);
  }

  start(): void {
    this.#pings = setInterval(() => {
      for (const session of this.#sessions) session.checkAlive();
    }, PING_INTERVAL_MS);
    this.#pings.unref();
  }
  stop(): void {
    clearInterval(this.#pings);
    this.endAll();
  }

  get count(): number {
    return this.#sessions.size;
  }

  sendToAll(message: RoomLinkToController): void {
    for (const session of this.#sessions) session.send(message);
  }

  /** Of this phone or tablet: its pairing is over. */
  endOf(pairingId: string): void {
    for (const session of this.#sessions) if (session.pairingId === pairingId) session.refuse('pairing-revoked');
  }

  endAll(code: ErrorCode = 'shutting-down'): void {
    for (const session of this.#sessions) session.refuse(code);
  }

  /** An upgrade whose path, host and Origin are checked. `network`: the key of limits. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, network: string): void {
    const { host, logger } = this.#options;
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const session = new RoomLinkSession({
        socket: webSocket,
        network,
        host,
        wrongTokens: this.#wrongTokens,
        onProven: () => {
          speaks();
          this.#makeRoomBeside(session);
        },
        logger,
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

  #makeRoomBeside(session: RoomLinkSession<Admitted>): void {
    const others = [...this.#sessions].filter((each) => each !== session && each.pairingId === session.pairingId);
    for (const oldest of others.slice(0, Math.max(0, others.length + 1 - MAX_LINKS_OF_PAIRING)))
      oldest.refuse('too-many-attempts', 'too many links of one pairing');
  }
}
