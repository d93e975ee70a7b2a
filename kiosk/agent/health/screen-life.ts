/**
 * Whether the page on the TV lives: pure, from its connections and its signs of life. Also why a page that comes is another one
 * than before.
 */
import type { UNKNOWN } from '#contract/open-words.ts';
import type { KioskHealth } from '#contract/kiosk-health.ts';
import type { RoomEvent } from '#contract/room-events.ts';

export type ScreenLifeEvent =
  /** `userAgent`: of its browser */
  | { type: 'came'; screenId: string; userAgent: string | null }
  | { type: 'alive'; showsNothing: boolean }
  | { type: 'gone' }
  /** somebody wants it to load itself anew */
  | { type: 'asked' }
  /** the agent itself did not run for so long: nobody listened to the page */
  | { type: 'stood-still'; forMs: number };
type Because = Exclude<Extract<RoomEvent, { name: 'screen-started' }>['because'], typeof UNKNOWN>;
export type ScreenState = KioskHealth['screen']['state'];

/** A page sends a sign each second; a machine under load is late. */
const FROZEN_AFTER_MS = 5_000;
/** A page that is loaded again is back within this, and an agent that has just started knows no page yet. */
const MISSING_AFTER_MS = 8_000;
/** A scene that changes is empty for a moment. */
const BLACK_AFTER_MS = 3_000;
const ASKED_FOR_MS = 60_000;

export class ScreenLife {
  #screenId: string | null;
  #isThere = false;
  #aliveAtMs = 0;
  #goneAtMs: number;
  /** since when nothing is to be seen on it */
  #emptySinceMs: number | null = null;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #wasFrozen = false;
  #startCount = 0;
  userAgent: string | null = null;

  /** @param screenId of the last page that the former agent knew; null: none */
  constructor(screenId: string | null, nowMs: number) {
    this.#screenId = screenId;
    this.#goneAtMs = nowMs;
  }

  get startCount(): number {
    return this.#startCount;
  }

  /** @returns why another page began; null: none did */
  handle(event: ScreenLifeEvent, nowMs: number): Because | null {
    switch (event.type) {
      case 'alive':
        this.#aliveAtMs = nowMs;
        this.#wasFrozen = false;
        this.#emptySinceMs = event.showsNothing ? (this.#emptySinceMs ?? nowMs) : null;
        return null;
      case 'gone':
        this.#wasFrozen ||= this.stateAt(nowMs) === 'frozen';
        this.#isThere = false;
        this.#goneAtMs = nowMs;
        return null;
      case 'asked':
        this.#askedAtMs = nowMs;
        return null;
      case 'stood-still':
        this.#aliveAtMs = Math.min(nowMs, this.#aliveAtMs + event.forMs);
        this.#goneAtMs = Math.min(nowMs, this.#goneAtMs + event.forMs);
        return null;
      case 'came': {
        const [isOther, isFirst] = [event.screenId !== this.#screenId, this.#screenId === null];
        const wasFrozen = this.#wasFrozen || (this.#isThere && this.stateAt(nowMs) === 'frozen');
        const wasAsked = nowMs - this.#askedAtMs < ASKED_FOR_MS;
        this.userAgent = event.userAgent;
        this.#screenId = event.screenId;
        this.#isThere = true;
        this.#emptySinceMs = null;
        this.#aliveAtMs = nowMs;
        this.#wasFrozen = false;
        if (!isOther) return null;
        this.#startCount += 1;
        this.#askedAtMs = Number.NEGATIVE_INFINITY;
        if (isFirst) return 'start';
        return wasAsked ? 'asked' : wasFrozen ? 'frozen' : 'reload';
      }
    }
  }

  stateAt(nowMs: number): Exclude<ScreenState, typeof UNKNOWN> {
    if (!this.#isThere) return nowMs - this.#goneAtMs > MISSING_AFTER_MS ? 'missing' : 'well';
    if (nowMs - this.#aliveAtMs > FROZEN_AFTER_MS) return 'frozen';
    return this.#emptySinceMs !== null && nowMs - this.#emptySinceMs >= BLACK_AFTER_MS ? 'black' : 'well';
  }
}
