/**
 * The disk that every case starts from: a Debian on which the real installer made a kiosk, in the guest, from a medium. Made once for
 * what goes in, and kept beside the Debian with the medium of its releases.
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
import { join } from 'node:path';
import { bundledInstaller } from '../../provisioning/release/bundled-installer.ts';
import { INSTALLER } from '../../provisioning/release/release-contents.ts';
import { tracedPrograms } from '../../provisioning/release/traced-programs.ts';
import { systemFiles } from '../../provisioning/system/system-files.ts';
import { checkout } from '../gate/command.ts';
import { type BaseImage, NoGuestHere } from '../vm/base-image.ts';
import { prepareGuests } from '../vm/guest.ts';
import { type BoxParts, copyDisk, GuestBox } from './box.ts';
import { cacheFolder, DISK_BYTES, debianKey, makeDebianDisk, makeDisk } from './debian-disk.ts';
import { BEHAVIOURS, type Behaviour, writeMedium } from './test-releases.ts';

const MEDIUM_BYTES = 1 << 30;
const OWN_FILES = ['box.ts', 'debian-disk.ts', 'installed-box.ts', 'test-releases.ts'];

/** A release as a case names it. */
export type NamedRelease = { releaseId: string; target: string };
export type InstalledBox = BoxParts & {
  old: NamedRelease & {
    /** SHA-256 of a file that all releases share */
    installerSha256: string;
  };
  releases: Record<Behaviour, NamedRelease>;
};

/** @throws NoGuestHere, and Error where the installer failed in the guest */
export async function installedBox(progress: (line: string) => void): Promise<InstalledBox> {
  if (process.getuid?.() !== 0) throw new NoGuestHere('only root makes a Debian with its owners');
  const image = await prepareGuests(progress);
  const folder = join(cacheFolder(), `box-${await keyOf(image, progress)}`);
  if (!existsSync(folder)) await make(folder, image, progress);
  const names = JSON.parse(readFileSync(join(folder, 'releases.json'), 'utf8')) as Pick<
    InstalledBox,
    'old' | 'releases'
  >;
  return { ...partsOf(folder, image), ...names };
}

const partsOf = (folder: string, image: BaseImage): BoxParts => ({
  image,
  diskPath: join(folder, 'disk'),
  diskBytes: DISK_BYTES,
  mediumPath: join(folder, 'medium'),
  mediumBytes: MEDIUM_BYTES,
});

async function make(folder: string, image: BaseImage, progress: (line: string) => void): Promise<void> {
  mkdirSync(cacheFolder(), { recursive: true });
  const making = mkdtempSync(join(cacheFolder(), 'new-'));
  try {
    progress('updates guest: putting a disk together');
    await makeDebianDisk(join(making, 'bare'), progress);
    const medium = join(making, 'medium.folder');
    mkdirSync(medium);
    const { old, byBehaviour } = await writeMedium(medium);
    await makeDisk(medium, join(making, 'medium'), 'medium', MEDIUM_BYTES);
    rmSync(medium, { recursive: true });
    progress('updates guest: installing a kiosk in it');
    const box = new GuestBox({ ...partsOf(making, image), diskPath: join(making, 'bare') });
    try {
      const { ended, log, uptimeS } = await box.boot({ do: 'install' });
      if (ended !== 'over' || !/\[6\/6\] Done/.test(log))
        throw new Error(`the installer ${ended} in the guest\n${log}`);
      progress(`updates guest: installed, ${Math.round(uptimeS)} s of its clock`);
      copyDisk(box.diskPath, join(making, 'disk'));
    } finally {
      box.remove();
    }
    rmSync(join(making, 'bare'));
    const named = ({ releaseId, target }: NamedRelease): NamedRelease => ({ releaseId, target });
    const installerSha256 = old.manifest.files.find(({ path }) => path === INSTALLER)!.sha256;
    const releases = Object.fromEntries(BEHAVIOURS.map((behaviour) => [behaviour, named(byBehaviour.get(behaviour)!)]));
    writeFileSync(join(making, 'releases.json'), JSON.stringify({ old: { ...named(old), installerSha256 }, releases }));
    renameSync(making, folder);
    for (const name of readdirSync(cacheFolder()))
      if (name.startsWith('box-') && join(cacheFolder(), name) !== folder)
        rmSync(join(cacheFolder(), name), { recursive: true, force: true });
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/** All that goes in: the Debian, the kernel, the guest's files, and of the checkout what the releases are made of. */
async function keyOf(image: BaseImage, progress: (line: string) => void): Promise<string> {
  const hash = createHash('sha256')
    .update(await debianKey(progress))
    .update(image.kernelPath)
    .update(process.version);
  hash.update(await bundledInstaller(checkout));
  for (const [path, text] of systemFiles('kiosk')) hash.update(`${path}\n${text}`);
  for (const name of tracedPrograms(join(checkout, 'dist'), ['kiosk-updater-main.js']).files)
    hash.update(readFileSync(join(checkout, 'dist', name)));
  for (const name of readdirSync(join(import.meta.dirname, 'guest')).sort())
    hash.update(readFileSync(join(import.meta.dirname, 'guest', name)));
  for (const name of OWN_FILES) hash.update(readFileSync(join(import.meta.dirname, name)));
  return hash.digest('hex').slice(0, 16);
}
