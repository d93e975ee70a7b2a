/**
 * `npm test`: the whole suite, or the groups that `--only` names. Ends with `N passed, N failed` alone on the last line;
 * the exit code says the same. Browsers share nothing with heavy neighbours: they come last, one file after the other,
 * and so do guests in QEMU. What judges times runs one file at a time.
 */
import { readCommandLine } from '#edge/command-line.ts';
import { checks } from './gate/checks.ts';
import { groupNames, print, runStages, type Stage, wantedStages } from './gate/gate.ts';
import { timingIntegrationFiles } from './gate/timing-files.ts';
import { chosenTurn, filesOfOtherTurns, turns } from './gate/turns.ts';
import { vitestGroup } from './gate/vitest-group.ts';
import { runGuestTests } from './vm/guest-tests.ts';

/** It keeps a core busy for minutes: beside the guests, which need little, it makes no other test late. */
const installation = ['tests/install/installation.integration.test.ts'];
/** By a command of its own (tests/updates/README.md): it installs and updates a Debian. */
const updatedDebian = ['tests/updates/on-this-kernel.integration.test.ts'];

const turn = chosenTurn();
const others = filesOfOtherTurns(turn);

const stages: readonly Stage[] = [
  checks,
  [vitestGroup('unit'), vitestGroup('mocked'), vitestGroup('architecture')],
  [vitestGroup('integration', { except: [...timingIntegrationFiles, ...installation, ...updatedDebian, ...others] })],
  [vitestGroup('integration', { only: timingIntegrationFiles.filter((file) => !others.includes(file)), inTurn: true })],
  [{ group: 'guest', run: () => runGuestTests(print) }, vitestGroup('integration', { only: installation })],
  [vitestGroup('e2e', { except: others })],
  [vitestGroup('chaos')],
];
const usage = `npm test -- [options]: everything that has to hold; ends with "N passed, N failed"

  --only GROUP   that group alone, several times for several: ${groupNames(stages).join(', ')}`;

const wanted = readCommandLine(usage, (args) => wantedStages(stages, args));
if (turn !== null)
  print(`of the long files, turn ${turn} of ${turns.length} (MARU_TEST_TURN; npm run test:turns runs all)`);
process.exitCode = await runStages(wanted);
