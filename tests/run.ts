/**
 * `npm test`: the whole suite. Ends with `N passed, N failed` alone on the last line; the exit code says the same.
 * The whole product in browsers shares the machine with nothing heavy: it comes last, one group after the other. Guests in
 * QEMU wait more than they work, so they go beside the integration tests.
 */
import { checks, runCheck } from './gate/checks.ts';
import { print, runStages } from './gate/gate.ts';
import { runVitest } from './gate/vitest-group.ts';
import { runGuestTests } from './vm/guest-tests.ts';

process.exitCode = await runStages([
  checks.map((check) => () => runCheck(check)),
  [() => runVitest('unit', print), () => runVitest('architecture', print)],
  [() => runVitest('integration', print), () => runGuestTests(print)],
  [() => runVitest('e2e', print)],
  [() => runVitest('chaos', print)],
]);
