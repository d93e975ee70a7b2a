/** `npm run chaos:feeds -- --count N --seed S`: mutated manifests and metadata of signed feeds, and whether any is accepted. */
import { parseArgs } from 'node:util';
import { readCommandLine, wholeNumber } from '#edge/command-line.ts';
import { MutatedFeeds } from './mutated-feeds.ts';

const help = `Damages signed feeds and verifies them.

  npm run chaos:feeds -- [options]

  --count N  how many (10000)
  --seed N   of the first; the next has the next seed (random, printed)

Ends with 1 where one that differs is accepted, anything but a refusal comes out, or the good feed is refused afterwards.
One alone is repeated by its seed and --count 1.`;

const { count, seed } = readCommandLine(help, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      count: { type: 'string', default: '10000' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    },
  });
  return { count: wholeNumber('count', values.count, 1), seed: wholeNumber('seed', values.seed, 0, 2 ** 32) };
});
console.log(`seed ${seed}`);
const SHOWN_EVERY = 5_000;
const feeds = new MutatedFeeds();
const outcomes = new Map<string, number>();
let problems = 0;
for (let done = 0; done < count; done += 1) {
  const { outcome, problem, what } = await feeds.run(seed + done);
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  if (problem !== null) {
    problems += 1;
    console.log(`FAIL seed ${seed + done}: ${what}: ${problem}`);
  }
  if ((done + 1) % SHOWN_EVERY === 0) console.log(`${new Date().toISOString().slice(11, 19)} ${done + 1} of ${count}`);
}
feeds.close();
console.log(
  [...outcomes]
    .sort()
    .map(([outcome, times]) => `${outcome} ${times}`)
    .join(', '),
);
console.log(`${count} feeds, ${problems} problems, seeds ${seed} to ${seed + count - 1}`);
process.exit(problems > 0 ? 1 : 0);
