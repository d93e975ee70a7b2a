/**
 * What of a data directory belongs into a backup. A file that nobody thought of is kept: missing it would be found out when
 * the machine is lost. Left out is what is made again, and what runs.
 */
import { type Dirent, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RETURNING_FOLDER } from '../data-dir.ts';
import { BEFORE_UPGRADE_FOLDER } from '../store/index.ts';

export const DOCUMENTS_FOLDER = 'documents';
export const RECORDINGS_FOLDER = 'broadcasts';
/** Copies of the databases while a backup is made. */
export const SCRATCH_FOLDER = 'backup-scratch';
/** Databases that a newer release wrote, set aside by the way back from it. */
export const AFTER_UPGRADE_FOLDER = 'after-upgrade';
/** Copies of files that stood outside of the data directory, where a return puts them. */
export const ALSO_FOLDER = 'also';

export const AUTHORITY_FILE = 'authority.sqlite';
export const TELEMETRY_FILE = 'telemetry.sqlite';
/** copied in ways of their own */
const ELSEWHERE = [AUTHORITY_FILE, TELEMETRY_FILE, DOCUMENTS_FOLDER, RECORDINGS_FOLDER, ALSO_FOLDER];
const NOT_KEPT = [
  /\.(lock|lock-journal|pid|sock|new)$/,
  /^(authority|telemetry)\.sqlite.+/,
  /^(compiled|converter-scratch|lost\+found)$/,
  // where the chain of another time ended
  /^audit-head\.json$/,
  // newer than any copy of the database: a return keeps the one that is there
  /^erasures\.jsonl$/,
  // releases are brought again
  /^updates$/,
  new RegExp(`^(${SCRATCH_FOLDER}|${RETURNING_FOLDER}|${BEFORE_UPGRADE_FOLDER}|${AFTER_UPGRADE_FOLDER})$`),
];

/** Whether a path, relative to the data directory, may stand in a backup at all. */
export const isKept = (path: string): boolean => !NOT_KEPT.some((pattern) => pattern.test(path.split('/')[0] ?? ''));

export type Found = { paths: string[]; leftOut: string[] };

/**
 * The small files of a data directory: not the databases, which are copied by SQLite, and not documents and recordings.
 * `leftOut`: links within folders and whatever is neither file nor folder. Links at the top are IT's own order, and followed.
 */
export function smallFilesOf(dataDir: string): Found {
  const found: Found = { paths: [], leftOut: [] };
  for (const name of readdirSync(dataDir).sort()) {
    if (!isKept(name) || ELSEWHERE.includes(name)) continue;
    const kind = statSync(join(dataDir, name), { throwIfNoEntry: false });
    if (kind?.isFile()) found.paths.push(name);
    else if (kind?.isDirectory()) collect(dataDir, name, found);
    else found.leftOut.push(name);
  }
  return found;
}

/** Every file in the folder of one document or recording; nothing where there is none. */
export function filesBelow(dataDir: string, folder: string): Found {
  const found: Found = { paths: [], leftOut: [] };
  if (lstatSync(join(dataDir, folder), { throwIfNoEntry: false })?.isDirectory()) collect(dataDir, folder, found);
  return found;
}

function collect(dataDir: string, folder: string, found: Found): void {
  const entries = entriesOf(join(dataDir, folder));
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}/${entry.name}`;
    // written beside and renamed by edge/durable-file.ts
    if (entry.name.endsWith('.new')) continue;
    if (entry.isDirectory()) collect(dataDir, path, found);
    else if (entry.isFile()) found.paths.push(path);
    else found.leftOut.push(path);
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // a document or recording that was deleted in this moment
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
