/** All guest tests in one boot, as a group of the gate: a line for each test, and the verdict from the serial line alone. */
import type { Tally } from '../gate/tally.ts';
import { NoGuestHere } from './base-image.ts';
import { prepareGuests, runGuest } from './guest.ts';
import { powerCutTests } from './power-cut-tests.ts';

const GROUP = 'guest';
const LIMIT_MS = 8 * 60_000;

/** @param only the beginning of a file's name in guest/ */
export async function runGuestTests(progress: (line: string) => void, only?: string): Promise<Tally> {
  const startedAt = performance.now();
  const tally: Tally = { group: GROUP, passed: 0, failures: [], skipped: [], tookMs: 0 };
  try {
    const image = await prepareGuests(progress);
    const { exitCode, log, timedOut } = await runGuest({
      image,
      program: 'tests/vm/guest/run-tests.ts',
      args: only === undefined ? [] : [only],
      limitMs: LIMIT_MS,
      onLine: (line) => {
        if (line.event === 'passed') {
          tally.passed += 1;
          progress(`  ✓ ${GROUP}: ${line.name} (${(line.tookMs / 1000).toFixed(1)} s)`);
        } else if (line.event === 'failed') {
          tally.failures.push({ name: `${GROUP}: ${line.name}`, detail: line.detail });
          progress(`  ✗ ${GROUP}: ${line.name}`);
        } else if (line.event === 'skipped')
          tally.skipped.push({ name: `${GROUP}: ${line.name}`, reason: line.reason });
        else if (line.event === 'note') progress(`    ${GROUP}: ${line.text}`);
      },
    });
    if (exitCode !== 0 && tally.failures.length === 0) {
      const why = timedOut ? `no end after ${LIMIT_MS / 60_000} minutes` : `exit code ${exitCode}`;
      tally.failures.push({ name: `${GROUP}: the guest itself failed`, detail: `${why}\n${log}` });
    }
    if (only !== undefined && tally.passed + tally.failures.length + tally.skipped.length === 0)
      tally.failures.push({ name: `${GROUP}: ${only}`, detail: 'there is no such test' });
    const [first] = tally.failures;
    if (first) first.detail = `${log}\n--- what failed\n${first.detail}`;
    if (only === undefined) await powerCutTests(image, tally, progress);
  } catch (error) {
    if (error instanceof NoGuestHere) tally.skipped.push({ name: GROUP, reason: error.message });
    else tally.failures.push({ name: GROUP, detail: String((error as Error).stack ?? error) });
  }
  tally.tookMs = performance.now() - startedAt;
  return tally;
}
