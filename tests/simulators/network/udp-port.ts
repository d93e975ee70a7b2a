/** One UDP port that stands in front of another, as a NAT would: each client gets a socket of its own towards the target. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Direction } from './impairment.ts';
import type { Link } from './link.ts';

type Target = { address: string; port: number };
type Client = { upstream: Socket; toTarget: Direction; toClient: Direction };

/** Video comes in bursts of a key frame's size; the kernel's default buffer loses some of them. */
const SOCKET_BUFFER_BYTES = 2 * 1024 * 1024;

export class UdpPort {
  readonly #link: Link;
  readonly #target: Target;
  readonly #listener: Socket;
  readonly #clients = new Map<string, Client>();

  constructor({ link, target }: { link: Link; target: Target }) {
    this.#link = link;
    this.#target = target;
    this.#listener = createSocket('udp4');
  }

  async start(listenAddress: string, port = 0): Promise<number> {
    this.#listener.on('message', (packet, from) => this.#fromClient(packet, from));
    this.#listener.on('error', () => {});
    this.#listener.bind(port, listenAddress);
    await once(this.#listener, 'listening');
    enlarge(this.#listener);
    return this.#listener.address().port;
  }

  stop(): void {
    for (const { upstream } of this.#clients.values()) upstream.close();
    this.#clients.clear();
    this.#listener.close();
  }

  #fromClient(packet: Buffer, from: RemoteInfo): void {
    const client = this.#clientOf(from);
    this.#pass(packet, client.toTarget, () =>
      client.upstream.send(packet, this.#target.port, this.#target.address, ignore),
    );
  }

  #clientOf(from: RemoteInfo): Client {
    const key = `${from.address}:${from.port}`;
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const upstream = createSocket('udp4');
    const { random } = this.#link;
    const client: Client = {
      upstream,
      toTarget: new Direction({ way: 'up', random, ordered: false }),
      toClient: new Direction({ way: 'down', random, ordered: false }),
    };
    upstream.on('message', (packet) =>
      this.#pass(packet, client.toClient, () => this.#listener.send(packet, from.port, from.address, ignore)),
    );
    // an ICMP "nobody listens" is what a restarted worker causes; it is not the proxy's to die of
    upstream.on('error', () => {});
    upstream.bind(0, () => enlarge(upstream));
    this.#clients.set(key, client);
    return client;
  }

  #pass(packet: Buffer, direction: Direction, send: () => void): void {
    const { counters, impairment, isCut, line } = this.#link;
    const dueMs = isCut ? null : direction.dueMs(packet.length, performance.now(), impairment);
    if (dueMs === null) {
      counters.datagramsLost += 1;
      return;
    }
    line.schedule(dueMs, () => {
      // the cable may have been pulled while it was on its way
      if (this.#link.isCut) {
        counters.datagramsLost += 1;
        return;
      }
      counters.datagramsPassed += 1;
      try {
        send();
      } catch {
        // closed meanwhile
      }
    });
  }
}

const ignore = () => {};

function enlarge(socket: Socket): void {
  try {
    socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
    socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
  } catch {
    // closed meanwhile, or the system allows less: then it is the default
  }
}
