/** The addresses of the fleet server: its URLs for browsers, viewers and kiosks, and all names of its hosts. */
import { originOf } from '#edge/listen-at.ts';
import { type FleetOptions, hostInUrl, LOOPBACK_HOSTS, type Ports } from './options.ts';

export type ServerAddresses = ReturnType<typeof addressesOf>;

export function addressesOf(options: FleetOptions, ports: Ports) {
  const { hosts, lan } = options;
  const host = hostInUrl(hosts[0]!);
  const { httpsAt, signalingAt, liveAt, turnAt } = options;
  const fleetUrl = originOf(lan ? 'https' : 'http', {
    host: httpsAt?.host ?? hosts[0]!,
    port: httpsAt?.port ?? ports.http,
  });
  /** where viewers fetch broadcasts */
  const liveUrl =
    options.liveUrl ??
    originOf(lan ? 'https' : 'http', { host: liveAt?.host ?? hosts[0]!, port: liveAt?.port ?? ports.live });
  const deviceApiUrl = `https://${host}:${ports.deviceApi}`;
  const mqttUrl = `mqtts://${host}:${ports.mqtt}`;
  const ownHosts = [httpsAt, signalingAt, liveAt, turnAt].flatMap((at) => at?.host ?? []);
  const allHosts = [...new Set([...hosts, ...ownHosts, ...LOOPBACK_HOSTS])];
  /** On the host by which a page came, unless IT has named another: the cookie is of that host. */
  const liveUrlAt = (pageHost: string): string =>
    options.liveUrl !== null || liveAt
      ? liveUrl
      : originOf(lan ? 'https' : 'http', { host: pageHost, port: ports.live });
  return { fleetUrl, liveUrl, liveUrlAt, deviceApiUrl, mqttUrl, allHosts };
}
