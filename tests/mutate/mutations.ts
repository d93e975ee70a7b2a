/**
 * Lists what can be broken in a source file: small changes, each of which a test should notice. Types, imports and what is
 * logged stay as they are. Vite reads the TypeScript, because TypeScript 7 has no compiler API.
 */
import { parseSync } from 'vite';

export type MutantKind =
  | 'call removed'
  | 'await removed'
  | 'condition negated'
  | 'guard removed'
  | 'bound moved'
  | 'sign swapped'
  | 'logic swapped'
  | 'number ×10'
  | 'cap removed'
  | 'default removed'
  | 'boolean swapped'
  | 'block emptied';

export type Mutant = {
  path: string;
  kind: MutantKind;
  /** of the text that is replaced, as offsets in the source */
  start: number;
  end: number;
  replacement: string;
  /** from 1 */
  line: number;
};

type Node = { type: string; start: number; end: number; [key: string]: unknown };
type Change = Pick<Mutant, 'kind' | 'start' | 'end' | 'replacement'>;

const OTHER_OPERATOR: Readonly<Record<string, [MutantKind, string]>> = {
  '<': ['bound moved', '<='],
  '<=': ['bound moved', '<'],
  '>': ['bound moved', '>='],
  '>=': ['bound moved', '>'],
  '+': ['sign swapped', '-'],
  '-': ['sign swapped', '+'],
  '+=': ['sign swapped', '-='],
  '-=': ['sign swapped', '+='],
  '&&': ['logic swapped', '||'],
  '||': ['logic swapped', '&&'],
};
const LEAVES: ReadonlySet<string> = new Set([
  'ReturnStatement',
  'ThrowStatement',
  'ContinueStatement',
  'BreakStatement',
]);
/** These have a value inside of a type; all other nodes whose names begin with TS are types alone. */
const VALUE_WITH_TYPE: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSInstantiationExpression',
]);
const NO_CODE_OF_OURS: ReadonlySet<string> = new Set([
  'ImportDeclaration',
  'ExportAllDeclaration',
  'TemplateElement',
  'JSXText',
]);

/** @returns whether a file holds behaviour of the product: no test, nothing that only tests use, no words, no contract */
export function isMutable(path: string): boolean {
  return (
    /\.tsx?$/.test(path) &&
    !/(\.test\.tsx?|\.d\.ts|-under-test\.tsx?|vite\.config\.ts)$/.test(path) &&
    !/(^|\/)(testing|words|contract|dist|node_modules)\//.test(path)
  );
}

