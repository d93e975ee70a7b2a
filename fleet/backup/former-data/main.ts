/** Started by the installer of a server, as the server's user, on the way back to a former release. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { lockDataDir } from '#edge/data-dir-lock.ts';
import { formerDataReport } from '../return/report.ts';
import { requireOwner, runToEnd } from '../run-to-end.ts';
import { takeFormerData } from './former-data.ts';

const usage = `node dist/fleet-backup-former-data-main.js --data-dir DIR: the data from before an upgrade, for the release that was before it`;

const dataDir = readCommandLine(usage, (args) => {
  const { values } = parseArgs({ args, options: { 'data-dir': { type: 'string' } } });
  if (values['data-dir'] === undefined) throw new Error('--data-dir is needed');
  return resolve(values['data-dir']);
});
process.umask(0o077);
await runToEnd(async () => {
  requireOwner(dataDir);
  for (const holder of ['fleet-server', 'backup']) lockDataDir({ dataDir, holder });
  const nowMs = Date.now();
  process.stdout.write(formerDataReport(await takeFormerData(dataDir, nowMs), nowMs));
});
