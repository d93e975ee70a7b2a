/** The policy file for a box whose screen is at the given address. */
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { managedPolicy } from './policy.ts';

const usage = `node_modules/.bin/node kiosk/shell/chromium/print-policy.ts URL

  URL  the address of the screen on the box, as http://127.0.0.1:7420/`;

const url = readCommandLine(usage, (args) => {
  const [url = '', ...more] = parseArgs({ args, allowPositionals: true, options: {} }).positionals;
  if (!URL.canParse(url) || more.length > 0) throw new Error('one address is needed');
  return url;
});
process.stdout.write(`${JSON.stringify(managedPolicy(new URL(url).origin), null, 2)}\n`);
