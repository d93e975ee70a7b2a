/** One phone's link, from its hello to its close. */
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import { type ErrorCode, type MaruError, ProtocolError, toMaruError } from '#contract/error-codes.ts';
import { negotiate, PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { RoomCommand } from '#contract/room-command.ts';
import { RoomLinkFromController, type RoomLinkToController } from '#contract/room-link.ts';
import { Id } from '#contract/schema.ts';
import { type AttemptLimit, TokenBucket } from '#edge/attempt-limit.ts';
import type { CommandRelay } from './command-relay.ts';
import type { Pairing, Pairings } from './pairings.ts';
import type { RoomDetails } from './room-details.ts';
import type { RoomRegistry } from './room-registry.ts';
import type { RoomReports } from './room-reports.ts';

const HELLO_TIMEOUT_MS = 5_000;
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** after the close frame, for a peer that does not answer it */
const CLOSE_TIMEOUT_MS = 1_500;

type Dependencies = {
  webSocket: WebSocket;
  network: string;
  wrongTokens: AttemptLimit;
  /** it has said who it is, and that is true */
  onProven: () => void;
  pairings: Pairings;
  relay: CommandRelay;
  reports: RoomReports;
  details: RoomDetails;
  registry: RoomRegistry;
  logger: Logger;
};

export class RoomLinkSession {
  readonly #deps: Dependencies;
  readonly #flood = new TokenBucket({ burst: 60, refillPerMinute: 20 * 60 });
  readonly #helloTimer: NodeJS.Timeout;
  #phase: 'new' | 'greeting' | 'open' | 'closed' = 'new';
  #pairing: Pairing | null = null;
  #unlisten: (() => void) | null = null;
  /** what is said right behind the hello waits for its answer */
  #greeted: Promise<void> = Promise.resolve();
  #answersPings = true;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#helloTimer = setTimeout(() => this.refuse('hello-expected'), HELLO_TIMEOUT_MS);
  }

  get pairingId(): string | null {
    return this.#pairing?.pairingId ?? null;
  }

  onMessage(data: RawData, isBinary: boolean): void {
    if (this.#phase === 'closed') return;
    if (!this.#flood.take()) {
      this.refuse('too-many-attempts');
      return;
    }
    void this.#take(data, isBinary).catch((error: unknown) => this.#fail(toMaruError(error)));
  }

  onPong(): void {
    this.#answersPings = true;
  }
  checkAlive(): void {
    if (!this.#answersPings) {
      this.#deps.webSocket.terminate();
      return;
    }
    this.#answersPings = false;
    this.#deps.webSocket.ping();
  }

  onClose(): void {
    this.#phase = 'closed';
    clearTimeout(this.#helloTimer);
    this.#unlisten?.();
  }

  /** Says why, then closes. */
  refuse(code: ErrorCode, message: string = code): void {
    if (this.#phase === 'closed') return;
    const { webSocket, network, logger } = this.#deps;
    const error = new ProtocolError(code, message);
    if (code !== 'shutting-down')
      logger.warn({ network, pairingId: this.pairingId, code, reason: message }, 'room link refused');
    this.#send({ type: 'error', error: error.toWire() });
    this.#phase = 'closed';
    this.#unlisten?.();
    webSocket.close(error.closeCode, code);
    setTimeout(() => webSocket.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  async #take(data: RawData, isBinary: boolean): Promise<void> {
    const raw: unknown = isBinary ? null : JSON.parse(data.toString());
    const parsed = RoomLinkFromController.safeParse(raw);
    if (this.#phase === 'new') {
      if ((raw as { type?: unknown } | null)?.type !== 'hello') return this.refuse('hello-expected');
      if (!parsed.success || parsed.data.type !== 'hello') return this.refuse('bad-message', 'hello breaks its schema');
      this.#greeted = this.#greet(parsed.data);
      return this.#greeted;
    }
    await this.#greeted;
    if (!parsed.success) return this.#refuseMessage(raw);
    switch (parsed.data.type) {
      case 'hello':
        throw new ProtocolError('bad-message', 'hello is said once');
      case 'ping':
        return this.#send({ type: 'pong' });
      case 'unpair':
        return this.#pairing
          ? this.#deps.pairings.revoke(this.#pairing, `pairing:${this.#pairing.pairingId}`)
          : undefined;
      case 'command':
        return this.#command(parsed.data.id, parsed.data.command);
    }
  }

  async #greet({ protocol, token }: { protocol: number; token: string }): Promise<void> {
    const { pairings, registry, reports, details, logger } = this.#deps;
    this.#phase = 'greeting';
    const negotiated = negotiate(protocol);
    if (negotiated !== 'accepted') return this.refuse(negotiated, `protocol ${protocol}`);
    let pairing: Pairing;
    try {
      pairing = await pairings.ofToken(token);
    } catch (error) {
      return this.#refuseToken(toMaruError(error).code);
    }
    const room = await registry.byId(pairing.roomId);
    if (!room) return this.refuse('pairing-revoked');
    if (this.#isClosed()) return;
    // ended while the room was looked up, when nobody could find this link by it
    if (!pairings.isLive(pairing)) return this.refuse('pairing-revoked');
    clearTimeout(this.#helloTimer);
    this.#pairing = pairing;
    this.#deps.onProven();
    pairings.touch(pairing);
    // no await between what is told and what is listened to: no change falls between
    const { state, online, lastSeenMs } = reports.of(room.roomId);
    this.#send({
      type: 'welcome',
      protocol: PROTOCOL_VERSION,
      roomId: room.roomId,
      roomName: room.roomName,
      state,
      ...details.of(room.roomId),
      online,
      lastSeenMs,
      nowMs: Date.now(),
    });
    const ends = [
      details.listen(room.roomId, {
        onAgenda: (agenda) => this.#send({ type: 'agenda', agenda }),
        onEquipment: (equipment) => this.#send({ type: 'equipment', equipment }),
      }),
      reports.listen(room.roomId, {
        onState: (changed) => this.#send({ type: 'state', state: changed }),
        onPresence: (isOnline, seenMs) => this.#send({ type: 'presence', online: isOnline, lastSeenMs: seenMs }),
        onRoster: (roster) => this.#send({ type: 'roster', roster }),
      }),
    ];
    this.#unlisten = () => {
      for (const end of ends) end();
    };
    this.#phase = 'open';
    logger.info({ roomId: room.roomId, pairingId: pairing.pairingId }, 'room link open');
  }

  /** Looked up first: a token has 256 bits, so only those that are wrong are limited. */
  #refuseToken(code: ErrorCode): void {
    const { wrongTokens, network } = this.#deps;
    if (code !== 'token-invalid' || wrongTokens.take(network)) this.refuse(code);
    else this.refuse('too-many-attempts');
  }

  async #command(id: string, command: RoomCommand): Promise<void> {
    const { pairings, relay } = this.#deps;
    const pairing = this.#pairing;
    if (!pairing) return;
    pairings.touch(pairing);
    const error = await relay
      .send({
        id,
        roomId: pairing.roomId,
        command,
        issuer: { kind: 'controller', id: pairing.pairingId },
        isAllowed: () => pairings.isLive(pairing),
      })
      .then(
        () => null,
        (thrown: unknown) => toMaruError(thrown).toWire(),
      );
    this.#send({ type: 'reply', id, error });
  }

  /** A message that breaks its schema; a command gets its reply, so that the phone knows which. */
  #refuseMessage(raw: unknown): void {
    const { type, id, command } = (raw ?? {}) as { type?: unknown; id?: unknown; command?: { name?: unknown } };
    const known = RoomCommand.options.some((option) => option.shape.name.value === command?.name);
    const error = new ProtocolError(type === 'command' && !known ? 'unknown-command' : 'bad-message');
    const commandId = type === 'command' ? Id.safeParse(id).data : undefined;
    if (commandId === undefined) {
      this.#fail(error);
      return;
    }
    this.#log(error);
    this.#send({ type: 'reply', id: commandId, error: error.toWire() });
  }

  #fail(error: MaruError): void {
    this.#log(error);
    if (this.#phase === 'new') {
      this.refuse(error.code, error.message);
      return;
    }
    this.#send({ type: 'error', error: error.toWire() });
  }
  #log(error: MaruError): void {
    const { logger, network } = this.#deps;
    logger.warn(
      {
        network,
        pairingId: this.pairingId,
        code: error.code,
        err: error.code === 'internal' ? error.cause : undefined,
      },
      'room link message refused',
    );
  }

  #isClosed(): boolean {
    return this.#phase === 'closed';
  }

  #send(message: RoomLinkToController): void {
    const { webSocket } = this.#deps;
    if (this.#phase === 'closed' || webSocket.readyState !== webSocket.OPEN) return;
    // a phone that takes nothing in: it comes back and is told all
    if (webSocket.bufferedAmount > MAX_BUFFERED_BYTES) {
      webSocket.terminate();
      return;
    }
    webSocket.send(JSON.stringify(message));
  }
}
