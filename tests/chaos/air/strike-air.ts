/** One fault on air: strikes, watches the viewer's screen until the program is back for good, and reports what was not as promised. */
import { type AirFault, BACK_MS, BEHIND_MS } from './air-faults.ts';
import type { AirUnderFault, Look } from './air-under-fault.ts';

/** The longest that the viewer's video did not play, showed people and no move of them, or nothing bright; in milliseconds. */
type Times = { still: number; frozen: number; black: number };
export type StruckAir = { fault: AirFault; times: Times; backMs: number; problems: string[] };

const GIVE_UP_MS = 40_000;
const LONGEST_WAIT_MS = 180_000;
const LASTING_MS = 1_500;
/** Of 255: below it a picture is black. The program's corner mark is far above. */
const DARK = 48;

/** @param patienceNow how many times its limit a time may be: machines that test are busy, and as busy as they are when it is asked */
export async function strikeAir(air: AirUnderFault, fault: AirFault, patienceNow: () => number): Promise<StruckAir> {
  const problems: string[] = [];
  let patience = patienceNow();
  const giveUpMs = Math.min(LONGEST_WAIT_MS, Math.max(GIVE_UP_MS, 3 * patience * (BACK_MS + BEHIND_MS)));
  let overAtMs = Number.POSITIVE_INFINITY;
  let wanted: number[] = [];
  const striking = fault.strike(air).then(
    (numbers) => {
      wanted = numbers;
      overAtMs = performance.now();
    },
    (error: Error) => {
      problems.push(error.message);
      overAtMs = performance.now();
    },
  );
  const startedAtMs = performance.now();
  const looks = await air.watch(
    (all) => isBackForGood(all, wanted, overAtMs) || performance.now() > startedAtMs + giveUpMs,
  );
  await striking;
  patience = Math.max(patience, patienceNow());
  const times = longestTimes(looks);
  const back = backAt(looks, wanted, overAtMs);
  const backMs = back === null ? giveUpMs : Math.max(0, back - overAtMs);
  for (const [what, ms] of Object.entries(times))
    if (ms > fault.stillMs * patience) problems.push(`the viewer’s video was ${what} for ${Math.round(ms)} ms`);
  if (backMs > (BACK_MS + BEHIND_MS) * patience)
    problems.push(`the program was back after ${Math.round(backMs)} ms: ${shownOf(looks)}`);
  await air.viewer.expectSamePage().catch((error: Error) => problems.push(error.message));
  return { fault, times, backMs: Math.round(backMs), problems };
}

const sees = ({ shown }: Look, wanted: readonly number[]): boolean =>
  shown !== null && wanted.every((number) => shown.seen.includes(number));

/** From when on the viewer saw all of them, to the end; null: not at the end. */
function backAt(looks: readonly Look[], wanted: readonly number[], overAtMs: number): number | null {
  let since: number | null = null;
  for (const look of looks)
    if (!sees(look, wanted)) since = null;
    else since ??= look.atMs;
  return since === null ? null : Math.max(since, overAtMs);
}

/** Who was on the viewer's screen, and since when after the first look. */
function shownOf(looks: readonly Look[]): string {
  const lines: string[] = [];
  let last = '';
  for (const { shown, atMs } of looks) {
    const seen = shown === null ? 'no video' : shown.seen.join('+') || 'nobody';
    if (seen !== last) lines.push(`${((atMs - looks[0]!.atMs) / 1_000).toFixed(1)} s ${seen}`);
    last = seen;
  }
  return lines.join(', ');
}

function isBackForGood(looks: readonly Look[], wanted: readonly number[], overAtMs: number): boolean {
  const last = looks.at(-1)!;
  // what was struck reaches the viewer's screen later by as much as it is behind
  if (wanted.length === 0 || last.atMs < overAtMs + BEHIND_MS) return false;
  const since = backAt(looks, wanted, overAtMs);
  return since !== null && last.atMs - since >= LASTING_MS;
}

function longestTimes(looks: readonly Look[]): Times {
  return {
    still: longestMs(looks, (before, { shown }) => !shown || shown.positionS === before.shown?.positionS),
    // a slate stands still, and nobody is in it
    frozen: longestMs(
      looks,
      (before, { shown }) => (shown?.seen.length ?? 0) > 0 && shown!.print === before.shown?.print,
    ),
    black: longestMs(looks, (_, { shown }) => shown !== null && shown.brightest < DARK),
  };
}

/** How long it was so from one look to the next, at most. */
function longestMs(looks: readonly Look[], isSo: (before: Look, look: Look) => boolean): number {
  let [longest, sinceMs] = [0, looks[0]!.atMs];
  for (const [at, look] of looks.entries()) {
    if (at === 0 || !isSo(looks[at - 1]!, look)) sinceMs = look.atMs;
    longest = Math.max(longest, look.atMs - sinceMs);
  }
  return Math.round(longest);
}

export const describeStruckAir = ({ fault, times, backMs, problems }: StruckAir): string => {
  const { still, frozen, black } = times;
  const lines = problems.map((each) => `\n    ${each}`).join('');
  return `${fault.name}: still ${still}, frozen ${frozen}, black ${black} (${fault.stillMs}) ms; back ${backMs} ms (${BACK_MS + BEHIND_MS})${lines}`;
};
