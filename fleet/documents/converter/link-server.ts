/** The converter's half of its link: listens, and serves the newest fleet server that has connected. */
import { chmodSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { type FromConverter, ToConverter } from '#contract/converter-link.ts';
import { ProtocolError } from '#contract/error-codes.ts';
import { negotiate, PROTOCOL_VERSION, protocolOf } from '#contract/protocol-version.ts';
import { readJsonLines, writeJsonLine } from './json-lines.ts';
import { socketPath } from './socket-path.ts';

export type LinkServerOptions = {
  dataDir: string;
  hello: () => Omit<FromConverter & { name: 'hello' }, 'name' | 'protocol'>;
  onMessage: (message: Exclude<ToConverter, { name: 'hello' }>) => void;
  onRefused: (error: unknown) => void;
};

export class LinkServer {
  readonly #options: LinkServerOptions;
  readonly #server: Server;
  #fleet: Socket | null = null;

  constructor(options: LinkServerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#onConnection(socket));
  }

  async start(): Promise<void> {
    const path = socketPath(this.#options.dataDir);
    // of a converter that was killed; the lock on the folder has shown that it is gone
    await rm(path, { force: true });
    this.#server.listen(path);
    await once(this.#server, 'listening');
    chmodSync(path, 0o600);
  }

  /** Lost where no fleet server is connected: it asks again when it is. */
  send(message: FromConverter): void {
    if (this.#fleet) writeJsonLine(this.#fleet, message);
  }

  #onConnection(socket: Socket): void {
    let isKnown = false;
    // its `close` follows
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.#fleet === socket) this.#fleet = null;
    });
    const onMessage = (raw: unknown): void => {
      if (isKnown) {
        const message = ToConverter.parse(raw);
        if (message.name === 'hello') throw new ProtocolError('bad-message', 'a second hello');
        this.#options.onMessage(message);
        return;
      }
      const protocol = protocolOf(raw);
      if (protocol === null) throw new ProtocolError('hello-expected');
      // the other side reads the number before anything else
      writeJsonLine(socket, { name: 'hello', protocol: PROTOCOL_VERSION, ...this.#options.hello() });
      const negotiated = negotiate(protocol);
      if (negotiated !== 'accepted') throw new ProtocolError(negotiated);
      isKnown = true;
      this.#fleet?.destroy();
      this.#fleet = socket;
    };
    readJsonLines(socket, onMessage, this.#options.onRefused);
  }
}
