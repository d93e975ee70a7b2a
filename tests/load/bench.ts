/** `npm run bench -- NAME`: measures against a peer that does the same work in the same run, prints a table and one line of JSON. */
import { parseArgs } from 'node:util';
import { callBench } from './call/call-bench.ts';
import { printReport } from './report.ts';

const help = `npm run bench -- NAME [options]

  call            waits, cost per packet, page weight

  --runs N        pairs of each figure (5)
  --seed N        of the delay proxy (7)
  --only PART     weight, waits, tls or packets`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    seed: { type: 'string', default: '7' },
    only: { type: 'string' },
  },
});
const [name] = positionals;
if (values.help || (name !== 'call' && name !== 'all')) {
  console.log(help);
  process.exit(values.help ? 0 : 2);
}
printReport(await callBench({ runs: Number(values.runs), seed: Number(values.seed), only: values.only ?? null }));
process.exit(0);
