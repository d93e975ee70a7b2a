/** `npm run test:scenes`: axe and the size of what is touched on every scene; the suite judges a ninth of them. */
import { noOptions, readCommandLine } from '#edge/command-line.ts';
import { print, runStages } from '../gate/gate.ts';
import { vitestGroup } from '../gate/vitest-group.ts';

readCommandLine('npm run test:scenes: axe on every scene of every page. Takes 8 minutes', noOptions);
process.env.MARU_EVERY_SCENE = '1';
print('every scene');
process.exitCode = await runStages([
  [vitestGroup('integration', { only: ['tests/integration/scenes-accessibility.test.ts'] })],
]);
