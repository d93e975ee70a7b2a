/** Keys as files: a PEM each, the private one encrypted by a passphrase (PKCS#8), its public part beside it for other people. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { newPrivateKey, type PublicSigningKey, publicPartOf, type Signer, shortKeyId, signerOf } from './signers.ts';
import { SigningError } from './signing-error.ts';

const PRIVATE = '.key.pem';
const PUBLIC = '.pub.pem';
const ENCRYPTED = '-----BEGIN ENCRYPTED PRIVATE KEY-----';

export type KeyFiles = { privateFile: string; publicFile: string; key: PublicSigningKey; signer: Signer };

/** Makes a key, and writes it. @param label begins the file's name */
export function makeKeyFiles(folder: string, label: string, passphrase: string): KeyFiles {
  const privateKey = newPrivateKey();
  const key = publicPartOf(privateKey);
  const path = join(folder, `${label}-${shortKeyId(key.keyId)}`);
  const [privateFile, publicFile] = [`${path}${PRIVATE}`, `${path}${PUBLIC}`];
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
  writeFileSync(privateFile, pem, { mode: 0o600, flag: 'wx', flush: true });
  const publicPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
  writeFileSync(publicFile, publicPem, { mode: 0o644, flag: 'wx', flush: true });
  return { privateFile, publicFile, key, signer: signerOf(privateKey) };
}

/** @throws SigningError naming the file */
export function readPublicKey(file: string): PublicSigningKey {
  const text = readText(file);
  if (text.includes('PRIVATE KEY')) throw new SigningError(`${file} is a private key: name its ${PUBLIC} file`);
  return publicPartOf(parsed(file, () => createPublicKey(text)));
}

/** @throws SigningError naming the file: a wrong passphrase, no encrypted private key, no Ed25519 key */
export function readSigner(file: string, passphrase: string): Signer {
  const text = readText(file);
  if (!text.includes(ENCRYPTED)) throw new SigningError(`${file} is no private key that a passphrase encrypts`);
  try {
    return signerOf(createPrivateKey({ key: text, passphrase }));
  } catch (error) {
    if (error instanceof SigningError) throw new SigningError(`${file}: ${error.message}`);
    throw new WrongPassphrase(`this is not the passphrase of ${file}`, { cause: error });
  }
}

class WrongPassphrase extends SigningError {}

/** Where the passphrases of keys come from. */
export type Passphrases = {
  /** of files that were named; each is tried */
  given: readonly string[];
  /** asks a person */
  ask: (question: string) => Promise<string>;
};

/**
 * Opens private keys.
 * @param paths files, or folders of them
 * @param isWanted of a key whose public part lies beside it, so that no passphrase is asked for in vain
 * @throws SigningError naming the path
 */
export async function openKeys(
  paths: readonly string[],
  passphrases: Passphrases,
  isWanted: (key: PublicSigningKey) => boolean,
): Promise<Signer[]> {
  const known = [...passphrases.given];
  const signers = new Map<string, Signer>();
  for (const file of new Set(paths.flatMap(privateKeysAt))) {
    const publicFile = file.replace(PRIVATE, PUBLIC);
    if (publicFile !== file && existsSync(publicFile) && !isWanted(readPublicKey(publicFile))) continue;
    let signer = known.map((passphrase) => openedBy(file, passphrase)).find((found) => found !== null);
    if (!signer) {
      if (passphrases.given.length > 0) throw new SigningError(`none of the passphrases given opens ${file}`);
      const passphrase = await passphrases.ask(`Passphrase of ${basename(file)}: `);
      signer = readSigner(file, passphrase);
      known.push(passphrase);
    }
    if (isWanted(signer)) signers.set(signer.keyId, signer);
  }
  return [...signers.values()];
}

function openedBy(file: string, passphrase: string): Signer | null {
  try {
    return readSigner(file, passphrase);
  } catch (error) {
    if (error instanceof WrongPassphrase) return null;
    throw error;
  }
}

function privateKeysAt(path: string): string[] {
  if (!existsSync(path)) throw new SigningError(`${path} is not there`);
  if (!statSync(path).isDirectory()) return [path];
  return filesIn(path, PRIVATE);
}

/** Public keys of a role that lie in these folders, by the names that `makeKeyFiles` gives. */
export const publicKeysOf = (label: string, paths: readonly string[]): PublicSigningKey[] =>
  paths
    .filter((path) => statSync(path).isDirectory())
    .flatMap((folder) => filesIn(folder, PUBLIC))
    .filter((file) => basename(file).startsWith(`${label}-`))
    .map(readPublicKey);

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SigningError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function parsed(file: string, parse: () => KeyObject): KeyObject {
  try {
    return parse();
  } catch (error) {
    throw new SigningError(`${file} is no key in PEM`, { cause: error });
  }
}
