// Every error code has words that people read, so each needs a place in the product that emits it.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ErrorCode } from '../../fleet/contract/error-codes.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** The source without comments and without the places that only look at a code: comparisons, cases, lists, types. */
const emittingPart = (source: string): string =>
  source
    .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    .replace(/'[\w-]+'\s*(?=[!=]==|\|[^|])/g, '')
    .replace(/([!=]==|\bcase|\|)\s*'[\w-]+'/g, '')
    .replace(/\[\s*('[\w-]+',?\s*)+\]/g, '');

const emitters = (sources: readonly string[], code: string): boolean =>
  sources.some((source) => new RegExp(`['"]${code}['"]`).test(source));

it('every error code is emitted by the product', () => {
  // the table and the words name all of them
  const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: checkout })
    .toString()
    .split('\n')
    .filter((path) => /^(fleet|kiosk|controller|provisioning)\/.*\.(ts|tsx|mjs)$/.test(path))
    .filter((path) => !/\.test\.|under-test|\/testing\//.test(path) && existsSync(join(checkout, path)))
    .filter((path) => !path.startsWith('controller/ui/words/') && !path.endsWith('contract/error-codes.ts'))
    .map((path) => emittingPart(readFileSync(join(checkout, path), 'utf8')));
  expect(sources.length).toBeGreaterThan(300);
  expect(ErrorCode.options.filter((code) => !emitters(sources, code))).toEqual([]);
});

it.each([
  ['thrown', `throw new UserError('call-full');`, true],
  ['returned', `return full ? 'call-full' : null;`, true],
  ['compared', `if (code === 'call-full') return;`, false],
  ['a case', `switch (code) { case 'call-full': return; }`, false],
  ['listed', `const FINAL = new Set<ErrorCode>([\n  'call-full',\n  'call-ended',\n]);`, false],
  ['in a type', `type Why = 'call-full' | 'call-ended';`, false],
  ['in a comment', `/** refused with 'call-full' */`, false],
])('a code that is %s', (_, source, isEmitted) => {
  expect(emitters([emittingPart(source)], 'call-full')).toBe(isEmitted);
});
