/**
 * For integration tests: the real fleet server as a process on free ports in a temporary folder, with a scripted media
 * node and scripted rooms that speak MQTT with certificates of their own.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { connectAsync, type MqttClient } from 'mqtt';
import type { RouteAnswer } from '#contract/http/route.ts';
import type { roomsApi } from '#contract/http/rooms-api.ts';
import { DEFAULT_MEETING_POLICY, type MeetingPolicy } from '#contract/meeting-policy.ts';
import type { FleetReady } from '#contract/process-ready.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { clientIdOf, topicOf } from '#contract/topics.ts';
import { CLOCK_ASKED_AT_ONCE } from './meetings/node-clocks.ts';
import type { ServerServing } from './supervision.ts';
import { newId } from './store/index.ts';
import { newSigningRequest } from './devices/signing-request-under-test.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a test expects of an answer, the test says
export type Json = any;
export type Credentials = { key: string; cert: string; ca: string; clientId: string };
export type EnrolledRoom = { roomId: string; meetingId: string; credentials: Credentials };

export const SIGNALING_URL = 'ws://127.0.0.1:7403/signaling';

type StartOptions = {
  registerNode?: boolean;
  /** a real one, in place of the scripted one */
  startNode?: (serving: ServerServing) => Promise<void>;
};

