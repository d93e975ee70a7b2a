// The box's system files as install.ts puts them into a folder, judged by systemd's and udev's own tools.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roleNeeds } from './roles.ts';

const installer = join(import.meta.dirname, 'install.ts');
/** systemd's own sum of what a unit leaves open, of 10; the screen needs devices and namespaces, which cost. */
const EXPOSED_AT_MOST: Record<string, number> = {
  'maru-agent.service': 2,
  'maru-backup.service': 2,
  'maru-cec-adapter@.service': 2,
  'maru-converter.service': 3,
  'maru-fleet.service': 2,
  'maru-guard.service': 2,
  'maru-live-edge.service': 2,
  'maru-media.service': 2,
  'maru-packager.service': 2,
  // places units, users and folders
  'maru-placement.service': 3,
  'maru-program.service': 3,
  'maru-screen.service': 4.5,
  'maru-turn.service': 2,
  'maru-updater.service': 2,
};
/** started by a timer, a path or a trial, and ends by itself */
const ONE_TIME = ['maru-backup.service', 'maru-guard.service', 'maru-placement.service', 'maru-updater.service'];
/** units that start a program of Debian */
const OF_DEBIAN: Record<string, string> = {
  'maru-live-edge.service': 'usr/sbin/nginx',
  'maru-cec-adapter@.service': 'usr/bin/inputattach',
  'maru-guard.service': 'bin/sh',
  'maru-turn.service': 'usr/bin/turnserver',
};
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0 && existsSync('/lib/systemd/system');
let root: string;

const install = (...args: string[]) =>
  spawnSync(process.execPath, [installer, '--root', root, ...args], { encoding: 'utf8' });
const tree = () =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(join(root, 'lib')))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort();

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'maru-root-'));
  if (!hasSystemd) return;
  // what units refer to: systemd's own units and ours to be started
  cpSync('/lib/systemd/system', join(root, 'lib/systemd/system'), { recursive: true, verbatimSymlinks: true });
  const programs = [
    'opt/maru/current/node_modules/node/bin/node',
    'opt/maru/current/provisioning/system/screen-session.sh',
  ];
  for (const path of [...programs, ...Object.values(OF_DEBIAN)]) {
    const file = join(root, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '#!/bin/sh\n');
    chmodSync(file, 0o755);
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the installer', () => {
  it('places everything once, and changes nothing the second time', (context) => {
    context.skip(!hasSystemd, 'no systemctl here to link units with');
    for (const role of ['kiosk', 'server']) {
      const first = install('--role', role);
      expect(first.status, first.stderr).toBe(0);
      expect(first.stdout).toMatch(/placed \/etc\/systemd\/system\/maru-/);
      const before = tree();
      const second = install('--role', role);
      expect(second.stdout.trim()).toBe('every file is in place');
      expect(tree()).toEqual(before);
    }
    expect(existsSync(join(root, 'etc/systemd/system/graphical.target.wants'))).toBe(true);
    const started = readdirSync(join(root, 'etc/systemd/system/multi-user.target.wants'));
    expect(started).toContain('maru-fleet.service');
    expect(started, 'the relay is for IT to enable').not.toContain('maru-turn.service');
    expect(started, 'the edge of broadcasts is for IT to enable').not.toContain('maru-live-edge.service');
    const timers = join(root, 'etc/systemd/system/timers.target.wants');
    expect(
      existsSync(timers) ? readdirSync(timers) : [],
      'backups are for IT to enable: they need a key',
    ).not.toContain('maru-backup.timer');
    const policy = JSON.parse(readFileSync(join(root, 'etc/chromium/policies/managed/maru.json'), 'utf8')) as object;
    expect(policy).toMatchObject({ VideoCaptureAllowedUrls: ['http://127.0.0.1:7420'] });
  });

  it('repairs what was changed, and takes away what a release no longer has', (context) => {
    context.skip(!hasSystemd, 'no systemctl here to link units with');
    const unit = join(root, 'etc/systemd/system/maru-agent.service');
    writeFileSync(unit, '[Service]\nUser=root\n');
    const list = join(root, 'usr/local/share/maru/kiosk.placed');
    writeFileSync(join(root, 'etc/maru/former.conf'), 'of a former release\n');
    writeFileSync(list, `${readFileSync(list, 'utf8')}etc/maru/former.conf\n`);
    expect(install('--role', 'kiosk').stdout.trim().split('\n').sort()).toEqual([
      'placed /etc/maru/former.conf',
      'placed /etc/systemd/system/maru-agent.service',
    ]);
    expect(readFileSync(unit, 'utf8')).toContain('User=maru');
    expect(existsSync(join(root, 'etc/maru/former.conf'))).toBe(false);
  });

  it('takes away what somebody made a symbolic link to nothing', (context) => {
    context.skip(!hasSystemd, 'no systemctl here to link units with');
    const list = join(root, 'usr/local/share/maru/kiosk.placed');
    symlinkSync('/nowhere', join(root, 'etc/maru/former.conf'));
    writeFileSync(list, `${readFileSync(list, 'utf8')}etc/maru/former.conf\n`);
    expect(install('--role', 'kiosk').stdout.trim()).toBe('placed /etc/maru/former.conf');
    expect(readdirSync(join(root, 'etc/maru'))).not.toContain('former.conf');
  });

  it('refuses what it does not know, in one sentence', () => {
    const sentence = (...args: string[]) => {
      const { status, stderr } = install(...args);
      return [status, stderr.split('\n')[0]];
    };
    expect(sentence('--role', 'tv')).toEqual([2, 'which? --role kiosk or --role server']);
    expect(sentence('--role', 'kiosk', '--screen-url', 'tv')).toEqual([2, '--screen-url is an address, not "tv"']);
    expect(sentence('--rool', 'kiosk')).toEqual([2, "Unknown option '--rool'"]);
  });
});

