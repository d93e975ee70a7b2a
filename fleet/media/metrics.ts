/**
 * The node's load for Prometheus: our own counts beside those that the workers report, so that a leak shows as a
 * difference.
 */
import { Gauge, Registry } from 'prom-client';
import type { CallRegistry } from './call-registry.ts';
import type { WorkerPool } from './worker-pool.ts';

export type MetricsOptions = {
  pool: WorkerPool;
  registry: CallRegistry;
  fleetConnected: () => boolean;
  eventsWaiting: () => number;
};

export class NodeMetrics {
  readonly #options: MetricsOptions;
  readonly #prometheus = new Registry();
  readonly #ours = this.#gauge('maru_media_carried', 'calls, peers and consumers by our own count', ['what']);
  readonly #held = this.#gauge('maru_media_worker_held', 'what a worker itself says it holds', ['worker', 'what']);
  readonly #cpu = this.#gauge('maru_media_worker_cpu_seconds', 'CPU time of a worker since its start', ['worker']);
  readonly #memory = this.#gauge('maru_media_worker_memory_bytes', 'largest resident size of a worker', ['worker']);

  constructor(options: MetricsOptions) {
    this.#options = options;
  }

  async text(): Promise<string> {
    const { pool, registry, fleetConnected, eventsWaiting } = this.#options;
    const calls = [...registry.calls.values()];
    const peers = calls.flatMap((call) => [...call.peers.values()]);
    const producers = calls.flatMap((call) => [...call.producers.all.values()]);
    const ours = {
      workers: pool.alive.length,
      worker_deaths: pool.deaths,
      calls: calls.length,
      peers: peers.length,
      joined: peers.filter(({ stage }) => stage === 'joined').length,
      away: peers.filter(({ line }) => line === null).length,
      // joined peers with transports that do not connect
      blocked: peers.filter((peer) => peer.stage === 'joined' && peer.isBlocked(performance.now())).length,
      producers: producers.length,
      // producers with an uplink that carries fewer layers than requested
      narrowed: producers.filter(({ layers, sentLayers }) => sentLayers < layers).length,
      consumers: peers.reduce((sum, { forwarding }) => sum + (forwarding?.count ?? 0), 0),
      pipes: calls.reduce((sum, { routers }) => sum + routers.pipeCount, 0),
      fleet_connected: fleetConnected() ? 1 : 0,
      events_waiting: eventsWaiting(),
    };
    for (const [what, value] of Object.entries(ours)) this.#ours.set({ what }, value);
    for (const gauge of [this.#held, this.#cpu, this.#memory]) gauge.reset();
    await Promise.all(pool.alive.map(({ index }) => this.#ask(index).catch(() => {})));
    return this.#prometheus.metrics();
  }

  async #ask(index: number): Promise<void> {
    const { pool, registry } = this.#options;
    const mediaWorker = pool.alive.find((candidate) => candidate.index === index);
    if (!mediaWorker) return;
    const { worker, webRtcServer } = mediaWorker;
    const routers = [...registry.calls.values()]
      .flatMap((call) => call.routers.all)
      .filter((callRouter) => callRouter.mediaWorker === mediaWorker);
    const [usage, dump, server, ...dumps] = await Promise.all([
      worker.getResourceUsage(),
      worker.dump(),
      webRtcServer.dump(),
      ...routers.map(({ router }) => router.dump()),
    ]);
    const held = {
      routers: dump.routerIds.length,
      webrtc_transports: server.webRtcTransportIds.length,
      transports: dumps.reduce((sum, { transportIds }) => sum + transportIds.length, 0),
      producers: dumps.reduce((sum, { mapProducerIdConsumerIds }) => sum + mapProducerIdConsumerIds.length, 0),
      consumers: dumps.reduce((sum, { mapConsumerIdProducerId }) => sum + mapConsumerIdProducerId.length, 0),
      // every object that handles requests: one that is left here after the last call is a leak
      request_handlers: dump.channelMessageHandlers.channelRequestHandlers.length,
    };
    for (const [what, value] of Object.entries(held)) this.#held.set({ worker: String(index), what }, value);
    this.#cpu.set({ worker: String(index) }, (usage.ru_utime + usage.ru_stime) / 1_000);
    this.#memory.set({ worker: String(index) }, usage.ru_maxrss * 1_024);
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.#prometheus] });
  }
}
