/** For integration tests: a scripted packager and a scripted program process on the fleet's sockets, and a call for them. */
import { topicOf } from '#contract/topics.ts';
import { FromPackager, MAX_PACKAGER_MESSAGE_BYTES, PACKAGER_SOCKET, ToPackager } from '#contract/packager-link.ts';
import { FromProgram, MAX_PROGRAM_MESSAGE_BYTES, PROGRAM_SOCKET, ToProgram } from '#contract/program-link.ts';
import { ProcessLinkServer } from '#edge/process-link-server.ts';
import type { FleetUnderTest, Json } from '../fleet-under-test.ts';
import { newId } from '../store/index.ts';

type PackagerHello = Extract<ToPackager, { name: 'hello' }>;
type Asked<M> = Exclude<M, { name: 'hello' }>;

const OF_A_LIFE = new Set(['open', 'go-live', 'end', 'drop']);

export class ScriptedPackager {
  readonly hellos: PackagerHello[] = [];
  readonly asked: Asked<ToPackager>[] = [];
  whyUnavailable: string | null = null;
  /** what it does with a message */
  onMessage: (message: Asked<ToPackager>) => void = (message) => {
    if (message.name === 'open') this.send({ name: 'opened', broadcastId: message.broadcastId, mediaPort: 40_000 });
    if (message.name === 'end') this.ended(message.broadcastId);
  };
  readonly #server: ProcessLinkServer<ToPackager, FromPackager>;

  constructor(dataDir: string) {
    this.#server = new ProcessLinkServer({
      dataDir,
      socketName: PACKAGER_SOCKET,
      maxMessageLength: MAX_PACKAGER_MESSAGE_BYTES,
      parse: (raw) => ToPackager.parse(raw),
      hello: () => ({ whyUnavailable: this.whyUnavailable, port: 7_404 }),
      onHello: (hello) => this.hellos.push(hello),
      onMessage: (message) => {
        this.asked.push(message);
        this.onMessage(message);
      },
      onRefused: (error) => {
        throw error;
      },
    });
  }
  async start(): Promise<this> {
    await this.#server.start();
    return this;
  }
  stop(): void {
    this.#server.stop();
  }
  send(message: FromPackager): void {
    this.#server.send(FromPackager.parse(message));
  }
  ended(broadcastId: string): void {
    this.send({ name: 'ended', broadcastId, durationMs: 5_000, sizeBytes: 1_000 });
  }
  health(broadcastId: string, changes: Partial<Extract<FromPackager, { name: 'health' }>> = {}): void {
    const good = { picture: 'good', hasSound: true, isOnSlate: false, watching: 0, isDiskFull: false } as const;
    this.send({ name: 'health', broadcastId, ...good, ...changes });
  }
  /** Names of what it was asked for a broadcast, in their order. */
  of(broadcastId: string): string[] {
    return this.asked.flatMap((message) =>
      'broadcastId' in message && message.broadcastId === broadcastId ? message.name : [],
    );
  }
  /** Without what becomes of its recording. */
  lifeOf(broadcastId: string): string[] {
    return this.of(broadcastId).filter((name) => OF_A_LIFE.has(name));
  }
}

export class ScriptedProgram {
  readonly asked: Asked<ToProgram>[] = [];
  whyUnavailable: string | null = null;
  running: string[] = [];
  onMessage: (message: Asked<ToProgram>) => void = (message) => {
    if (message.name === 'run') this.publishing(message.broadcastId);
  };
  readonly #server: ProcessLinkServer<ToProgram, FromProgram>;

  constructor(dataDir: string) {
    this.#server = new ProcessLinkServer({
      dataDir,
      socketName: PROGRAM_SOCKET,
      maxMessageLength: MAX_PROGRAM_MESSAGE_BYTES,
      parse: (raw) => ToProgram.parse(raw),
      hello: () => ({ whyUnavailable: this.whyUnavailable, broadcastIds: this.running }),
      onMessage: (message) => {
        this.asked.push(message);
        this.onMessage(message);
      },
      onRefused: (error) => {
        throw error;
      },
    });
  }
  async start(): Promise<this> {
    await this.#server.start();
    return this;
  }
  stop(): void {
    this.#server.stop();
  }
  send(message: FromProgram): void {
    this.#server.send(FromProgram.parse(message));
  }
  publishing(broadcastId: string): void {
    this.send({ name: 'publishing', broadcastId, callId: newId(), peerId: newId() });
  }
  of<N extends Asked<ToProgram>['name']>(broadcastId: string, name: N): Extract<ToProgram, { name: N }>[] {
    return this.asked.filter(
      (message): message is Extract<ToProgram, { name: N }> =>
        message.name === name && message.broadcastId === broadcastId,
    );
  }
  /** What it shows at last. */
  shown(broadcastId: string): Json {
    return this.asked.findLast((each) => 'show' in each && each.broadcastId === broadcastId && each.show) as Json;
  }
}

/** What the scripted node is told, and a call on it. */
export class NodeInTest {
  readonly told: Json[] = [];
  readonly #fleet: FleetUnderTest;

  constructor(fleet: FleetUnderTest) {
    this.#fleet = fleet;
  }
  async start(): Promise<this> {
    const topic = topicOf('nodeCommand', this.#fleet.nodeId);
    this.#fleet.node.on('message', (at, payload) => {
      if (at === topic) this.told.push(JSON.parse(payload.toString()));
    });
    await this.#fleet.node.subscribeAsync(topic, { qos: 1 });
    return this;
  }
  async report(name: string, about: object): Promise<void> {
    const events = [{ name, eventId: newId(), atMs: Date.now(), ...about }];
    await this.#fleet.node.publishAsync(topicOf('callEvents', this.#fleet.nodeId), JSON.stringify({ events }), {
      qos: 1,
    });
  }
  /** Somebody is in the meeting's call. */
  async joins(meetingId: string, callId: string): Promise<void> {
    await this.report('call-opened', { callId, meetingId });
    const person = { peerId: newId(), peerKind: 'person', displayName: 'Mina', participantCount: 1 };
    await this.report('participant-joined', { callId, meetingId, ...person });
  }
  /** What its call shows now. */
  airOf(meetingId: string): Json {
    return this.told.findLast((each) => each.name === 'set-air' && each.meetingId === meetingId)?.air;
  }
  portOf(broadcastId: string): number | null | undefined {
    return this.told.findLast((each) => each.name === 'forward-program' && each.broadcastId === broadcastId)?.port;
  }
}
