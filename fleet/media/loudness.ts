/**
 * Who is heard in one call: levels as they come, the ranking of voices, and who spoke last. Pure but for the time it is
 * given; the node decides by it, the stage has its own hold-off.
 */
export type PeerLevel = { peerId: string; dBov: number };

/** So much louder must a newcomer be to push out one who was heard within the hold. */
const HYSTERESIS_DB = 6;
const SPEAKERS_REMEMBERED = 64;

export class Loudness {
  readonly #holdMs: number;
  readonly #heard = new Map<string, { dBov: number; atMs: number }>();
  #speakers: string[] = [];

  constructor({ holdMs }: { holdMs: number }) {
    this.#holdMs = holdMs;
  }

  addLevels(levels: readonly PeerLevel[], nowMs: number): void {
    for (const { peerId, dBov } of levels) this.#heard.set(peerId, { dBov, atMs: nowMs });
  }

  /** The last to speak first. */
  get speakers(): readonly string[] {
    return this.#speakers;
  }

  spoke(peerId: string): void {
    this.#speakers = [peerId, ...this.#speakers.filter((other) => other !== peerId)].slice(0, SPEAKERS_REMEMBERED);
  }

  forget(peerId: string): void {
    this.#heard.delete(peerId);
    this.#speakers = this.#speakers.filter((other) => other !== peerId);
  }

  /** Level of the last second, for comparing speakers of several routers. */
  levelOf(peerId: string, nowMs: number): number {
    const heard = this.#heard.get(peerId);
    return heard && nowMs - heard.atMs < 1_000 ? heard.dBov : -127;
  }

  /**
   * All of `peerIds`, the first to be forwarded first: those heard within the hold, the louder before the others, then
   * those who are forwarded already (no churn among the silent), then the rest in their order.
   */
  rank(peerIds: readonly string[], forwarded: ReadonlySet<string>, nowMs: number): string[] {
    const score = (peerId: string): number => {
      const heard = this.#heard.get(peerId);
      const isForwarded = forwarded.has(peerId);
      if (heard && nowMs - heard.atMs <= this.#holdMs) return heard.dBov + (isForwarded ? HYSTERESIS_DB : 0);
      return isForwarded ? -500 : -1_000;
    };
    return [...peerIds].sort((a, b) => score(b) - score(a));
  }
}
