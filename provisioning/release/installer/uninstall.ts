/** Takes Maru away. Debian's packages stay: other programs of the machine may need them by now. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { placedRole, takeAway } from '../../system/placement.ts';
import type { MachineRole } from '../../system/roles.ts';
import { PINNED_ROOT } from './update-ground.ts';

const PROGRAMS = '/opt/maru';
const DATA: Record<MachineRole, { folders: string[]; users: string[]; groups: string[] }> = {
  kiosk: {
    folders: ['/var/lib/maru', '/var/lib/maru-screen', '/var/lib/maru-updater', '/var/cache/maru'],
    users: ['maru', 'maru-screen'],
    groups: ['maru-tv'],
  },
  server: {
    folders: [
      '/var/lib/maru-fleet',
      ...['converter', 'fleet', 'media', 'packager', 'program'].map((name) => `/var/cache/maru-${name}`),
    ],
    users: ['maru-fleet'],
    groups: [],
  },
};

export async function uninstall(role: MachineRole, isPurged: boolean, say: (line: string) => void): Promise<void> {
  if (placedRole('/') === role) takeAway({ role, root: '/', say });
  await rm(`/${PINNED_ROOT}`, { force: true });
  await rm(PROGRAMS, { recursive: true, force: true });
  say(`removed ${PROGRAMS}`);
  const { folders, users, groups } = DATA[role];
  const kept = ['/etc/maru', ...folders].filter((path) => existsSync(path));
  if (!isPurged) {
    say(`what it kept is still there: ${kept.join(', ')}; --uninstall --purge takes that away too`);
    return;
  }
  for (const path of kept) {
    await rm(path, { recursive: true, force: true });
    say(`removed ${path}`);
  }
  for (const user of users) spawnSync('userdel', [user], { stdio: 'ignore' });
  for (const group of [...users, ...groups]) spawnSync('groupdel', [group], { stdio: 'ignore' });
}
