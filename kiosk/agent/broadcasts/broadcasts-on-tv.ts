/**
 * The broadcast on an idle TV: runs the tuning, gets what lets the page at the picture, and keeps that fresh. What is to be
 * shown is tuning.ts.
 */
import type { Logger } from 'pino';
import { type ErrorCode, ErrorCode as ErrorCodes } from '#contract/error-codes.ts';
import { type Viewing, WATCH_TOKEN_RENEWED_AFTER_MS } from '#contract/live-delivery.ts';
import type { ProjectionContent } from '#contract/relayed-projections.ts';
import { EpochMs, Id, z } from '#contract/schema.ts';
import type { ScreenEffect } from '#contract/screen-link.ts';
import {
  nextChangeMs,
  refusalOfTap,
  stepTuning,
  type TunedIn,
  type Tuning,
  type TuningEvent,
  UNTUNED,
} from './tuning.ts';

/** Over restarts of the agent: somebody's tap, and what nobody wants to see again. */
export const RememberedTuning = z.object({
  byTap: z
    .object({ broadcastId: Id, title: z.string(), sinceMs: EpochMs, heldBy: z.array(z.string()).max(20) })
    .nullable(),
  stoppedIds: z.array(Id).max(20),
});
export type RememberedTuning = z.infer<typeof RememberedTuning>;

export type OnTv = 'by-tap' | 'by-itself' | null;
export type BroadcastsOnTvOptions = {
  logger: Logger;
  memory: { load: () => RememberedTuning | null; save: (remembered: RememberedTuning | null) => void };
  /** false: no screen is there */
  perform: (effect: ScreenEffect) => boolean;
  /** null: no answer */
  requestViewing: (broadcastId: string) => Promise<Viewing | ErrorCode | null>;
  publish: (shown: ProjectionContent<'broadcasts'>) => void;
  /** a broadcast is on it: it is not switched off */
  onTv: (shown: OnTv) => void;
};

const ASKED_AGAIN_MS = 15_000;
/** A wall clock that jumps is noticed after so long. */
const LONGEST_SLEEP_MS = 60_000;

export class BroadcastsOnTv {
  readonly #options: BroadcastsOnTvOptions;
  #tuning: Tuning = UNTUNED;
  #isIdle = false;
  #showsDocument = false;
  /** of what is tuned in to */
  #viewing: Viewing | null = null;
  #published = '';
  #remembered = '';
  #onTv: OnTv = null;
  /** what a tap waits for */
  #opening: Promise<ErrorCode | null> = Promise.resolve(null);
  /** the page has been asked to show one */
  #isOnPage = false;
  #isStopped = false;
  readonly #timers = new Map<'next' | 'viewing', NodeJS.Timeout>();

  constructor(options: BroadcastsOnTvOptions) {
    this.#options = options;
  }

