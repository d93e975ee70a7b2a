/**
 * The media node as a process of its own: options, start, the word to its supervisor, and the end. It needs neither
 * database nor fleet server to keep its calls going.
 */
import { flushCompileCache } from 'node:module';
import type { MediaReady } from '#contract/process-ready.ts';
import { readCommandLine } from '#edge/command-line.ts';
import { createLogger } from '../log.ts';
import { endOnceReplaced } from '#edge/replaced-release.ts';
import { endOnException } from '#edge/uncaught.ts';
import { MediaNode } from './media-node.ts';
import { nodeOptions, parseMediaOptions, mediaUsage } from './media-options.ts';

const options = readCommandLine(mediaUsage, parseMediaOptions);
const logger = createLogger({ process: 'media', json: options.jsonLogs });

endOnException((what, error, isFatal) => logger[isFatal ? 'fatal' : 'error']({ err: error }, what));

const node = new MediaNode(await nodeOptions(options, logger));

let ending = false;
/** Before mediasoup's own handler of the signal, which closes the workers. */
function end(why: string): void {
  if (ending) return;
  ending = true;
  logger.info({ why }, 'media node ends');
  node.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      logger.error({ err: error }, 'not ended in order');
      process.exit(1);
    },
  );
}
process.on('SIGTERM', () => end('SIGTERM'));
process.on('SIGINT', () => end('SIGINT'));
// forked: without its supervisor nobody would ever end it
if (process.send) process.on('disconnect', () => end('the supervisor is gone'));

await node.start();
if (options.releaseLink !== null)
  endOnceReplaced({
    link: options.releaseLink,
    isIdle: () => node.registry.openCallIds.length === 0,
    onIdle: () => end('another release is current'),
  });
const ready: MediaReady = { ready: 'media', signalingUrl: node.signalingUrl };
logger.info(ready, 'media node serves');
process.send?.(ready);
// Node writes its compile cache at its end; a process that is killed or loses power writes none
setTimeout(flushCompileCache, 5_000).unref();
