/**
 * The node's line to its fleet over MQTT: registration (retained, with a will), call events through the outbox, keys and
 * commands. Without the fleet the calls go on; the line comes back by itself.
 */
import type { Socket } from 'node:net';
import { toMaruError } from '#contract/error-codes.ts';
import { type CallEvent, EventAcks, NodeCommand, type NodeRegistration } from '#contract/node-link.ts';
import { parse } from '#contract/schema.ts';
import { NODE_REGISTERS_EVERY_MS } from '#contract/timing.ts';
import { brokerOf, clientIdOf, FleetKeys, ruleOfTopic, topicOf, type TopicName } from '#contract/topics.ts';
import mqtt, { type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import type { Credentials } from './credentials.ts';
import { EventOutbox } from './event-outbox.ts';

export type FleetLinkOptions = {
  mqttUrl: string;
  credentials: Credentials;
  registration: (online: boolean) => NodeRegistration;
  onKeys: (keys: FleetKeys) => void;
  onCommand: (command: NodeCommand) => void;
  /** the fleet is there: it said something, or its line stands */
  onHeard: () => void;
  logger: Logger;
};

const KEEPALIVE_SECONDS = 5;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
const RESEND_INTERVAL_MS = 5_000;
/** Load and calls: the first change once those in the call have seen it, the next ones together. */
const SOONEST_REGISTER_MS = 200;
const REGISTER_AT_MOST_EVERY_MS = 500;

export class FleetLink {
  readonly outbox = new EventOutbox({ publish: (events) => this.#send('callEvents', { events }) });
  readonly #options: FleetLinkOptions;
  #client: MqttClient | null = null;
  #resend: NodeJS.Timeout | null = null;
  #register: NodeJS.Timeout | null = null;
  #registeredAtMs = 0;
  #tries = 0;

  constructor(options: FleetLinkOptions) {
    this.#options = options;
  }

  get connected(): boolean {
    return this.#client?.connected ?? false;
  }

  /** Does not wait: a node serves with the keys it has cached. */
  start(): void {
    const { mqttUrl, credentials, registration, logger } = this.#options;
    const { nodeId, key, cert, ca } = credentials;
    const client = mqtt.connect({
      ...brokerOf(mqttUrl),
      clientId: clientIdOf('node', nodeId),
      key,
      cert,
      ca,
      protocolVersion: 4,
      keepalive: KEEPALIVE_SECONDS,
      clean: true,
      resubscribe: false,
      queueQoSZero: false,
      reconnectPeriod: FIRST_RETRY_MS,
      connectTimeout: 5_000,
      will: {
        topic: topicOf('registration', nodeId),
        payload: Buffer.from(JSON.stringify(registration(false))),
        qos: 1,
        retain: true,
      },
    });
    this.#client = client;
    client.on('connect', () => {
      // a small message does not wait for what the one before is answered; no option of TLS says so
      (client.stream as Socket).setNoDelay(true);
      this.#tries = 0;
      client.options.reconnectPeriod = FIRST_RETRY_MS;
      logger.info('fleet reached');
      this.#options.onHeard();
      this.#subscribe(client, nodeId);
      this.#sendRegistration();
      this.outbox.resend();
    });
    client.on('close', () => {
      // read by the client when it sets its timer, right after this event
      client.options.reconnectPeriod = retryAfterMs(this.#tries++, Math.random());
    });
    client.on('error', (error) => logger.warn({ reason: error.message }, 'fleet not reached'));
    client.on('message', (topic, payload) => this.#take(topic, payload));
    this.#resend = setInterval(() => {
      if (this.connected) this.#options.onHeard();
      this.outbox.resend();
      if (performance.now() - this.#registeredAtMs > NODE_REGISTERS_EVERY_MS) this.#sendRegistration();
    }, RESEND_INTERVAL_MS);
  }

  /** Says goodbye where that is possible, and does not wait long for it. */
  async stop(): Promise<void> {
    if (this.#resend) clearInterval(this.#resend);
    if (this.#register) clearTimeout(this.#register);
    const client = this.#client;
    if (!client) return;
    this.outbox.flush();
    if (client.connected) {
      const { registration, credentials } = this.#options;
      const said = client.publishAsync(
        topicOf('registration', credentials.nodeId),
        JSON.stringify(registration(false)),
        { qos: 1, retain: true },
      );
      await Promise.race([said.catch(() => {}), new Promise((resolve) => setTimeout(resolve, 1_000))]);
    }
    await client.endAsync(true).catch(() => {});
  }

  /** For the next connection; the one that stands goes on. */
  renewCredentials({ key, cert }: Pick<Credentials, 'key' | 'cert'>): void {
    // the client opens each connection with its options as they are then
    if (this.#client) Object.assign(this.#client.options, { key, cert });
  }

  happened(event: CallEvent): void {
    this.outbox.add(event);
  }

  /** Peers or calls changed. */
  loadChanged(): void {
    if (this.#register) return;
    const waitMs = Math.max(SOONEST_REGISTER_MS, this.#registeredAtMs + REGISTER_AT_MOST_EVERY_MS - performance.now());
    this.#register = setTimeout(() => {
      this.#register = null;
      this.#sendRegistration();
    }, waitMs);
  }

  #subscribe(client: MqttClient, nodeId: string): void {
    const topics = [topicOf('keys'), topicOf('eventAcks', nodeId), topicOf('nodeCommand', nodeId)];
    client.subscribeAsync(topics, { qos: 1 }).catch((error: unknown) => {
      this.#options.logger.warn({ err: error }, 'not subscribed: trying again');
      client.reconnect();
    });
  }

  #sendRegistration(): void {
    this.#registeredAtMs = performance.now();
    this.#send('registration', this.#options.registration(true), true);
  }

  /** Only on a live line: what is not said now is said again, by the outbox or the next registration. */
  #send(name: TopicName, message: object, retain = false): void {
    const client = this.#client;
    if (!client?.connected) return;
    client
      .publishAsync(topicOf(name, this.#options.credentials.nodeId), JSON.stringify(message), { qos: 1, retain })
      .catch(() => {});
  }

  #take(topic: string, payload: Buffer): void {
    const { onKeys, onCommand, onHeard, logger } = this.#options;
    onHeard();
    try {
      const message: unknown = JSON.parse(payload.toString());
      switch (ruleOfTopic(topic)?.name) {
        case 'keys':
          onKeys(parse(FleetKeys, message));
          break;
        case 'eventAcks':
          this.outbox.acknowledged(parse(EventAcks, message).eventIds);
          break;
        case 'nodeCommand':
          onCommand(parse(NodeCommand, message));
      }
    } catch (error) {
      logger.error({ topic, code: toMaruError(error).code, err: error }, 'message from the fleet not understood');
    }
  }
}

/** Doubled from try to try, capped, and spread so that nodes do not come back in step. */
export function retryAfterMs(tries: number, random: number): number {
  const most = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(tries, 10));
  return Math.round(most * (0.5 + random / 2));
}
