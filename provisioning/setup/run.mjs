// `run.mjs COMMAND…`: set-up for the suite, then COMMAND with this checkout's programs first in the PATH.
import { delimiter, join } from 'node:path';
import { checkout } from './checkout.mjs';
import { handOver } from './hand-over.mjs';
import { exitWith } from './refusal.mjs';
import { setUp } from './set-up.mjs';

const [command, ...args] = process.argv.slice(2);
if (!command || command.startsWith('-')) {
  const usage = 'node provisioning/setup/run.mjs COMMAND [ARGUMENT…]: set-up for the suite, then COMMAND\n';
  (command === '--help' ? process.stdout : process.stderr).write(usage);
  process.exit(command === '--help' ? 0 : 2);
}
try {
  const { workerPath } = await setUp('test');
  const path = [join(checkout, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  handOver(command, args, { env: { ...process.env, PATH: path, MEDIASOUP_WORKER_BIN: workerPath } });
} catch (error) {
  exitWith(error);
}
