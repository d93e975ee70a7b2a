import type { NetworkInterfaceInfo } from 'node:os';
import { pino } from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WorkerPool } from './worker-pool.ts';

/** Loopback has many addresses: these stand for those of network cards. */
const CARD = '127.0.0.2';
const OTHER_CARD = '127.0.0.3';
const entry = (address: string, internal: boolean): NetworkInterfaceInfo => ({
  address,
  family: 'IPv4',
  internal,
  netmask: '255.0.0.0',
  mac: '00:00:00:00:00:00',
  cidr: null,
});
/** more than the interval of the checks, twice */
const SOON = { timeout: 5_000 };

describe('a machine whose network changes', () => {
  let pool: WorkerPool;
  let up: string[] = [];
  afterEach(() => pool.stop());
  async function start(announcedAddresses: string[], addresses: string[]) {
    up = addresses;
    pool = new WorkerPool({
      count: 1,
      listen: { listenAddress: '0.0.0.0', announcedAddresses },
      portBase: 0,
      workerAnswerMs: 1_000,
      logger: pino({ level: 'silent' }),
      interfaces: () => ({
        lo: [entry('127.0.0.1', true)],
        ...(up.length > 0 && { eth0: up.map((ip) => entry(ip, false)) }),
      }),
    });
    await pool.start();
  }
  const served = () => [...(pool.alive[0]?.addresses ?? [])].sort();

  test('one that comes up after the node is served by it', async () => {
    await start([], []);
    expect(served()).toEqual(['127.0.0.1']);
    const { port } = pool.alive[0]!;
    up = [CARD];
    await vi.waitFor(() => expect(served()).toEqual([CARD]), SOON);
    expect(pool.alive[0]!.port).toBe(port);
  });
  test('an announced address is served before the network is up, and the worker stays when it is', async () => {
    await start([CARD], []);
    expect(served()).toEqual([CARD]);
    const first = pool.alive[0];
    up = [CARD];
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    expect(pool.alive[0]).toBe(first);
  });
  test('a new address waits for the end of the calls; the loss of all moves them', async () => {
    await start([], [CARD]);
    const first = pool.alive[0]!;
    first.peers = 1;
    up = [CARD, OTHER_CARD];
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    expect(pool.alive[0]).toBe(first);
    up = [OTHER_CARD];
    await vi.waitFor(() => expect(served()).toEqual([OTHER_CARD]), SOON);
  });
  test('a cable that is out for a moment moves nothing', async () => {
    await start([], [CARD]);
    const first = pool.alive[0]!;
    up = [];
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    expect(pool.alive[0]).toBe(first);
  });
});
