/**
 * The program of one broadcast: one page after another, each in a browser of its own, judged by what it sends. A page that
 * ended, hangs or starves is killed, and the next one asks for a grant; a meeting that goes on in another call keeps its page.
 */
import type { CallGrant } from '#contract/grants.ts';
import type { FromProgramPage } from '#contract/program-page.ts';
import type { FromProgram, ProgramShow } from '#contract/program-link.ts';
import { retryAfterMs } from '#contract/retry-after.ts';
import { patienceAt } from '#edge/busy-machine.ts';
import { PageHealth } from './health.ts';
import type { ProgramBrowser } from './program-browser.ts';

export type ProgramRunOptions = {
  broadcastId: string;
  height: number;
  picturesPerSecond: number;
  show: ProgramShow;
  grant: CallGrant;
  /** a browser whose page is ready, or about to be; @throws where none starts */
  openBrowser: (height: number) => Promise<ProgramBrowser>;
  send: (message: FromProgram) => void;
  /** processes that run or wait for a processor, for each processor of the machine */
  loadPerCore: () => number;
  log: (what: string, details: { err?: unknown; [detail: string]: unknown }) => void;
};

const LOOK_MS = 100;
/** A page that follows one of which there was a complaint so shortly before is waited for twice as long: the machine may be busy. */
const BUSY_FOR_MS = 30_000;
const BUSY_PATIENCE = 2;
/** Its way to the node is closed, and it finds no other. */
const AWAY_FOR_MS = 10_000;
/** Between pages that never sent anything. */
const PAUSES = { firstMs: 250, longestMs: 5_000 };
/** Where the meeting has no call: asked again. */
const GRANT_PAUSES = { firstMs: 500, longestMs: 5_000 };
/** The fleet server answers in its own house, or is away and is asked again when it is back. */
const GRANT_WITHIN_MS = 5_000;

export class ProgramRun {
  readonly #options: ProgramRunOptions;
  #show: ProgramShow;
  /** for the next page; each leads into a call once */
  #grant: CallGrant | null;
  #browser: ProgramBrowser | null = null;
  #health: PageHealth | null = null;
  /** what it was last in; null: in none */
  #call: { callId: string; peerId: string } | null = null;
  #wanted: { endedCallId: string | null } | null = null;
  /** grants that were refused, or led nowhere, since it last published */
  #refusals = 0;
  #grantTimer: NodeJS.Timeout | undefined;
  #failures = 0;
  /** by performance.now(): since when it is out of the call that it was in; null: it is in, or has never been */
  #awaySinceMs: number | null = null;
  /** by performance.now() */
  #complainedAtMs = -Infinity;
  #nextTimer: NodeJS.Timeout | undefined;
  readonly #looks: NodeJS.Timeout;
  #isOver = false;

  constructor(options: ProgramRunOptions) {
    this.#options = options;
    this.#show = options.show;
    this.#grant = options.grant;
    this.#looks = setInterval(() => this.#look(), LOOK_MS);
    void this.#open();
  }

  get height(): number {
    return this.#options.height;
  }
  /** for tests: the browser that is on */
  get browser(): ProgramBrowser | null {
    return this.#browser;
  }

