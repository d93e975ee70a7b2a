/**
 * The node's line to its fleet: registration (retained, with a will), call events through the outbox, keys and commands.
 * Without the fleet the calls go on. The line itself is `#edge/mqtt-line.ts`.
 */
import { CALL_QUALITY_EVERY_MS } from '#contract/kiosk-health.ts';
import type { CallEvent, CallQualities, ClockAnswer, NodeCommand, NodeRegistration } from '#contract/node-link.ts';
import { NODE_REGISTERS_EVERY_MS } from '#contract/timing.ts';
import type { ProtocolRefusal } from '#contract/protocol-version.ts';
import type { FleetKeys } from '#contract/topics.ts';
import { MqttLine } from '#edge/mqtt-line.ts';
import type { Logger } from 'pino';
import type { Credentials } from './credentials.ts';
import { EventOutbox } from './event-outbox.ts';

export type NodeLinkOptions = {
  mqttUrl: string;
  credentials: Credentials;
  registration: (online: boolean) => NodeRegistration;
  onKeys: (keys: FleetKeys) => void;
  onCommand: (command: NodeCommand) => void;
  /** the fleet is there: a message came, or the line stands */
  onHeard: () => void;
  /** how the connections of the rooms are */
  qualities: () => Promise<CallQualities['peers']>;
  logger: Logger;
};

const LONGEST_RETRY_MS = 5_000;
const RESEND_INTERVAL_MS = 5_000;
/** Load and calls: the first change once those in the call have seen it, the next ones together. */
const SOONEST_REGISTER_MS = 200;
const REGISTER_AT_MOST_EVERY_MS = 500;

export class NodeLink {
  readonly outbox = new EventOutbox({
    publish: (events) => void this.#line.publish('callEvents', { events }),
    onTooLarge: ({ name, eventId }, sizeBytes) =>
      this.#options.logger.error({ event: name, eventId, sizeBytes }, 'event dropped, too large to send: our bug'),
  });
  readonly #options: NodeLinkOptions;
  readonly #line: MqttLine<'registration'>;
  #credentials: Credentials;
  #resend: NodeJS.Timeout | null = null;
  #measuring: NodeJS.Timeout | null = null;
  #register: NodeJS.Timeout | null = null;
  #registeredAtMs = 0;
  #stopped = false;
  #refusal: ProtocolRefusal | null = null;

  constructor(options: NodeLinkOptions) {
    const { mqttUrl, credentials, registration, onKeys, onCommand, onHeard, logger } = options;
    this.#options = options;
    this.#credentials = credentials;
    this.#line = new MqttLine({
      party: 'node',
      id: credentials.nodeId,
      credentials: () => ({ mqttUrl, ...this.#credentials }),
      longestRetryMs: LONGEST_RETRY_MS,
      presence: { name: 'registration', message: registration },
      handlers: {
        keys: (keys) => {
          this.#refusal = null;
          onHeard();
          onKeys(keys);
        },
        eventAcks: ({ eventIds, sentAtMs }) => {
          const receivedAtMs = Date.now();
          onHeard();
          this.outbox.acknowledged(eventIds);
          if (sentAtMs !== undefined) this.#answerClock({ sentAtMs, receivedAtMs });
        },
        nodeCommand: (command) => {
          onHeard();
          onCommand(command);
        },
      },
      onOnline: (online) => {
        this.#refusal = null;
        if (!online) return;
        this.#registeredAtMs = performance.now();
        onHeard();
        this.outbox.resend();
      },
      onOtherProtocol: (_name, _message, refusal) => {
        this.#refusal = refusal;
        onHeard();
      },
      // a message came from there, though this release cannot read it
      onUnreadable: () => onHeard(),
      logger,
    });
  }

  /** Which side's protocol is too old for the other; null: they fit, as far as is known. */
  get refusal(): ProtocolRefusal | null {
    return this.#refusal;
  }
  get connected(): boolean {
    return this.#line.online;
  }

  /** Does not wait: a node serves with the keys it has cached. */
  start(): void {
    this.#line.start();
    this.#resend = setInterval(() => {
      if (this.connected) this.#options.onHeard();
      this.outbox.resend();
      // a timer fires a little late or early: half an interval decides that the next look would be too late
      if (performance.now() - this.#registeredAtMs > NODE_REGISTERS_EVERY_MS - RESEND_INTERVAL_MS / 2)
        this.#sendRegistration();
    }, RESEND_INTERVAL_MS);
    this.#measuring = setInterval(() => void this.#sendQualities(), CALL_QUALITY_EVERY_MS);
  }

  /** Publishes a goodbye where that is possible, and does not wait long for it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#resend) clearInterval(this.#resend);
    if (this.#measuring) clearInterval(this.#measuring);
    if (this.#register) clearTimeout(this.#register);
    this.outbox.flush();
    await this.#line.stop();
  }

  /** For the next connection; the one that stands goes on. */
  renewCredentials(renewed: Pick<Credentials, 'key' | 'cert'>): void {
    this.#credentials = { ...this.#credentials, ...renewed };
  }

  happened(event: CallEvent): void {
    this.outbox.add(event);
  }

  /** Peers or calls changed. */
  loadChanged(): void {
    // a registration after the goodbye would say that we are there
    if (this.#register || this.#stopped) return;
    const waitMs = Math.max(SOONEST_REGISTER_MS, this.#registeredAtMs + REGISTER_AT_MOST_EVERY_MS - performance.now());
    this.#register = setTimeout(() => {
      this.#register = null;
      this.#sendRegistration();
    }, waitMs);
  }

  #answerClock(clock: ClockAnswer): void {
    void this.#line.publish('callQualities', { atMs: Date.now(), clock, peers: [] });
  }

  async #sendQualities(): Promise<void> {
    if (!this.connected) return;
    const peers = await this.#options.qualities();
    if (peers.length > 0) await this.#line.publish('callQualities', { atMs: Date.now(), peers });
  }

  #sendRegistration(): void {
    this.#registeredAtMs = performance.now();
    void this.#line.publishPresence(true);
  }
}
