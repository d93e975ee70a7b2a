/** The command line of the supervisor and of the fleet server, and the addresses that follow from it. */
import { isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DEVICE_API_PORT } from '#contract/enrolment.ts';
import { type ListenAt, parseListenAt } from '#edge/listen-at.ts';
import { TrustedProxies } from '#edge/who-is-calling.ts';
import { readPicturesPerSecond } from '#edge/pictures-per-second.ts';

export type Ports = {
  http: number;
  deviceApi: number;
  mqtt: number;
  signaling: number;
  /** of broadcasts, for viewers */
  live: number;
  mediaBase: number;
};
export type FleetOptions = {
  dataDir: string;
  /** free ports instead of the usual ones, chosen once and kept in the data directory */
  ephemeralPorts: boolean;
  /** given by the supervisor, so that a restart finds the same */
  ports: Ports | null;
  demonstration: boolean;
  lan: boolean;
  /** names and addresses that clients use, the first of them in links */
  hosts: string[];
  listenAddress: string;
  tlsFiles: { cert: string; key: string } | null;
  /** addresses of their own instead of one for all; null: every address, on its port of `ports` */
  httpsAt: ListenAt | null;
  signalingAt: ListenAt | null;
  liveAt: ListenAt | null;
  /** origin of broadcasts for viewers where a proxy of yours serves them; null: our own */
  liveUrl: string | null;
  /** where coturn serves those whose network passes TCP 443 alone; null: nowhere */
  turnAt: ListenAt | null;
  /** addresses and CIDR blocks whose `X-Forwarded-For` counts, here and at the media node */
  trustedProxies: string[];
  /** documents of all meetings together */
  documentQuotaBytes: number;
  /** of the program, where this process starts it */
  picturesPerSecond: number;
  /** of a meeting's minutes, once the last has left */
  minutesAfterMs: number;
  /** names the organisation's OpenID provider; null: local accounts alone */
  openidConfig: string | null;
  /** names the mail server; null: no mail is sent, and links are handed over */
  mailConfig: string | null;
  /** names the speech engine, for the media node; null: nothing that is spoken is written */
  speechConfig: string | null;
  /** names the engine that writes summaries of minutes; null: none does */
  summaryConfig: string | null;
  /** folder of the kiosks' release, which bare boxes fetch; null: none is served */
  kioskRelease: string | null;
  /** of the releases that rooms are updated to; null: in the data directory */
  updatesDir: string | null;
  jsonLogs: boolean;
};

export const DEFAULT_PORTS: Ports = {
  http: 7400,
  deviceApi: DEVICE_API_PORT,
  mqtt: 7402,
  signaling: 7403,
  live: 7404,
  mediaBase: 7410,
};
export const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '::1'];

const optionsUsage = `  --data-dir DIR            where everything is kept (.maru/fleet)
  --lan                     serve the office over TLS, not this machine alone
  --host NAME_OR_IP         with --lan: a name or address that browsers use (may be repeated)
  --tls-cert F --tls-key F  with --lan: a certificate of your own; both files are read again when they change
  --https-at HOST:PORT      with --lan: browsers at this name or address of the machine alone, such as maru.example.com:443
  --signaling-at HOST:PORT  with --lan: the same for the signalling of calls
  --live-at HOST:PORT       with --lan: the same for broadcasts
  --live-url URL            viewers fetch broadcasts by a proxy of yours; see fleet/GUIDE.md
  --turn-at HOST:PORT       with --lan: a relay (coturn) for networks that pass TCP 443 alone
  --trusted-proxy CIDR      a proxy of yours, whose X-Forwarded-For says who is calling (may be repeated)
  --document-quota-gb N     disk space for the documents of all meetings together (20)
  --pictures-per-second N   of broadcasts and recordings, 10 to 30 (30): fewer for a server with few processors
  --minutes-after-s N       a meeting's minutes are written so many seconds after the last has left, 1 to 3600 (120)
  --openid-config FILE      sign in by your organisation's OpenID provider; see fleet/GUIDE.md
  --mail-config FILE        send invitations by your organisation's mail server; see fleet/GUIDE.md
  --speech-config FILE      write what is spoken, by a speech engine of yours; see fleet/GUIDE.md
  --summary-config FILE     summaries of minutes by an engine that you name; see fleet/GUIDE.md
  --kiosk-release DIR       the kiosks' release, for installations over the device API; see fleet/GUIDE.md
  --updates-dir DIR         releases for rooms' updates (updates in the data directory); see fleet/GUIDE.md
  --ephemeral-ports         free ports instead of 7400 and up, chosen once
  --demonstration           make a demonstration room
  --json-logs               one line of JSON for each log entry`;
export const fleetUsage = `npm run fleet -- [options]: the fleet server and a media node beside it\n\n${optionsUsage}`;
/** Started by fleet/main.ts, or as a unit of its own beside the media node. */
export const serverUsage = `node_modules/.bin/node fleet/server.ts [options]: the fleet server alone
${optionsUsage}
  --ports JSON              the ports of all, as a parent process gives them`;

