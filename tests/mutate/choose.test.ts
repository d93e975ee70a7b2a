import { expect, it } from 'vitest';
import { chosenMutants } from './choose.ts';
import type { Mutant, MutantKind } from './mutations.ts';

const kinds: readonly MutantKind[] = ['call removed', 'await removed', 'guard removed'];
/** Of each kind as many as there are lines; the kinds of a line stand side by side. */
const mutantsIn = (path: string, lines: number): Mutant[] =>
  Array.from({ length: lines }, (_, index) =>
    kinds.map((kind, at): Mutant => {
      const start = index * 100 + at * 10;
      return { path, kind, start, end: start + 5, replacement: '', line: index + 1 };
    }),
  ).flat();
const possible = [...mutantsIn('large.ts', 40), ...mutantsIn('middle.ts', 10), ...mutantsIn('small.ts', 1)];
const timesOf = (mutants: readonly Mutant[], keyOf: (mutant: Mutant) => string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(mutants, keyOf)].map(([key, all]) => [key, all.length]));

it('is the same for the same seed, and another for another', () => {
  expect(chosenMutants(possible, 12, 7)).toEqual(chosenMutants(possible, 12, 7));
  expect(chosenMutants(possible, 12, 7)).not.toEqual(chosenMutants(possible, 12, 8));
});

it('spreads over files, and takes the rest where a file has no more', () => {
  expect(timesOf(chosenMutants(possible, 6, 1), ({ path }) => path)).toEqual({
    'large.ts': 2,
    'middle.ts': 2,
    'small.ts': 2,
  });
  expect(timesOf(chosenMutants(possible, 13, 1), ({ path }) => path)).toEqual({
    'large.ts': 5,
    'middle.ts': 5,
    'small.ts': 3,
  });
});

it('spreads over kinds, and over lines', () => {
  const chosen = chosenMutants(mutantsIn('large.ts', 40), 12, 3);
  expect(timesOf(chosen, ({ kind }) => kind)).toEqual({ 'call removed': 4, 'await removed': 4, 'guard removed': 4 });
  expect(new Set(chosen.map(({ line }) => line)).size).toBe(12);
});

it('takes each once, in the order of files and places, and all where there are few', () => {
  const chosen = chosenMutants(possible, 1_000, 5);
  expect(chosen).toHaveLength(possible.length);
  expect(chosen).toEqual(possible);
});