describe.each(Object.keys(EXPOSED_AT_MOST))('%s', (unit) => {
  const path = () => join(root, 'etc/systemd/system', unit);

  it('is a unit that systemd understands', (context) => {
    context.skip(!hasSystemd, 'no systemd-analyze here');
    const verified = spawnSync('systemd-analyze', ['verify', `--root=${root}`, path()], { encoding: 'utf8' });
    // Debian's own units have things to say about themselves
    const ours = verified.stderr.split('\n').filter((line) => line.includes('maru'));
    expect(ours).toEqual([]);
  });

  it('leaves little open', (context) => {
    context.skip(!hasSystemd, 'no systemd-analyze here');
    const judged = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', path()], {
      encoding: 'utf8',
    });
    const level = Number(/exposure level for \S+: ([\d.]+)/.exec(judged.stdout)?.[1]);
    expect(level).toBeGreaterThan(0);
    expect(level).toBeLessThanOrEqual(EXPOSED_AT_MOST[unit]!);
  });

  it('starts a program that set-up builds', (context) => {
    context.skip(unit in OF_DEBIAN, 'a program of Debian');
    // the screen's unit starts a session, and that the program
    const starter = unit === 'maru-screen.service' ? join(root, 'etc/maru/sway.conf') : path();
    const program = /^(?:ExecStart=|exec ).*\b(dist\/\S+\.js)/m.exec(readFileSync(starter, 'utf8'))?.[1];
    expect(existsSync(join(import.meta.dirname, '../..', program!)), program).toBe(true);
  });

  // systemd before 256 (systemd/systemd#30733) keeps such a unit at its start, and ends it after 90 s
  it('has no session of PAM whose start is never over', () => {
    const text = readFileSync(path(), 'utf8');
    expect(/^PAMName=/m.test(text) && /^Type=exec$/m.test(text)).toBe(false);
  });

  it('starts again for ever', (context) => {
    context.skip(ONE_TIME.includes(unit), 'it ends by itself');
    const text = readFileSync(path(), 'utf8');
    expect(text).toMatch(/^Restart=always$/m);
    expect(text).toMatch(/^StartLimitIntervalSec=0$/m);
  });
});

describe('maru-backup.timer', () => {
  const unit = (name: string) => join(import.meta.dirname, 'files/server/etc/systemd/system', name);

  it('is a unit that systemd understands, and starts a service that there is', (context) => {
    context.skip(!hasSystemd, 'no systemd-analyze here');
    const path = join(root, 'etc/systemd/system/maru-backup.timer');
    const { stderr } = spawnSync('systemd-analyze', ['verify', `--root=${root}`, path], { encoding: 'utf8' });
    expect(stderr.split('\n').filter((line) => line.includes('maru'))).toEqual([]);
    const [, calendar] = /^OnCalendar=(.*)$/m.exec(readFileSync(path, 'utf8')) ?? [];
    expect(spawnSync('systemd-analyze', ['calendar', calendar!]).status).toBe(0);
    expect(existsSync(join(root, 'etc/systemd/system/maru-backup.service'))).toBe(true);
  });

  it('starts nothing that could open a backup: public keys alone, and no network', () => {
    const text = readFileSync(unit('maru-backup.service'), 'utf8');
    const [, command] = /^ExecStart=(.*)$/m.exec(text) ?? [];
    expect(command).toContain('--recipients-file=/etc/maru/backup-recipients');
    expect(command).not.toMatch(/passphrase|identity/);
    expect(text).toMatch(/^PrivateNetwork=yes$/m);
    expect(text).toMatch(/^ConditionPathExists=\/etc\/maru\/backup-recipients$/m);
  });
});

