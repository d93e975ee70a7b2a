/** A packager on air, struck by seeded faults one after the other, while the validator follows both of its playlists; then its recording. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { livePaths } from '#contract/live-delivery.ts';
import { readClock } from '../../fleet/broadcasts/packager/replay.ts';
import { seededRandom } from '../simulators/seeded-random.ts';
import { type PackagerFault, packagerFaults } from './packager-faults.ts';
import { PackagerOnAir } from './packager-on-air.ts';
import { beepsAndFlashes, recordingComplaints, type Interval, probed } from './recorded.ts';
import { validate, type Verdict } from './validate.ts';

export type WatchOptions = {
  seed: number;
  partMs: 500 | 200;
  /** at least; each of `faults` strikes once before one comes again */
  seconds: number;
  faults?: readonly PackagerFault[];
  /** between two faults */
  longestPauseMs?: number;
  onLine?: (line: string) => void;
};
export type Watched = { problems: string[]; strikes: number; summary: string };

/** A new packager is there by then, also on a machine that is busy with others. */
const AWAY_MS = 60_000;
const LONGEST_PAUSE_MS = 12_000;
/** After the last fault: what is behind comes, and then it is calm. */
const CALM_S = 8;
const TOGETHER_MS = 80;
/** Of the beeps that no fault is near: on a busy machine a picture may be late. */
const TOGETHER_SHARE = 0.95;
/** Sound and picture are in step again, and their clock is known. */
const SETTLED_MS = 4_000;
/** A slate that is worth a look. */
const LOOKED_AT_MS = 1_500;

export async function watchUnderFaults(options: WatchOptions): Promise<Watched> {
  const air = await PackagerOnAir.start(options.partMs);
  try {
    return await new Watch(air, options).run();
  } finally {
    await air.stop();
  }
}

class Watch {
  readonly #air: PackagerOnAir;
  readonly #options: WatchOptions;
  readonly #problems: string[] = [];
  /** by the wall clock */
  readonly #struck: Interval[] = [];

  constructor(air: PackagerOnAir, options: WatchOptions) {
    this.#air = air;
    this.#options = options;
  }

