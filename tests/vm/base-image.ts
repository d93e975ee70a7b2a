/**
 * Kernel and the unchanging part of the initramfs: Debian's own packages, fetched by apt and unpacked, not installed, with
 * Node 24. Made once for what goes in, and kept outside the checkout beside the media worker; never committed.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout, runCommand } from '../gate/command.ts';
import { CpioWriter } from './cpio.ts';
import { diskModules, furtherModules, loadedModules, selectModules } from './kernel-modules.ts';

/** Unpacked whole, but for what nobody reads in a guest. */
const debianPackages = [
  'busybox-static',
  // what Node needs
  'libc6',
  'libgcc-s1',
  'libstdc++6',
  // node-hid's binary for hidraw is linked to both
  'libudev1',
  'libusb-1.0-0',
  // a serial USB-CEC adapter becomes the kernel's
  'inputattach',
  'libcap2',
  'libgcrypt20',
  'libgpg-error0',
  'liblz4-1',
  'liblzma5',
  'libsystemd0',
  'libzstd1',
  // cec-ctl, cec-follower, v4l2-ctl
  'libjpeg62-turbo',
  'libv4l-0',
  'libv4l2rds0',
  'libv4lconvert0',
  'v4l-utils',
  // aplay, arecord, amixer
  'alsa-utils',
  'libasound2',
  'libasound2-data',
  'libatopology2',
  // a file system for the disk of a power cut
  'e2fsprogs',
  'libblkid1',
  'libcom-err2',
  'libext2fs2',
  'libss2',
  'libuuid1',
];
const leftOut = /^usr\/(share\/(doc|man|locale|lintian|bug|bash-completion|zsh|initramfs-tools)|lib\/udev)(\/|$)/;
const nodePath = join(checkout, 'node_modules/node/bin/node');

export type BaseImage = {
  kernelPath: string;
  /** a whole small system with Node, to which a run adds its files */
  archivePath: string;
  /** what a system on a disk needs before it (guest/init-of-disk) */
  diskBootPath: string;
};
/** Why there can be no guest here; said, not thrown: it is no failure of what is tested. */
export class NoGuestHere extends Error {}

/** @param progress notified of what lasts longer than a second */
export async function baseImage(progress: (line: string) => void): Promise<BaseImage> {
  try {
    return await findOrMake(progress);
  } catch (error) {
    // lists that are old or not there are root's to renew
    if (!(error instanceof NoGuestHere) || process.getuid?.() !== 0) throw error;
    progress(`guest image: ${error.message}; apt-get update`);
    await apt('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', 'update']);
    return findOrMake(progress);
  }
}

async function findOrMake(progress: (line: string) => void): Promise<BaseImage> {
  const versions = await candidateVersions([await kernelPackage(), ...debianPackages]);
  const folder = join(cacheFolder(), keyOf(versions));
  const image = {
    kernelPath: join(folder, 'vmlinux'),
    archivePath: join(folder, 'base.cpio'),
    diskBootPath: join(folder, 'disk-boot.cpio'),
  };
  if (existsSync(folder)) return image;
  const work = mkdtempSync(join(tmpdir(), 'maru-vm-image-'));
  try {
    progress('guest image: fetching Debian packages');
    await unpackPackages(work, [...versions.keys()]);
    progress('guest image: putting it together');
    const made = join(work, 'made');
    mkdirSync(made);
    await writeKernel(join(work, 'kernel'), join(made, 'vmlinux'));
    writeArchive(work, join(made, 'base.cpio'));
    writeDiskBoot(work, join(made, 'disk-boot.cpio'));
    keep(made, folder);
    return image;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** As provisioning/setup/checkout.mjs has it for the media worker. */
function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'maru', 'guest-image');
}

async function kernelPackage(): Promise<string> {
  const kernel = (await apt('apt-cache', ['depends', 'linux-image-amd64'])).match(/Depends: (linux-image-\S+)/)?.[1];
  if (kernel === undefined) throw new NoGuestHere('apt does not know linux-image-amd64: run apt-get update');
  return kernel;
}

/** Name to the version that apt would fetch. @throws NoGuestHere */
export async function candidateVersions(names: readonly string[]): Promise<Map<string, string>> {
  const policy = await apt('apt-cache', ['policy', ...names]);
  const versions = new Map<string, string>();
  for (const [, name, version] of policy.matchAll(/^(\S+):\n.*\n\s+Candidate: (\S+)/gm)) {
    if (name !== undefined && version !== undefined && version !== '(none)') versions.set(name, version);
  }
  const unknown = names.filter((name) => !versions.has(name));
  if (unknown.length > 0) throw new NoGuestHere(`apt does not know ${unknown.join(', ')}: run apt-get update`);
  return versions;
}

async function apt(command: string, args: string[], cwd?: string): Promise<string> {
  const run = await runCommand(command, args, { env: { LC_ALL: 'C.UTF-8' }, cwd });
  if (run.exitCode === 127) throw new NoGuestHere(`${command} is not there: guests are made of Debian's packages`);
  if (run.exitCode !== 0)
    throw new NoGuestHere(`${command} ${args[0]} failed: ${run.output.trim().split('\n').at(-1)}`);
  return run.output;
}

