/**
 * The agent's line to the fleet: heartbeat, the fleet's clock, and the room's messages in and out. The line itself is
 * `#edge/mqtt-line.ts`; the authority handles the messages.
 */
import type { Logger } from 'pino';
import { type ErrorCode, type MaruError, ProtocolError } from '#contract/error-codes.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { HEARTBEAT_INTERVAL_MS } from '#contract/timing.ts';
import type { ProjectionName, ProjectionValue } from '#contract/projections.ts';
import type { HelpOfRoom } from '#contract/help-request.ts';
import type { ActionOrder } from '#contract/room-action.ts';
import type { OfferedBroadcast } from '#contract/room-broadcasts.ts';
import { CommandEnvelope } from '#contract/room-command.ts';
import type { RoomEventsAck } from '#contract/room-events.ts';
import type { MeetingOfRoom } from '#contract/room-meetings.ts';
import type { RoomUpdateDesired } from '#contract/room-update.ts';
import type { RoomSettingsDesired } from '#contract/settings/room-settings.ts';
import type { MessageOf, RoomDesired, RequestReply, TopicName } from '#contract/topics.ts';
import type { WaitingList } from '#contract/waiting.ts';
import { MqttLine } from '#edge/mqtt-line.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { Projections } from './projections.ts';
import type { RoomIdentity } from './room-identity.ts';

type Outgoing = 'commandReply' | 'request' | 'roster' | 'roomEvents' | 'settingsReport' | 'actionReport' | 'logLines';
const PROTOCOL_REFUSALS: ReadonlySet<ErrorCode> = new Set(['client-too-old', 'server-too-old']);
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
  /** `isRefused`: the line stands, and one side is too old for the other, which is as good as no fleet */
  onOnline: (online: boolean, isRefused: boolean) => void;
  /** a try has ended before the broker let us in */
  onNotLetIn?: () => void;
  /** the broker has this value, or the fleet is gone */
  onPublished?: (name: ProjectionName, value: ProjectionValue<ProjectionName>) => void;
  onDesired: (desired: RoomDesired) => void;
  onMeetings?: (meetings: readonly MeetingOfRoom[]) => void;
  onOfferedBroadcasts?: (offered: readonly OfferedBroadcast[]) => void;
  onWaiting?: (list: WaitingList) => void;
  onSettings?: (desired: RoomSettingsDesired) => void;
  onAction?: (order: ActionOrder) => void;
  onHelpOfRoom?: (help: HelpOfRoom) => void;
  onDesiredUpdate?: (desired: RoomUpdateDesired) => void;
  onCommand: (envelope: CommandEnvelope) => void;
  onRequestReply: (response: RequestReply) => void;
  onEventsAck?: (ack: RoomEventsAck) => void;
};

export class FleetLink {
  readonly #options: FleetLinkOptions;
  readonly #line: MqttLine<'presence'>;
  #heartbeat: NodeJS.Timeout | undefined;
  #unfollow: (() => void) | undefined;
  /** by the fleet's number, or by its answer to ours; until the line breaks, or the fleet speaks our number */
  #isRefused = false;
  /**
   * The fleet's clock less ours. A `desired` may have been kept or on its way for a while, so the largest is the nearest;
   * one that was sent just now and is far behind shows that the fleet's clock was set back.
   */
  #clockOffsetMs = Number.NEGATIVE_INFINITY;
  #roundTripMs: number | null = null;

  constructor(options: FleetLinkOptions) {
    const { identity, epoch, clock, logger, onNotLetIn, onCommand, onEventsAck } = options;
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
      presence: {
        name: 'presence',
        message: (online) => ({ protocol: PROTOCOL_VERSION, online, epoch, asOfMs: clock.nowMs() }),
      },
      handlers: {
        desired: (desired, isRetained) => this.#onDesired(desired, isRetained),
        meetings: ({ meetings }) => this.#options.onMeetings?.(meetings),
        offeredBroadcasts: ({ broadcasts }) => this.#options.onOfferedBroadcasts?.(broadcasts),
        waiting: (list) => this.#options.onWaiting?.(list),
        settings: (desired) => this.#options.onSettings?.(desired),
        action: (order) => this.#options.onAction?.(order),
        helpOfRoom: (help) => this.#options.onHelpOfRoom?.(help),
        desiredUpdate: (desired) => this.#options.onDesiredUpdate?.(desired),
        command: onCommand,
        requestReply: (reply) => this.#onRequestReply(reply),
        roomEventsAck: (ack) => onEventsAck?.(ack),
      },
      onOnline: (online) => {
        this.#isRefused = false;
        this.#notifyOnline(online);
      },
      onNotLetIn,
      onOtherProtocol: (name, message, refusal) => {
        this.#refuse(name, message, new ProtocolError(refusal));
        this.#setRefused(true);
      },
      onUnreadable: (name, message, error) => this.#refuse(name, message, error),
      logger,
    });
  }

  get online(): boolean {
    return this.#line.online && !this.#isRefused;
  }

  start(): void {
    this.#unfollow = this.#options.projections.follow('fleet', (name) => void this.publishProjection(name));
    this.#line.start();
    this.#heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_INTERVAL_MS);
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

  /** Our clock less the fleet's; null: not known yet */
  get clockOffMs(): number | null {
    return Number.isFinite(this.#clockOffsetMs) ? -this.#clockOffsetMs : null;
  }
  /** Of the last heartbeat to the broker and back; null: none, or the line is down */
  get roundTripMs(): number | null {
    return this.#line.online ? this.#roundTripMs : null;
  }

  async #beat(): Promise<void> {
    const sentAtMs = performance.now();
    await this.#line.publishPresence(true);
    this.#roundTripMs = Math.round(performance.now() - sentAtMs);
  }

  /** By the fleet's clock, as far as it is known; an unknown clock expires nothing. */
  isExpired(expiresAtMs: number): boolean {
    return this.#options.clock.nowMs() + this.#clockOffsetMs > expiresAtMs;
  }

  /** @returns settles when the broker has it; at once while the fleet is gone */
  publish<N extends Outgoing>(name: N, message: MessageOf<N>): Promise<void> {
    return this.#isRefused ? Promise.resolve() : this.#line.publish(name, message);
  }

  #onRequestReply(reply: RequestReply): void {
    const isRefusal = reply.name === 'refused' && reply.id === null && PROTOCOL_REFUSALS.has(reply.error.code);
    if (isRefusal) this.#setRefused(true);
    this.#options.onRequestReply(reply);
  }

  #setRefused(isRefused: boolean): void {
    if (this.#isRefused === isRefused) return;
    this.#isRefused = isRefused;
    if (this.#line.online) this.#notifyOnline(!isRefused);
  }

  /** As it is now; settles like `publish`. */
  async publishProjection(name: ProjectionName): Promise<void> {
    const value = this.#options.projections.valueOf(name);
    if (value === null) return;
    if (!this.#isRefused) await this.#line.publish(name, value);
    this.#options.onPublished?.(name, value);
  }

  #notifyOnline(online: boolean): void {
    const { onOnline, projections } = this.#options;
    onOnline(online, this.#isRefused);
    if (!online) return;
    for (const name of Object.keys(projections.valuesFor('fleet')) as ProjectionName[])
      void this.publishProjection(name);
  }

  #onDesired(desired: RoomDesired, isRetained: boolean): void {
    this.#setRefused(false);
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
    if (id !== undefined) void this.#line.publish('commandReply', { ok: false, id, error: error.toWire() });
  }
}
