/**
 * Reads which names a source file exports. A name that is only passed on from another file (`export … from`) is that
 * file's, and a default export has none.
 */
import { parseSync } from 'vite';

type Named = { type: string; name?: string; value?: string };
type Declaration = { type: string; id?: Named; declarations?: { id: Named }[] };
type Statement = {
  type: string;
  source?: unknown;
  declaration?: Declaration | null;
  specifiers?: { exported: Named }[];
};

/** @returns each name once: a schema and the type of the same name are one thing. @throws where it can't be parsed */
export function exportedNames(path: string, source: string): Set<string> {
  const { program, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]!.message}`);
  const names = new Set<string>();
  const add = (named: Named | undefined): void => {
    const name = named?.name ?? named?.value;
    if (name !== undefined) names.add(name);
  };
  for (const statement of program.body as unknown as Statement[]) {
    if (statement.type !== 'ExportNamedDeclaration' || statement.source) continue;
    add(statement.declaration?.id);
    for (const { id } of statement.declaration?.declarations ?? []) add(id);
    for (const { exported } of statement.specifiers ?? []) add(exported);
  }
  return names;
}

/** @returns `name: first file, second file`, one for each name that two files export */
export function namesExportedTwice(sources: ReadonlyMap<string, string>): string[] {
  const paths = new Map<string, string[]>();
  for (const [path, source] of sources)
    for (const name of exportedNames(path, source)) paths.set(name, [...(paths.get(name) ?? []), path]);
  return [...paths].filter(([, each]) => each.length > 1).map(([name, each]) => `${name}: ${each.join(', ')}`);
}