/** @throws Error where the source cannot be read */
export function mutantsOf(path: string, source: string): Mutant[] {
  const { program, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]!.message}`);
  const found: Mutant[] = [];
  visit(program as unknown as Node);
  return found;

  function visit(node: Node): void {
    if (NO_CODE_OF_OURS.has(node.type) || isLogging(node)) return;
    if (node.type.startsWith('TS') && !VALUE_WITH_TYPE.has(node.type)) return;
    for (const change of changesAt(node, source)) {
      const line = source.slice(0, change.start).split('\n').length;
      found.push({ path, ...change, line });
    }
    for (const child of childrenOf(node)) visit(child);
  }
}

export function withMutant(source: string, { start, end, replacement }: Mutant): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

function changesAt(node: Node, source: string): Change[] {
  const textOf = ({ start, end }: Node): string => source.slice(start, end);
  const replaced = (kind: MutantKind, { start, end }: Node, replacement: string): Change[] => [
    { kind, start, end, replacement },
  ];

  switch (node.type) {
    case 'ExpressionStatement':
      return isCall(node.expression as Node) ? replaced('call removed', node, ';') : [];
    case 'ArrowFunctionExpression': {
      // `() => socket.close()`, as unsubscribing and timers are written
      const body = node.body as Node;
      const isEffect = (node.params as Node[]).length === 0 && isCall(body) && !isLogging(body);
      return isEffect ? replaced('call removed', body, 'undefined') : [];
    }
    case 'AwaitExpression':
      return replaced('await removed', node, textOf(node.argument as Node));
    case 'IfStatement':
      return [...(isGuard(node) ? replaced('guard removed', node, ';') : []), ...negated(node.test as Node)];
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ConditionalExpression':
      return negated(node.test as Node);
    case 'LogicalExpression':
      if (node.operator === '??') return replaced('default removed', node, textOf(node.left as Node));
      return otherOperator(node);
    case 'BinaryExpression':
    case 'AssignmentExpression':
      return joinsText(node) ? [] : otherOperator(node);
    case 'CallExpression':
      return withoutCap(node);
    case 'Literal':
      if (typeof node.value === 'boolean') return replaced('boolean swapped', node, String(!node.value));
      // ten times zero is zero
      if (typeof node.value === 'number' && node.value !== 0) {
        return replaced('number ×10', node, `(${textOf(node)} * 10)`);
      }
      return [];
    case 'CatchClause':
      return emptied(node.body as Node | null);
    case 'TryStatement':
      return emptied(node.finalizer as Node | null);
    default:
      return [];
  }

  function negated(test: Node): Change[] {
    return replaced('condition negated', test, `!(${textOf(test)})`);
  }

  function otherOperator({ operator, left, right }: Node): Change[] {
    const other = OTHER_OPERATOR[operator as string];
    if (other === undefined) return [];
    const [kind, replacement] = other;
    const start = source.indexOf(operator as string, (left as Node).end);
    if (start < 0 || start >= (right as Node).start) return [];
    return [{ kind, start, end: start + (operator as string).length, replacement }];
  }

  function withoutCap(call: Node): Change[] {
    const name = textOf(call.callee as Node);
    const both = call.arguments as Node[];
    if ((name !== 'Math.min' && name !== 'Math.max') || both.length !== 2) return [];
    const [first, second] = both as [Node, Node];
    if (first.type === 'SpreadElement' || second.type === 'SpreadElement') return [];
    const uncapped = isConstant(second) && !isConstant(first) ? first : second;
    return replaced('cap removed', call, `(${textOf(uncapped)})`);
  }

  function emptied(block: Node | null): Change[] {
    const statements = (block?.body ?? []) as Node[];
    const hasEffect = statements.some((each) => !isLogging(each) && each.type !== 'EmptyStatement');
    return block !== null && hasEffect ? replaced('block emptied', block, '{}') : [];
  }

  function isConstant(part: Node): boolean {
    return part.type === 'Literal' || /^[\w.]*\b[A-Z][A-Z0-9_]+$/.test(textOf(part));
  }
}

/** Minus and plus stand for numbers, unless a text is among what is added. */
function joinsText(node: Node): boolean {
  if (node.operator !== '+' && node.operator !== '+=') return false;
  const isText = (part: Node): boolean => {
    const bare = unwrapped(part);
    if (bare.type === 'TemplateLiteral') return true;
    if (bare.type === 'Literal') return typeof bare.value === 'string';
    return (
      bare.type === 'BinaryExpression' &&
      bare.operator === '+' &&
      [bare.left, bare.right].some((side) => isText(side as Node))
    );
  };
  return isText(node.left as Node) || isText(node.right as Node);
}

/** An `if` that only leaves: with nothing else in it, or as its last step, and without an `else`. */
function isGuard({ consequent, alternate }: Node): boolean {
  if (alternate) return false;
  const inside = consequent as Node;
  const last = inside.type === 'BlockStatement' ? (inside.body as Node[]).at(-1) : inside;
  return last !== undefined && LEAVES.has(last.type);
}

/** Constructors have to call `super` to work at all. */
function isCall(node: Node): boolean {
  const bare = unwrapped(node);
  if (bare.type === 'AwaitExpression' || (bare.type === 'UnaryExpression' && bare.operator === 'void')) {
    return isCall(bare.argument as Node);
  }
  return bare.type === 'CallExpression' && (bare.callee as Node).type !== 'Super';
}

/** A call of a logger or the console, as an expression or a statement. */
function isLogging(node: Node): boolean {
  const bare = unwrapped(node.type === 'ExpressionStatement' ? (node.expression as Node) : node);
  if (bare.type !== 'CallExpression') return false;
  const callee = unwrapped(bare.callee as Node);
  if (callee.type !== 'MemberExpression') return false;
  const object = unwrapped(callee.object as Node);
  const { name } = (object.type === 'MemberExpression' ? object.property : object) as { name?: string };
  return name !== undefined && /^(console|log|logger)$/.test(name);
}

function unwrapped(node: Node): Node {
  const wraps =
    node.type === 'ParenthesizedExpression' || node.type === 'ChainExpression' || VALUE_WITH_TYPE.has(node.type);
  return wraps ? unwrapped(node.expression as Node) : node;
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((value): value is Node => typeof (value as Node | null)?.type === 'string');
}