  async run(): Promise<Watched> {
    const { folder } = this.#air;
    const ending = new AbortController();
    const watched = Promise.all([this.#follow(livePaths.live, ending), this.#follow(livePaths.dvr, ending)]);
    // awaited below: until then its failure is nobody's
    watched.catch(() => {});
    await this.#strikeAll();
    await sleep(CALM_S * 1_000);
    ending.abort();
    const [live, dvr] = await watched;
    const clock = readClock(folder);
    const { durationMs } = await this.#air.end();
    const replay = await this.#follow(livePaths.replay);
    const slates = slatesOf(live);
    const recording = join(folder, livePaths.recording);
    const complaints = await recordingComplaints(recording);
    if (complaints !== '') this.#problem(`the recording does not decode: ${complaints.slice(0, 300)}`);
    const seen = await this.#checkSlates(recording, slates);
    const together = await this.#checkTogether(recording, slates, clock?.epochMs ?? 0);
    const counts = [live, dvr, replay].map(
      ({ playlists, parts, segments, decoded }) => `${playlists}/${parts}/${segments}/${decoded}`,
    );
    const summary =
      `${(durationMs / 60_000).toFixed(1)} min, ${this.#struck.length} faults, ${slates.length} slates (${seen} looked at), ` +
      `${together}; playlists/parts/segments/decodes of live ${counts[0]}, dvr ${counts[1]}, replay ${counts[2]}; ` +
      `${live.outages + dvr.outages} requests found no packager`;
    return { problems: this.#problems, strikes: this.#struck.length, summary };
  }

  async #strikeAll(): Promise<void> {
    const { seed, seconds, faults = packagerFaults, longestPauseMs = LONGEST_PAUSE_MS, onLine } = this.#options;
    const random = seededRandom(seed);
    const untilMs = performance.now() + seconds * 1_000;
    let left: PackagerFault[] = [];
    for (let strike = 1; strike <= faults.length || performance.now() < untilMs; strike += 1) {
      if (left.length === 0) left = [...faults];
      const fault = random.pick(left);
      left.splice(left.indexOf(fault), 1);
      await sleep(random.between(500, longestPauseMs));
      const startMs = Date.now();
      try {
        await fault.strike(this.#air, random);
        await this.#air.untilGood();
      } catch (error) {
        this.#problem(`${fault.name}: ${String(error)}`);
      }
      this.#struck.push({ startMs, endMs: Date.now() });
      const atS = (startMs - (readClock(this.#air.folder)?.epochMs ?? startMs)) / 1_000;
      onLine?.(`${strike}. at ${atS.toFixed(1)} s ${fault.name}: good again after ${Date.now() - startMs} ms`);
    }
  }

  async #follow(file: string, ending?: AbortController): Promise<Verdict> {
    const { packager, tokens, broadcastId } = this.#air;
    const verdict = await validate({
      url: packager.url(broadcastId, file),
      // the delivery knows the token for as long as a run lasts
      token: await tokens.sign(broadcastId, { lifeS: 12 * 3_600 }),
      patienceMs: AWAY_MS,
      seconds: Number.POSITIVE_INFINITY,
      ...(ending && { signal: ending.signal }),
    });
    for (const { rule, what } of verdict.findings) this.#problem(`${file}: rule ${rule}: ${what}`);
    return verdict;
  }

  async #checkSlates(recording: string, slates: readonly Interval[]): Promise<number> {
    let looked = 0;
    for (const slate of slates.filter(({ startMs, endMs }) => endMs - startMs > LOOKED_AT_MS)) {
      const { pictures, complaints } = await probed(recording, slate);
      // the disk was full
      if (complaints === 'no IDR') continue;
      looked += 1;
      if (complaints !== '' || pictures < 10)
        this.#problem(`the slate at ${slate.startMs} ms: ${pictures} pictures, ${complaints}`);
    }
    if (looked === 0) this.#problem('no slate was looked at');
    return looked;
  }

  async #checkTogether(recording: string, slates: readonly Interval[], epochMs: number): Promise<string> {
    const isIn = (intervals: readonly Interval[], atMs: number, afterMs: number): boolean =>
      intervals.some(({ startMs, endMs }) => atMs >= startMs - 1_000 && atMs <= endMs + afterMs);
    const beeps = await beepsAndFlashes(
      recording,
      (atMs) => !isIn(slates, atMs, 1_000) && !isIn(this.#struck, epochMs + atMs, SETTLED_MS),
    );
    for (const { atMs, apartMs } of beeps.filter((beep) => beep.apartMs > TOGETHER_MS))
      this.#options.onLine?.(`at ${(atMs / 1_000).toFixed(1)} s sound and picture are ${apartMs.toFixed(0)} ms apart`);
    const at = beeps[Math.floor((beeps.length - 1) * TOGETHER_SHARE)]?.apartMs ?? Number.POSITIVE_INFINITY;
    if (at > TOGETHER_MS) this.#problem(`sound and picture are ${at.toFixed(0)} ms apart`);
    return `sound and picture within ${at.toFixed(0)} ms (${beeps.length} beeps)`;
  }

  #problem(what: string): void {
    this.#problems.push(what);
    this.#options.onLine?.(`FAIL ${what}`);
  }
}

/** On the timeline; one that was under way when the packager died ends where the next begins. */
function slatesOf({ dateRanges }: Verdict): Interval[] {
  const slates = [...dateRanges]
    .map(([id, { DURATION }]) => ({ startMs: Number(id.replace('slate-', '')), durationMs: Number(DURATION) * 1_000 }))
    .sort((one, other) => one.startMs - other.startMs);
  return slates.map(({ startMs, durationMs }, index) => ({
    startMs,
    endMs: Number.isNaN(durationMs) ? (slates[index + 1]?.startMs ?? startMs) : startMs + durationMs,
  }));
}
