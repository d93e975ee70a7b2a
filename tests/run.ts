/**
 * `npm test`: the whole suite. Ends with `N passed, N failed` alone on the last line; the exit code says the same.
 * Browsers share nothing with heavy neighbours: they come last, one group after the other, and so do guests in QEMU.
 */
import { noOptions, readCommandLine } from '#edge/command-line.ts';
import { checks, runCheck } from './gate/checks.ts';
import { print, runStages } from './gate/gate.ts';
import { runVitest } from './gate/vitest-group.ts';
import { runGuestTests } from './vm/guest-tests.ts';

readCommandLine('npm test: everything that has to hold; ends with "N passed, N failed"', noOptions);
process.exitCode = await runStages([
  checks.map((check) => () => runCheck(check)),
  [() => runVitest('unit', print), () => runVitest('architecture', print)],
  [() => runVitest('integration', print)],
  [() => runGuestTests(print)],
  [() => runVitest('e2e', print)],
  [() => runVitest('chaos', print)],
]);
