/**
 * CPU per forwarded packet and memory per viewer: the media node, bare mediasoup and Janus, each in turn under the same
 * load in the same run. The server is pinned to core 0, the browser that makes the load to the other.
 */
import { fork } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import type { LoadTarget } from './load-page.ts';
import { cpuSeconds, pinTo, residentBytes } from '../processes.ts';
import { bundlePage } from '../peers/bundle-page.ts';
import { chromiumFlags } from './chromium-flags.ts';
import { JANUS_ROOM, startJanus } from '../peers/janus.ts';
import type { Product } from './product.ts';

export const VIEWERS = 12;
const MAX_BITRATE_BPS = 2_500_000;
const WARM_UP_MS = 4_000;
const MEASURE_MS = 8_000;

export type PacketCost = { cpuMicrosecondsPerPacket: number; bytesPerViewer: number; packetsPerSecond: number };
type Server = {
  target: LoadTarget;
  pids: () => number[];
  requestGrant?: (invite: string) => Promise<unknown>;
  close: () => Promise<void>;
};

export async function startBareServer(): Promise<Server & { url: string }> {
  const pageDir = await bundlePage(join(import.meta.dirname, 'waits-page.ts'));
  const child = fork(join(import.meta.dirname, '../peers/bare-server.ts'), ['--page-dir', pageDir], {
    stdio: 'inherit',
  });
  const { url } = await new Promise<{ url: string }>((resolve) =>
    child.once('message', (message) => resolve(message as { url: string })),
  );
  return {
    url,
    target: { kind: 'bare', url },
    pids: () => [child.pid!],
    async close() {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
      await rm(pageDir, { recursive: true, force: true });
    },
  };
}

export async function janusServer(): Promise<Server> {
  const janus = await startJanus();
  return { target: { kind: 'janus', url: janus.url, room: JANUS_ROOM }, pids: () => [janus.pid], close: janus.close };
}

export function maruServer(product: Product): Server {
  return {
    target: { kind: 'maru', invite: product.invite },
    pids: () => [product.mediaNodePid()],
    requestGrant: product.requestGrant,
    close: async () => {},
  };
}

/** One measurement: a fresh browser, one sender, VIEWERS viewers. @throws where fewer packets came than a picture has */
export async function measurePacketCost(server: Server, loadPage: string): Promise<PacketCost> {
  const browser: Browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: chromiumFlags });
  try {
    const page = await browser.newPage();
    if (server.requestGrant !== undefined) await page.exposeFunction('requestGrant', server.requestGrant);
    await page.goto(loadPage);
    for (const pid of server.pids()) pinTo(pid, 0);
    pinTo(process.pid, 1);
    for (const pid of server.pids()) pinTo(pid, 0);
    await page.evaluate(([target, bitrate]) => window.load.send(target, bitrate), [
      server.target,
      MAX_BITRATE_BPS,
    ] as const);
    await page.evaluate((target) => window.load.addViewer(target), server.target);
    await sleep(1_000);
    const memoryOfOne = resident(server);
    for (let i = 1; i < VIEWERS; i++) await page.evaluate((target) => window.load.addViewer(target), server.target);
    await sleep(WARM_UP_MS);
    const before = {
      cpu: cpu(server),
      packets: await page.evaluate(() => window.load.packetsReceived()),
      at: Date.now(),
    };
    await sleep(MEASURE_MS);
    const after = {
      cpu: cpu(server),
      packets: await page.evaluate(() => window.load.packetsReceived()),
      at: Date.now(),
    };
    const bytesPerViewer = (resident(server) - memoryOfOne) / (VIEWERS - 1);
    await page.evaluate(() => window.load.leave());
    const packets = after.packets - before.packets;
    const seconds = (after.at - before.at) / 1000;
    if (packets < VIEWERS * seconds * 50)
      throw new Error(`only ${packets} packets in ${seconds} s: the load did not flow`);
    return {
      cpuMicrosecondsPerPacket: ((after.cpu - before.cpu) * 1e6) / packets,
      bytesPerViewer,
      packetsPerSecond: packets / seconds,
    };
  } finally {
    await browser.close();
  }
}

const cpu = (server: Server): number => server.pids().reduce((sum, pid) => sum + cpuSeconds(pid), 0);
const resident = (server: Server): number => server.pids().reduce((sum, pid) => sum + residentBytes(pid), 0);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
