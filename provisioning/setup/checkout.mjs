// Where things are: the checkout, what set-up writes into it, and the cache outside it that survives a clean checkout.
// Plain JavaScript like all of this folder: it runs before anything is installed, on any Node from 18 on.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const checkout = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
/** Set-up's own notes: log, lock. Ignored by git. */
export const notes = join(checkout, '.maru');
export const node24 = join(checkout, 'node_modules/node/bin/node');

/** XDG Base Directory: an empty variable counts as unset. */
export function cacheFolder(env = process.env) {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'maru');
}

export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** The version that package-lock.json pins; known before anything is installed. */
export function lockedVersion(packageName, lock = readJson(join(checkout, 'package-lock.json'))) {
  const entry = lock?.packages?.[`node_modules/${packageName}`];
  if (!entry) throw new Error(`package-lock.json does not name ${packageName}`);
  return entry.version;
}
