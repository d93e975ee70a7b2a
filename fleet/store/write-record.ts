/**
 * Counts what was committed: of which columns values were changed, and of which tables rows were deleted. What somebody remembers of
 * them holds as long as the count is the same.
 */
import type {
  ColumnUpdateNode,
  KyselyPlugin,
  OperationNode,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
  QueryId,
  QueryResult,
  RootOperationNode,
  UnknownRow,
} from 'kysely';

/** Tables with columns. */
export type ColumnsOf<Tables> = { readonly [T in keyof Tables]?: readonly (keyof Tables[T])[] };

/** of a statement that we do not read: it may have changed everything */
const ALL = '*';

export class WriteRecord implements KyselyPlugin {
  readonly #asked = new WeakMap<QueryId, readonly string[]>();
  readonly #done = new Set<string>();
  readonly #counts = new Map<string, number>();

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    this.#asked.set(queryId, changedBy(node));
    return node;
  }

  async transformResult({ queryId, result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    // one that returns what it changed is not counted
    const isAnything = result.numAffectedRows !== 0n || result.rows.length > 0;
    if (isAnything) for (const name of this.#asked.get(queryId) ?? []) this.#done.add(name);
    return result;
  }

  /** All until now is committed, or may be. */
  committed(): void {
    for (const name of this.#done) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    this.#done.clear();
  }

  /** Of these columns, and of rows in their tables that were deleted. Rows that are new count nothing. */
  countOf<Tables>(columns: ColumnsOf<Tables>): number {
    let count = this.#counts.get(ALL) ?? 0;
    for (const [table, names] of Object.entries(columns) as [string, readonly string[]][])
      for (const name of ['', ...names]) count += this.#counts.get(`${table}.${name}`) ?? 0;
    return count;
  }
}

/** `table.column` of a value, `table.` of rows that go. */
function changedBy(node: RootOperationNode): readonly string[] {
  switch (node.kind) {
    case 'SelectQueryNode':
      return [];
    case 'InsertQueryNode': {
      const table = node.into && tableOf(node.into);
      if (table == null || node.replace || node.orAction) return [ALL];
      return updatesOf(table, node.onConflict?.updates);
    }
    case 'UpdateQueryNode': {
      const table = node.table && tableOf(node.table);
      return table == null ? [ALL] : updatesOf(table, node.updates);
    }
    case 'DeleteQueryNode': {
      const tables = node.from.froms.map(tableOf);
      return tables.map((table) => (table === null ? ALL : `${table}.`));
    }
    default:
      return [ALL];
  }
}

/** null: not a table by its name */
function tableOf(node: OperationNode): string | null {
  if (node.kind !== 'TableNode') return null;
  return (node as Extract<RootOperationNode, { kind: 'DropTableNode' }>['table']).table.identifier.name;
}

const updatesOf = (table: string, updates: readonly ColumnUpdateNode[] = []): readonly string[] =>
  updates.map(({ column }) => {
    if (column.kind !== 'ColumnNode') return ALL;
    return `${table}.${(column as { column?: { name?: string } }).column?.name ?? ALL}`;
  });
