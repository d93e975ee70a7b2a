/** How a backup and a return run: to their end, or until a signal, with the fault in words and its exit code. */
import { statSync } from 'node:fs';
import { MaruError } from '#contract/error-codes.ts';
import { StartRefused } from '#edge/start-refused.ts';
import { BackupFault } from './backup-fault.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** of any other fault in words */
const FAILED = 1;

/** Ends the process. `signal` aborts the work, which then leaves nothing half done. */
export async function runToEnd(work: (signal: AbortSignal) => Promise<void>): Promise<never> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new BackupFault('interrupted', 'Interrupted: nothing was left behind.'));
  for (const name of SIGNALS) process.on(name, interrupt);
  // what started us is gone
  process.on('disconnect', interrupt);
  try {
    await work(controller.signal);
    return process.exit(0);
  } catch (error) {
    const fault = asFault(error);
    process.stderr.write(`${fault.message}\n`);
    return process.exit(fault.exitCode);
  }
}

/**
 * Files that root makes in the server's folder, the server could not use.
 * @throws BackupFault wrong-user
 */
export function requireOwner(folder: string): void {
  const owner = statSync(folder).uid;
  if (owner !== process.geteuid?.())
    throw new BackupFault(
      'wrong-user',
      `${folder} belongs to another user: run this as its owner (sudo -u maru-fleet …).`,
    );
}

function asFault(error: unknown): { message: string; exitCode: number } {
  if (error instanceof BackupFault) return { message: `${error.message} (${error.code})`, exitCode: error.exitCode };
  if (error instanceof StartRefused) return asFault(new BackupFault('data-in-use', error.message));
  if (error instanceof MaruError && error.code === 'storage-failed')
    return asFault(new BackupFault('no-room', `There is no room for a copy of the databases: ${error.message}.`));
  return { message: (error as Error).message, exitCode: FAILED };
}
