/** Guest links: signed, expiring, revocable. The token is in the link's fragment and stored nowhere. */
import { errors } from 'jose';
import { UserError } from '#contract/error-codes.ts';
import { INVITE_AUDIENCE, InviteClaims } from '#contract/grants.ts';
import type { Invite } from '#contract/http/meetings-api.ts';
import { LINK_SEATS } from '#contract/limits.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, type AuthorityTables, type AuthorityWrite, newId } from '../store/index.ts';
import { unrevokedInvite, usableInvite } from './entries.ts';
import type { SigningKeys } from './signing-keys.ts';

type Row = AuthorityTables['invite'];
type NewInvite = { meetingId: string; displayName: string | null; seats: number | null; expiresAtMs: number };
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
    const expiresAtMs = inWholeSeconds(Date.now()) + lifeMs;
    const row = await this.#deps.store.write((trx) =>
      insertInvite(trx, { meetingId, displayName, seats, expiresAtMs }, actor),
    );
    return { invite: toInvite(row, null), joinUrl: await this.#urlOf(row) };
  }

  /** The link again; null: no such invite in that meeting. @throws UserError invite-invalid: revoked; invite-expired */
  async linkOf(meetingId: string, inviteId: string): Promise<{ joinUrl: string } | null> {
    const row = await this.#deps.store.read
      .selectFrom('invite')
      .selectAll()
      .where('meetingId', '=', meetingId)
      .where('inviteId', '=', inviteId)
      .executeTakeFirst();
    if (!row) return null;
    await usableInvite(this.#deps.store.read, { jti: inviteId, meetingId });
    return { joinUrl: await this.#urlOf(row) };
  }

  async list(meetingId: string): Promise<Invite[]> {
    const rows = await this.#deps.store.read
      .selectFrom('invite')
      .selectAll()
      .where('meetingId', '=', meetingId)
      .orderBy('createdAtMs')
      .execute();
    const uses = await this.#deps.store.read
      .selectFrom('entry')
      .select((e) => ['inviteId', e.fn.max('joinedAtMs').as('usedAtMs')])
      .where(
        'inviteId',
        'in',
        this.#deps.store.read.selectFrom('invite').select('inviteId').where('meetingId', '=', meetingId),
      )
      .where('joinedAtMs', 'is not', null)
      .groupBy('inviteId')
      .execute();
    const usedAtMs = new Map(uses.map((use) => [use.inviteId, use.usedAtMs]));
    return rows.map((row) => toInvite(row, usedAtMs.get(row.inviteId) ?? null));
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

  /** The newest link for anyone that this maker made and that is good for so long; null: there is none. */
  async linkBy(
    meetingId: string,
    createdBy: string,
    lifeMs: number,
  ): Promise<{ joinUrl: string; expiresAtMs: number } | null> {
    const row = await this.#deps.store.read
      .selectFrom('invite')
      .selectAll()
      .where('meetingId', '=', meetingId)
      .where('createdBy', '=', createdBy)
      .where('displayName', 'is', null)
      .where('revokedAtMs', 'is', null)
      .where('closedAtMs', 'is', null)
      .where('expiresAtMs', '>', Date.now() + lifeMs)
      .orderBy('createdAtMs', 'desc')
      .executeTakeFirst();
    return row ? { joinUrl: await this.#urlOf(row), expiresAtMs: row.expiresAtMs } : null;
  }

  /** @throws UserError invite-invalid (made up, revoked), invite-expired */
  async check(token: string): Promise<InviteClaims> {
    const claims = await this.#claimsOf(token);
    await usableInvite(this.#deps.store.read, claims);
    return claims;
  }

  /**
   * Also one that lets nobody in any more because its time is over.
   * @throws UserError invite-invalid: made up, revoked; invite-expired: years ago
   */
  async known(token: string): Promise<{ claims: InviteClaims; invite: Row }> {
    const claims = await this.#claimsOf(token);
    return { claims, invite: await unrevokedInvite(this.#deps.store.read, claims) };
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
      // the row decides: a meeting that is put off keeps the links that were given out
      exp: Math.floor(Math.max(expiresAtMs, createdAtMs + LONGEST_LIFE_MS) / 1000),
      meetingId,
      displayName,
    };
    return `${this.#deps.joinPageUrl}#${await this.#deps.keys.sign(claims)}`;
  }
}

const LONGEST_LIFE_MS = 4 * 366 * 86_400_000;

/** as the token carries them */
const inWholeSeconds = (atMs: number): number => Math.floor(atMs / 1000) * 1000;

export async function insertInvite(
  trx: AuthorityWrite,
  { meetingId, displayName, seats, expiresAtMs }: NewInvite,
  actor: string,
): Promise<Row> {
  const row: Row = {
    inviteId: newId(),
    meetingId,
    displayName,
    createdAtMs: inWholeSeconds(Date.now()),
    expiresAtMs,
    revokedAtMs: null,
    seats: displayName === null ? (seats ?? LINK_SEATS) : 1,
    closedAtMs: null,
    createdBy: actor,
  };
  await trx.insertInto('invite').values(row).execute();
  await appendAudit(trx, {
    kind: 'invite-created',
    actor,
    subject: `invite:${row.inviteId}`,
    details: { meetingId, expiresAtMs, seats: row.seats },
  });
  return row;
}

const toInvite = ({ createdAtMs: _, createdBy: __, ...invite }: Row, usedAtMs: number | null): Invite => ({
  ...invite,
  usedAtMs,
});
