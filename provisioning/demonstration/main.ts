/**
 * What `npm start` runs after set-up: a fleet and one demonstration room, as the processes that they are in production.
 * Owns the folder of a run, who may end it, and in development its starting again.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCommandLine } from '#edge/command-line.ts';
import { checkoutFolder, Demonstration } from './demonstration.ts';
import { Development } from './development.ts';
import { type DemonstrationOptions, parseDemonstrationOptions, demonstrationUsage } from './options.ts';
import { ProcessFailed } from './demonstration-process.ts';

const ENDING_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

function stateFolder(options: DemonstrationOptions): string {
  if (options.ephemeral) return mkdtempSync(join(tmpdir(), 'maru-'));
  const folder = join(process.env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'maru');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Settles when someone wants it to end: by a signal, or by going away (the lifeline that start.mjs holds). */
function askedToEnd(): Promise<'asked'> {
  return new Promise((resolve) => {
    // Each of them may come again while it ends, from a terminal and from npm: the first one counts.
    for (const signal of ENDING_SIGNALS) process.on(signal, () => resolve('asked'));
    process.once('disconnect', () => resolve('asked'));
  });
}

/** One run from start to end. @returns why it ended */
async function runOnce(demonstration: Demonstration, end: Promise<'asked' | 'saved'>) {
  const failed = (error: unknown) => (error instanceof ProcessFailed ? error : Promise.reject(error));
  try {
    return await Promise.race([end, demonstration.run().catch(failed)]);
  } finally {
    await demonstration.stop();
  }
}

async function main(): Promise<number> {
  const options = readCommandLine(demonstrationUsage, parseDemonstrationOptions);
  const asked = askedToEnd();
  const folder = stateFolder(options);
  const development = options.dev ? new Development(checkoutFolder) : null;
  development?.start();
  try {
    for (;;) {
      const saved = development?.saved().then(() => 'saved' as const);
      const end = saved ? Promise.race([asked, saved]) : asked;
      const why = await runOnce(new Demonstration({ options, folder, runId: randomUUID() }), end);
      if (why === 'asked') return 0;
      if (why !== 'saved') {
        process.stderr.write(`\n${why.message}\n`);
        // In development the next save may mend it.
        if (!saved) return 1;
        if ((await end) === 'asked') return 0;
      }
      process.stderr.write('\nSaved: starting again.\n');
    }
  } finally {
    development?.stop();
    if (options.ephemeral) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

let exitCode: number;
try {
  exitCode = await main();
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`);
  exitCode = 1;
}
// Not by itself: the lifeline, and a start that was cut short, would keep it alive.
process.exit(exitCode);
