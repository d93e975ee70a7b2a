/**
 * One controller's room link, from its hello to its close: the order of messages, the limits and the refusals. The
 * `RoomLinkHost` decides who is admitted, and handles commands.
 */
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import type { BroadcastAct } from '#contract/broadcast.ts';
import {
  type ErrorCode,
  InvalidStateError,
  ProtocolError,
  toMaruError,
  UserError,
  type WireError,
} from '#contract/error-codes.ts';
import type { NoteLine } from '#contract/note-line.ts';
import { RoomCommand } from '#contract/room-command.ts';
import { RoomLinkFromController, type RoomLinkToController } from '#contract/room-link.ts';
import { Id } from '#contract/schema.ts';
import type { WaitingDecision } from '#contract/waiting.ts';
import { type AttemptLimit, TokenBucket } from './attempt-limit.ts';
import { helloIn, messageIn, ServedLink } from './served-link.ts';

const MAX_BUFFERED_BYTES = 1024 * 1024;

export type RoomLinkWelcome = Extract<RoomLinkToController, { type: 'welcome' }>;
export type SendToController = (message: RoomLinkToController) => void;

/** The difference between the links of the fleet server and of the kiosk. `Admitted`: an admitted pairing. */
export type RoomLinkHost<Admitted extends { pairingId: string }> = {
  /** @throws UserError token-invalid, pairing-revoked */
  admit: (token: string) => Admitted | Promise<Admitted>;
  /** Asked after `admit`, right before the welcome: the pairing may have ended during the look-up. */
  isLive: (admitted: Admitted) => boolean;
  welcome: (admitted: Admitted) => RoomLinkWelcome;
  /** Sends each change after the welcome. Called with no wait after it, so that no change is lost. @returns ends it */
  follow?: (admitted: Admitted, send: SendToController) => () => void;
  /** A person uses the pairing. */
  touch: (admitted: Admitted) => void;
  /** @returns the refusal, null where the command is done */
  command: (admitted: Admitted, id: string, command: RoomCommand) => Promise<WireError | null>;
  /** The fleet server alone. @throws the refusal */
  decideWaiting?: (admitted: Admitted, decision: WaitingDecision) => Promise<void>;
  /** The fleet server alone. @throws the refusal */
  makeInvite?: (admitted: Admitted, displayName: string | null) => Promise<{ joinUrl: string; expiresAtMs: number }>;
  /** The fleet server alone. @throws the refusal */
  directBroadcast?: (admitted: Admitted, act: BroadcastAct) => Promise<void>;
  /** The fleet server alone. @throws the refusal */
  setRecording?: (admitted: Admitted, on: boolean) => Promise<void>;
  /** The fleet server alone. @param id of the request: the same one again adds nothing. @throws the refusal */
  addNote?: (admitted: Admitted, id: string, line: NoteLine) => Promise<void>;
  /** By the code on the TV. The fleet server alone: over the LAN a phone is in the house. @throws the refusal */
  provePresence?: (admitted: Admitted, code: string, network: string) => Promise<void>;
  /** @throws InvalidStateError for a pairing that its holder cannot end */
  unpair: (admitted: Admitted) => void | Promise<void>;
};

export type RoomLinkSessionOptions<Admitted extends { pairingId: string }> = {
  socket: WebSocket;
  network: string;
  host: RoomLinkHost<Admitted>;
  wrongTokens: AttemptLimit;
  /** its token is good */
  onProven: () => void;
  logger: Logger;
};

export class RoomLinkSession<Admitted extends { pairingId: string }> {
  readonly #options: RoomLinkSessionOptions<Admitted>;
  readonly #link: ServedLink<RoomLinkToController>;
  #admitted: Admitted | null = null;
  /** null: no hello yet. Messages after the hello wait for its answer. */
  #greeting: Promise<void> | null = null;
  #unfollow: (() => void) | undefined;

