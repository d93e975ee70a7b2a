/**
 * Which addresses a webhook may be sent to. Networks of the office are ordinary targets; this machine's loopback, link-local,
 * multicast and the fleet's own addresses are refused, in each spelling and by each name. A name is resolved here, and the
 * connection is made to what was judged, so that a name that changes in between leads nowhere else.
 */
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '#contract/error-codes.ts';
import { AddressRanges } from '#edge/address-ranges.ts';

const OWN_NAMES_WITHIN_MS = 1_000;
const NEVER = new AddressRanges([
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // unspecified, loopback and IPv4-compatible (RFC 4291, 2.5.5.1)
  '::/96',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  // IPv4 that is translated or tunnelled, by which any of the above could be meant
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '::ffff:0:0:0/96',
  '2001::/32',
  '2002::/16',
]);

type Resolve = (hostname: string) => Promise<LookupAddress[]>;
export type TargetGateDependencies = {
  /** names and addresses at which the fleet is reached, as they are now */
  ownHosts: () => readonly string[];
  resolve?: Resolve;
  ownAddresses?: () => readonly string[];
};

export class TargetGate {
  readonly #ownHosts: () => readonly string[];
  readonly #resolve: Resolve;
  readonly #ownAddresses: () => readonly string[];
  /** of our own names, as they were last resolved */
  readonly #known = new Map<string, readonly string[]>();
  readonly #resolving = new Map<string, Promise<void>>();

  constructor({ ownHosts, resolve = resolveAll, ownAddresses = machineOwn }: TargetGateDependencies) {
    this.#ownHosts = ownHosts;
    this.#resolve = resolve;
    this.#ownAddresses = ownAddresses;
  }

  /**
   * @param hostname of a URL
   * @returns the addresses that may be connected to
   * @throws UserError target-not-allowed; the resolver's error, with its code
   */
  async addressesOf(hostname: string): Promise<LookupAddress[]> {
    const host = bare(hostname);
    const own = this.#ownHosts().map(bare);
    if (own.includes(host)) throw new UserError('target-not-allowed');
    const literal = isIP(host);
    const addresses = literal === 0 ? await this.#resolve(host) : [{ address: host, family: literal }];
    const refused = new AddressRanges([...this.#ownAddresses(), ...(await this.#addressesOf(own))].filter(isPlain));
    for (const { address } of addresses)
      if (!isPlain(address) || NEVER.has(address) || refused.has(address)) throw new UserError('target-not-allowed');
    return addresses;
  }

  /** A network without a name server holds up nothing: a name of ours that is not resolved in time is where it was last. */
  async #addressesOf(hosts: readonly string[]): Promise<string[]> {
    const names = hosts.filter((host) => isIP(host) === 0);
    const ending = new AbortController();
    const late = sleep(OWN_NAMES_WITHIN_MS, undefined, { signal: ending.signal }).catch(() => {});
    await Promise.race([Promise.all(names.map((name) => this.#refresh(name))), late]);
    ending.abort();
    return [...hosts.filter((host) => isIP(host) !== 0), ...names.flatMap((name) => this.#known.get(name) ?? [])];
  }

  /** One at a time for each name. One that cannot be resolved stays as it was. */
  #refresh(name: string): Promise<void> {
    const under = this.#resolving.get(name);
    if (under) return under;
    const resolving = this.#resolve(name)
      .then(
        (found) =>
          void this.#known.set(
            name,
            found.map(({ address }) => address),
          ),
        () => {},
      )
      .finally(() => this.#resolving.delete(name));
    this.#resolving.set(name, resolving);
    return resolving;
  }
}

/** Without brackets and the dot of the root. */
const bare = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
/** One with a zone is link-local. */
const isPlain = (address: string): boolean => isIP(address) !== 0 && !address.includes('%');

const resolveAll: Resolve = (hostname) => lookup(hostname, { all: true });

const machineOwn = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .map(({ address }) => address);
