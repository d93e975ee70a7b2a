/** One TCP port in front of a fixed target, or a SOCKS 5 port (RFC 1928) that a browser names the target to. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Link } from './link.ts';
import { joinStreams } from './stream-pair.ts';

type Target = { address: string; port: number };

export class TcpPort {
  readonly #link: Link;
  /** null: SOCKS */
  readonly #target: Target | null;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor({ link, target }: { link: Link; target: Target | null }) {
    this.#link = link;
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => void this.#accept(client));
  }

  async start(listenAddress: string, port = 0): Promise<number> {
    this.#server.listen(port, listenAddress);
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #accept(client: Socket): Promise<void> {
    this.#own(client);
    // a round trip of its own, as the handshake of TCP takes; the client is held back by that much
    const establishedAtMs = performance.now() + 2 * this.#link.impairment.delayMs;
    try {
      if (this.#target !== null) return this.#join(client, await this.#reach(this.#target), establishedAtMs);
      const target = await readSocksRequest(client);
      const upstream = await this.#reach(target);
      client.write(SOCKS_GRANTED);
      this.#join(client, upstream, establishedAtMs);
    } catch {
      client.destroy();
    }
  }

  #join(client: Socket, upstream: Socket, establishedAtMs: number): void {
    this.#own(upstream);
    joinStreams({ link: this.#link, client, upstream, establishedAtMs });
    if (!this.#link.isCut) client.resume();
  }

  /** A SYN sent into a cut is sent again until the cut ends. */
  async #reach({ address, port }: Target): Promise<Socket> {
    while (this.#link.isCut) {
      await new Promise<void>((resolve) => {
        const stop = this.#link.watch(
          () => {},
          () => {
            stop();
            resolve();
          },
        );
      });
    }
    const upstream = connect({ host: address, port, allowHalfOpen: true });
    upstream.on('error', () => {});
    await once(upstream, 'connect');
    return upstream;
  }

  #own(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

const SOCKS_VERSION = 5;
/** version, succeeded, reserved, IPv4, 0.0.0.0:0 (nobody reads the bound address) */
const SOCKS_GRANTED = Buffer.from([SOCKS_VERSION, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
const ADDRESS_LENGTH: Record<number, number | undefined> = { 1: 4, 4: 16 };

async function readSocksRequest(client: Socket): Promise<Target> {
  const reader = new ExactReader(client);
  const [version, methodCount] = await reader.take(2);
  if (version !== SOCKS_VERSION) throw new Error('not SOCKS 5');
  await reader.take(methodCount!);
  client.write(Buffer.from([SOCKS_VERSION, 0]));
  const [, command, , addressType] = await reader.take(4);
  if (command !== 1) throw new Error('only CONNECT is served');
  const length = addressType === 3 ? (await reader.take(1))[0] : ADDRESS_LENGTH[addressType!];
  if (length === undefined) throw new Error('address type is not known');
  const raw = await reader.take(length);
  const port = (await reader.take(2)).readUInt16BE();
  reader.giveBack();
  return { address: addressType === 3 ? raw.toString('latin1') : printable(raw), port };
}

function printable(raw: Buffer): string {
  if (raw.length === 4) return raw.join('.');
  return Array.from({ length: 8 }, (_, at) => raw.readUInt16BE(2 * at).toString(16)).join(':');
}

/** Takes exactly so many bytes from a paused socket. */
class ExactReader {
  readonly #socket: Socket;
  constructor(socket: Socket) {
    this.#socket = socket;
  }

  async take(count: number): Promise<Buffer> {
    if (count === 0) return Buffer.alloc(0);
    for (;;) {
      const taken = this.#socket.read(count) as Buffer | null;
      if (taken !== null && taken.length === count) return taken;
      if (taken !== null) this.#socket.unshift(taken);
      if (this.#socket.readableEnded || this.#socket.destroyed) throw new Error('the client went away');
      await Promise.race([once(this.#socket, 'readable'), once(this.#socket, 'end'), once(this.#socket, 'close')]);
    }
  }

  /** Back to a flow of data events. */
  giveBack(): void {
    this.#socket.removeAllListeners('readable');
    this.#socket.pause();
  }
}
