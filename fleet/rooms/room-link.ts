/**
 * The phones' WebSocket: checks the token of the first message, tells the room's state at once and each change after,
 * relays commands. Refuses before it buffers; what it refuses it says.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Logger } from 'pino';
import { MAX_ROOM_LINK_MESSAGE_BYTES } from '#contract/limits.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import { SilentConnections } from '#edge/silent-connections.ts';
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
/** links whose token was not checked yet */
const SILENT_LINKS = { mostOfNetwork: 400, most: 2_000 };
/** a phone has one, and a second one while it reconnects; the oldest makes room */
const MAX_LINKS_OF_PAIRING = 10;

export class RoomLink {
  readonly #deps: RoomLinkDependencies;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_ROOM_LINK_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #sessions = new Set<RoomLinkSession>();
  readonly #silent = new SilentConnections(SILENT_LINKS);
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
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket, network));
  }

  #open(webSocket: WebSocket, network: string): void {
    const session = new RoomLinkSession({
      ...this.#deps,
      webSocket,
      network,
      wrongTokens: this.#wrongTokens,
      onProven: () => {
        speaks();
        this.#makeRoomBeside(session);
      },
    });
    const speaks = this.#silent.add(network, () => session.refuse('too-many-attempts', 'too many silent links'));
    this.#sessions.add(session);
    webSocket.on('message', (data: RawData, isBinary) => session.onMessage(data, isBinary));
    webSocket.on('pong', () => session.onPong());
    // ws closes with the right code by itself, 1009 for a message that announces too much
    webSocket.on('error', (error) =>
      this.#deps.logger.warn({ network, reason: error.message }, 'room link broke the protocol'),
    );
    webSocket.on('close', () => {
      session.onClose();
      speaks();
      this.#sessions.delete(session);
    });
  }

  #makeRoomBeside(session: RoomLinkSession): void {
    const others = [...this.#sessions].filter((each) => each !== session && each.pairingId === session.pairingId);
    for (const oldest of others.slice(0, Math.max(0, others.length + 1 - MAX_LINKS_OF_PAIRING)))
      oldest.refuse('too-many-attempts', 'too many links of one pairing');
  }
}