export class FleetUnderTest {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'maru-fleet-'));
  readonly #args: string[];
  #process: ChildProcess | null = null;
  #node: MqttClient | null = null;
  log = '';
  /** of the server's process, beside our own */
  env: NodeJS.ProcessEnv = {};
  ready!: FleetReady;
  admin!: { userName: string; password: string; cookie: string };
  nodeId!: string;

  constructor(...args: string[]) {
    this.#args = args;
  }

  /** Server, registered node, and an administrator whose password is changed. */
  async start(options: StartOptions = {}): Promise<void> {
    await this.startServer(options);
    const { userName, oneTimePassword } = this.ready.firstAdmin!;
    const password = 'correct horse battery';
    const first = await this.signIn(userName, oneTimePassword);
    const changed = await this.api(
      'PUT',
      '/api/v1/accounts/current/password',
      { currentPassword: oneTimePassword, newPassword: password },
      first.cookie,
    );
    if (changed.status !== 200) throw new Error(`password not changed: ${JSON.stringify(changed.body)}`);
    this.admin = { userName, password, cookie: first.cookie };
  }

  /** Again on the same folder and ports, after `kill`. */
  async startServer(options: StartOptions = {}): Promise<void> {
    const child = fork(
      join(import.meta.dirname, 'server.ts'),
      ['--data-dir', this.dataDir, '--ephemeral-ports', '--json-logs', ...this.#args],
      { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { ...process.env, ...this.env } },
    );
    this.#process = child;
    child.stderr!.on('data', (chunk: Buffer) => {
      this.log += chunk.toString();
    });
    const messages: (ServerServing | FleetReady)[] = [];
    child.on('message', (message) => messages.push(message as ServerServing | FleetReady));
    const next = async <R extends string>(ready: R): Promise<Extract<ServerServing | FleetReady, { ready: R }>> => {
      for (;;) {
        const found = messages.find((message) => message.ready === ready);
        if (found) return found as Extract<ServerServing | FleetReady, { ready: R }>;
        await Promise.race([
          once(child, 'message'),
          once(child, 'exit').then(() => {
            throw new Error(`server ended:\n${this.log}`);
          }),
        ]);
      }
    };
    const serving = await next('fleet-server');
    this.nodeId = readFileSync(join(serving.nodeCredentialsDir, 'nodeId'), 'utf8').trim();
    if (options.registerNode === false) return;
    if (options.startNode) {
      await options.startNode(serving);
    } else {
      this.#node ??= await this.connectNode(serving.mqttUrl, serving.nodeCredentialsDir);
      await this.register();
    }
    this.ready = await next('fleet');
  }

  async connectNode(mqttUrl: string, directory: string): Promise<MqttClient> {
    const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
    const credentials = {
      key: read('key.pem'),
      cert: read('cert.pem'),
      ca: read('ca.pem'),
      clientId: clientIdOf('node', this.nodeId),
    };
    return connectAs(mqttUrl, credentials);
  }
  get node(): MqttClient {
    return this.#node!;
  }

  get isRunning(): boolean {
    return this.#process !== null && this.#process.exitCode === null && this.#process.signalCode === null;
  }
  get pid(): number {
    if (!this.isRunning) throw new Error(`no server runs:\n${this.log}`);
    return this.#process!.pid!;
  }

  readonly instanceId = newId();
  /** What the scripted node says of itself. */
  async register(changes: object = {}): Promise<void> {
    const registration = {
      protocol: PROTOCOL_VERSION,
      nodeId: this.nodeId,
      online: true,
      instanceId: this.instanceId,
      signalingUrl: SIGNALING_URL,
      workers: 1,
      maxPeers: 300,
      peers: 0,
      callIds: [],
      asOfMs: Date.now(),
      ...changes,
    };
    await this.node.publishAsync(topicOf('registration', this.nodeId), JSON.stringify(registration), {
      qos: 1,
      retain: true,
    });
  }

  /**
   * The scripted node comes anew and answers what its clock is. Resolves once the fleet has that.
   * @param changes of its registration
   */
  async measureClock(changes: object = {}, aheadMs = 0): Promise<void> {
    const { node, nodeId } = this;
    let leftCount = CLOCK_ASKED_AT_ONCE;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const topic = topicOf('eventAcks', nodeId);
    const answer = (from: string, payload: Buffer): void => {
      const { sentAtMs } = from === topic ? JSON.parse(payload.toString()) : {};
      if (sentAtMs === undefined) return;
      const atMs = Date.now() + aheadMs;
      const answered = { atMs, clock: { sentAtMs, receivedAtMs: atMs }, peers: [] };
      leftCount -= 1;
      const isLast = leftCount === 0;
      node
        .publishAsync(topicOf('callQualities', nodeId), JSON.stringify(answered))
        .then(() => isLast && resolve(), reject);
    };
    await node.subscribeAsync(topic, { qos: 1 });
    node.on('message', answer);
    await this.register({ ...changes, online: false });
    await this.register({ ...changes, asOfMs: Date.now() + aheadMs });
    await promise.finally(() => node.off('message', answer));
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async stop(): Promise<void> {
    this.#node?.end(true);
    await this.kill('SIGTERM');
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  async api(
    method: string,
    path: string,
    body?: object,
    cookie?: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Json; headers: Headers }> {
    const response = await fetch(new URL(path, this.ready.fleetUrl), {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...(cookie && { cookie }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text,
    };
  }
  async signIn(userName: string, password: string): Promise<{ status: number; body: Json; cookie: string }> {
    const { status, body, headers } = await this.api('POST', '/api/v1/sessions', { userName, password });
    return { status, body, cookie: headers.get('set-cookie')?.split(';')[0] ?? '' };
  }

  /** A room made by the administrator, and a box that enrolled for it. Its meeting lets everybody in unless asked otherwise. */
  async enrolRoom(
    roomName: string,
    policy: Partial<MeetingPolicy> = { admission: 'all-enter' },
  ): Promise<EnrolledRoom> {
    const created = await this.api('POST', '/api/v1/rooms', { roomName }, this.admin.cookie);
    if (created.status !== 200) throw new Error(JSON.stringify(created.body));
    const { roomId, claimCode } = created.body as RouteAnswer<typeof roomsApi.createRoom>;
    const credentials = await this.enrol(claimCode, roomId);
    const { meetingId } = await this.roomOf(roomId);
    await this.setPolicy(meetingId, policy);
    return { roomId, meetingId, credentials };
  }
  /** The audit log, as it stands on the disk. */
  audit(): Json[] {
    const database = new Database(join(this.dataDir, 'authority.sqlite'), { readonly: true });
    try {
      return database.prepare('select kind, actor, subject, details from audit order by seq').all();
    } finally {
      database.close();
    }
  }
  async setPolicy(meetingId: string, policy: Partial<MeetingPolicy>): Promise<void> {
    const path = `/api/v1/meetings/${meetingId}/policy`;
    const body = { ...DEFAULT_MEETING_POLICY, ...policy };
    const { status, body: answer } = await this.api('PUT', path, body, this.admin.cookie);
    if (status !== 200) throw new Error(JSON.stringify(answer));
  }
  /** As the console's page of the room is told; undefined fields where it was refused. */
  async roomOf(roomId: string): Promise<RouteAnswer<typeof roomsApi.room>> {
    return (await this.api('GET', `/api/v1/rooms/${roomId}`, undefined, this.admin.cookie)).body;
  }
  async enrol(claimCode: string, roomId: string): Promise<Credentials> {
    const { csrPem, keyPem } = await newSigningRequest();
    const answer = await this.device('/device/v1/enrolments', { claimCode, csrPem });
    if (answer.status !== 200)
      throw Object.assign(new Error(JSON.stringify(answer.body)), { code: answer.body.error.code });
    return {
      key: keyPem,
      cert: answer.body.certificatePem,
      ca: answer.body.caPem,
      clientId: clientIdOf('room', roomId),
    };
  }
  async device(
    path: string,
    body: object,
    client?: Pick<Credentials, 'key' | 'cert'>,
  ): Promise<{ status: number; body: Json }> {
    const ca = readFileSync(this.ready.caCertificatePath);
    return new Promise((resolve, reject) => {
      const call = request(
        new URL(path, this.ready.deviceApiUrl),
        {
          method: 'POST',
          ca,
          headers: { 'content-type': 'application/json' },
          agent: false,
          ...(client && { key: client.key, cert: client.cert }),
        },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => {
            text += chunk.toString();
          });
          response.on('end', () => resolve({ status: response.statusCode!, body: JSON.parse(text) }));
        },
      );
      call.on('error', reject);
      call.end(JSON.stringify(body));
    });
  }
}

/** The client's next event, with what it carries. */
export const nextOf = (client: MqttClient, event: 'close' | 'message'): Promise<Json[]> =>
  once(client as unknown as NodeJS.EventEmitter, event);

/** An MQTT client as kiosk or node would be. */
export async function connectAs(
  url: string,
  { key, cert, ca, clientId }: Credentials,
  options: object = {},
): Promise<MqttClient> {
  const client = await connectAsync(url, {
    key,
    cert,
    ca,
    clientId,
    clean: true,
    keepalive: 5,
    protocolVersion: 4,
    reconnectPeriod: 200,
    ...options,
  });
  client.on('error', () => {});
  return client;
}
