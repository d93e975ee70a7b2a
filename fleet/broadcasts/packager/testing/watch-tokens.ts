/** For tests: viewers' tokens, signed as the fleet server does, and the key that verifies them. */
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import { JOIN_TOKEN_ISSUER } from '#contract/grants.ts';
import { WATCH_AUDIENCE } from '#contract/live-delivery.ts';

const KID = 'the-fleet';
export type TokenOptions = {
  viewingId?: string;
  ranges?: string[][];
  lifeS?: number;
  audience?: string;
  key?: CryptoKey;
};

export class WatchTokens {
  readonly #privateKey: CryptoKey;
  readonly keys: { kid: string; kty: string }[];

  private constructor(privateKey: CryptoKey, publicJwk: object) {
    this.#privateKey = privateKey;
    this.keys = [{ ...publicJwk, kid: KID, alg: 'EdDSA', use: 'sig' } as unknown as { kid: string; kty: string }];
  }

  static async create(): Promise<WatchTokens> {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    return new WatchTokens(privateKey, await exportJWK(publicKey));
  }

  async sign(
    broadcastId: string,
    {
      viewingId = uuidv7(),
      ranges = [],
      lifeS = 3_600,
      audience = WATCH_AUDIENCE,
      key = this.#privateKey,
    }: TokenOptions = {},
  ): Promise<string> {
    const nowS = Math.floor(Date.now() / 1_000);
    const iat = lifeS < 0 ? nowS + lifeS - 60 : nowS;
    const claims = { sub: viewingId, broadcasts: [{ broadcastId, allowedRanges: ranges }] };
    return new SignJWT({ ...claims, iss: JOIN_TOKEN_ISSUER, aud: audience, iat, exp: nowS + lifeS })
      .setProtectedHeader({ alg: 'EdDSA', kid: KID })
      .sign(key);
  }
}
