/**
 * The tests' own bad network, in user space because the kernel here has no netem: UDP and TCP ports in front of others,
 * and a SOCKS port for browsers, all under one seeded impairment and one cable that can be pulled.
 * WebRTC's candidates are not rewritten here: a page does that where it reads them (see personas), by `udpPortTo`.
 */
import type { Impairment } from './impairment.ts';
import { Link, type LinkCounters } from './link.ts';
import { TcpPort } from './tcp-port.ts';
import { UdpPort } from './udp-port.ts';

export type NetworkProxyOptions = { seed: number; impairment?: Partial<Impairment>; listenAddress?: string };

export class NetworkProxy {
  readonly #link: Link;
  readonly #listenAddress: string;
  readonly #ports = new Map<string, { started: Promise<number>; stop: () => void }>();

  constructor({ seed, impairment = {}, listenAddress = '127.0.0.1' }: NetworkProxyOptions) {
    this.#link = new Link({ seed, impairment });
    this.#listenAddress = listenAddress;
  }

  get listenAddress(): string {
    return this.#listenAddress;
  }

  get counters(): Readonly<LinkCounters> {
    return this.#link.counters;
  }

  /** The port that stands in front of `address:port`; the same one for the same target. `listenPort` 0: any. */
  udpPortTo(address: string, port: number, listenPort = 0): Promise<number> {
    return this.#open(
      `udp ${address}:${port}`,
      () => new UdpPort({ link: this.#link, target: { address, port } }),
      listenPort,
    );
  }

  tcpPortTo(address: string, port: number, listenPort = 0): Promise<number> {
    return this.#open(
      `tcp ${address}:${port}`,
      () => new TcpPort({ link: this.#link, target: { address, port } }),
      listenPort,
    );
  }

  /** For a browser's `socks5://` proxy setting: every TCP connection of its goes through this link. */
  socksPort(listenPort = 0): Promise<number> {
    return this.#open('socks', () => new TcpPort({ link: this.#link, target: null }), listenPort);
  }

  /** From the next packet on. */
  impair(impairment: Partial<Impairment>): void {
    this.#link.impairment = { ...this.#link.impairment, ...impairment };
  }

  /** Pulls the cable: datagrams vanish, streams stall; with `resetStreams` the open ones are reset. New ones wait. */
  cut({ resetStreams = false } = {}): void {
    this.#link.cut(resetStreams);
  }

  restore(): void {
    this.#link.restore();
  }

  stop(): void {
    for (const port of this.#ports.values()) port.stop();
    this.#ports.clear();
    this.#link.line.clear();
  }

  #open(key: string, make: () => UdpPort | TcpPort, listenPort: number): Promise<number> {
    const known = this.#ports.get(key);
    if (known !== undefined) return known.started;
    const made = make();
    const started = made.start(this.#listenAddress, listenPort);
    this.#ports.set(key, { started, stop: () => made.stop() });
    return started;
  }
}
