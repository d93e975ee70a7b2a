/** The command line of the media node. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { wholeNumber } from '#edge/command-line.ts';
import { TrustedProxies } from '#edge/who-is-calling.ts';
import type { Logger } from 'pino';
import { cacheKeys, readCachedKeys, readCredentials, touchKeys } from './credentials.ts';
import { startTranscriber } from '../transcriber/client.ts';
import type { MediaNodeOptions } from './media-node.ts';
import type { StartTranscriber } from './transcription.ts';

export const mediaUsage = `npm run media -- --credentials DIR --mqtt-url URL [options]

  --credentials DIR         key.pem, cert.pem, ca.pem and nodeId, from the fleet server
  --mqtt-url URL            where the fleet's MQTT listens
  --signaling-port PORT     for clients (7403)
  --signaling-host HOST     signalling at this name or address of the machine alone, which clients get
  --media-port-base PORT    the first of one port for each worker, UDP and TCP (7410)
  --listen-address IP       (127.0.0.1)
  --announced-address IP    an address that clients reach this node by (may be repeated)
  --public-host NAME        the host in the address that clients get
  --tls-cert F --tls-key F  for signalling; both files are read again when they change
  --trusted-proxy CIDR      a proxy of yours, whose X-Forwarded-For says who is calling (may be repeated)
  --workers N               (one for each core)
  --max-peers N
  --consumers-per-worker N
  --speech-config FILE      write what is spoken, by a speech engine of yours; see fleet/GUIDE.md
  --release-link PATH       once it leads to another release than this one, the process ends when nobody is in a call
  --json-logs               one line of JSON for each log entry`;

/** @throws Error naming what is wrong */
export function parseMediaOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      credentials: { type: 'string' },
      'mqtt-url': { type: 'string' },
      'signaling-host': { type: 'string' },
      'signaling-port': { type: 'string', default: '7403' },
      'media-port-base': { type: 'string', default: '7410' },
      'listen-address': { type: 'string', default: '127.0.0.1' },
      'announced-address': { type: 'string', multiple: true, default: [] },
      'public-host': { type: 'string' },
      'tls-cert': { type: 'string' },
      'tls-key': { type: 'string' },
      'trusted-proxy': { type: 'string', multiple: true, default: [] },
      workers: { type: 'string' },
      'max-peers': { type: 'string' },
      'consumers-per-worker': { type: 'string' },
      'speech-config': { type: 'string' },
      'release-link': { type: 'string' },
      'json-logs': { type: 'boolean', default: false },
    },
  });
  if (!values.credentials || !values['mqtt-url']) throw new Error('--credentials and --mqtt-url are needed');
  if (Boolean(values['tls-cert']) !== Boolean(values['tls-key']))
    throw new Error('--tls-cert and --tls-key go together');
  new TrustedProxies(values['trusted-proxy']);
  return {
    credentialsDirectory: values.credentials,
    mqttUrl: values['mqtt-url'],
    signalingPort: wholeNumber('signaling-port', values['signaling-port'], 0, 65_535),
    signalingHost: values['signaling-host'] ?? null,
    mediaPortBase: wholeNumber('media-port-base', values['media-port-base'], 0, 65_535),
    listenAddress: values['listen-address'],
    announcedAddresses: values['announced-address'],
    publicHost: values['public-host'] ?? null,
    tls: values['tls-cert'] && values['tls-key'] ? { certFile: values['tls-cert'], keyFile: values['tls-key'] } : null,
    trustedProxies: values['trusted-proxy'],
    workers: values.workers === undefined ? null : wholeNumber('workers', values.workers, 1),
    settings: {
      ...(values['max-peers'] !== undefined && { maxPeers: wholeNumber('max-peers', values['max-peers'], 1) }),
      ...(values['consumers-per-worker'] !== undefined && {
        consumersPerWorker: wholeNumber('consumers-per-worker', values['consumers-per-worker'], 1),
      }),
    },
    speechConfig: values['speech-config'] ?? null,
    releaseLink: values['release-link'] ?? null,
    jsonLogs: values['json-logs'],
  };
}
export type ParsedOptions = ReturnType<typeof parseMediaOptions>;

const TOUCHED_EVERY_MS = 60_000;

/** Reads the files that the options name. */
export async function nodeOptions(parsed: ParsedOptions, logger: Logger): Promise<MediaNodeOptions> {
  const { credentialsDirectory, mqttUrl, jsonLogs, releaseLink: _, speechConfig, ...rest } = parsed;
  const credentials = await readCredentials(credentialsDirectory);
  const cached = await readCachedKeys(credentialsDirectory);
  let touchedAtMs = Number.NEGATIVE_INFINITY;
  const credentialFiles = {
    certFile: join(credentialsDirectory, 'cert.pem'),
    keyFile: join(credentialsDirectory, 'key.pem'),
  };
  return {
    ...rest,
    startTranscriber: speechConfig === null ? null : transcriberBy({ speechConfig, jsonLogs, logger }),
    nodeId: credentials.nodeId,
    fleet: { mqttUrl, credentials, credentialFiles },
    keys: cached?.keys ?? null,
    heardAgoMs: cached?.heardAgoMs ?? 0,
    onHeard: () => {
      if (performance.now() - touchedAtMs < TOUCHED_EVERY_MS) return;
      touchedAtMs = performance.now();
      // not there before the first keys
      touchKeys(credentialsDirectory).catch(() => {});
    },
    onKeys: (keys) => {
      cacheKeys(credentialsDirectory, keys).catch((error: unknown) =>
        logger.error({ err: error }, 'keys could not be cached'),
      );
    },
    logger,
  };
}

type TranscriberBy = { speechConfig: string; jsonLogs: boolean; logger: Logger };
export const transcriberBy =
  ({ logger, ...options }: TranscriberBy): StartTranscriber =>
  ({ onMessage, onGone }) => {
    const transcriber = startTranscriber({ ...options, log: (what, details) => logger.warn(details, what) });
    transcriber.onMessage(onMessage);
    transcriber.onGone(onGone);
    return transcriber;
  };
