/**
 * Where Electron is, and what of it is started. Packed (pack.ts) it is one folder that loads nothing but its own archive;
 * in a checkout it is npm's binary with the bundle beside this file. Set-up downloads it (provisioning/setup), nothing here does.
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

/** Electron's own folder: a given one, or where its package unpacks it. */
export function electronFolder(env: NodeJS.ProcessEnv = process.env, checkout = CHECKOUT): string {
  return env.ELECTRON_OVERRIDE_DIST_PATH || join(checkout, 'node_modules/electron/dist');
}

/** The binary in it. @returns null where there is none, or it is half unpacked: the package writes path.txt last */
export function unpackedElectron(env: NodeJS.ProcessEnv = process.env, checkout = CHECKOUT): string | null {
  const isWhole =
    Boolean(env.ELECTRON_OVERRIDE_DIST_PATH) || existsSync(join(checkout, 'node_modules/electron/path.txt'));
  const path = join(electronFolder(env, checkout), 'electron');
  return isWhole && existsSync(path) ? path : null;
}

/** @returns null where there is none, or nothing was bundled for it */
export function findElectron(env: NodeJS.ProcessEnv = process.env, checkout = CHECKOUT): ElectronBinary | null {
  const packed = env.MARU_ELECTRON ?? join(checkout, 'kiosk/shell/electron/packed/maru-shell');
  if (existsSync(packed)) return { path: packed, args: [] };
  const path = unpackedElectron(env, checkout);
  const bundle = join(checkout, 'kiosk/shell/electron/dist');
  return path !== null && existsSync(join(bundle, 'main.js')) ? { path, args: [bundle] } : null;
}
