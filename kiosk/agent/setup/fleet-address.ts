/**
 * Where the fleet is, for a kiosk of no room: typed by a person on the kiosk's own page, from a file on a stick, or from the
 * kernel's command line, in this order. Nothing of it is trusted: the CA that is named, or the person who compares the
 * fingerprints, decides.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEVICE_API_PORT, FleetAddress } from '#contract/enrolment.ts';
import { Sha256 } from '#contract/waiting-kiosk.ts';
import { KeptFile } from '../kept-file.ts';

const STICK_FILE = 'maru-fleet.json';
/** Where Debian mounts what is plugged in. */
const MOUNT_FOLDERS = ['/media', '/run/media', '/mnt'];
const MAX_FILE_BYTES = 16 * 1024;

export type FleetAddressOptions = {
  dataDir: string;
  mountFolders?: readonly string[];
  kernelCommandLine?: string;
};

export class FleetAddresses {
  readonly #typed: KeptFile<typeof FleetAddress>;
  readonly #mountFolders: readonly string[];
  readonly #kernelCommandLine: string;

  constructor({ dataDir, mountFolders = MOUNT_FOLDERS, kernelCommandLine = '/proc/cmdline' }: FleetAddressOptions) {
    this.#typed = new KeptFile(join(dataDir, 'fleet-address.json'), FleetAddress);
    this.#mountFolders = mountFolders;
    this.#kernelCommandLine = kernelCommandLine;
  }

  /** null: nobody has named one */
  current(): FleetAddress | null {
    return this.#typed.read() ?? this.#onStick() ?? this.#ofKernel();
  }

  /** @throws where the disk is full or read-only */
  keep(address: FleetAddress): void {
    this.#typed.write(address);
  }

  #onStick(): FleetAddress | null {
    for (const folder of this.#mountFolders)
      for (const inside of [folder, ...foldersIn(folder), ...foldersIn(folder).flatMap(foldersIn)]) {
        const found = readAddress(join(inside, STICK_FILE));
        if (found) return found;
      }
    return null;
  }

  #ofKernel(): FleetAddress | null {
    let text = '';
    try {
      text = readFileSync(this.#kernelCommandLine, 'utf8');
    } catch {
      return null;
    }
    const wordOf = (name: string): string | null =>
      text
        .trim()
        .split(/\s+/)
        .find((word) => word.startsWith(`maru.${name}=`))
        ?.slice(`maru.${name}=`.length) ?? null;
    const address = wordOf('fleet');
    const deviceApiUrl = address === null ? null : deviceApiUrlOf(address);
    if (deviceApiUrl === null) return null;
    const given = { deviceApiUrl, caSha256: sha256Of(wordOf('ca')), claimCode: wordOf('claim') };
    return FleetAddress.safeParse(given).data ?? null;
  }
}

/**
 * What a person types: `maru.example.com`, with a port or as an address of any of the fleet's pages.
 * @returns the device API's address; null: no address can be made of it
 */
export function deviceApiUrlOf(typed: string): string | null {
  const text = typed.trim();
  if (text === '' || text.length > 300) return null;
  try {
    const url = new URL(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
    if (!['http:', 'https:'].includes(url.protocol) || url.hostname === '' || url.username !== '') return null;
    // a page's address has the page's port
    const isDeviceApi = url.port !== '' && !/^[a-z]+:\/\//i.test(text);
    return `https://${url.hostname}:${isDeviceApi ? url.port : DEVICE_API_PORT}`;
  } catch {
    return null;
  }
}

/** With or without colons, as openssl prints it. */
export const sha256Of = (text: string | null): string | null =>
  Sha256.safeParse(
    text
      ?.replace(/^sha256[:=]/i, '')
      .replaceAll(/[\s:]/g, '')
      .toLowerCase(),
  ).data ?? null;

function readAddress(path: string): FleetAddress | null {
  try {
    const text = readFileSync(path, 'utf8');
    return text.length > MAX_FILE_BYTES ? null : (FleetAddress.safeParse(JSON.parse(text)).data ?? null);
  } catch {
    return null;
  }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .slice(0, 20)
      .map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}
