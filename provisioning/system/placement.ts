/**
 * Puts a role's files and units in place, and takes them away. On a root that is not this machine's it only writes; on a machine
 * whose systemd does not run (a folder that became a root) it starts nothing.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Files, placeFiles, removeFiles } from './placed-files.ts';
import { GUARD_FILES, type MachineRole, ROLES, roleNeeds } from './roles.ts';

export type Placement = {
  role: MachineRole;
  /** `/` is this machine */
  root: string;
  /** of this machine alone: start the units, not only enable them */
  isStarted: boolean;
  /** units that go on with what they hold, and end by themselves once they hold nothing: the new release starts then */
  leftRunning?: readonly string[];
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
export function putInPlace(
  { role, root, isStarted, leftRunning = [], beforeStart, say }: Placement,
  files: Files,
): void {
  const { enable, onRequest } = roleNeeds[role];
  const machine = new Machine(root);
  const changed = placeFiles(root, files, listPath(role));
  for (const path of changed) say(`placed /${path}`);
  if (changed.length === 0) say('every file is in place');
  machine.adopt(role);
  beforeStart?.();
  if (machine.isBooted && isStarted) {
    const restarted = enable.filter((unit) => !leftRunning.includes(unit));
    run('systemctl', ['restart', '--no-block', ...restarted]);
    // of those, the ones that do not run
    if (leftRunning.length > 0) run('systemctl', ['start', '--no-block', ...leftRunning]);
    if (onRequest.length > 0) run('systemctl', ['try-restart', '--no-block', ...onRequest]);
  }
}

/** What a switch restarts by itself, once all is in place; and what runs during a trial alone. */
const OF_THE_SWITCH: ReadonlySet<string> = new Set([
  'maru-agent.service',
  'maru-guard.service',
  'maru-placement.service',
  'maru-screen.service',
]);

/**
 * The system's files of a kiosk's release, in an update and on the way back from one: all but the guard. Agent and screen are left to
 * the caller.
 * @throws Error of the command that failed; the next run repairs
 */
export function putUpdateInPlace({ root, say }: Pick<Placement, 'root' | 'say'>, files: Files): void {
  const machine = new Machine(root);
  const changed = placeFiles(root, files, listPath('kiosk'), GUARD_FILES);
  for (const path of changed) say(`placed /${path}`);
  // also where all is in place: a run that was cut off may have placed files and not come so far
  machine.adopt('kiosk');
  const others = roleNeeds.kiosk.enable.filter((unit) => !OF_THE_SWITCH.has(unit));
  if (machine.isBooted && changed.length > 0) run('systemctl', ['restart', '--no-block', ...others]);
}

/** Leaves what is in /var/lib and what IT wrote into /etc/maru. */
export function takeAway({ role, root, say }: Pick<Placement, 'role' | 'root' | 'say'>): void {
  const { enable, onRequest, mask } = roleNeeds[role];
  const machine = new Machine(root);
  // instances are started by udev
  if (machine.isBooted) run('systemctl', ['stop', ...enable, ...onRequest, 'maru-*@*.service']);
  machine.systemctl(['disable', ...enable, ...onRequest]);
  if (mask.length > 0) machine.systemctl(['unmask', ...mask]);
  for (const path of removeFiles(root, listPath(role))) say(`removed /${path}`);
  if (machine.isBooted) run('systemctl', ['daemon-reload']);
}

/** In /etc/sysusers.d and /etc/tmpfiles.d. */
const CONFIGURATION: Record<MachineRole, string> = { kiosk: 'maru.conf', server: 'maru-fleet.conf' };

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

  /** Makes users and folders, and has systemd and the kernel read what was placed. */
  adopt(role: MachineRole): void {
    const { enable, mask, defaultTarget } = roleNeeds[role];
    if (this.isThis) {
      // those alone: what others want of their folders is none of ours
      run('systemd-sysusers', [CONFIGURATION[role]]);
      run('systemd-tmpfiles', ['--create', CONFIGURATION[role]]);
    }
    if (this.isBooted) {
      run('systemctl', ['daemon-reload']);
      if (role === 'kiosk') this.#applyKernelSettings();
    }
    this.systemctl(['enable', ...enable]);
    if (mask.length > 0) this.systemctl(['mask', ...mask]);
    // a tree without systemd's own units has nothing to point to
    if (defaultTarget !== null && existsSync(join(this.#root, 'lib/systemd/system', defaultTarget))) {
      this.systemctl(['set-default', defaultTarget]);
    }
  }

  /** Links of units, which `systemctl --root` makes without a systemd that runs. */
  systemctl(args: string[]): void {
    run('systemctl', ['--quiet', ...(this.isThis ? [] : [`--root=${this.#root}`]), ...args]);
  }

  /** A container's kernel and devices are those of its host. */
  #applyKernelSettings(): void {
    if (existsSync('/run/systemd/container')) return;
    run('udevadm', ['control', '--reload']);
    run('udevadm', ['trigger', '--subsystem-match=hidraw', '--subsystem-match=cec', '--subsystem-match=tty']);
    run('systemctl', ['restart', 'systemd-sysctl.service']);
  }
}

function run(command: string, args: string[]): void {
  const env = { ...process.env, SYSTEMD_LOG_LEVEL: 'warning' };
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env });
}
