/** The codes that TVs show, as their kiosks published them (hashes). Finds whose code was typed, in constant time. */
import { PAIRING_CODE_TTL_MS } from '#contract/limits.ts';
import type { PairingOffer } from '#contract/pairing-offer.ts';
import { hashOf, sameHash } from '../store/index.ts';

/** `untilMs`: by the monotonic clock */
type Offered = { sha256: string; untilMs: number };

export class PairingOffers {
  readonly #byRoom = new Map<string, Offered[]>();

  /** The whole offer of a room. `roomNowMs`: what its clock says now. */
  receive(roomId: string, offer: PairingOffer, roomNowMs: number, nowMs = performance.now()): void {
    const former = this.#byRoom.get(roomId) ?? [];
    this.#byRoom.set(
      roomId,
      offer.codes.map(({ sha256, expiresAtMs }) => ({
        sha256,
        // said again, it is no younger
        untilMs:
          former.find((known) => known.sha256 === sha256)?.untilMs ??
          nowMs + Math.min(expiresAtMs - roomNowMs, PAIRING_CODE_TTL_MS),
      })),
    );
  }

  /** Every offer is compared, found or not. `leftMs`: how long it would still be good. */
  find(code: string, nowMs = performance.now()): { roomId: string; sha256: string; leftMs: number } | null {
    let found: { roomId: string; sha256: string; leftMs: number } | null = null;
    for (const [roomId, offers] of this.#byRoom) {
      const typed = hashOf(`${roomId}:${code}`);
      for (const { sha256, untilMs } of offers) {
        if (sameHash(sha256, typed) && nowMs < untilMs) found = { roomId, sha256, leftMs: untilMs - nowMs };
      }
    }
    return found;
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
