/**
 * A release's folder under one number: `SHA256SUMS` lists every file, and `install.sh` names the hash of that list. Sealed when the
 * folder is made, and again when a feed's metadata comes to it.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { BOOTSTRAP_FILE, MANIFEST_FILE, ReleaseManifest, type ReleaseRole, SUMS_FILE } from '#contract/release.ts';
import { formatSums, sha256OfFile } from '#edge/sha256-sums.ts';
import { linkOrCopy } from './debian-repository.ts';
import { INSTALLER } from './release-contents.ts';

/** Readable by all, and by nobody but its owner to be changed: it is served, copied and read by apt's own user. */
const FILE_MODE = 0o644;
const NODE = 'node_modules/node/bin/node';
const KIOSK_FOLDER = 'kiosk';

/** @returns the hash of its bootstrap, which stands for everything in the folder */
export async function sealReleaseFolder(folder: string): Promise<string> {
  const { role, files } = manifestIn(folder);
  const sums = formatSums(await sumsOf(folder));
  writeReleaseFile(join(folder, SUMS_FILE), sums);
  const objectOf = (path: string): string => {
    const file = files.find((each) => each.path === path);
    if (!file) throw new Error(`the release has no ${path}`);
    return file.sha256;
  };
  const bootstrap = fill(readFileSync(join(import.meta.dirname, BOOTSTRAP_FILE), 'utf8'), {
    role,
    node: objectOf(NODE),
    installer: objectOf(INSTALLER),
    sums: sha256OfText(sums),
  });
  writeReleaseFile(join(folder, BOOTSTRAP_FILE), bootstrap);
  return sha256OfText(bootstrap);
}

/** Puts a kiosks' release into a server's, in place of what was there. @returns as above. @throws Error in words */
export async function carryKioskRelease(server: string, kiosk: string): Promise<string> {
  needRole(server, 'server');
  needRole(kiosk, 'kiosk');
  await rm(join(server, KIOSK_FOLDER), { recursive: true, force: true });
  linkKioskRelease(server, kiosk);
  return sealReleaseFolder(server);
}

export function linkKioskRelease(server: string, kiosk: string): void {
  for (const path of filesUnder(kiosk)) {
    mkdirSync(join(server, KIOSK_FOLDER, dirname(path)), { recursive: true });
    linkOrCopy(join(kiosk, path), join(server, KIOSK_FOLDER, path));
  }
}

function needRole(folder: string, role: ReleaseRole): void {
  const found = manifestIn(folder).role;
  if (found !== role) throw new Error(`${folder} is a ${found}'s release, not a ${role}'s`);
}

const manifestIn = (folder: string): ReleaseManifest =>
  ReleaseManifest.parse(JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8')));

/** Of what lies there but the list itself and the bootstrap, which stands above it. */
async function sumsOf(folder: string): Promise<Map<string, string>> {
  const sums = new Map<string, string>();
  for (const path of filesUnder(folder)) {
    if (path === SUMS_FILE || path === BOOTSTRAP_FILE) continue;
    const isObject = /^(?:kiosk\/)?objects\/([0-9a-f]{64})$/.exec(path);
    sums.set(path, isObject?.[1] ?? (await sha256OfFile(join(folder, path))));
  }
  return sums;
}

export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** In place of a file that may be linked from another folder. */
export function writeReleaseFile(path: string, content: string | Buffer): void {
  const beside = `${path}.new`;
  writeFileSync(beside, content);
  chmodSync(beside, FILE_MODE);
  renameSync(beside, path);
}

export const sha256OfText = (text: string): string => createHash('sha256').update(text).digest('hex');

/** @throws Error where the text names what is not given, or is missing what is */
function fill(text: string, values: Record<string, string>): string {
  for (const name of Object.keys(values)) if (!text.includes(`@${name}@`)) throw new Error(`@${name}@ is missing`);
  return text.replace(/@([a-z]+)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`@${name}@ is not known`);
    return value;
  });
}
