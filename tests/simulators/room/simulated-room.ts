/**
 * A room without a window: enrolled, on MQTT over TLS with its certificate, answering commands by a state of its own.
 * It takes grants but opens no media. Nothing else of ours.
 */
import { createHash } from 'node:crypto';
import { connectAsync, type MqttClient } from 'mqtt';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { type ErrorCode, toMaruError } from '#contract/error-codes.ts';
import { PAIRING_CODE_ALPHABET, PAIRING_CODE_LENGTH, PAIRING_CODE_TTL_MS } from '#contract/limits.ts';
import { HEARTBEAT_INTERVAL_MS } from '#contract/timing.ts';
import { CommandEnvelope, type CommandReply } from '#contract/room-command.ts';
import type { RoomState } from '#contract/room-state.ts';
import { clientIdOf, RoomDesired, RequestReply, topicOf } from '#contract/topics.ts';
import type { RoomIdentity } from './enrol.ts';
import { applyCommand, firstState } from './simulated-state.ts';

/** What to answer instead of obeying: an error, or nothing at all. */
export type Script = Partial<Record<CommandEnvelope['command']['name'], ErrorCode | 'silence'>>;
type Told = (what: { topic: 'desired' | 'command' | 'requestReply'; message: unknown }) => void;

export class SimulatedRoom {
  readonly #identity: RoomIdentity;
  readonly #epoch: number;
  readonly #script: Script;
  readonly #told: Told;
  #client: MqttClient | null = null;
  #heartbeat: NodeJS.Timeout | undefined;
  state: RoomState;
  desired: RoomDesired | null = null;
  pairingCode = '';

  constructor({
    identity,
    epoch = 1,
    script = {},
    told = () => {},
  }: { identity: RoomIdentity; epoch?: number; script?: Script; told?: Told }) {
    this.#identity = identity;
    this.#epoch = epoch;
    this.#script = script;
    this.#told = told;
    this.state = firstState({ roomId: identity.roomId, roomName: identity.roomName, epoch, nowMs: Date.now() });
  }

  async start(): Promise<void> {
    const { mqttUrl, keyPem, certificatePem, caPem, roomId } = this.#identity;
    const client = await connectAsync(
      mqttUrl,
      {
        clientId: clientIdOf('room', roomId),
        key: keyPem,
        cert: certificatePem,
        ca: caPem,
        protocolVersion: 4,
        // longer than a busy machine stalls; a room that dies closes its socket
        keepalive: 30,
        clean: true,
        will: {
          topic: topicOf('presence', roomId),
          payload: JSON.stringify(this.#presence(false)),
          qos: 1,
          retain: true,
        },
      },
      false,
    );
    this.#client = client;
    client.on('error', () => {});
    client.on('message', (topic, payload) => this.#hear(topic, JSON.parse(String(payload))));
    await client.subscribeAsync(
      ['desired', 'command', 'requestReply'].map((name) => topicOf(name as 'desired', roomId)),
      { qos: 1 },
    );
    await this.#say('presence', this.#presence(true), true);
    await this.#publishState();
    await this.offerPairing();
    // the will has spoken meanwhile
    client.on('connect', () => void this.#say('presence', this.#presence(true), true).catch(() => {}));
    this.#heartbeat = setInterval(
      () => void this.#say('presence', this.#presence(true), true).catch(() => {}),
      HEARTBEAT_INTERVAL_MS,
    );
  }

  /** A new code for the "TV"; the fleet learns only its hash. */
  async offerPairing({ expiresAtMs = Date.now() + PAIRING_CODE_TTL_MS } = {}): Promise<void> {
    this.pairingCode = Array.from(
      { length: PAIRING_CODE_LENGTH },
      () => PAIRING_CODE_ALPHABET[Math.floor(Math.random() * PAIRING_CODE_ALPHABET.length)],
    ).join('');
    const sha256 = createHash('sha256').update(`${this.#identity.roomId}:${this.pairingCode}`).digest('hex');
    await this.#say('pairing', { codes: [{ sha256, expiresAtMs }] }, true);
  }

  /** Says goodbye; `crash` lets the will speak instead. */
  async stop({ crash = false } = {}): Promise<void> {
    clearInterval(this.#heartbeat);
    if (this.#client === null) return;
    if (crash) {
      this.#client.options.reconnectPeriod = 0;
      this.#client.stream.destroy();
      await this.#client.endAsync(true);
      return;
    }
    await this.#say('presence', this.#presence(false), true);
    await this.#client.endAsync();
  }

  #presence(online: boolean): object {
    return { protocol: PROTOCOL_VERSION, online, epoch: this.#epoch, asOfMs: Date.now() };
  }

  #hear(topic: string, message: unknown): void {
    const { roomId } = this.#identity;
    if (topic === topicOf('desired', roomId)) {
      this.desired = RoomDesired.parse(message);
      this.#told({ topic: 'desired', message });
      this.state = {
        ...this.state,
        roomName: this.desired.roomName,
        meeting: this.desired.meeting,
        revision: this.state.revision + 1,
        asOfMs: Date.now(),
      };
      void this.#publishState().catch(() => {});
    } else if (topic === topicOf('command', roomId)) {
      this.#told({ topic: 'command', message });
      void this.#obey(CommandEnvelope.parse(message)).catch(() => {});
    } else if (topic === topicOf('requestReply', roomId)) {
      const response = RequestReply.parse(message);
      this.#told({ topic: 'requestReply', message });
      if (response.name === 'pairing-code-used') void this.offerPairing().catch(() => {});
    }
  }

  async #obey({ id, command, grant }: CommandEnvelope): Promise<void> {
    const scripted = this.#script[command.name];
    if (scripted === 'silence') return;
    let reply: CommandReply = { ok: true, id };
    if (scripted !== undefined) {
      reply = { ok: false, id, error: { code: scripted, message: 'scripted' } };
    } else {
      try {
        this.state = applyCommand(this.state, command, grant, Date.now());
        await this.#publishState();
      } catch (error) {
        reply = { ok: false, id, error: toMaruError(error).toWire() };
      }
    }
    await this.#say('commandReply', reply, false);
  }

  #publishState(): Promise<void> {
    return this.#say('state', this.state, true);
  }

  async #say(
    topic: 'presence' | 'state' | 'pairing' | 'commandReply',
    message: object,
    retain: boolean,
  ): Promise<void> {
    await this.#client?.publishAsync(topicOf(topic, this.#identity.roomId), JSON.stringify(message), {
      qos: 1,
      retain,
    });
  }
}
