/**
 * The program process: for each broadcast a headless Chromium whose page joins the call, draws the TV's stage, mixes the voices
 * and publishes both into the call. The fleet server directs it over a Unix socket; while that is away, what runs goes on. As the
 * process that has browsers, it prints minutes too, over another socket.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ProgramReady } from '#contract/process-ready.ts';
import { type FromPrinter, MAX_PRINT_MESSAGE_UNITS, PRINT_SOCKET, ToPrinter } from '#contract/print-link.ts';
import { type FromProgram, MAX_PROGRAM_MESSAGE_BYTES, PROGRAM_SOCKET, ToProgram } from '#contract/program-link.ts';
import { readCommandLine } from '#edge/command-line.ts';
import { lockDataDir } from '#edge/data-dir-lock.ts';
import { ProcessLinkServer } from '#edge/process-link-server.ts';
import { endOnceReplaced } from '#edge/replaced-release.ts';
import { START_REFUSED_EXIT_CODE, StartRefused } from '#edge/start-refused.ts';
import { endOnException } from '#edge/uncaught.ts';
import { createLogger } from '../../log.ts';
import { PageServer } from './page-server.ts';
import { Printer } from './printer.ts';
import { removeLeftFolders } from './program-browser.ts';
import { readPicturesPerSecond } from '#edge/pictures-per-second.ts';
import { Programs } from './programs.ts';
import { whyNoProgram } from './why-unavailable.ts';

const usage = `node_modules/.bin/node fleet/broadcasts/program/main.ts --data-dir DIR [options]

  --data-dir DIR            the fleet's data folder
  --trust FILE              PEM that the page trusts besides: the fleet's CA, an office's certificate with its chain (may be repeated)
  --release-link PATH       once it leads to another release than this one, the process ends when no program runs
  --pictures-per-second N   10 to 30 (30): fewer for a machine with few processors
  --json-logs               one line of JSON for each log entry`;

const LOOKED_AGAIN_MS = 30_000;
const ENDS_WITHIN_MS = 2_000;
const pageDir = join(import.meta.dirname, '../../../controller/dist');
/** what a release has of that package, see provisioning/release */
const fontDir = join(import.meta.dirname, '../../../node_modules/pretendard/dist/public/static/alternative');
const FONTS = ['Pretendard-Regular.ttf', 'Pretendard-Bold.ttf'];

const { dataDir, trustedFiles, releaseLink, picturesPerSecond, jsonLogs } = readCommandLine(usage, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      'data-dir': { type: 'string' },
      trust: { type: 'string', multiple: true, default: [] },
      'release-link': { type: 'string' },
      'pictures-per-second': { type: 'string' },
      'json-logs': { type: 'boolean', default: false },
    },
  });
  if (!values['data-dir']) throw new Error('--data-dir is needed');
  return {
    dataDir: values['data-dir'],
    trustedFiles: values.trust,
    releaseLink: values['release-link'] ?? null,
    picturesPerSecond: readPicturesPerSecond(values['pictures-per-second']),
    jsonLogs: values['json-logs'],
  };
});
process.umask(0o077);
const logger = createLogger({ process: 'program', json: jsonLogs });
endOnException((what, error, isFatal) => logger[isFatal ? 'fatal' : 'error']({ err: error }, what));
try {
  lockDataDir({ dataDir, holder: 'program', onWait: () => logger.info({ dataDir }, 'waiting for another to end') });
} catch (error) {
  if (!(error instanceof StartRefused)) throw error;
  logger.fatal(error.message);
  process.exit(START_REFUSED_EXIT_CODE);
}

const reason = whyNoProgram(pageDir);
if (reason) {
  logger.error({ reason }, 'no meeting can be broadcast or recorded on this machine');
  // what IT installs meanwhile is found; the server learns it from the hello of a new start
  setInterval(() => whyNoProgram(pageDir) ?? end('a program can run now'), LOOKED_AGAIN_MS).unref();
}
await removeLeftFolders();
const pages = new PageServer(pageDir);
await pages.start();
const programs = new Programs({
  url: pages.url,
  picturesPerSecond,
  trusted: () => trustedFiles.map(readPem).join('\n'),
  send: (message) => link.send(message),
  log: (what, details) => logger.warn(details, `program: ${what}`),
});
const link = new ProcessLinkServer<ToProgram, FromProgram>({
  dataDir,
  socketName: PROGRAM_SOCKET,
  maxMessageLength: MAX_PROGRAM_MESSAGE_BYTES,
  parse: (raw) => ToProgram.parse(raw),
  hello: () => ({ whyUnavailable: reason, broadcastIds: programs.broadcastIds }),
  onHello: () => programs.onFleet(),
  onMessage: (message) => {
    if (reason === null) programs.handle(message);
  },
  onRefused: (error) => logger.error({ err: error }, 'the fleet server sent what is no message'),
});
const printer = new Printer({
  fontFiles: FONTS.map((name) => join(fontDir, name)),
  send: (message) => printLink.send(message),
  log: (what, details) => logger.warn(details, `printer: ${what}`),
});
const printLink = new ProcessLinkServer<ToPrinter, FromPrinter>({
  dataDir,
  socketName: PRINT_SOCKET,
  maxMessageLength: MAX_PRINT_MESSAGE_UNITS,
  parse: (raw) => ToPrinter.parse(raw),
  hello: () => ({ whyUnavailable: reason }),
  onHello: () => printer.forget(),
  onMessage: (page) => {
    if (reason === null) printer.print(page);
  },
  onRefused: (error) => logger.error({ err: error }, 'the fleet server sent what is no page to print'),
});

/** '': it cannot be read; the page then trusts what every browser trusts */
function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    logger.error({ err: error }, 'a certificate to trust cannot be read');
    return '';
  }
}

let isEnding = false;
function end(why: string): void {
  if (isEnding) return;
  isEnding = true;
  logger.info({ why }, 'the program process ends');
  // the browsers are killed at once; what takes longer is their folders
  setTimeout(() => process.exit(0), ENDS_WITHIN_MS);
  void Promise.allSettled([programs.end(), printer.end()]).finally(() => process.exit(0));
}
process.on('SIGTERM', () => end('SIGTERM'));
process.on('SIGINT', () => end('SIGINT'));
// forked: without its supervisor nobody would ever end it
if (process.send) process.on('disconnect', () => end('the supervisor is gone'));

if (releaseLink !== null)
  endOnceReplaced({
    link: releaseLink,
    isIdle: () => programs.broadcastIds.length === 0 && printer.isIdle,
    onIdle: () => end('another release is current'),
  });
await Promise.all([link.start(), printLink.start()]);
const ready: ProgramReady = { ready: 'program' };
logger.info('the program process serves');
process.send?.(ready);
