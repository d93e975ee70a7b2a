/**
 * Whom the kiosk itself lets in: phones by the code on its TV, for as long as the fleet would (15 minutes without a
 * meeting, or after its end), and the tablets that the fleet has named, for good. Tokens are kept as hashes alone.
 */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { v7 } from 'uuid';
import { type ErrorCode, UserError } from '#contract/error-codes.ts';
import { PAIRING_IDLE_TTL_MS } from '#contract/limits.ts';
import type { RoomPhase } from '#contract/room-state.ts';
import { Id, z } from '#contract/schema.ts';
import type { RoomDesired } from '#contract/topics.ts';
import { AttemptLimit, TokenBucket } from '#edge/attempt-limit.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { PairingCodes } from '../pairing-codes.ts';
import { keptValue } from '../store/kept-value.ts';
import type { RoomStore } from '../store/room-store.ts';
import type { LanPairing } from '../store/rows.ts';

const SWEEP_INTERVAL_MS = 5_000;
const TOUCH_INTERVAL_MS = 60_000;
/** so long a token that is over is told so, instead of being called unknown */
const REVOKED_KEPT_MS = 7 * 86_400_000;
const MOST_KEPT = 500;
const SLOWED_MS = 1_000;

const Tablets = z.object({
  tablets: z.array(z.object({ pairingId: Id, tokenSha256: z.string() })),
  /** hashes of those that the fleet took back */
  former: z.array(z.string()),
});
const MOST_FORMER = 50;

export type AdmittedController = { pairingId: string; kind: 'phone' | 'tablet' };
export type LanPairingsOptions = {
  store: Pick<RoomStore, 'pairings' | 'keepPairing' | 'forgetPairing' | 'value' | 'keep'>;
  codes: Pick<PairingCodes, 'redeem'>;
  phase: () => RoomPhase['name'];
  /** its links end now */
  onEnded: (pairingId: string) => void;
  clock: WallClock;
  logger: Logger;
};

