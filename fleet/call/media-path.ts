/**
 * Whether media gets through to the node, from the states of the browser's transports. Every call and every change of
 * network begins with a moment without a connection; after five seconds it is reported.
 */
import type { MediaSetup } from '#contract/signaling.ts';
import { MEDIA_BLOCKED_AFTER_MS } from '#contract/timing.ts';

/** Longer between two looks: the machine slept, and a connection that was down meanwhile proves nothing. */
const LOOKS_APART_MS = 2_000;

/** Media that does not get through, for the page's text. */
export type BlockedMedia = {
  /** where the node receives media, each as `address:port`, for the firewall */
  readonly addresses: readonly string[];
  /** the node is to be reached on its own machine alone, where Firefox gathers no candidates */
  readonly onlyLoopback: boolean;
};

export class MediaPath {
  readonly #downSinceMs = new Map<string, number>();
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** @param states of RTCPeerConnection, by transport; to be given at least once a second */
  isBlocked(states: Iterable<readonly [transportId: string, state: string]>, nowMs: number): boolean {
    if (nowMs - this.#lookedAtMs > LOOKS_APART_MS) this.#downSinceMs.clear();
    this.#lookedAtMs = nowMs;
    let blocked = false;
    for (const [transportId, state] of states) {
      // new: nothing goes over it yet
      if (state === 'connected' || state === 'new' || state === 'closed') {
        this.#downSinceMs.delete(transportId);
        continue;
      }
      const sinceMs = this.#downSinceMs.get(transportId) ?? nowMs;
      this.#downSinceMs.set(transportId, sinceMs);
      if (nowMs - sinceMs >= MEDIA_BLOCKED_AFTER_MS) blocked = true;
    }
    return blocked;
  }

  /** Another try begins. */
  startAnew(): void {
    this.#downSinceMs.clear();
  }
}

export function blockedBy({ recv }: MediaSetup): BlockedMedia {
  const found = recv.iceCandidates.flatMap(({ address, ip, port }) => {
    const host = address ?? ip;
    return typeof host === 'string' && typeof port === 'number' ? [{ host, port }] : [];
  });
  return {
    addresses: [...new Set(found.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`))],
    onlyLoopback: found.length > 0 && found.every(({ host }) => host === '::1' || host.startsWith('127.')),
  };
}
