/** `npm run chaos:updater`: power cuts and disk errors at every call of root's updater that changes a disk. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import {
  FAULT_CALLS,
  FAULT_ORDERS,
  FAULTS,
  type FaultCase,
  type FaultVerdict,
  faultOutcome,
} from '../../../kiosk/updater/faults-under-test.ts';

const help = `Cuts the power, or has the disk refuse, at each call of root's updater that changes a disk, one after the other.

  npm run chaos:updater -- [options]

  --only WORD  cases with that word alone: ${[...FAULT_ORDERS, ...FAULTS].join(', ')}, or the name of a system call
  --kept FILE  what is done already, a line for each case (.maru/chaos/updater.jsonl); delete it to begin anew

After each, the old release or the new one runs, whole and with its own units, and the next try ends well. Ends with 1 where one does
not. It goes on where it was stopped.`;

const { only, kept } = readCommandLine(help, (args) => {
  const { values } = parseArgs({
    args,
    options: { only: { type: 'string' }, kept: { type: 'string', default: '.maru/chaos/updater.jsonl' } },
  });
  const words: readonly string[] = [...FAULT_ORDERS, ...FAULTS, ...FAULT_CALLS];
  if (values.only !== undefined && !words.includes(values.only)) throw new Error(`no case has the word ${values.only}`);
  return { only: values.only, kept: join(process.cwd(), values.kept) };
});

type Kept = { name: string } & FaultVerdict;
const done = new Map<string, Kept>();
if (existsSync(kept))
  for (const line of readFileSync(kept, 'utf8').split('\n').filter(Boolean)) {
    const each = JSON.parse(line) as Kept;
    done.set(each.name, each);
  }
mkdirSync(dirname(kept), { recursive: true });

const verdicts: Kept[] = [];
for (const order of FAULT_ORDERS)
  for (const fault of FAULTS)
    for (const call of FAULT_CALLS) {
      const words: readonly string[] = [order, fault, call];
      if (only !== undefined && !words.includes(only)) continue;
      for (let at = 1; ; at += 1) {
        const verdict = await judged({ order, fault, call, at });
        if (verdict.isBeyond) break;
        verdicts.push(verdict);
      }
    }
const wrong = verdicts.filter((each) => each.wrong.length > 0);
console.log(`${verdicts.length} faults, ${wrong.length} of them left something wrong`);
process.exit(wrong.length > 0 ? 1 : 0);

/** Once and for all: what is kept is not tried again. */
async function judged(each: FaultCase): Promise<Kept> {
  const name = `${each.order} ${each.fault} ${each.call} ${each.at}`;
  const before = done.get(name);
  if (before !== undefined) return before;
  const verdict = { name, ...(await faultOutcome(each)) };
  appendFileSync(kept, `${JSON.stringify(verdict)}\n`);
  if (!verdict.isBeyond)
    console.log(`${verdict.wrong.length === 0 ? 'ok  ' : 'FAIL'} ${name} ${verdict.wrong.join('; ')}`);
  return verdict;
}
