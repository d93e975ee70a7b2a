/**
 * The connecting half of a link between processes of one machine: JSON lines over a Unix socket, a hello from both sides, and
 * a new connection as often as one ends. Messages that are sent while nobody is connected are lost: `onHello` sends them again.
 */
import { connect, type Socket } from 'node:net';
import { ProtocolError } from '#contract/error-codes.ts';
import { negotiateAsClient, PROTOCOL_VERSION, protocolOf } from '#contract/protocol-version.ts';
import { retryAfterMs } from '#contract/retry-after.ts';
import { readJsonLines, writeJsonLine } from './json-lines.ts';
import { socketPath } from './socket-path.ts';

/** `away`: not connected: it starts, or has ended and is started again. `unavailable`: `reason` in English, for IT. */
export type ProcessStatus = { is: 'away' } | { is: 'there' } | { is: 'unavailable'; reason: string };

type Hello = { name: 'hello'; whyUnavailable: string | null };
export type ProcessLinkOptions<In extends { name: string }> = {
  dataDir: string;
  socketName: string;
  maxMessageLength: number;
  /** @throws for what is no message of the other side's */
  parse: (raw: unknown) => In | Hello;
  /** what our hello carries besides its name and protocol */
  hello?: () => Promise<object>;
  /** connected; what the other side should know is sent now */
  onHello: (hello: Extract<In, { name: 'hello' }>) => void;
  onMessage: (message: Exclude<In, { name: 'hello' }>) => void;
  onStatus?: (status: ProcessStatus) => void;
  log: (what: string, details: { err?: unknown; [detail: string]: unknown }) => void;
};

const PAUSES = { firstMs: 100, longestMs: 2_000 };

export class ProcessLink<In extends { name: string }, Out extends { name: string }> {
  readonly #options: ProcessLinkOptions<In>;
  #connecting: Socket | null = null;
  /** once both have said hello */
  #socket: Socket | null = null;
  #status: ProcessStatus = { is: 'away' };
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: ProcessLinkOptions<In>) {
    this.#options = options;
  }

  get status(): ProcessStatus {
    return this.#status;
  }

  start(): void {
    const { dataDir, socketName, maxMessageLength, log } = this.#options;
    const socket = connect(socketPath(dataDir, socketName));
    this.#timer = undefined;
    socket.on('connect', () => void this.#greet(socket));
    // its `close` follows
    socket.on('error', () => {});
    socket.on('close', () => this.#onClose());
    readJsonLines(socket, {
      maxLength: maxMessageLength,
      onMessage: (message) => this.#onMessage(socket, message),
      onRefused: (error) => log('the other process sent what is no message', { err: error, socketName }),
    });
    this.#connecting = socket;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#connecting?.destroy();
  }

  send(message: Out): void {
    if (this.#socket) writeJsonLine(this.#socket, message);
  }

  async #greet(socket: Socket): Promise<void> {
    const { hello, log } = this.#options;
    try {
      writeJsonLine(socket, { name: 'hello', protocol: PROTOCOL_VERSION, ...(await hello?.()) });
    } catch (error) {
      log('no hello to another process', { err: error });
      socket.destroy();
    }
  }

  #onMessage(socket: Socket, raw: unknown): void {
    if (this.#socket !== socket) {
      this.#onHello(socket, raw);
      return;
    }
    const message = this.#options.parse(raw);
    if (message.name === 'hello') throw new ProtocolError('bad-message', 'a second hello');
    this.#options.onMessage(message as Exclude<In, { name: 'hello' }>);
  }

  #onHello(socket: Socket, raw: unknown): void {
    const protocol = protocolOf(raw);
    if (protocol === null) throw new ProtocolError('hello-expected');
    const negotiated = negotiateAsClient(protocol);
    if (negotiated !== 'accepted') throw new ProtocolError(negotiated);
    const hello = this.#options.parse(raw);
    if (hello.name !== 'hello') throw new ProtocolError('hello-expected');
    this.#socket = socket;
    this.#failures = 0;
    const { whyUnavailable } = hello as Hello;
    this.#setStatus(whyUnavailable === null ? { is: 'there' } : { is: 'unavailable', reason: whyUnavailable });
    this.#options.onHello(hello as Extract<In, { name: 'hello' }>);
  }

  #onClose(): void {
    this.#socket = null;
    if (this.#isStopped) return;
    if (this.#status.is !== 'away') this.#setStatus({ is: 'away' });
    this.#timer = setTimeout(() => this.start(), retryAfterMs(this.#failures, PAUSES));
    this.#failures += 1;
  }

  #setStatus(status: ProcessStatus): void {
    this.#status = status;
    this.#options.onStatus?.(status);
  }
}
