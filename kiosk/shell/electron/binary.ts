/**
 * Where Electron is, and what of it is started. Packed (pack.ts) it is one folder that loads nothing but its own archive;
 * in a checkout it is npm's binary with the bundle beside this file. Nothing is downloaded.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export type ElectronBinary = {
  path: string;
  /** what it is started with before its own options: the bundle, where it is not packed */
  args: string[];
};

const CHECKOUT = join(import.meta.dirname, '../../..');
export const BUNDLE = join(import.meta.dirname, 'dist');

/** @returns null where there is none, or nothing was bundled for it */
export function findElectron(env: NodeJS.ProcessEnv = process.env, checkout = CHECKOUT): ElectronBinary | null {
  const packed = env.MARU_ELECTRON ?? join(checkout, 'kiosk/shell/electron/packed/maru-shell');
  if (existsSync(packed)) return { path: packed, args: [] };
  const path = join(env.ELECTRON_OVERRIDE_DIST_PATH ?? join(checkout, 'node_modules/electron/dist'), 'electron');
  const bundle = join(checkout, 'kiosk/shell/electron/dist');
  return existsSync(path) && existsSync(join(bundle, 'main.js')) ? { path, args: [bundle] } : null;
}
