/** `npm run release:keys`: the keys that releases are signed with, and the first root. */
import { readCommandLine } from '#edge/command-line.ts';
import { runInWords } from '../command.ts';
import { keysUsage, makeKeys, parseKeysOptions } from './keys-command.ts';

const options = readCommandLine(keysUsage, parseKeysOptions);
await runInWords(() => makeKeys(options));
