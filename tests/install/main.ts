/** `npm run test:install`: whole releases on a standard Debian 12, with every package of Debian that they bring. */
import { noOptions, readCommandLine } from '#edge/command-line.ts';
import { print, runStages } from '../gate/gate.ts';
import { vitestGroup } from '../gate/vitest-group.ts';

readCommandLine(
  `npm run test:install: makes both releases and a standard Debian 12, and installs them there without a route to anywhere. Takes
20 minutes and 6 GB of memory; the suite has the same with few packages of Debian`,
  noOptions,
);
process.env.MARU_INSTALL = 'whole';
print('whole releases on a standard Debian 12');
process.exitCode = await runStages([
  [vitestGroup('integration', { only: ['tests/install/installation.integration.test.ts'] })],
]);
