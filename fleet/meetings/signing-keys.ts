/**
 * The fleet's signing key (Ed25519) in the data directory, readable by us alone; its public half goes out to media
 * nodes, which verify join tokens with it while we are gone.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
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
import type { FleetKeys } from '#contract/topics.ts';

type Loaded = { kid: string; privateKey: CryptoKey; publicKey: CryptoKey; publicJwk: JWK };

export class SigningKeys {
  readonly #directory: string;
  #key: Loaded | null = null;

  constructor({ directory }: { directory: string }) {
    this.#directory = directory;
  }

  async start(): Promise<void> {
    const path = join(this.#directory, 'signing-key.json');
    if (!existsSync(path)) {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      const { privateKey } = await generateKeyPair(JOIN_TOKEN_ALGORITHM, { crv: 'Ed25519', extractable: true });
      await writeFile(path, JSON.stringify(await exportJWK(privateKey)), { mode: 0o600 });
    }
    const { d, ...publicPart } = JSON.parse(await readFile(path, 'utf8')) as JWK;
    const kid = await calculateJwkThumbprint(publicPart);
    this.#key = {
      kid,
      privateKey: (await importJWK({ ...publicPart, d }, JOIN_TOKEN_ALGORITHM)) as CryptoKey,
      publicKey: (await importJWK(publicPart, JOIN_TOKEN_ALGORITHM)) as CryptoKey,
      publicJwk: { ...publicPart, kid, alg: JOIN_TOKEN_ALGORITHM, use: 'sig' },
    };
  }

  /** For the retained `keys` topic. */
  get published(): FleetKeys {
    return { keys: [this.#ready.publicJwk as FleetKeys['keys'][number]] };
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
