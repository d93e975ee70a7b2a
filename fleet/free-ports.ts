/** Free ports for a fleet that must not be in anyone's way; kept in the data directory, so that links stay right. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from '#contract/schema.ts';
import { writeDurably } from '#edge/durable-file.ts';
import type { Ports } from './options.ts';

const TRIES = 50;
const port = z.number().int();
const KeptPorts = z.object({ http: port, deviceApi: port, mqtt: port, signaling: port, live: port, mediaBase: port });

export async function keptFreePorts(dataDir: string): Promise<Ports> {
  const path = join(dataDir, 'ports.json');
  const kept = readKept(path);
  if (kept) return kept;
  const [http, deviceApi, mqtt, signaling, live] = (await freeTcpPorts(5)) as [number, number, number, number, number];
  const ports = { http, deviceApi, mqtt, signaling, live, mediaBase: await freeRange(availableParallelism()) };
  mkdirSync(dataDir, { recursive: true });
  writeDurably(path, JSON.stringify(ports));
  return ports;
}

/** null: none yet, or damaged */
function readKept(path: string): Ports | null {
  try {
    return KeptPorts.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Below the systems' range of ephemeral ports: no other process gets one of them while the server is away. */
async function freeTcpPorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let i = 0; i < TRIES && ports.size < count; i += 1) {
    const port = 10_000 + Math.floor(Math.random() * 10_000);
    if (await isFreeTcp(port)) ports.add(port);
  }
  if (ports.size < count) throw new Error('no free ports');
  return [...ports];
}

/** One port per media worker, in a row, free for UDP and TCP both. */
async function freeRange(length: number): Promise<number> {
  for (let i = 0; i < TRIES; i += 1) {
    const base = 20_000 + Math.floor(Math.random() * 12_000);
    const checks = Array.from({ length }, (_, offset) =>
      Promise.all([isFreeTcp(base + offset), isFreeUdp(base + offset)]),
    );
    if ((await Promise.all(checks)).flat().every(Boolean)) return base;
  }
  throw new Error('no free ports for media');
}

async function isFreeTcp(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '0.0.0.0');
  return once(server, 'listening').then(
    async () => {
      await once(server.close(), 'close');
      return true;
    },
    () => false,
  );
}

async function isFreeUdp(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  socket.bind(port, '0.0.0.0');
  return once(socket, 'listening').then(
    async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
      return true;
    },
    () => false,
  );
}
