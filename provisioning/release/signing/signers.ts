/** Ed25519 keys in memory, under the ids that The Update Framework gives them (specification 1.0, 4.2). */
import { createHash, generateKeyPairSync, type KeyObject, createPublicKey, sign } from 'node:crypto';
import { SigningError } from './signing-error.ts';

export type PublicSigningKey = {
  /** SHA-256 of the key's canonical JSON */
  keyId: string;
  /** its 32 bytes, in hex */
  publicHex: string;
};
export type Signer = PublicSigningKey & { sign: (bytes: Buffer) => Buffer };

/** As metadata states it. Its members are in canonical order, so its plain JSON is its canonical JSON. */
export const keyJson = (publicHex: string) => ({
  keytype: 'ed25519',
  keyval: { public: publicHex },
  scheme: 'ed25519',
});

export function publicKeyOf(publicHex: string): PublicSigningKey {
  const keyId = createHash('sha256')
    .update(JSON.stringify(keyJson(publicHex)))
    .digest('hex');
  return { keyId, publicHex };
}

/** @param key private or public. @throws SigningError where it is of another kind */
export function publicPartOf(key: KeyObject): PublicSigningKey {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  if (publicKey.asymmetricKeyType !== 'ed25519') throw new SigningError('this is no Ed25519 key');
  const { x } = publicKey.export({ format: 'jwk' });
  return publicKeyOf(Buffer.from(x!, 'base64url').toString('hex'));
}

/** @throws SigningError where the key is of another kind */
export const signerOf = (privateKey: KeyObject): Signer => ({
  ...publicPartOf(privateKey),
  sign: (bytes) => sign(null, bytes, privateKey),
});

export const newPrivateKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;

/** For people: enough of an id to know a key by. */
export const shortKeyId = (keyId: string): string => keyId.slice(0, 12);
