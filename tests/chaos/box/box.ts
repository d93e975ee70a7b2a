/** Agent, screen and shell each killed N times at seeded instants of calls, and no event lost. */
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { seededRandom } from '../../simulators/seeded-random.ts';
import { BoxUnderFault } from './box-under-fault.ts';
import { lostEvents } from './lost-events.ts';
import { describeStruckBox, MOMENTS, PARTS, strikeBox, type StruckBox } from './strike-box.ts';

const help = `Kills agent, screen and shell of a box at seeded instants of calls, and looks whether an event is lost.

  npm run chaos:box -- [options]

  --each N      how often each part (50)
  --seed N      when (random, printed)
  --patience N  limits are this many times as wide (1)`;

const { values } = readCommandLine(help, (args) =>
  parseArgs({
    args,
    options: {
      each: { type: 'string', default: '50' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      patience: { type: 'string', default: '1' },
    },
  }),
);
const seed = Number(values.seed);
const random = seededRandom(seed);
console.log(`seed ${seed}`);
const box = await BoxUnderFault.start();
const struck: StruckBox[] = [];
let lost: string[] = [];
try {
  for (let run = 0; run < Number(values.each); run += 1) {
    for (const part of PARTS) {
      const one = await strikeBox(box, {
        part,
        moment: random.pick(MOMENTS),
        random,
        patience: Number(values.patience),
      });
      struck.push(one);
      console.log(`${one.problems.length === 0 ? 'ok  ' : 'FAIL'} ${struck.length}. ${describeStruckBox(one)}`);
    }
  }
  lost = await lostEvents(box);
} finally {
  await box.close();
}
for (const part of PARTS) {
  const dark = struck.filter((one) => one.part === part).map((one) => one.longestDarkMs);
  console.log(`${part}: ${dark.length} times, the TV dark for ${Math.max(...dark)} ms at most`);
}
for (const each of lost) console.log(`lost: ${each}`);
const wrong = struck.filter(({ problems }) => problems.length > 0).length + lost.length;
console.log(`${struck.length - wrong} of ${struck.length} as promised, ${lost.length} events lost, seed ${seed}`);
process.exit(wrong > 0 ? 1 : 0);
