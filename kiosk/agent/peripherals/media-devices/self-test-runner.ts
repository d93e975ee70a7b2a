/**
 * Runs the self-test for the agent: fetches the grant for the media ports, tells the page to begin, and sees to it that
 * it ends. What an event means is self-test.ts's.
 */
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { type ErrorCode, toMaruError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { SelfTest, SelfTestCheck } from '#contract/room-equipment.ts';
import type { ScreenEffect } from '#contract/screen-link.ts';
import type { PartReport } from '../../../room/room.ts';
import {
  beginSelfTest,
  CHECK_WITHIN_MS,
  hasFailed,
  type SelfTestEvent,
  type SelfTestRun,
  stepSelfTest,
} from './self-test.ts';

/** A phone that asked for the test waits for its answer. */
const GRANT_WITHIN_MS = 3_000;

type SelfTestReport = Extract<PartReport, { type: 'self-test-check' | 'self-test-done' }>;
type RunnerOptions = {
  logger: Logger;
  perform: (effect: ScreenEffect) => boolean;
  requestGrant: () => Promise<CallGrant | null>;
  fleetOnline: () => boolean;
  onChange: () => void;
  onDone: (checks: readonly SelfTestCheck[]) => void;
};

export class SelfTestRunner {
  readonly #options: RunnerOptions;
  #run: SelfTestRun | null = null;
  #idle = true;
  #beginning = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#idle = false;
  }

  /** The one that runs, else the last one. */
  get test(): SelfTest | null {
    return this.#run?.test ?? null;
  }

  /** @returns why it did not begin */
  async run(because: SelfTest['because']): Promise<ErrorCode | null> {
    if (!this.#idle || this.#beginning || this.test?.state === 'running') return 'not-possible-now';
    const { perform, fleetOnline, onChange } = this.#options;
    this.#beginning = true;
    const grant = await this.#grant();
    this.#beginning = false;
    if (!this.#idle) return 'not-possible-now';
    const testId = uuidv7();
    if (!perform({ name: 'run-self-test', testId, grant })) return 'no-screen';
    this.#run = beginSelfTest({
      testId,
      because,
      nowMs: Date.now(),
      fleetOnline: fleetOnline(),
      hasGrant: grant !== null,
    });
    this.#wait();
    onChange();
    return null;
  }

  follow(idle: boolean): void {
    this.#idle = idle;
    if (!idle) this.#step({ type: 'interrupted' });
  }

  onScreenConnected(): void {
    this.#step({ type: 'interrupted' });
  }

  onReport(report: SelfTestReport): void {
    if (report.type === 'self-test-done') this.#step({ type: 'done', testId: report.testId });
    else this.#step({ type: 'check', testId: report.testId, check: report.check });
  }

  #step(event: SelfTestEvent): void {
    const before = this.#run;
    if (before === null || before.test.state === 'done') return;
    const next = stepSelfTest(before, event);
    if (next === before) return;
    this.#run = next;
    this.#wait();
    const { onChange, onDone, logger } = this.#options;
    if (next.test.state === 'done') {
      const { checks, because } = next.test;
      logger[hasFailed(next.test) ? 'warn' : 'info']({ because, checks }, 'devices: self-test done');
      onDone(checks);
    }
    onChange();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (this.test?.state !== 'running') return;
    this.#timer = setTimeout(() => this.#step({ type: 'late' }), CHECK_WITHIN_MS);
  }

  async #grant(): Promise<CallGrant | null> {
    let late: NodeJS.Timeout | undefined;
    const tooLate = new Promise<null>((resolve) => {
      late = setTimeout(() => resolve(null), GRANT_WITHIN_MS);
    });
    const asked = this.#options.requestGrant().catch((error: unknown) => {
      this.#options.logger.info({ code: toMaruError(error).code }, 'devices: no grant for the self-test');
      return null;
    });
    const grant = await Promise.race([asked, tooLate]);
    clearTimeout(late);
    return grant;
  }
}
