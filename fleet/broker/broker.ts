/**
 * The embedded MQTT broker: who connects (client certificate, one live connection each), what they may say and hear,
 * and what they say checked against its schema. The fleet server itself speaks through `publish` and `on`, in process.
 * Owns no meaning of any message.
 */
import type { JsonWebKey } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer as createListener, type Server as Listener, type Socket } from 'node:net';
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import {
  Aedes,
  type AuthenticateError,
  type Client,
  type ConnectPacket,
  type PublishPacket,
  type Subscription,
} from 'aedes';
import type { Logger } from 'pino';
import { type ErrorCode, type MaruError, toMaruError, UserError } from '#contract/error-codes.ts';
import { MAX_MQTT_PACKET_BYTES } from '#contract/limits.ts';
import {
  clientIdOf,
  isUnknownProjection,
  type MessageOf,
  ruleOf,
  type TopicName,
  topicOf,
  topicRules,
} from '#contract/topics.ts';
import { TokenBucket } from '#edge/attempt-limit.ts';
import { Arrivals } from './arrivals.ts';
import { type ConnectionIdentity, readConnectionIdentity } from './connection-identity.ts';
import { guardSocket } from './guarded-socket.ts';
import { type Payload, ProtocolRefused, parsePayload } from './payload.ts';
import { type ClientIdentity, publishable, readable } from './topic-access.ts';

export type BrokerOptions = {
  listen: { host: string; port: number };
  /** the fleet CA's certificate is `ca`: whoever it did not sign does not get past the handshake */
  tls: SecureContextOptions;
  /** is this certificate one of ours that has not been revoked? */
  isAccepted: (identity: string, serial: string) => boolean;
  /** one that was accepted has connected by this certificate */
  onCame?: (identity: string, certificate: { serial: string; publicKey: JsonWebKey }) => void;
  /** one line in the log is written here already */
  onRefused: (refusal: { identity: string | null; network: string; code: ErrorCode; reason: string }) => void;
  logger: Logger;
};

type LiveClient = {
  client: Client;
  who: ClientIdentity;
  keepaliveMs: number;
  heardAtMs: number;
  readTopics: Set<string>;
  rates: Map<TopicName, TokenBucket>;
  /** the number of a client that we do not serve: nothing else of it is read; null: we serve it */
  unservedProtocol: number | null;
};
type Handler = (id: string, message: never, raw: unknown) => void;

const CONNECT_TIMEOUT_MS = 5_000;
const DRAIN_TIMEOUT_MS = 10_000;
/** longer than this nobody may be silent */
const KEEPALIVE_LIMIT_SECONDS = 60;
const FLOOD_LIMITS = {
  room: { packetsPerSecond: 60, burstPackets: 300 },
  node: { packetsPerSecond: 500, burstPackets: 2000 },
} as const;
/** a line that stalls brings at once what was sent meanwhile; it is dead before that is more */
const STALL_S = 10;
const NOT_AUTHORISED = 5;
const FAILED = Object.assign(new Error('failed'), { returnCode: 3 as const });
/** where refused payloads go: a topic that nobody can read */
const NOWHERE = '$refused';

