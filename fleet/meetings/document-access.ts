/**
 * Who may have a meeting's documents: tokens that the fleet signs for a peer, a phone or a kiosk, and verifies at each
 * request, so that whoever is revoked or removed has no more of them from then on.
 */
import { errors } from 'jose';
import { UserError } from '#contract/error-codes.ts';
import { DOCUMENTS_AUDIENCE, type DocumentAccess, DocumentTokenClaims } from '#contract/grants.ts';
import type { AuthorityStore } from '../store/index.ts';
import type { SigningKeys } from './signing-keys.ts';

type Holder = Pick<DocumentTokenClaims, 'sub' | 'meetingId' | 'roomId' | 'inviteId' | 'documents'>;
type Dependencies = { store: AuthorityStore; keys: SigningKeys; url: string };

/** A call that lasts longer gets another by its room or by coming in again. */
const TTL_MS = 24 * 3_600_000;

export class DocumentAccesses {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** null: it may not even view them */
  async of({ sub, meetingId, roomId, inviteId, documents }: Holder): Promise<DocumentAccess | null> {
    if (!documents.includes('view')) return null;
    const { keys, url } = this.#deps;
    const iat = Math.floor(Date.now() / 1000);
    const exp = iat + TTL_MS / 1000;
    const claims: Omit<DocumentTokenClaims, 'iss'> = {
      aud: DOCUMENTS_AUDIENCE,
      sub,
      iat,
      exp,
      meetingId,
      documents,
      ...(roomId === undefined ? {} : { roomId }),
      ...(inviteId === undefined ? {} : { inviteId }),
    };
    return { url, token: await keys.sign(claims), expiresAtMs: exp * 1000, meetingId, documents };
  }

  /** @throws UserError token-invalid, token-expired */
  async verify(token: string): Promise<DocumentTokenClaims> {
    const claims = await this.#read(token);
    if (!(await this.#isGood(claims))) throw new UserError('token-invalid', 'revoked, removed or over');
    return claims;
  }

  async #read(token: string): Promise<DocumentTokenClaims> {
    try {
      return DocumentTokenClaims.parse(await this.#deps.keys.verify(token, DOCUMENTS_AUDIENCE));
    } catch (error) {
      throw new UserError(error instanceof errors.JWTExpired ? 'token-expired' : 'token-invalid', undefined, {
        cause: error,
      });
    }
  }

  async #isGood({ sub, meetingId, roomId, inviteId }: DocumentTokenClaims): Promise<boolean> {
    const { read } = this.#deps.store;
    const meeting = await read
      .selectFrom('meeting')
      .select('meetingId')
      .where('meetingId', '=', meetingId)
      .where('endedAtMs', 'is', null)
      .executeTakeFirst();
    if (!meeting) return false;
    if (roomId !== undefined) {
      const room = await read
        .selectFrom('room')
        .select('roomId')
        .where('roomId', '=', roomId)
        .where('removedAtMs', 'is', null)
        .executeTakeFirst();
      if (!room) return false;
    }
    if (inviteId === undefined) return true;
    const invite = await read
      .selectFrom('invite')
      .select('revokedAtMs')
      .where('inviteId', '=', inviteId)
      .executeTakeFirst();
    const entry = await read
      .selectFrom('guestEntry')
      .select('removedAtMs')
      .where('peerId', '=', sub)
      .executeTakeFirst();
    return invite?.revokedAtMs === null && (entry?.removedAtMs ?? null) === null;
  }
}
