/**
 * The media nodes as they registered: which is there, since which start of its process, with how many peers. After a
 * restart of ours the former ones are taken as there for a while, so that a call that goes on takes people in at once.
 */
import { type NodeRegistration, SignalingUrl } from '#contract/node-link.ts';
import type { TelemetryStore } from '../store/index.ts';

export type MediaNode = {
  nodeId: string;
  instanceId: string;
  signalingUrl: string;
  online: boolean;
  workers: number;
  peers: number;
  maxPeers: number;
  callIds: ReadonlySet<string>;
  /** fleet's clock */
  heardAtMs: number;
};
type Waiter = { isMet: () => boolean; resolve: () => void };

const EXPECTED_BACK_MS = 15_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

export class MediaNodes {
  readonly #telemetry: TelemetryStore;
  readonly #nodes = new Map<string, MediaNode>();
  readonly #waiters = new Set<Waiter>();
  #expectation: NodeJS.Timeout | null = null;

  constructor({ telemetry }: { telemetry: TelemetryStore }) {
    this.#telemetry = telemetry;
  }

  async start(): Promise<void> {
    for (const row of await this.#telemetry.read.selectFrom('nodeReport').selectAll().execute()) {
      // written by a version that took any address
      if (!SignalingUrl.safeParse(row.signalingUrl).success) continue;
      this.#nodes.set(row.nodeId, {
        ...row,
        online: true,
        workers: 0,
        peers: 0,
        maxPeers: Number.MAX_SAFE_INTEGER,
        callIds: new Set(),
        heardAtMs: 0,
      });
    }
    this.#expectation = setTimeout(() => {
      for (const node of this.#nodes.values()) if (node.heardAtMs === 0) node.online = false;
    }, EXPECTED_BACK_MS);
    this.#expectation.unref();
  }
  stop(): void {
    if (this.#expectation) clearTimeout(this.#expectation);
    for (const waiter of this.#waiters) waiter.resolve();
  }

  get all(): readonly MediaNode[] {
    return [...this.#nodes.values()];
  }
  get(nodeId: string): MediaNode | null {
    return this.#nodes.get(nodeId) ?? null;
  }

  async register(registration: NodeRegistration): Promise<void> {
    const { nodeId, instanceId, signalingUrl, online, workers, peers, maxPeers, callIds } = registration;
    const nowMs = Date.now();
    const former = this.#nodes.get(nodeId);
    this.#nodes.set(nodeId, {
      nodeId,
      instanceId,
      signalingUrl,
      online,
      workers,
      peers,
      maxPeers,
      callIds: new Set(callIds),
      heardAtMs: nowMs,
    });
    for (const waiter of this.#waiters) if (waiter.isMet()) waiter.resolve();
    if (former?.instanceId === instanceId && former.signalingUrl === signalingUrl && former.heardAtMs > 0) return;
    const row = { nodeId, instanceId, signalingUrl, lastSeenMs: nowMs };
    await this.#telemetry.write((trx) =>
      trx
        .insertInto('nodeReport')
        .values(row)
        .onConflict((c) => c.column('nodeId').doUpdateSet({ instanceId, signalingUrl, lastSeenMs: nowMs }))
        .execute(),
    );
  }

  /** The one with the fewest peers; waits a while where none is there. */
  async choose(timeoutMs: number): Promise<MediaNode | null> {
    const best = (): MediaNode | null =>
      this.all.filter((node) => node.online && node.peers < node.maxPeers).sort((a, b) => a.peers - b.peers)[0] ?? null;
    await this.#until(() => best() !== null, timeoutMs);
    return best();
  }

  /** Once it has registered with this process of ours. */
  async registered(nodeId: string): Promise<MediaNode> {
    const isThere = (): boolean => (this.get(nodeId)?.online ?? false) && this.get(nodeId)!.heardAtMs > 0;
    await this.#until(isThere, MAX_TIMER_MS);
    return this.get(nodeId)!;
  }

  /** Back within the time, as the same process or another? */
  async comesBack(nodeId: string, timeoutMs: number): Promise<boolean> {
    const isBack = (): boolean => this.get(nodeId)?.online ?? false;
    await this.#until(isBack, timeoutMs);
    return isBack();
  }

  async #until(isMet: () => boolean, timeoutMs: number): Promise<void> {
    if (isMet()) return;
    await new Promise<void>((resolve) => {
      const waiter: Waiter = {
        isMet,
        resolve: () => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve();
        },
      };
      const timer = setTimeout(waiter.resolve, timeoutMs);
      this.#waiters.add(waiter);
    });
  }
}
