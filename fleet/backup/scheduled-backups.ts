/** Backups that are made by themselves: a folder of files named by their time, of which the newest stay. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The time of a name, in UTC, sorts as it is written. */
const NAME = /^maru-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z\.age$/;

export const scheduledName = (atMs: number): string =>
  `maru-${new Date(atMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z.age`;

export const isScheduledName = (name: string): boolean => NAME.test(name);

/**
 * Call it once `made` is whole: it stays, also where a clock that was wrong makes it look old. Other files are left alone.
 * @returns the names of the removed backups
 */
export async function keepNewest(folder: string, keep: number, made: string): Promise<string[]> {
  const others = (await readdir(folder)).filter((name) => isScheduledName(name) && name !== made).sort();
  const removed = others.slice(0, Math.max(0, others.length - (keep - 1)));
  for (const name of removed) await rm(join(folder, name), { force: true });
  return removed;
}
