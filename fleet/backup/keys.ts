/**
 * Keys and passphrases of the command line: read from a file, from standard input, or asked for at a terminal. None is an
 * argument, where every process of the machine could read it, and none is repeated in a message.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { writeDurably } from '#edge/durable-file.ts';

/** What guesses are slow for (scrypt), but not slow enough for a word. */
const MIN_PASSPHRASE_LETTERS = 12;

/** `-`: standard input. @throws Error in words */
function textOf(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new Error(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** As `age` reads files of keys: `#` begins a comment. */
const linesOf = (path: string): string[] =>
  textOf(path)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

/** Public keys. @throws Error in words */
export function readRecipients(given: readonly string[], file: string | undefined): string[] {
  const recipients = [...given, ...(file === undefined ? [] : linesOf(file))];
  for (const [at, recipient] of recipients.entries()) {
    if (/^AGE-SECRET-KEY/i.test(recipient))
      throw new Error(
        'A secret key was given where a public key (age1…) is wanted. Make a new pair: this one is known now.',
      );
    try {
      new Encrypter().addRecipient(recipient);
    } catch {
      throw new Error(`recipient ${at + 1} is no public key of age (age1…)`);
    }
  }
  if (file !== undefined && recipients.length === 0) throw new Error(`${file} holds no public key (age1…)`);
  return recipients;
}

/** Secret keys. @throws Error in words */
export function readIdentities(file: string): string[] {
  const identities = linesOf(file);
  for (const identity of identities) {
    try {
      new Decrypter().addIdentity(identity);
    } catch {
      throw new Error(`${file} holds a line that is no secret key of age (AGE-SECRET-KEY-…)`);
    }
  }
  if (identities.length === 0) throw new Error(`${file} holds no secret key (AGE-SECRET-KEY-…)`);
  return identities;
}

/** Its first line. @throws Error in words */
export function readPassphrase(file: string): string {
  const passphrase = textOf(file).split(/\r?\n/, 1)[0] ?? '';
  if (passphrase === '') throw new Error(`${file} is empty`);
  return passphrase;
}

/** @throws Error in words: too short to be chosen for a new backup */
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

/** A new pair: the secret key into a file that must not be there. @returns the public key; @throws Error in words */
export async function makeKeyFile(path: string): Promise<string> {
  if (existsSync(path)) throw new Error(`${path} is there already`);
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  writeDurably(path, `# public key: ${recipient}\n${identity}\n`);
  return recipient;
}
