import { expect, it } from 'vitest';
import { lookExpression } from './watched-page.ts';

it('leaves the key with the page of its own origin alone', () => {
  const [origin, key] = ['http://127.0.0.1:7420', 'k'.repeat(43)];
  const keyIn = (where: string): unknown => {
    const world: { maruScreenKey?: unknown } = {};
    const run = new Function('location', 'globalThis', `return eval(${JSON.stringify(lookExpression(origin, key))})`);
    expect(run({ origin: where }, world)).toBe(where);
    return world.maruScreenKey;
  };
  expect(keyIn(origin)).toBe(key);
  expect(keyIn('https://elsewhere.example')).toBeUndefined();
});
