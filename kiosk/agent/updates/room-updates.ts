/**
 * Carries a room's update out, one step at a time: looks at box and room, keeps what came to its end, and begins what
 * update-steps.ts names next. Whatever runs is ended when another step is next; nothing here lives longer than the process.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { type ProofCheck, type RoomUpdateDesired, UPDATE_COUNTDOWN_MS, NOT_NOW_MS } from '#contract/room-update.ts';
import { FeedError } from '#edge/signed-releases/feed-error.ts';
import type { RoomEventDraft } from '../room-event-outbox.ts';
import type { BoxFiles, BoxFacts, RunningRelease } from './box-facts.ts';
import { type KeptUpdates, NOTHING_KEPT, type RoomBefore } from './kept-updates.ts';
import { type ProofResult, prove, requiredOf, whatPasses } from './proof.ts';
import type { Patience, RoomChecks } from './room-checks.ts';
import { OlderReleaseError } from './older-release-error.ts';
import { type ShownUpdate, shownUpdate } from './shown-update.ts';
import type { StagedRelease } from './staged-release.ts';
import { afterOrder, afterTrial, failedAt, type Outcome, pausedAt } from './update-outcomes.ts';
import {
  countdownLeft,
  mayPutOff,
  type NextStep,
  nextStep,
  type QuietFacts,
  type UpdateFacts,
  type WantedRelease,
} from './update-steps.ts';
import type { UpdaterOrders } from './updater-orders.ts';

type File<T> = { read: () => T | null; write: (value: T) => void };
export type RoomUpdatesOptions = {
  running: RunningRelease & { version: string };
  box: Pick<BoxFiles, 'read' | 'report'>;
  orders: Pick<UpdaterOrders, 'give' | 'leaveProof'>;
  kept: File<KeptUpdates>;
  before: File<RoomBefore>;
  staging: Pick<StagedRelease, 'fetch' | 'verify' | 'clear'>;
  room: () => QuietFacts;
  offersNotNow: () => boolean;
  checks: (patience: Patience) => Pick<RoomChecks, 'check' | 'sampleMemory'>;
  record: (draft: RoomEventDraft) => void;
  publish: (shown: ShownUpdate) => void;
  /** null: not known; the box's own clock stands in */
  fleetNowMs: () => number | null;
  logger: Logger;
  /** of tests */
  nowMs?: () => number;
  tickingMs?: () => number;
  provenWithinMs?: number;
};

/** In the countdown: what does not work now is not required afterwards. */
const NOW: Patience = { screenMs: 10_000, networkMs: 0, selfTests: 1, calls: 1 };
/** After the switch: a box's devices come one by one. */
const AFTERWARDS: Patience = { screenMs: 100_000, networkMs: 100_000, selfTests: 3, calls: 3 };
/** The countdown waits for it. */
const LOOK_WITHIN_MS = 55_000;
const LOOKED_AT: readonly ProofCheck[] = ['screen', 'camera', 'microphone', 'speaker', 'network', 'call'];
const PROGRESS_EACH_MS = 2_000;

type Countdown = {
  releaseId: string;
  beganAtMs: number;
  endsAtMs: number;
  passed: ProofCheck[] | null;
  ends: AbortController;
};

export class RoomUpdates {
  readonly #options: RoomUpdatesOptions;
  readonly #nowMs: () => number;
  readonly #tickingMs: () => number;
  #kept: KeptUpdates;
  #work: { key: string; ends: AbortController } | null = null;
  #countdown: Countdown | null = null;
  #progress: ShownUpdate['progress'] = null;
  #progressShownAtMs = Number.NEGATIVE_INFINITY;
  #step: { name: string; sinceMs: number } = { name: '', sinceMs: 0 };
  #published = '';
  #isCleared = false;
  #isStopped = false;

  constructor(options: RoomUpdatesOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#tickingMs = options.tickingMs ?? (() => performance.now());
    this.#kept = options.kept.read() ?? NOTHING_KEPT;
  }

