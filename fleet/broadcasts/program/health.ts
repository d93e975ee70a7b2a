/** Whether a program's page still sends what it should, judged by its reports alone. Pure; times in milliseconds, of one clock. */
import type { FromProgramPage } from '#contract/program-page.ts';

export type PageReport = Extract<FromProgramPage, { name: 'report' }>;

/** The next page needs most of a second, and two in all are promised. Without a report: its thread, its renderer or its browser hangs. */
export const HUNG_AFTER_MS = 1_000;
/** In a call, without these frames more: a key frame that is asked for shows the last picture again, and is none that was drawn. */
export const FEWEST_FRAMES = 2;
export const STARVING_AFTER_MS = 1_000;
/** It captures its own tab and joins; the first frame is due by then. */
export const FIRST_FRAME_WITHIN_MS = 8_000;

/** A page that has just begun joins, negotiates and draws everybody at once: its thread is busy, and is given more time. */
export const SETTLED_AFTER_MS = 5_000;
export const HUNG_BEFORE_MS = 4_000;

/** It is looked at ten times a second: later than so, this process itself stood still, and reports wait to be read. */
const STOOD_STILL_MS = 500;

export class PageHealth {
  readonly #sinceMs: number;
  #lookedAtMs: number;
  #reportedAtMs: number;
  #hasReported = false;
  /** when frames were last in time */
  #frames = 0;
  /** since when frames are due without another; null: none are due */
  #dueSinceMs: number | null = null;
  #hasSent = false;
  /** the present one: a media worker's death brings another */
  #hasSenderSent = false;

  /** @param nowMs it was given a call */
  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
    this.#lookedAtMs = nowMs;
    this.#reportedAtMs = nowMs;
  }

  get hasSent(): boolean {
    return this.#hasSent;
  }

  follow({ call, framesEncoded }: PageReport, nowMs: number): void {
    this.#reportedAtMs = nowMs;
    this.#hasReported = true;
    if (call === null) {
      this.#dueSinceMs = null;
      return;
    }
    // a new sender counts from zero again
    const isNewSender = framesEncoded < this.#frames;
    if (isNewSender) this.#hasSenderSent = false;
    if (framesEncoded > this.#frames) this.#hasSent = this.#hasSenderSent = true;
    if (this.#dueSinceMs !== null && !isNewSender && framesEncoded - this.#frames < FEWEST_FRAMES) return;
    this.#dueSinceMs = nowMs;
    this.#frames = framesEncoded;
  }

  /**
   * Asked ten times a second.
   * @param patience how many times as long as on an idle machine it is waited for
   * @returns why it is to be replaced, in English; null: it is well
   */
  complaint(nowMs: number, patience = 1): string | null {
    const stoodStillMs = nowMs - this.#lookedAtMs;
    this.#lookedAtMs = nowMs;
    if (stoodStillMs > STOOD_STILL_MS) {
      this.#reportedAtMs = Math.min(nowMs, this.#reportedAtMs + stoodStillMs);
      if (this.#dueSinceMs !== null) this.#dueSinceMs = Math.min(nowMs, this.#dueSinceMs + stoodStillMs);
    }
    const silentMs = nowMs - this.#reportedAtMs;
    const isSettled = this.#reportedAtMs - this.#sinceMs > SETTLED_AFTER_MS;
    const hungAfterMs = Math.max(isSettled ? 0 : HUNG_BEFORE_MS, patience * HUNG_AFTER_MS);
    if (silentMs > (this.#hasReported ? hungAfterMs : patience * FIRST_FRAME_WITHIN_MS)) return 'the page hangs';
    if (this.#dueSinceMs === null) return null;
    // what it does without a report is not known
    const starvedMs = this.#reportedAtMs - this.#dueSinceMs;
    const starvingAfterMs = Math.max(isSettled ? 0 : HUNG_BEFORE_MS, patience * STARVING_AFTER_MS);
    if (starvedMs > (this.#hasSenderSent ? starvingAfterMs : patience * FIRST_FRAME_WITHIN_MS))
      return 'the page sends no picture';
    return null;
  }
}