export class LanPairings {
  readonly #options: LanPairingsOptions;
  readonly #clock: WallClock;
  readonly #byNetwork = new AttemptLimit({ burst: 10, refillPerMinute: 10 });
  readonly #ofRoom = new TokenBucket({ burst: 30, refillPerMinute: 3 });
  readonly #overall = new TokenBucket({ burst: 100, refillPerMinute: 600 });
  #lastInCallAtMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LanPairingsOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#clock.onJump((byMs) => this.#move(byMs));
  }

  start(): void {
    this.#timer = setInterval(() => this.#sweep(), SWEEP_INTERVAL_MS);
    this.#sweep();
  }
  stop(): void {
    clearInterval(this.#timer);
  }

  /** A code works once, here or at the fleet. @throws UserError pairing-code-invalid, too-many-attempts */
  async pair(code: string, network: string): Promise<{ controllerToken: string; pairingId: string }> {
    const { store, codes, logger } = this.#options;
    if (!this.#byNetwork.allows(network) || this.#ofRoom.levelAt() < 1)
      return this.#refuse('too-many-attempts', network);
    if (!codes.redeem(code)) {
      this.#byNetwork.count(network);
      // flooded from everywhere: wrong answers turn slow, right ones stay quick
      if (!this.#overall.take()) await sleep(SLOWED_MS);
      return this.#refuse('pairing-code-invalid', network);
    }
    this.#ofRoom.take();
    const controllerToken = randomBytes(32).toString('base64url');
    const nowMs = this.#clock.nowMs();
    const pairing: LanPairing = {
      pairingId: v7(),
      tokenSha256: hashOf(controllerToken),
      createdAtMs: nowMs,
      lastUsedAtMs: nowMs,
      revokedAtMs: null,
    };
    store.keepPairing(pairing);
    logger.info({ network, pairingId: pairing.pairingId }, 'lan: phone paired');
    return { controllerToken, pairingId: pairing.pairingId };
  }

  /** @throws UserError token-invalid, pairing-revoked */
  admit(token: string): AdmittedController {
    const tokenSha256 = hashOf(token);
    const { tablets, former } = this.#tablets;
    const tablet = tablets.find((each) => each.tokenSha256 === tokenSha256);
    if (tablet) return { pairingId: tablet.pairingId, kind: 'tablet' };
    const pairing = this.#options.store.pairings.find((each) => each.tokenSha256 === tokenSha256);
    if (pairing && pairing.revokedAtMs === null && !this.#isOver(pairing, this.#clock.nowMs()))
      return { pairingId: pairing.pairingId, kind: 'phone' };
    throw new UserError(pairing || former.includes(tokenSha256) ? 'pairing-revoked' : 'token-invalid');
  }

  /** Nobody has ended it, and the fleet still names the tablet. */
  isLive(pairingId: string): boolean {
    const phone = this.#options.store.pairings.find((each) => each.pairingId === pairingId);
    return phone ? phone.revokedAtMs === null : this.#tablets.tablets.some((each) => each.pairingId === pairingId);
  }

  /** A person did something with it. */
  touch(pairingId: string): void {
    const pairing = this.#options.store.pairings.find((each) => each.pairingId === pairingId);
    const nowMs = this.#clock.nowMs();
    if (pairing && nowMs - pairing.lastUsedAtMs >= TOUCH_INTERVAL_MS)
      this.#options.store.keepPairing({ ...pairing, lastUsedAtMs: nowMs });
  }

  /** A phone's own wish. */
  end(pairingId: string): void {
    const pairing = this.#options.store.pairings.find((each) => each.pairingId === pairingId);
    if (pairing && pairing.revokedAtMs === null) this.#revoke(pairing);
  }

  /** The fleet's list, the whole of it: who is not on it any more is out at once. */
  setTablets(list: NonNullable<RoomDesired['tablets']>): void {
    const { tablets, former } = this.#tablets;
    const gone = tablets.filter(({ tokenSha256 }) => !list.some((each) => each.tokenSha256 === tokenSha256));
    if (gone.length === 0 && tablets.length === list.length) return;
    const nowFormer = [...former, ...gone.map(({ tokenSha256 }) => tokenSha256)].slice(-MOST_FORMER);
    this.#keptTablets.save({ tablets: list, former: nowFormer });
    for (const { pairingId } of gone) this.#options.onEnded(pairingId);
  }

  get #tablets(): z.output<typeof Tablets> {
    return this.#keptTablets.load() ?? { tablets: [], former: [] };
  }
  get #keptTablets() {
    return keptValue(this.#options.store, 'tablets', Tablets);
  }

  #isOver({ createdAtMs, lastUsedAtMs }: LanPairing, nowMs: number): boolean {
    const phase = this.#options.phase();
    if (phase === 'starting' || phase === 'in-call') this.#lastInCallAtMs = nowMs;
    // paired before or during the last call: its end counts, whatever was tapped after it
    const fromMs = this.#lastInCallAtMs > createdAtMs ? this.#lastInCallAtMs : lastUsedAtMs;
    return nowMs - fromMs > PAIRING_IDLE_TTL_MS;
  }

  /** What the wall clock has jumped is not idle time. */
  #move(byMs: number): void {
    const { store } = this.#options;
    if (this.#lastInCallAtMs > 0) this.#lastInCallAtMs += byMs;
    for (const pairing of store.pairings) {
      const { createdAtMs, lastUsedAtMs, revokedAtMs } = pairing;
      if (revokedAtMs !== null) continue;
      store.keepPairing({ ...pairing, createdAtMs: createdAtMs + byMs, lastUsedAtMs: lastUsedAtMs + byMs });
    }
  }

  #sweep(): void {
    const nowMs = this.#clock.nowMs();
    const { store } = this.#options;
    const kept = store.pairings.toSorted((a, b) => a.createdAtMs - b.createdAtMs);
    for (const [index, pairing] of kept.entries()) {
      const { revokedAtMs, pairingId } = pairing;
      if (revokedAtMs === null && this.#isOver(pairing, nowMs)) this.#revoke(pairing);
      else if (revokedAtMs !== null && (nowMs - revokedAtMs > REVOKED_KEPT_MS || index < kept.length - MOST_KEPT))
        store.forgetPairing(pairingId);
    }
  }

  #revoke(pairing: LanPairing): void {
    this.#options.store.keepPairing({ ...pairing, revokedAtMs: this.#clock.nowMs() });
    this.#options.onEnded(pairing.pairingId);
  }

  #refuse(code: ErrorCode, network: string): never {
    this.#options.logger.warn({ network, code }, 'lan: pairing refused');
    throw new UserError(code);
  }
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
