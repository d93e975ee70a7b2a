/** A program's command line: `--help` is answered, and a line that cannot be read ends the start with a message. */
import { parseArgs } from 'node:util';

/**
 * Ends the process: with 0 after `--help`, with 2 where the command line cannot be read.
 * @param parse throws an Error whose message names what is wrong
 */
export function readCommandLine<T>(usage: string, parse: (args: string[]) => T): T {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return parse(args);
  } catch (error) {
    // Node's own advice on a positional argument that begins with a dash is none that any program of ours needs
    const [what] = (error as Error).message.split('. To specify a positional');
    process.stderr.write(`${what}\n\n${usage}\n`);
    process.exit(2);
  }
}

/** For a program that takes none. */
export const noOptions = (args: string[]): object => parseArgs({ args, options: {} }).values;

/** @throws Error where it is no whole number within the bounds */
export function wholeNumber(name: string, text: string, min = 0, max = Number.MAX_SAFE_INTEGER): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    const bounds = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`;
    throw new Error(`--${name} is a whole number ${bounds}, not "${text}"`);
  }
  return value;
}
