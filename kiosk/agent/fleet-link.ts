/**
 * The agent's line to the fleet: heartbeat, the fleet's clock, and the room's messages in and out. The line itself is
 * `#edge/mqtt-line.ts`; the authority handles the messages.
 */
import type { Logger } from 'pino';
import type { MaruError } from '#contract/error-codes.ts';
import { HEARTBEAT_INTERVAL_MS } from '#contract/timing.ts';
import type { ProjectionName } from '#contract/projections.ts';
import { CommandEnvelope } from '#contract/room-command.ts';
import type { RoomEventsAck } from '#contract/room-events.ts';
import type { MessageOf, RoomDesired, RequestReply, TopicName } from '#contract/topics.ts';
import { MqttLine } from '#edge/mqtt-line.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { Projections } from './projections.ts';
import type { RoomIdentity } from './room-identity.ts';

type Outgoing = 'commandReply' | 'request' | 'roster' | 'roomEvents';
const LONGEST_RETRY_MS = 2_000;
/** no message is on its way for longer: the line is dead before */
const LONGEST_WAY_MS = 15_000;

export type FleetLinkOptions = {
  identity: RoomIdentity;
  epoch: number;
  clock: WallClock;
  /** published as they change, and again when the line is back: the broker may have forgotten them */
  projections: Projections;
  logger: Logger;
  onOnline: (online: boolean) => void;
  /** a try has ended before the broker let us in */
  onNotLetIn?: () => void;
  onDesired: (desired: RoomDesired) => void;
  onCommand: (envelope: CommandEnvelope) => void;
  onRequestReply: (response: RequestReply) => void;
  onEventsAck?: (ack: RoomEventsAck) => void;
};

export class FleetLink {
  readonly #options: FleetLinkOptions;
  readonly #line: MqttLine<'presence'>;
  #heartbeat: NodeJS.Timeout | undefined;
  #unfollow: (() => void) | undefined;
  /**
   * The fleet's clock less ours. A `desired` may have been kept or on its way for a while, so the largest is the nearest;
   * one that was sent just now and is far behind shows that the fleet's clock was set back.
   */
  #clockOffsetMs = Number.NEGATIVE_INFINITY;

  constructor(options: FleetLinkOptions) {
    const { identity, epoch, clock, logger, onNotLetIn, onCommand, onRequestReply, onEventsAck } = options;
    this.#options = options;
    clock.onJump((byMs) => {
      this.#clockOffsetMs -= byMs;
    });
    this.#line = new MqttLine({
      party: 'room',
      id: identity.roomId,
      credentials: () => {
        const { mqttUrl, keyPem, certificatePem, caPem } = this.#options.identity;
        return { mqttUrl, key: keyPem, cert: certificatePem, ca: caPem };
      },
      longestRetryMs: LONGEST_RETRY_MS,
      presence: { name: 'presence', message: (online) => ({ online, epoch, asOfMs: clock.nowMs() }) },
      handlers: {
        desired: (desired, isRetained) => this.#onDesired(desired, isRetained),
        command: onCommand,
        requestReply: onRequestReply,
        roomEventsAck: (ack) => onEventsAck?.(ack),
      },
      onOnline: (online) => this.#onOnline(online),
      onNotLetIn,
      onUnreadable: (name, message, error) => this.#refuse(name, message, error),
      logger,
    });
  }

  get online(): boolean {
    return this.#line.online;
  }

  start(): void {
    this.#unfollow = this.#options.projections.follow('fleet', (name) => void this.publishProjection(name));
    this.#line.start();
    this.#heartbeat = setInterval(() => void this.#line.publishPresence(true), HEARTBEAT_INTERVAL_MS);
  }

  /** Publishes a goodbye, so that nobody has to wait for the heartbeat to grow old. */
  async stop(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#unfollow?.();
    await this.#line.stop();
  }

  /** Comes by the renewed certificate at once: the fleet ends the former when it has seen this one. */
  use(identity: RoomIdentity): void {
    this.#options.identity = identity;
    this.#line.reopen();
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
  publish<N extends Outgoing>(name: N, message: MessageOf<N>): Promise<void> {
    return this.#line.publish(name, message);
  }

  /** As it is now; settles like `publish`. */
  async publishProjection(name: ProjectionName): Promise<void> {
    const value = this.#options.projections.valueOf(name);
    if (value !== null) await this.#line.publish(name, value);
  }

  #onOnline(online: boolean): void {
    const { onOnline, projections } = this.#options;
    onOnline(online);
    if (!online) return;
    for (const name of Object.keys(projections.valuesFor('fleet')) as ProjectionName[])
      void this.publishProjection(name);
  }

  #onDesired(desired: RoomDesired, isRetained: boolean): void {
    const { clock, onDesired } = this.#options;
    const offsetMs = desired.nowMs - clock.nowMs();
    const wasSetBack = !isRetained && offsetMs < this.#clockOffsetMs - LONGEST_WAY_MS;
    this.#clockOffsetMs = wasSetBack ? offsetMs : Math.max(this.#clockOffsetMs, offsetMs);
    onDesired(desired);
  }

  /** A command that could not be read is answered all the same, where its id can be read. */
  #refuse(name: TopicName, message: unknown, error: MaruError): void {
    if (name !== 'command') return;
    const { data: id } = CommandEnvelope.shape.id.safeParse((message as { id?: unknown } | null | undefined)?.id);
    if (id !== undefined) void this.publish('commandReply', { ok: false, id, error: error.toWire() });
  }
}
