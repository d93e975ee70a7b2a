import { expect, it } from 'vitest';
import type { CallRegistry } from './call-registry.ts';
import { NodeMetrics } from './metrics.ts';
import type { WorkerPool } from './worker-pool.ts';

it('counts over all calls', async () => {
  const peer = { stage: 'joined', line: {}, isBlocked: () => false, forwarding: { count: 5 } };
  const away = { stage: 'joined', line: null, isBlocked: () => true, forwarding: null };
  const preparing = { stage: 'prepared', line: {}, isBlocked: () => true, forwarding: { count: 2 } };
  const producers = [
    { layers: 3, sentLayers: 1 },
    { layers: 3, sentLayers: 3 },
  ];
  const callWith = (peers: object[], made: object[], pipeCount: number) => ({
    peers: new Map(peers.entries()),
    producers: { all: new Map(made.entries()) },
    routers: { pipeCount, all: [] },
  });
  const calls = new Map([
    ['a', callWith([peer, away], producers, 2)],
    ['b', callWith([preparing], [], 3)],
  ]);
  const metrics = new NodeMetrics({
    pool: { alive: [], deaths: 1 } as unknown as WorkerPool,
    registry: { calls } as unknown as CallRegistry,
    fleetConnected: () => true,
    eventsWaiting: () => 4,
  });
  const text = await metrics.text();
  const carried = [...text.matchAll(/^maru_media_carried\{what="(\w+)"\} (\S+)$/gm)].map(([, what, value]) => [
    what,
    Number(value),
  ]);
  expect(Object.fromEntries(carried)).toEqual({
    workers: 0,
    worker_deaths: 1,
    calls: 2,
    peers: 3,
    joined: 2,
    away: 1,
    blocked: 1,
    producers: 2,
    narrowed: 1,
    consumers: 7,
    pipes: 5,
    fleet_connected: 1,
    events_waiting: 4,
  });
});
