/**
 * Passphrases of a command line: read from a file, from standard input, or asked for at a terminal. None is an argument, where
 * every process of the machine could read it, and none is repeated in a message.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What guesses are slow for, but not slow enough for a word. */
const MIN_PASSPHRASE_LETTERS = 12;

/** @param path `-` is standard input. @throws Error in words */
export function textOfFile(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new Error(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Its first line. @throws Error in words */
export function readPassphrase(file: string): string {
  const passphrase = textOfFile(file).split(/\r?\n/, 1)[0] ?? '';
  if (passphrase === '') throw new Error(`${file} is empty`);
  return passphrase;
}

/** @throws Error in words: too short to be chosen anew */
export function requireStrong(passphrase: string): string {
  if ([...passphrase].length < MIN_PASSPHRASE_LETTERS)
    throw new Error(
      `a passphrase has ${MIN_PASSPHRASE_LETTERS} letters at least: whoever has the file may guess for years`,
    );
  return passphrase;
}

/** Asks at the terminal, without an echo. @throws Error in words: there is none */
export async function askPassphrase(question: string): Promise<string> {
  if (!process.stdin.isTTY) throw new Error('no terminal to ask for the passphrase at: --passphrase-file FILE');
  process.stderr.write(question);
  // echoes nothing: what it would write goes nowhere
  const lines = createInterface({ input: process.stdin, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('SIGINT', () => reject(new Error('interrupted')));
      lines.once('close', () => reject(new Error('nothing was typed')));
    });
  } finally {
    lines.removeAllListeners();
    lines.close();
    process.stderr.write('\n');
  }
}
