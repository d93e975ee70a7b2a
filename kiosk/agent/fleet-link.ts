/**
 * The agent's line to the fleet: MQTT over TLS with the room's certificate. Owns connecting again, heartbeat and will,
 * and parsing what comes; what a message means is the authority's. While the fleet is gone nothing is queued: what
 * holds is said again when it is back.
 */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { toMaruError } from '#contract/error-codes.ts';
import { HEARTBEAT_INTERVAL_MS } from '#contract/timing.ts';
import type { RoomAgenda } from '#contract/room-agenda.ts';
import { CommandEnvelope, type CommandReply } from '#contract/room-command.ts';
import type { RoomEquipment } from '#contract/room-equipment.ts';
import { type RoomEvents, RoomEventsAck } from '#contract/room-events.ts';
import type { RoomState, RosterUpdate } from '#contract/room-state.ts';
import {
  brokerOf,
  clientIdOf,
  type PairingOffer,
  RoomDesired,
  type RoomRequest,
  RoomResponse,
  topicOf,
} from '#contract/topics.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { Identity } from './identity.ts';

type Outgoing = {
  state: RoomState;
  pairing: PairingOffer;
  reply: CommandReply;
  request: RoomRequest;
  roster: RosterUpdate;
  agenda: RoomAgenda;
  equipment: RoomEquipment;
  roomEvents: RoomEvents;
};
const RETAINED: ReadonlySet<string> = new Set(['state', 'pairing', 'presence', 'agenda', 'equipment']);
const HEARD = ['desired', 'command', 'response', 'roomEventsAck'] as const;
const KEEPALIVE_S = 5;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
const GOODBYE_WITHIN_MS = 500;
/** longer a message is not on its way: the line is dead before */
const LONGEST_WAY_MS = 15_000;

export type FleetLinkOptions = {
  identity: Identity;
  epoch: number;
  clock: WallClock;
  logger: Logger;
  onOnline: (online: boolean) => void;
  /** a try has ended before the broker let us in */
  onNotLetIn?: () => void;
  onDesired: (desired: RoomDesired) => void;
  onCommand: (envelope: CommandEnvelope) => void;
  onResponse: (response: RoomResponse) => void;
  onEventsAck?: (ack: RoomEventsAck) => void;
};

export class FleetLink {
  readonly #options: FleetLinkOptions;
  #client: MqttClient | null = null;
  #heartbeat: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;
  #online = false;
  #stopped = true;
  /**
   * The fleet's clock less ours. A `desired` may have been kept or on its way for a while, so the largest is the nearest;
   * one that was sent just now and is far behind says that the fleet's clock was set back.
   */
  #clockOffsetMs = Number.NEGATIVE_INFINITY;

  constructor(options: FleetLinkOptions) {
    this.#options = options;
    options.clock.onJump((byMs) => {
      this.#clockOffsetMs -= byMs;
    });
  }

  get online(): boolean {
    return this.#online;
  }

  start(): void {
    this.#stopped = false;
    this.#open();
    this.#heartbeat = setInterval(() => this.#beat(true), HEARTBEAT_INTERVAL_MS);
  }

