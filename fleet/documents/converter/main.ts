/**
 * The document converter as a process of its own: makes pictures of pages, each document in sandboxes of its own. The fleet
 * server hands it documents over a Unix socket; it knows no meeting and no person.
 */
import { availableParallelism, setPriority } from 'node:os';
import { parseArgs } from 'node:util';
import {
  CONVERTER_SOCKET,
  type FromConverter,
  MAX_CONVERTER_MESSAGE_BYTES,
  ToConverter,
} from '#contract/converter-link.ts';
import type { ConverterReady } from '#contract/process-ready.ts';
import { readCommandLine, wholeNumber } from '#edge/command-line.ts';
import { lockDataDir } from '#edge/data-dir-lock.ts';
import { ProcessLinkServer } from '#edge/process-link-server.ts';
import { START_REFUSED_EXIT_CODE, StartRefused } from '#edge/start-refused.ts';
import { endOnException } from '#edge/uncaught.ts';
import { createLogger } from '../../log.ts';
import { convert } from './conversion.ts';
import { Jobs } from './jobs.ts';
import { Office } from './office.ts';
import { PageMaker } from './page-maker.ts';
import { Scratch } from './scratch.ts';
import { Spares } from './spares.ts';
import { Turns } from './turns.ts';
import { whyUnavailable } from './why-unavailable.ts';

const usage = `node_modules/.bin/node fleet/documents/converter/main.ts --data-dir DIR [options]

  --data-dir DIR            the fleet's data folder
  --document-seconds N      how long one document may need (1800)
  --json-logs               one line of JSON for each log entry`;

/** Each holds a sandbox of some 100 MB; whose page is made next is decided among them. */
const OPEN_DOCUMENTS = 8;
/** A third of the share of a process that is not nice, where both want all of it. */
const NICE = 5;
const LOOKED_AGAIN_MS = 30_000;
const ENDS_WITHIN_MS = 3_000;
/** A spare costs seven seconds of processor time: not while a fleet starts, and rooms and calls come back. */
const FIRST_SPARE_AFTER_MS = 5 * 60_000;

const { dataDir, jsonLogs, deadlineMs } = readCommandLine(usage, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      'data-dir': { type: 'string' },
      // 500 pages in all sizes need most of it
      'document-seconds': { type: 'string', default: '1800' },
      'json-logs': { type: 'boolean', default: false },
    },
  });
  if (!values['data-dir']) throw new Error('--data-dir is needed');
  const deadlineMs = wholeNumber('document-seconds', values['document-seconds'], 1, 86_400) * 1_000;
  return { dataDir: values['data-dir'], jsonLogs: values['json-logs'], deadlineMs };
});
process.umask(0o077);
const logger = createLogger({ process: 'converter', json: jsonLogs });
endOnException((what, error, isFatal) => logger[isFatal ? 'fatal' : 'error']({ err: error }, what));
try {
  lockDataDir({ dataDir, holder: 'converter', onWait: () => logger.info({ dataDir }, 'waiting for another to end') });
} catch (error) {
  if (!(error instanceof StartRefused)) throw error;
  logger.fatal(error.message);
  process.exit(START_REFUSED_EXIT_CODE);
}
// calls come first; what is started here inherits it
setPriority(NICE);

const reason = await whyUnavailable();
if (reason) {
  logger.error({ reason }, 'no document can be converted on this machine');
  // what IT installs meanwhile is found; the server learns it from the hello of a new start
  setInterval(async () => (await whyUnavailable()) ?? end('documents can be converted now'), LOOKED_AGAIN_MS).unref();
}
const scratch = new Scratch(dataDir);
await scratch.open();
const offices = new Spares(() => new Office(scratch));
const pageMakers = new Spares(() => new PageMaker(scratch));
const prepare = (): void => {
  if (reason) return;
  pageMakers.prepare();
  offices.prepare();
};
// half of the machine: the other half is for calls
const atOnce = Math.max(2, Math.floor(availableParallelism() / 2));
const means = { offices, pageMakers, exports: new Turns(atOnce), drawings: new Turns(atOnce) };
const jobs = new Jobs({
  atOnce: OPEN_DOCUMENTS,
  deadlineMs,
  convert: (conversion) => convert(conversion, means),
  onEvent(event) {
    // not the message: what programs print of a broken document may be words of it
    if (event.name === 'failed')
      logger.warn({ documentId: event.documentId, code: event.code }, 'a document cannot be shown');
    link.send(event);
  },
  onFault: (error, documentId) => logger.error({ err: error, documentId }, 'a conversion failed: our bug, or the disk'),
});
const link = new ProcessLinkServer<ToConverter, FromConverter>({
  socketName: CONVERTER_SOCKET,
  maxMessageLength: MAX_CONVERTER_MESSAGE_BYTES,
  parse: (raw) => ToConverter.parse(raw),
  dataDir,
  hello: () => ({ whyUnavailable: reason }),
  onMessage(message) {
    if (message.name === 'prepare') prepare();
    else if (message.name === 'cancel') jobs.cancel(message.documentId);
    else if (reason) link.send({ ...unavailable, documentId: message.documentId, message: reason.slice(0, 500) });
    else jobs.add(message);
  },
  onRefused: (error) => logger.error({ err: error }, 'the fleet server sent what is no message'),
});
const unavailable = { name: 'failed', code: 'converter-unavailable' } as const;

let isEnding = false;
function end(why: string): void {
  if (isEnding) return;
  isEnding = true;
  logger.info({ why }, 'the converter ends');
  // sandboxes end with this process in any case
  setTimeout(() => process.exit(0), ENDS_WITHIN_MS);
  void Promise.all([jobs.end(), offices.end(), pageMakers.end()]).finally(() => process.exit(0));
}
process.on('SIGTERM', () => end('SIGTERM'));
process.on('SIGINT', () => end('SIGINT'));
// forked: without its supervisor nobody would ever end it
if (process.send) process.on('disconnect', () => end('the supervisor is gone'));

await link.start();
const ready: ConverterReady = { ready: 'converter' };
logger.info('the converter serves');
process.send?.(ready);
setTimeout(prepare, FIRST_SPARE_AFTER_MS).unref();
