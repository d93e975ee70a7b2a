/** The hands of a call: in the order in which they went up, down once their owner has spoken. Pure. */
export class RaisedHands {
  /** by peer */
  readonly #up = new Map<string, { atMs: number; hasSpoken: boolean }>();
  #lastAtMs = 0;

  /** null: it is down */
  raisedAtMs(peerId: string): number | null {
    return this.#up.get(peerId)?.atMs ?? null;
  }

  /** One that is up keeps its place. No two have the same time. */
  raise(peerId: string, nowMs: number): void {
    if (this.#up.has(peerId)) return;
    this.#lastAtMs = Math.max(nowMs, this.#lastAtMs + 1);
    this.#up.set(peerId, { atMs: this.#lastAtMs, hasSpoken: false });
  }

  lower(peerId: string): void {
    this.#up.delete(peerId);
  }

  /** Heard by all: once the microphone goes off again, the hand goes down. */
  spoke(peerId: string): void {
    const hand = this.#up.get(peerId);
    if (hand) hand.hasSpoken = true;
  }

  silent(peerId: string): void {
    if (this.#up.get(peerId)?.hasSpoken) this.lower(peerId);
  }
}
