// One name for one thing: a name that the product exports has one meaning, so that a search finds it.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { exportedNames, namesExportedTwice } from './exported-names.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const isProduct = (path: string): boolean =>
  /\.(ts|tsx|mjs)$/.test(path) && !path.startsWith('tests/') && !/(\.test\.|-under-test\.|\/testing\/)/.test(path);
/** Kysely's migrator asks each file for `up`. */
const isMigration = (path: string): boolean => path.startsWith('fleet/store/migrations/');

it('is what each exported name of the product has', () => {
  const paths = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: checkout,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => isProduct(path) && !isMigration(path) && existsSync(join(checkout, path)));
  expect(paths.length).toBeGreaterThan(300);
  const sources = new Map(paths.map((path) => [path, readFileSync(join(checkout, path), 'utf8')]));
  expect(namesExportedTwice(sources)).toEqual([]);
});

it.each([
  ['a function', 'export function step(): void {}'],
  ['a class', 'export class step {}'],
  ['a constant', 'export const first = 1, step = 2;'],
  ['a type', 'export type step = { a: number };'],
  ['an interface', 'export interface step { a: number }'],
  ['an enum', 'export enum step { One }'],
  ['a list', 'const step = 1;\nexport { step };'],
  ['another name', 'const other = 1;\nexport { other as step };'],
])('is missed where two files export it: %s', (_, source) => {
  const sources = new Map([
    ['a.ts', source],
    ['b.ts', 'export const step = 3;'],
  ]);
  expect(namesExportedTwice(sources)).toEqual(['step: a.ts, b.ts']);
});

it.each([
  ['of a file that passes it on', "export { step } from './b.ts';\nexport * from './b.ts';"],
  ['that no file but its own knows', 'type step = number;\nconst used: step = 1;\nexport default used;'],
])('is not missed for a name %s', (_, source) => {
  const sources = new Map([
    ['a.ts', source],
    ['b.ts', 'export const step = 3;'],
  ]);
  expect(namesExportedTwice(sources)).toEqual([]);
});

it('is one for a schema and its type', () => {
  expect([...exportedNames('a.ts', 'export const Role = 1;\nexport type Role = number;')]).toEqual(['Role']);
});
