/** `node kiosk/shell/chromium/print-policy.ts URL`: the policy file for a box whose screen is at that address. */
import { managedPolicy } from './policy.ts';

const [url] = process.argv.slice(2);
if (url === undefined || !URL.canParse(url)) {
  process.stderr.write('usage: print-policy.ts URL, the address of the screen\n');
  process.exit(2);
}
process.stdout.write(`${JSON.stringify(managedPolicy(new URL(url).origin), null, 2)}\n`);
