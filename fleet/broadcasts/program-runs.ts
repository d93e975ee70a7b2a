/**
 * The fleet server's hold on the program process: which programs should run, what each shows, and the grants by which their pages
 * get into the calls. All of it is sent again whenever the process has started anew.
 */
import type { Logger } from 'pino';
import { toMaruError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import {
  FromProgram,
  MAX_PROGRAM_MESSAGE_BYTES,
  PROGRAM_SOCKET,
  type ProgramShow,
  type ToProgram,
} from '#contract/program-link.ts';
import { ProcessLink, type ProcessStatus } from '#edge/process-link.ts';
import { loadPerCore, patienceAt } from '#edge/busy-machine.ts';
import type { PackagerHealth } from './packaging.ts';

type BadPicture = Exclude<PackagerHealth['picture'], 'good'>;
type FromProgramEvent = Exclude<FromProgram, { name: 'hello' }>;
type Run = {
  broadcastId: string;
  height: 720 | 1080;
  show: ProgramShow;
  /** by performance.now(): since when it sends nothing; null: it sends */
  silentSinceMs: number | null;
  loudnessDb: number | null;
  /** what arrives of it is not the call; `timer` replaces it. Null: it is well */
  bad: { picture: BadPicture; timer: NodeJS.Timeout } | null;
  /** by performance.now(): what arrives is judged from then on */
  judgedFromMs: number;
  /** by performance.now() */
  replacedAtMs: number | null;
  replacements: number;
  /** by performance.now(): since when what arrives is the call; null: it is not */
  goodSinceMs: number | null;
  asked: number;
};
export type ProgramRunsDependencies = {
  dataDir: string;
  /** @throws InvalidStateError call-ended; OperationalError call-unreachable */
  grantFor: (broadcastId: string, endedCallId: string | null) => Promise<CallGrant>;
  onEvent: (event: FromProgramEvent) => void;
  onStatus: (status: ProcessStatus) => void;
  logger: Logger;
};

/**
 * what arrives is not the call for so long: a fresh page; up to ten times as long on a busy machine. A black picture, and one that
 * stopped, were judged for a while by then
 */
const BAD_FOR_MS = 1_000;
/** a fresh page has this long to get into the call; doubled each time it does not help */
const REPLACE_PAUSE_MS = 5_000;
const LONGEST_REPLACE_PAUSE_MS = 60_000;
/** good for so long: a fresh page helped. One that comes and goes is slow, and a fresh page makes it slower */
const HELPED_AFTER_MS = 20_000;
const RUN_AGAIN_MS = 1_000;
/** a packager that has just opened it gets its first key frame by then */
const ARRIVES_WITHIN_MS = 3_000;

export class ProgramRuns {
  readonly #deps: ProgramRunsDependencies;
  readonly #link: ProcessLink<FromProgram, ToProgram>;
  readonly #runs = new Map<string, Run>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(deps: ProgramRunsDependencies) {
    this.#deps = deps;
    const { dataDir, onStatus, logger } = deps;
    this.#link = new ProcessLink({
      dataDir,
      socketName: PROGRAM_SOCKET,
      maxMessageLength: MAX_PROGRAM_MESSAGE_BYTES,
      parse: (raw) => FromProgram.parse(raw),
      onHello: ({ broadcastIds }) => this.#onHello(broadcastIds),
      onMessage: (event) => this.#onEvent(event),
      onStatus: (status) => {
        logger.info({ status }, 'program process');
        if (status.is === 'away') for (const run of this.#runs.values()) this.#silent(run);
        onStatus(status);
      },
      log: (what, details) => logger.error(details, what),
    });
  }

  start(): void {
    this.#link.start();
  }
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const run of this.#runs.values()) this.#well(run);
    this.#link.stop();
  }

  get status(): ProcessStatus {
    return this.#link.status;
  }

  /** Runs it, or changes what it shows. */
  show(broadcastId: string, height: 720 | 1080, show: ProgramShow): void {
    const known = this.#runs.get(broadcastId);
    if (known) {
      if (JSON.stringify(known.show) === JSON.stringify(show)) return;
      known.show = show;
      this.#link.send({ name: 'show', broadcastId, show });
      return;
    }
    const run: Run = {
      broadcastId,
      height,
      show,
      silentSinceMs: performance.now(),
      loudnessDb: null,
      bad: null,
      judgedFromMs: -Infinity,
      replacedAtMs: null,
      replacements: 0,
      goodSinceMs: null,
      asked: 0,
    };
    this.#runs.set(broadcastId, run);
    void this.#run(run);
  }

  end(broadcastId: string): void {
    const run = this.#runs.get(broadcastId);
    if (!run) return;
    this.#runs.delete(broadcastId);
    this.#well(run);
    this.#link.send({ name: 'stop', broadcastId });
  }

  /** null: none should run. `silentMs`: for how long it has sent nothing, 0: it sends */
  stateOf(broadcastId: string): { silentMs: number; loudnessDb: number | null } | null {
    const run = this.#runs.get(broadcastId);
    if (!run) return null;
    const { silentSinceMs, loudnessDb } = run;
    return { silentMs: silentSinceMs === null ? 0 : Math.max(1, performance.now() - silentSinceMs), loudnessDb };
  }

  /** A packager waits for it from now on. */
  opened(broadcastId: string): void {
    const run = this.#runs.get(broadcastId);
    if (!run) return;
    this.#well(run);
    run.judgedFromMs = performance.now() + ARRIVES_WITHIN_MS;
  }

  /** What arrives of it, as the packager sees it. One that believes to send, and does not, is replaced. */
  arrives(broadcastId: string, picture: PackagerHealth['picture']): void {
    const run = this.#runs.get(broadcastId);
    if (!run) return;
    const nowMs = performance.now();
    if (picture === 'good' || run.silentSinceMs !== null) {
      this.#well(run);
      if (picture === 'good') run.goodSinceMs ??= nowMs;
      return;
    }
    this.#noLongerGood(run, nowMs);
    if (run.bad) {
      run.bad.picture = picture;
      return;
    }
    const pauseMs = Math.min(LONGEST_REPLACE_PAUSE_MS, REPLACE_PAUSE_MS * 2 ** Math.max(0, run.replacements - 1));
    const untilMs = Math.max(run.judgedFromMs, (run.replacedAtMs ?? -Infinity) + pauseMs);
    const timer = setTimeout(
      () => this.#replace(run),
      Math.max(BAD_FOR_MS * patienceAt(loadPerCore()), untilMs - nowMs),
    );
    run.bad = { picture, timer };
  }

  #noLongerGood(run: Run, nowMs: number): void {
    if (run.goodSinceMs !== null && nowMs - run.goodSinceMs > HELPED_AFTER_MS) run.replacements = 0;
    run.goodSinceMs = null;
  }

  #well(run: Run): void {
    clearTimeout(run.bad?.timer);
    run.bad = null;
  }

  #replace(run: Run): void {
    const { broadcastId, bad } = run;
    this.#well(run);
    if (!bad || this.#runs.get(broadcastId) !== run) return;
    run.replacedAtMs = performance.now();
    run.replacements += 1;
    this.#deps.logger.warn(
      { broadcastId, picture: bad.picture },
      'a program sends what is not the call: it is replaced',
    );
    this.#link.send({ name: 'replace', broadcastId, why: bad.picture });
  }

  #onHello(broadcastIds: readonly string[]): void {
    for (const broadcastId of broadcastIds)
      if (!this.#runs.has(broadcastId)) this.#link.send({ name: 'stop', broadcastId });
    for (const run of this.#runs.values()) void this.#run(run);
  }

  /** With a grant; where there is none, again in a while. */
  async #run(run: Run): Promise<void> {
    run.asked += 1;
    const { asked, broadcastId, height } = run;
    const isWanted = (): boolean => this.#runs.get(broadcastId) === run && run.asked === asked;
    // its hello asks again
    if (this.#link.status.is !== 'there') return;
    try {
      const grant = await this.#deps.grantFor(broadcastId, null);
      if (isWanted()) this.#link.send({ name: 'run', broadcastId, height, show: run.show, grant });
    } catch (error) {
      this.#deps.logger.warn({ broadcastId, code: toMaruError(error).code, err: error }, 'no grant for a program');
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        if (isWanted()) void this.#run(run);
      }, RUN_AGAIN_MS);
      this.#timers.add(timer);
    }
  }

  #onEvent(event: FromProgramEvent): void {
    const run = this.#runs.get(event.broadcastId);
    if (!run) return;
    switch (event.name) {
      case 'grant-wanted':
        void this.#grant(event.broadcastId, event.endedCallId);
        return;
      case 'publishing':
        run.silentSinceMs = null;
        this.#well(run);
        break;
      case 'lost':
        this.#deps.logger.warn({ broadcastId: event.broadcastId, why: event.why }, 'a program is lost');
        this.#silent(run);
        break;
      case 'level':
        // it went on while we were away
        run.silentSinceMs = null;
        run.loudnessDb = event.loudnessDb;
        break;
    }
    this.#deps.onEvent(event);
  }

  #silent(run: Run): void {
    const nowMs = performance.now();
    run.silentSinceMs ??= nowMs;
    run.loudnessDb = null;
    this.#noLongerGood(run, nowMs);
    this.#well(run);
  }

  async #grant(broadcastId: string, endedCallId: string | null): Promise<void> {
    try {
      const grant = await this.#deps.grantFor(broadcastId, endedCallId);
      this.#link.send({ name: 'grant', broadcastId, grant });
    } catch (error) {
      const { code } = toMaruError(error);
      if (code === 'internal') this.#deps.logger.error({ broadcastId, err: error }, 'no grant for a program');
      this.#link.send({ name: 'no-grant', broadcastId, code });
    }
  }
}
