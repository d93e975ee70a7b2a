/** Prometheus metrics of the fleet server. Counts only: no name, no address, no id. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export type MetricSources = {
  roomsOnline: () => number;
  roomLinks: () => number;
  mqttClients: () => number;
  mediaNodesOnline: () => number;
  /** by database: writes fail */
  failingFiles: () => Record<string, boolean>;
  mediaBlocked: () => number;
  recordings: () => Promise<{ usedBytes: number; freeBytes: number }>;
};

export class Metrics {
  readonly #registry = new Registry();
  readonly #refusals = new Counter({
    name: 'maru_refusals_total',
    help: 'Refusals by wire and code',
    labelNames: ['wire', 'code'],
    registers: [this.#registry],
  });
  readonly #unknownWords = new Counter({
    name: 'maru_unknown_words_total',
    help: 'Words and members in reports of newer rooms and media nodes that this release ignores',
    registers: [this.#registry],
  });
  readonly #http = new Histogram({
    name: 'maru_http_request_seconds',
    help: 'Time to answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [this.#registry],
  });

  constructor(sources: MetricSources) {
    collectDefaultMetrics({ register: this.#registry });
    const gauge = (name: string, help: string, value: () => number): void => {
      new Gauge({
        name,
        help,
        registers: [this.#registry],
        collect() {
          this.set(value());
        },
      });
    };
    gauge('maru_rooms_online', 'Rooms whose heartbeat is fresh', sources.roomsOnline);
    gauge('maru_room_links', 'Phones connected', sources.roomLinks);
    gauge('maru_mqtt_clients', 'Kiosks and media nodes connected', sources.mqttClients);
    gauge('maru_media_nodes_online', 'Media nodes registered', sources.mediaNodesOnline);
    new Gauge({
      name: 'maru_storage_failing',
      help: '1 while nothing can be saved in this database',
      labelNames: ['database'],
      registers: [this.#registry],
      collect() {
        for (const [database, failing] of Object.entries(sources.failingFiles()))
          this.set({ database }, failing ? 1 : 0);
      },
    });
    const space = (name: string, help: string, of: 'usedBytes' | 'freeBytes'): void => {
      new Gauge({
        name,
        help,
        registers: [this.#registry],
        async collect() {
          const measured = await sources.recordings().catch(() => null);
          if (measured) this.set(measured[of]);
        },
      });
    };
    space('maru_recordings_bytes', 'On the disk of broadcasts and recordings', 'usedBytes');
    space('maru_recordings_free_bytes', 'Free on the disk that holds them', 'freeBytes');
    gauge('maru_media_blocked', 'Participants whose sound and picture do not get through', sources.mediaBlocked);
  }

  refused(wire: 'http' | 'mqtt', code: string): void {
    this.#refusals.inc({ wire, code });
  }
  unknownWord(): void {
    this.#unknownWords.inc();
  }
  answered(method: string, route: string, status: number, seconds: number): void {
    this.#http.observe({ method, route, status }, seconds);
  }
  get contentType(): string {
    return this.#registry.contentType;
  }
  async text(): Promise<string> {
    return this.#registry.metrics();
  }
}
