/** The kiosks' release on a server: where it lies for the fleet server to send, and the one command by which a kiosk is made of it. */
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BOOTSTRAP_FILE, releaseRoutes, SUMS_FILE } from '#contract/release.ts';
import { sha256OfFile } from '#edge/sha256-sums.ts';
import { pointTo } from '../../system/slots.ts';
import type { ReleaseSource } from './release-source.ts';

/** As maru-fleet.service names it: a link, moved by one rename. */
const LINK = '/opt/maru/kiosk-release';
const FOLDER = '/opt/maru/kiosk-releases';
const CA_FILE = '/var/lib/maru-fleet/ca/ca.crt.pem';
export const COMMAND_FILE = '/usr/local/share/maru/install-a-kiosk.txt';
const WITHIN = 'kiosk/';

/** What lies in `kiosk/` of a server's release; nothing where it has none. The former one stays no longer than the switch. */
export async function placeKioskRelease(
  source: ReleaseSource,
  progress: (done: number, of: number) => void,
): Promise<void> {
  const paths = [...source.sums.keys()].filter((path) => path.startsWith(WITHIN));
  const sums = source.sums.get(`${WITHIN}${SUMS_FILE}`);
  if (sums === undefined) return;
  const id = sums.slice(0, 16);
  const making = join(FOLDER, `${id}.making`);
  await rm(making, { recursive: true, force: true });
  for (const [done, path] of paths.entries()) {
    const target = join(making, path.slice(WITHIN.length));
    await mkdir(dirname(target), { recursive: true });
    await source.copy(path, target, 0o644);
    progress(done + 1, paths.length);
  }
  // beside one of the same content that may be served right now
  const place = join(FOLDER, `${id}-${Date.now()}`);
  await rename(making, place);
  await pointTo(LINK, place);
  for (const name of await readdir(FOLDER))
    if (join(FOLDER, name) !== place) await rm(join(FOLDER, name), { recursive: true, force: true });
}

/** Kept for later in /usr/local/share/maru. @returns null before the server has its CA, or without a kiosks' release */
export async function kioskCommand(host: string): Promise<string | null> {
  try {
    const caSha256 = new X509Certificate(readFileSync(CA_FILE)).fingerprint256.replaceAll(':', '').toLowerCase();
    const bootstrap = await sha256OfFile(join(LINK, BOOTSTRAP_FILE));
    const url = new URL(releaseRoutes.file.path.replace('*', BOOTSTRAP_FILE), `https://${host}:7401`);
    const fetched =
      '/usr/lib/apt/apt-helper -o APT::Sandbox::User=root -o Acquire::https::Verify-Peer=false -o Acquire::https::Verify-Host=false download-file';
    const command = `${fetched} ${url.href} ${BOOTSTRAP_FILE} SHA256:${bootstrap} && sh ${BOOTSTRAP_FILE} --fleet-address ${host} --ca-sha256 ${caSha256}`;
    writeFileSync(COMMAND_FILE, `${command}\n`);
    return command;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
