/**
 * API tokens: 256 random bits, of which the store has the hash. A token narrows what its maker may do; http/access.ts asks
 * for both at each request.
 */
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import type { Account } from '#contract/http/people-api.ts';
import { Permission, permits, type Scope } from '#contract/http/permissions.ts';
import { API_TOKEN_PREFIX, type ApiToken } from '#contract/http/tokens-api.ts';
import { z } from '#contract/schema.ts';
import { appendAudit } from '../audit/index.ts';
import {
  type AuthorityStore,
  type AuthorityTables,
  type AuthorityWrite,
  hashOf,
  newId,
  newToken,
} from '../store/index.ts';
import { grantsOfAccount, scopeIdOf, scopeOf } from './grants.ts';
import type { PlaceTree } from './places.ts';

/** so that a busy program does not write at each request */
const TOUCH_INTERVAL_MS = 5 * 60_000;
const MAX_TOKENS_OF_ACCOUNT = 50;
const DAY_MS = 86_400_000;

export type NewToken = { tokenName: string; permissions: readonly Permission[]; scope: Scope; expiresInDays: number };
/** What a good token lets its bearer do, as far as its maker may. */
export type TokenBearer = { tokenId: string; accountId: string; permissions: readonly Permission[]; scope: Scope };
type Row = AuthorityTables['apiToken'];

export class ApiTokens {
  readonly #store: AuthorityStore;
  readonly #places: PlaceTree;

  constructor({ store, places }: { store: AuthorityStore; places: PlaceTree }) {
    this.#store = store;
    this.#places = places;
  }

  /** @throws UserError token-invalid; token-expired */
  async of(secret: string): Promise<TokenBearer> {
    const row = await this.#store.read
      .selectFrom('apiToken')
      .selectAll()
      .where('tokenHash', '=', hashOf(secret))
      .executeTakeFirst();
    const nowMs = Date.now();
    if (!row || row.revokedAtMs !== null) throw new UserError('token-invalid');
    if (row.expiresAtMs <= nowMs) throw new UserError('token-expired');
    const { tokenId, accountId, lastUsedAtMs } = row;
    if (lastUsedAtMs === null || lastUsedAtMs + TOUCH_INTERVAL_MS <= nowMs)
      // a disk that fails refuses no token; the next request tries again
      await this.#store
        .write((trx) =>
          trx.updateTable('apiToken').set({ lastUsedAtMs: nowMs }).where('tokenId', '=', tokenId).execute(),
        )
        .catch(() => {});
    return { tokenId, accountId, permissions: permissionsOf(row), scope: scopeOf(row) };
  }

  /** Those that are good, the newest first. */
  async listOf(accountId: string): Promise<ApiToken[]> {
    const rows = await this.#store.read
      .selectFrom('apiToken')
      .selectAll()
      .where('accountId', '=', accountId)
      .where('revokedAtMs', 'is', null)
      .where('expiresAtMs', '>', Date.now())
      .orderBy('tokenId', 'desc')
      .execute();
    return rows.map(shown);
  }

  /** @throws UserError forbidden: a permission that its maker has not in that scope, or too many tokens */
  async create(account: Account, token: NewToken): Promise<{ token: ApiToken; secret: string }> {
    const secret = `${API_TOKEN_PREFIX}${newToken()}`;
    const nowMs = Date.now();
    const row: Row = {
      tokenId: newId(),
      tokenHash: hashOf(secret),
      accountId: account.accountId,
      tokenName: token.tokenName,
      permissions: JSON.stringify([...new Set(token.permissions)]),
      scopeKind: token.scope.kind,
      scopeId: scopeIdOf(token.scope),
      createdAtMs: nowMs,
      expiresAtMs: nowMs + token.expiresInDays * DAY_MS,
      lastUsedAtMs: null,
      revokedAtMs: null,
    };
    await this.#store.write(async (trx) => {
      await this.#check(trx, account.accountId, token);
      await trx.insertInto('apiToken').values(row).execute();
      await appendAudit(trx, {
        kind: 'api-token-created',
        actor: `account:${account.accountId}`,
        subject: `api-token:${row.tokenId}`,
        details: { permissions: row.permissions, scope: `${row.scopeKind} ${row.scopeId}`.trim() },
      });
    });
    return { token: shown(row), secret };
  }

  /** @throws ProtocolError not-found: the account has no such token, or it is revoked */
  async revoke(accountId: string, tokenId: string, actor: string): Promise<void> {
    await this.#store.write(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('apiToken')
        .set({ revokedAtMs: Date.now() })
        .where('accountId', '=', accountId)
        .where('tokenId', '=', tokenId)
        .where('revokedAtMs', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw new ProtocolError('not-found', 'no such token');
      await appendAudit(trx, { kind: 'api-token-revoked', actor, subject: `api-token:${tokenId}` });
    });
  }

  async #check(trx: AuthorityWrite, accountId: string, { permissions, scope }: NewToken): Promise<void> {
    const grants = await grantsOfAccount(trx, accountId);
    const holdsFor = (permission: Permission): boolean =>
      grants.some((grant) => permits(grant.role, permission) && this.#places.covers(grant.scope, scope));
    if (!permissions.every(holdsFor)) throw new UserError('forbidden', 'more than its maker may do there');
    const { count } = await trx
      .selectFrom('apiToken')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('accountId', '=', accountId)
      .where('revokedAtMs', 'is', null)
      .where('expiresAtMs', '>', Date.now())
      .executeTakeFirstOrThrow();
    if (count >= MAX_TOKENS_OF_ACCOUNT) throw new UserError('forbidden', 'too many tokens');
  }
}

/** All of an account, in the transaction of what ends them. */
export async function revokeTokensOf(trx: AuthorityWrite, accountId: string, actor: string): Promise<void> {
  const rows = await trx
    .updateTable('apiToken')
    .set({ revokedAtMs: Date.now() })
    .where('accountId', '=', accountId)
    .where('revokedAtMs', 'is', null)
    .returning('tokenId')
    .execute();
  for (const { tokenId } of rows)
    await appendAudit(trx, { kind: 'api-token-revoked', actor, subject: `api-token:${tokenId}` });
}

/** A permission that this release does not know any more opens nothing. */
const permissionsOf = ({ permissions }: Pick<Row, 'permissions'>): Permission[] =>
  z
    .array(z.string())
    .parse(JSON.parse(permissions))
    .flatMap((name) => Permission.safeParse(name).data ?? []);

const shown = (row: Row): ApiToken => ({
  tokenId: row.tokenId,
  tokenName: row.tokenName,
  permissions: permissionsOf(row),
  scope: scopeOf(row),
  createdAtMs: row.createdAtMs,
  expiresAtMs: row.expiresAtMs,
  lastUsedAtMs: row.lastUsedAtMs,
});
