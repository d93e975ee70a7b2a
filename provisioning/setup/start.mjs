// `npm start`: set-up, then a fleet with one demonstration room. All options belong to provisioning/demonstration.
import { join } from 'node:path';
import { checkout, node24 } from './checkout.mjs';
import { handOver } from './hand-over.mjs';
import { exitWith } from './refusal.mjs';
import { setUp } from './set-up.mjs';

try {
  const { workerPath } = await setUp('start');
  handOver(node24, [join(checkout, 'provisioning/demonstration/main.ts'), ...process.argv.slice(2)], {
    env: { ...process.env, MEDIASOUP_WORKER_BIN: workerPath },
    lifeline: true,
  });
} catch (error) {
  exitWith(error);
}
