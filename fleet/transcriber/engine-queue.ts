/**
 * Which stretch of speech the engine gets next: some at once, of each track one after the other, and while the engine fails the
 * newest alone, again and again. Bounded: what waits too long gives way.
 */
import { type RetryPauses, retryAfterMs } from '#contract/retry-after.ts';
import { EngineFault } from './engine-fault.ts';

export type WaitingSpeech = { trackId: string; sinceMs: number };
export type EngineQueueOptions<S extends WaitingSpeech> = {
  atOnce: number;
  /** @throws EngineFault where the engine did not answer with words */
  ask: (speech: S, signal: AbortSignal) => Promise<void>;
  /** when it changes */
  onFailing: (isFailing: boolean) => void;
  log: (what: string, details: object) => void;
  nowMs?: () => number;
  pauses?: RetryPauses;
};

const MOST_WAITING = 32;
const MOST_WAITING_OF_TRACK = 8;
/** Words that come later interest nobody, and would look as if they had just been spoken. */
const WORTH_FOR_MS = 120_000;
const PAUSES: RetryPauses = { firstMs: 1_000, longestMs: 30_000 };

export class EngineQueue<S extends WaitingSpeech> {
  readonly #options: EngineQueueOptions<S>;
  readonly #ended = new AbortController();
  /** oldest first */
  #waiting: S[] = [];
  readonly #busyTracks = new Set<string>();
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: EngineQueueOptions<S>) {
    this.#options = options;
  }

  get #isFailing(): boolean {
    return this.#failures > 0;
  }

  add(speech: S): void {
    const ofTrack = this.#waiting.filter(({ trackId }) => trackId === speech.trackId);
    if (this.#isFailing) this.#drop(this.#waiting, 'the engine fails');
    else if (ofTrack.length >= MOST_WAITING_OF_TRACK) this.#drop(ofTrack.slice(0, 1), 'the engine is slow');
    else if (this.#waiting.length >= MOST_WAITING) this.#drop(this.#waiting.slice(0, 1), 'the engine is slow');
    this.#waiting.push(speech);
    this.#next();
  }

  /** Nothing is asked any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
    this.#ended.abort(new Error('the transcriber ends'));
  }

  #next(): void {
    if (this.#isFailing) return;
    while (this.#busyTracks.size < this.#options.atOnce) {
      const next = this.#waiting.find(({ trackId }) => !this.#busyTracks.has(trackId));
      if (!next) return;
      void this.#ask(next);
    }
  }

  async #ask(speech: S): Promise<void> {
    this.#waiting = this.#waiting.filter((other) => other !== speech);
    this.#busyTracks.add(speech.trackId);
    try {
      await this.#options.ask(speech, this.#ended.signal);
      this.#onAnswer();
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      this.#onFault(speech, error);
    } finally {
      this.#busyTracks.delete(speech.trackId);
      this.#next();
    }
  }

  #onAnswer(): void {
    if (!this.#isFailing) return;
    this.#failures = 0;
    clearTimeout(this.#timer);
    this.#options.log('the speech engine answers again', {});
    this.#options.onFailing(false);
  }

  #onFault(speech: S, error: unknown): void {
    const { log, onFailing, pauses = PAUSES } = this.#options;
    this.#waiting.unshift(speech);
    this.#drop(this.#waiting.slice(0, -1), 'the engine fails');
    const againInMs = retryAfterMs(this.#failures, pauses);
    this.#failures += 1;
    const reason = error instanceof EngineFault ? error.message : 'our bug';
    log('the speech engine fails', { reason, againInMs, ...(!(error instanceof EngineFault) && { err: error }) });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tryAgain(), againInMs);
    if (this.#failures === 1) onFailing(true);
  }

  /** With the newest; where there is none any more, the next one tries. */
  #tryAgain(): void {
    const { nowMs = Date.now, pauses = PAUSES } = this.#options;
    const newest = this.#waiting.at(-1);
    if (newest && nowMs() - newest.sinceMs > WORTH_FOR_MS) this.#drop([newest], 'it is too old');
    else if (newest && !this.#busyTracks.has(newest.trackId)) return void this.#ask(newest);
    this.#timer = setTimeout(() => this.#tryAgain(), pauses.firstMs);
  }

  #drop(dropped: readonly S[], why: string): void {
    if (dropped.length === 0) return;
    this.#waiting = this.#waiting.filter((speech) => !dropped.includes(speech));
    this.#options.log('speech is not written', { stretches: dropped.length, why });
  }
}
