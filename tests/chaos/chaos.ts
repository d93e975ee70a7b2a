/** `npm run chaos -- --runs N --seed S`: faults at seeded instants, judged by the product's own limits. Every run prints its seed. */
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { NOISE } from '../e2e/bystanders.ts';
import { seededRandom } from '../simulators/seeded-random.ts';
import { CallUnderFault } from './call-under-fault.ts';
import { faults, noFault, UNTOUCHED_MS } from './faults.ts';
import { moments, quiet } from './moments.ts';
import { describeStruck, type Struck, strike, tooLong } from './strike.ts';
import { printVerdict } from './verdict.ts';

const help = `Strikes a running call with faults at seeded instants.

  npm run chaos -- [options]

  --runs N         strikes (20)
  --seed N         which ones and when (random, printed)
  --only WORDS     faults and moments whose name has these words, as "agent" or "join" (repeatable)

Each moment is first gone through without a fault: pictures stand still then too where all browsers share few cores, and
that floor is printed. A new call is set up after a strike that went wrong. A strike goes wrong where something is not as it was,
or took three times its limit; the limits themselves are judged at the end, over all strikes of a fault: 95 of 100 must be
within them. Ends with 1 otherwise.`;

const { values } = readCommandLine(help, (args) =>
  parseArgs({
    args,
    options: {
      runs: { type: 'string', default: '20' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      only: { type: 'string', multiple: true, default: [] },
    },
  }),
);
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
const struck: Struck[] = [];
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
    const floor = await strike(call, {
      fault: noFault,
      moment,
      instantMs: moment.lastsMs,
      stillMs: UNTOUCHED_MS,
    });
    console.log(`floor  ${describeStruck(floor)}`);
    // a strike must not inherit what went wrong before it
    if (floor.problems.length > 0) await stop();
    call ??= await CallUnderFault.start(seed + run);
  }
  const one = await strike(call, { fault, moment, instantMs, stillMs: UNTOUCHED_MS });
  one.problems.push(...tooLong(one.times, NOISE));
  struck.push(one);
  const late = tooLong(one.times, 1);
  const verdict = one.problems.length > 0 ? 'FAIL' : late.length > 0 ? 'late' : 'ok  ';
  console.log(`${verdict} ${run}. ${describeStruck(one)}${late.map((each) => `\n    ${each}`).join('')}`);
  if (one.problems.length > 0) await stop();
}
await stop();
const held = printVerdict(struck);
console.log(`seed ${seed}`);
process.exit(held ? 0 : 1);
