/**
 * `npm run check`: what is right or wrong without starting the product. Types, lint and format, import directions, dead
 * code, the rules of the house, unit tests.
 */
import { noOptions, readCommandLine } from '#edge/command-line.ts';
import { checks } from './gate/checks.ts';
import { runStages } from './gate/gate.ts';
import { vitestGroup } from './gate/vitest-group.ts';

readCommandLine('npm run check: types, lint, import directions, dead code, unit tests', noOptions);
process.exitCode = await runStages([checks, [vitestGroup('unit'), vitestGroup('architecture')]]);
