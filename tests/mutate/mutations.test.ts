import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';
import { isMutable, type MutantKind, mutantsOf, withMutant } from './mutations.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const mutated = (source: string, kind: MutantKind): string[] =>
  mutantsOf('a.ts', source)
    .filter((mutant) => mutant.kind === kind)
    .map((mutant) => withMutant(source, mutant));

describe('a mutant', () => {
  it.each<[MutantKind, string, string[]]>([
    ['call removed', 'clearTimeout(timer);', [';']],
    ['call removed', 'void socket?.close();', [';']],
    ['call removed', 'await once(a);', [';']],
    ['call removed', 'const end = () => socket.close();', ['const end = () => undefined;']],
    ['call removed', 'const named = list.map((each) => nameOf(each));', []],
    ['await removed', 'const a = await b();', ['const a = b();']],
    ['guard removed', 'if (ended) throw gone;', [';']],
    ['guard removed', 'if (a) { b = 1; throw c; }', [';']],
    ['guard removed', 'if (a) throw b; else b = c;', []],
    ['guard removed', 'if (a) b = c;', []],
    ['condition negated', 'if (a) b = c;', ['if (!(a)) b = c;']],
    ['condition negated', 'const a = b ? c : d;', ['const a = !(b) ? c : d;']],
    ['bound moved', 'const a = (b) < c;', ['const a = (b) <= c;']],
    ['bound moved', 'const a = b >= c;', ['const a = b > c;']],
    ['sign swapped', 'const at = now + delayMs;', ['const at = now - delayMs;']],
    ['sign swapped', 'left -= took;', ['left += took;']],
    ['sign swapped', "const a = 'b' + c + d;", []],
    ['logic swapped', 'const a = b && c;', ['const a = b || c;']],
    ['number ×10', 'const A_MS = 1_000;', ['const A_MS = (1_000 * 10);']],
    ['number ×10', 'const first = 0;', []],
    ['cap removed', 'wait(Math.min(delay * two, LONGEST_MS));', ['wait((delay * two));']],
    ['cap removed', 'wait(Math.min(LONGEST_MS, delay));', ['wait((delay));']],
    ['cap removed', 'const most = Math.max(...all);', []],
    ['default removed', 'const a = b ?? c;', ['const a = b;']],
    ['boolean swapped', 'const a = { b: true };', ['const a = { b: false };']],
    ['block emptied', 'try { a = b; } catch { c = d; }', ['try { a = b; } catch {}']],
    ['block emptied', 'try { a = b; } finally { c = d; }', ['try { a = b; } finally {}']],
  ])('of the kind "%s" is made of `%s`', (kind, source, expected) => {
    expect(mutated(source, kind)).toEqual(expected);
  });

  it('leaves types, imports and what is logged alone', () => {
    const source = [
      "import a from './a.ts' with { type: 'json' };",
      "export * from './b.ts';",
      'type Wide = 1 | 2 | true;',
      'interface Narrow { three: 3 }',
      'declare const four: 4;',
      'logger.warn({ after: 5 + c }, d ?? e);',
      'this.#options.logger?.info(f ? g : h);',
      'console.error(1 < 2);',
      'try { i = j; } catch (error) { logger.error(error); }',
    ].join('\n');
    expect(mutantsOf('a.ts', source)).toEqual([]);
  });

  it('is looked for in values that are given a type', () => {
    expect(mutated('const a = (b && c) as 1 | 2;', 'logic swapped')).toEqual(['const a = (b || c) as 1 | 2;']);
  });

  it('names its line', () => {
    expect(mutantsOf('a.ts', "// 회의\nconst a = 'ㅎ';\n\nend();\n")).toMatchObject([
      { line: 4, kind: 'call removed' },
    ]);
  });

  it.each(['fleet/call/resumable-connection.ts', 'fleet/broker/broker.ts', 'kiosk/agent/box-health.ts'])(
    'of %s is TypeScript, and differs from it',
    (path) => {
      const source = readFileSync(join(checkout, path), 'utf8');
      const mutants = mutantsOf(path, source);
      expect(mutants.length).toBeGreaterThan(10);
      const broken = mutants.filter((mutant) => {
        const text = withMutant(source, mutant);
        return text === source || parseSync(path, text).errors.length > 0;
      });
      expect(broken).toEqual([]);
    },
  );
});

it.each([
  ['fleet/call/call-client.ts', true],
  ['fleet/console/console.tsx', true],
  ['fleet/call/call-client.test.ts', false],
  ['fleet/room-under-test.ts', false],
  ['fleet/call/testing/fake-node.ts', false],
  ['controller/ui/words/ko.ts', false],
  ['fleet/contract/topics.ts', false],
  ['fleet/types.d.ts', false],
  ['fleet/broker/README.md', false],
])('whether %s can be broken: %s', (path, expected) => {
  expect(isMutable(path)).toBe(expected);
});
