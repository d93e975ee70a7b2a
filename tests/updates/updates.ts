/** Every case of an update in guests with systemd; what has passed is kept, so that the run can be stopped and resumed. */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { print, runStages } from '../gate/gate.ts';
import { measureOutage } from './outage.ts';
import { runUpdateTests } from './update-tests.ts';

const usage = `npm run test:updates -- [options] [TEXT]: updates, broken releases and power cuts on a Debian with systemd, in QEMU

  TEXT         cases whose name has it, as "power is cut"; default: all, which takes hours
  --kept F     passed cases are kept there and not run again (.maru/updates-guest.jsonl)
  --again      forgets them first
  --outage     only measures how long an update takes the room's agent away, against a plain restart`;

const { containing, keptPath, again, outage } = readCommandLine(usage, (args) => {
  const options = {
    kept: { type: 'string', default: '.maru/updates-guest.jsonl' },
    again: { type: 'boolean', default: false },
    outage: { type: 'boolean', default: false },
  } as const;
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  if (positionals.length > 1) throw new Error('one TEXT at most');
  return { containing: positionals[0] ?? '', keptPath: values.kept, again: values.again, outage: values.outage };
});
if (again) rmSync(keptPath, { force: true });
if (outage) {
  const { updateS, restartS, ratio } = await measureOutage(print);
  print(
    `away for ${updateS.toFixed(2)} s in an update, ${restartS.toFixed(2)} s in a restart: ratio ${ratio.toFixed(2)}`,
  );
} else {
  const run = () => runUpdateTests({ progress: print, which: { containing }, keptPath });
  process.exitCode = await runStages([[{ group: 'updates', run }]]);
}
