/**
 * What a process of the box does with an exception that nobody caught and a rejection that nobody handled: bugs of ours,
 * whose cause is logged. kiosk/README.md states the decision and its reasons.
 */

type Log = (what: string, error: unknown) => void;

const TIDIED_WITHIN_MS = 3_000;

/**
 * Agent and shell: on a box each of them is the room's own work, and a new start repeats it.
 * @param tidy what would stand in that start's way; given a moment
 */
export function endOnUncaught(log: Log, tidy = async (): Promise<void> => {}): void {
  let isEnding = false;
  decide((what, error) => {
    log(`${what}: our bug; this process ends`, error);
    if (isEnding) return;
    isEnding = true;
    const end = (): never => process.exit(1);
    setTimeout(end, TIDIED_WITHIN_MS);
    tidy().then(end, end);
  });
}

/** Their supervisor, once it has started: it holds nothing but the two, and they would end with it. */
export function surviveUncaught(log: Log): void {
  decide((what, error) => log(`${what}: our bug; the supervisor goes on`, error));
}

function decide(act: Log): void {
  // a log that nobody reads any more is no reason to end, and no reason to log
  process.stderr.on('error', () => {});
  process.on('uncaughtException', (error) => act('uncaught exception', error));
  process.on('unhandledRejection', (error) => act('unhandled rejection', error));
}