  show(show: ProgramShow): void {
    this.#show = show;
    if (this.#health) this.#browser?.send({ name: 'show', show });
  }

  /** To our `grant-wanted`. One that nobody waits for is dropped: it is void in a minute. */
  giveGrant(grant: CallGrant): void {
    if (this.#wanted === null) return;
    this.#wantNone();
    // until it has led somewhere
    this.#refusals += 1;
    if (this.#health) {
      this.#browser?.send({ name: 'grant', grant });
      return;
    }
    this.#grant = grant;
    this.#start();
  }

  noGrant(): void {
    if (this.#wanted === null) return;
    this.#refusals += 1;
    this.#askLater();
  }

  /** Another fleet server is there: it does not know what the former one was asked. */
  askAgain(): void {
    if (this.#wanted === null || this.#isOver) return;
    clearTimeout(this.#grantTimer);
    this.#grantTimer = setTimeout(() => this.askAgain(), GRANT_WITHIN_MS);
    this.#send({ name: 'grant-wanted', ...this.#wanted });
  }

  /** A fresh page in place of the one that is on. */
  replace(why: string): void {
    if (this.#isOver) return;
    const { log } = this.#options;
    log('the page is replaced', { why });
    this.#send({ name: 'lost', why });
    // one that sent is worth another at once
    this.#failures = this.#health?.hasSent ? 0 : this.#failures + 1;
    void this.#endBrowser();
    this.#grant = null;
    if (this.#failures === 0) this.#next();
    else this.#nextTimer = setTimeout(() => this.#next(), retryAfterMs(this.#failures - 1, PAUSES));
  }

  async end(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#looks);
    clearTimeout(this.#nextTimer);
    this.#wantNone();
    await this.#endBrowser();
  }

  #next(): void {
    this.#want(null);
    void this.#open();
  }

  async #open(): Promise<void> {
    const { openBrowser, height, log } = this.#options;
    let browser: ProgramBrowser;
    try {
      browser = await openBrowser(height);
    } catch (error) {
      if (this.#isOver) return;
      log('no browser started', { err: error });
      this.#failures += 1;
      this.#nextTimer = setTimeout(() => void this.#open(), retryAfterMs(this.#failures - 1, PAUSES));
      return;
    }
    if (this.#isOver || this.#browser) {
      void browser.end();
      return;
    }
    this.#browser = browser;
    browser.onMessage = (message) => this.#onMessage(browser, message);
    void browser.gone.then((why) => {
      if (this.#browser === browser) this.replace(why);
    });
    this.#start();
  }

  /** Once both are there: a page, and a grant for it. */
  #start(): void {
    const [grant, browser] = [this.#grant, this.#browser];
    if (grant === null || browser === null || this.#health) return;
    this.#grant = null;
    this.#health = new PageHealth(performance.now());
    const { height, picturesPerSecond } = this.#options;
    browser.send({ name: 'run', height, picturesPerSecond, show: this.#show, grant });
  }

  #onMessage(browser: ProgramBrowser, message: FromProgramPage): void {
    if (browser !== this.#browser) return;
    switch (message.name) {
      case 'ready':
        return;
      case 'report':
        this.#onReport(message);
        return;
      case 'grant-wanted':
        this.#want(message.endedCallId);
        return;
      case 'failed':
        this.replace(message.why);
        return;
      case 'level':
        // by it the fleet server knows that it sends
        if (this.#call !== null) this.#send(message);
        return;
      case 'chapter':
        this.#send(message);
    }
  }

  #onReport(report: Extract<FromProgramPage, { name: 'report' }>): void {
    const health = this.#health;
    if (!health) return;
    health.follow(report, performance.now());
    const { call } = report;
    const former = this.#call;
    if (call !== null && !health.hasSent) return;
    this.#call = call;
    if (call === null && former !== null) {
      this.#awaySinceMs = performance.now();
      this.#send({ name: 'lost', why: 'the page is out of its call' });
    }
    if (call !== null) this.#awaySinceMs = null;
    if (call !== null && (former?.peerId !== call.peerId || former.callId !== call.callId)) {
      this.#failures = 0;
      this.#refusals = 0;
      this.#send({ name: 'publishing', ...call });
    }
  }

  #look(): void {
    const nowMs = performance.now();
    const complaint = this.#health?.complaint(nowMs, this.#patience(nowMs)) ?? null;
    // one that waits for a grant is out of its call by right
    if (this.#wanted !== null) this.#awaySinceMs = null;
    const isLost = this.#awaySinceMs !== null && nowMs - this.#awaySinceMs > AWAY_FOR_MS;
    if (complaint !== null) this.#complainedAtMs = nowMs;
    if (complaint !== null || isLost) this.replace(complaint ?? 'the page finds no way back');
  }

  /** A fresh page costs more than waiting where the old one is only slow, and makes all of it slower. */
  #patience(nowMs: number): number {
    const ofComplaint = nowMs - this.#complainedAtMs < BUSY_FOR_MS ? BUSY_PATIENCE : 1;
    return Math.max(patienceAt(this.#options.loadPerCore()), ofComplaint);
  }

  #want(endedCallId: string | null): void {
    this.#wanted = { endedCallId };
    if (this.#refusals === 0) this.askAgain();
    else this.#askLater();
  }

  #askLater(): void {
    clearTimeout(this.#grantTimer);
    this.#grantTimer = setTimeout(() => this.askAgain(), retryAfterMs(this.#refusals - 1, GRANT_PAUSES));
  }

  #wantNone(): void {
    this.#wanted = null;
    clearTimeout(this.#grantTimer);
  }

  async #endBrowser(): Promise<void> {
    const browser = this.#browser;
    this.#browser = null;
    this.#health = null;
    this.#call = null;
    this.#awaySinceMs = null;
    await browser?.end();
  }

  #send(message: WithoutId<FromProgram>): void {
    this.#options.send({ ...message, broadcastId: this.#options.broadcastId } as FromProgram);
  }
}

type WithoutId<Message> = Message extends { broadcastId: string } ? Omit<Message, 'broadcastId'> : never;
