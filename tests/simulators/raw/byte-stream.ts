/** A TCP or TLS connection as bytes: write anything, take exactly so much, learn how it ended. Knows no protocol. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export type StreamTarget = {
  host: string;
  port: number;
  /** null: plain TCP */
  tls: { ca?: string; cert?: string; key?: string; serverName?: string } | null;
  /** the sender's own address: another network for whoever counts attempts */
  localAddress?: string;
};

export class ByteStream {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  #error: Error | null = null;
  #wake: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#changed();
    });
    socket.on('error', (error) => {
      this.#error = error;
      this.#changed();
    });
    socket.on('close', () => {
      this.#ended = true;
      this.#changed();
    });
    socket.on('end', () => socket.end());
  }

  static async open({ host, port, tls, localAddress }: StreamTarget): Promise<ByteStream> {
    // tls.connect hands all of these on to net.connect, though its types name only some
    const where = { host, port, localAddress };
    const socket =
      tls === null
        ? connectTcp(where)
        : connectTls({ ...where, servername: tls.serverName ?? (isAddress(host) ? '' : host), ...tls });
    await new Promise<void>((resolve, reject) => {
      socket.once(tls === null ? 'connect' : 'secureConnect', () => resolve());
      socket.once('error', reject);
    });
    socket.removeAllListeners('error');
    return new ByteStream(socket);
  }

  get bytesWritten(): number {
    return this.#socket.bytesWritten;
  }

  get closed(): boolean {
    return this.#ended;
  }

  /** Never waits for the peer: what it refuses to read stays here until it closes. */
  write(bytes: Buffer | string): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** @throws where the stream ends or `timeoutMs` passes before so many bytes have come */
  async take(count: number, timeoutMs = 5_000): Promise<Buffer> {
    await this.#until(() => this.#received.length >= count, timeoutMs, `${count} bytes`);
    const taken = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return taken;
  }

  /** Up to and with `mark`. */
  async takeUntil(mark: string, timeoutMs = 5_000): Promise<Buffer> {
    await this.#until(() => this.#received.includes(mark), timeoutMs, JSON.stringify(mark));
    return this.take(this.#received.indexOf(mark) + mark.length);
  }

  /** Everything until the peer closes. */
  async rest(timeoutMs = 5_000): Promise<Buffer> {
    await this.whenClosed(timeoutMs);
    return this.#received;
  }

  /** @throws where it is still open after `timeoutMs` */
  async whenClosed(timeoutMs = 5_000): Promise<void> {
    const deadlineMs = Date.now() + timeoutMs;
    while (!this.#ended) await this.#wait(deadlineMs, 'the close');
  }

  close(): void {
    this.#socket.destroy();
  }

  async #until(met: () => boolean, timeoutMs: number, what: string): Promise<void> {
    const deadlineMs = Date.now() + timeoutMs;
    while (!met()) {
      if (this.#ended)
        throw new Error(`closed before ${what} came: ${this.#error?.message ?? 'ended'}`, { cause: this.#error });
      await this.#wait(deadlineMs, what);
    }
  }

  async #wait(deadlineMs: number, what: string): Promise<void> {
    const leftMs = deadlineMs - Date.now();
    if (leftMs <= 0) throw new Error(`${what} did not come in time`);
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      new Promise<void>((resolve) => this.#wake.push(resolve)),
      new Promise<void>((resolve) => (timer = setTimeout(resolve, leftMs))),
    ]);
    clearTimeout(timer);
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

const isAddress = (host: string): boolean => /^[\d.]+$/.test(host) || host.includes(':');

/** host, port and TLS of a ws:, wss:, http:, https:, mqtt: or mqtts: address. */
export function targetOf(url: string, { ca, localAddress }: { ca?: string; localAddress?: string } = {}): StreamTarget {
  const { protocol, hostname, port } = new URL(url);
  const secure = ['wss:', 'https:', 'mqtts:'].includes(protocol);
  return { host: hostname, port: Number(port || (secure ? 443 : 80)), tls: secure ? { ca } : null, localAddress };
}