  /** Says goodbye, so that nobody has to wait for the heartbeat to grow old. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#retry);
    const client = this.#client;
    if (client === null) return;
    if (this.#online) await Promise.race([this.#beat(false), sleep(GOODBYE_WITHIN_MS)]);
    await client.endAsync(true).catch(() => {});
  }

  /** Comes by the renewed certificate at once: the fleet ends the former when it has seen this one. */
  use(identity: Identity): void {
    this.#options.identity = identity;
    const client = this.#client;
    if (client === null || !this.#online) return;
    // nobody is notified of the moment in between; what is not sent in it is sent again once we are back
    this.#client = null;
    client.removeAllListeners('message');
    const goodbye = Promise.race([client.endAsync(), sleep(GOODBYE_WITHIN_MS)]);
    void goodbye
      .catch(() => {})
      .then(() => {
        client.end(true);
        if (!this.#stopped && this.#client === null) this.#open();
      });
  }

  /** The fleet's clock, as far as it is known; else our own. */
  get fleetNowMs(): number {
    return this.#options.clock.nowMs() + (Number.isFinite(this.#clockOffsetMs) ? this.#clockOffsetMs : 0);
  }

  /** By the fleet's clock, as far as it is known; an unknown clock expires nothing. */
  isExpired(expiresAtMs: number): boolean {
    return this.#options.clock.nowMs() + this.#clockOffsetMs > expiresAtMs;
  }

  /** @returns settles when the broker has it; at once while the fleet is gone */
  async publish<T extends keyof Outgoing>(name: T, message: Outgoing[T]): Promise<void> {
    await this.#send(name, message);
  }

  #open(): void {
    const { identity, epoch } = this.#options;
    const { roomId } = identity;
    const client = connect({
      ...brokerOf(identity.mqttUrl),
      clientId: clientIdOf('room', roomId),
      key: identity.keyPem,
      cert: identity.certificatePem,
      ca: identity.caPem,
      protocolVersion: 4,
      keepalive: KEEPALIVE_S,
      clean: true,
      // our own, because it has to be quick at first and to carry a renewed certificate
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      will: {
        topic: topicOf('presence', roomId),
        payload: Buffer.from(JSON.stringify({ online: false, epoch, asOfMs: this.#options.clock.nowMs() })),
        qos: 1,
        retain: true,
      },
    });
    this.#client = client;
    client.on('error', (error) =>
      this.#options.logger.warn({ code: (error as { code?: unknown }).code }, `fleet: ${error.message}`),
    );
    client.on('message', (topic, payload, { retain }) => this.#hear(topic, payload, retain));
    client.on(
      'connect',
      () =>
        void this.#onConnect(client).catch((error) => {
          this.#options.logger.warn({ err: error }, 'fleet: connected, but deaf');
          // connected and deaf would last for ever: its close leads to the next try
          client.end(true);
        }),
    );
    client.on('close', () => this.#onClose(client));
  }

  async #onConnect(client: MqttClient): Promise<void> {
    // a small message does not wait for what the one before is answered; no option of TLS says so
    (client.stream as Socket).setNoDelay(true);
    const { roomId } = this.#options.identity;
    await client.subscribeAsync(
      HEARD.map((name) => topicOf(name, roomId)),
      { qos: 1 },
    );
    if (client !== this.#client) return;
    this.#retryMs = FIRST_RETRY_MS;
    this.#online = true;
    void this.#beat(true);
    this.#options.onOnline(true);
  }

  #onClose(client: MqttClient): void {
    if (client !== this.#client) return;
    this.#client = null;
    client.removeAllListeners('message');
    client.end(true);
    const wasOnline = this.#online;
    this.#online = false;
    if (wasOnline) this.#options.onOnline(false);
    if (this.#stopped) return;
    if (!wasOnline) this.#options.onNotLetIn?.();
    this.#retry = setTimeout(() => this.#open(), this.#retryMs * (0.5 + Math.random() / 2));
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
  }

  #hear(topic: string, payload: Buffer, isRetained: boolean): void {
    const { identity, clock, logger, onDesired, onCommand, onResponse, onEventsAck } = this.#options;
    const { roomId } = identity;
    try {
      const message: unknown = JSON.parse(payload.toString());
      if (topic === topicOf('command', roomId)) onCommand(CommandEnvelope.parse(message));
      else if (topic === topicOf('response', roomId)) onResponse(RoomResponse.parse(message));
      else if (topic === topicOf('roomEventsAck', roomId)) onEventsAck?.(RoomEventsAck.parse(message));
      else if (topic === topicOf('desired', roomId)) {
        const desired = RoomDesired.parse(message);
        const offsetMs = desired.nowMs - clock.nowMs();
        const wasSetBack = !isRetained && offsetMs < this.#clockOffsetMs - LONGEST_WAY_MS;
        this.#clockOffsetMs = wasSetBack ? offsetMs : Math.max(this.#clockOffsetMs, offsetMs);
        onDesired(desired);
      }
    } catch (error) {
      const { code, message } = toMaruError(error);
      logger.warn({ topic, code, detail: message }, 'fleet: a message was refused');
      this.#refuse(topic, payload, toMaruError(error));
    }
  }

  /** A command that could not be read is answered all the same, where its id can be. */
  #refuse(topic: string, payload: Buffer, error: ReturnType<typeof toMaruError>): void {
    if (topic !== topicOf('command', this.#options.identity.roomId)) return;
    try {
      const id = CommandEnvelope.shape.id.parse((JSON.parse(payload.toString()) as { id?: unknown }).id);
      void this.publish('reply', { ok: false, id, error: error.toWire() });
    } catch {
      // nobody to answer
    }
  }

  #beat(online: boolean): Promise<void> {
    return this.#send('presence', { online, epoch: this.#options.epoch, asOfMs: this.#options.clock.nowMs() });
  }

  async #send(name: keyof Outgoing | 'presence', message: object): Promise<void> {
    if (!this.#online || this.#client === null) return;
    const { identity, logger } = this.#options;
    try {
      await this.#client.publishAsync(topicOf(name, identity.roomId), JSON.stringify(message), {
        qos: 1,
        retain: RETAINED.has(name),
      });
    } catch (error) {
      logger.debug({ err: error, name }, 'fleet: not sent');
    }
  }
}