export class Broker {
  readonly #options: BrokerOptions;
  readonly #aedes: Aedes;
  /** shakes hands with the connections that `#arrivals` admits */
  readonly #server: Server;
  readonly #arrivals: Arrivals<Socket>;
  readonly #listener: Listener;
  readonly #live = new Map<string, LiveClient>();
  readonly #whoIs = new WeakMap<Client['conn'], LiveClient>();
  readonly #connects = new WeakMap<Client, ConnectPacket>();
  readonly #identities = new WeakMap<Client['conn'], ConnectionIdentity>();
  readonly #handlers = new Map<TopicName, Handler[]>();
  readonly #presenceHandlers: ((who: ClientIdentity, connected: boolean) => void)[] = [];
  readonly #unservedHandlers: ((who: ClientIdentity) => void)[] = [];
  readonly #subscribedHandlers: ((who: ClientIdentity, topic: TopicName) => void)[] = [];

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#aedes = new Aedes({
      connectTimeout: CONNECT_TIMEOUT_MS,
      drainTimeout: DRAIN_TIMEOUT_MS,
      keepaliveLimit: KEEPALIVE_LIMIT_SECONDS,
      maxTopicLevels: 8,
      // a hundred messages under way hold up all others behind clients that do not read, and thousands that then wait are
      // gone through by recursion, which ends the process
      concurrency: 0,
      preConnect: (client, packet, done) => {
        // no session outlives its connection: nothing of commands is kept for a room that was gone [MQTT-3.2.2-3]
        (packet as { clean: boolean }).clean = true;
        this.#connects.set(client, packet);
        done(null, true);
      },
      // an exception in one of these is thrown through aedes and would end the process
      authenticate: (client, _userName, _password, done) => {
        const refusal = this.#endingOnFailure(client.conn, () => this.#authenticate(client), FAILED);
        done(refusal, refusal === null);
        if (!refusal) this.#notifyConnected(client);
      },
      authorizePublish: (client, packet, done) =>
        done(client ? this.#endingOnFailure(client.conn, () => this.#takeIn(client, packet), FAILED) : null),
      authorizeSubscribe: (client, subscription, done) => {
        const allowed = this.#endingOnFailure(client.conn, () => this.#maySubscribe(client, subscription), false);
        done(null, allowed ? subscription : null);
      },
      authorizeForward: (client, packet) =>
        this.#endingOnFailure(client.conn, () => this.#mayHear(client, packet.topic), false) ? packet : null,
    });
    this.#server = createServer({
      ...options.tls,
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: CONNECT_TIMEOUT_MS,
      noDelay: true,
      minVersion: 'TLSv1.2',
    });
    this.#arrivals = new Arrivals((socket) => this.#server.emit('connection', socket));
    this.#listener = createListener({ pauseOnConnect: true, noDelay: true }, (socket) => {
      // until TLS has it
      socket.on('error', () => {});
      this.#arrivals.add(socket);
    });
  }

  /** Takes what the fleet publishes; nobody else can connect yet. */
  async open(): Promise<void> {
    const { logger } = this.#options;
    await this.#aedes.listen();
    this.#aedes.on('clientError', (client, error) =>
      logger.warn({ identity: client.id, reason: error.message }, 'MQTT connection ended'),
    );
    this.#aedes.on('connectionError', (client, error) =>
      logger.warn({ network: this.#networkOf(client), reason: error.message }, 'MQTT connection refused'),
    );
    this.#aedes.on('subscribe', (subscriptions, client) =>
      this.#endingOnFailure(client.conn, () => this.#subscribed(subscriptions, client), undefined),
    );
    this.#server.on('secureConnection', (socket) =>
      this.#endingOnFailure(socket, () => this.#accept(socket), undefined),
    );
    this.#server.on('tlsClientError', (error, socket) => {
      logger.warn({ network: socket.remoteAddress, reason: error.message }, 'MQTT handshake refused');
      // Node leaves a socket open whose handshake has timed out
      socket.destroy();
    });
  }
  async listen(): Promise<void> {
    this.#listener.listen(this.#options.listen);
    await once(this.#listener, 'listening');
  }

  async stop(): Promise<void> {
    const closed = once(this.#listener, 'close');
    this.#listener.close();
    this.#arrivals.close();
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await closed;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }
  get connectedCount(): number {
    return this.#live.size;
  }

  /** A renewed server certificate, for the connections that come. */
  renewTls(tls: SecureContextOptions): void {
    this.#server.setSecureContext(tls);
  }

  /** What the fleet says. */
  publish<N extends TopicName>(name: N, id: string, message: MessageOf<N>): void {
    const { qos, retained } = topicRules[name];
    const packet = {
      cmd: 'publish',
      topic: topicOf(name, id),
      payload: JSON.stringify(message),
      qos,
      retain: retained,
      dup: false,
    } as const;
    this.#aedes.publish(packet, (error) => {
      if (error) this.#options.logger.error({ err: error, topic: packet.topic }, 'publish failed');
    });
  }

  /** What the fleet receives, in the order of arrival, at once: parsed, and as it came. */
  on<N extends TopicName>(name: N, handler: (id: string, message: MessageOf<N>, raw: unknown) => void): void {
    this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), handler as Handler]);
  }
  onPresence(handler: (who: ClientIdentity, connected: boolean) => void): void {
    this.#presenceHandlers.push(handler);
  }
  onSubscribed(handler: (who: ClientIdentity, topic: TopicName) => void): void {
    this.#subscribedHandlers.push(handler);
  }
  /** A client has connected whose protocol we do not serve. */
  onUnserved(handler: (who: ClientIdentity) => void): void {
    this.#unservedHandlers.push(handler);
  }
  /** The number of a connected client that we do not serve; null: we do, or it is not there. */
  unservedProtocolOf(who: ClientIdentity): number | null {
    return this.#live.get(clientIdOf(who.party, who.id))?.unservedProtocol ?? null;
  }
  get unserved(): { who: ClientIdentity; protocol: number }[] {
    return [...this.#live.values()].flatMap(({ who, unservedProtocol: protocol }) =>
      protocol === null ? [] : [{ who, protocol }],
    );
  }
  /** Somebody listens on this topic now. */
  isHeard(name: TopicName, who: ClientIdentity): boolean {
    return this.#live.get(clientIdOf(who.party, who.id))?.readTopics.has(name) ?? false;
  }

  /** Ends the live connection, e.g. because the certificate was revoked. */
  disconnect(identity: string): void {
    this.#live.get(identity)?.client.close();
  }

  #accept(socket: TLSSocket): void {
    const identity = readConnectionIdentity(socket);
    if (!identity) {
      socket.destroy();
      return;
    }
    this.#identities.set(socket, identity);
    // aedes reports no disconnection of a client that goes before it is registered
    socket.once('close', () => this.#gone(socket));
    const { who, network } = identity;
    const limits = { maxPacketBytes: MAX_MQTT_PACKET_BYTES, ...FLOOD_LIMITS[who?.party ?? 'room'] };
    guardSocket(socket, limits, {
      onHeard: (nowMs) => {
        const live = who && this.#live.get(clientIdOf(who.party, who.id));
        if (live?.client.conn === socket) live.heardAtMs = nowMs;
      },
      onRefused: (verdict) =>
        this.#refuse(
          who,
          network,
          verdict === 'too-large' ? 'too-large' : verdict === 'flood' ? 'too-many-attempts' : 'bad-message',
          verdict,
        ),
    });
    this.#aedes.handle(socket);
  }

  /** null: connected */
  #authenticate(client: Client): AuthenticateError | null {
    if (client.conn.destroyed) return FAILED;
    const connection = this.#identities.get(client.conn);
    const who = connection?.who ?? null;
    const objection = who
      ? this.#objectionTo(who, connection!.serial, client)
      : { code: 'forbidden' as const, reason: 'no identity' };
    if (!who || objection) {
      const { code, reason } = objection!;
      this.#refuse(who, this.#networkOf(client), code, reason);
      return Object.assign(new Error(reason), { returnCode: NOT_AUTHORISED });
    }
    const identity = clientIdOf(who.party, who.id);
    const keepaliveMs = (this.#connects.get(client)?.keepalive ?? 0) * 1000;
    const live: LiveClient = {
      client,
      who,
      keepaliveMs,
      heardAtMs: performance.now(),
      readTopics: new Set(),
      rates: new Map(),
      unservedProtocol: null,
    };
    this.#live.set(identity, live);
    this.#whoIs.set(client.conn, live);
    this.#options.logger.info({ identity }, 'MQTT connected');
    if (connection!.publicKey)
      this.#options.onCame?.(identity, { serial: connection!.serial, publicKey: connection!.publicKey });
    return null;
  }

  #notifyConnected(client: Client): void {
    const live = this.#whoIs.get(client.conn);
    if (!live) return;
    for (const handler of this.#presenceHandlers) this.#guarded(() => handler(live.who, true));
  }

  #objectionTo(who: ClientIdentity, serial: string, client: Client): { code: ErrorCode; reason: string } | null {
    const identity = clientIdOf(who.party, who.id);
    if (client.id !== identity) return { code: 'forbidden', reason: "client id is not the certificate's" };
    if (!this.#options.isAccepted(identity, serial))
      return { code: 'forbidden', reason: 'certificate unknown or revoked' };
    const will = this.#connects.get(client)?.will;
    if (will && !publishable(who, { topic: will.topic, qos: will.qos ?? 0, retain: will.retain ?? false }))
      return { code: 'forbidden', reason: 'will to a topic that is denied' };
    const former = this.#live.get(identity);
    // heard from within its keepalive: it lives, and this one is the copy
    if (former && !former.client.closed && performance.now() - former.heardAtMs < former.keepaliveMs)
      return { code: 'second-writer', reason: 'second connection of a live identity' };
    return null;
  }

  #gone(connection: Client['conn']): void {
    const live = this.#whoIs.get(connection);
    const identity = live && clientIdOf(live.who.party, live.who.id);
    if (!identity || this.#live.get(identity) !== live) return;
    this.#live.delete(identity);
    this.#options.logger.info({ identity }, 'MQTT disconnected');
    for (const handler of this.#presenceHandlers) this.#guarded(() => handler(live.who, false));
  }

  /** An error closes the connection, which is all that 3.1.1 offers [MQTT-3.3.5-2]. */
  #takeIn(client: Client, packet: PublishPacket): Error | null {
    const live = this.#whoIs.get(client.conn);
    const name = live && publishable(live.who, packet);
    if (live?.who.party === 'room' && isUnknownProjection(packet.topic, live.who.id)) return toNowhere(packet);
    if (!live || !name) {
      this.#refuse(
        live?.who ?? null,
        this.#networkOf(client),
        'forbidden',
        `publish to ${packet.topic.slice(0, 120)} denied`,
      );
      return new Error('publish denied');
    }
    let payload: Payload;
    try {
      if (!isInRate(live, name)) throw new UserError('too-many-attempts', `${name} changes too often`);
      payload = parsePayload(name, packet.payload);
    } catch (error) {
      if (error instanceof ProtocolRefused) this.#refuseProtocol(live, error);
      else if (live.unservedProtocol === null) this.#refuseMessage(live, toMaruError(error), `payload on ${name}: `);
      return toNowhere(packet);
    }
    if (live.unservedProtocol !== null) return toNowhere(packet);
    const { message, raw } = payload;
    for (const handler of this.#handlers.get(name) ?? [])
      this.#guarded(() => handler(live.who.id, message as never, raw));
    return null;
  }

  /** Once for each connection, which stays: what is too old is updated by others, and comes back with another number. */
  #refuseProtocol(live: LiveClient, error: ProtocolRefused): void {
    if (live.unservedProtocol === error.protocol) return;
    live.unservedProtocol = error.protocol;
    this.#refuseMessage(live, error);
    for (const handler of this.#unservedHandlers) this.#guarded(() => handler(live.who));
  }

  #refuseMessage({ who, client }: LiveClient, error: MaruError, context = ''): void {
    this.#refuse(who, this.#networkOf(client), error.code, `${context}${error.message}`);
    if (who.party === 'room')
      this.publish('requestReply', who.id, { name: 'refused', id: null, error: error.toWire() });
  }

  #maySubscribe(client: Client, subscription: Subscription): boolean {
    const live = this.#whoIs.get(client.conn);
    if (live && readable(live.who, subscription.topic) !== null) return true;
    this.#refuse(
      live?.who ?? null,
      this.#networkOf(client),
      'forbidden',
      `subscription to ${subscription.topic.slice(0, 120)} denied`,
    );
    return false;
  }

  #mayHear(client: Client, topic: string): boolean {
    const live = this.#whoIs.get(client.conn);
    return live !== undefined && readable(live.who, topic) !== null;
  }

  #subscribed(subscriptions: Subscription[], client: Client): void {
    const live = this.#whoIs.get(client.conn);
    if (!live) return;
    for (const { topic } of subscriptions) {
      const name = readable(live.who, topic);
      if (!name) continue;
      live.readTopics.add(name);
      for (const handler of this.#subscribedHandlers) this.#guarded(() => handler(live.who, name));
    }
  }

  #refuse(who: ClientIdentity | null, network: string | undefined, code: ErrorCode, reason: string): void {
    const refusal = { identity: who && clientIdOf(who.party, who.id), network: network ?? 'unknown', code, reason };
    this.#options.logger.warn(refusal, 'MQTT refused');
    this.#guarded(() => this.#options.onRefused(refusal));
  }

  #networkOf(client: Client): string | undefined {
    return this.#identities.get(client.conn)?.network;
  }

  /** Our own failure while we serve a connection ends that connection, and nothing else. */
  #endingOnFailure<T>(connection: Client['conn'], call: () => T, otherwise: T): T {
    try {
      return call();
    } catch (error) {
      this.#options.logger.error({ err: error }, 'MQTT connection ended by our own failure');
      connection.destroy();
      return otherwise;
    }
  }

  /** One handler's failure is neither the sender's nor another handler's. */
  #guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.logger.error({ err: error }, 'MQTT handler failed');
    }
  }
}

/** Twice the rate of the contract, so that nothing is lost to the network's own unevenness. */
function isInRate({ rates }: LiveClient, name: TopicName): boolean {
  const { perSecond } = ruleOf(name);
  if (perSecond === undefined) return true;
  const bucket =
    rates.get(name) ?? new TokenBucket({ burst: STALL_S * perSecond, refillPerMinute: 2 * 60 * perSecond });
  rates.set(name, bucket);
  return bucket.take();
}

/** Acknowledged, and delivered to nobody. */
function toNowhere(packet: PublishPacket): null {
  Object.assign(packet, { topic: NOWHERE, retain: false });
  return null;
}
