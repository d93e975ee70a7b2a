/**
 * Join tokens, verified offline with the fleet's public keys: for this node, in time, each once. Knows no calls.
 */
import { JOIN_TOKEN_ALGORITHM, JOIN_TOKEN_ISSUER, JoinTokenClaims } from '#contract/grants.ts';
import { OperationalError, UserError } from '#contract/error-codes.ts';
import type { FleetKeys } from '#contract/topics.ts';
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { Memory } from './memory.ts';

const CLOCK_TOLERANCE_SECONDS = 5;

export class TokenAdmission {
  readonly #nodeId: string;
  readonly #used = new Memory<true>(60_000);
  #keys: ReturnType<typeof createLocalJWKSet> | null = null;

  constructor({ nodeId }: { nodeId: string }) {
    this.#nodeId = nodeId;
  }

  setKeys(keys: FleetKeys): void {
    this.#keys = createLocalJWKSet(keys as unknown as JSONWebKeySet);
  }
  get hasKeys(): boolean {
    return this.#keys !== null;
  }

  /** @throws UserError token-invalid, token-expired; OperationalError while the fleet has not been heard of */
  async verify(token: string): Promise<JoinTokenClaims> {
    if (!this.#keys) throw new OperationalError('media-failed', 'the node has not heard from its fleet yet');
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        algorithms: [JOIN_TOKEN_ALGORITHM],
        issuer: JOIN_TOKEN_ISSUER,
        audience: this.#nodeId,
        requiredClaims: ['exp', 'iat', 'jti', 'sub'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      });
      return JoinTokenClaims.parse(payload);
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new UserError('token-expired', error.message, { cause: error });
      throw new UserError('token-invalid', error instanceof errors.JOSEError ? error.message : 'claims', {
        cause: error,
      });
    }
  }

  /** Counts it as used, at once: of two at the same moment one gets in. @throws UserError token-used */
  use({ jti, exp }: JoinTokenClaims): void {
    if (this.#used.has(jti)) throw new UserError('token-used');
    this.#used.keep(jti, true, Math.max(0, exp * 1_000 - Date.now()) + (CLOCK_TOLERANCE_SECONDS + 1) * 1_000);
  }
}
