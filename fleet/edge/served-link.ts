/**
 * The server's end of one page's WebSocket: the wait for its hello, how much it may send and leave unread, its pings, and how
 * it is refused. What its messages mean is its owner's, a session.
 */
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import { type ErrorCode, ProtocolError, type WireError } from '#contract/error-codes.ts';
import { negotiate, protocolOf } from '#contract/protocol-version.ts';
import type { z } from '#contract/schema.ts';
import { HELLO_WITHIN_MS } from '#contract/timing.ts';
import type { TokenBucket } from './attempt-limit.ts';

/** after the close frame, for a peer that does not answer it */
const CLOSE_TIMEOUT_MS = 1_500;

export type ServedLinkOptions = {
  /** in the log: `room link` */
  name: string;
  socket: WebSocket;
  network: string;
  /** of messages; one that sends more is refused */
  flood: TokenBucket;
  /** a page that reads nothing comes again, and gets what it lacks */
  maxBufferedBytes: number;
  /** in its order; none after the end */
  onMessage: (data: RawData, isBinary: boolean) => void;
  /** once */
  onEnd: () => void;
  /** who it is, for the log */
  who: () => Record<string, string | null>;
  logger: Logger;
};

/** `ToPage`: what it sends as JSON; a refusal is `{type: 'error', error}`. */
export class ServedLink<ToPage extends { type: string }> {
  readonly #options: ServedLinkOptions;
  #helloTimer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #isRefused = false;
  #answersPings = true;

  constructor(options: ServedLinkOptions) {
    this.#options = options;
  }

  /** by either side */
  get isClosed(): boolean {
    return this.#isClosed;
  }
  /** by this side, for a reason */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  start(): void {
    const { name, socket, logger, network } = this.#options;
    this.#helloTimer = setTimeout(() => this.refuse('hello-expected'), HELLO_WITHIN_MS);
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    socket.on('pong', () => {
      this.#answersPings = true;
    });
    // ws closes by itself, with 1009 for a message that announces too much
    socket.on('error', (error) => logger.warn({ network, reason: error.message }, `${name} broke the protocol`));
    socket.on('close', () => this.#end());
  }

  /** Its hello is good: it need not hurry any more. */
  greeted(): void {
    clearTimeout(this.#helloTimer);
  }

  /** Ends it where the ping of the last time has no answer. */
  checkAlive(): void {
    const { socket } = this.#options;
    if (!this.#answersPings) {
      socket.terminate();
      return;
    }
    this.#answersPings = false;
    socket.ping();
  }

  /** Sends the reason, then closes. */
  refuse(code: ErrorCode, reason: string = code): void {
    if (this.#isClosed) return;
    const { name, socket, network, who, logger } = this.#options;
    const error = new ProtocolError(code, reason);
    if (code !== 'shutting-down') logger.warn({ network, ...who(), code, reason }, `${name} refused`);
    const refusal: { type: 'error'; error: WireError } = { type: 'error', error: error.toWire() };
    this.#write(JSON.stringify(refusal));
    this.#isRefused = true;
    this.#end();
    socket.close(error.closeCode, code);
    setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  send(message: ToPage): void {
    this.#write(JSON.stringify(message));
  }

  sendBytes(frame: Uint8Array): void {
    this.#write(frame);
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (this.#isClosed) return;
    if (this.#options.flood.take()) this.#options.onMessage(data, isBinary);
    else this.refuse('too-many-attempts');
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#helloTimer);
    this.#options.onEnd();
  }

  #write(data: string | Uint8Array): void {
    const { socket, maxBufferedBytes } = this.#options;
    if (this.#isClosed || socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > maxBufferedBytes) socket.terminate();
    else socket.send(data);
  }
}

/** Not JSON: SyntaxError. A binary frame is no message: null. */
export const messageIn = (data: RawData, isBinary: boolean): unknown => (isBinary ? null : JSON.parse(String(data)));

/**
 * The first message. The protocol's number is read first: the hello of another release may break our schema.
 * @throws ProtocolError hello-expected, a refusal of the protocol's number, bad-message
 */
export function helloIn<Hello>(schema: z.ZodType<Hello>, raw: unknown): Hello {
  if ((raw as { type?: unknown } | null)?.type !== 'hello') throw new ProtocolError('hello-expected');
  const protocol = protocolOf(raw);
  const negotiated = protocol === null ? 'accepted' : negotiate(protocol);
  if (negotiated !== 'accepted') throw new ProtocolError(negotiated, `protocol ${protocol}`);
  const { success, data } = schema.safeParse(raw);
  if (!success) throw new ProtocolError('bad-message', 'hello breaks its schema');
  return data;
}
