/**
 * Puts a role's files and units in place, and takes them away. On a root that is not this machine's it only writes; on a machine
 * whose systemd does not run (a folder that became a root) it starts nothing.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Files, placeFiles, removeFiles } from './placed-files.ts';
import { type MachineRole, ROLES, roleNeeds } from './roles.ts';

export type Placement = {
  role: MachineRole;
  /** `/` is this machine */
  root: string;
  /** of this machine alone: start the units, not only enable them */
  isStarted: boolean;
  /** users and folders are there by then, and nothing runs yet */
  beforeStart?: () => void;
  /** a line for a person */
  say: (line: string) => void;
};

const listPath = (role: MachineRole): string => `usr/local/share/maru/${role}.placed`;

/** What a machine has been made, null: nothing. */
export function placedRole(root: string): MachineRole | null {
  return ROLES.find((role) => existsSync(join(root, listPath(role)))) ?? null;
}

/** @throws Error of the command that failed; what is in place then is repaired by the next run */
export function putInPlace({ role, root, isStarted, beforeStart, say }: Placement, files: Files): void {
  const { enable, onRequest, mask, defaultTarget } = roleNeeds[role];
  const machine = new Machine(root);
  const changed = placeFiles(root, files, listPath(role));
  for (const path of changed) say(`placed /${path}`);
  if (changed.length === 0) say('every file is in place');
  if (machine.isThis) {
    run('systemd-sysusers', []);
    run('systemd-tmpfiles', ['--create']);
  }
  if (machine.isBooted) {
    run('systemctl', ['daemon-reload']);
    if (role === 'kiosk') machine.applyKernelSettings();
  }
  machine.systemctl(['enable', ...enable]);
  if (mask.length > 0) machine.systemctl(['mask', ...mask]);
  // a tree without systemd's own units has nothing to point to
  if (defaultTarget !== null && existsSync(join(root, 'lib/systemd/system', defaultTarget))) {
    machine.systemctl(['set-default', defaultTarget]);
  }
  beforeStart?.();
  if (machine.isBooted && isStarted) {
    run('systemctl', ['restart', '--no-block', ...enable]);
    if (onRequest.length > 0) run('systemctl', ['try-restart', '--no-block', ...onRequest]);
  }
}

/** Leaves what is in /var/lib and what IT wrote into /etc/maru. */
export function takeAway({ role, root, say }: Omit<Placement, 'isStarted' | 'beforeStart'>): void {
  const { enable, onRequest, mask } = roleNeeds[role];
  const machine = new Machine(root);
  // instances are started by udev
  if (machine.isBooted) run('systemctl', ['stop', ...enable, ...onRequest, 'maru-*@*.service']);
  machine.systemctl(['disable', ...enable, ...onRequest]);
  if (mask.length > 0) machine.systemctl(['unmask', ...mask]);
  for (const path of removeFiles(root, listPath(role))) say(`removed /${path}`);
  if (machine.isBooted) run('systemctl', ['daemon-reload']);
}

class Machine {
  readonly #root: string;
  readonly isThis: boolean;
  /** systemd runs on it, by sd_booted(3) */
  readonly isBooted: boolean;

  constructor(root: string) {
    this.#root = root;
    this.isThis = root === '/';
    this.isBooted = this.isThis && existsSync('/run/systemd/system');
  }

  /** Links of units, which `systemctl --root` makes without a systemd that runs. */
  systemctl(args: string[]): void {
    run('systemctl', ['--quiet', ...(this.isThis ? [] : [`--root=${this.#root}`]), ...args]);
  }

  /** A container's kernel and devices are those of its host. */
  applyKernelSettings(): void {
    if (existsSync('/run/systemd/container')) return;
    run('udevadm', ['control', '--reload']);
    run('udevadm', ['trigger', '--subsystem-match=hidraw', '--subsystem-match=cec', '--subsystem-match=tty']);
    run('sysctl', ['--system', '--quiet', '--ignore']);
  }
}

function run(command: string, args: string[]): void {
  const env = { ...process.env, SYSTEMD_LOG_LEVEL: 'warning' };
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env });
}
