/**
 * Hosts apart on one machine: network namespaces with a router between them, each in a network of its own. Needs root and
 * iproute2. What a killed run left behind is removed by the next one.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export type Host = { namespace: string; address: string };

const PREFIX = 'maru-e2e';
const ip = (...args: string[]): string =>
  execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Why they cannot be made here; null: they can. */
export function whyNoNamespaces(): string | null {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const probe = `${PREFIX}-${process.pid}-probe`;
  try {
    ip('netns', 'add', probe);
    ip('netns', 'del', probe);
    return null;
  } catch (error) {
    return `ip netns: ${(error as Error).message}`;
  }
}

export class NetworkNamespaces {
  readonly #router = `${PREFIX}-${process.pid}-router`;
  readonly #made: string[] = [];

  start(): void {
    removeLeftovers();
    this.#add(this.#router);
    ip('netns', 'exec', this.#router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  }

  /** A host in a network of its own, reached by the others through the router. */
  addHost(name: string): Host {
    const index = this.#made.length;
    const namespace = `${PREFIX}-${process.pid}-${name}`;
    const [address, gateway] = [`10.77.${index}.2`, `10.77.${index}.1`];
    this.#add(namespace);
    const routersEnd = `to-${name}`;
    ip('-n', this.#router, 'link', 'add', routersEnd, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    ip('-n', this.#router, 'addr', 'add', `${gateway}/24`, 'dev', routersEnd);
    ip('-n', this.#router, 'link', 'set', routersEnd, 'up');
    ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', namespace, 'link', 'set', 'eth0', 'up');
    ip('-n', namespace, 'route', 'add', 'default', 'via', gateway);
    return { namespace, address };
  }

  /** One more address of a host, beside its first. */
  addAddress({ namespace, address }: Host, last: number): string {
    const more = address.replace(/\d+$/, String(last));
    ip('-n', namespace, 'addr', 'add', `${more}/24`, 'dev', 'eth0');
    return more;
  }

  /** As behind a firewall that passes TCP 443 alone: everything else that leaves the host is dropped. */
  passOnlyHttps({ namespace }: Host): void {
    ip('-n', namespace, 'rule', 'add', 'pref', '10', 'ipproto', 'tcp', 'dport', '443', 'lookup', 'main');
    ip('-n', namespace, 'rule', 'add', 'pref', '20', 'to', '10.77.0.0/16', 'blackhole');
  }

  stop(): void {
    for (const namespace of this.#made.splice(0).reverse()) remove(namespace);
  }

  #add(namespace: string): void {
    ip('netns', 'add', namespace);
    this.#made.push(namespace);
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
  }
}

function removeLeftovers(): void {
  for (const namespace of ip('netns', 'list')
    .split('\n')
    .map((line) => line.split(' ')[0]!)) {
    const owner = new RegExp(`^${PREFIX}-(\\d+)-`).exec(namespace)?.[1];
    if (owner !== undefined && !existsSync(`/proc/${owner}`)) remove(namespace);
  }
}

function remove(namespace: string): void {
  try {
    ip('netns', 'del', namespace);
  } catch {
    // gone already
  }
}
