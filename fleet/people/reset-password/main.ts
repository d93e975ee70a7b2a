/**
 * `npm run reset-password`: a one-time password for an administrator, on a terminal of the server. The server is stopped meanwhile:
 * it alone writes its database, and it knows who is signed in.
 */
import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { lockDataDir } from '#edge/data-dir-lock.ts';
import { StartRefused } from '#edge/start-refused.ts';
import { authorityStore } from '../../store/index.ts';
import { resetAdministratorPassword } from './password-reset.ts';

const usage = `npm run reset-password -- [options]: a one-time password for an administrator who lost the own one

  --data DIR   the fleet's data directory (.maru/fleet); its server is stopped meanwhile
  --user NAME  which administrator, where there are several

Prints the password once, and to a terminal only. The first sign-in asks for another. All sessions of the account end.`;

const { dataDir, userName } = readCommandLine(usage, (args) => {
  const { values } = parseArgs({
    args,
    options: { data: { type: 'string', default: '.maru/fleet' }, user: { type: 'string' } },
  });
  return { dataDir: resolve(values.data), userName: values.user ?? null };
});
process.umask(0o077);
try {
  await reset();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}

async function reset(): Promise<void> {
  if (!process.stdout.isTTY)
    throw new Error('A password is for a terminal, and for no file or other program: run this on one.');
  requireData();
  lockOut();
  const store = authorityStore({
    dataDir,
    onFatal: (error) => {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    },
  });
  await store.start();
  try {
    const startedBy = process.env.SUDO_USER ?? userInfo().username;
    const made = await resetAdministratorPassword(store, { userName, startedBy });
    process.stdout.write(
      `Start the server, sign in as ${made.userName} with ${made.oneTimePassword} and choose a password; this one is not kept.\n` +
        `Sessions that were ended: ${made.endedSessionCount}.\n`,
    );
  } finally {
    await store.stop();
  }
}

/** Files that another user makes in the server's folder, the server could not use. */
function requireData(): void {
  const database = statSync(join(dataDir, 'authority.sqlite'), { throwIfNoEntry: false });
  if (!database || database.size === 0)
    throw new Error(`${dataDir} is no data directory of a fleet server. Name it with --data.`);
  if (database.uid !== process.geteuid?.())
    throw new Error(`${dataDir} belongs to another user: run this as its owner (sudo -u maru-fleet …).`);
}

function lockOut(): void {
  try {
    lockDataDir({ dataDir, holder: 'fleet-server', waitMs: 0 });
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    throw new Error(
      `The fleet server uses ${dataDir}, or the folder cannot be written. Stop the server first (systemctl stop maru-fleet): calls go on meanwhile.`,
      { cause: error },
    );
  }
}
