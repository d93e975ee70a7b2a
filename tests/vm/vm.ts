/** The tests that need a kernel with devices that this machine lacks, inside QEMU. */
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { print, runStages } from '../gate/gate.ts';
import { runGuestTests } from './guest-tests.ts';

const usage = `npm run test:vm -- [NAME]: what needs kernel devices, and power cuts, in QEMU guests

  NAME  guest/NAME.guest.ts alone, as speakerphone`;

const only = readCommandLine(usage, (args) => {
  const [name, ...more] = parseArgs({ args, allowPositionals: true, options: {} }).positionals;
  if (more.length > 0) throw new Error('one name at most');
  return name;
});
process.exitCode = await runStages([[{ group: 'guest', run: () => runGuestTests(print, only) }]]);
