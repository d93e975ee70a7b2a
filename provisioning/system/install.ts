/**
 * Makes a Debian a room's box or its server. Runs as often as one likes; with --root it only writes, into that folder.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { type Files, placeFiles, readTree, removeFiles } from './placed-files.ts';
import { ROLES, type MachineRole, roleNeeds } from './roles.ts';

const usage = `node_modules/.bin/node provisioning/system/install.ts --role kiosk|server [options]

  --role NAME       a room's box (kiosk), or its server
  --root DIR        only write, into that folder
  --screen-url URL  of the TV's page on the box (http://127.0.0.1:7420/)
  --uninstall       take everything away but what is in /var/lib
  --no-start        place and enable, and start nothing before the next boot`;

const values = readCommandLine(usage, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      role: { type: 'string' },
      root: { type: 'string', default: '/' },
      'screen-url': { type: 'string', default: 'http://127.0.0.1:7420/' },
      uninstall: { type: 'boolean', default: false },
      'no-start': { type: 'boolean', default: false },
    },
  });
  const role = ROLES.find((name) => name === values.role);
  if (role === undefined) throw new Error('which? --role kiosk or --role server');
  if (!URL.canParse(values['screen-url'])) throw new Error(`--screen-url is an address, not "${values['screen-url']}"`);
  return { ...values, role };
});
const CHECKOUT = join(import.meta.dirname, '../..');
const { root, uninstall, role } = values;
const live = root === '/';
const say = (line: string): void => void process.stdout.write(`${line}\n`);
function fail(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
if (live && process.getuid?.() !== 0) fail('only root can do this: sudo');
const listPath = `usr/local/share/maru/${role}.placed`;

if (uninstall) takeAway(role);
else putInPlace(role);

function putInPlace(role: MachineRole): void {
  const { enable, onRequest, mask, defaultTarget } = roleNeeds[role];
  if (live) needPackages(role);
  const changed = placeFiles(root, filesOf(role), listPath);
  for (const path of changed) say(`placed /${path}`);
  if (changed.length === 0) say('every file is in place');
  if (live && !existsSync('/opt/maru/current')) {
    run('install', ['-d', '/opt/maru']);
    symlinkSync(CHECKOUT, '/opt/maru/current');
    say(`/opt/maru/current is ${CHECKOUT}`);
  }
  if (live) {
    run('systemd-sysusers', []);
    run('systemd-tmpfiles', ['--create']);
    run('systemctl', ['daemon-reload']);
    if (role === 'kiosk') {
      run('udevadm', ['control', '--reload']);
      run('udevadm', ['trigger', '--subsystem-match=hidraw', '--subsystem-match=cec', '--subsystem-match=tty']);
      run('sysctl', ['--system', '--quiet', '--ignore']);
    }
  }
  systemctl(['enable', ...enable]);
  if (mask.length > 0) systemctl(['mask', ...mask]);
  // a tree without systemd's own units has nothing to point to
  if (defaultTarget !== null && existsSync(join(root, 'lib/systemd/system', defaultTarget))) {
    systemctl(['set-default', defaultTarget]);
  }
  if (live && !values['no-start']) {
    run('systemctl', ['restart', '--no-block', ...enable]);
    if (onRequest.length > 0) run('systemctl', ['try-restart', '--no-block', ...onRequest]);
  }
}

function takeAway(role: MachineRole): void {
  const { enable, onRequest, mask } = roleNeeds[role];
  // instances are started by udev
  if (live) run('systemctl', ['stop', ...enable, ...onRequest, 'maru-*@*.service']);
  systemctl(['disable', ...enable, ...onRequest]);
  if (mask.length > 0) systemctl(['unmask', ...mask]);
  for (const path of removeFiles(root, listPath)) say(`removed /${path}`);
  if (live) run('systemctl', ['daemon-reload']);
  say('what the room or the server kept in /var/lib is still there');
}

/** The tree, and what the shell makes of its own code: its policy and its picture. */
function filesOf(role: MachineRole): Files {
  const files = readTree(join(import.meta.dirname, 'files', role));
  if (role === 'kiosk') {
    const policy = made(['kiosk/shell/chromium/print-policy.ts', values['screen-url']]);
    files.set('etc/chromium/policies/managed/maru.json', policy);
    files.set('usr/local/share/maru/room.svg', made(['kiosk/shell/print-room-picture.ts']));
  }
  return files;
}

function made(args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: CHECKOUT, encoding: 'utf8' });
}

function needPackages(role: MachineRole): void {
  const { packages } = roleNeeds[role];
  let known = '';
  try {
    const format = ['-W', '-f', '$' + '{Package} $' + '{db:Status-Status}\\n'];
    known = execFileSync('dpkg-query', [...format, ...packages], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    // it ends with 1 when it does not know one of them, and prints the others all the same
    known = String((error as { stdout?: string }).stdout ?? '');
  }
  const missing = packages.filter((name) => !known.split('\n').includes(`${name} installed`));
  if (missing.length === 0) return;
  fail(`packages of Debian are missing:\n\n  apt-get install --no-install-recommends ${missing.join(' ')}\n`);
}

/** Links of units, which `systemctl --root` makes without a systemd that runs. */
function systemctl(args: string[]): void {
  run('systemctl', live ? args : [`--root=${root}`, ...args]);
}

function run(command: string, args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