  stop(): void {
    this.#isStopped = true;
    this.#work?.ends.abort();
    this.#countdown?.ends.abort();
  }

  receive(desired: RoomUpdateDesired): void {
    this.#keep({ ...this.#kept, desired });
    this.look();
  }

  /** @returns false: it is not offered now */
  postpone(): boolean {
    const facts = this.#facts(this.#options.box.read());
    if (!mayPutOff(facts, this.#options.offersNotNow())) return false;
    const { release, deadlineMs } = this.#kept.desired!;
    const { releaseId } = release!;
    const deadlineHereMs = deadlineMs === null ? Number.POSITIVE_INFINITY : deadlineMs + facts.nowMs - facts.fleetNowMs;
    const untilMs = Math.round(Math.min(facts.nowMs + NOT_NOW_MS, deadlineHereMs));
    this.#keep({ ...this.#kept, notNow: { releaseId, untilMs } });
    this.#options.record({ name: 'update-postponed', releaseId, untilMs });
    this.look();
    return true;
  }

  /** Each second, and when something has changed. */
  look(): void {
    if (this.#isStopped) return;
    const { box: files, running } = this.#options;
    const box = files.read();
    this.#settle(afterTrial(this.#kept, box, running.version));
    this.#settle(afterOrder(this.#kept, files.report(), { box, nowMs: this.#nowMs() }));
    const facts = this.#facts(box);
    const next = nextStep(facts);
    this.#perform(next);
    this.#show(next, this.#facts(box));
  }

  #facts(box: BoxFacts): UpdateFacts {
    const { room, fleetNowMs } = this.#options;
    const nowMs = this.#nowMs();
    const countdown = this.#countdown;
    return {
      desired: this.#kept.desired,
      box,
      room: room(),
      kept: this.#kept,
      countdownLeftMs: countdown && countdownLeft(countdown.beganAtMs, this.#tickingMs()),
      isLookedAt: countdown !== null && countdown.passed !== null,
      nowMs,
      fleetNowMs: fleetNowMs() ?? nowMs,
    };
  }

  #perform(next: NextStep): void {
    const waitsForCountdown = next.step === 'wait' && next.waitsFor === 'countdown';
    const goesOn = waitsForCountdown || next.step === 'switch';
    if (this.#countdown !== null && !(goesOn && next.release.releaseId === this.#countdown.releaseId))
      this.#endCountdown();
    switch (next.step) {
      case 'none':
        this.#endWork();
        this.#clear();
        return;
      case 'fetch':
        if (!next.isPaused) this.#begin('fetch', next.release, (signal) => this.#fetch(next.release, signal));
        return;
      case 'verify':
        if (!next.isPaused) this.#begin('verify', next.release, (signal) => this.#verify(next.release, signal));
        return;
      case 'place':
        this.#endWork();
        if (!next.isOrdered && !next.isPaused) this.#order('place', next.release);
        return;
      case 'wait':
        this.#endWork();
        if (waitsForCountdown) this.#beginCountdown(next.release.releaseId);
        return;
      case 'switch':
        this.#endWork();
        if (!next.isOrdered && !next.isPaused) this.#switch(next.release);
        return;
      case 'prove':
        this.#begin('prove', next, (signal) => this.#prove(next.releaseId, signal));
        return;
      case 'confirm':
        this.#endWork();
        return;
    }
  }

  async #fetch(release: WantedRelease, signal: AbortSignal): Promise<void> {
    const { staging, running } = this.#options;
    this.#isCleared = false;
    const { facts, runningMadeAtMs } = await staging.fetch({
      release,
      runningId: running.releaseId,
      runningMadeAtMs: this.#kept.madeAtMs[running.releaseId ?? ''] ?? null,
      onProgress: (progress) => this.#onProgress(progress),
      signal,
    });
    const known = Object.entries({ [running.releaseId ?? '']: runningMadeAtMs, [facts.releaseId]: facts.madeAtMs });
    const madeAtMs = Object.fromEntries(known.filter((entry): entry is [string, number] => entry[1] !== null));
    this.#keep({ ...this.#kept, ready: { releaseId: release.releaseId, stage: 'fetched' }, madeAtMs });
  }

  async #verify(release: WantedRelease, signal: AbortSignal): Promise<void> {
    await this.#options.staging.verify(release, signal);
    this.#keep({ ...this.#kept, ready: { releaseId: release.releaseId, stage: 'verified' }, pause: null });
  }

  /** What root and network refuse ends a step; a bug of ours ends the part, which is made anew. */
  #onRefused(release: WantedRelease, error: unknown): void {
    if (!(error instanceof FeedError)) throw error;
    const { releaseId } = release;
    const { refusal, message } = error;
    this.#options.logger.warn({ releaseId, refusal, detail: message }, 'updates: refused');
    const nowMs = this.#nowMs();
    // the line to the fleet is shown elsewhere, and its end is awaited
    if (refusal === 'unreachable') this.#keep(pausedAt(this.#kept, releaseId, refusal, nowMs));
    else {
      const isHeld = error instanceof OlderReleaseError;
      this.#settle(failedAt(this.#kept, { releaseId, failure: 'refused', refusal, detail: message, isHeld, nowMs }));
    }
  }

