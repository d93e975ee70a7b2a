/**
 * Carries a command to its room and the reply back, by id, within COMMAND_TIMEOUT_MS. What starts the room's own call
 * goes with a grant, so that the kiosk need not ask back. A room that listens anew within that time gets again what it has
 * not answered: its agent may have died with it. Nothing is retained: a room that is gone is not rung when it returns.
 * What opens a microphone or a camera goes only for an issuer that is in the room; ending, leaving and muting always go.
 */
import type { Logger } from 'pino';
import { fromWire, type MaruError, OperationalError, UserError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import { COMMAND_TIMEOUT_MS } from '#contract/timing.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { CommandEnvelope, RoomCommand } from '#contract/room-command.ts';
import { OpenRequests } from '#edge/open-requests.ts';
import type { Broker } from '../broker/index.ts';
import type { RoomReports } from './room-reports.ts';

export type CommandRelayDependencies = {
  broker: Broker;
  reports: RoomReports;
  grantFor: (roomId: string) => Promise<CallGrant>;
  logger: Logger;
};
export type Order = {
  id: string;
  roomId: string;
  command: RoomCommand;
  issuer: CommandEnvelope['issuer'];
  /** whether the issuer may still give it, asked when it leaves */
  isAllowed: () => boolean;
  /** whether the issuer has shown to be in the room */
  isPresent: () => boolean;
};
type Pending = {
  isAllowed: Order['isAllowed'];
  /** rejects with the refusal */
  reply: Promise<void>;
  /** null: not ready to go yet */
  envelope: CommandEnvelope | null;
};

export class CommandRelay {
  readonly #deps: CommandRelayDependencies;
  readonly #pending = new Map<string, Pending>();
  readonly #open = new OpenRequests<MaruError | null>();

  constructor(deps: CommandRelayDependencies) {
    this.#deps = deps;
  }

  start(): void {
    const { broker } = this.#deps;
    broker.on('commandReply', (roomId, reply) =>
      this.#open.settle(`${roomId} ${reply.id}`, reply.ok ? null : fromWire(reply.error)),
    );
    broker.onSubscribed((who, topic) => {
      if (who.party !== 'room' || topic !== 'command') return;
      for (const { envelope, isAllowed } of this.#pending.values())
        if (envelope?.roomId === who.id && isAllowed()) broker.publish('command', who.id, envelope);
    });
  }

  /** Resolves when the room has done it. The same id twice is one command. @throws the room's error, or ours; UserError presence-needed */
  async send(order: Order): Promise<void> {
    const key = `${order.roomId} ${order.id}`;
    const former = this.#pending.get(key);
    if (former) return former.reply;
    if (isOfPresent(order.command) && !order.isPresent()) throw new UserError('presence-needed');
    const expiresAtMs = Date.now() + COMMAND_TIMEOUT_MS;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const pending: Pending = { isAllowed: order.isAllowed, reply: promise, envelope: null };
    this.#pending.set(key, pending);
    const onReply = (error: MaruError | null): void => {
      this.#pending.delete(key);
      if (!error) {
        resolve();
        return;
      }
      const { roomId, command } = order;
      this.#deps.logger.info({ roomId, command: command.name, code: error.code }, 'command refused');
      reject(error);
    };
    this.#open.add(key, onReply, { afterMs: COMMAND_TIMEOUT_MS, reply: new OperationalError('room-not-answering') });
    // a grant that comes too late: the issuer has its reply, and may have sent the same id again
    const isOpen = (): boolean => this.#pending.get(key) === pending;
    this.#prepare(order, expiresAtMs).then(
      (envelope) => isOpen() && this.#deliver(key, pending, envelope),
      (error: MaruError) => isOpen() && this.#open.settle(key, error),
    );
    return promise;
  }

  async #prepare({ id, roomId, command, issuer }: Order, expiresAtMs: number): Promise<CommandEnvelope> {
    // a booking's meeting is the kiosk's to ask for: it alone knows which invite the booking carries
    const needsGrant =
      command.name === 'prepare-call' || (command.name === 'join-call' && command.bookingId === undefined);
    const grant = needsGrant
      ? await this.#deps.grantFor(roomId).catch((error: unknown) => waits(command, error))
      : null;
    return { protocol: PROTOCOL_VERSION, id, roomId, expiresAtMs, issuer, command, grant };
  }

  #deliver(key: string, pending: Pending, envelope: CommandEnvelope): void {
    const { broker, reports } = this.#deps;
    const { roomId } = envelope;
    if (!pending.isAllowed()) {
      this.#open.settle(key, new UserError('pairing-revoked'));
      return;
    }
    pending.envelope = envelope;
    if (broker.isHeard('command', { party: 'room', id: roomId })) broker.publish('command', roomId, envelope);
    // it was here a moment ago, e.g. before our restart: it will be back within the command's time, or not
    else if (!reports.of(roomId).online)
      this.#open.settle(key, new OperationalError('room-not-answering', 'the room is offline'));
  }
}

/** A start whose call cannot be reached at the moment goes without a grant: the room shows that, and asks until it has one. */
function waits({ name }: RoomCommand, error: unknown): null {
  if (name === 'join-call' && error instanceof OperationalError && error.code === 'call-unreachable') return null;
  throw error;
}

/** A room that enters a call sends its sound and picture; with a transcript, what is spoken in it is kept. */
const isOfPresent = (command: RoomCommand): boolean =>
  command.name === 'join-call' ||
  ((command.name === 'set-microphone' || command.name === 'set-camera') && command.on) ||
  (command.name === 'set-transcript' && command.isOn);
