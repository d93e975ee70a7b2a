import { expect, it } from 'vitest';
import { numberedNames } from './numbered-names.ts';

const shown = (...names: string[]) => numberedNames(names, (name) => name);

it('numbers those of one name, whatever their case, and nobody else', () => {
  expect(shown('Mina', 'Joon', 'mina')).toEqual(['Mina 1', 'Joon', 'mina 2']);
  expect(shown('Mina', 'Joon')).toEqual(['Mina', 'Joon']);
  expect(shown()).toEqual([]);
});

it('gives nobody the name that somebody else has', () => {
  expect(shown('Mina', 'Mina 1', 'Mina')).toEqual(['Mina 2', 'Mina 1', 'Mina 3']);
});
