/**
 * Join tokens, verified offline: signed by the fleet, or by a room for its own meeting on the strength of a delegation
 * that the fleet signed. For this node, in time, each once. Knows no calls.
 */
import {
  DELEGATED_TOKEN_ALGORITHM,
  DELEGATION_AUDIENCE,
  DELEGATION_HEADER,
  DelegationClaims,
  JOIN_TOKEN_ALGORITHM,
  JOIN_TOKEN_ISSUER,
  JoinTokenClaims,
} from '#contract/grants.ts';
import { MaruError, OperationalError, UserError } from '#contract/error-codes.ts';
import { JOIN_TOKEN_TTL_MS } from '#contract/timing.ts';
import type { FleetKeys } from '#contract/topics.ts';
import { createLocalJWKSet, decodeProtectedHeader, errors, importJWK, type JSONWebKeySet, jwtVerify } from 'jose';
import { ExpiringMap } from './expiring-map.ts';

/** To which room a token or the delegation behind it was issued; `issuedAt` in seconds. */
export type IssuedTo = { roomId: string; issuedAt: number };
/** `issuedTo: null`: to a person. `byRoom`: the room signed it itself, on a delegation. */
export type AdmittedClaims = JoinTokenClaims & { issuedTo: IssuedTo | null; byRoom: boolean };

export type TokenAdmissionOptions = {
  nodeId: string;
  /** after so long without a message of the fleet its tokens are refused: its revocations can't have reached us */
  fleetSilenceMs: number;
  /** a clock that only goes forward */
  nowMs?: () => number;
};

const CLOCK_TOLERANCE_SECONDS = 5;
/** longer than a token lives, so that a clock that is set back makes no used one good again */
const USED_KEPT_MS = 24 * 60 * 60_000;
const LONGEST_LIFE_SECONDS = JOIN_TOKEN_TTL_MS / 1_000;
const REQUIRED = ['exp', 'iat', 'jti', 'sub'];

export class TokenAdmission {
  readonly #options: Required<TokenAdmissionOptions>;
  readonly #used = new ExpiringMap<true>(USED_KEPT_MS);
  #keys: ReturnType<typeof createLocalJWKSet> | null = null;
  /** by room: tokens issued to it up to this second are void */
  #revoked = new Map<string, number>();
  #heardAtMs: number;

  constructor(options: TokenAdmissionOptions) {
    this.#options = { nowMs: () => performance.now(), ...options };
    this.#heardAtMs = this.#options.nowMs();
  }

  setKeys({ keys, revokedRooms = [] }: FleetKeys): void {
    this.#keys = createLocalJWKSet({ keys } as unknown as JSONWebKeySet);
    this.#revoked = new Map(revokedRooms.map(({ roomId, issuedUpTo }) => [roomId, issuedUpTo]));
  }
  get hasKeys(): boolean {
    return this.#keys !== null;
  }

  /** A message of the fleet came, or its line stands. `agoMs`: how long ago, in a former process. */
  heard(agoMs = 0): void {
    this.#heardAtMs = this.#options.nowMs() - agoMs;
  }

