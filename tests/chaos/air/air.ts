/** `npm run chaos:air -- --runs N --seed S`: a meeting on air, struck by faults; what the viewer's screen showed, and the recording. */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { seededRandom } from '../../simulators/seeded-random.ts';
import { airFaults } from './air-faults.ts';
import { USUAL_PICTURES } from '../../e2e/product/product.ts';
import { AirUnderFault } from './air-under-fault.ts';
import { describeStruckAir, strikeAir } from './strike-air.ts';

const help = `Strikes a meeting on air with faults at seeded instants.

  npm run chaos:air -- [options]

  --runs N         strikes (30)
  --seed N         which ones and when (random, printed)
  --only WORDS     faults whose name has these words (repeatable)
  --log FILE       keeps the fleet's log there`;

const { values } = readCommandLine(help, (args) =>
  parseArgs({
    args,
    options: {
      runs: { type: 'string', default: '30' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      log: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
    },
  }),
);
const LOST_AT_MOST_S = 1;
const seed = Number(values.seed);
const random = seededRandom(seed);
const chosen =
  values.only.length === 0
    ? airFaults
    : airFaults.filter(({ name }) => values.only.some((words) => name.includes(words)));
if (chosen.length === 0) {
  console.error('--only: no fault has these words in its name');
  process.exit(2);
}
console.log(`seed ${seed}`);
const air = await AirUnderFault.start(seed, [...USUAL_PICTURES]);
const { log } = values;
if (log !== undefined) setInterval(() => writeFileSync(log, air.scene.product.log('fleet')), 1_000).unref();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void air.close().then(() => process.exit(1)));
let failed = 0;
for (let strike = 1; strike <= Number(values.runs); strike += 1) {
  // each of them before one comes again
  const fault = strike <= chosen.length ? chosen[strike - 1]! : random.pick([...chosen]);
  await sleep(random.between(500, 4_000));
  const struck = await strikeAir(air, fault, () => 1);
  if (struck.problems.length > 0) failed += 1;
  const at = new Date().toISOString().slice(11, 23);
  console.log(`${struck.problems.length > 0 ? 'FAIL' : 'ok  '} ${strike}. until ${at} ${describeStruckAir(struck)}`);
}
const { fileS, onAirS } = await air.endAndCheckFile();
const isWhole = onAirS - fileS <= LOST_AT_MOST_S;
console.log(`${isWhole ? 'ok  ' : 'FAIL'} recording: ${fileS.toFixed(1)} s of ${onAirS.toFixed(1)} s, plays through`);
await air.close();
console.log(`${Number(values.runs) - failed} of ${values.runs} strikes as promised`);
process.exit(failed === 0 && isWhole ? 0 : 1);
