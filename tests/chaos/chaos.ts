/** `npm run chaos -- --runs N --seed S`: faults at seeded instants, judged by the product's own limits. Every run prints its seed. */
import { parseArgs } from 'node:util';
import { seededRandom } from '../simulators/seeded-random.ts';
import { CallUnderFault } from './call-under-fault.ts';
import { faults, noFault } from './faults.ts';
import { moments, quiet } from './moments.ts';
import { describeStruck, strike } from './strike.ts';

const help = `Strikes a running call with faults at seeded instants.

  npm run chaos -- [options]

  --runs N         strikes (20)
  --seed N         which ones and when (random, printed)
  --patience N     times its limit that a time may take (1)
  --only WORDS     faults and moments whose name has these words, as "agent" or "join" (repeatable)

Each moment is first gone through without a fault: pictures stand still then too where all browsers share few cores, and
that floor is printed. A new call is set up after a strike that went wrong. Ends with 1 if any did.`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    patience: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: [] },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}
const seed = Number(values.seed);
const random = seededRandom(seed);
for (const words of values.only) {
  if ([...faults, quiet, ...moments].some(({ name }) => name.includes(words))) continue;
  console.error(`--only: no fault and no moment has "${words}" in its name`);
  process.exit(2);
}
const chosen = <T extends { name: string }>(all: T[]): T[] => {
  const named = all.filter(({ name }) => values.only.some((words) => name.includes(words)));
  return named.length > 0 ? named : all;
};
console.log(`seed ${seed}`);

let call: CallUnderFault | null = null;
let wrong = 0;
const withFloor = new Set<string>();
const stop = async () => {
  await call?.close();
  call = null;
};
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stop().then(() => process.exit(1)));
for (let run = 1; run <= Number(values.runs); run += 1) {
  const fault = random.pick(chosen(faults));
  const moment = random.pick(chosen([quiet, ...moments]));
  const instantMs = Math.round(random.between(0, moment.lastsMs));
  call ??= await CallUnderFault.start(seed + run);
  if (!withFloor.has(moment.name)) {
    withFloor.add(moment.name);
    const floor = await strike(call, { fault: noFault, moment, instantMs: moment.lastsMs, patience: 1 });
    console.log(`floor  ${describeStruck(floor)}`);
    // a strike must not inherit what went wrong before it
    if (floor.problems.length > 0) await stop();
    call ??= await CallUnderFault.start(seed + run);
  }
  const struck = await strike(call, { fault, moment, instantMs, patience: Number(values.patience) });
  console.log(`${struck.problems.length === 0 ? 'ok  ' : 'FAIL'} ${run}. ${describeStruck(struck)}`);
  if (struck.problems.length > 0) {
    wrong += 1;
    await stop();
  }
}
await stop();
console.log(`${Number(values.runs) - wrong} of ${values.runs} as promised, seed ${seed}`);
process.exit(wrong > 0 ? 1 : 0);
