/** What has to hold of the data directory before anything in it is opened. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { StartRefused } from '#edge/start-refused.ts';

/** Where the return of a backup (`backup/return/`) puts files until all of them are there. */
export const RETURNING_FOLDER = 'returning';

/** @throws StartRefused: the return of a backup ended before everything was in place */
export function refuseUnfinishedReturn(dataDir: string): void {
  if (statSync(join(dataDir, RETURNING_FOLDER), { throwIfNoEntry: false }) === undefined) return;
  throw new StartRefused(
    `The return of a backup into ${dataDir} was not finished. Empty this folder, and run npm run return again.`,
  );
}

/** @throws StartRefused: a fleet's CA lies here, and its database does not */
export function refuseLostDatabase(dataDir: string): void {
  const database = join(dataDir, 'authority.sqlite');
  if (sizeBytesOf(join(dataDir, 'ca', 'ca.crt.pem')) === 0 || sizeBytesOf(database) > 0) return;
  throw new StartRefused(
    `${database} is missing or empty, but the CA of a fleet lies beside it. Put authority.sqlite back from your copy of the ` +
      'data directory. To begin a new fleet instead, choose an empty --data-dir.',
  );
}

const sizeBytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
