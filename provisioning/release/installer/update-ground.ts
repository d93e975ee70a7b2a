/**
 * What later updates of a kiosk stand on: the root of trust, and the release that counts as proven because a person installed it
 * and stands beside it. kiosk/updater/README.md lists who writes which file.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PINNED_ROOT_FILE, ReleaseFacts } from '#contract/update-feed.ts';
import { removeDurably, renameDurably, writeDurably } from '#edge/durable-file.ts';
import { notePlaced } from '../../system/placed-releases.ts';
import { FACTS_FILE } from '../release-facts.ts';
import type { ReleaseSource } from './release-source.ts';

export const PINNED_ROOT = `usr/local/share/maru/${PINNED_ROOT_FILE}`;
const STATE = 'var/lib/maru-updater';
const FILE_MODE = 0o644;

/** Two must not write the same slots, or move the link. @returns has updater and guard go on, where an installation broke off, too */
export function pauseUpdates(): () => void {
  const systemctl = (...args: string[]): boolean => spawnSync('systemctl', args, { stdio: 'ignore' }).status === 0;
  if (!existsSync('/run/systemd/system')) return () => {};
  const wasWaiting = systemctl('is-active', '--quiet', 'maru-updater.path');
  systemctl('stop', 'maru-updater.path', 'maru-updater.service', 'maru-guard.service');
  return () => {
    if (wasWaiting) systemctl('start', '--no-block', 'maru-updater.path');
    // which ends by itself where no trial is left
    systemctl('start', '--no-block', 'maru-guard.service');
  };
}

/** A release on trial is left by what is installed now. */
export function endTrial(root: string, say: (line: string) => void): void {
  const trial = join(root, STATE, 'trial');
  if (!existsSync(trial)) return;
  removeDurably(trial);
  say('a release was on trial here: this installation ends the trial');
}

/** Never over one that is there: from the first root on, the chain of signatures leads to the next. */
export async function placePinnedRoot(root: string, source: ReleaseSource, say: (line: string) => void): Promise<void> {
  const path = join(root, PINNED_ROOT);
  if (existsSync(path) || !source.sums.has(PINNED_ROOT_FILE)) return;
  mkdirSync(dirname(path), { recursive: true });
  await source.copy(PINNED_ROOT_FILE, `${path}.new`, FILE_MODE);
  await renameDurably(`${path}.new`, path);
  say(`placed /${PINNED_ROOT}: updates are taken from those who hold its keys`);
}

/** Of a release whose folder states when it was made: nothing older is taken after it. */
export async function noteWhenMade(root: string, source: ReleaseSource, work: string): Promise<void> {
  if (!source.sums.has(FACTS_FILE)) return;
  const copy = join(work, FACTS_FILE);
  await source.copy(FACTS_FILE, copy, 0o600);
  const { releaseId, madeAtMs } = ReleaseFacts.parse(JSON.parse(readFileSync(copy, 'utf8')));
  mkdirSync(join(root, STATE), { recursive: true });
  notePlaced(join(root, STATE), { [releaseId]: { madeAtMs, manifestSha256: null } });
}

/** What failed before is over with it. */
export function noteConfirmed(root: string, releaseId: string, nowMs = Date.now()): void {
  const folder = join(root, STATE);
  mkdirSync(folder, { recursive: true });
  writeDurably(join(folder, 'confirmed'), `release=${releaseId}\nat=${Math.floor(nowMs / 1000)}\n`, FILE_MODE);
  removeDurably(join(folder, 'returned'));
}
