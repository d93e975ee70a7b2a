/**
 * Keys of the command line, read from a file or from standard input. None is an argument, where every process of the machine
 * could read it, and none is repeated in a message.
 */
import { existsSync } from 'node:fs';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { writeDurably } from '#edge/durable-file.ts';
import { textOfFile } from '#edge/passphrase.ts';

/** As `age` reads files of keys: `#` begins a comment. */
const linesOf = (path: string): string[] =>
  textOfFile(path)
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

/** A new pair: the secret key into a file that must not be there. @returns the public key; @throws Error in words */
export async function makeKeyFile(path: string): Promise<string> {
  if (existsSync(path)) throw new Error(`${path} is there already`);
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  writeDurably(path, `# public key: ${recipient}\n${identity}\n`);
  return recipient;
}
