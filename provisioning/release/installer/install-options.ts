/** The command line of the installer. Secrets come by files: a command line is read by everybody on a machine. */
import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ReleaseRole } from '#contract/release.ts';
import { Sha256 } from '#contract/waiting-kiosk.ts';

export type FleetServer = { deviceApiUrl: string; caSha256: string };
export type InstallOptions = {
  role: ReleaseRole;
  /** null: the release is fetched from the fleet server */
  releaseFolder: string | null;
  /** of SHA256SUMS, by the bootstrap */
  sumsSha256: string;
  /** null: none is named */
  fleet: FleetServer | null;
  claimFile: string | null;
  /** names and addresses of a server, the first of them in links */
  hosts: string[];
  isStarted: boolean;
  uninstall: 'keep-data' | 'purge' | null;
  /** of a server: to the release before the present one */
  isReturn: boolean;
};

export const installUsage = `sh install.sh [options]: makes this bare Debian 12 what the release is for; again, it renews or repairs it

A kiosk's:
  --fleet-address HOST:PORT  the fleet server's device API (port 7401 where none is named)
  --ca-sha256 HEX            the SHA-256 of its CA certificate, as the server's installer prints it
  --claim-file FILE          the claim from the console; without one the TV shows a code to be claimed by

A server's:
  --host NAME_OR_IP          by which browsers and kiosks reach it (may be repeated); needed at the first time

  --return                   back to the release before the present one, with the data from before its upgrade where it needs that

  --no-start                 place everything, and start nothing before the next boot
  --uninstall                take Maru away; what it keeps, in /var/lib and /etc/maru, stays
  --purge                    with --uninstall: take that away too`;
const DEVICE_API_PORT = 7401;

/** @throws Error naming what is wrong */
export function parseInstallOptions(args: string[]): InstallOptions {
  const { values } = parseArgs({
    args,
    options: {
      'release-role': { type: 'string' },
      'release-folder': { type: 'string' },
      'sums-sha256': { type: 'string' },
      'fleet-address': { type: 'string' },
      'ca-sha256': { type: 'string' },
      'claim-file': { type: 'string' },
      host: { type: 'string', multiple: true, default: [] },
      'no-start': { type: 'boolean', default: false },
      uninstall: { type: 'boolean', default: false },
      return: { type: 'boolean', default: false },
      purge: { type: 'boolean', default: false },
    },
  });
  const role = ReleaseRole.safeParse(values['release-role']);
  const sums = Sha256.safeParse(values['sums-sha256']);
  if (!role.success || !sums.success)
    throw new Error('the installer is started by install.sh, which names its release');
  const forKiosk = (['fleet-address', 'ca-sha256', 'claim-file'] as const).find((name) => values[name] !== undefined);
  if (role.data === 'server' && forKiosk) throw new Error(`--${forKiosk} is for a kiosk`);
  if (role.data === 'kiosk' && values.return) throw new Error('--return is for a server; a kiosk returns by itself');
  if (values.return && (values.uninstall || values.host.length > 0))
    throw new Error('--return goes with --no-start alone');
  if (role.data === 'kiosk' && values.host.length > 0) throw new Error('--host is for a server');
  const host = values.host.find((name) => !/^[0-9A-Za-z.:-]{1,253}$/.test(name));
  if (host !== undefined) throw new Error(`--host is a name or an address, not "${host}"`);
  if (values.purge && !values.uninstall) throw new Error('--purge goes with --uninstall');
  const fleet = readFleet(values['fleet-address'], values['ca-sha256']);
  const releaseFolder = values['release-folder'] === undefined ? null : resolve(values['release-folder']);
  if (releaseFolder === null && fleet === null && !values.uninstall)
    throw new Error('--fleet-address and --ca-sha256 name the server to fetch the release from');
  return {
    role: role.data,
    releaseFolder,
    sumsSha256: sums.data,
    fleet,
    claimFile: values['claim-file'] === undefined ? null : resolve(values['claim-file']),
    hosts: values.host,
    isStarted: !values['no-start'],
    isReturn: values.return,
    uninstall: values.uninstall ? (values.purge ? 'purge' : 'keep-data') : null,
  };
}

function readFleet(address: string | undefined, ca: string | undefined): FleetServer | null {
  if (address === undefined && ca === undefined) return null;
  if (address === undefined || ca === undefined) throw new Error('--fleet-address and --ca-sha256 go together');
  // as openssl and the console print it, too
  const caSha256 = Sha256.safeParse(ca.replaceAll(':', '').toLowerCase());
  if (!caSha256.success) throw new Error('--ca-sha256 is 64 hexadecimal digits');
  const withHost = isIPv6(address) ? `[${address}]` : address;
  const url = URL.canParse(`https://${withHost}`) ? new URL(`https://${withHost}`) : null;
  if (url?.pathname !== '/' || /[/?#@]/.test(address))
    throw new Error(
      `--fleet-address is a name or an address, with a port where it is not ${DEVICE_API_PORT}: not "${address}"`,
    );
  const port = /:\d+$/.test(withHost) ? '' : `:${DEVICE_API_PORT}`;
  return { deviceApiUrl: `https://${withHost}${port}`, caSha256: caSha256.data };
}
