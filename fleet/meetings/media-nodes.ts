/**
 * The media nodes as they registered: which is there, since which start of its process, with how many peers. After a
 * restart of ours the former ones count as there for a while, so that a call that goes on admits people at once.
 */
import type { PeerKind } from '#contract/grants.ts';
import { type NodeRegistration, SignalingUrl } from '#contract/node-link.ts';
import { NODE_EXPECTED_BACK_MS } from '#contract/timing.ts';
import type { TelemetryStore } from '../store/index.ts';
import { NodeClocks } from './node-clocks.ts';

export type RegisteredNode = {
  nodeId: string;
  instanceId: string;
  signalingUrl: string;
  online: boolean;
  workers: number;
  peers: number;
  maxPeers: number;
  /** of these, how many people may fill; the rest is kept for rooms */
  maxGuests: number;
  callIds: ReadonlySet<string>;
  /** by call id, of how many the media does not get through */
  blockedCounts: Readonly<Record<string, number>>;
  /** it has an engine that writes what is spoken */
  transcribes: boolean;
  /** fleet's clock */
  heardAtMs: number;
  /** since when it has been out of reach, by a clock that only goes forward; null: it is there */
  silentSinceMs: number | null;
};
type Waiter = { isMet: () => boolean; resolve: () => void };

const MAX_TIMER_MS = 2 ** 31 - 1;

export class MediaNodes {
  readonly clocks = new NodeClocks();
  readonly #telemetry: TelemetryStore;
  readonly #nodes = new Map<string, RegisteredNode>();
  readonly #waiters = new Set<Waiter>();
  /** by node id, what our next start will find */
  readonly #reported = new Map<string, string>();
  readonly #nowMs: () => number;
  readonly #startedAtMs: number;
  #expectation: NodeJS.Timeout | null = null;

  /** @param nowMs a clock that only goes forward */
  constructor({ telemetry, nowMs = () => performance.now() }: { telemetry: TelemetryStore; nowMs?: () => number }) {
    this.#telemetry = telemetry;
    this.#nowMs = nowMs;
    this.#startedAtMs = nowMs();
  }

  async start(): Promise<void> {
    for (const row of await this.#telemetry.read.selectFrom('nodeReport').selectAll().execute()) {
      // written by a version that accepted any address
      if (!SignalingUrl.safeParse(row.signalingUrl).success) continue;
      this.#nodes.set(row.nodeId, {
        ...row,
        online: true,
        workers: 0,
        peers: 0,
        maxPeers: Number.MAX_SAFE_INTEGER,
        maxGuests: Number.MAX_SAFE_INTEGER,
        callIds: new Set(),
        blockedCounts: {},
        transcribes: false,
        heardAtMs: 0,
        silentSinceMs: null,
      });
    }
    this.#expectation = setTimeout(() => {
      for (const node of this.#nodes.values())
        if (node.heardAtMs === 0) Object.assign(node, { online: false, silentSinceMs: this.#startedAtMs });
    }, NODE_EXPECTED_BACK_MS);
    this.#expectation.unref();
  }
  stop(): void {
    if (this.#expectation) clearTimeout(this.#expectation);
    for (const waiter of this.#waiters) waiter.resolve();
  }

  get all(): readonly RegisteredNode[] {
    return [...this.#nodes.values()];
  }
  get(nodeId: string): RegisteredNode | null {
    return this.#nodes.get(nodeId) ?? null;
  }

  /** Of a call, how many are in it whose media does not get through. */
  blockedCountOf(callId: string): number {
    return this.all.reduce((sum, { blockedCounts }) => sum + (blockedCounts[callId] ?? 0), 0);
  }
  get blockedCount(): number {
    return this.all.flatMap(({ blockedCounts }) => Object.values(blockedCounts)).reduce((sum, count) => sum + count, 0);
  }

  /** How long it has been out of reach; 0: it is there. One that we never knew is silent since our start. */
  silentMs(nodeId: string): number {
    const node = this.#nodes.get(nodeId);
    const sinceMs = node ? node.silentSinceMs : this.#startedAtMs;
    return sinceMs === null ? 0 : Math.max(1, this.#nowMs() - sinceMs);
  }

  /** It counts at once. @throws where it could not be written for our next start; the next registration tries that again */
  async register(registration: NodeRegistration): Promise<void> {
    const { nodeId, instanceId, signalingUrl, online, workers, peers, maxPeers, callIds, blockedCounts } = registration;
    const maxGuests = registration.maxGuests ?? maxPeers;
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
      maxGuests,
      callIds: new Set(callIds),
      blockedCounts: online ? blockedCounts : {},
      transcribes: registration.transcribes,
      heardAtMs: nowMs,
      silentSinceMs: online ? null : (former?.silentSinceMs ?? this.#nowMs()),
    });
    for (const waiter of this.#waiters) if (waiter.isMet()) waiter.resolve();
    const report = `${instanceId} ${signalingUrl}`;
    if (this.#reported.get(nodeId) === report) return;
    const row = { nodeId, instanceId, signalingUrl, lastSeenMs: nowMs };
    await this.#telemetry.write((trx) =>
      trx
        .insertInto('nodeReport')
        .values(row)
        .onConflict((c) => c.column('nodeId').doUpdateSet({ instanceId, signalingUrl, lastSeenMs: nowMs }))
        .execute(),
    );
    this.#reported.set(nodeId, report);
  }

  /** The one with the fewest peers and a place for this kind; waits a while where none is there. */
  async choose(timeoutMs: number, peerKind: PeerKind): Promise<RegisteredNode | null> {
    const most = ({ maxPeers, maxGuests }: RegisteredNode): number => (peerKind === 'room' ? maxPeers : maxGuests);
    const best = (): RegisteredNode | null =>
      this.all.filter((node) => node.online && node.peers < most(node)).sort((a, b) => a.peers - b.peers)[0] ?? null;
    await this.#until(() => best() !== null, timeoutMs);
    return best();
  }

  /** Once it has registered with this process of ours. */
  async registered(nodeId: string): Promise<RegisteredNode> {
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
