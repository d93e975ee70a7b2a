/** The codes that TVs show, as their kiosks published them (hashes). Finds whose code was typed, in constant time. */
import { PAIRING_CODE_TTL_MS } from '#contract/limits.ts';
import type { PairingOffer } from '#contract/topics.ts';
import { hashOf, sameHash } from '../store/index.ts';

type Offered = { sha256: string; expiresAtMs: number; seenAtMs: number };

export class PairingOffers {
  readonly #byRoom = new Map<string, Offered[]>();

  /** The whole offer of a room; `clockOffsetMs`: its clock less ours. */
  take(roomId: string, offer: PairingOffer, clockOffsetMs: number, nowMs = Date.now()): void {
    const former = this.#byRoom.get(roomId) ?? [];
    this.#byRoom.set(
      roomId,
      offer.codes.map(({ sha256, expiresAtMs }) => ({
        sha256,
        expiresAtMs: expiresAtMs - clockOffsetMs,
        // said again, it is no younger
        seenAtMs: former.find((known) => known.sha256 === sha256)?.seenAtMs ?? nowMs,
      })),
    );
  }

  /** Every offer is compared, found or not. */
  find(code: string, nowMs = Date.now()): { roomId: string; sha256: string; expiresAtMs: number } | null {
    let found: { roomId: string; sha256: string; expiresAtMs: number } | null = null;
    for (const [roomId, offers] of this.#byRoom) {
      const typed = hashOf(`${roomId}:${code}`);
      for (const { sha256, expiresAtMs, seenAtMs } of offers) {
        const good = sameHash(sha256, typed) && nowMs < expiresAtMs && nowMs < seenAtMs + PAIRING_CODE_TTL_MS;
        if (good) found = { roomId, sha256, expiresAtMs };
      }
    }
    return found;
  }

  /** Something was offered since its codes were last forgotten. */
  knows(roomId: string): boolean {
    return this.#byRoom.has(roomId);
  }

  forget(roomId: string): void {
    this.#byRoom.delete(roomId);
  }

  withdraw(roomId: string, sha256: string): void {
    const offered = this.#byRoom.get(roomId);
    if (offered)
      this.#byRoom.set(
        roomId,
        offered.filter((each) => each.sha256 !== sha256),
      );
  }
}
