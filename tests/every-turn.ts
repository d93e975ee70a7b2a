/** `npm run test:turns`: the long files of which the suite runs a part (gate/turns.ts), all of them, one after the other. */
import { noOptions, readCommandLine } from '#edge/command-line.ts';
import { print, runStages } from './gate/gate.ts';
import { turns } from './gate/turns.ts';
import { vitestGroup } from './gate/vitest-group.ts';

readCommandLine('npm run test:turns: all long files. Takes half an hour', noOptions);
const files = turns.flat();
print(`${files.length} files`);
const endToEnd = files.filter((file) => file.endsWith('.e2e.test.ts'));
process.exitCode = await runStages([
  [vitestGroup('integration', { only: files.filter((file) => !endToEnd.includes(file)), inTurn: true })],
  [vitestGroup('e2e', { only: endToEnd, inTurn: true })],
]);
