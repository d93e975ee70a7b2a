import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('so many at once; the urgent overtake, the others keep their order', async () => {
  const turns = new Turns(2);
  const started: string[] = [];
  const endings: (() => void)[] = [];
  const work = (name: string, urgency: 0 | 1 | 2) =>
    turns.run(urgency, () => {
      started.push(name);
      return new Promise<void>((end) => endings.push(end));
    });
  const all = [work('a', 2), work('b', 2), work('4K', 2), work('page 2', 1), work('page 3', 1), work('first', 0)];
  expect(started).toEqual(['a', 'b']);
  const ended = async () => {
    endings.shift()!();
    await new Promise(setImmediate);
  };
  await ended();
  expect(started).toEqual(['a', 'b', 'first']);
  await ended();
  await ended();
  await ended();
  expect(started).toEqual(['a', 'b', 'first', 'page 2', 'page 3', '4K']);
  await ended();
  await ended();
  await Promise.all(all);
});

test('work that fails gives its turn on', async () => {
  const turns = new Turns(1);
  const failing = turns.run(0, () => Promise.reject(new Error('broken')));
  const next = turns.run(0, () => Promise.resolve('done'));
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('done');
});
