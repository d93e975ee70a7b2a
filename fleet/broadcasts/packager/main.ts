/**
 * The packager as a process of its own: programs come in as RTP, and leave as parts for viewers and as recordings. The fleet server
 * directs it over a Unix socket; what is on air goes on while that is away.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type FromPackager, MAX_PACKAGER_MESSAGE_BYTES, PACKAGER_SOCKET, ToPackager } from '#contract/packager-link.ts';
import type { PackagerReady } from '#contract/process-ready.ts';
import { readCommandLine } from '#edge/command-line.ts';
import { lockDataDir } from '#edge/data-dir-lock.ts';
import { parseListenAt } from '#edge/listen-at.ts';
import { ProcessLinkServer } from '#edge/process-link-server.ts';
import { endOnceReplaced } from '#edge/replaced-release.ts';
import { START_REFUSED_EXIT_CODE, StartRefused } from '#edge/start-refused.ts';
import { endOnException } from '#edge/uncaught.ts';
import { TrustedProxies } from '#edge/who-is-calling.ts';
import { createLogger } from '../../log.ts';
import { createDelivery } from './delivery/index.ts';
import { Packager } from './packager.ts';
import { whyNoPackager } from './why-unavailable.ts';

const usage = `node_modules/.bin/node fleet/broadcasts/packager/main.ts --data-dir DIR --live-at HOST:PORT [options]

  --data-dir DIR            the fleet's data folder
  --live-at HOST:PORT       where viewers fetch what is on air
  --tls-cert F --tls-key F  over TLS; both files are read again when they change
  --trusted-proxy CIDR      a proxy of yours, whose X-Forwarded-For says who is calling (may be repeated)
  --release-link PATH       once it leads to another release than this one, the process ends when nothing is on air
  --json-logs               one line of JSON for each log entry`;

const ENDS_WITHIN_MS = 3_000;
const LOOKED_AGAIN_MS = 30_000;
/** In the data folder. */
const WATCH_RIGHTS_FILE = 'watch-rights.json';

const { dataDir, listenAt, tls, trustedProxies, releaseLink, jsonLogs } = readCommandLine(usage, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      'data-dir': { type: 'string' },
      'live-at': { type: 'string' },
      'tls-cert': { type: 'string' },
      'tls-key': { type: 'string' },
      'trusted-proxy': { type: 'string', multiple: true, default: [] },
      'release-link': { type: 'string' },
      'json-logs': { type: 'boolean', default: false },
    },
  });
  if (!values['data-dir'] || !values['live-at']) throw new Error('--data-dir and --live-at are needed');
  const [certFile, keyFile] = [values['tls-cert'], values['tls-key']];
  if ((certFile === undefined) !== (keyFile === undefined)) throw new Error('--tls-cert and --tls-key go together');
  new TrustedProxies(values['trusted-proxy']);
  return {
    dataDir: values['data-dir'],
    listenAt: parseListenAt('live-at', values['live-at']),
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : null,
    trustedProxies: values['trusted-proxy'],
    releaseLink: values['release-link'] ?? null,
    jsonLogs: values['json-logs'],
  };
});
process.umask(0o027);
const logger = createLogger({ process: 'packager', json: jsonLogs });
endOnException((what, error, isFatal) => logger[isFatal ? 'fatal' : 'error']({ err: error }, what));
try {
  lockDataDir({ dataDir, holder: 'packager', onWait: () => logger.info({ dataDir }, 'waiting for another to end') });
} catch (error) {
  if (!(error instanceof StartRefused)) throw error;
  logger.fatal(error.message);
  process.exit(START_REFUSED_EXIT_CODE);
}

const reason = whyNoPackager();
if (reason) {
  logger.error({ reason }, 'nothing can be broadcast on this machine');
  // what IT installs meanwhile is found; the server learns it from the hello of a new start
  setInterval(() => whyNoPackager() ?? end('broadcasts are possible now'), LOOKED_AGAIN_MS).unref();
}
const log = (what: string, details: object = {}): void => logger['err' in details ? 'warn' : 'info'](details, what);
const delivery = createDelivery({ listenAt, tls, trustedProxies, keptAt: join(dataDir, WATCH_RIGHTS_FILE), log });
const packager = new Packager({ dataDir, delivery, send: (message) => link.send(message), log });
const link = new ProcessLinkServer<ToPackager, FromPackager>({
  dataDir,
  socketName: PACKAGER_SOCKET,
  maxMessageLength: MAX_PACKAGER_MESSAGE_BYTES,
  parse: (raw) => ToPackager.parse(raw),
  hello: () => ({ whyUnavailable: reason, port: delivery.port }),
  onHello: (hello) => {
    delivery.configure(hello);
    packager.onConnected();
  },
  onMessage: (message) => {
    if (!reason) packager.handle(message);
  },
  onRefused: (error) => logger.error({ err: error }, 'the fleet server sent what is no message'),
});

let isEnding = false;
function end(why: string): void {
  if (isEnding) return;
  isEnding = true;
  logger.info({ why }, 'the packager ends');
  setTimeout(() => process.exit(0), ENDS_WITHIN_MS);
  void Promise.all([packager.stop(), delivery.stop()]).finally(() => process.exit(0));
}
process.on('SIGTERM', () => end('SIGTERM'));
process.on('SIGINT', () => end('SIGINT'));
// forked: without its supervisor nobody would ever end it
if (process.send) process.on('disconnect', () => end('the supervisor is gone'));

if (releaseLink !== null)
  endOnceReplaced({
    link: releaseLink,
    isIdle: () => packager.isIdle,
    onIdle: () => end('another release is current'),
  });
if (!reason) packager.resume();
await delivery.start();
await link.start();
const ready: PackagerReady = { ready: 'packager' };
logger.info({ port: delivery.port }, 'the packager serves');
process.send?.(ready);
