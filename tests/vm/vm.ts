/**
 * `npm run test:vm`: the tests that need a kernel with devices that this machine lacks, inside QEMU. `npm run test:vm --
 * speakerphone` runs guest/speakerphone.guest.ts alone.
 */
import { print, runStages } from '../gate/gate.ts';
import { runGuestTests } from './guest-tests.ts';

const [only] = process.argv.slice(2);
process.exitCode = await runStages([[() => runGuestTests(print, only)]]);
