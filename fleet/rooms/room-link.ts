/**
 * The phones' WebSocket: checks the token of the first message, tells the room's state at once and each change after,
 * relays commands. Refuses before it buffers; what it refuses it says.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Logger } from 'pino';
import { MAX_ROOM_LINK_MESSAGE_BYTES } from '#contract/limits.ts';
import { AttemptLimit } from '../people/index.ts';
import type { CommandRelay } from './command-relay.ts';
import type { Pairings } from './pairings.ts';
import type { RoomDetails } from './room-details.ts';
import { RoomLinkSession } from './room-link-session.ts';
import type { RoomReports } from './room-reports.ts';
import type { RoomRegistry } from './room-registry.ts';

export type RoomLinkDependencies = {
  pairings: Pairings;
  relay: CommandRelay;
  reports: RoomReports;
  details: RoomDetails;
  registry: RoomRegistry;
  logger: Logger;
};

const PING_INTERVAL_MS = 15_000;
const MAX_LINKS_OF_NETWORK = 500;

export class RoomLink {
  readonly #deps: RoomLinkDependencies;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_ROOM_LINK_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #sessions = new Set<RoomLinkSession>();
  readonly #linksOf = new Map<string, number>();
  readonly #wrongTokens = new AttemptLimit({ burst: 20, refillPerMinute: 20 });
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: RoomLinkDependencies) {
    this.#deps = deps;
  }

  start(): void {
    this.#deps.pairings.onRevoked((pairingId) => {
      for (const session of this.#sessions) if (session.pairingId === pairingId) session.refuse('pairing-revoked');
    });
    this.#timer = setInterval(() => {
      for (const session of this.#sessions) session.checkAlive();
    }, PING_INTERVAL_MS);
    this.#timer.unref();
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    for (const session of this.#sessions) session.refuse('shutting-down');
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** An upgrade whose Origin the HTTP server has checked. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, network: string): void {
    if ((this.#linksOf.get(network) ?? 0) >= MAX_LINKS_OF_NETWORK) {
      this.#deps.logger.warn({ network, code: 'too-many-attempts' }, 'room link refused');
      socket.end('HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket, network));
  }

  #open(webSocket: WebSocket, network: string): void {
    const session = new RoomLinkSession({ ...this.#deps, webSocket, network, wrongTokens: this.#wrongTokens });
    this.#sessions.add(session);
    this.#linksOf.set(network, (this.#linksOf.get(network) ?? 0) + 1);
    webSocket.on('message', (data: RawData, isBinary) => session.onMessage(data, isBinary));
    webSocket.on('pong', () => session.onPong());
    // ws closes with the right code by itself, 1009 for a message that announces too much
    webSocket.on('error', (error) =>
      this.#deps.logger.warn({ network, reason: error.message }, 'room link broke the protocol'),
    );
    webSocket.on('close', () => {
      session.onClose();
      this.#sessions.delete(session);
      const left = (this.#linksOf.get(network) ?? 1) - 1;
      if (left > 0) this.#linksOf.set(network, left);
      else this.#linksOf.delete(network);
    });
  }
}