  #order(order: 'place' | 'switch', release: WantedRelease): void {
    const { orders, box, logger } = this.#options;
    const orderId = randomUUID();
    const { releaseId } = release;
    try {
      orders.give({ orderId, order }, release, this.#kept.desired?.attempt ?? 0);
    } catch (error) {
      logger.error({ err: error, order }, 'updates: the order could not be left');
      const detail = `the order could not be left: ${(error as Error).message}`;
      const nowMs = this.#nowMs();
      this.#settle(
        failedAt(this.#kept, { releaseId, failure: 'not-placed', refusal: null, detail, isHeld: false, nowMs }),
      );
      return;
    }
    const { bootId } = box.read();
    this.#keep({ ...this.#kept, order: { orderId, order, releaseId, atMs: this.#nowMs(), bootId } });
    logger.info({ order, releaseId }, 'updates: ordered');
  }

  #switch(release: WantedRelease): void {
    const { before, logger } = this.#options;
    const { rolloutId = null, attempt = 0 } = this.#kept.desired ?? {};
    const passed = this.#countdown?.passed ?? [];
    try {
      before.write({ releaseId: release.releaseId, atMs: this.#nowMs(), passed });
    } catch (error) {
      // less is required of the new release then
      logger.error({ err: error }, 'updates: the room as it is could not be kept');
    }
    this.#keep({ ...this.#kept, switching: { release, rolloutId, attempt } });
    this.#order('switch', release);
  }

  #beginCountdown(releaseId: string): void {
    if (this.#countdown !== null) return;
    const ends = new AbortController();
    const countdown: Countdown = {
      releaseId,
      beganAtMs: this.#tickingMs(),
      endsAtMs: this.#nowMs() + UPDATE_COUNTDOWN_MS,
      passed: null,
      ends,
    };
    this.#countdown = countdown;
    this.#options.logger.info({ releaseId }, 'updates: the countdown begins');
    void whatPasses(this.#options.checks(NOW), LOOKED_AT, LOOK_WITHIN_MS, ends.signal).then((passed) => {
      countdown.passed = passed;
      this.look();
    });
  }

