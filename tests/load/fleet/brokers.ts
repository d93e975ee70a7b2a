/** The three that carry the same rooms: our fleet server, bare aedes, Mosquitto. All with the certificate of our server. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { FleetUnderTest } from '../../../fleet/fleet-under-test.ts';
import { clientIdOf } from '#contract/topics.ts';
import { type BrokerFiles, startMosquitto } from '../peers/mosquitto.ts';

export type RoomBroker = {
  name: 'maru' | 'aedes' | 'mosquitto';
  mqttUrl: string;
  pid: number;
  /** messages of rooms that came; null: it does not count them */
  receivedCount: () => Promise<number | null>;
  close: () => Promise<void>;
};

const NODE_REGISTERS_EVERY_MS = 5_000;

/** Our server, which a scripted media node keeps company. */
export class MeasuredFleet {
  readonly fleet = new FleetUnderTest();
  #registering: NodeJS.Timeout | undefined;

  async start(): Promise<void> {
    await this.fleet.start();
    this.#registering = setInterval(() => {
      if (this.fleet.isRunning) void this.fleet.register().catch(() => {});
    }, NODE_REGISTERS_EVERY_MS);
  }

  /** The server alone is stopped: rooms, certificates and the folder stay. */
  async broker(): Promise<RoomBroker> {
    if (!this.fleet.isRunning) await this.fleet.startServer();
    return {
      name: 'maru',
      mqttUrl: this.fleet.ready.mqttUrl,
      pid: this.fleet.pid,
      receivedCount: async () => null,
      close: () => this.fleet.kill('SIGTERM'),
    };
  }

  get files(): BrokerFiles {
    const { dataDir, ready } = this.fleet;
    const tls = join(dataDir, 'tls');
    return { cert: join(tls, 'server.crt.pem'), key: join(tls, 'server.key.pem'), ca: ready.caCertificatePath };
  }

  /** By name, of `/metrics`. */
  async metric(name: string): Promise<number> {
    const { body } = await this.fleet.api('GET', '/metrics', undefined, this.fleet.admin.cookie);
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(String(body))?.[1] ?? Number.NaN);
  }

  async stop(): Promise<void> {
    clearInterval(this.#registering);
    await this.fleet.stop();
  }
}

export async function aedesBroker({ cert, key, ca }: BrokerFiles): Promise<RoomBroker> {
  const child = fork(join(import.meta.dirname, '../peers/bare-aedes.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, MARU_CERT: cert, MARU_KEY: key, MARU_CA: ca },
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    name: 'aedes',
    mqttUrl: `mqtts://127.0.0.1:${port}`,
    pid: child.pid!,
    async receivedCount() {
      const answer = once(child, 'message') as Promise<[{ receivedCount: number }]>;
      child.send('count');
      return (await answer)[0].receivedCount;
    },
    async close() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export async function mosquittoBroker(files: BrokerFiles, { dataDir, nodeId }: FleetUnderTest): Promise<RoomBroker> {
  const node = join(dataDir, 'nodes/local');
  const client = { cert: join(node, 'cert.pem'), key: join(node, 'key.pem'), clientId: clientIdOf('node', nodeId) };
  return { name: 'mosquitto', ...(await startMosquitto(files, client)) };
}
