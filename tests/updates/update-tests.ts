/** Cases in guests, two side by side, as a group of the gate. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Tally } from '../gate/tally.ts';
import { NoGuestHere } from '../vm/base-image.ts';
import { type UpdateCase, updateCases } from './cases.ts';
import { installedBox } from './installed-box.ts';

const GROUP = 'updates';
/** A guest has one processor. */
const SIDE_BY_SIDE = 2;

export type UpdateTestOptions = {
  progress: (line: string) => void;
  /** those of the suite, or all whose name has this text */
  which: 'suite' | { containing: string };
  /** results are kept there, and cases that have passed are not run again; null: none */
  keptPath: string | null;
};

export async function runUpdateTests({ progress, which, keptPath }: UpdateTestOptions): Promise<Tally> {
  const startedAt = performance.now();
  const tally: Tally = { group: GROUP, passed: 0, failures: [], skipped: [], tookMs: 0 };
  try {
    const installed = await installedBox(progress);
    const kept = new Kept(keptPath, installed.diskPath);
    const wanted = updateCases.filter(({ name, isInSuite }) =>
      which === 'suite' ? isInSuite : name.includes(which.containing),
    );
    if (wanted.length === 0) tally.failures.push({ name: GROUP, detail: 'there is no such case' });
    const waiting = wanted.filter(({ name }) => !kept.hasPassed(name));
    tally.passed = wanted.length - waiting.length;
    if (tally.passed > 0) progress(`  ${GROUP}: ${tally.passed} have passed before`);
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const failure = await failureOf(next, installed, progress);
        if (failure === null) tally.passed += 1;
        else tally.failures.push({ name: `${GROUP}: ${next.name}`, detail: failure });
        kept.add(next.name, failure === null);
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  } catch (error) {
    if (error instanceof NoGuestHere) tally.skipped.push({ name: GROUP, reason: error.message });
    else tally.failures.push({ name: GROUP, detail: String((error as Error).stack ?? error) });
  }
  tally.tookMs = performance.now() - startedAt;
  return tally;
}

async function failureOf(
  { name, run }: UpdateCase,
  installed: Parameters<UpdateCase['run']>[0],
  progress: (line: string) => void,
): Promise<string | null> {
  const startedAt = performance.now();
  try {
    await run(installed);
    progress(`  ✓ ${GROUP}: ${name} (${((performance.now() - startedAt) / 1000).toFixed(0)} s)`);
    return null;
  } catch (error) {
    progress(`  ✗ ${GROUP}: ${name}: ${(error as Error).message.split('\n')[0]}`);
    return String((error as Error).stack ?? error);
  }
}

/** A line for each case that ended. One that passed counts for the disk that it passed on. */
class Kept {
  readonly #path: string | null;
  readonly #disk: string;
  readonly #passed = new Set<string>();

  constructor(path: string | null, disk: string) {
    this.#path = path;
    this.#disk = disk;
    if (path === null || !existsSync(path)) return;
    for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
      const { name, disk: of, passed } = JSON.parse(line) as { name: string; disk: string; passed: boolean };
      if (of === disk && passed) this.#passed.add(name);
    }
  }

  hasPassed = (name: string): boolean => this.#passed.has(name);

  add(name: string, passed: boolean): void {
    if (this.#path === null) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    appendFileSync(this.#path, `${JSON.stringify({ name, disk: this.#disk, passed })}\n`);
  }
}
