/**
 * One self-test from its first check to its last: each has a deadline, none stands in another's way, and all that was
 * opened for one is closed when it is over. Each check has a file of its own.
 */
import type { SelfTestCheck, SelfTestCheckName } from '#contract/room-equipment.ts';
import { type Verdict, verdictOf } from './verdict.ts';

type CheckName = Exclude<SelfTestCheckName, 'fleet'>;
/** Ends early by its signal, and must then leave nothing open. */
export type Check = (signal: AbortSignal) => Promise<Verdict>;
export type Checks = Partial<Record<CheckName, Check>>;

/** A device may take seconds to open; a port that is blocked is known by silence. */
const DEADLINE_MS: Record<CheckName, number> = {
  camera: 12_000,
  microphone: 8_000,
  speaker: 8_000,
  'media-udp': 12_000,
  'media-tcp': 12_000,
};
const ORDER = Object.keys(DEADLINE_MS) as CheckName[];

/** Ends at once, and without a word more, by the signal. */
export async function runSelfTest(
  checks: Checks,
  tell: (check: SelfTestCheck) => void,
  signal: AbortSignal,
): Promise<void> {
  const failed = new Set<CheckName>();
  for (const name of ORDER) {
    const check = checks[name];
    if (check === undefined) continue;
    // without a microphone the sound of the speaker cannot be checked
    const deaf = name === 'speaker' && failed.has('microphone');
    const verdict = deaf ? 'skipped' : await withinDeadline(check, DEADLINE_MS[name], signal);
    if (signal.aborted) return;
    if (verdict !== 'passed' && verdict !== 'skipped') failed.add(name);
    tell(checkOf(name, verdict));
  }
}

async function withinDeadline(check: Check, deadlineMs: number, signal: AbortSignal): Promise<Verdict> {
  const ends = new AbortController();
  const end = (): void => ends.abort(new DOMException('the self-test is over', 'AbortError'));
  signal.addEventListener('abort', end);
  let late: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<Verdict>((resolve) => {
    late = setTimeout(() => resolve('timed-out'), deadlineMs);
    ends.signal.addEventListener('abort', () => resolve('skipped'));
  });
  try {
    return await Promise.race([check(ends.signal).catch(verdictFrom), tooLate]);
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', end);
    end();
  }
}

function verdictFrom(error: unknown): Verdict {
  console.warn('screen: a check of the self-test failed', error);
  return verdictOf(error);
}

function checkOf(name: CheckName, verdict: Verdict): SelfTestCheck {
  if (verdict === 'passed' || verdict === 'skipped') return { name, outcome: verdict, reason: null };
  return { name, outcome: 'failed', reason: verdict };
}
