/** What each scope sets for itself, with its versions: held in memory, written within the transaction of a change. */
import { ProtocolError } from '#contract/error-codes.ts';
import type { RouteOutput } from '#contract/http/route.ts';
import type { SettingsVersion, settingsApi } from '#contract/http/settings-api.ts';
import { EpochMs, z } from '#contract/schema.ts';
import type { SettingsScope } from '#contract/settings/settings-scope.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import { cursorOf, readCursor } from '../http/paging.ts';
import { keyOfScope, NOTHING_SET, type OwnSettings } from './settings-in-force.ts';

const Own = z.record(z.string(), z.record(z.string(), z.unknown()));
const Locks = z.record(z.string(), z.array(z.string()));
const Changes = z.array(z.record(z.string(), z.unknown()));
export type ScopeRevision = OwnSettings & { revision: number };
type PageQuery = RouteOutput<typeof settingsApi.roomSettingsVersions, 'query'>;

const NEVER_CHANGED: ScopeRevision = { ...NOTHING_SET, revision: 0 };
const idOf = (scope: SettingsScope): string =>
  scope.kind === 'organisation' ? '' : scope.kind === 'place' ? scope.placeId : scope.roomId;
const rowKeyOf = (scope: SettingsScope) => ({ scopeKind: scope.kind, scopeId: idOf(scope) });
const ownFrom = ({ own, locks }: { own: string; locks: string }): OwnSettings => ({
  own: Own.parse(JSON.parse(own)),
  locks: Locks.parse(JSON.parse(locks)),
});

export class ScopedSettings {
  readonly #store: AuthorityStore;
  readonly #scopes = new Map<string, ScopeRevision>();

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  async start(): Promise<void> {
    for (const row of await this.#store.read.selectFrom('settingsScope').selectAll().execute()) {
      const key = row.scopeKind === 'organisation' ? 'organisation' : `${row.scopeKind}:${row.scopeId}`;
      this.#scopes.set(key, { ...ownFrom(row), revision: row.revision });
    }
  }

  of(key: string): ScopeRevision {
    return this.#scopes.get(key) ?? NEVER_CHANGED;
  }
  get all(): OwnSettings[] {
    return [...this.#scopes.values()];
  }

  async store(
    trx: AuthorityWrite,
    scope: SettingsScope,
    { own, locks, revision }: ScopeRevision,
    version: Pick<SettingsVersion, 'author' | 'reason' | 'changes'>,
  ): Promise<void> {
    const row = { ...rowKeyOf(scope), revision, own: JSON.stringify(own), locks: JSON.stringify(locks) };
    await trx
      .insertInto('settingsScope')
      .values(row)
      .onConflict((c) => c.columns(['scopeKind', 'scopeId']).doUpdateSet(row))
      .execute();
    const changes = JSON.stringify(version.changes);
    await trx
      .insertInto('settingsVersion')
      .values({ ...row, ...version, changes, atMs: Date.now() })
      .execute();
  }

  /** Once it is stored. */
  apply(scope: SettingsScope, now: ScopeRevision): void {
    this.#scopes.set(keyOfScope(scope), now);
  }

  /** 0: before the first change. @throws ProtocolError not-found */
  async version(scope: SettingsScope, revision: number): Promise<OwnSettings> {
    if (revision === 0) return NOTHING_SET;
    const row = await this.#versionsOf(scope).where('revision', '=', revision).executeTakeFirst();
    if (!row) throw new ProtocolError('not-found', 'no such version');
    return ownFrom(row);
  }

  async versions(scope: SettingsScope, { cursor, limit }: PageQuery) {
    const before = cursor === undefined ? null : readCursor(z.number().int(), cursor);
    let query = this.#versionsOf(scope)
      .orderBy('revision', 'desc')
      .limit(limit + 1);
    if (before !== null) query = query.where('revision', '<', before);
    const found = await query.execute();
    const rows = found.slice(0, limit).map(({ revision, atMs, author, reason, changes }) => ({
      revision,
      atMs: EpochMs.parse(atMs),
      author,
      reason,
      changes: Changes.parse(JSON.parse(changes)) as SettingsVersion['changes'],
    }));
    const { total } = await this.#store.read
      .selectFrom('settingsVersion')
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .where('scopeKind', '=', scope.kind)
      .where('scopeId', '=', idOf(scope))
      .executeTakeFirstOrThrow();
    const nextCursor = found.length > limit ? cursorOf(rows.at(-1)!.revision) : null;
    return { rows, nextCursor, total, counts: {} };
  }

  async forget(trx: AuthorityWrite, scope: SettingsScope): Promise<void> {
    for (const table of ['settingsScope', 'settingsVersion'] as const)
      await trx.deleteFrom(table).where('scopeKind', '=', scope.kind).where('scopeId', '=', idOf(scope)).execute();
  }
  forgotten(scope: SettingsScope): void {
    this.#scopes.delete(keyOfScope(scope));
  }

  /** That set or locked something once. */
  get placeIds(): string[] {
    const prefix = 'place:';
    return [...this.#scopes.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }

  #versionsOf(scope: SettingsScope) {
    return this.#store.read
      .selectFrom('settingsVersion')
      .selectAll()
      .where('scopeKind', '=', scope.kind)
      .where('scopeId', '=', idOf(scope));
  }
}
