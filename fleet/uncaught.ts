/**
 * What a process does with an exception that nobody caught and a rejection that nobody handled: bugs of ours, whose cause
 * is logged. fleet/README.md states the decision and its reasons.
 */
import type { Logger } from 'pino';

export type OnUncaught = {
  logger: Logger;
  /**
   * `server`: an exception may have left a change half done, so it ends the process, which starts again; a rejection is
   * nearly always one client's request, and must not end everyone's. `supervisor`: goes on once it serves, because it holds
   * nothing but its children, and they would end with it.
   */
  as: 'server' | 'supervisor';
};

/** @returns to be called when the start is over: until then an exception ends a supervisor too */
export function decideUncaught({ logger, as }: OnUncaught): () => void {
  let isStarted = false;
  // a log that nobody reads any more is no reason to end, and no reason to log
  process.stderr.on('error', () => {});
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'unhandled rejection: our bug'));
  process.on('uncaughtException', (error) => {
    if (as === 'supervisor' && isStarted) {
      logger.error({ err: error }, 'uncaught exception: our bug; the supervisor goes on');
      return;
    }
    logger.fatal({ err: error }, 'uncaught exception: our bug; this process ends');
    process.exit(1);
  });
  return () => {
    isStarted = true;
  };
}
