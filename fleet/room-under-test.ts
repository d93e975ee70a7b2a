/** For integration tests: a scripted room on MQTT and a scripted phone on the room link. They decide nothing. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { MqttClient } from 'mqtt';
import { WebSocket } from 'ws';
import { PAIRING_CODE_TTL_MS } from '#contract/limits.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { CommandEnvelope } from '#contract/room-command.ts';
import { ROOM_LINK_PATH } from '#contract/room-link.ts';
import type { RoomPhase, RoomState } from '#contract/room-state.ts';
import { ruleOfTopic, type TopicName, topicOf, topicRules } from '#contract/topics.ts';
import { connectAs, type EnrolledRoom, type FleetUnderTest, type Json } from './fleet-under-test.ts';
import { newId } from './store/index.ts';

export class RoomUnderTest {
  readonly room: EnrolledRoom;
  readonly heard: { name: TopicName; message: Json }[] = [];
  #client!: MqttClient;
  #revision = 0;
  epoch = 1;
  /** what it answers a command; null: nothing */
  answer: (envelope: CommandEnvelope) => object | null = ({ id }) => ({ ok: true, id });

  constructor(room: EnrolledRoom) {
    this.room = room;
  }

  async start(fleet: FleetUnderTest, protocol = PROTOCOL_VERSION, more: readonly TopicName[] = []): Promise<void> {
    this.#client = await connectAs(fleet.ready.mqttUrl, this.room.credentials);
    this.#client.on('message', (topic, payload) => {
      const { name } = ruleOfTopic(topic)!;
      const message = JSON.parse(payload.toString()) as Json;
      this.heard.push({ name, message });
      const reply = name === 'command' && this.answer(message as CommandEnvelope);
      if (reply) void this.say('commandReply', reply, false);
    });
    const topics = [
      ...(['desired', 'meetings', 'settings', 'requestReply', 'command', 'roomEventsAck'] as const),
      ...more,
    ].map((name) => topicOf(name, this.room.roomId));
    await this.#client.subscribeAsync(topics, { qos: 1 });
    await this.say('presence', { protocol, online: true, epoch: this.epoch, asOfMs: Date.now() });
  }
  get connected(): boolean {
    return this.#client.connected;
  }
  stop(): void {
    this.#client?.end(true);
  }

  /** Any text as a projection of any name. */
  async sayText(projection: string, text: string): Promise<void> {
    const topic = topicOf('state', this.room.roomId).replace(/state$/, projection);
    await this.#client.publishAsync(topic, text, { qos: 1, retain: true });
  }
  async say(name: TopicName, message: object, retain = true): Promise<void> {
    await this.#client.publishAsync(topicOf(name, this.room.roomId), JSON.stringify(message), {
      qos: topicRules[name].qos,
      retain,
    });
  }
  async sayState(changes: Partial<RoomState> = {}): Promise<void> {
    this.#revision += 1;
    await this.say('state', {
      ...stateOf(this.room.roomId, { name: 'idle' }),
      epoch: this.epoch,
      revision: this.#revision,
      ...changes,
    });
  }
  async offer(...codes: string[]): Promise<void> {
    const expiresAtMs = Date.now() + PAIRING_CODE_TTL_MS;
    await this.say('pairing', {
      codes: codes.map((code) => ({ sha256: codeHash(this.room.roomId, code), expiresAtMs })),
    });
  }
  last(name: TopicName): Json {
    return this.heard.findLast((each) => each.name === name)?.message;
  }
}

export const codeHash = (roomId: string, code: string): string =>
  createHash('sha256').update(`${roomId}:${code}`).digest('hex');

export function stateOf(roomId: string, phase: RoomPhase): RoomState {
  return {
    protocol: PROTOCOL_VERSION,
    roomId,
    roomName: 'Room',
    epoch: 1,
    revision: 1,
    asOfMs: Date.now(),
    phase,
    meeting: null,
    microphone: 'on',
    camera: 'on',
    volumePercent: 50,
    layout: 'auto',
    stagePage: 0,
    stagePageCount: 1,
    notices: [],
  };
}

export class PhoneUnderTest {
  readonly heard: Json[] = [];
  readonly socket: WebSocket;
  closeCode: number | null = null;

  constructor(fleetUrl: string, options: { origin?: string; headers?: Record<string, string> } = {}) {
    this.socket = new WebSocket(`${fleetUrl.replace(/^http/, 'ws')}${ROOM_LINK_PATH}`, options);
    this.socket.on('message', (data) => this.heard.push(JSON.parse(String(data))));
    this.socket.on('close', (code) => {
      this.closeCode = code;
    });
    this.socket.on('error', () => {});
  }
  async open(token: string, protocol = PROTOCOL_VERSION): Promise<this> {
    if (this.socket.readyState !== WebSocket.OPEN) await once(this.socket, 'open');
    this.send({ type: 'hello', protocol, token });
    return this;
  }
  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }
  command(command: object, id = newId()): string {
    this.send({ type: 'command', id, command });
    return id;
  }
  of(type: string): Json[] {
    return this.heard.filter((message) => message.type === type);
  }
  /** What the room shows: the last of the projection that came. */
  shown(name: string): Json {
    const last = this.heard.findLast((message) => message.name === name || message.projections?.[name]);
    return last?.type === 'welcome' ? last.projections[name] : last?.value;
  }
  close(): void {
    this.socket.terminate();
  }
}