  start(rule: Tuning['rule']): void {
    const { byTap, stoppedIds } = this.#options.memory.load() ?? { byTap: null, stoppedIds: [] };
    const tunedIn = byTap && { ...byTap, isByTap: true, untilMs: null };
    const notBeforeMs = new Map(stoppedIds.map((id) => [id, Number.POSITIVE_INFINITY]));
    // the room is looked at before anything ends
    this.#tuning = { ...UNTUNED, rule, isFree: true, tunedIn, notBeforeMs };
    if (tunedIn !== null) void this.#open(tunedIn.broadcastId);
    this.#settle();
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  followRoom(isIdle: boolean): void {
    this.#isIdle = isIdle;
    this.#freeOrNot();
  }
  showsDocument(shows: boolean): void {
    this.#showsDocument = shows;
    this.#freeOrNot();
  }
  handle(event: Exclude<TuningEvent, { type: 'watch' | 'free' | 'time' }>): void {
    this.#step(event);
  }

  /** @returns why it can't be done; null: done */
  async watch(broadcastId: string | null): Promise<ErrorCode | null> {
    if (broadcastId === null) {
      this.#step({ type: 'watch', broadcastId });
      return null;
    }
    const refusal = refusalOfTap(this.#tuning, broadcastId);
    if (refusal !== null) return refusal;
    const isNew = this.#tuning.tunedIn?.broadcastId !== broadcastId;
    this.#step({ type: 'watch', broadcastId });
    if (!isNew) return null;
    // what another tap, or a call, put in its place is no failure of this one
    return this.#opening;
  }

  /** A page that may know nothing has come. */
  onScreenConnected(): void {
    this.#show();
  }

  #freeOrNot(): void {
    this.#step({ type: 'free', isFree: this.#isIdle && !this.#showsDocument });
  }

  #step(event: TuningEvent): void {
    const before = this.#tuning.tunedIn;
    this.#tuning = stepTuning(this.#tuning, event, Date.now());
    const { tunedIn } = this.#tuning;
    if (tunedIn?.broadcastId !== before?.broadcastId) {
      this.#options.logger.info({ broadcastId: tunedIn?.broadcastId ?? null, by: event.type }, 'the TV tunes in');
      this.#viewing = null;
      this.#timer('viewing', null);
      if (tunedIn === null) {
        if (this.#isOnPage) this.#show();
      } else this.#opening = this.#open(tunedIn.broadcastId, { isWaitedFor: event.type === 'watch' });
    }
    this.#settle();
  }

  /** At first, and again before the token expires. */
  async #open(broadcastId: string, { isWaitedFor = false } = {}): Promise<ErrorCode | null> {
    const answer = await this.#options.requestViewing(broadcastId);
    const tunedIn = this.#tuning.tunedIn;
    if (this.#isStopped || tunedIn?.broadcastId !== broadcastId) return null;
    if (answer === null) {
      if (isWaitedFor) return this.#fail(broadcastId, 'not-possible-now');
      // the picture goes on without the fleet, as long as its token holds
      this.#timer('viewing', ASKED_AGAIN_MS, () => void this.#open(broadcastId));
      return null;
    }
    if (ErrorCodes.safeParse(answer).success) return this.#fail(broadcastId, answer as ErrorCode);
    this.#viewing = answer as Viewing;
    if (!this.#show() && isWaitedFor) return this.#fail(broadcastId, 'no-screen');
    this.#timer('viewing', WATCH_TOKEN_RENEWED_AFTER_MS, () => void this.#open(broadcastId));
    return null;
  }

  #fail(broadcastId: string, code: ErrorCode): ErrorCode {
    this.#step({ type: 'ended', broadcastId, code });
    return code;
  }

  /** @returns false: no screen is there */
  #show(): boolean {
    const { tunedIn } = this.#tuning;
    const shown = tunedIn && this.#viewing && { title: tunedIn.title, viewing: this.#viewing };
    this.#isOnPage = this.#options.perform({ name: 'show-broadcast', shown }) && shown !== null;
    return shown === null || this.#isOnPage;
  }

  /** After each change: what others see of it, does the TV have to be on, what is remembered, and when to look again. */
  #settle(): void {
    if (this.#isStopped) return;
    const { tunedIn, offered, refusal, rule } = this.#tuning;
    const shown = tunedIn && { broadcastId: tunedIn.broadcastId, title: tunedIn.title, sinceMs: tunedIn.sinceMs };
    const content = { offered: rule === 'never' ? [] : [...offered], shown, refusal };
    const text = JSON.stringify(content);
    if (text !== this.#published) {
      this.#published = text;
      this.#options.publish(content);
    }
    const onTv: OnTv = tunedIn === null ? null : tunedIn.isByTap ? 'by-tap' : 'by-itself';
    if (onTv !== this.#onTv) {
      this.#onTv = onTv;
      this.#options.onTv(onTv);
    }
    this.#remember(tunedIn);
    const nowMs = Date.now();
    const inMs = nextChangeMs(this.#tuning, nowMs) - nowMs;
    this.#timer('next', Math.min(inMs, LONGEST_SLEEP_MS), () => this.#step({ type: 'time' }));
  }

  #remember(tunedIn: TunedIn | null): void {
    const byTap = tunedIn?.isByTap
      ? {
          broadcastId: tunedIn.broadcastId,
          title: tunedIn.title,
          sinceMs: tunedIn.sinceMs,
          heldBy: [...tunedIn.heldBy].slice(0, 20),
        }
      : null;
    const stopped = [...this.#tuning.notBeforeMs].filter(([, atMs]) => !Number.isFinite(atMs));
    const stoppedIds = stopped.map(([id]) => id).slice(-20);
    const remembered = byTap === null && stoppedIds.length === 0 ? null : { byTap, stoppedIds };
    const text = JSON.stringify(remembered);
    if (text === this.#remembered) return;
    this.#remembered = text;
    this.#options.memory.save(remembered);
  }

  /** null clears it */
  #timer(name: 'next' | 'viewing', delayMs: number | null, run?: () => void): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
    if (delayMs === null || this.#isStopped) return;
    this.#timers.set(
      name,
      setTimeout(() => {
        this.#timers.delete(name);
        run?.();
      }, delayMs),
    );
  }
}