  /** The fleet has revoked it since. */
  isRevoked({ roomId, issuedAt }: IssuedTo): boolean {
    return issuedAt <= (this.#revoked.get(roomId) ?? Number.NEGATIVE_INFINITY);
  }

  /**
   * @throws UserError token-invalid, token-expired; OperationalError before the fleet's first message, or too long after
   *   its last
   */
  async verify(token: string): Promise<AdmittedClaims> {
    if (!this.#keys) throw new OperationalError('media-failed', 'the node has not heard from its fleet yet');
    try {
      const delegation = decodeProtectedHeader(token)[DELEGATION_HEADER];
      return await (delegation === undefined ? this.#byFleet(token) : this.#byRoom(token, delegation));
    } catch (error) {
      if (error instanceof MaruError) throw error;
      if (error instanceof errors.JWTExpired) throw new UserError('token-expired', error.message, { cause: error });
      throw new UserError('token-invalid', error instanceof errors.JOSEError ? error.message : 'claims', {
        cause: error,
      });
    }
  }

  /**
   * Counts it as used, at once: of two at the same moment one gets in. A token that was revoked during its
   * verification does not. @throws UserError token-used, token-invalid
   */
  use({ jti, issuedTo }: AdmittedClaims): void {
    if (issuedTo && this.isRevoked(issuedTo)) throw new UserError('token-invalid', "the room's kiosk is revoked");
    if (this.#used.has(jti)) throw new UserError('token-used');
    this.#used.keep(jti, true);
  }

  async #byFleet(token: string): Promise<AdmittedClaims> {
    const { payload } = await jwtVerify(token, this.#keys!, {
      algorithms: [JOIN_TOKEN_ALGORITHM],
      issuer: JOIN_TOKEN_ISSUER,
      audience: this.#options.nodeId,
      requiredClaims: REQUIRED,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    if (this.#options.nowMs() - this.#heardAtMs > this.#options.fleetSilenceMs)
      throw new OperationalError('media-failed', 'the node has not heard from its fleet for too long');
    const claims = JoinTokenClaims.parse(payload);
    const issuedTo = claims.roomId === undefined ? null : { roomId: claims.roomId, issuedAt: claims.iat };
    if (issuedTo && this.isRevoked(issuedTo)) throw new UserError('token-invalid', "the room's kiosk is revoked");
    return { ...claims, issuedTo, byRoom: false };
  }

  /** The chain: the fleet's key, the delegation's `cnf`, the token; and that it asks for no more than was delegated. */
  async #byRoom(token: string, header: unknown): Promise<AdmittedClaims> {
    const signed = await jwtVerify(String(header), this.#keys!, {
      algorithms: [JOIN_TOKEN_ALGORITHM],
      issuer: JOIN_TOKEN_ISSUER,
      audience: DELEGATION_AUDIENCE,
      requiredClaims: REQUIRED,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    const delegated = DelegationClaims.parse(signed.payload);
    const issuedTo = { roomId: delegated.sub, issuedAt: delegated.iat };
    if (this.isRevoked(issuedTo)) throw new UserError('token-invalid', 'the delegation is revoked');
    const key = await importJWK(delegated.cnf.jwk, DELEGATED_TOKEN_ALGORITHM);
    const { payload } = await jwtVerify(token, key, {
      algorithms: [DELEGATED_TOKEN_ALGORITHM],
      issuer: JOIN_TOKEN_ISSUER,
      audience: this.#options.nodeId,
      requiredClaims: REQUIRED,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    // seats, people and whom a host let in are the fleet's to name
    const { seat: _, person: __, ...claims } = JoinTokenClaims.parse(payload);
    const objection = objectionTo(claims, delegated, Date.now() / 1_000);
    if (objection !== null) throw new UserError('token-invalid', objection);
    // the names come from the fleet, not from the room
    const { meetingTitle, displayName } = delegated;
    const asRoom = { role: 'co-host', isGuest: false, isLetIn: false, allowedRanges: [] satisfies string[][] } as const;
    return { ...claims, ...asRoom, meetingTitle, displayName, issuedTo, byRoom: true };
  }
}

function objectionTo(
  { meetingId, peerKind, exp, ...asked }: JoinTokenClaims,
  delegated: DelegationClaims,
  nowSeconds: number,
): string | null {
  if (meetingId !== delegated.meetingId) return 'another meeting than the delegated one';
  if (peerKind !== 'room') return 'a room lets in nobody but itself';
  const more = (['publishes', 'receives', 'rights', 'documents'] as const).find((list) => {
    const permitted: readonly string[] = delegated[list];
    return !asked[list].every((word) => permitted.includes(word));
  });
  if (more) return `${more} more than was delegated`;
  if (exp > nowSeconds + LONGEST_LIFE_SECONDS + CLOCK_TOLERANCE_SECONDS) return 'a life that is too long';
  return null;
}