/** All that goes in: packages, Node, and how it is put together. */
function keyOf(versions: Map<string, string>): string {
  const hash = createHash('sha256').update(process.version);
  for (const [name, version] of versions) hash.update(`${name}=${version}\n`);
  for (const file of ['base-image.ts', 'kernel-modules.ts', 'cpio.ts', 'guest/init', 'guest/init-of-disk'])
    hash.update(readFileSync(join(import.meta.dirname, file)));
  return hash.digest('hex').slice(0, 16);
}

async function unpackPackages(work: string, names: string[]): Promise<void> {
  const debs = join(work, 'debs');
  mkdirSync(debs);
  // apt's own user could not write here; the packages are only unpacked
  await apt('apt-get', ['-q', '-o', 'APT::Sandbox::User=root', 'download', ...names], debs);
  for (const deb of readdirSync(debs)) {
    const target = join(work, deb.startsWith('linux-image') ? 'kernel' : `packages/${deb}`);
    mkdirSync(target, { recursive: true });
    const run = await runCommand('dpkg-deb', ['-x', join(debs, deb), target]);
    if (run.exitCode !== 0) throw new Error(`${deb} can not be unpacked: ${run.output}`);
  }
}

/** Uncompressed: the guest's processor is emulated, and would take ten seconds over it. */
async function writeKernel(unpacked: string, target: string): Promise<void> {
  const boot = join(unpacked, 'boot');
  const image = readFileSync(join(boot, readdirSync(boot).find((name) => name.startsWith('vmlinuz-')) ?? ''));
  const at = image.indexOf(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]));
  if (at < 0) {
    writeFileSync(target, image);
    return;
  }
  writeFileSync(`${target}.xz`, image.subarray(at));
  // what follows the compressed part is the kernel's own
  const run = await runCommand('sh', ['-c', 'xz -dc --single-stream < "$0.xz" > "$0"; test -s "$0"', target]);
  if (run.exitCode !== 0) throw new NoGuestHere(`the kernel can not be unpacked: ${run.output}`);
  rmSync(`${target}.xz`);
}

function writeArchive(work: string, target: string): void {
  const archive = new CpioWriter(target);
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) archive.link(folder, `usr/${folder}`);
  for (const folder of ['proc', 'sys', 'dev', 'tmp', 'run', 'root', 'app', 'disk']) archive.directory(folder);
  // before /dev is there, the kernel opens this for init
  archive.characterDevice('dev/console', 5, 1);
  const packages = join(work, 'packages');
  for (const name of readdirSync(packages)) archive.tree(join(packages, name), placeInGuest);
  archive.file('usr/bin/node', readFileSync(nodePath), true);
  const kernel = join(work, 'kernel');
  const names = [...loadedModules.map((each) => each.name), ...furtherModules, ...diskModules];
  const { version, paths, dependencies } = selectModules(kernel, names);
  const modules = `usr/lib/modules/${version}`;
  for (const path of paths)
    archive.file(`${modules}/${path}`, readFileSync(join(kernel, 'lib/modules', version, path)));
  archive.file(`${modules}/modules.dep`, dependencies);
  archive.file('etc/modules', loadedModules.map(({ name, options = '' }) => `${name} ${options}\n`).join(''));
  archive.file('etc/passwd', 'root:x:0:0::/root:/bin/sh\n');
  archive.file('etc/group', 'root:x:0:\naudio:x:29:\nvideo:x:44:\n');
  archive.file('init', readFileSync(join(import.meta.dirname, 'guest/init')), true);
  archive.close();
}

function writeDiskBoot(work: string, target: string): void {
  const archive = new CpioWriter(target);
  for (const folder of ['proc', 'dev', 'root']) archive.directory(folder);
  archive.characterDevice('dev/console', 5, 1);
  archive.characterDevice('dev/null', 1, 3);
  const packages = join(work, 'packages');
  const busybox = readdirSync(packages).find((name) => name.startsWith('busybox-static'))!;
  archive.file('bin/busybox', readFileSync(join(packages, busybox, 'bin/busybox')), true);
  const kernel = join(work, 'kernel');
  const { version, paths } = selectModules(kernel, diskModules);
  for (const path of paths) archive.file(`modules/${path}`, readFileSync(join(kernel, 'lib/modules', version, path)));
  // each stands after those that it needs
  archive.file('modules/order', paths.map((path) => `${path}\n`).join(''));
  archive.file('init', readFileSync(join(import.meta.dirname, 'guest/init-of-disk')), true);
  archive.close();
}

/** As on every Debian of today: what packages still ship in /lib and /bin lies in /usr. */
function placeInGuest(path: string): string | null {
  const merged = /^(bin|sbin|lib|lib64)(\/|$)/.test(path) ? join('usr', path) : path;
  return leftOut.test(merged) || merged.startsWith('etc/') ? null : merged;
}

/** Whole into place; images of what went in before are not needed any more. */
function keep(made: string, folder: string): void {
  const cache = cacheFolder();
  mkdirSync(cache, { recursive: true });
  const copy = mkdtempSync(join(cache, 'new-'));
  for (const name of readdirSync(made)) writeFileSync(join(copy, name), readFileSync(join(made, name)));
  if (existsSync(folder)) rmSync(copy, { recursive: true });
  else renameSync(copy, folder);
  const old = readdirSync(cache).filter((name) => join(cache, name) !== folder && !name.startsWith('new-'));
  for (const name of old) rmSync(join(cache, name), { recursive: true, force: true });
}
