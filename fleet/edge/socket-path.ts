/** The address of a Unix socket in the data folder. */
import { openSync } from 'node:fs';
import { join } from 'node:path';

/** sun_path of unix(7) has 108 bytes, the last of them zero. */
const MAX_ADDRESS_BYTES = 107;

/** Folders by path, open for as long as this process lives. */
const openFolders = new Map<string, number>();

/** A data folder may lie deeper than an address may be long: then its open descriptor stands for it. */
export function socketPath(dataDir: string, socketName: string): string {
  const path = join(dataDir, socketName);
  if (Buffer.byteLength(path) <= MAX_ADDRESS_BYTES) return path;
  const folder = openFolders.get(dataDir) ?? openSync(dataDir, 'r');
  openFolders.set(dataDir, folder);
  return `/proc/self/fd/${folder}/${socketName}`;
}
