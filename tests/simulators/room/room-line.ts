/**
 * A simulated room's line to the fleet: MQTT over TLS with its own certificate, its will, and coming back by itself with
 * the pauses of the contract. Nothing waits for a line that is down: what is current is published again once it is back.
 */
import { connect, type MqttClient } from 'mqtt';
import { retryAfterMs } from '#contract/retry-after.ts';
import { brokerOf, clientIdOf, ruleOf, ruleOfTopic, type TopicName, topicOf } from '#contract/topics.ts';
import type { RoomIdentity } from './enrol.ts';

/** All that a room may read. */
const READ = [
  'desired',
  'command',
  'requestReply',
  'meetings',
  'waiting',
  'offeredBroadcasts',
  'settings',
  'action',
  'helpOfRoom',
  'desiredUpdate',
  'roomEventsAck',
] as const satisfies readonly TopicName[];
export type ReadTopic = (typeof READ)[number];

/** as a kiosk's */
const RETRIES = { firstMs: 250, longestMs: 2_000 };
/** a kiosk has its processor to itself, and waits 5 s; here thousands share one, and would give up because of each other */
const CONNECT_TIMEOUT_MS = 20_000;
/** longer than a busy machine stalls; a room that dies closes its socket */
const KEEPALIVE_S = 30;

export type RoomLineOptions = {
  identity: RoomIdentity;
  /** the will is the same with `false` */
  presence: (online: boolean) => object;
  onMessage: (name: ReadTopic, message: unknown) => void;
  /** true: connected, and subscribed */
  onOnline: (online: boolean) => void;
  /** in words, for people: a try failed, or the fleet ended the line */
  onProblem?: (problem: string) => void;
};

export class RoomLine {
  readonly #options: RoomLineOptions;
  #client: MqttClient | null = null;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #isWanted = false;
  #online = false;
  /** messages that the broker has acknowledged */
  acknowledgedCount = 0;
  /** since it was last set to 0 */
  slowestAckMs = 0;

  constructor(options: RoomLineOptions) {
    this.#options = options;
  }

  get online(): boolean {
    return this.#online;
  }

  open(): void {
    this.#isWanted = true;
    this.#open();
  }

  /** Says goodbye and does not come back. */
  async close(): Promise<void> {
    this.#isWanted = false;
    clearTimeout(this.#retry);
    const client = this.#client;
    if (client === null) return;
    if (this.#online) await this.publish('presence', this.#options.presence(false));
    await client.endAsync().catch(() => {});
  }

  /** As by a cable that is pulled: no goodbye. @param returnsAfterMs null: it does not come back */
  cut(returnsAfterMs: number | null): void {
    clearTimeout(this.#retry);
    this.#isWanted = false;
    this.#client?.stream.destroy();
    this.#client?.end(true);
    if (returnsAfterMs !== null) this.#retry = setTimeout(() => this.open(), returnsAfterMs);
  }

  /** Settles when the broker has it; at once while the line is down. */
  async publish(name: TopicName, message: object): Promise<boolean> {
    if (!this.#online || this.#client === null) return false;
    const { qos, retained: retain } = ruleOf(name);
    const sentAtMs = performance.now();
    try {
      const topic = topicOf(name, this.#options.identity.roomId);
      await this.#client.publishAsync(topic, JSON.stringify(message), { qos, retain });
    } catch {
      return false;
    }
    this.acknowledgedCount += 1;
    this.slowestAckMs = Math.max(this.slowestAckMs, performance.now() - sentAtMs);
    return true;
  }

  #open(): void {
    const { identity, presence, onMessage, onProblem } = this.#options;
    const { roomId, mqttUrl, keyPem, certificatePem, caPem } = identity;
    const client = connect({
      ...brokerOf(mqttUrl),
      clientId: clientIdOf('room', roomId),
      key: keyPem,
      cert: certificatePem,
      ca: caPem,
      protocolVersion: 4,
      keepalive: KEEPALIVE_S,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      will: {
        topic: topicOf('presence', roomId),
        payload: Buffer.from(JSON.stringify(presence(false))),
        qos: 1,
        retain: true,
      },
    });
    this.#client = client;
    client.on('error', (error) => onProblem?.(error.message));
    client.on('message', (topic, payload) => {
      const name = ruleOfTopic(topic)?.name;
      if (name !== undefined) onMessage(name as ReadTopic, JSON.parse(String(payload)));
    });
    client.on('connect', () => void this.#onConnect(client).catch(() => client.end(true)));
    client.on('close', () => this.#onClose(client));
  }

  async #onConnect(client: MqttClient): Promise<void> {
    const { identity, presence, onOnline } = this.#options;
    await client.subscribeAsync(
      READ.map((name) => topicOf(name, identity.roomId)),
      { qos: 1 },
    );
    if (client !== this.#client) return;
    this.#failures = 0;
    this.#online = true;
    await this.publish('presence', presence(true));
    if (client === this.#client && this.#online) onOnline(true);
  }

  #onClose(client: MqttClient): void {
    if (client !== this.#client) return;
    this.#client = null;
    client.removeAllListeners('message');
    client.end(true);
    if (this.#online) {
      this.#online = false;
      this.#options.onOnline(false);
    }
    if (!this.#isWanted) return;
    this.#retry = setTimeout(() => this.#open(), retryAfterMs(this.#failures, RETRIES));
    this.#failures += 1;
  }
}
