/**
 * Whether the release that runs now can do what the former one could: every check that is required passes within the time, or the
 * first in order that did not is the reason. It always comes to an end: a check that hangs or throws has failed.
 */
import { ProofCheck } from '#contract/room-update.ts';
import type { CheckOutcome } from './room-checks.ts';

export type ProofResult = { isPassed: true } | { isPassed: false; check: ProofCheck; detail: string };
type Checks = {
  check: (name: ProofCheck, signal: AbortSignal) => Promise<CheckOutcome>;
  sampleMemory: (signal: AbortSignal) => Promise<void>;
};

/** The guard goes back after PROVE_WITHIN_MS by itself: the reason must be there before. */
export const PROVEN_WITHIN_MS = 150_000;
/** Every release has to pass them, whatever the room could do before. */
const ALWAYS_REQUIRED: readonly ProofCheck[] = ['memory', 'updater'];
const DEVICES: readonly ProofCheck[] = ['camera', 'microphone', 'speaker'];
/** The page first: without it no device is looked at. Devices and call one after the other: they need the same camera. */
const IN_TURN: readonly (readonly ProofCheck[])[] = [['screen'], DEVICES, ['call'], ['memory']];
const BESIDE: readonly ProofCheck[] = ['network', 'updater'];

/** @param before what the room could do before the switch; null: not known, so only what each room can do is required */
export const requiredOf = (before: readonly ProofCheck[] | null): ProofCheck[] =>
  ProofCheck.options.filter((name) => ALWAYS_REQUIRED.includes(name) || (before ?? ['screen']).includes(name));

export async function prove(
  checks: Checks,
  required: readonly ProofCheck[],
  { withinMs = PROVEN_WITHIN_MS, signal }: { withinMs?: number; signal?: AbortSignal } = {},
): Promise<ProofResult> {
  const { outcomes, firstFailed } = await run(checks, required, { withinMs, endsAtFailure: true, signal });
  // at the end of the time several are wrong at once: the first in order leads to the others
  const check = firstFailed ?? required.find((name) => outcomes.get(name) !== null);
  if (check === undefined) return { isPassed: true };
  return { isPassed: false, check, detail: outcomes.get(check) ?? NOT_IN_TIME };
}

/** What the room can do now. */
export async function whatPasses(
  checks: Checks,
  names: readonly ProofCheck[],
  withinMs: number,
  signal: AbortSignal,
): Promise<ProofCheck[]> {
  const { outcomes } = await run(checks, names, { withinMs, endsAtFailure: false, signal });
  return names.filter((name) => outcomes.get(name) === null);
}

const NOT_IN_TIME = 'not known in time';
/** The checks end by their signal; one that does not is left alone. */
const AFTER_SIGNAL_MS = 1_000;

type Run = { outcomes: Map<ProofCheck, CheckOutcome>; firstFailed: ProofCheck | null };

async function run(
  checks: Checks,
  names: readonly ProofCheck[],
  { withinMs, endsAtFailure, signal }: { withinMs: number; endsAtFailure: boolean; signal: AbortSignal | undefined },
): Promise<Run> {
  const done: Run = { outcomes: new Map(), firstFailed: null };
  const ends = new AbortController();
  const late = setTimeout(() => ends.abort(), withinMs);
  const end = (): void => ends.abort();
  signal?.addEventListener('abort', end, { once: true });
  let atLast: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    ends.signal.addEventListener('abort', () => {
      atLast = setTimeout(resolve, AFTER_SIGNAL_MS);
    });
  });
  const check = async (name: ProofCheck): Promise<void> => {
    if (!names.includes(name) || ends.signal.aborted) return;
    const outcome = await outcomeOf(checks, name, ends.signal);
    done.outcomes.set(name, outcome);
    if (outcome === null || ends.signal.aborted) return;
    if (!endsAtFailure) return;
    done.firstFailed = name;
    ends.abort();
  };
  const inTurn = async (): Promise<void> => {
    for (const together of IN_TURN) await Promise.all(together.map(check));
    // it may have gone black meanwhile
    await check('screen');
  };
  try {
    void checks.sampleMemory(ends.signal).catch(() => {});
    await Promise.race([Promise.all([inTurn(), ...BESIDE.map(check)]), tooLate]);
    return { outcomes: new Map(done.outcomes), firstFailed: done.firstFailed };
  } finally {
    clearTimeout(late);
    signal?.removeEventListener('abort', end);
    ends.abort();
    clearTimeout(atLast);
  }
}

async function outcomeOf(checks: Checks, name: ProofCheck, signal: AbortSignal): Promise<CheckOutcome> {
  try {
    return await checks.check(name, signal);
  } catch (error) {
    return `it broke off: ${error instanceof Error ? error.message : String(error)}`;
  }
}
