/** Guest links: signed, expiring, revocable. The token is in the link's fragment and stored nowhere. */
import { errors } from 'jose';
import { UserError } from '#contract/error-codes.ts';
import { INVITE_AUDIENCE, InviteClaims } from '#contract/grants.ts';
import type { Invite } from '#contract/http/meetings-api.ts';
import { LINK_SEATS } from '#contract/limits.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, type AuthorityTables, newId } from '../store/index.ts';
import { usableInvite } from './entries.ts';
import type { SigningKeys } from './signing-keys.ts';

type Row = AuthorityTables['invite'];
export type InvitesDependencies = { store: AuthorityStore; keys: SigningKeys; joinPageUrl: string };

/** Guest links were made: they end with the key that signed them. */
export async function hasInvites(store: AuthorityStore): Promise<boolean> {
  return (await store.read.selectFrom('invite').select('inviteId').limit(1).executeTakeFirst()) !== undefined;
}

export class Invites {
  readonly #deps: InvitesDependencies;

  constructor(deps: InvitesDependencies) {
    this.#deps = deps;
  }

  /** `seats` null: as many as are usual for its kind; a named one always has one. */
  async create(
    meetingId: string,
    { displayName, seats, lifeMs }: { displayName: string | null; seats: number | null; lifeMs: number },
    actor: string,
  ): Promise<{ invite: Invite; joinUrl: string }> {
    // whole seconds, as the token carries them
    const createdAtMs = Math.floor(Date.now() / 1000) * 1000;
    const row: Row = {
      inviteId: newId(),
      meetingId,
      displayName,
      createdAtMs,
      expiresAtMs: createdAtMs + lifeMs,
      revokedAtMs: null,
      seats: displayName === null ? (seats ?? LINK_SEATS) : 1,
      closedAtMs: null,
      createdBy: actor,
    };
    await this.#deps.store.write(async (trx) => {
      await trx.insertInto('invite').values(row).execute();
      await appendAudit(trx, {
        kind: 'invite-created',
        actor,
        subject: `invite:${row.inviteId}`,
        details: { meetingId, expiresAtMs: row.expiresAtMs, seats: row.seats },
      });
    });
    return { invite: toInvite(row), joinUrl: await this.#urlOf(row) };
  }

  async list(meetingId: string): Promise<Invite[]> {
    const rows = await this.#deps.store.read
      .selectFrom('invite')
      .selectAll()
      .where('meetingId', '=', meetingId)
      .orderBy('createdAtMs')
      .execute();
    return rows.map(toInvite);
  }

  /** The link of one that still works, e.g. the demonstration's at its second start; null: there is none. */
  async findUsable(meetingId: string): Promise<{ joinUrl: string } | null> {
    const row = await this.#deps.store.read
      .selectFrom('invite')
      .selectAll()
      .where('meetingId', '=', meetingId)
      .where('revokedAtMs', 'is', null)
      .where('closedAtMs', 'is', null)
      .where('expiresAtMs', '>', Date.now() + 86_400_000)
      .executeTakeFirst();
    return row ? { joinUrl: await this.#urlOf(row) } : null;
  }

  /** @throws UserError invite-invalid (made up, revoked), invite-expired */
  async check(token: string): Promise<InviteClaims> {
    const claims = await this.#claimsOf(token);
    await usableInvite(this.#deps.store.read, claims);
    return claims;
  }

  async #claimsOf(token: string): Promise<InviteClaims> {
    try {
      return InviteClaims.parse(await this.#deps.keys.verify(token, INVITE_AUDIENCE));
    } catch (error) {
      throw new UserError(error instanceof errors.JWTExpired ? 'invite-expired' : 'invite-invalid', undefined, {
        cause: error,
      });
    }
  }

  async #urlOf({ inviteId, meetingId, displayName, createdAtMs, expiresAtMs }: Row): Promise<string> {
    const claims = {
      aud: INVITE_AUDIENCE,
      jti: inviteId,
      iat: createdAtMs / 1000,
      exp: Math.floor(expiresAtMs / 1000),
      meetingId,
      displayName,
    };
    return `${this.#deps.joinPageUrl}#${await this.#deps.keys.sign(claims)}`;
  }
}

const toInvite = ({ createdAtMs: _, createdBy: __, ...invite }: Row): Invite => invite;
