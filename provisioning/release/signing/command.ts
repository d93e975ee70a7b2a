/** What the commands of signing have in common: where passphrases come from, how an end in words looks, days as a number. */
import { wholeNumber } from '#edge/command-line.ts';
import { askPassphrase, readPassphrase } from '#edge/passphrase.ts';
import type { Passphrases } from './key-files.ts';
import { SigningError } from './signing-error.ts';

const DAY_MS = 86_400_000;
/** A root that is good for ever could never be left behind. */
const MAX_DAYS = 3_650;

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

export const msOfDays = (days: number): number => days * DAY_MS;

export const daysOf = (name: string, text: string): number => wholeNumber(name, text, 1, MAX_DAYS);

export const passphrasesOf = (files: readonly string[]): Passphrases => ({
  given: files.map(readPassphrase),
  ask: askPassphrase,
});

/** What a person got wrong ends in words and with 1; anything else is a fault of ours and shows where. */
export async function runInWords(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const isFault = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
    process.stderr.write(`${isFault ? (error as Error).stack : (error as Error).message}\n`);
    process.exitCode = error instanceof SigningError || !isFault ? 1 : 70;
  }
}

export const signatures = (count: number): string => `${count} signature${count === 1 ? '' : 's'}`;
