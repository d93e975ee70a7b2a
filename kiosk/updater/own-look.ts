/** `--look`: whether this program, started by anybody, could do the next update. The proof of a release asks for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST_FILE, ReleaseManifest } from '#contract/release.ts';
import { slotIdOf } from '../../provisioning/system/slots.ts';
import type { UpdaterPaths } from './updater-options.ts';

/** By which root starts this program. */
const UNITS = ['etc/systemd/system/maru-updater.path', 'etc/systemd/system/maru-updater.service'];
const SYSTEM_FILES = 'provisioning/system/files/kiosk';

export type OwnLook = { releaseId: string; ok: true };

/** @returns the release of the program itself, whatever is the current one. @throws Error naming what is not as it should be */
export function ownLook({ release, root }: Pick<UpdaterPaths, 'release' | 'root'>): OwnLook {
  const text = readFileSync(join(release, MANIFEST_FILE), 'utf8');
  const releaseId = slotIdOf(ReleaseManifest.parse(JSON.parse(text)), text);
  for (const unit of UNITS)
    if (readFileSync(join(root, unit), 'utf8') !== readFileSync(join(release, SYSTEM_FILES, unit), 'utf8'))
      throw new Error(`/${unit} is not of this release`);
  return { releaseId, ok: true };
}
