/** `npm run chaos:packager -- --minutes N --seed S`: the packager on air without a browser, struck by faults, under the validator. */
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { packagerFaults } from './packager-faults.ts';
import { watchUnderFaults } from './watch-under-faults.ts';

const help = `Follows the playlists of a packager on air with the validator while all that can fail does.

  npm run chaos:packager -- [options]

  --minutes N      how long (30)
  --seed N         which faults and when (random, printed)
  --part-ms N      500 or 200 (500)
  --only WORDS     faults whose name has these words (repeatable)`;

const { minutes, seed, partMs, faults } = readCommandLine(help, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      'part-ms': { type: 'string', default: '500' },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const [minutes, seed, partMs] = [Number(values.minutes), Number(values.seed), Number(values['part-ms'])];
  if (!(minutes >= 0)) throw new Error('--minutes: a number');
  if (!Number.isSafeInteger(seed)) throw new Error('--seed: a whole number');
  if (partMs !== 500 && partMs !== 200) throw new Error('--part-ms: 500 or 200');
  const isChosen = (name: string): boolean => values.only.some((words) => name.includes(words));
  const faults = values.only.length === 0 ? packagerFaults : packagerFaults.filter(({ name }) => isChosen(name));
  if (faults.length === 0) throw new Error('--only: no fault has these words in its name');
  return { minutes, seed, partMs, faults } as const;
});
console.log(`seed ${seed}`);
const { problems, strikes, summary } = await watchUnderFaults({
  ...{ seed, partMs, seconds: minutes * 60, faults },
  onLine: (line) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`),
});
console.log(summary);
console.log(problems.length === 0 ? `no rule is broken by ${strikes} faults` : `${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
