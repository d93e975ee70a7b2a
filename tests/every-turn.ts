/** `npm run test:turns`: the long files of which the suite runs a part (gate/turns.ts), all of them, one after the other. */
import { noOptions, readCommandLine } from '#edge/command-line.ts';
import { print, runStages } from './gate/gate.ts';
import { turns } from './gate/turns.ts';
import { vitestGroup } from './gate/vitest-group.ts';

readCommandLine('npm run test:turns: all long files. Takes half an hour', noOptions);
const files = turns.flat();
print(`${files.length} files`);
const ofProject = (project: string) => files.filter((file) => file.includes(`/${project}/`));
process.exitCode = await runStages([
  [vitestGroup('integration', { only: ofProject('integration'), inTurn: true })],
  [vitestGroup('e2e', { only: ofProject('e2e'), inTurn: true })],
]);
