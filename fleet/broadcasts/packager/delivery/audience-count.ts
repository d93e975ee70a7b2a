/** How many watch each broadcast: a viewing counts for a while after each playlist, because sockets come and go. */
import { VIEWER_LEASE_MS } from '#contract/live-delivery.ts';

export class AudienceCount {
  /** by broadcast and viewing: until when, by the monotonic clock */
  readonly #leases = new Map<string, Map<string, number>>();

  renew(broadcastId: string, viewingId: string, nowMs = performance.now()): void {
    const leases = this.#leases.get(broadcastId) ?? new Map<string, number>();
    this.#leases.set(broadcastId, leases);
    leases.set(viewingId, nowMs + VIEWER_LEASE_MS);
  }

  /** @returns viewings whose lease runs, after the others are forgotten */
  count(broadcastId: string, nowMs = performance.now()): number {
    const leases = this.#leases.get(broadcastId);
    if (!leases) return 0;
    for (const [viewingId, untilMs] of leases) if (nowMs >= untilMs) leases.delete(viewingId);
    return leases.size;
  }

  forget(broadcastId: string): void {
    this.#leases.delete(broadcastId);
  }
  end(viewingId: string): void {
    for (const leases of this.#leases.values()) leases.delete(viewingId);
  }
}
