// `start.mjs PROGRAM…`: set-up for a start, then PROGRAM of this checkout on its own Node 24. All options are the program's.
import { join } from 'node:path';
import { checkout, node24 } from './checkout.mjs';
import { handOver } from './hand-over.mjs';
import { exitWith } from './refusal.mjs';
import { setUp } from './set-up.mjs';

const usage = `node provisioning/setup/start.mjs PROGRAM [ARGUMENT…]

Installs and builds what is missing, then runs a program of this checkout on its own Node 24. npm start, npm run kiosk,
npm run fleet and npm run media are such programs; what follows "--" is theirs.
`;
const [program, ...args] = process.argv.slice(2);
if (program === undefined || program.startsWith('-')) {
  (program === '--help' ? process.stdout : process.stderr).write(usage);
  process.exit(program === '--help' ? 0 : 2);
}
try {
  const { workerPath } = await setUp('start');
  handOver(node24, [join(checkout, program), ...args], {
    env: { ...process.env, MEDIASOUP_WORKER_BIN: workerPath },
    lifeline: true,
  });
} catch (error) {
  exitWith(error);
}
