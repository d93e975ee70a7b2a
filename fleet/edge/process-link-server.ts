/** The serving half of a link between processes of one machine: listens, and serves the newest client that has connected. */
import { chmodSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { ProtocolError } from '#contract/error-codes.ts';
import { negotiate, PROTOCOL_VERSION, protocolOf } from '#contract/protocol-version.ts';
import { readJsonLines, writeJsonLine } from './json-lines.ts';
import { socketPath } from './socket-path.ts';

export type ProcessLinkServerOptions<In extends { name: string }> = {
  dataDir: string;
  socketName: string;
  maxMessageLength: number;
  /** @throws for what is no message of the client's */
  parse: (raw: unknown) => In;
  /** what our hello carries besides its name and protocol */
  hello: () => object;
  /** a client has connected, which is served from now on */
  onHello?: (hello: Extract<In, { name: 'hello' }>) => void;
  onMessage: (message: Exclude<In, { name: 'hello' }>) => void;
  /** with what was wrong; the connection is closed */
  onRefused: (error: unknown) => void;
};

export class ProcessLinkServer<In extends { name: string }, Out extends { name: string }> {
  readonly #options: ProcessLinkServerOptions<In>;
  readonly #server: Server;
  #client: Socket | null = null;

  constructor(options: ProcessLinkServerOptions<In>) {
    this.#options = options;
    this.#server = createServer((socket) => this.#onConnection(socket));
  }

  /** Listens. The caller holds the lock of the process: a socket that is there is of one that was killed. */
  async start(): Promise<void> {
    const path = socketPath(this.#options.dataDir, this.#options.socketName);
    await rm(path, { force: true });
    this.#server.listen(path);
    await once(this.#server, 'listening');
    chmodSync(path, 0o600);
  }

  stop(): void {
    this.#server.close();
    this.#client?.destroy();
  }

  get isConnected(): boolean {
    return this.#client !== null;
  }

  /** Lost where no client is connected: it asks again when it is. */
  send(message: Out): void {
    if (this.#client) writeJsonLine(this.#client, message);
  }

  #onConnection(socket: Socket): void {
    let isKnown = false;
    // its `close` follows
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.#client === socket) this.#client = null;
    });
    const { maxMessageLength, parse, hello, onHello, onMessage, onRefused } = this.#options;
    const onLine = (raw: unknown): void => {
      if (isKnown) {
        const message = parse(raw);
        if (message.name === 'hello') throw new ProtocolError('bad-message', 'a second hello');
        onMessage(message as Exclude<In, { name: 'hello' }>);
        return;
      }
      const protocol = protocolOf(raw);
      if (protocol === null) throw new ProtocolError('hello-expected');
      // the other side reads the number before anything else
      writeJsonLine(socket, { name: 'hello', protocol: PROTOCOL_VERSION, ...hello() });
      const negotiated = negotiate(protocol);
      if (negotiated !== 'accepted') throw new ProtocolError(negotiated);
      const message = parse(raw);
      if (message.name !== 'hello') throw new ProtocolError('hello-expected');
      isKnown = true;
      this.#client?.destroy();
      this.#client = socket;
      onHello?.(message as Extract<In, { name: 'hello' }>);
    };
    readJsonLines(socket, { maxLength: maxMessageLength, onMessage: onLine, onRefused });
  }
}
