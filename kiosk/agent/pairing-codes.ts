/**
 * The codes that phones pair with: one is shown, the one before is still accepted until its time is over. A new one is
 * offered first and shown once the fleet has it. When the clock was set another is offered at once. The fleet gets hashes alone.
 */
import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import {
  PAIRING_CODE_ALPHABET,
  PAIRING_CODE_LENGTH,
  PAIRING_CODE_ROTATION_MS,
  PAIRING_CODE_TTL_MS,
} from '#contract/limits.ts';
import type { PairingOffer } from '#contract/pairing-offer.ts';
import type { WallClock } from '#edge/wall-clock.ts';

type Code = { code: string; sha256: string; expiresAtMs: number };

export class PairingCodes {
  readonly #roomId: string;
  readonly #onChange: () => void;
  readonly #clock: WallClock;
  /** the newest first */
  #codes: Code[] = [];
  #shown = '';
  #timer: NodeJS.Timeout | undefined;

  constructor({ roomId, onChange, clock }: { roomId: string; onChange: () => void; clock: WallClock }) {
    this.#roomId = roomId;
    this.#onChange = onChange;
    this.#clock = clock;
    clock.onJump(() => {
      if (this.#codes.length === 0) return;
      this.#codes = [];
      this.#rotate();
    });
  }

  start(): void {
    this.#rotate();
    this.#timer = setInterval(() => this.#rotate(), PAIRING_CODE_ROTATION_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** What the TV shows. */
  get shown(): string {
    return this.#shown;
  }

  /** The fleet has this offer, or is gone: a phone that scans its newest code at once can pair. */
  show({ codes: [newest] }: PairingOffer): void {
    this.#shown = this.#codes.find(({ sha256 }) => sha256 === newest?.sha256)?.code ?? this.#shown;
  }

  get offer(): PairingOffer {
    return { codes: this.#codes.map(({ sha256, expiresAtMs }) => ({ sha256, expiresAtMs })) };
  }

  /** A phone has typed it here. True: it was good, once. Every code is compared, found or not. */
  redeem(typed: string): boolean {
    const sha256 = this.#hashOf(typed);
    const nowMs = this.#clock.nowMs();
    const found = this.#codes.filter(
      (each) => timingSafeEqual(Buffer.from(each.sha256), Buffer.from(sha256)) && nowMs < each.expiresAtMs,
    );
    for (const each of found) this.use(each.sha256);
    return found.length > 0;
  }

  /** A phone has paired with it: another is offered in its place at once. */
  use(sha256: string): void {
    const wasNewest = this.#codes[0]?.sha256 === sha256;
    this.#codes = this.#codes.filter((each) => each.sha256 !== sha256);
    if (wasNewest) this.#rotate();
    else this.#onChange();
  }

  #rotate(): void {
    const nowMs = this.#clock.nowMs();
    const code = Array.from(
      { length: PAIRING_CODE_LENGTH },
      () => PAIRING_CODE_ALPHABET[randomInt(PAIRING_CODE_ALPHABET.length)],
    ).join('');
    const sha256 = this.#hashOf(code);
    const valid = this.#codes.filter(({ expiresAtMs }) => expiresAtMs > nowMs).slice(0, 2);
    this.#codes = [{ code, sha256, expiresAtMs: nowMs + PAIRING_CODE_TTL_MS }, ...valid];
    if (this.#shown === '') this.#shown = code;
    this.#onChange();
  }

  #hashOf(code: string): string {
    return createHash('sha256').update(`${this.#roomId}:${code}`).digest('hex');
  }
}
