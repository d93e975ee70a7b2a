/**
 * A server's way back to the release before this one: by a person's command, or because the new one does not answer. The release that
 * comes back puts the data from before the upgrade in place where it cannot read what the newer one wrote.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTree } from '../../system/placed-files.ts';
import { putInPlace } from '../../system/placement.ts';
import type { Slots } from '../../system/slots.ts';
import { InstallError } from './install-error.ts';

/** They hold calls and broadcasts, which an upgrade leaves alone: they end by themselves, and start as the new release. */
const HOLDS_CALLS: readonly string[] = ['maru-media.service', 'maru-packager.service', 'maru-program.service'];

/**
 * Those of them that know where to look for another release. One of a release before that would run its old code for ever: it is
 * restarted, and its calls find their way to the new one. Asked before files are placed.
 */
export function endByThemselves(root: string): string[] {
  return HOLDS_CALLS.filter((unit) => {
    const path = join(root, 'etc/systemd/system', unit);
    return existsSync(path) && readFileSync(path, 'utf8').includes('--release-link');
  });
}

const DATA = '/var/lib/maru-fleet';
const USER = 'maru-fleet';
const FORMER_DATA = 'dist/fleet-backup-former-data-main.js';
const NODE = 'node_modules/node/bin/node';

export type ReturnOptions = {
  isStarted: boolean;
  say: (line: string) => void;
};

/**
 * From `from` to the release that was there before it. What is running of calls goes on.
 * @returns its id. @throws InstallError: there is none, or its data is not there; then nothing was changed but that the server stands still
 */
export async function returnToFormer(slots: Slots, { isStarted, say }: ReturnOptions): Promise<string> {
  const [from, id] = [await slots.running(), await slots.former()];
  if (id === null) throw new InstallError('there is no former release on this server to return to');
  const slot = slots.path(id);
  if (!existsSync(join(slot, FORMER_DATA)))
    throw new InstallError(`the former release, ${id}, is too old to return to: its way back did not exist yet`);
  const isBooted = existsSync('/run/systemd/system');
  say(`from ${from} to ${id}`);
  // nobody writes meanwhile; media nodes and packager need it for nothing that runs
  if (isBooted) systemctl(['stop', 'maru-fleet.service']);
  if (existsSync(join(DATA, 'authority.sqlite'))) formerData(slot, say);
  await slots.switchTo(id);
  const files = readTree(join(slot, 'provisioning/system/files/server'));
  putInPlace({ role: 'server', root: '/', isStarted, leftRunning: endByThemselves('/'), say }, files);
  return id;
}

function formerData(slot: string, say: (line: string) => void): void {
  const command = [join(slot, NODE), join(slot, FORMER_DATA), `--data-dir=${DATA}`];
  const ran = spawnSync('setpriv', [`--reuid=${USER}`, `--regid=${USER}`, '--init-groups', ...command], {
    encoding: 'utf8',
    cwd: slot,
  });
  if (ran.status !== 0) throw new InstallError(`${ran.stderr || ran.error?.message}`.trim());
  for (const line of ran.stdout.trim().split('\n')) say(line);
}

function systemctl(args: string[]): void {
  const { status, stderr } = spawnSync('systemctl', args, { encoding: 'utf8' });
  if (status !== 0) throw new InstallError(`systemctl ${args.join(' ')}: ${stderr.trim()}`);
}