/** @throws Error naming what is wrong */
export function parseFleetOptions(args: string[]): FleetOptions {
  const { values } = parseArgs({
    args,
    options: {
      'data-dir': { type: 'string', default: '.maru/fleet' },
      'ephemeral-ports': { type: 'boolean', default: false },
      ports: { type: 'string' },
      demonstration: { type: 'boolean', default: false },
      lan: { type: 'boolean', default: false },
      host: { type: 'string', multiple: true, default: [] },
      'tls-cert': { type: 'string' },
      'tls-key': { type: 'string' },
      'https-at': { type: 'string' },
      'signaling-at': { type: 'string' },
      'live-at': { type: 'string' },
      'live-url': { type: 'string' },
      'turn-at': { type: 'string' },
      'trusted-proxy': { type: 'string', multiple: true, default: [] },
      'document-quota-gb': { type: 'string', default: '20' },
      'pictures-per-second': { type: 'string' },
      'minutes-after-s': { type: 'string', default: '120' },
      'openid-config': { type: 'string' },
      'mail-config': { type: 'string' },
      'speech-config': { type: 'string' },
      'summary-config': { type: 'string' },
      'kiosk-release': { type: 'string' },
      'updates-dir': { type: 'string' },
      'json-logs': { type: 'boolean', default: false },
    },
  });
  const [cert, key] = [values['tls-cert'], values['tls-key']];
  if ((cert === undefined) !== (key === undefined)) throw new Error('--tls-cert and --tls-key go together');
  if (cert !== undefined && !values.lan) throw new Error('--tls-cert is for --lan');
  const at = (option: 'https-at' | 'signaling-at' | 'live-at' | 'turn-at'): ListenAt | null => {
    const text = values[option];
    if (text !== undefined && !values.lan) throw new Error(`--${option} is for --lan`);
    return text === undefined ? null : parseListenAt(option, text);
  };
  // an entry that cannot be read ends the start, not the first request
  new TrustedProxies(values['trusted-proxy']);
  return {
    dataDir: resolve(values['data-dir']),
    ephemeralPorts: values['ephemeral-ports'],
    ports: values.ports === undefined ? null : readPorts(values.ports),
    demonstration: values.demonstration,
    lan: values.lan,
    hosts: values.lan ? (values.host.length > 0 ? values.host : ownAddresses()) : ['127.0.0.1'],
    listenAddress: values.lan ? '0.0.0.0' : '127.0.0.1',
    tlsFiles: cert !== undefined && key !== undefined ? { cert: resolve(cert), key: resolve(key) } : null,
    httpsAt: at('https-at'),
    signalingAt: at('signaling-at'),
    liveAt: at('live-at'),
    liveUrl: values['live-url'] === undefined ? null : readOrigin(values['live-url']),
    turnAt: at('turn-at'),
    trustedProxies: values['trusted-proxy'],
    documentQuotaBytes: readGigabytes(values['document-quota-gb']),
    picturesPerSecond: readPicturesPerSecond(values['pictures-per-second']),
    minutesAfterMs: readMinutesAfter(values['minutes-after-s']) * 1_000,
    openidConfig: values['openid-config'] === undefined ? null : resolve(values['openid-config']),
    mailConfig: values['mail-config'] === undefined ? null : resolve(values['mail-config']),
    speechConfig: values['speech-config'] === undefined ? null : resolve(values['speech-config']),
    summaryConfig: values['summary-config'] === undefined ? null : resolve(values['summary-config']),
    kioskRelease: values['kiosk-release'] === undefined ? null : resolve(values['kiosk-release']),
    updatesDir: values['updates-dir'] === undefined ? null : resolve(values['updates-dir']),
    jsonLogs: values['json-logs'],
  };
}

function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.pathname !== '/' || url.search || url.hash)
    throw new Error(`--live-url is an origin such as https://maru.example.com, not "${text}"`);
  return url.origin;
}

function readGigabytes(text: string): number {
  const gigabytes = Number(text);
  if (!(gigabytes > 0 && gigabytes < 1_000_000))
    throw new Error(`--document-quota-gb is a number above 0, not "${text}"`);
  return Math.floor(gigabytes * 1024 ** 3);
}

function readMinutesAfter(text: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= 3_600) return seconds;
  throw new Error(`--minutes-after-s is a whole number from 1 to 3600, not "${text}"`);
}

function readPorts(text: string): Ports {
  try {
    return JSON.parse(text) as Ports;
  } catch {
    throw new Error(`--ports is JSON, not "${text}"`);
  }
}

export const hostInUrl = (host: string): string => (isIPv6(host) ? `[${host}]` : host);

/** Every address that a media node of this machine may announce. */
export const machineAddresses = (hosts: readonly string[]): string[] => [
  ...new Set([
    ...hosts.filter((host) => isIP(host) !== 0),
    ...Object.values(networkInterfaces())
      .flatMap((entries) => entries ?? [])
      .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
      .map(({ address }) => address),
  ]),
];

function ownAddresses(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const outside = addresses.filter((entry) => entry.family === 'IPv4' && !entry.internal).map((entry) => entry.address);
  return outside.length > 0 ? outside : ['127.0.0.1'];
}
