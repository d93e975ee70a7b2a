import { expect, test } from 'vitest';
import { SilentConnections } from './silent-connections.ts';

test('the oldest of a network makes room for its newest; another network is untouched', () => {
  const silent = new SilentConnections({ mostOfNetwork: 2, most: 100 });
  const ended: string[] = [];
  silent.add('b', () => ended.push('b1'));
  for (const name of ['a1', 'a2', 'a3', 'a4']) silent.add('a', () => ended.push(name));
  expect(ended).toEqual(['a1', 'a2']);
  expect(silent.count).toBe(3);
});

test('beyond the most in all the network with the most of them makes room', () => {
  const silent = new SilentConnections({ mostOfNetwork: 3, most: 4 });
  const ended: string[] = [];
  silent.add('right', () => ended.push('right'));
  for (const name of ['a1', 'a2', 'a3']) silent.add('a', () => ended.push(name));
  silent.add('other', () => ended.push('other'));
  expect(ended).toEqual(['a1']);
});

test('one that has spoken or gone is not counted, and given back once', () => {
  const silent = new SilentConnections({ mostOfNetwork: 1, most: 10 });
  let ended = 0;
  const end = (): void => {
    ended += 1;
  };
  const spoken = silent.add('a', end);
  spoken();
  spoken();
  expect(silent.count).toBe(0);
  silent.add('a', end);
  expect(ended).toBe(0);
  silent.add('a', end);
  expect([ended, silent.count]).toEqual([1, 1]);
});
