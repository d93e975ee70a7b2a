/** `npm run release:root`: the next root, of other keys, thresholds or a later end; its signatures, one person at a time. */
import { readCommandLine } from '#edge/command-line.ts';
import { runInWords } from '../command.ts';
import { runRootCommand } from './root-command.ts';
import { parseRootOptions, rootUsage } from './root-options.ts';

const options = readCommandLine(rootUsage, parseRootOptions);
await runInWords(() => runRootCommand(options));
