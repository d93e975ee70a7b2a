/**
 * `npm test`: the whole suite, or the groups that `--only` names. Ends with `N passed, N failed` alone on the last line;
 * the exit code says the same. Browsers share nothing with heavy neighbours: they come last, one group after the other,
 * and so do guests in QEMU. What judges times runs one file at a time.
 */
import { readCommandLine } from '#edge/command-line.ts';
import { checks } from './gate/checks.ts';
import { groupNames, print, runStages, type Stage, wantedStages } from './gate/gate.ts';
import { timingFiles, timingIntegrationFiles } from './gate/timing-files.ts';
import { vitestGroup } from './gate/vitest-group.ts';
import { waitingFiles } from './gate/waiting-files.ts';
import { runGuestTests } from './vm/guest-tests.ts';

/** It keeps a core busy for minutes: beside the guests, which need little, it makes no other test late. */
const installation = ['tests/install/installation.integration.test.ts'];
/** By a command of its own (tests/updates/README.md): it installs and updates a Debian. */
const updatedDebian = ['tests/updates/on-this-kernel.integration.test.ts'];

const stages: readonly Stage[] = [
  checks,
  [vitestGroup('unit'), vitestGroup('mocked'), vitestGroup('architecture')],
  [
    vitestGroup('integration', {
      except: [...waitingFiles, ...timingIntegrationFiles, ...installation, ...updatedDebian],
    }),
    vitestGroup('integration', { only: waitingFiles }),
  ],
  [vitestGroup('integration', { only: timingIntegrationFiles, inTurn: true })],
  [{ group: 'guest', run: () => runGuestTests(print) }, vitestGroup('integration', { only: installation })],
  [vitestGroup('e2e', { except: timingFiles })],
  [vitestGroup('e2e', { only: timingFiles, inTurn: true })],
  [vitestGroup('chaos')],
];
const usage = `npm test -- [options]: everything that has to hold; ends with "N passed, N failed"

  --only GROUP   that group alone, several times for several: ${groupNames(stages).join(', ')}`;

process.exitCode = await runStages(readCommandLine(usage, (args) => wantedStages(stages, args)));
