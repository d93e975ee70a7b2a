/**
 * Maps the RTP timestamps of sound and picture to our own clock. Sender reports tie both to the sender's clock; what ties that one to
 * ours is shared by both, so that they stay in step with each other whatever our estimate of it is worth.
 */

/** Milliseconds of `performance.now()`. */
export type LocalMs = number;

export const JUMP_MS = 80;
/** What is farther off would be slewed for minutes, and its sound never be in time: it is followed at once. */
const STEP_MS = 300;
export const RATE_HZ = { picture: 90_000, sound: 48_000 };
const SLEWED_MS_PER_S = 1;
const REPORTS = 5;
/**
 * The first reports of a media node rest on arrival; it learns the sender's own clock from three reports. Until then a source follows
 * at once: a hiccup at its start is better than minutes out of step.
 */
const SETTLES_MS = 10_000;
/**
 * Reports that differ from arrivals by more cannot be true, or come too late: on a machine that is short of processor time a browser's
 * sound loses samples, so that its timestamps fall behind by seconds while reports of them are still averaged.
 */
const IMPLAUSIBLE_MS = { picture: 1_500, sound: 150 };
/** The fastest packet of so long counts, where arrival counts. */
const ARRIVALS_MS = 1_000;

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};

/** A value that follows the median of its last measurements, at most 1 ms each second once it has settled. */
export class SlewedOffset {
  readonly #measured: number[] = [];
  readonly #onJump: (byMs: number) => void;
  #valueMs: number | null = null;
  #atMs = 0;
  #firstAtMs = 0;
  #isJumping = false;

  constructor(onJump: (byMs: number) => void) {
    this.#onJump = onJump;
  }

  measure(offsetMs: number, nowMs: LocalMs): void {
    this.#measured.push(offsetMs);
    if (this.#measured.length > REPORTS) this.#measured.shift();
    if (this.#valueMs === null) {
      this.#valueMs = offsetMs;
      this.#atMs = nowMs;
      this.#firstAtMs = nowMs;
      return;
    }
    if (nowMs - this.#firstAtMs < SETTLES_MS) {
      this.#valueMs = median(this.#measured);
      this.#atMs = nowMs;
      return;
    }
    this.#valueMs = this.at(nowMs) ?? offsetMs;
    this.#atMs = nowMs;
    const byMs = median(this.#measured) - this.#valueMs;
    const isJumping = Math.abs(byMs) > JUMP_MS;
    if (isJumping && !this.#isJumping) this.#onJump(byMs);
    if (Math.abs(byMs) > STEP_MS) this.#valueMs += byMs;
    this.#isJumping = isJumping && Math.abs(byMs) <= STEP_MS;
  }

  /** Null before the first measurement. */
  at(nowMs: LocalMs): number | null {
    if (this.#valueMs === null) return null;
    const most = (Math.max(0, nowMs - this.#atMs) / 1_000) * SLEWED_MS_PER_S;
    const wanted = median(this.#measured) - this.#valueMs;
    return this.#valueMs + Math.max(-most, Math.min(most, wanted));
  }
}

/** What ties the sender's clock to ours: of the media node's machine, for all sources. */
export class SenderClock {
  readonly #offset: SlewedOffset;

  constructor(onJump: (byMs: number) => void) {
    this.#offset = new SlewedOffset(onJump);
  }

  /** @param ntpMs when the report was sent, by the sender's clock */
  report(ntpMs: number, nowMs: LocalMs): void {
    this.#offset.measure(nowMs - ntpMs, nowMs);
  }

  /** Ours less theirs; null before the first report. */
  offsetMs(nowMs: LocalMs): number | null {
    return this.#offset.at(nowMs);
  }
}

/** One source (SSRC): its timestamps have no wraps any more. */
export class SourceClock {
  readonly #kind: 'picture' | 'sound';
  readonly #rateHz: number;
  readonly #sender: SenderClock;
  readonly #reported: SlewedOffset;
  /** of the last packets, when each came less its media time */
  #arrivals: { atMs: LocalMs; offsetMs: number }[] = [];

  constructor(kind: 'picture' | 'sound', sender: SenderClock, onJump: (byMs: number) => void) {
    this.#kind = kind;
    this.#rateHz = RATE_HZ[kind];
    this.#sender = sender;
    this.#reported = new SlewedOffset(onJump);
  }

  report(ntpMs: number, timestamp: number, nowMs: LocalMs): void {
    this.#reported.measure(ntpMs - (timestamp / this.#rateHz) * 1_000, nowMs);
  }

  /** When it was captured, by our clock. By its arrival where no report came, or reports that cannot be true. */
  capturedAtMs(timestamp: number, nowMs: LocalMs): LocalMs {
    const mediaMs = (timestamp / this.#rateHz) * 1_000;
    const arrivedMs = mediaMs + this.#fastest(nowMs - mediaMs, nowMs);
    const reported = this.#reported.at(nowMs);
    const sender = this.#sender.offsetMs(nowMs);
    if (reported === null || sender === null) return arrivedMs;
    const reportedMs = mediaMs + reported + sender;
    return Math.abs(reportedMs - arrivedMs) > IMPLAUSIBLE_MS[this.#kind] ? arrivedMs : reportedMs;
  }

  #fastest(offsetMs: number, nowMs: LocalMs): number {
    // one that is followed by a faster one counts no more
    this.#arrivals = this.#arrivals.filter((each) => each.offsetMs < offsetMs && nowMs - each.atMs <= ARRIVALS_MS);
    this.#arrivals.push({ atMs: nowMs, offsetMs });
    return this.#arrivals[0]!.offsetMs;
  }
}
