/** One phone's or tablet's link to the kiosk itself, from its hello to its close: the fleet's room link without a relay. */
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import { type ErrorCode, InvalidStateError, ProtocolError, toMaruError, UserError } from '#contract/error-codes.ts';
import { negotiate } from '#contract/protocol-version.ts';
import { RoomCommand } from '#contract/room-command.ts';
import { RoomLinkFromController, type RoomLinkToController } from '#contract/room-link.ts';
import { Id } from '#contract/schema.ts';
import { type AttemptLimit, TokenBucket } from '#edge/attempt-limit.ts';
import type { LanCommand, Reply } from '../room-authority.ts';
import type { Admitted, LanPairings } from './lan-pairings.ts';

const HELLO_TIMEOUT_MS = 5_000;
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** after the close frame, for a peer that does not answer it */
const CLOSE_TIMEOUT_MS = 1_500;

export type LanSessionOptions = {
  socket: WebSocket;
  network: string;
  wrongTokens: AttemptLimit;
  /** it has said who it is, and that is true */
  onProven: () => void;
  pairings: Pick<LanPairings, 'admit' | 'touch' | 'end'>;
  welcome: () => Extract<RoomLinkToController, { type: 'welcome' }>;
  onCommand: (order: LanCommand, reply: Reply) => void;
  logger: Logger;
};

export class LanSession {
  readonly #options: LanSessionOptions;
  readonly #flood = new TokenBucket({ burst: 60, refillPerMinute: 20 * 60 });
  #helloTimer: NodeJS.Timeout | undefined;
  #admitted: Admitted | null = null;
  #isClosed = false;
  #answersPings = true;

  constructor(options: LanSessionOptions) {
    this.#options = options;
  }

  /** null: it has not said who it is yet */
  get pairingId(): string | null {
    return this.#admitted?.pairingId ?? null;
  }

  start(): void {
    const { socket, logger, network } = this.#options;
    this.#helloTimer = setTimeout(() => this.refuse('hello-expected'), HELLO_TIMEOUT_MS);
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    socket.on('pong', () => {
      this.#answersPings = true;
    });
    // ws closes by itself, with 1009 for a message that announces too much
    socket.on('error', (error) => logger.warn({ network, reason: error.message }, 'lan: the link broke the protocol'));
    socket.on('close', () => {
      this.#isClosed = true;
      clearTimeout(this.#helloTimer);
    });
  }

  checkAlive(): void {
    const { socket } = this.#options;
    if (!this.#answersPings) {
      socket.terminate();
      return;
    }
    this.#answersPings = false;
    socket.ping();
  }

  /** To who has been let in. */
  tell(message: RoomLinkToController): void {
    if (this.#admitted !== null) this.#send(message);
  }

  /** Says why, then closes. */
  refuse(code: ErrorCode, reason: string = code): void {
    if (this.#isClosed) return;
    const { socket, network, logger } = this.#options;
    const error = new ProtocolError(code, reason);
    if (code !== 'shutting-down')
      logger.warn({ network, pairingId: this.pairingId, code, reason }, 'lan: link refused');
    this.#send({ type: 'error', error: error.toWire() });
    this.#isClosed = true;
    socket.close(error.closeCode, code);
    setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  #hear(data: RawData, isBinary: boolean): void {
    if (this.#isClosed) return;
    if (!this.#flood.take()) {
      this.refuse('too-many-attempts');
      return;
    }
    try {
      const raw: unknown = isBinary ? null : JSON.parse(String(data));
      const parsed = RoomLinkFromController.safeParse(raw);
      if (this.#admitted !== null) {
        if (parsed.success) this.#obey(this.#admitted, parsed.data);
        else this.#refuseMessage(raw);
      } else {
        if ((raw as { type?: unknown } | null)?.type !== 'hello') throw new ProtocolError('hello-expected');
        if (!parsed.success || parsed.data.type !== 'hello')
          throw new ProtocolError('bad-message', 'hello breaks its schema');
        this.#greet(parsed.data);
      }
    } catch (error) {
      this.#objectTo(error);
    }
  }

  #greet({ protocol, token }: { protocol: number; token: string }): void {
    const { pairings, wrongTokens, network, welcome, onProven, logger } = this.#options;
    const negotiated = negotiate(protocol);
    if (negotiated !== 'accepted') throw new ProtocolError(negotiated, `protocol ${protocol}`);
    try {
      this.#admitted = pairings.admit(token);
    } catch (error) {
      // Looked up first: a token has 256 bits, so only those that are wrong are limited.
      const isGuess = toMaruError(error).code === 'token-invalid';
      throw isGuess && !wrongTokens.take(network) ? new UserError('too-many-attempts') : error;
    }
    clearTimeout(this.#helloTimer);
    onProven();
    pairings.touch(this.#admitted.pairingId);
    this.#send(welcome());
    logger.info({ ...this.#admitted }, 'lan: link open');
  }

  #obey({ pairingId, kind }: Admitted, message: RoomLinkFromController): void {
    const { pairings, onCommand } = this.#options;
    switch (message.type) {
      case 'hello':
        throw new ProtocolError('bad-message', 'hello is said once');
      case 'ping':
        this.#send({ type: 'pong' });
        return;
      case 'unpair':
        if (kind === 'tablet') throw new InvalidStateError('not-possible-now', 'a tablet is the fleet’s to take back');
        pairings.end(pairingId);
        return;
      case 'command': {
        const { id, command } = message;
        pairings.touch(pairingId);
        onCommand({ id, command, pairingId }, (reply) =>
          this.#send({ type: 'reply', id, error: reply.ok ? null : reply.error }),
        );
        return;
      }
    }
  }

  /** A message that breaks its schema; a command gets its reply, so that the phone knows which. */
  #refuseMessage(raw: unknown): void {
    const { type, id, command } = (raw ?? {}) as { type?: unknown; id?: unknown; command?: { name?: unknown } };
    const isKnown = RoomCommand.options.some((option) => option.shape.name.value === command?.name);
    const error = new ProtocolError(type === 'command' && !isKnown ? 'unknown-command' : 'bad-message');
    const commandId = type === 'command' ? Id.safeParse(id).data : undefined;
    if (commandId === undefined) throw error;
    this.#options.logger.warn({ pairingId: this.pairingId, code: error.code }, 'lan: command refused');
    this.#send({ type: 'reply', id: commandId, error: error.toWire() });
  }

  /** Who has not been let in is sent away, everyone else is told. */
  #objectTo(thrown: unknown): void {
    const error = toMaruError(thrown);
    const { logger, network } = this.#options;
    const line = { network, pairingId: this.pairingId, code: error.code, reason: error.message };
    if (error.code === 'internal') logger.error({ ...line, err: thrown }, 'lan: message failed');
    else logger.warn(line, 'lan: message refused');
    if (this.#admitted === null) this.refuse(error.code, error.message);
    else this.#send({ type: 'error', error: error.toWire() });
  }

  #send(message: RoomLinkToController): void {
    const { socket } = this.#options;
    if (this.#isClosed || socket.readyState !== socket.OPEN) return;
    // a phone that takes nothing in comes again and sees the truth at once
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.terminate();
    else socket.send(JSON.stringify(message));
  }
}
