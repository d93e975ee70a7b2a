/** The notes links of this server: their WebSockets, how many there may be, and the pings that find the dead ones. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import { MAX_NOTES_FRAME_BYTES } from '#contract/notes-link.ts';
import { SilentConnections } from '#edge/silent-connections.ts';
import { NotesLinkSession, type NotesRights } from './notes-link-session.ts';
import type { Notes } from './notes.ts';

const PING_INTERVAL_MS = 15_000;
/** of one person: several pages of several meetings; the oldest makes room */
const MAX_LINKS_OF_ACCOUNT = 20;
const SILENT_LINKS = { mostOfNetwork: 200, most: 1_000 };

export class NotesLinks {
  readonly #notes: Notes;
  readonly #logger: Logger;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_NOTES_FRAME_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #sessions = new Set<NotesLinkSession>();
  readonly #silent = new SilentConnections(SILENT_LINKS);
  #pings: NodeJS.Timeout | undefined;

  constructor({ notes, logger }: { notes: Notes; logger: Logger }) {
    this.#notes = notes;
    this.#logger = logger;
  }

  start(): void {
    this.#pings = setInterval(() => {
      for (const session of this.#sessions) session.checkAlive();
    }, PING_INTERVAL_MS);
    this.#pings.unref();
  }
  stop(): void {
    clearInterval(this.#pings);
    for (const session of this.#sessions) session.refuse('shutting-down');
  }

  /** An upgrade whose path, host and Origin are checked. `network`: the key of limits. `rights`: of the one who asks for it. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, network: string, rights: NotesRights): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const session = new NotesLinkSession({
        socket: webSocket,
        network,
        notes: this.#notes,
        rights,
        onProven: (accountId) => {
          speaks();
          this.#makeRoomFor(accountId);
        },
        logger: this.#logger,
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

  #makeRoomFor(accountId: string): void {
    const links = [...this.#sessions].filter((each) => each.accountId === accountId);
    for (const oldest of links.slice(0, Math.max(0, links.length - MAX_LINKS_OF_ACCOUNT)))
      oldest.refuse('too-many-attempts', 'too many links of one person');
  }
}
