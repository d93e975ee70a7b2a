/**
 * The fleet's signing key (Ed25519) in the data directory, readable by us alone; its public half goes out to media
 * nodes, which verify join tokens with it while we are gone.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { JOIN_TOKEN_ALGORITHM, JOIN_TOKEN_ISSUER } from '#contract/grants.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { FleetKeys } from '#contract/topics.ts';
import { writeDurably } from '#edge/durable-file.ts';
import { StartRefused } from '#edge/start-refused.ts';

type Loaded = { kid: string; privateKey: CryptoKey; publicKey: CryptoKey; publicJwk: JWK };

export class SigningKeys {
  readonly #directory: string;
  #key: Loaded | null = null;

  constructor({ directory }: { directory: string }) {
    this.#directory = directory;
  }

  /**
   * Loads the key, or makes one where there is none.
   * @param isInUse invites were signed by it, and would end with it
   * @throws StartRefused: it is in use and damaged
   */
  async start({ isInUse }: { isInUse: boolean }): Promise<void> {
    const path = join(this.#directory, 'signing-key.json');
    if (existsSync(path)) {
      try {
        this.#key = await load(path);
        return;
      } catch (error) {
        if (isInUse)
          throw new StartRefused(
            // the error would quote the file
            `The signing key ${path} is damaged. Put it back from your copy of the data directory, or delete it: a new ` +
              'one is made then, and the guest links made so far stop working.',
            { cause: error },
          );
      }
    }
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const { privateKey } = await generateKeyPair(JOIN_TOKEN_ALGORITHM, { crv: 'Ed25519', extractable: true });
    writeDurably(path, JSON.stringify(await exportJWK(privateKey)));
    this.#key = await load(path);
  }

  /** For the retained `keys` topic. */
  get published(): FleetKeys {
    return { protocol: PROTOCOL_VERSION, keys: [this.#ready.publicJwk as FleetKeys['keys'][number]] };
  }

  /** Claims as they stand; `iss` is ours. */
  async sign(claims: JWTPayload): Promise<string> {
    const { kid, privateKey } = this.#ready;
    return new SignJWT({ ...claims, iss: JOIN_TOKEN_ISSUER })
      .setProtectedHeader({ alg: JOIN_TOKEN_ALGORITHM, kid, typ: 'JWT' })
      .sign(privateKey);
  }

  /** @throws jose's errors; JWTExpired among them */
  async verify(token: string, audience: string): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, this.#ready.publicKey, {
      algorithms: [JOIN_TOKEN_ALGORITHM],
      issuer: JOIN_TOKEN_ISSUER,
      audience,
    });
    return payload;
  }

  get #ready(): Loaded {
    if (!this.#key) throw new Error('signing keys not started');
    return this.#key;
  }
}

async function load(path: string): Promise<Loaded> {
  const { d, ...publicPart } = JSON.parse(await readFile(path, 'utf8')) as JWK;
  const kid = await calculateJwkThumbprint(publicPart);
  return {
    kid,
    privateKey: (await importJWK({ ...publicPart, d }, JOIN_TOKEN_ALGORITHM)) as CryptoKey,
    publicKey: (await importJWK(publicPart, JOIN_TOKEN_ALGORITHM)) as CryptoKey,
    publicJwk: { ...publicPart, kid, alg: JOIN_TOKEN_ALGORITHM, use: 'sig' },
  };
}
