/**
 * The database as the former release left it: copied before this release brings its schema up to date, so that the former one can
 * come back.
 */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { renameDurably } from '#edge/durable-file.ts';

/** In the data directory. */
export const BEFORE_UPGRADE_FOLDER = 'before-upgrade';
const SUFFIX = '.sqlite';
const KEPT = 3;

export type UpgradeCopy = {
  path: string;
  /** the last migration in it */
  schema: string;
  madeAtMs: number;
};

/** The steps that were done, the newest last; none in a file that is new. */
export async function appliedMigrations<Tables>(db: Kysely<Tables>): Promise<string[]> {
  const tables = await sql<{ name: string }>`select name from sqlite_master where name = 'kysely_migration'`.execute(
    db,
  );
  if (tables.rows.length === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

/**
 * Everything that was committed, in one file that is whole or not there. Of older copies the newest stay.
 * @param path of the database, which `writer` has open
 * @throws what the disk does
 */
export async function copyBeforeUpgrade<Tables>(writer: Kysely<Tables>, path: string, schema: string): Promise<void> {
  const folder = join(dirname(path), BEFORE_UPGRADE_FOLDER);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const copy = join(folder, `${schema}${SUFFIX}`);
  await rm(`${copy}.new`, { force: true });
  await sql`vacuum into ${sql.lit(`${copy}.new`)}`.execute(writer);
  await renameDurably(`${copy}.new`, copy);
  for (const old of upgradeCopies(dirname(path)).slice(KEPT)) await rm(old.path, { force: true });
}

/** Those of a data directory, the newest first. */
export function upgradeCopies(dataDir: string): UpgradeCopy[] {
  const folder = join(dataDir, BEFORE_UPGRADE_FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => {
      const path = join(folder, name);
      return { path, schema: name.slice(0, -SUFFIX.length), madeAtMs: Math.floor(statSync(path).mtimeMs) };
    })
    .sort((a, b) => b.madeAtMs - a.madeAtMs);
}
