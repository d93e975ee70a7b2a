/**
 * The network as this kiosk sees it, step by step from the cable to the media ports. What needs the browser is the page's to
 * try; each step here is the agent's own, with the time that it took and a message for IT.
 */
import { readFile } from 'node:fs/promises';
import { lookup } from 'node:dns/promises';
import { connect as connectTcp } from 'node:net';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connect as connectTls } from 'node:tls';
import type { NetworkCheck } from '#contract/room-action.ts';
import { brokerOf } from '#contract/topics.ts';
import type { RoomIdentity } from '../room-identity.ts';
import { diagnoseSignaling } from '../signaling-diagnosis.ts';

export type NetworkTestOptions = {
  identity: RoomIdentity;
  /** where this room's calls may run */
  signalingUrls: readonly string[];
  /** the page's own look at the media ports; null: not looked at */
  probeMedia: ((signal: AbortSignal) => Promise<'reached' | 'blocked' | null>) | null;
  /** the kiosk's clock minus the fleet's; null: not known */
  clockOffMs: () => number | null;
  /** the setting `watch.clockOffMaxSeconds` */
  clockOffMaxMs: number;
  signal: AbortSignal;
};
type Check = NetworkCheck['check'];
type Found = Pick<NetworkCheck, 'outcome' | 'message'>;

const STEP_WITHIN_MS = 5_000;
const MOST_CHECKS = 40;

export async function testNetwork(options: NetworkTestOptions): Promise<NetworkCheck[]> {
  const { identity, signalingUrls, probeMedia, clockOffMs, clockOffMaxMs, signal } = options;
  const api = new URL(identity.deviceApiUrl);
  const broker = brokerOf(identity.mqttUrl);
  const apiPort = Number(api.port || 443);
  const hostName = api.hostname.replace(/^\[|\]$/g, '');
  const checks: NetworkCheck[] = [];
  const step = async (check: Check, target: string, look: () => Promise<Found>): Promise<void> => {
    if (signal.aborted || checks.length >= MOST_CHECKS) return;
    const fromMs = performance.now();
    const found = await look().catch((error: Error): Found => ({ outcome: 'failed', message: error.message }));
    const tookMs = found.outcome === 'skipped' ? null : Math.round(performance.now() - fromMs);
    checks.push({ check, target: target.slice(0, 200), ...found, tookMs, message: found.message.slice(0, 300) });
  };
  const tls = { ca: identity.caPem, key: identity.keyPem, cert: identity.certificatePem };

  await step('link', 'network interfaces', async () => linkOf(networkInterfaces()));
  await step('gateway', 'default route', async () => gatewayIn(await readFile('/proc/net/route', 'utf8')));
  await step('name', hostName, async () => {
    if (isIP(hostName)) return { outcome: 'skipped', message: 'an address, no name' };
    const found = await within(lookup(hostName, { all: true }), signal);
    return { outcome: 'passed', message: found.map(({ address }) => address).join(', ') };
  });
  await step('fleet-http', `${hostName}:${apiPort}`, () => secured({ host: hostName, port: apiPort, ...tls }, signal));
  await step('fleet-mqtt', `${broker.host}:${broker.port}`, () => secured({ ...broker, ...tls }, signal));
  if (signalingUrls.length === 0)
    await step('signaling', 'no media node', async () => ({ outcome: 'skipped', message: 'the fleet has named none' }));
  for (const url of signalingUrls)
    await step('signaling', url, async () => {
      const { outcome, detail } = await diagnoseSignaling(url, identity.caPem);
      return { outcome: outcome === 'reached' ? 'passed' : 'failed', message: detail ?? outcome };
    });
  await step('media-udp', 'media ports, by the page', async () => {
    const found = probeMedia && (await probeMedia(signal));
    if (!found) return { outcome: 'skipped', message: 'no page, or a call is on: not looked at' };
    return { outcome: found === 'reached' ? 'passed' : 'failed', message: found };
  });
  await step('time', 'the fleet’s clock', async () => {
    const off = clockOffMs();
    if (off === null) return { outcome: 'skipped', message: 'the fleet was not reached since the start' };
    return { outcome: Math.abs(off) <= clockOffMaxMs ? 'passed' : 'failed', message: `${Math.round(off)} ms off` };
  });
  return checks;
}

function linkOf(interfaces: ReturnType<typeof networkInterfaces>): Found {
  const addresses = Object.entries(interfaces).flatMap(([name, of = []]) =>
    of.filter(({ internal }) => !internal).map(({ address }) => `${name} ${address}`),
  );
  return addresses.length > 0
    ? { outcome: 'passed', message: addresses.join(', ') }
    : { outcome: 'failed', message: 'no interface has an address' };
}

/** Of the kernel's table of routes, little-endian in hex (proc(5)). */
export function gatewayIn(table: string): Found {
  for (const line of table.split('\n').slice(1)) {
    const [name, destination, gateway] = line.split('\t');
    if (destination !== '00000000' || gateway === undefined) continue;
    const address = [6, 4, 2, 0].map((at) => Number.parseInt(gateway.slice(at, at + 2), 16)).join('.');
    return { outcome: 'passed', message: `${address} by ${name}` };
  }
  return { outcome: 'skipped', message: 'no default route: a closed network, or IPv6 alone' };
}

async function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(STEP_WITHIN_MS)]);
  return Promise.race([
    work,
    new Promise<never>((_, reject) =>
      late.addEventListener('abort', () => reject(new Error('no answer')), { once: true }),
    ),
  ]);
}

/** TCP first, so that a port that is closed is told apart from a certificate that is not good. */
async function secured(
  { host, port, ...tls }: { host: string; port: number; ca: string; key: string; cert: string },
  signal: AbortSignal,
): Promise<Found> {
  const tcp = connectTcp({ host, port });
  try {
    await within(
      new Promise<void>((resolve, reject) => {
        tcp.once('connect', resolve);
        tcp.once('error', reject);
      }),
      signal,
    );
  } catch (error) {
    tcp.destroy();
    return { outcome: 'failed', message: `TCP: ${(error as Error).message}` };
  }
  const secure = connectTls({ socket: tcp, ...(isIP(host) ? {} : { servername: host }), host, ...tls });
  try {
    await within(
      new Promise<void>((resolve, reject) => {
        secure.once('secureConnect', resolve);
        secure.once('error', reject);
      }),
      signal,
    );
    return { outcome: 'passed', message: secure.getProtocol() ?? 'TLS' };
  } catch (error) {
    return { outcome: 'failed', message: `TLS: ${(error as Error).message}` };
  } finally {
    secure.destroy();
  }
}
