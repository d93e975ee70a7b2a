/**
 * A minimal Debian 12 with systemd as a disk's content: made by mmdebstrap from Debian's mirror without what a guest never reads, and
 * kept as an archive beside the guests' kernel, named by the versions of what goes in.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { sourcesOfMachine } from '../../provisioning/release/debian-sources.ts';
import { runCommand } from '../gate/command.ts';
import { candidateVersions, NoGuestHere } from '../vm/base-image.ts';

/** Beside Debian's essential packages and apt: what the kiosk's units and Node need. */
const PACKAGES = ['systemd-sysv', 'udev', 'dbus', 'libpam-systemd', 'libstdc++6'];
/** They cost an emulated processor seconds at each boot, and nothing of ours needs them. */
const MASKED_UNITS = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'getty.target',
  'systemd-random-seed.service',
  'systemd-timesyncd.service',
  'systemd-tmpfiles-clean.timer',
  'systemd-update-utmp.service',
];
const LEFT_OUT = ['usr/share/doc', 'usr/share/i18n', 'usr/share/info', 'usr/share/locale', 'usr/share/man'];
export const DISK_BYTES = 1 << 30;
const GUEST = join(import.meta.dirname, 'guest');

export const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'maru', 'updates-guest');

/** @returns path of the archive, and a name for all that is in it. @throws NoGuestHere */
async function debianArchive(progress: (line: string) => void): Promise<{ path: string; key: string }> {
  const versions = await candidateVersions(PACKAGES);
  const hash = createHash('sha256');
  for (const [name, version] of versions) hash.update(`${name}=${version}\n`);
  const key = hash.digest('hex').slice(0, 16);
  const path = join(cacheFolder(), `debian-${key}.tar`);
  if (existsSync(path)) return { path, key };
  mkdirSync(cacheFolder(), { recursive: true });
  const making = join(cacheFolder(), `new-${process.pid}.tar`);
  progress('updates guest: making a Debian by mmdebstrap');
  const args = ['--mode=root', '--variant=minbase', `--include=${PACKAGES.join(',')}`];
  const made = await runCommand('mmdebstrap', [...args, 'bookworm', making, sourcesOfMachine()[0]!.uri], {
    // its steps, a few lines
    onLine: (line) => line.startsWith('I: ') && progress(`updates guest: ${line.slice(3)}`),
  });
  if (made.exitCode !== 0) {
    rmSync(making, { force: true });
    throw new NoGuestHere(`mmdebstrap made no Debian: ${made.output.trim().split('\n').at(-1)}`);
  }
  renameSync(making, path);
  for (const name of readdirSync(cacheFolder()))
    if (/^debian-.*\.tar$/.test(name) && join(cacheFolder(), name) !== path) rmSync(join(cacheFolder(), name));
  return { path, key };
}

/** What names the disk: it changes with each package and each file of ours in it. @throws NoGuestHere */
export async function debianKey(progress: (line: string) => void): Promise<string> {
  const { key } = await debianArchive(progress);
  const own = ['maru-test.service'].map((name) => readFileSync(join(GUEST, name)));
  return createHash('sha256')
    .update(key)
    .update(MASKED_UNITS.join())
    .update(Buffer.concat(own))
    .digest('hex')
    .slice(0, 16);
}

/** A disk that boots, without Maru. @throws NoGuestHere */
export async function makeDebianDisk(disk: string, progress: (line: string) => void): Promise<void> {
  const { path } = await debianArchive(progress);
  const root = `${disk}.root`;
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root);
  try {
    await must('tar', ['--extract', '--numeric-owner', '--file', path, '--directory', root]);
    for (const folder of LEFT_OUT) rmSync(join(root, folder), { recursive: true, force: true });
    writeFileSync(join(root, 'etc/fstab'), 'LABEL=system / ext4 defaults 0 0\n');
    writeFileSync(join(root, 'etc/hostname'), 'guest\n');
    mkdirSync(join(root, 'media/maru'));
    const units = join(root, 'etc/systemd/system');
    for (const unit of MASKED_UNITS) {
      rmSync(join(units, unit), { recursive: true, force: true });
      symlinkSync('/dev/null', join(units, unit));
    }
    cpSync(join(GUEST, 'maru-test.service'), join(units, 'maru-test.service'));
    mkdirSync(join(units, 'graphical.target.wants'), { recursive: true });
    symlinkSync('../maru-test.service', join(units, 'graphical.target.wants/maru-test.service'));
    await makeDisk(root, disk, 'system', DISK_BYTES);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** A file system of a folder's content, with its owners; nothing is mounted. */
export async function makeDisk(folder: string, disk: string, label: string, bytes: number): Promise<void> {
  rmSync(disk, { force: true });
  writeFileSync(disk, '');
  truncateSync(disk, bytes);
  await must('mke2fs', ['-q', '-t', 'ext4', '-L', label, '-d', folder, disk]);
}

async function must(command: string, args: string[]): Promise<void> {
  // Debian keeps mke2fs where only root looks
  const env = { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
  const run = await runCommand(command, args, { env });
  if (run.exitCode === 127) throw new NoGuestHere(`${command} is not there`);
  if (run.exitCode !== 0) throw new Error(`${command} failed: ${run.output}`);
}
