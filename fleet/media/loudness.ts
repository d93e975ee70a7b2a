/**
 * The voices of one call: their levels, their ranking, and the order in which they last spoke. Pure; the caller passes
 * the time. The node forwards by it, the stage has its own hold-off.
 */
export type PeerLevel = { peerId: string; dBov: number };

/** A newcomer must be this much louder to replace a voice of the last hold time. */
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
