/**
 * The same list as a file beside the database: what rolls the database back does not touch it, and IT can carry it along. A line of
 * JSON each, ids and times alone.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { EpochMs, z } from '#contract/schema.ts';
import { writeDurably } from '#edge/durable-file.ts';
import type { Erasure } from './erasures.ts';

export const ERASURES_FILE = 'erasures.jsonl';
/** some million lines: it is read whole */
const MOST_BYTES = 256 * 1024 * 1024;

const Line = z.object({ subject: z.string().min(1).max(200), atMs: EpochMs });

/**
 * One that is not there is empty. A power cut leaves a line that is cut off: it is left out, and comes from the database again.
 * @returns `unreadable`: how many lines are none of this list
 * @throws Node's error, EFBIG of one that is no such list any more
 */
export function readErasures(path: string): { erasures: Erasure[]; unreadable: number } {
  if (!existsSync(path)) return { erasures: [], unreadable: 0 };
  if (statSync(path).size > MOST_BYTES)
    throw Object.assign(new Error('too large for a list of deletions'), { code: 'EFBIG', syscall: 'read', path });
  // an editor puts a mark before the first line
  const lines = readFileSync(path, 'utf8')
    .replace(/^\uFEFF/, '')
    .split('\n')
    .filter(Boolean);
  const erasures = lines.flatMap((line) => Line.safeParse(parsed(line)).data ?? []);
  return { erasures: mergedErasures(erasures), unreadable: lines.length - erasures.length };
}

/** Each subject once, with its newest time. */
export function mergedErasures(erasures: readonly Erasure[]): Erasure[] {
  const newest = new Map<string, Erasure>();
  for (const each of erasures) if (each.atMs >= (newest.get(each.subject)?.atMs ?? 0)) newest.set(each.subject, each);
  return [...newest.values()];
}

/** The whole of it. @throws Node's error; the file is then as it was */
export const writeErasures = (path: string, erasures: readonly Erasure[]): void =>
  writeDurably(path, linesOf(erasures));

/** On the disk when it returns. @throws Node's error */
export function appendErasures(path: string, erasures: readonly Erasure[]): void {
  const file = openSync(path, 'a', 0o600);
  try {
    // the line before may be cut off
    writeFileSync(file, `\n${linesOf(erasures)}`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const linesOf = (erasures: readonly Erasure[]): string =>
  erasures.map(({ subject, atMs }) => `${JSON.stringify({ subject, atMs })}\n`).join('');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
