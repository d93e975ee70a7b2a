/** Accounts as a list for administrators: filtered, by name, page by page. */
import { ProtocolError } from '#contract/error-codes.ts';
import type { AccountRow, peopleApi } from '#contract/http/people-api.ts';
import type { RouteAnswer, RouteOutput } from '#contract/http/route.ts';
import { z } from '#contract/schema.ts';
import { type SelectQueryBuilder, sql } from 'kysely';
import { cursorOf, readCursor } from '../http/paging.ts';
import { type AuthorityStore, type AuthorityTables, hasPart } from '../store/index.ts';
import { isForgottenAccount } from './forgotten-accounts.ts';
import { scopeOf } from './grants.ts';

type Query = RouteOutput<typeof peopleApi.listAccounts, 'query'>;
/** Where a page ended. */
const Position = z.object({ name: z.string(), accountId: z.string() });

const name = sql<string>`lower(display_name)`;

export class AccountList {
  readonly #store: AuthorityStore;
  readonly #nowMs: () => Promise<number>;

  constructor({ store, nowMs }: { store: AuthorityStore; nowMs: () => Promise<number> }) {
    this.#store = store;
    this.#nowMs = nowMs;
  }

  /** @throws ProtocolError not-found */
  async one(accountId: string): Promise<AccountRow> {
    const [row] = await this.#rows(this.#store.read.selectFrom('account').where('account.accountId', '=', accountId));
    if (!row) throw new ProtocolError('not-found', 'no such account');
    return row;
  }

  /** @throws ProtocolError bad-message for a cursor that is not ours */
  async page({ text, cursor, limit }: Query): Promise<RouteAnswer<typeof peopleApi.listAccounts>> {
    const { read } = this.#store;
    const matching = matchingText(read.selectFrom('account'), text);
    let after = matching;
    if (cursor !== undefined) {
      const from = readCursor(Position, cursor);
      after = matching.where((e) =>
        e.or([e(name, '>', from.name), e.and([e(name, '=', from.name), e('account.accountId', '>', from.accountId)])]),
      );
    }
    const [found, total, all, disabled] = await Promise.all([
      this.#rows(
        after
          .orderBy(name)
          .orderBy('account.accountId')
          .limit(limit + 1),
      ),
      countOf(matching),
      countOf(read.selectFrom('account')),
      countOf(read.selectFrom('account').where('disabledAtMs', 'is not', null)),
    ]);
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    const position = found.length > limit && last ? await this.#positionOf(last.accountId) : null;
    return { rows, nextCursor: position && cursorOf(position), total, counts: { all, disabled } };
  }

  /** The database's own lower case: what it is compared with. */
  async #positionOf(accountId: string): Promise<z.infer<typeof Position>> {
    return this.#store.read
      .selectFrom('account')
      .select([name.as('name'), 'accountId'])
      .where('accountId', '=', accountId)
      .executeTakeFirstOrThrow();
  }

  async #rows(query: Accounts): Promise<AccountRow[]> {
    const { read } = this.#store;
    const accounts = await query
      .leftJoin('password', 'password.accountId', 'account.accountId')
      .select([
        'account.accountId',
        'userName',
        'displayName',
        'email',
        'placeId',
        'issuer',
        'disabledAtMs',
        'lastSignedInAtMs',
        'mustChange',
      ])
      .execute();
    const ids = accounts.map(({ accountId }) => accountId);
    const grants = await read.selectFrom('roleGrant').selectAll().where('accountId', 'in', ids).execute();
    const invited = await read
      .selectFrom('accountInvite')
      .select('accountId')
      .where('accountId', 'in', ids)
      .where('usedAtMs', 'is', null)
      .where('expiresAtMs', '>', await this.#nowMs())
      .execute();
    const isInvited = new Set(invited.map(({ accountId }) => accountId));
    return accounts.map(({ mustChange, disabledAtMs, ...account }) => ({
      ...account,
      mustChangePassword: mustChange === 1,
      grants: grants
        .filter(({ accountId }) => accountId === account.accountId)
        .map((row) => ({ role: row.role, scope: scopeOf(row) })),
      isDisabled: disabledAtMs !== null,
      isForgotten: isForgottenAccount(account),
      isInvited: isInvited.has(account.accountId),
    }));
  }
}

type Accounts = SelectQueryBuilder<AuthorityTables, 'account', object>;

/** Part of what people read or type. */
function matchingText(accounts: Accounts, text: string | undefined): Accounts {
  if (!text?.trim()) return accounts;
  return accounts.where((e) => e.or(['displayName', 'userName', 'email'].map((column) => hasPart(column, text))));
}

async function countOf(accounts: Accounts): Promise<number> {
  const { count } = await accounts.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  return Number(count);
}
