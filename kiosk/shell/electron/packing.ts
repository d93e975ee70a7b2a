/**
 * Makes the folder for a box from npm's Electron and our bundle: the app as an archive, Electron's own demonstration
 * app removed, fuses set. Flips bits of a copy; the installed binary stays as it came.
 */
import { chmodSync, cpSync, existsSync, mkdtempSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createPackage } from '@electron/asar';
import { setFuses } from './fuses.ts';

export type PackOptions = {
  /** Electron as npm has it: the folder of its binary */
  dist: string;
  /** kiosk/shell/electron/dist */
  bundle: string;
  /** replaced as a whole */
  out: string;
};

/** @returns the binary to start */
export async function packElectron({ dist, bundle, out }: PackOptions): Promise<string> {
  if (!existsSync(join(bundle, 'main.js'))) throw new Error(`nothing is bundled in ${bundle}: vite build comes first`);
  const making = mkdtempSync(join(dirname(out), '.packing-'));
  try {
    cpSync(dist, making, { recursive: true, verbatimSymlinks: true });
    await rm(join(making, 'resources/default_app.asar'), { force: true });
    await createPackage(bundle, join(making, 'resources/app.asar'));
    const binary = join(making, 'maru-shell');
    renameSync(join(making, 'electron'), binary);
    await setFuses(binary);
    chmodSync(making, 0o755);
    await rm(out, { recursive: true, force: true });
    renameSync(making, out);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return join(out, 'maru-shell');
}