  constructor(options: RoomLinkSessionOptions<Admitted>) {
    this.#options = options;
    const { socket, network, logger } = options;
    this.#link = new ServedLink({
      ...{ name: 'room link', socket, network, logger, maxBufferedBytes: MAX_BUFFERED_BYTES },
      flood: new TokenBucket({ burst: 60, refillPerMinute: 20 * 60 }),
      onMessage: (data, isBinary) => void this.#handle(data, isBinary).catch((error: unknown) => this.#objectTo(error)),
      onEnd: () => this.#unfollow?.(),
      who: () => ({ pairingId: this.pairingId }),
    });
  }

  /** null: not let in yet */
  get pairingId(): string | null {
    return this.#admitted?.pairingId ?? null;
  }

  start(): void {
    this.#link.start();
  }

  checkAlive(): void {
    this.#link.checkAlive();
  }

  /** Sends nothing before the welcome. */
  send(message: RoomLinkToController): void {
    if (this.#admitted !== null) this.#link.send(message);
  }

  /** Sends the reason, then closes. */
  refuse(code: ErrorCode, reason?: string): void {
    this.#link.refuse(code, reason);
  }

  async #handle(data: RawData, isBinary: boolean): Promise<void> {
    if (this.#greeting === null) {
      const { token } = helloIn(Hello, messageIn(data, isBinary));
      this.#greeting = this.#greet(token);
      return this.#greeting;
    }
    await this.#greeting;
    if (this.#admitted === null || this.#link.isClosed) return;
    const raw = messageIn(data, isBinary);
    const { success, data: message } = RoomLinkFromController.safeParse(raw);
    if (success) await this.#obey(this.#admitted, message);
    else this.#refuseMessage(raw);
  }

  async #greet(token: string): Promise<void> {
    const { host, network, wrongTokens, onProven, logger } = this.#options;
    let admitted: Admitted;
    try {
      admitted = await host.admit(token);
    } catch (error) {
      // Looked up first: a token has 256 bits, so only wrong ones are limited.
      const isGuess = toMaruError(error).code === 'token-invalid';
      throw isGuess && !wrongTokens.take(network) ? new UserError('too-many-attempts') : error;
    }
    if (this.#link.isClosed) return;
    if (!host.isLive(admitted)) throw new UserError('pairing-revoked');
    // From here to the end without a wait: no change is lost between the welcome and the messages after it.
    this.#link.greeted();
    this.#admitted = admitted;
    onProven();
    host.touch(admitted);
    const welcome = host.welcome(admitted);
    this.#link.send(welcome);
    this.#unfollow = host.follow?.(admitted, (message) => this.#link.send(message));
    logger.info({ roomId: welcome.roomId, pairingId: admitted.pairingId }, 'room link open');
  }

  async #obey(admitted: Admitted, message: RoomLinkFromController): Promise<void> {
    const { host } = this.#options;
    switch (message.type) {
      case 'hello':
        throw new ProtocolError('bad-message', 'a link has one hello');
      case 'ping':
        return this.#link.send({ type: 'pong' });
      case 'unpair':
        return host.unpair(admitted);
      case 'command': {
        const { id, command } = message;
        host.touch(admitted);
        return this.#link.send({ type: 'command-reply', id, error: await host.command(admitted, id, command) });
      }
      case 'decide-waiting':
        host.touch(admitted);
        return this.#reply(message.id, async () => {
          if (!host.decideWaiting) throw onlyAtFleet();
          await host.decideWaiting(admitted, message.decision);
          return { type: 'command-reply', id: message.id, error: null };
        });
      case 'make-invite':
        host.touch(admitted);
        return this.#reply(message.id, async () => {
          if (!host.makeInvite) throw onlyAtFleet();
          return { type: 'invite', id: message.id, ...(await host.makeInvite(admitted, message.displayName)) };
        });
      case 'direct-broadcast':
        host.touch(admitted);
        return this.#reply(message.id, async () => {
          if (!host.directBroadcast) throw onlyAtFleet();
          await host.directBroadcast(admitted, message.act);
          return { type: 'command-reply', id: message.id, error: null };
        });
      case 'set-recording':
        host.touch(admitted);
        return this.#reply(message.id, async () => {
          if (!host.setRecording) throw onlyAtFleet();
          await host.setRecording(admitted, message.on);
          return { type: 'command-reply', id: message.id, error: null };
        });
      case 'add-note':
        host.touch(admitted);
        return this.#reply(message.id, async () => {
          if (!host.addNote) throw onlyAtFleet();
          await host.addNote(admitted, message.id, message.line);
          return { type: 'command-reply', id: message.id, error: null };
        });
      case 'prove-presence':
        host.touch(admitted);
        return this.#reply(message.id, async () => {
          if (!host.provePresence) throw onlyAtFleet();
          await host.provePresence(admitted, message.code, this.#options.network);
          return { type: 'command-reply', id: message.id, error: null };
        });
    }
  }

  /** A refusal gets the id of what is refused. */
  async #reply(id: string, work: () => Promise<RoomLinkToController>): Promise<void> {
    this.#link.send(
      await work().catch((thrown: unknown): RoomLinkToController => {
        const error = toMaruError(thrown);
        const { logger } = this.#options;
        if (error.code === 'internal') logger.error({ err: error.cause }, 'room link message failed');
        else logger.warn({ pairingId: this.pairingId, code: error.code }, 'room link message refused');
        return { type: 'command-reply', id, error: error.toWire() };
      }),
    );
  }

  /** A message that breaks its schema; a command gets its reply, so that the phone knows which. */
  #refuseMessage(raw: unknown): void {
    const { type, id, command } = (raw ?? {}) as { type?: unknown; id?: unknown; command?: { name?: unknown } };
    const isKnown = RoomCommand.options.some((option) => option.shape.name.value === command?.name);
    const error = new ProtocolError(type === 'command' && !isKnown ? 'unknown-command' : 'bad-message');
    const commandId = type === 'command' ? Id.safeParse(id).data : undefined;
    if (commandId === undefined) throw error;
    this.#options.logger.warn({ pairingId: this.pairingId, code: error.code }, 'room link command refused');
    this.#link.send({ type: 'command-reply', id: commandId, error: error.toWire() });
  }

  /** Before the welcome an error ends the link; after it the peer is notified and the link stands. */
  #objectTo(thrown: unknown): void {
    if (this.#link.isClosed) return;
    const error = toMaruError(thrown);
    const { logger, network } = this.#options;
    const line = { network, pairingId: this.pairingId, code: error.code, reason: error.message };
    if (error.code === 'internal') logger.error({ ...line, err: error.cause }, 'room link message failed');
    else logger.warn(line, 'room link message refused');
    if (this.#admitted === null) this.refuse(error.code, error.message);
    else this.#link.send({ type: 'error', error: error.toWire() });
  }
}

const [Hello] = RoomLinkFromController.options;

const onlyAtFleet = (): InvalidStateError =>
  new InvalidStateError('not-possible-now', 'the fleet server alone serves it');
