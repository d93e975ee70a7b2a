/**
 * A room's or a media node's line to the fleet: MQTT over TLS with its own certificate. Owns connecting again, the will,
 * the subscriptions and the reading of messages. Nothing is queued while the fleet is gone: present states are
 * published again once the line is back. A reconnect of our own, because a try has to carry a renewed certificate.
 */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { negotiateAsClient, type ProtocolRefusal, protocolOf } from '#contract/protocol-version.ts';
import { retryAfterMs } from '#contract/retry-after.ts';
import {
  brokerOf,
  clientIdOf,
  type MessageOf,
  ruleOfTopic,
  type TopicName,
  topicOf,
  topicRules,
} from '#contract/topics.ts';

const KEEPALIVE_S = 5;
const FIRST_RETRY_MS = 250;
const CONNECT_TIMEOUT_MS = 5_000;
const GOODBYE_WITHIN_MS = 1_000;

export type MqttLineCredentials = { mqttUrl: string; key: string; cert: string; ca: string };
export type MqttLineHandlers = { [N in TopicName]?: (message: MessageOf<N>, isRetained: boolean) => void };

export type MqttLineOptions<Presence extends TopicName> = {
  party: 'room' | 'node';
  id: string;
  /** asked at each try */
  credentials: () => MqttLineCredentials;
  longestRetryMs: number;
  /** the topic of the will and of the goodbye, and its message */
  presence: { name: Presence; message: (online: boolean) => MessageOf<Presence> };
  /** Their topics are subscribed to. A handler's error is treated like a message that cannot be read. */
  handlers: MqttLineHandlers;
  /** true: connected, and subscribed */
  onOnline: (online: boolean) => void;
  /** a try has ended before the broker let us in */
  onNotLetIn?: (() => void) | undefined;
  /** a message of a fleet with another protocol number, compared before the message is read further */
  onOtherProtocol?: ((name: TopicName, message: unknown, refusal: ProtocolRefusal) => void) | undefined;
  /** @param message unknown JSON; undefined for what is none */
  onUnreadable?: ((name: TopicName, message: unknown, error: MaruError) => void) | undefined;
  logger: Logger;
};

export class MqttLine<Presence extends TopicName> {
  readonly #options: MqttLineOptions<Presence>;
  #client: MqttClient | null = null;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #online = false;
  #stopped = true;

  constructor(options: MqttLineOptions<Presence>) {
    this.#options = options;
  }

  get online(): boolean {
    return this.#online;
  }

  /** Does not wait for the fleet. */
  start(): void {
    this.#stopped = false;
    this.#open();
  }

  /** Publishes a goodbye where that is possible, so that nobody has to wait for the will. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    const client = this.#client;
    if (client === null) return;
    if (this.#online) await Promise.race([this.publishPresence(false), sleep(GOODBYE_WITHIN_MS)]);
    await client.endAsync(true).catch(() => {});
  }

  /** Connects anew at once, by the credentials of this moment. While the line is down, the next try does that anyway. */
  reopen(): void {
    const client = this.#client;
    if (client === null || !this.#online) return;
    // nobody is notified of the moment in between; messages that fail in it are sent again once we are back
    this.#client = null;
    client.removeAllListeners('message');
    void Promise.race([client.endAsync(), sleep(GOODBYE_WITHIN_MS)])
      .catch(() => {})
      .then(() => {
        client.end(true);
        if (!this.#stopped && this.#client === null) this.#open();
      });
  }

  publishPresence(online: boolean): Promise<void> {
    const { name, message } = this.#options.presence;
    return this.publish(name, message(online));
  }

  /** @returns settles when the broker has it; at once while the fleet is gone */
  async publish<N extends TopicName>(name: N, message: MessageOf<N>): Promise<void> {
    if (!this.#online || this.#client === null) return;
    const { id, logger } = this.#options;
    const { qos, retained: retain } = topicRules[name];
    try {
      await this.#client.publishAsync(topicOf(name, id), JSON.stringify(message), { qos, retain });
    } catch (error) {
      logger.debug({ err: error, name }, 'fleet: not sent');
    }
  }

  #open(): void {
    const { party, id, credentials, presence, logger } = this.#options;
    const { mqttUrl, key, cert, ca } = credentials();
    const client = connect({
      ...brokerOf(mqttUrl),
      clientId: clientIdOf(party, id),
      key,
      cert,
      ca,
      protocolVersion: 4,
      keepalive: KEEPALIVE_S,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      will: {
        topic: topicOf(presence.name, id),
        payload: Buffer.from(JSON.stringify(presence.message(false))),
        qos: 1,
        retain: true,
      },
    });
    this.#client = client;
    client.on('error', (error) => logger.warn({ code: (error as { code?: unknown }).code }, `fleet: ${error.message}`));
    client.on('message', (topic, payload, { retain }) => this.#onMessage(topic, payload, retain));
    client.on(
      'connect',
      () =>
        void this.#onConnect(client).catch((error) => {
          logger.warn({ err: error }, 'fleet: connected, but not subscribed');
          // Without subscriptions we would stay connected but receive nothing: close, so that we reconnect.
          client.end(true);
        }),
    );
    client.on('close', () => this.#onClose(client));
  }

  async #onConnect(client: MqttClient): Promise<void> {
    // a small message does not wait for the acknowledgement of the one before; no option of TLS does this
    (client.stream as Socket).setNoDelay(true);
    const { id, handlers, onOnline, logger } = this.#options;
    const names = Object.keys(handlers) as TopicName[];
    await client.subscribeAsync(
      names.map((name) => topicOf(name, id)),
      { qos: 1 },
    );
    if (client !== this.#client) return;
    this.#failures = 0;
    this.#online = true;
    logger.info('fleet: reached');
    void this.publishPresence(true);
    onOnline(true);
  }

  #onClose(client: MqttClient): void {
    if (client !== this.#client) return;
    const { onOnline, onNotLetIn, longestRetryMs } = this.#options;
    this.#client = null;
    client.removeAllListeners('message');
    client.end(true);
    const wasOnline = this.#online;
    this.#online = false;
    if (wasOnline) onOnline(false);
    if (this.#stopped) return;
    if (!wasOnline) onNotLetIn?.();
    const pauseMs = retryAfterMs(this.#failures, { firstMs: FIRST_RETRY_MS, longestMs: longestRetryMs });
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#open(), pauseMs);
  }

  #onMessage(topic: string, payload: Buffer, isRetained: boolean): void {
    const { handlers, onOtherProtocol, onUnreadable, logger } = this.#options;
    const name = ruleOfTopic(topic)?.name;
    const handle = name && (handlers[name] as ((message: unknown, isRetained: boolean) => void) | undefined);
    if (!handle) return;
    let raw: unknown;
    try {
      raw = JSON.parse(payload.toString());
      const protocol = protocolOf(raw);
      const negotiated = protocol === null ? 'accepted' : negotiateAsClient(protocol);
      if (negotiated !== 'accepted') {
        logger.warn({ topic, code: negotiated, protocol }, 'fleet: it speaks another protocol');
        onOtherProtocol?.(name, raw, negotiated);
        return;
      }
      handle(topicRules[name].schema.parse(raw), isRetained);
    } catch (thrown) {
      const error = toMaruError(thrown);
      const line = { topic, code: error.code, detail: error.message };
      if (error.code === 'internal') logger.error({ ...line, err: thrown }, 'fleet: a message failed');
      else logger.warn(line, 'fleet: a message was refused');
      onUnreadable?.(name, raw, error);
    }
  }
}
