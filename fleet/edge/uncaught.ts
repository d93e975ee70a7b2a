/**
 * Handles uncaught exceptions and unhandled rejections of a process: bugs of ours, whose cause is logged.
 * Three kinds of process, three decisions; fleet/README.md and kiosk/README.md state the reasons.
 */

/** `isFatal`: this process ends by it. */
type Log = (what: string, error: unknown, isFatal: boolean) => void;

const TIDIED_WITHIN_MS = 3_000;

/**
 * Serves many. An exception may have left a change half done, so it ends the process, which starts again. A rejection is
 * nearly always one client's request, and must not end everyone's.
 * @param end for a process that `process.exit` alone might not end
 */
export function endOnException(log: Log, end: () => void = () => process.exit(1)): void {
  decide({
    exception: (error) => {
      log(`${causeOf(error, 'uncaught exception')}; this process ends`, error, true);
      end();
    },
    rejection: (error) => log('unhandled rejection: our bug', error, false),
  });
}

/**
 * Serves one room: both end it, and its next start repeats the work.
 * @param tidy removes obstacles to the next start; given 3 s
 * @param isHandled true: a part of the process has failed that is started again alone, and the process goes on
 */
export function endOnBoth(
  log: Log,
  tidy = async (): Promise<void> => {},
  isHandled: (error: unknown) => boolean = () => false,
): void {
  let isEnding = false;
  const endFor = (what: string) => (error: unknown) => {
    if (isHandled(error)) return;
    log(`${causeOf(error, what)}; this process ends`, error, true);
    if (isEnding) return;
    isEnding = true;
    const end = (): never => process.exit(1);
    setTimeout(end, TIDIED_WITHIN_MS);
    tidy().then(end, end);
  };
  decide({ exception: endFor('uncaught exception'), rejection: endFor('unhandled rejection') });
}

/**
 * A supervisor goes on once it has started: it holds nothing but its children, and they would end with it.
 * @returns to be called when the start is over: until then an exception ends it
 */
export function goOnOnceStarted(log: Log): () => void {
  let isStarted = false;
  decide({
    exception: (error) => {
      if (isStarted) return log('uncaught exception: our bug; the supervisor goes on', error, false);
      log(`${causeOf(error, 'uncaught exception')}; this process ends`, error, true);
      process.exit(1);
    },
    rejection: (error) => log('unhandled rejection: our bug', error, false),
  });
  return () => {
    isStarted = true;
  };
}

/** A port that another program has is nobody's bug; the next start may find it free. */
function causeOf(error: unknown, what: string): string {
  const { code, address, port } = (error ?? {}) as { code?: unknown; address?: unknown; port?: unknown };
  return code === 'EADDRINUSE' ? `another program uses port ${port} of ${address}` : `${what}: our bug`;
}

function decide(on: { exception: (error: unknown) => void; rejection: (error: unknown) => void }): void {
  // a log that nobody reads any more is no reason to end, and no reason to log
  process.stderr.on('error', () => {});
  process.on('uncaughtException', on.exception);
  process.on('unhandledRejection', on.rejection);
}
