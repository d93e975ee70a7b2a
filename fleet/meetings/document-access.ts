/**
 * Tokens for the documents of one meeting: signed here, and checked at each request against what has happened since. One is
 * void once its room, kiosk, phone, invite or guest may not be there any more; what it permits follows the meeting's policy.
 */
import { errors } from 'jose';
import { UserError } from '#contract/error-codes.ts';
import { type DocumentAccess, DocumentTokenClaims, DOCUMENTS_AUDIENCE } from '#contract/grants.ts';
import type { DocumentBearer } from '../http/route.ts';
import type { AuthorityStore } from '../store/index.ts';
import { GIVEN_UP, MOVED } from './call-rows.ts';
import type { Delegations } from './delegations.ts';
import { type DocumentPolicies, type DocumentReader, documentRightsBy } from './document-policies.ts';
import { isProgram } from './entries.ts';
import type { SigningKeys } from './signing-keys.ts';

/** `endReason` of a call whose people go on with its documents, there or in another call */
export const DOCUMENT_CALL_GOES_ON: ReadonlySet<string | null> = new Set([GIVEN_UP, MOVED]);
/** longer than any call of a working day: a token that is void is refused before it expires */
const TOKEN_TTL_MS = 24 * 3_600_000;

/** Whose token it is, as the store knows them now. */
type Known = Pick<DocumentBearer, 'holder' | 'displayName'> & { reader: DocumentReader };
/** Whose token it is: a peer's in a call, or a room's and its phones'. */
export type DocumentHolder = Pick<DocumentTokenClaims, 'sub' | 'roomId'>;
export type DocumentAccessesDependencies = {
  store: AuthorityStore;
  keys: Pick<SigningKeys, 'sign' | 'verify'>;
  policies: Pick<DocumentPolicies, 'of'>;
  delegations: Pick<Delegations, 'issuedAtOf' | 'isRevoked'>;
  fleetUrl: string;
};

export class DocumentAccesses {
  readonly #deps: DocumentAccessesDependencies;

  constructor(deps: DocumentAccessesDependencies) {
    this.#deps = deps;
  }

  /** null: the policy permits this holder nothing, or there is no such meeting */
  async of(meetingId: string, holder: DocumentHolder, reader: DocumentReader): Promise<DocumentAccess | null> {
    const policy = await this.#deps.policies.of(meetingId);
    const documents = policy ? documentRightsBy(policy, reader) : [];
    if (documents.length === 0) return null;
    const { keys, delegations, fleetUrl } = this.#deps;
    const { roomId } = holder;
    const iat = roomId === undefined ? Math.floor(Date.now() / 1000) : delegations.issuedAtOf(roomId);
    const exp = iat + TOKEN_TTL_MS / 1000;
    const claims: Omit<DocumentTokenClaims, 'iss'> = {
      aud: DOCUMENTS_AUDIENCE,
      ...holder,
      iat,
      exp,
      meetingId,
    };
    const token = await keys.sign(claims);
    return { url: fleetUrl, token, expiresAtMs: exp * 1000, meetingId, documents: [...documents] };
  }

  /** @throws UserError token-invalid (made up, void), token-expired */
  async verify(token: string): Promise<DocumentBearer> {
    const claims = await this.#claimsOf(token);
    const { sub, roomId, meetingId } = claims;
    const policy = await this.#deps.policies.of(meetingId);
    if (!policy) throw new UserError('token-invalid', 'the meeting is over');
    const { holder, displayName, reader } =
      roomId === undefined ? await this.#peerOf(sub) : await this.#roomOf(roomId, claims);
    const isGuest = reader === 'guest';
    return { meetingId, holder, isGuest, documents: documentRightsBy(policy, reader), displayName };
  }

  async #claimsOf(token: string): Promise<DocumentTokenClaims> {
    try {
      return DocumentTokenClaims.parse(await this.#deps.keys.verify(token, DOCUMENTS_AUDIENCE));
    } catch (error) {
      const code = error instanceof errors.JWTExpired ? 'token-expired' : 'token-invalid';
      throw new UserError(code, undefined, { cause: error });
    }
  }

  async #roomOf(roomId: string, { sub, iat }: DocumentTokenClaims): Promise<Known> {
    const { store, delegations } = this.#deps;
    const room = await store.read
      .selectFrom('room')
      .select('roomName')
      .where('roomId', '=', roomId)
      .where('removedAtMs', 'is', null)
      .executeTakeFirst();
    // a phone's; a kiosk's `sub` is no pairing
    const ended = await store.read
      .selectFrom('pairing')
      .select('pairingId')
      .where('pairingId', '=', sub)
      .where('revokedAtMs', 'is not', null)
      .executeTakeFirst();
    if (!room || ended || delegations.isRevoked(roomId, iat))
      throw new UserError('token-invalid', 'the room, its kiosk or this phone is not there any more');
    return { holder: sub, displayName: room.roomName, reader: 'insider' };
  }

  async #peerOf(peerId: string): Promise<Known> {
    const peer = await this.#deps.store.read
      .selectFrom('entry')
      .innerJoin('call', 'call.callId', 'entry.callId')
      .leftJoin('invite', 'invite.inviteId', 'entry.inviteId')
      .leftJoin('account', 'account.accountId', 'entry.accountId')
      .select(['entry.person', 'entry.accountId', 'call.meetingId', 'call.endReason', 'call.endedAtMs'])
      .where('entry.peerId', '=', peerId)
      .where('invite.revokedAtMs', 'is', null)
      .where('account.disabledAtMs', 'is', null)
      .executeTakeFirst();
    const goesOn = peer?.endedAtMs === null || DOCUMENT_CALL_GOES_ON.has(peer?.endReason ?? null);
    if (!peer || !goesOn) throw new UserError('token-invalid', 'the right is revoked or the call over');
    // a token that was renewed is of another entry than the one by which the person joined, or was removed
    const entries = await this.#deps.store.read
      .selectFrom('entry')
      .innerJoin('call', 'call.callId', 'entry.callId')
      .select(['entry.displayName', 'entry.removedAtMs'])
      .where('call.meetingId', '=', peer.meetingId)
      .where('entry.person', '=', peer.person)
      .orderBy('entry.joinedAtMs', 'desc')
      .execute();
    if (entries.some(({ removedAtMs }) => removedAtMs !== null))
      throw new UserError('token-invalid', 'the person was removed');
    const joined = entries.find(({ displayName }) => displayName !== null);
    return {
      holder: peer.accountId ?? peer.person,
      displayName: joined?.displayName ?? '',
      reader: isProgram(peer.person) ? 'program' : peer.accountId === null ? 'guest' : 'insider',
    };
  }
}
