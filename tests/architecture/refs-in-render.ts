/**
 * Finds refs that a component or hook reads or writes while it renders. React may render twice, or throw a render away:
 * then such a ref holds what nobody has seen. What follows from the last render is state, or belongs in an effect.
 */
import { parseSync } from 'vite';

/** Their callbacks run while React renders. */
const RUN_IN_RENDER: ReadonlySet<string> = new Set(['useState', 'useReducer', 'useMemo']);

type Node = { type: string; start: number; [key: string]: unknown };
/** Refs that a function declares, and whether code at hand runs with its render. */
type Scope = { refs: Set<string>; inRender: boolean };

/** @returns `path:line: name.current`, one for each place */
export function refsInRender(path: string, source: string): string[] {
  const { program, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]!.message}`);
  const found: string[] = [];
  visit(program as unknown as Node, [], new Set());
  return found;

  function visit(node: Node, scopes: readonly Scope[], renders: ReadonlySet<unknown>): void {
    let inside = scopes;
    if (isFunction(node)) {
      const outer = renders.has(node) ? scopes : scopes.map((scope) => ({ ...scope, inRender: false }));
      inside = [...outer, { refs: new Set(), inRender: true }];
    }
    const declared = declaredRef(node);
    if (declared !== null) inside.at(-1)?.refs.add(declared);
    const read = refRead(node);
    const owner = read === null ? undefined : inside.findLast(({ refs }) => refs.has(read));
    if (owner?.inRender) found.push(`${path}:${source.slice(0, node.start).split('\n').length}: ${read}.current`);
    const rendering = RUN_IN_RENDER.has(calledName(node)) ? new Set(node.arguments as unknown[]) : renders;
    for (const child of childrenOf(node)) visit(child, inside, rendering);
  }
}

const isFunction = ({ type }: Node): boolean =>
  type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression';

function calledName({ type, callee }: Node): string {
  if (type !== 'CallExpression') return '';
  const { name, property } = callee as { name?: string; property?: { name?: string } };
  return name ?? property?.name ?? '';
}

function declaredRef({ type, id, init }: Node): string | null {
  if (type !== 'VariableDeclarator' || !init || calledName(init as Node) !== 'useRef') return null;
  return (id as { name?: string }).name ?? null;
}

function refRead({ type, object, property }: Node): string | null {
  if (type !== 'MemberExpression' || (property as { name?: string }).name !== 'current') return null;
  return (object as { name?: string }).name ?? null;
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((value): value is Node => typeof (value as Node | null)?.type === 'string');
}