  #endCountdown(): void {
    this.#countdown?.ends.abort();
    this.#countdown = null;
    this.#options.logger.info('updates: the countdown ended early');
  }

  async #prove(releaseId: string, signal: AbortSignal): Promise<void> {
    const { before, orders, checks, logger, provenWithinMs } = this.#options;
    // written already: the guard goes back
    if (this.#options.box.read().proof?.releaseId === releaseId) return;
    const known = before.read();
    const required = requiredOf(known?.releaseId === releaseId ? known.passed : null);
    const options = { ...(provenWithinMs !== undefined && { withinMs: provenWithinMs }), signal };
    const result = await prove(checks(AFTERWARDS), required, options).catch((error: unknown): ProofResult => {
      const detail = `the proof broke off: ${error instanceof Error ? error.message : String(error)}`;
      return { isPassed: false, check: required[0] ?? 'updater', detail };
    });
    if (signal.aborted) return;
    logger[result.isPassed ? 'info' : 'error']({ releaseId, required, ...result }, 'updates: proof');
    orders.leaveProof(releaseId, result);
  }

  #begin(step: string, { releaseId }: { releaseId: string }, run: (signal: AbortSignal) => Promise<void>): void {
    const key = `${step} ${releaseId} ${this.#kept.desired?.attempt ?? 0}`;
    if (this.#work?.key === key) return;
    this.#endWork();
    const ends = new AbortController();
    const work = { key, ends };
    this.#work = work;
    void this.#run(run, work, this.#kept.desired?.release ?? null);
  }

  async #run(
    run: (signal: AbortSignal) => Promise<void>,
    work: { key: string; ends: AbortController },
    release: WantedRelease | null,
  ): Promise<void> {
    try {
      await run(work.ends.signal);
    } catch (error) {
      if (work.ends.signal.aborted) return;
      if (release === null) throw error;
      this.#onRefused(release, error);
    } finally {
      if (this.#work === work && !work.key.startsWith('prove')) this.#work = null;
    }
    if (!work.ends.signal.aborted) this.look();
  }

  #endWork(): void {
    this.#work?.ends.abort();
    this.#work = null;
    this.#progress = null;
  }

  #onProgress(progress: { doneBytes: number; totalBytes: number }): void {
    this.#progress = progress;
    const nowMs = this.#tickingMs();
    const isDue = nowMs - this.#progressShownAtMs >= PROGRESS_EACH_MS || progress.doneBytes === progress.totalBytes;
    if (!isDue) return;
    this.#progressShownAtMs = nowMs;
    this.look();
  }

  /** Once, when nothing is wanted beyond what runs; what a held release has fetched stays for the next attempt. */
  #clear(): void {
    const { desired } = this.#kept;
    const isOver =
      desired !== null && (desired.release === null || desired.release.releaseId === this.#options.running.releaseId);
    if (this.#isCleared || !isOver) return;
    this.#isCleared = true;
    if (this.#kept.ready !== null || this.#kept.order !== null) this.#keep({ ...this.#kept, ready: null, order: null });
    void this.#options.staging
      .clear()
      .catch((error: unknown) => this.#options.logger.warn({ err: error }, 'updates: the staging folder stays'));
  }

  #settle({ kept, events }: Outcome): void {
    if (kept !== this.#kept) this.#keep(kept);
    for (const event of events) {
      this.#options.logger.info({ event }, 'updates: over');
      this.#options.record(event);
    }
  }

  #keep(kept: KeptUpdates): void {
    const isOther = JSON.stringify(kept) !== JSON.stringify(this.#kept);
    this.#kept = kept;
    if (!isOther) return;
    try {
      this.#options.kept.write(kept);
    } catch (error) {
      // a full disk costs the memory of a restart: the steps are done again then
      this.#options.logger.error({ err: error }, 'updates: the state could not be kept');
    }
  }

  #show(next: NextStep, facts: UpdateFacts): void {
    const name = `${next.step} ${'waitsFor' in next ? next.waitsFor : ''}`;
    if (name !== this.#step.name) {
      this.#step = { name, sinceMs: this.#nowMs() };
      this.#options.logger.info({ step: next.step, ...('waitsFor' in next && { waitsFor: next.waitsFor }) }, 'updates');
    }
    const shown = shownUpdate(facts, next, {
      version: this.#options.running.version,
      stepSinceMs: this.#step.sinceMs,
      progress: this.#progress,
      restartsAtMs: this.#countdown?.endsAtMs ?? null,
      offersNotNow: mayPutOff(facts, this.#options.offersNotNow()),
    });
    const text = JSON.stringify(shown);
    if (text === this.#published) return;
    this.#published = text;
    this.#options.publish(shown);
  }
}
