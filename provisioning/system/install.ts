/**
 * Puts the system's files of a checkout in place, on this machine or into a folder. Runs as often as one likes. A release does the
 * same on a box (../release/installer).
 */
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { putInPlace, takeAway } from './placement.ts';
import { ROLES } from './roles.ts';
import { SCREEN_URL, systemFiles } from './system-files.ts';

const usage = `node_modules/.bin/node provisioning/system/install.ts --role kiosk|server [options]

  --role NAME       a room's box (kiosk), or its server
  --root DIR        only write, into that folder
  --screen-url URL  of the TV's page on the box (${SCREEN_URL})
  --uninstall       take everything away but what is in /var/lib
  --no-start        place and enable, and start nothing before the next boot`;

const values = readCommandLine(usage, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      role: { type: 'string' },
      root: { type: 'string', default: '/' },
      'screen-url': { type: 'string', default: SCREEN_URL },
      uninstall: { type: 'boolean', default: false },
      'no-start': { type: 'boolean', default: false },
    },
  });
  const role = ROLES.find((name) => name === values.role);
  if (role === undefined) throw new Error('which? --role kiosk or --role server');
  if (!URL.canParse(values['screen-url'])) throw new Error(`--screen-url is an address, not "${values['screen-url']}"`);
  return { ...values, role };
});
const { root, uninstall, role } = values;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
if (root === '/' && process.getuid?.() !== 0) {
  process.stderr.write('only root can do this: sudo\n');
  process.exit(1);
}
if (uninstall) takeAway({ role, root, say });
else putInPlace({ role, root, isStarted: !values['no-start'], say }, systemFiles(role, values['screen-url']));