describe('the other files', () => {
  const files = (role: string, path: string) => join(import.meta.dirname, 'files', role, 'etc', path);

  it('make users that systemd-sysusers can make', (context) => {
    context.skip(!hasSystemd, 'no systemd-sysusers here');
    mkdirSync(join(root, 'etc'), { recursive: true });
    for (const [role, name] of [
      ['kiosk', 'maru.conf'],
      ['server', 'maru-fleet.conf'],
    ] as const) {
      execFileSync('systemd-sysusers', [`--root=${root}`, files(role, `sysusers.d/${name}`)], { stdio: 'pipe' });
    }
    const users = readFileSync(join(root, 'etc/passwd'), 'utf8');
    expect(users.match(/^maru[a-z-]*(?=:)/gm)?.sort()).toEqual(['maru', 'maru-fleet', 'maru-screen']);
    const groups = readFileSync(join(root, 'etc/group'), 'utf8');
    expect(groups).toMatch(/^video:.*maru-screen/m);
    // what the agent leaves for the screen is read by the screen alone
    expect(groups).toMatch(/^maru-tv:[^:]*:\d+:maru-screen$/m);
    const folder = /^d \/run\/maru (\d+) (\S+) (\S+)/m.exec(
      readFileSync(files('kiosk', 'tmpfiles.d/maru.conf'), 'utf8'),
    );
    expect(folder?.slice(1)).toEqual(['2750', 'maru', 'maru-tv']);
    // the agent opens no camera
    expect(groups).not.toMatch(/^video:.*\bmaru(,|$)/m);
  });

  it('are udev rules of known keys, with each comparison and assignment spelt right', (context) => {
    const rules = files('kiosk', 'udev/rules.d/70-maru.rules');
    const keys = /^(ACTION|SUBSYSTEM|KERNEL|ENV\{\w+\}|ATTRS?\{[\w/]+\}|TAG|TEST|IMPORT\{builtin\}|GROUP|MODE)$/;
    const assigns = /^(GROUP|MODE|ATTR\{power\/control\}|IMPORT\{builtin\})$/;
    const adds = /^(TAG|ENV\{SYSTEMD_WANTS\})$/;
    for (const line of readFileSync(rules, 'utf8').split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const parts = line.split(', ');
      expect(parts.length).toBeGreaterThan(2);
      for (const part of parts) {
        const [, key, operator] = /^([A-Z]+(?:\{[^}]+\})?)(==|\+?=)"[^"]+"$/.exec(part) ?? [];
        expect(key, part).toMatch(keys);
        expect(operator, part).toBe(adds.test(key!) ? '+=' : assigns.test(key!) ? '=' : '==');
      }
    }
    const verify = spawnSync('udevadm', ['verify', rules], { encoding: 'utf8' });
    const canVerify = verify.status !== null && !/nknown command/.test(verify.stderr);
    context.skip(!canVerify, 'keys and operators are right; this udev has no `udevadm verify` (systemd 254)');
    expect(verify.status, verify.stderr).toBe(0);
  });

  it('start the unit that there is for a USB-CEC adapter', () => {
    const wanted = /SYSTEMD_WANTS}\+="([^%]+)%k\.service"/.exec(
      readFileSync(files('kiosk', 'udev/rules.d/70-maru.rules'), 'utf8'),
    );
    expect(existsSync(files('kiosk', `systemd/system/${wanted?.[1]}.service`))).toBe(true);
  });

  it('need packages that Debian has by these names', () => {
    for (const { packages } of Object.values(roleNeeds)) {
      expect(packages.every((name) => /^[a-z0-9][a-z0-9+.-]+$/.test(name))).toBe(true);
      expect([...packages].sort()).toEqual(packages);
    }
  });
});

it('is taken away again', (context) => {
  context.skip(!hasSystemd, 'no systemctl here to link units with');
  for (const role of ['kiosk', 'server']) expect(install('--role', role, '--uninstall').status).toBe(0);
  expect(tree().filter((path) => /maru/.test(path) && !path.startsWith('/opt/'))).toEqual([]);
});
