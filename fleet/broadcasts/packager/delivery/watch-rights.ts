/**
 * Who may watch what: viewers' tokens, verified offline with the fleet's keys, and the viewings that are void. A token that was verified
 * is remembered, because a player brings it with each of its requests.
 */
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { type MaruError, OperationalError, UserError } from '#contract/error-codes.ts';
import { JOIN_TOKEN_ALGORITHM, JOIN_TOKEN_ISSUER } from '#contract/grants.ts';
import { WATCH_AUDIENCE, WATCH_TOKEN_TTL_MS, WatchTokenClaims } from '#contract/live-delivery.ts';
import { isAllowedFrom } from '#edge/address-ranges.ts';

const CLOCK_TOLERANCE_SECONDS = 5;
const LONGEST_TOKEN = 8_192;
const MOST_REMEMBERED = 20_000;
const LONGEST_LIFE_SECONDS = WATCH_TOKEN_TTL_MS / 1_000 + CLOCK_TOLERANCE_SECONDS;

export class WatchRights {
  #keys: ReturnType<typeof createLocalJWKSet> | null = null;
  readonly #verified = new Map<string, WatchTokenClaims>();
  /** by viewing: since when, in epoch milliseconds */
  #revoked = new Map<string, number>();

  /** @param revokedViewingIds all that are void */
  configure(keys: readonly object[], revokedViewingIds: readonly string[]): void {
    this.#keys = createLocalJWKSet({ keys } as unknown as JSONWebKeySet);
    this.#verified.clear();
    const nowMs = Date.now();
    this.#revoked = new Map(revokedViewingIds.map((id) => [id, nowMs]));
  }

  revoke(viewingIds: readonly string[]): void {
    const nowMs = Date.now();
    for (const id of viewingIds) this.#revoked.set(id, nowMs);
    // their tokens have expired
    for (const [id, sinceMs] of this.#revoked) if (nowMs - sinceMs > 2 * WATCH_TOKEN_TTL_MS) this.#revoked.delete(id);
  }

  /**
   * @returns the viewing's id
   * @throws UserError not-signed-in, token-invalid, token-expired, forbidden, address-not-allowed; OperationalError before the first keys
   */
  async admit(token: string | null, broadcastId: string, address: string): Promise<string> {
    if (token === null) throw new UserError('not-signed-in');
    const claims = this.#remembered(token) ?? (await this.#verify(token));
    if (this.#revoked.has(claims.sub)) throw new UserError('forbidden', 'the viewing is revoked');
    const right = claims.broadcasts.find((one) => one.broadcastId === broadcastId);
    if (!right) throw new UserError('forbidden', 'not of this broadcast');
    if (!isAllowedFrom(right.allowedRanges, address)) throw new UserError('address-not-allowed');
    return claims.sub;
  }

  get revokedIds(): string[] {
    return [...this.#revoked.keys()];
  }
  isRevoked(viewingId: string): boolean {
    return this.#revoked.has(viewingId);
  }

  #remembered(token: string): WatchTokenClaims | null {
    const claims = this.#verified.get(token);
    if (!claims) return null;
    if (Date.now() / 1_000 <= claims.exp + CLOCK_TOLERANCE_SECONDS) return claims;
    this.#verified.delete(token);
    throw new UserError('token-expired');
  }

  async #verify(token: string): Promise<WatchTokenClaims> {
    if (!this.#keys) throw new OperationalError('packager-unavailable', 'no keys of the fleet server yet');
    if (token.length > LONGEST_TOKEN) throw new UserError('token-invalid');
    let claims: WatchTokenClaims;
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        algorithms: [JOIN_TOKEN_ALGORITHM],
        issuer: JOIN_TOKEN_ISSUER,
        audience: WATCH_AUDIENCE,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        maxTokenAge: LONGEST_LIFE_SECONDS,
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      claims = WatchTokenClaims.parse(payload);
    } catch (error) {
      throw refusalOf(error);
    }
    this.#verified.set(token, claims);
    for (const oldest of this.#verified.keys()) {
      if (this.#verified.size <= MOST_REMEMBERED) break;
      this.#verified.delete(oldest);
    }
    return claims;
  }
}

const refusalOf = (error: unknown): MaruError =>
  error instanceof errors.JWTExpired
    ? new UserError('token-expired')
    : new UserError('token-invalid', 'the token is none of ours', { cause: error });
